"""The main journey, its refusals and failures, with every log line read: no secret, nothing of class C2."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from interfaces.door import now
from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.test_signed import SIGN, URL, public
from interfaces.scene.tests.test_token import ask
from interfaces.scene.tests.world import (
    account_body,
    business_body,
    collect,
    disburse,
    fund_bank,
    merchant,
)
from plumbing.logs import SHARED, render
from plumbing.schemas import public_schema
from tenants.access.operations import add_key
from testkit.scenes import SceneAccess

pytestmark = pytest.mark.journey


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that anybody logs, down to DEBUG, as the server would write it."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


def personal(number: int) -> list[str]:
    body = business_body(number)
    person = body["representative"]
    return [
        body["registration_no"],
        person["id_number"],
        person["phone"],
        account_body(number)["account_number"],
    ]


def go_wrong(caller: Caller, number: int) -> None:
    """Send personal data where it does not belong: in addresses, in wrong members, in what cannot be read."""
    code, id_number, phone, card = personal(number)
    for path in (f"/businesses?phone={phone}", f"/businesses/{code}", f"/loans?card={card}", f"/{id_number}"):
        assert caller.send("GET", f"/v1{path}").status_code in (400, 404)
    caller.send("POST", "/v1/businesses", f'{{"phone": "{phone}", "id": {id_number}'.encode())
    caller.call("POST", "/businesses", business_body(number, registration_no=id_number), idempotency_key=card)
    caller.call("POST", "/businesses", business_body(number), idempotency_key=phone)
    caller.call("POST", "/drawdowns", {"bank_account": card}, idempotency_key=f"{code}-x")


def test_no_log_line_shows_a_secret_or_a_person(access: SceneAccess, lines: io.StringIO) -> None:
    fund_bank("qinglan", "1000000.00")
    token = ask(access).json()["access_token"]
    caller = Caller(access, token=token)
    hook = caller.post("/webhook_endpoints", {"url": "https://scene.example/hook"})
    shop = merchant(caller)
    line = shop.line("20000.00")
    loan = shop.loan(line["id"], "5000.00")
    paid = caller.post(
        "/repayments", {"loan": loan["id"], "bank_account": shop.account, "type": "full_prepay"}
    )
    collect("qinglan", paid["id"])
    work("jobs.relay_outbox", schema="qinglan")
    go_wrong(caller, 1)
    go_wrong(caller, 2)
    with public_schema(), transaction.atomic():
        key = Ed25519PrivateKey.generate()
        add_key(client_id=access.client_id, key=public(key), now=now())
    plain = {"authorization": f"Bearer {token}", "idempotency-key": "signed"}
    body = json.dumps(shop.draw_body(line["id"], "1000.00")).encode()
    signed = SIGN(key, "k1", "POST", URL, plain, body)
    named = {name.replace("-", "_"): text for name, text in signed.items()}
    drawn = caller.send("POST", "/v1/drawdowns", body, **named)
    disburse("qinglan", drawn.json()["id"])
    assert caller.send("POST", "/v1/drawdowns", body, **named).status_code == 401
    ask(SceneAccess(access.scene_id, access.client_id, "sk_test_wrong_secret"))
    refused = Caller(access, token="slt_of_somebody_else_entirely")
    refused.refused("GET", "/loans", 401, "token_invalid")

    said = lines.getvalue()
    assert len(said.splitlines()) > 10, "the capture hears nothing"
    for secret in (
        *(token, access.secret, hook["secret"], "sk_test_wrong_secret", "slt_of_somebody_else_entirely"),
        *(signed["signature"], *personal(1), *personal(2)),
    ):
        assert secret not in said, [row for row in said.splitlines() if secret in row][:3]
