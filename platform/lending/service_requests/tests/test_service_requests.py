"""What is asked of a bank: taken in always, answered once, by who took it on, and every step stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kernel.ids import new_id
from kernel.refusals import Refusal
from lending.loans.queries import LoanNotFound
from lending.service_requests import operations, queries
from lending.service_requests.models import ServiceRequest, ServiceRequestStep
from lending.service_requests.states import MOVES, Channel, RequestStatus
from parties.enterprises.queries import EnterpriseNotFound
from plumbing.audit.models import AuditRecord
from plumbing.clock.queries import business_date
from plumbing.outbox.models import OutboxEvent
from regulation.models import AdoptedRule
from testkit.servicing import NOON, Borrower, borrower, fund, lend

WHO, OTHER = "li@qinglan.example", "wang@qinglan.example"


@pytest.fixture
def who(qinglan: str) -> Borrower:
    return borrower(limit="20000.00")


def ask(who: Borrower, kind: str = "complaint", **changes: Any) -> queries.RequestView:
    given: dict[str, Any] = {
        "scene_id": who.scene_id,
        "enterprise_id": who.enterprise_id,
        "kind": kind,
        "text": "扣款时间不对。",
        "loan_id": None,
        "consent_id": None,
        "channel": Channel.BORROWER,
        "now": NOON,
        "business_date": business_date(),
    }
    return operations.raise_request(**(given | changes))


def written() -> list[object]:
    tables = (ServiceRequest, ServiceRequestStep, OutboxEvent, AuditRecord)
    return [list(table._default_manager.order_by("pk").values_list()) for table in tables]


def refused(code: str, act: Any) -> None:
    before = written()
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        act()
    assert refusal.value.code == code
    assert written() == before


def test_a_complaint_is_taken_in_taken_on_given_time_and_answered_and_every_step_stays(who: Borrower) -> None:
    found = ask(who)
    today = business_date()
    assert (found.number, found.status) == (f"{today:%Y%m%d}-0001", "received")
    assert (found.due_date, found.due_rule) == (today + timedelta(days=15), "P-10@2020-03-01/1")
    assert ask(who).number.endswith("-0002")
    operations.take_request(request_id=found.id, taken_by=OTHER, now=NOON)
    operations.take_request(request_id=found.id, taken_by=WHO, now=NOON)
    more = operations.extend_request(request_id=found.id, reason="须调取扣款记录", extended_by=WHO, now=NOON)
    assert (more.due_date, more.is_extended) == (today + timedelta(days=30), True)
    done = operations.answer_request(
        request_id=found.id, outcome="resolved", text="已更正扣款时间。", answered_by=WHO, now=NOON
    )
    assert (done.status, done.answer, done.answered_by) == ("resolved", "已更正扣款时间。", WHO)
    steps = queries.steps_of(request_id=found.id)
    assert [(step.act, step.actor) for step in steps] == [
        ("received", "borrower"),
        ("taken", OTHER),
        ("taken", WHO),
        ("extended", WHO),
        ("resolved", WHO),
    ]
    told = [
        (event.data["object"]["status"], event.data["changed"])
        for event in OutboxEvent.objects.filter(subject=found.public_id).order_by("sequence")
    ]
    assert told == [
        ("received", ["status"]),
        ("in_progress", ["status"]),
        ("in_progress", ["due_date"]),
        ("resolved", ["status", "answer"]),
    ]
    assert "扣款" not in str(list(OutboxEvent.objects.values_list("data")))
    assert [
        record.action for record in AuditRecord.objects.filter(subject=found.public_id).order_by("position")
    ] == [
        "service_request.taken",
        "service_request.taken",
        "service_request.extended",
        "service_request.resolved",
    ]
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        ServiceRequestStep.objects.update(actor="nobody")


def test_what_does_not_fit_is_refused_and_nothing_is_written(who: Borrower) -> None:
    fund("10000.00")
    other = borrower(limit="20000.00", scene_id=who.scene_id)
    loan = lend(other, "1000.00")
    found = ask(who)
    with pytest.raises(EnterpriseNotFound):
        ask(who, scene_id=new_id())
    with pytest.raises(LoanNotFound):
        ask(who, "hardship", loan_id=loan.id)
    assert ask(other, "hardship", loan_id=loan.id).due_date is None
    refused("service_requests.loan_missing", lambda: ask(who, "reschedule"))
    for text in ("  ", "x" * 2001):
        refused("service_requests.text_invalid", lambda text=text: ask(who, text=text))

    def answer(person: str, outcome: str = "rejected", text: str = "不予受理") -> None:
        operations.answer_request(
            request_id=found.id, outcome=outcome, text=text, answered_by=person, now=NOON
        )

    def extend() -> None:
        operations.extend_request(request_id=found.id, reason="复杂", extended_by=WHO, now=NOON)

    def take(request_id: Any = found.id) -> None:
        operations.take_request(request_id=request_id, taken_by=WHO, now=NOON)

    refused("service_requests.state_conflict", lambda: answer(WHO))
    refused("service_requests.not_found", lambda: take(new_id()))
    take()
    refused("service_requests.taken_by_another", lambda: answer(OTHER))
    refused("service_requests.state_conflict", lambda: answer(WHO, "in_progress"))
    refused("service_requests.text_invalid", lambda: answer(WHO, text=" "))
    extend()
    refused("service_requests.no_deadline", extend)
    answer(WHO)
    for act in (take, extend, lambda: answer(WHO)):
        refused("service_requests.state_conflict", act)


def test_the_queue_shows_what_is_due_first_and_a_scene_sees_its_own(who: Borrower) -> None:
    today = business_date()
    copy = ask(who, "consent_copy")
    later = ask(who, now=NOON + timedelta(days=1), business_date=today + timedelta(days=1))
    first = ask(who)
    assert [one.id for one in queries.queue()] == [first.id, later.id, copy.id]
    late = today + timedelta(days=16)
    assert [one.id for one in queries.queue(late_on=late)] == [first.id]
    assert (first.is_late(late), later.is_late(late), copy.is_late(late)) == (True, False, False)
    counts = {one.kind: (one.waiting, one.late) for one in queries.waiting(on_date=late)}
    assert counts["complaint"] == (2, 1)
    assert (counts["consent_copy"], counts["hardship"]) == ((1, 0), (0, 0))
    assert [one.id for one in queries.requests_page(scene_id=who.scene_id, kind="complaint")] == [
        first.id,
        later.id,
    ]
    assert queries.requests_page(scene_id=new_id()) == ()
    with pytest.raises(queries.RequestNotFound):
        queries.get_request(request_id=first.id, scene_id=new_id())
    assert ServiceRequest.objects.get(id=first.id).text == "扣款时间不对。"


def test_a_complaint_is_taken_in_also_where_no_rule_was_adopted(who: Borrower) -> None:
    assert AdoptedRule.objects.filter(code="P-10").exists()
    early = ask(who, business_date=business_date().replace(year=2019))
    assert (early.due_date, early.due_rule) == (None, "")


def test_every_state_has_its_moves() -> None:
    assert set(MOVES) == set(RequestStatus)
    assert {move for moves in MOVES.values() for move in moves} <= set(RequestStatus)
