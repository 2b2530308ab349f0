"""`POST /v1/embed_sessions`: who may open one, for whom, and what is never kept."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from interfaces.door import now
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.world import business_body
from kernel.ids import public_id
from openbanking.embed_sessions.models import EmbedSession
from plumbing.idempotency.models import RememberedCall
from plumbing.schemas import bank_schema, public_schema
from tenants.access.scopes import SCOPES
from tenants.scenes.operations import allow_origins

ORIGIN = "https://pos.example"


@pytest.fixture
def business(caller: Caller) -> str:
    with public_schema():
        allow_origins(scene_id=caller.access.scene_id, origins=[ORIGIN])
    return str(caller.post("/businesses", business_body())["id"])


def asked(business: str, change: dict[str, Any]) -> dict[str, Any]:
    return {"business": business, "components": ["application"]} | change


def test_a_session_is_opened_and_its_secret_told_once(caller: Caller, business: str) -> None:
    key = str(uuid4())
    body = asked(business, {"locale": "en", "return_url": f"{ORIGIN}/credit?table=4"})
    opened = caller.post("/embed_sessions", body, key=key)
    assert opened["url"] == f"http://qinglan.localhost/embed/{opened['id']}#cs={opened['client_secret']}"
    replayed = caller.post("/embed_sessions", body, key=key)
    assert replayed == opened | {"client_secret": None, "url": None}
    with bank_schema("qinglan"):
        kept = json.dumps(
            [list(EmbedSession.objects.values()), list(RememberedCall.objects.values())], default=str
        )
        assert EmbedSession.objects.count() == 1
    assert opened["client_secret"] not in kept


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"return_url": "https://pos.example.evil.example/"}, 400, "scenes.return_url_refused"),
        ({"return_url": "javascript:alert(1)"}, 400, "scenes.return_url_refused"),
        ({"components": []}, 400, "parameter_invalid"),
        ({"components": ["everything"]}, 400, "parameter_invalid"),
        ({"locale": "fr"}, 400, "parameter_invalid"),
        ({"origins": ["https://evil.example"]}, 400, "parameter_invalid"),
        ({"business": public_id("biz", UUID(int=1))}, 404, "enterprises.not_found"),
    ],
)
def test_what_is_refused_opens_nothing(
    caller: Caller, business: str, change: dict[str, Any], status: int, code: str
) -> None:
    caller.refused("POST", "/embed_sessions", status, code, asked(business, change))
    with bank_schema("qinglan"):
        assert not EmbedSession.objects.exists()


def test_a_session_never_exceeds_its_token_nor_its_bank(caller: Caller, business: str) -> None:
    def limited(scopes: set[str], bank: str = "qinglan") -> Caller:
        token = caller.access.token(bank, now=now(), scopes=sorted(scopes))
        return Caller(caller.access, bank=bank, token=token)

    body = asked(business, {})
    limited(set(SCOPES) - {"embed:write"}).refused("POST", "/embed_sessions", 403, "scope_insufficient", body)
    refused = limited(set(SCOPES) - {"drawdowns:write"}).refused(
        "POST", "/embed_sessions", 403, "embed_sessions.scopes_insufficient", body
    )
    assert refused["params"] == {"scopes": "drawdowns:write"}
    limited(set(SCOPES), "lian").refused("POST", "/embed_sessions", 404, "enterprises.not_found", body)
    with bank_schema("qinglan"):
        assert not EmbedSession.objects.exists()
