"""Clients, secrets and tokens: for one bank, for ten minutes, and only their hashes in the tables."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from joserfc.jwk import ECKey, OKPKey

from tenants.access import operations
from tenants.access.jwks import KeysInvalid
from tenants.access.models import AccessToken, ApiClient, Operator, SeenOnce
from tenants.access.operations import (
    TOKEN_LIFE,
    BankNotContracted,
    ClientInvalid,
    KeysFull,
    LiveClientSigns,
    LiveNotEnabled,
    OperatorExists,
    SandboxClosed,
    ScopeUnknown,
)
from tenants.access.queries import TokenExpired, TokenInvalid, client_keys, clients, operators, token_holder
from tenants.access.scopes import SCOPES
from tenants.banks.models import Bank
from tenants.banks.queries import BankUnknown, get_bank
from tenants.scenes import operations as scenes
from tenants.scenes.queries import SceneUnknown, contracts
from testkit.clock import NOON, after
from testkit.scenes import SceneAccess, open_scene


@pytest.fixture
def scene(banks: tuple[str, str]) -> SceneAccess:
    return open_scene("xianlian", banks=["qinglan"])


def test_a_token_stands_for_one_scene_at_one_bank_for_ten_minutes(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=NOON, scopes=["loans:read"])
    holder = token_holder(token=token, now=after(minutes=9, seconds=59))
    assert (holder.scene_id, holder.scene_code, holder.client_id) == (
        scene.scene_id,
        "xianlian",
        scene.client_id,
    )
    assert (holder.bank_schema, holder.bank_id) == ("qinglan", get_bank(schema_name="qinglan").id)
    assert holder.scopes == {"loans:read"}
    with pytest.raises(TokenExpired):
        token_holder(token=token, now=NOON + TOKEN_LIFE)


def test_no_scopes_asked_for_means_all_that_are_allowed(banks: tuple[str, str]) -> None:
    scene = open_scene("narrow", banks=["qinglan"], scopes=["loans:read", "events:read"])
    token = scene.token("qinglan", now=NOON)
    assert token_holder(token=token, now=NOON).scopes == {"loans:read", "events:read"}


def test_tokens_and_secrets_are_nowhere_in_plain(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=NOON)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM access_accesstoken t UNION ALL SELECT c::text FROM access_apiclient c"
        )
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert token not in stored
    assert scene.secret not in stored
    assert scene.client_id in stored


def test_a_bank_without_a_contract_gives_no_token(scene: SceneAccess) -> None:
    with pytest.raises(BankNotContracted):
        scene.token("lian", now=NOON)
    (contract,) = contracts(scene_id=scene.scene_id)
    scenes.end_contract(contract_id=contract.id)
    with pytest.raises(BankNotContracted):
        scene.token("qinglan", now=NOON)
    with pytest.raises(BankUnknown):
        operations.issue_token(client=scene.client_id, bank=uuid4(), now=NOON)
    assert AccessToken.objects.count() == 0


def test_scopes_that_are_not_allowed_or_do_not_exist_are_refused(banks: tuple[str, str]) -> None:
    scene = open_scene("narrow", banks=["qinglan"], scopes=["loans:read"])
    for scopes in (["drawdowns:write"], ["loans:read", "everything"]):
        with pytest.raises(ScopeUnknown):
            scene.token("qinglan", now=NOON, scopes=scopes)
    with pytest.raises(ScopeUnknown):
        operations.register_client(scene_id=scene.scene_id, name="x", scopes=["everything"], now=NOON)
    with pytest.raises(SceneUnknown):
        operations.register_client(scene_id=uuid4(), name="x", now=NOON)
    assert (AccessToken.objects.count(), ApiClient.objects.count()) == (0, 1)


def test_authenticating_a_client(scene: SceneAccess) -> None:
    assert operations.authenticate_client(client_id=scene.client_id, secret=scene.secret).scopes == SCOPES
    for client_id, secret in (
        (scene.client_id, "wrong"),
        (scene.client_id, ""),
        ("cli_nobody", scene.secret),
        ("cli_nobody", ""),
    ):
        with pytest.raises(ClientInvalid):
            operations.authenticate_client(client_id=client_id, secret=secret)


def test_a_rotated_secret_replaces_the_one_before(scene: SceneAccess) -> None:
    fresh = operations.rotate_secret(client_id=scene.client_id)
    assert operations.authenticate_client(client_id=scene.client_id, secret=fresh)
    with pytest.raises(ClientInvalid):
        operations.authenticate_client(client_id=scene.client_id, secret=scene.secret)


def live_client(scene: SceneAccess, **more: Any) -> str:
    client_id, secret = operations.register_client(
        scene_id=scene.scene_id, name="live", jwks={"keys": [public_key("k1")]}, now=NOON, **more
    )
    assert secret == ""
    return client_id


def public_key(kid: str) -> dict[str, Any]:
    return dict(OKPKey.generate_key("Ed25519", {"kid": kid}).as_dict(private=False))


def kids(client_id: str, now: datetime) -> list[str]:
    found = client_keys(client_id=client_id, now=now)
    assert found is not None
    return [str(one["kid"]) for one in found[1]]


def test_a_live_client_has_no_secret_and_no_way_in_with_one(scene: SceneAccess) -> None:
    client_id = live_client(scene)
    with pytest.raises(LiveClientSigns):
        operations.rotate_secret(client_id=client_id)
    assert ApiClient.objects.get(client_id=client_id).secret_sha256 == ""
    for secret in ("", "anything"):
        with pytest.raises(ClientInvalid):
            operations.authenticate_client(client_id=client_id, secret=secret)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiClient.objects.filter(client_id=client_id).update(secret_sha256="0" * 64)


def test_sandbox_and_live_never_meet(scene: SceneAccess) -> None:
    live, bank = live_client(scene), get_bank(schema_name="qinglan").id
    with pytest.raises(SandboxClosed):
        operations.issue_token(client=live, bank=bank, now=NOON)
    Bank.objects.filter(id=bank).update(livemode=True)
    with pytest.raises(LiveNotEnabled):
        scene.token("qinglan", now=NOON)
    assert AccessToken.objects.count() == 0
    holder = token_holder(token=operations.issue_token(client=live, bank=bank, now=NOON), now=NOON)
    assert holder.livemode
    assert [one["kid"] for one in holder.keys] == ["k1"]


@pytest.mark.parametrize(
    "jwks",
    [
        None,
        {},
        {"keys": []},
        {"keys": ["k1"]},
        {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "k1"}]},
        {"keys": [dict(OKPKey.generate_key("Ed25519", {"kid": "k1"}).as_dict(private=True))]},
        {"keys": [{**public_key("k1"), "x": "!"}]},
        {"keys": [{**public_key("k1"), "kid": ""}]},
        {"keys": [{**public_key("k1"), "kid": 7}]},
        {"keys": [public_key("k1"), public_key("k1")]},
        {"keys": [public_key("k1"), public_key("k2"), public_key("k3")]},
        {"keys": [{"kty": "RSA", "kid": "k1", "n": "AQAB" * 42, "e": "AQAB"}]},
        {"keys": [dict(ECKey.generate_key("P-384", {"kid": "k1"}).as_dict(private=False))]},
    ],
)
def test_keys_that_cannot_be_taken_leave_no_client(scene: SceneAccess, jwks: Any) -> None:
    with pytest.raises(KeysInvalid):
        operations.register_client(scene_id=scene.scene_id, name="live", jwks=jwks, now=NOON)
    assert ApiClient.objects.count() == 1


def test_a_planned_rotation_lets_both_keys_sign_for_a_day(scene: SceneAccess) -> None:
    client_id = live_client(scene)
    assert operations.add_key(client_id=client_id, key=public_key("k2"), now=NOON).keys == ("k1", "k2")
    with pytest.raises(KeysFull):
        operations.add_key(client_id=client_id, key=public_key("k3"), now=after(hours=23))
    assert kids(client_id, after(hours=23)) == ["k1", "k2"]
    assert kids(client_id, after(hours=24)) == ["k2"]
    with pytest.raises(KeysInvalid):
        operations.add_key(client_id=client_id, key=public_key("k2"), now=after(hours=24))
    operations.add_key(client_id=client_id, key=public_key("k3"), now=after(hours=24))
    assert kids(client_id, after(hours=24)) == ["k2", "k3"]


def test_after_a_leak_only_the_new_key_holds_and_no_token(scene: SceneAccess) -> None:
    Bank.objects.update(livemode=True)
    client_id, bank = live_client(scene), get_bank(schema_name="qinglan").id
    operations.add_key(client_id=client_id, key=public_key("k2"), now=NOON)
    token = operations.issue_token(client=client_id, bank=bank, now=NOON)
    view = operations.add_key(client_id=client_id, key=public_key("k3"), overlap=timedelta(0), now=NOON)
    assert (view.keys, kids(client_id, NOON)) == (("k3",), ["k3"])
    with pytest.raises(TokenInvalid):
        token_holder(token=token, now=NOON)


def test_what_is_shown_once_is_forgotten_when_it_could_not_be_shown_again(scene: SceneAccess) -> None:
    def shown(what: str, client_id: str, text: str) -> bool:
        return operations.use_once(client_id=client_id, what=what, text=text, expires_at=after(minutes=5))

    assert [shown("nonce", "a", "1"), shown("nonce", "a", "1")] == [True, False]
    assert [shown("nonce", "b", "1"), shown("other", "a", "1"), shown("nonce", "a", "2")] == [True] * 3
    operations.forget_expired_tokens(now=after(minutes=4))
    assert SeenOnce.objects.count() == 4
    operations.forget_expired_tokens(now=after(minutes=5))
    assert SeenOnce.objects.count() == 0


def test_a_revoked_client_and_its_tokens_are_out_at_once(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=NOON)
    assert operations.revoke_client(client_id=scene.client_id).status == "revoked"
    with pytest.raises(TokenInvalid):
        token_holder(token=token, now=NOON)
    with pytest.raises(ClientInvalid):
        operations.authenticate_client(client_id=scene.client_id, secret=scene.secret)
    with pytest.raises(ClientInvalid):
        scene.token("qinglan", now=NOON)
    assert [view.status for view in clients(scene_id=scene.scene_id)] == ["revoked"]


def test_a_closed_scene_is_out(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=NOON)
    scenes.set_scene_status(scene_id=scene.scene_id, status="closed")
    with pytest.raises(TokenInvalid):
        token_holder(token=token, now=NOON)
    with pytest.raises(ClientInvalid):
        operations.authenticate_client(client_id=scene.client_id, secret=scene.secret)


def test_expired_tokens_are_forgotten_after_a_while(scene: SceneAccess) -> None:
    scene.token("qinglan", now=NOON)
    kept = scene.token("qinglan", now=after(minutes=15))
    assert operations.forget_expired_tokens(now=after(minutes=20)) == 1
    assert token_holder(token=kept, now=after(minutes=20)).scene_code == "xianlian"


def test_an_operator_is_added_once(banks: tuple[str, str]) -> None:
    operations.add_operator(email="Ops@sluice.example", name="运营", password="a password", now=NOON)
    with pytest.raises(OperatorExists):
        operations.add_operator(email="ops@sluice.example", name="x", password="a password", now=NOON)
    assert operators() == ("ops@sluice.example",)
    person = Operator.objects.get()
    assert person.can("ops.view")
    assert not person.can("product.publish")
