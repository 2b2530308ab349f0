"""Calls that move money are signed (RFC 9421): what is not, is refused, and nothing has happened."""

import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.db import transaction
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, RSA_PSS_SHA512
from joserfc.jwk import ECKey, RSAKey

from interfaces.door import now
from interfaces.scene.guides import guide
from interfaces.scene.tests.caller import API, Caller
from interfaces.scene.tests.test_forms import rows
from interfaces.scene.tests.world import fund_bank, yuan
from interfaces.signatures import COVERED
from kernel.ids import public_id
from plumbing.schemas import bank_schema, public_schema
from tenants.access import operations as access
from tenants.access.models import SeenOnce
from tenants.banks.models import Bank
from testkit.servicing import Borrower, borrower

URL = f"http://{API}/v1/drawdowns"
Key = ed25519.Ed25519PrivateKey
Change = Callable[[dict[str, str]], Any]


def documented() -> Callable[..., dict[str, str]]:
    """Return the function that the guide prints; both languages print the same."""
    blocks = [
        re.findall(r"^```python\n(.*?)^```$", guide("signing", language), re.MULTILINE | re.DOTALL)
        for language in ("en", "zh-hans")
    ]
    assert blocks[0] == blocks[1]
    names: dict[str, Any] = {}
    exec(blocks[0][0], names)  # noqa: S102 - our own committed text
    signer: Callable[..., dict[str, str]] = names["sign"]
    return signer


SIGN = documented()


@pytest.fixture
def key() -> Key:
    return Key.generate()


@pytest.fixture
def who(caller: Caller, key: Key) -> Borrower:
    """A borrower with a line, whose scene's client has the key `k1`."""
    with public_schema(), transaction.atomic():
        access.add_key(client_id=caller.access.client_id, key=public(key), now=now())
    fund_bank("qinglan", "1000000.00")
    with bank_schema("qinglan"), transaction.atomic():
        return borrower(limit="50000.00", scene_id=caller.access.scene_id)


def public(key: Key, kid: str = "k1") -> dict[str, str]:
    x = base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x}


def body_of(who: Borrower, amount: str = "1000.00") -> bytes:
    return json.dumps(
        {
            "credit_line": public_id("lin", who.line_id),
            "bank_account": public_id("acc", who.bank_account_id),
            "tenor_days": 60,
            "amount": yuan(amount),
        }
    ).encode()


def headers_of(caller: Caller) -> dict[str, str]:
    return {"authorization": f"Bearer {caller.token}", "idempotency-key": uuid4().hex}


def send(caller: Caller, body: bytes, headers: dict[str, str], path: str = "/v1/drawdowns") -> Any:
    return caller.send("POST", path, body, **{name.replace("-", "_"): text for name, text in headers.items()})


def refused(answer: Any, code: str) -> str:
    assert (answer.status_code, answer.json()["code"]) == (401, code), answer.content
    assert answer["WWW-Authenticate"] == f'Bearer error="{code}"'
    return str(answer.json()["detail"])


def test_a_signed_draw_is_done_once_however_often_it_is_shown(
    caller: Caller, who: Borrower, key: Key
) -> None:
    body, plain = body_of(who), headers_of(caller)
    signed = SIGN(key, "k1", "POST", URL, plain, body)
    first = send(caller, body, signed)
    assert first.status_code == 201, first.content
    before = rows()
    refused(send(caller, body, signed), "signature_replayed")
    assert rows() == before
    again = send(caller, body, SIGN(key, "k1", "POST", URL, plain, body))
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert (again.json(), rows()) == (first.json(), before)


def test_a_copy_of_a_refused_call_opens_nothing_later(caller: Caller, who: Borrower, key: Key) -> None:
    body = body_of(who, "50000.01")
    signed = SIGN(key, "k1", "POST", URL, headers_of(caller), body)
    assert send(caller, body, signed).json()["code"] == "lending.limit_exceeded"
    refused(send(caller, body, signed), "signature_replayed")


def test_an_unsigned_call_is_refused_and_nothing_happens(caller: Caller, who: Borrower) -> None:
    before = rows()
    refused(send(caller, body_of(who), headers_of(caller)), "signature_missing")
    refused(send(caller, b"{}", headers_of(caller), "/v1/repayments"), "signature_missing")
    assert send(caller, b"{}", {}).json()["code"] == "idempotency_key_missing"
    assert caller.get("/drawdowns")["data"] == []
    assert rows() == before
    assert SeenOnce.objects.count() == 0


def edit(name: str, old: str, new: str) -> Change:
    def change(headers: dict[str, str]) -> None:
        assert old in headers[name]
        headers[name] = headers[name].replace(old, new)

    return change


CHANGES: tuple[Change, ...] = (
    edit("idempotency-key", "", "other"),
    edit("content-digest", "sha-256=:", "sha-256=:AAAA"),
    edit("content-digest", "sha-256", "md5"),
    edit("content-digest", "sha-256=:", "sha-256=:!"),
    edit("signature-input", ' "authorization"', ""),
    edit("signature-input", '"@target-uri"', '"@target-uri";req'),
    edit("signature-input", '"@target-uri"', '"@query"'),
    edit("signature-input", '("@method"', '("@method" "@method"'),
    edit("signature-input", '("@method"', '("x-absent" "@method"'),
    edit("signature-input", ";nonce=", ";other="),
    edit("signature-input", ";created=", ";created=1;created="),
    edit("signature-input", ';keyid="k1"', ';keyid="k9"'),
    edit("signature-input", ';keyid="k1"', ';keyid="k1";alg="rsa-pss-sha512"'),
    edit("signature-input", "sluice=", "other="),
    edit("signature-input", "sluice=", "é="),
    edit("signature", "sluice=:", "sluice=:AAAA"),
    edit("signature", "sluice=:", "sluice=:A"),
    edit("signature", "sluice=:", "sluice="),
    lambda headers: headers.update({"signature-input": "a=()," + headers["signature-input"]}),
    lambda headers: headers.update({"signature-input": "x" * 3000}),
    lambda headers: headers.pop("content-digest"),
)


def test_whatever_is_changed_the_signature_no_longer_holds(caller: Caller, who: Borrower, key: Key) -> None:
    body, before = body_of(who), rows()
    for number, change in enumerate(CHANGES):
        signed = SIGN(key, "k1", "POST", URL, headers_of(caller), body)
        change(signed)
        answer = send(caller, body, signed)
        assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid"), number
    assert rows() == before
    assert SeenOnce.objects.count() == 0


def test_another_body_address_method_token_or_key_is_refused(caller: Caller, who: Borrower, key: Key) -> None:
    body, before = body_of(who), rows()
    plain = headers_of(caller)
    signed = SIGN(key, "k1", "POST", URL, plain, body)
    refused(send(caller, body_of(who, "9999.00"), signed), "signature_invalid")
    refused(send(caller, body, signed, "/v1/repayments"), "signature_invalid")
    refused(send(caller, body, signed, "/v1/drawdowns?a=1"), "signature_invalid")
    other = {**signed, "authorization": f"Bearer {caller.access.token('qinglan', now=now())}"}
    refused(send(caller, body, other), "signature_invalid")
    for wrong in (
        SIGN(key, "k1", "PUT", URL, plain, body),
        SIGN(Key.generate(), "k1", "POST", URL, plain, body),
    ):
        refused(send(caller, body, wrong), "signature_invalid")
    assert rows() == before


@pytest.mark.parametrize("off", [-301, 305])
def test_an_old_signature_or_a_clock_that_is_wrong_is_refused(
    caller: Caller, who: Borrower, key: Key, off: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = now() + timedelta(seconds=off)
    monkeypatch.setattr("time.time", moment.timestamp)
    body, before = body_of(who), rows()
    signed = SIGN(key, "k1", "POST", URL, headers_of(caller), body)
    monkeypatch.undo()
    refused(send(caller, body, signed), "signature_expired")
    assert rows() == before


def test_a_nonce_that_is_short_is_refused(
    caller: Caller, who: Borrower, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "short")
    body = body_of(who)
    refused(send(caller, body, SIGN(key, "k1", "POST", URL, headers_of(caller), body)), "signature_invalid")


def test_a_live_client_must_sign_whatever_keys_it_has(caller: Caller, who: Borrower, key: Key) -> None:
    with public_schema(), transaction.atomic():
        Bank.objects.filter(schema_name="qinglan").update(livemode=True)
        client_id, _ = access.register_client(
            scene_id=caller.access.scene_id, name="live", jwks={"keys": [public(key)]}, now=now()
        )
        bank = Bank.objects.get(schema_name="qinglan").id
        live = Caller(caller.access, token=access.issue_token(client=client_id, bank=bank, now=now()))
    body, before = body_of(who), rows()
    refused(send(live, body, headers_of(live)), "signature_missing")
    with public_schema(), transaction.atomic():
        access.ApiClient.objects.filter(client_id=client_id).update(jwks=None)
    refused(send(live, body, SIGN(key, "k1", "POST", URL, headers_of(live), body)), "signature_invalid")
    assert rows() == before
    with public_schema(), transaction.atomic():
        access.ApiClient.objects.filter(client_id=client_id).update(jwks={"keys": [public(key)]})
    assert send(live, body, SIGN(key, "k1", "POST", URL, headers_of(live), body)).status_code == 201


def test_reads_and_a_sandbox_client_without_keys_need_no_signature(caller: Caller) -> None:
    assert caller.get("/loans")["data"] == []
    answer = send(caller, b"{}", headers_of(caller))
    assert answer.json()["code"] == "parameter_missing"


def test_another_writing_of_the_same_fields_is_the_same_signature(
    caller: Caller, who: Borrower, key: Key
) -> None:
    """White space where structured fields allow it (RFC 9651), as other libraries write them."""
    body, before = body_of(who), rows()
    signed = SIGN(key, "k1", "POST", URL, headers_of(caller), body)
    edit("signature-input", "sluice=(", "sluice=( ")(signed)
    edit("signature-input", ";created=", "; created=")(signed)
    assert send(caller, body, signed).status_code == 201
    assert rows() != before


@pytest.mark.parametrize("algorithm", ["ecdsa-p256-sha256", "rsa-pss-sha512"])
def test_a_draw_signed_with_another_sort_of_key_is_done_and_only_by_its_own_algorithm(
    caller: Caller, who: Borrower, algorithm: str
) -> None:
    private, jwk = OTHERS[algorithm]()
    with public_schema(), transaction.atomic():
        access.add_key(client_id=caller.access.client_id, key={**jwk, "kid": "k2"}, now=now())
    body, before = body_of(who), rows()
    for named, wrong in (("ed25519", True), (algorithm, True), (algorithm, False)):
        signed = signed_by_library(private, named, headers_of(caller), body)
        if wrong and named == algorithm:
            edit("signature", "sluice=:", "sluice=:AAAA")(signed)
        answer = send(caller, body, signed)
        if wrong:
            refused(answer, "signature_invalid")
            assert rows() == before
    assert answer.status_code == 201, answer.content


def elliptic() -> tuple[Any, dict[str, str]]:
    private = ec.generate_private_key(ec.SECP256R1())
    return private, dict(ECKey.import_key(private.public_key()).as_dict(private=False))


def modular() -> tuple[Any, dict[str, str]]:
    private = rsa.generate_private_key(65537, 2048)
    return private, dict(RSAKey.import_key(private.public_key()).as_dict(private=False))


OTHERS = {"ecdsa-p256-sha256": elliptic, "rsa-pss-sha512": modular}


def signed_by_library(private: Any, named: str, headers: dict[str, str], body: bytes) -> dict[str, str]:
    """Sign as a scene's developer would who uses a library, but say that `named` was used."""
    makes = ECDSA_P256_SHA256 if isinstance(private, ec.EllipticCurvePrivateKey) else RSA_PSS_SHA512

    class Named(makes):  # type: ignore[misc, valid-type]
        algorithm_id = named

    message = SimpleNamespace(method="POST", url=URL, headers=dict(headers))
    keys = MappingKeyResolver(public_keys={}, private_keys={"k2": private})
    HTTPMessageSigner(signature_algorithm=Named, key_resolver=keys).sign(
        message,
        key_id="k2",
        created=now(),
        nonce=uuid4().hex,
        label="sluice",
        covered_component_ids=COVERED[:2] + COVERED[3:],
        body=body,
    )
    return {name.lower(): value for name, value in message.headers.items()}
