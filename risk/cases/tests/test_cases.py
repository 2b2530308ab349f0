from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from plumbing.audit.models import AuditRecord
from risk.cases import operations, queries
from risk.cases.models import Case, CaseEvent
from risk.cases.operations import NotAssignee, OutcomeUnknown, ReasonMissing
from risk.cases.queries import CaseNotFound, CaseView
from risk.cases.states import CaseKind, CaseStateConflict, Priority
from risk.decisions.operations import decide
from risk.decisions.tests.test_flow import GOOD

NOW = datetime(2026, 11, 10, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


def opened(subject: str = "app_1", at: datetime = NOW, **given: Any) -> CaseView:
    given = {"kind": CaseKind.REFERRAL, "reason": "grade_review", "evidence": {"asked": "30000.00"}} | given
    return operations.open_case(subject=subject, now=at, **given)


def test_a_case_goes_its_way_and_every_step_is_written(qinglan: str) -> None:
    case = opened()
    operations.assign_case(case_id=case.id, assigned_to="a@x", assigned_by="chief@x", now=NOW)
    operations.note_case(case_id=case.id, text="Called the owner", written_by="a@x", now=NOW + HOUR)
    decided = operations.decide_case(
        case_id=case.id, outcome="approved", reason="Receipts hold", decided_by="a@x", now=NOW + 2 * HOUR
    )
    closed = operations.close_case(case_id=case.id, text="Approved", closed_by="a@x", now=NOW + 2 * HOUR)

    assert (decided.status, closed.status, closed.outcome) == ("decided", "closed", "approved")
    file = queries.get_case(case.id)
    assert [event.act for event in file.events] == ["opened", "assigned", "noted", "decided", "closed"]
    assert not closed.is_late(NOW + 99 * HOUR)
    assert AuditRecord.objects.filter(action="case.decide", subject=case.public_id).count() == 1


def test_a_subject_has_one_open_case_of_a_kind_and_more_evidence_joins_it(qinglan: str) -> None:
    first = opened(priority=Priority.WATCH, kind=CaseKind.WARNING)
    again = opened(
        priority=Priority.STOP,
        kind=CaseKind.WARNING,
        evidence={"today": {"a": 1}},
        reason="overdue_long",
        at=NOW + HOUR,
    )
    later = opened(priority=Priority.WATCH, kind=CaseKind.WARNING, evidence={"today": {"a": 2}}, reason="x")

    assert first.id == again.id == later.id
    assert (later.priority, later.reason, later.due_at) == ("stop", "overdue_long", NOW + 5 * HOUR)
    assert later.evidence == {"asked": "30000.00", "today": {"a": 2}}
    assert [event.act for event in queries.events_of(case_id=first.id)] == ["opened", "added", "added"]
    assert opened(kind=CaseKind.DRIFT).id != first.id
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(
            kind="warning",
            subject="app_1",
            reason="x",
            priority="act",
            rank=2,
            opened_at=NOW,
            due_at=NOW + HOUR,
        )


def test_the_file_lays_the_decision_beside_the_evidence(qinglan: str) -> None:
    facts = {name: value for name, value in GOOD.items() if not name.startswith("rules.")}
    facts["receipts.growth_90d"] = None
    decision = decide(subject="app_1", facts=facts, on_date=date(2026, 11, 10), now=NOW)
    earlier = opened()
    operations.settle_case(
        kind=CaseKind.REFERRAL, subject="app_1", outcome="ended", reason="withdrawn", settled_by="", now=NOW
    )
    case = opened(decision_id=decision.id)

    file = queries.get_case(case.id)

    assert file.decision == decision
    assert file.stage("admit") is not None and file.stage("cross") is None
    assert [other.id for other in file.earlier] == [earlier.id]


def test_the_queue_is_by_urgency_then_due_and_pages_without_gaps(qinglan: str) -> None:
    made = [
        opened(f"app_{n}", NOW + n * HOUR, priority=priority)
        for n, priority in enumerate([Priority.WATCH, Priority.ACT, Priority.STOP, Priority.ACT])
    ]
    order = [made[2].id, made[1].id, made[3].id, made[0].id]

    seen, after = [], None
    while page := queries.cases_page(after=after, limit=1):
        seen.append(page[0].id)
        after = page[0].id
    assert seen == order
    operations.assign_case(case_id=order[1], assigned_to="a@x", assigned_by="a@x", now=NOW)
    assert [case.id for case in queries.cases_page(assigned_to="a@x")] == [order[1]]
    assert [case.id for case in queries.cases_page(late_at=NOW + 7 * HOUR)] == [order[0]]
    assert queries.cases_page(kind="drift") == () and queries.cases_page(status="closed") == ()


def test_ageing_counts_what_waits_and_what_came_late(qinglan: str) -> None:
    opened("app_1")
    opened("app_2")
    operations.settle_case(
        kind=CaseKind.REFERRAL,
        subject="app_2",
        outcome="declined",
        reason="no",
        settled_by="a@x",
        now=NOW + 30 * HOUR,
    )

    referral = queries.ageing(now=NOW + 48 * HOUR, since=NOW)[0]

    assert (referral.kind, referral.waiting, referral.waiting_late) == ("referral", 1, 1)
    assert (referral.answered, referral.answered_late, referral.median) == (1, 1, 30 * HOUR)


def act(name: str, case: CaseView) -> None:
    given: dict[str, dict[str, Any]] = {
        "decide": {"outcome": "approved", "reason": "x", "decided_by": "a@x"},
        "decide_other": {"outcome": "approved", "reason": "x", "decided_by": "b@x"},
        "decide_unknown": {"outcome": "frozen", "reason": "x", "decided_by": "a@x"},
        "decide_silent": {"outcome": "approved", "reason": " ", "decided_by": "a@x"},
        "close": {"text": "", "closed_by": "a@x"},
        "note": {"text": " ", "written_by": "a@x"},
        "assign": {"assigned_to": "", "assigned_by": "a@x"},
    }
    verb = getattr(operations, f"{name.split('_', maxsplit=1)[0]}_case")
    verb(case_id=case.id, now=NOW, **given[name])


@pytest.mark.parametrize(
    ("assigned", "name", "refusal"),
    [
        (False, "decide", CaseStateConflict),
        (False, "close", CaseStateConflict),
        (True, "close", CaseStateConflict),
        (True, "decide_other", NotAssignee),
        (True, "decide_unknown", OutcomeUnknown),
        (True, "decide_silent", ReasonMissing),
        (True, "note", ReasonMissing),
        (True, "assign", ReasonMissing),
    ],
)
def test_a_wrong_move_is_refused_and_leaves_nothing(
    qinglan: str, assigned: bool, name: str, refusal: type[Exception]
) -> None:
    case = opened()
    if assigned:
        operations.assign_case(case_id=case.id, assigned_to="a@x", assigned_by="a@x", now=NOW)
    before = (queries.get_case(case.id), CaseEvent.objects.count())

    with pytest.raises(refusal):
        act(name, case)

    assert (queries.get_case(case.id), CaseEvent.objects.count()) == before


def test_who_has_the_case_is_held_to_be_the_one_who_settles_it(qinglan: str) -> None:
    def required(person: str, subject: str = "app_1") -> None:
        operations.require_assignee(kind=CaseKind.REFERRAL, subject=subject, person=person)

    case = opened()
    for person in ("a@x", ""):
        with pytest.raises(NotAssignee, match="with –"):
            required(person)
    operations.assign_case(case_id=case.id, assigned_to="a@x", assigned_by="chief@x", now=NOW)
    required("a@x")
    with pytest.raises(NotAssignee, match="with a@x"):
        required("b@x")
    with pytest.raises(NotAssignee):
        required("a@x", "app_2")


def test_what_is_not_there_is_said(qinglan: str) -> None:
    with pytest.raises(CaseNotFound):
        operations.note_case(case_id=uuid4(), text="x", written_by="a@x", now=NOW)
    with pytest.raises(CaseNotFound):
        queries.get_case(uuid4())
    settled = operations.settle_case(
        kind=CaseKind.DRIFT, subject="app_1", outcome="no_cause", reason="x", settled_by="a@x", now=NOW
    )
    assert settled is None and not CaseEvent.objects.exists()


def test_history_only_grows(qinglan: str) -> None:
    opened()
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        CaseEvent.objects.update(text="never")
