"""One bank's things do not exist at another, nor one scene's for another; a token is the only key."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from interfaces.door import now
from interfaces.scene.document_parts import operations
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.conformance import document
from interfaces.scene.tests.world import merchant, yuan
from kernel.ids import new_id, public_id
from openbanking.partners.operations import delist_scene
from plumbing.schemas import bank_schema, public_schema
from tenants.access import operations as access_operations
from tenants.access.models import AccessToken
from testkit.banks import FIRST_BUSINESS_DATE
from testkit.scenes import SceneAccess

PREFIX = {
    "business_id": "biz",
    "consent_id": "cns",
    "batch_id": "bat",
    "offer_id": "ofr",
    "application_id": "app",
    "agreement_id": "agr",
    "line_id": "lin",
    "drawdown_id": "drw",
    "loan_id": "lon",
    "repayment_id": "rpy",
    "request_id": "srq",
    "event_id": "evt",
    "endpoint_id": "whe",
    "delivery_id": "whd",
    "bank_id": "bnk",
}
SCOPELESS = (
    "/v1/me",
    "/v1/calculator/schedules",
    "/v1/calculator/apr",
    "/v1/calculator/allocations",
)  # nobody's data
BODIES: dict[str, Any] = {
    "/v1/businesses/{business_id}/bank_accounts": {
        "account_number": "6222000000000009",
        "bank_name": "示例银行",
        "holder_name": "示例",
    },
    "/v1/offers/{offer_id}/quotes": {"amount": yuan("5000.00"), "tenor_days": 30},
    "/v1/webhook_endpoints/{endpoint_id}/replay": {
        "from": "2020-01-01T00:00:00Z",
        "to": "2100-01-01T00:00:00Z",
    },
}


def addressed() -> list[tuple[str, str]]:
    """Every operation with an id in its address, as the document lists them."""
    return [(method, path) for path, method, _ in operations(document()) if "_id}" in path]


def fill(path: str, ids: dict[str, str]) -> str:
    for name, value in ids.items():
        path = path.replace(f"{{{name}}}", value)
    return path.removeprefix("/v1")


@pytest.mark.parametrize(("method", "path"), addressed())
def test_an_id_nobody_has_or_of_another_kind_is_not_found(caller: Caller, method: str, path: str) -> None:
    strange = {name: public_id(prefix, new_id()) for name, prefix in PREFIX.items()}
    wrong_kind = {name: public_id("xxx", new_id()) for name in PREFIX}
    for ids in (strange, wrong_kind, dict.fromkeys(PREFIX, "x")):
        body = BODIES.get(path, {}) if method == "post" else None
        response = caller.call(method.upper(), fill(path, ids), body, if_match="*")
        assert response.status_code == 404, response.content


def test_without_a_token_nothing_opens(caller: Caller) -> None:
    calls = [(path, method) for path, method, _ in operations(document()) if path.startswith("/v1")]
    ids = {name: public_id(prefix, new_id()) for name, prefix in PREFIX.items()} | {"code": "x"}
    for header, code in (
        ("", "token_missing"),
        ("Bearer", "token_missing"),
        ("Bearer slt_x", "token_invalid"),
    ):
        for path, method in calls:
            filled = fill(path, ids)
            response = caller.call(
                method.upper(), filled, {} if method == "post" else None, authorization=header
            )
            assert (response.status_code, response.json()["code"]) == (401, code), (path, response.content)


def test_every_call_demands_its_scope(access: SceneAccess) -> None:
    ids = {name: public_id(prefix, new_id()) for name, prefix in PREFIX.items()} | {"code": "x"}
    tokens: dict[str, Caller] = {}
    for path, method, operation in operations(document()):
        if not path.startswith("/v1"):
            continue
        if path in SCOPELESS:
            assert operation["security"][0]["oauth2"] == []
            continue
        (scope,) = operation["security"][0]["oauth2"]
        other = "events:read" if scope != "events:read" else "loans:read"
        if other not in tokens:
            tokens[other] = Caller(access, token=access.token("qinglan", now=now(), scopes=[other]))
        body = {} if method == "post" else None
        answer = tokens[other].refused(method.upper(), fill(path, ids), 403, "scope_insufficient", body)
        assert answer["params"] == {"scope": scope}


def test_a_token_that_ran_out_says_so(access: SceneAccess) -> None:
    late = Caller(access, token=access.token("qinglan", now=now() - timedelta(minutes=11)))
    late.refused("GET", "/loans", 401, "token_expired")


def test_revoking_a_client_shuts_its_tokens_at_once(caller: Caller) -> None:
    assert caller.get("/loans")["data"] == []
    with public_schema(), transaction.atomic():
        access_operations.revoke_client(client_id=caller.access.client_id)
    caller.refused("GET", "/loans", 401, "token_invalid")
    assert AccessToken.objects.count() == 0


def test_a_scene_off_the_list_starts_nothing_and_keeps_what_it_has(caller: Caller) -> None:
    shop = merchant(caller)
    with bank_schema("qinglan"), transaction.atomic():
        delist_scene(
            scene_id=caller.access.scene_id,
            listed_until=FIRST_BUSINESS_DATE,
            reason="test",
            delisted_by="risk@qinglan.example",
            now=now(),
        )
    shop.apply(status=403)
    caller.post("/drawdowns", shop.draw_body(public_id("lin", new_id()), "1000.00"), status=403)
    assert caller.get(f"/businesses/{shop.business}")["id"] == shop.business
    revoked = caller.post(f"/consents/{shop.consent}/revoke", {}, status=200)
    assert revoked["status"] == "revoked"
