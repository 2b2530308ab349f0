"""Clients, secrets and tokens: for one bank, for ten minutes, and only their hashes in the tables."""

from uuid import uuid4

import pytest
from django.db import connection

from tenants.access import operations
from tenants.access.models import AccessToken, ApiClient, Operator
from tenants.access.operations import (
    TOKEN_LIFE,
    BankNotContracted,
    ClientInvalid,
    OperatorExists,
    ScopeUnknown,
)
from tenants.access.queries import TokenExpired, TokenInvalid, clients, operators, token_holder
from tenants.access.scopes import SCOPES
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
