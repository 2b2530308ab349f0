"""The queue of service requests: taken on, answered, and only by who may."""

from collections.abc import Iterator

import pytest

from interfaces.middleware import BankFromHostMiddleware
from interfaces.tests.portal import HOST, PEOPLE, signed_in
from lending.service_requests.models import ServiceRequest, ServiceRequestStep
from lending.service_requests.operations import raise_request
from lending.service_requests.queries import RequestView
from lending.service_requests.states import Channel
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from testkit.servicing import NOON, borrower

OFFICER = "credit@qinglan.example"


@pytest.fixture
def complaint(qinglan: str, empty_cache: None) -> Iterator[RequestView]:
    BankFromHostMiddleware.forget_hosts()
    who = borrower(limit="20000.00")
    yield raise_request(
        scene_id=who.scene_id,
        enterprise_id=who.enterprise_id,
        kind="complaint",
        text="利息比合同上写的多。",
        loan_id=None,
        consent_id=None,
        channel=Channel.BORROWER,
        now=NOON,
        business_date=business_date(),
    )
    BankFromHostMiddleware.forget_hosts()


def test_who_takes_a_request_on_answers_it_and_others_only_look(complaint: RequestView) -> None:
    at = f"/service-requests/{complaint.public_id}"
    officer, auditor = signed_in(HOST, OFFICER), signed_in(HOST, PEOPLE["audit"], json=True)
    listed = officer.get("/service-requests").content.decode()
    assert complaint.number in listed and at in listed
    answer = {"outcome": "resolved", "text": "已按合同重新计算。"}
    assert auditor.post(f"{at}/take").status_code == 403
    assert auditor.post(f"{at}/answer", answer).status_code == 403
    assert signed_in(HOST, OFFICER, json=True).post(f"{at}/answer", answer).status_code == 409
    assert auditor.get("/service-requests?kind=praise").status_code == 400
    assert auditor.get("/service-requests/srq_01J00000000000000000000000").status_code == 404
    with bank_schema("qinglan"):
        assert ServiceRequestStep.objects.count() == 1
    assert officer.post(f"{at}/take", follow=True).status_code == 200
    assert officer.post(f"{at}/extend", {"reason": "须核对流水"}, follow=True).status_code == 200
    assert officer.post(f"{at}/answer", answer | {"outcome": "in_progress"}).status_code == 302
    with bank_schema("qinglan"):
        assert ServiceRequest.objects.get().status == "in_progress"
    page = officer.post(f"{at}/answer", answer, follow=True).content.decode()
    assert "已按合同重新计算。" in page and "/answer" not in page
    shown = auditor.get(at).json()
    assert (shown["status"], shown["answer"]) == ("resolved", "已按合同重新计算。")
    assert [step["act"] for step in shown["steps"]] == ["received", "taken", "extended", "resolved"]
    assert [one["number"] for one in auditor.get("/service-requests?status=resolved").json()["requests"]] == [
        complaint.number
    ]
    assert auditor.get("/service-requests").json()["requests"] == []
