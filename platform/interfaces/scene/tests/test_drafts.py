"""Drafts and corrections: changed only by who read the state that is changed (ETag, If-Match)."""

from typing import Any

import httpx
import pytest

from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.server import at_once, running
from interfaces.scene.tests.world import business_body, merchant, receipt_lines, yuan
from interfaces.tests.journeys.people import rows_of
from lending.applications.models import Application, Draft
from plumbing.audit.models import AuditRecord
from plumbing.schemas import bank_schema
from testkit.scenes import open_scene


def patched(caller: Caller, path: str, body: dict[str, Any], etag: str, **headers: str) -> Any:
    answer = caller.call("PATCH", path, body, if_match=etag, **headers)
    assert answer.status_code == 200, answer.content
    assert answer["ETag"] == answer.json()["etag"]
    return answer.json()


def test_a_draft_is_read_changed_and_submitted_as_the_application_of_the_same_id(caller: Caller) -> None:
    shop = merchant(caller, receipts=receipt_lines(days=1))
    made = caller.call("POST", "/applications", shop.apply_body(submit=False, external_id="D-1"))
    assert (made.status_code, made["ETag"]) == (201, made.json()["etag"])
    draft = made.json()
    at = f"/applications/{draft['id']}"
    assert (draft["status"], draft["submitted_at"], draft["approved_amount"]) == ("draft", None, None)
    assert caller.call("GET", at)["ETag"] == draft["etag"]
    assert "ETag" not in caller.call("GET", f"{at}?expand[]=business")
    caller.refused("GET", f"{at}/decision", 409, "applications.decision_pending")
    with bank_schema("qinglan"):
        assert not Application.objects.exists()
    changed = patched(caller, at, {"amount": yuan("40000.00"), "metadata": {"till": "2"}}, draft["etag"])
    assert (changed["amount"], changed["metadata"]) == (yuan("40000.00"), {"till": "2"})
    assert {name for name in changed if changed[name] != draft[name]} == {"amount", "metadata", "etag"}
    other = caller.post("/applications", shop.apply_body(submit=False))
    assert [one["id"] for one in caller.get("/applications?status=draft")["data"]] == [
        other["id"],
        draft["id"],
    ]
    sent = caller.post(f"{at}/submit", status=200)
    assert (sent["id"], sent["status"], sent["created_at"]) == (draft["id"], "submitted", draft["created_at"])
    assert (sent["amount"], sent["external_id"], sent["metadata"]) == (yuan("40000.00"), "D-1", {"till": "2"})
    listed = caller.get(f"/applications?business={shop.business}")["data"]
    assert [(one["id"], one["status"]) for one in listed] == [
        (other["id"], "draft"),
        (draft["id"], "submitted"),
    ]
    assert caller.get("/applications?limit=1")["next_cursor"] == other["id"]
    assert caller.get(f"/applications?after={other['id']}")["data"][0] == sent
    withdrawn = caller.post(f"/applications/{other['id']}/withdraw", status=200)
    assert withdrawn["status"] == "withdrawn"
    caller.refused(
        "PATCH", f"/applications/{other['id']}", 409, "applications.state_conflict", {}, if_match="*"
    )
    work("jobs.relay_outbox", schema="qinglan")
    events = [event["type"] for event in caller.get("/events")["data"]]
    assert events.count("application.submitted") == 1
    assert "application.withdrawn" not in events


def test_a_change_that_names_no_state_or_an_old_one_changes_nothing(caller: Caller) -> None:
    shop = merchant(caller, receipts=receipt_lines(days=1))
    draft = caller.post("/applications", shop.apply_body(submit=False, external_id="D-1"))
    at, body = f"/applications/{draft['id']}", {"amount": yuan("1.00")}
    newer = patched(caller, at, {"purpose": "equipment"}, draft["etag"])
    held = rows_of("qinglan")
    caller.refused("PATCH", at, 428, "if_match_missing", body)
    for tag in (draft["etag"], f"W/{newer['etag']}", "nonsense", newer["etag"].strip('"')):
        caller.refused("PATCH", at, 412, "etag_mismatch", body, if_match=tag)
    caller.refused("PATCH", at, 400, "parameter_invalid", {"business": draft["business"]}, if_match="*")
    caller.refused("PATCH", at, 404, "products.not_found", {"product": "nothing"}, if_match="*")
    caller.refused(
        "POST", "/applications", 409, "applications.duplicate_external_id", shop.apply_body(external_id="D-1")
    )
    caller.refused("POST", f"{at}/submit", 422, "applications.purpose_not_offered", {})
    assert rows_of("qinglan") == held
    several = f'"another", {newer["etag"]}'
    assert patched(caller, at, {"purpose": "working_capital"}, several)["purpose"] == "working_capital"
    caller.post(f"{at}/submit", status=200)
    held = rows_of("qinglan")
    for method, path in (("PATCH", at), ("POST", f"{at}/submit")):
        said = caller.refused(method, path, 409, "applications.state_conflict", {}, if_match="*")
        assert (said["params"]["current"], said["params"]["allowed"]) == ("submitted", ["draft"])
    assert rows_of("qinglan") == held


@pytest.mark.journey
def test_of_two_changes_of_one_state_at_once_one_is_made_and_none_is_lost(committed: Caller) -> None:
    shop = committed.post("/businesses", business_body(1))
    draft = committed.post(
        "/applications",
        {
            "business": shop["id"],
            "product": "receipts_revolving",
            "amount": yuan("5000.00"),
            "purpose": "working_capital",
            "submit": False,
        },
    )
    with running() as address, httpx.Client(timeout=60) as http:

        def both(path: str, tag: str, bodies: list[dict[str, Any]]) -> None:
            headers = {"Authorization": f"Bearer {committed.token}", "If-Match": tag}
            answers = at_once(
                2, lambda nth: http.patch(f"{address}/v1{path}", json=bodies[nth], headers=headers)
            )
            assert sorted(answer.status_code for answer in answers) == [200, 412]
            [made] = [nth for nth, answer in enumerate(answers) if answer.status_code == 200]
            now = committed.get(path)
            assert now == answers[made].json()
            for name, value in bodies[1 - made].items():
                assert now[name] != value

        both(f"/applications/{draft['id']}", draft["etag"], [{"tenor_days": 30}, {"external_id": "D-2"}])
        both(f"/businesses/{shop['id']}", shop["etag"], [{"legal_name": "示例甲"}, {"industry": "F5227"}])
    with bank_schema("qinglan"):
        assert Draft.objects.count() == 1


def test_a_business_is_corrected_by_who_alone_introduced_it_and_the_trail_says_how(caller: Caller) -> None:
    shop = caller.post("/businesses", business_body(1))
    at = f"/businesses/{shop['id']}"
    body = {"legal_name": "示例商户壹", "industry": "F5227", "area_code": shop["area_code"]}
    better = patched(caller, at, body, shop["etag"], idempotency_key="once")
    assert (better["legal_name"], better["industry"]) == ("示例商户壹", "F5227")
    with bank_schema("qinglan"):
        [record] = AuditRecord.objects.filter(action="business.correct")
    assert (record.actor, record.subject) == ("scene xianlian", shop["id"])
    assert record.detail == {"legal_name": ["示例商户1", "示例商户壹"], "industry": ["H6210", "F5227"]}
    again = caller.call("PATCH", at, body, if_match=shop["etag"], idempotency_key="once")
    assert (again.json(), again["ETag"]) == (better, better["etag"])
    assert again["Idempotent-Replayed"] == "true"
    rival = Caller(open_scene("shidao", banks=["qinglan"], uscc="92331002MA00000QX0"))
    theirs = rival.post(
        "/businesses", business_body(1, legal_name="示例商户壹", industry="F5227", external_id="theirs")
    )
    assert theirs["id"] == shop["id"]
    mine = caller.post("/businesses", business_body(2))
    held = rows_of("qinglan")
    said = caller.refused("PATCH", at, 409, "enterprises.shared", {"industry": "F5211"}, if_match="*")
    assert said["params"] == {"field": "industry"}
    for body, status, code in (
        ({"opened_date": "2999-01-01"}, 400, "enterprises.opened_in_future"),
        ({"industry": "x"}, 400, "enterprises.industry_invalid"),
        ({"area_code": "000000"}, 400, "enterprises.area_code_invalid"),
        ({"external_id": mine["external_id"]}, 409, "enterprises.duplicate_external_id"),
        ({"registration_no": mine["registration_no"]}, 400, "parameter_invalid"),
    ):
        caller.refused("PATCH", at, status, code, body, if_match="*")
    assert rows_of("qinglan") == held
    own = patched(caller, at, {"external_id": "shop-1b", "industry": "F5227"}, better["etag"])
    assert own["external_id"] == "shop-1b"
    assert rival.get(at)["external_id"] == "theirs"
