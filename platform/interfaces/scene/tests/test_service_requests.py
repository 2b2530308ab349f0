"""Service requests at the API's door: the scene's own, in its words; the borrower's own, without them."""

from django.db import transaction

from interfaces.door import now
from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.world import business_body
from kernel.ids import new_id, parse_id, public_id
from lending.service_requests import operations
from lending.service_requests.models import ServiceRequest
from lending.service_requests.states import Channel
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from testkit.scenes import open_scene

OFFICER = "credit@qinglan.example"


def test_a_scene_asks_hears_of_every_step_and_reads_the_answer(caller: Caller) -> None:
    shop = caller.post("/businesses", business_body(1))["id"]
    body = {"business": shop, "type": "complaint", "text": "被要求另付服务费。", "metadata": {"ticket": "7"}}
    made = caller.post("/service_requests", body)
    assert (made["status"], made["channel"], made["text"], made["answer"]) == (
        *("received", "scene", body["text"]),
        None,
    )
    assert (made["metadata"], made["due_date"]) == ({"ticket": "7"}, "2026-11-17")
    key = parse_id("srq", made["id"])
    with bank_schema("qinglan"), transaction.atomic():
        operations.take_request(request_id=key, taken_by=OFFICER, now=now())
        operations.answer_request(
            request_id=key, outcome="resolved", text="已退还。", answered_by=OFFICER, now=now()
        )
        written = operations.raise_request(
            scene_id=caller.access.scene_id,
            enterprise_id=parse_id("biz", shop),
            kind="complaint",
            text="场景方收了我的钱。",
            loan_id=None,
            consent_id=None,
            channel=Channel.BORROWER,
            now=now(),
            business_date=business_date(),
        )
    answered = caller.get(f"/service_requests/{made['id']}")
    assert (answered["status"], answered["answer"]) == ("resolved", "已退还。")
    theirs, own = caller.get(f"/service_requests?business={shop}&type=complaint")["data"]
    assert (own, theirs["id"]) == (answered, written.public_id)
    assert (theirs["channel"], theirs["status"], theirs["text"], theirs["answer"]) == (
        *("borrower", "received"),
        *(None, None),
    )
    assert [one["id"] for one in caller.get("/service_requests?status=resolved")["data"]] == [made["id"]]
    work("jobs.relay_outbox", schema="qinglan")
    told = [event for event in caller.get("/events")["data"] if event["type"] == "service_request.updated"]
    assert [event["data"]["object"]["status"] for event in told if event["subject"] == made["id"]] == [
        *("received", "in_progress", "resolved")
    ]
    rival = Caller(open_scene("shidao", banks=["qinglan"], uscc="92331002MA00000QX0"))
    rival.refused("GET", f"/service_requests/{made['id']}", 404, "service_requests.not_found")
    assert rival.get("/service_requests")["data"] == []
    loan = public_id("lon", new_id())
    for changes, status, code in (
        ({"type": "hardship"}, 422, "service_requests.loan_missing"),
        ({"type": "hardship", "loan": loan}, 404, "lending.loan_not_found"),
        ({"consent": public_id("cns", new_id())}, 404, "consents.not_found"),
        ({"business": public_id("biz", new_id())}, 404, "enterprises.not_found"),
        ({"type": "praise"}, 400, "parameter_invalid"),
    ):
        caller.refused("POST", "/service_requests", status, code, {**body, **changes})
    with bank_schema("qinglan"):
        assert ServiceRequest.objects.count() == 2
