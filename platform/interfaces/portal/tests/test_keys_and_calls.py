"""Keys, the request log and the checklist: a scene's own only, and a refusal changes nothing."""

import json
from typing import Any

import pytest
from django.test import Client
from joserfc.jwk import OKPKey

from interfaces.portal.tests.conftest import Sides
from interfaces.scene import token
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.test_token import ask
from interfaces.scene.tests.world import business_body
from interfaces.tests.portal import OPS_HOST, browser, of_scene, scene_pages
from tenants.access import operations as access
from tenants.access.models import ApiClient, CallRecord
from tenants.teams.roles import Role
from testkit.scenes import SceneAccess
from testkit.teams import add_person


def jwk(kid: str) -> dict[str, Any]:
    return {**OKPKey.generate_key("Ed25519", private=False).as_dict(private=False), "kid": kid}


def test_a_sandbox_key_is_made_in_one_step_and_opens_the_api(sides: Sides) -> None:
    made = sides.owner.post("/portal/keys", {"name": "mine"})
    assert made.status_code == 201
    assert made["Cache-Control"] == "no-store"
    pair = made.json()
    first = ask(SceneAccess(sides.own.scene_id, pair["client_id"], pair["client_secret"]))
    assert first.status_code == 200
    again = sides.owner.post(f"/portal/keys/{pair['client_id']}/secret").json()["client_secret"]
    assert ask(SceneAccess(sides.own.scene_id, pair["client_id"], pair["client_secret"])).status_code == 401
    assert ask(SceneAccess(sides.own.scene_id, pair["client_id"], again)).status_code == 200
    shown = sides.owner.get("/portal/keys")
    assert [one["client_id"] for one in shown.json()["clients"]] == [sides.own.client_id, pair["client_id"]]
    assert "sk_test_" not in shown.content.decode()
    assert pair["client_id"] not in sides.stranger.get("/portal/keys").content.decode()


def test_the_page_shows_the_secret_once(sides: Sides) -> None:
    page = of_scene("own", "owner")
    assert "sk_test_" in page.post("/portal/keys", {"name": "mine"}).content.decode()
    assert "sk_test_" not in page.get("/portal/keys").content.decode()


def test_live_keys_are_replaced_with_an_overlap_or_none_and_revoked(sides: Sides) -> None:
    made = sides.owner.post("/portal/keys/live", {"name": "live", "jwks": json.dumps({"keys": [jwk("a")]})})
    assert made.status_code == 201, made.content
    page = f"/portal/keys/{made.json()['client_id']}"
    both = sides.owner.post(f"{page}/keys", {"key": json.dumps(jwk("b"))}).json()["keys"]
    assert [(key["kid"], key["ends_at"] is None) for key in both] == [("a", False), ("b", True)]
    third = sides.owner.post(f"{page}/keys", {"key": json.dumps(jwk("c"))})
    assert (third.status_code, third.json()["code"]) == (409, "access.keys_full")
    alone = sides.owner.post(f"{page}/keys", {"key": json.dumps(jwk("d")), "at_once": "on"}).json()["keys"]
    assert [key["kid"] for key in alone] == ["d"]
    found = sides.owner.post(f"{page}/addresses", {"addresses": "203.0.113.0/24, 198.51.100.7"}).json()
    assert found["addresses"] == ["198.51.100.7/32", "203.0.113.0/24"]
    assert sides.owner.post(f"{page}/addresses", {"addresses": "everywhere"}).status_code == 400
    assert ApiClient.objects.get(client_id=made.json()["client_id"]).addresses == found["addresses"]
    assert sides.owner.post(f"{page}/revoke").json()["status"] == "revoked"


def test_another_scenes_client_is_not_there(sides: Sides) -> None:
    before = ApiClient.objects.values().get(client_id=sides.own.client_id)
    for act in ("keys", "addresses", "secret", "revoke"):
        page = f"/portal/keys/{sides.own.client_id}/{act}"
        answer = sides.stranger.post(page, {"key": json.dumps(jwk("x"))})
        assert (answer.status_code, answer.json()["code"]) == (404, "access.client_unknown")
    assert ApiClient.objects.values().get(client_id=sides.own.client_id) == before


def test_a_role_may_only_what_it_may(sides: Sides) -> None:
    sent = {"name": "x", "jwks": json.dumps({"keys": [jwk("a")]})}
    live = sides.owner.post("/portal/keys/live", sent).json()["client_id"]
    refused = {
        Role.DEVELOPER: ("/portal/keys/live", f"/portal/keys/{live}/revoke", "/portal/team"),
        Role.BUSINESS: ("/portal/keys", f"/portal/keys/{sides.own.client_id}/revoke", "/portal/team"),
    }
    before = list(ApiClient.objects.order_by("id").values())
    for role, paths in refused.items():
        add_person(sides.own.scene_id, role, scene="own")
        person = of_scene("own", role, json=True)
        assert [person.post(path, sent).status_code for path in paths] == [403, 403, 403]
    assert list(ApiClient.objects.order_by("id").values()) == before
    assert of_scene("own", Role.DEVELOPER, json=True).post("/portal/keys", sent).status_code == 201


def test_a_call_is_found_by_id_path_and_status_by_its_own_scene_alone(sides: Sides) -> None:
    caller = Caller(sides.own, token=ask(sides.own).json()["access_token"])
    caller.post("/businesses", business_body())
    refused = caller.refused("GET", "/loans/lon_1", 404, "malformed_id")
    [one] = sides.owner.get("/portal/requests", {"request_id": refused["request_id"]}).json()["data"]
    assert (one["path"], one["status"], one["code"]) == ("/v1/loans/lon_1", 404, "malformed_id")
    assert [row["path"] for row in found(sides.owner, status="4xx")] == ["/v1/loans/lon_1"]
    assert [row["made"][:4] for row in found(sides.owner, path="businesses")] == ["biz_"]
    assert len(found(sides.owner)) == 3
    assert found(sides.owner, until="2026-01-01") == []
    detail = sides.owner.get(f"/portal/requests/{refused['request_id']}").json()["data"][0]
    assert detail["docs"] == "/docs/errors/malformed_id"
    assert browser(OPS_HOST).get(detail["docs"]).status_code == 200
    assert found(sides.stranger) == []
    assert sides.stranger.get(f"/portal/requests/{refused['request_id']}").status_code == 404
    assert sides.owner.get("/portal/requests", {"status": "40"}).status_code == 400
    page = of_scene("own", "owner", language="zh-hans").get("/portal/requests", {"status": "40"})
    assert "status 不能是 40。" in page.content.decode()


def test_a_refused_token_call_is_in_the_log_without_what_was_shown(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token, "_refused", {})
    wrong = SceneAccess(sides.own.scene_id, sides.own.client_id, "sk_test_guessed")
    assert ask(wrong).status_code == 401
    assert ask(sides.own, resource="http://api.localhost/banks/none").status_code == 400
    assert ask(SceneAccess(sides.own.scene_id, "cli_nobody", "x")).status_code == 401
    rows = found(sides.owner, path="/oauth/token")
    assert [(row["status"], row["code"]) for row in rows] == [
        (400, "invalid_target"),
        (401, "invalid_client"),
    ]
    assert CallRecord.objects.filter(code__startswith="invalid").count() == 2
    assert "guessed" not in str(list(CallRecord.objects.values()))
    assert found(sides.stranger) == []
    page = of_scene("own", "owner").get(f"/portal/requests/{rows[0]['request_id']}").content.decode()
    assert browser(OPS_HOST).get("/docs/get-started").status_code == 200
    assert 'href="/docs/get-started"' in page
    monkeypatch.setattr(token, "REFUSED_NOTED_MAX", 2)
    assert ask(wrong).status_code == 401  # the third within a minute
    assert len(found(sides.owner)) <= 3


def found(client: Client, **asked: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get("/portal/requests", asked).json()["data"]
    return rows


def test_the_checklist_ticks_what_has_happened(sides: Sides) -> None:
    assert sides.owner.get("/portal/").json() == {"done": ["key"], "of": 10}
    caller = Caller(sides.own, token=ask(sides.own).json()["access_token"])
    caller.post("/businesses", business_body())
    assert sides.owner.get("/portal/").json()["done"] == ["key", "token", "call", "business"]
    assert sides.stranger.get("/portal/").json()["done"] == ["key"]


def test_strangers_are_sent_to_the_sign_in_page(banks: tuple[str, str]) -> None:
    for path, _ in scene_pages().values():
        answer = browser(OPS_HOST).get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/portal/sign-in?next={path}")
        assert browser("qinglan.localhost").get(path).status_code == 404


def test_no_more_clients_than_a_scene_needs(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "CLIENTS_MAX", 1)
    answer = sides.owner.post("/portal/keys", {"name": "one too many"})
    assert (answer.status_code, answer.json()["code"]) == (409, "access.clients_full")
    assert ApiClient.objects.filter(scene_id=sides.own.scene_id).count() == 1
