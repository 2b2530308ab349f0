"""Reads of cases: the queue, one case with everything that speaks for what, and how long answers take."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q

from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from risk.cases.models import Case, CaseEvent
from risk.cases.states import CaseKind, CaseStatus
from risk.decisions.queries import DecisionView, get_decision


class CaseNotFound(Refusal):
    """No such case."""

    code = "cases.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no case {case}."


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as the queue shows it."""

    id: UUID
    kind: str
    subject: str
    reason: str
    priority: str
    status: str
    decision_id: UUID | None
    evidence: Mapping[str, Any]
    opened_at: datetime
    due_at: datetime
    assigned_to: str
    outcome: str
    decided_by: str
    decided_at: datetime | None
    closed_at: datetime | None

    @property
    def public_id(self) -> str:
        """The id the outside sees."""
        return public_id("cas", self.id)

    def is_late(self, now: datetime) -> bool:
        """Whether the answer came, or will come, after it was due."""
        return (self.decided_at or now) > self.due_at


@dataclass(frozen=True, slots=True)
class CaseEventView:
    """One thing that happened to a case."""

    act: str
    actor: str
    text: str
    detail: Mapping[str, Any]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class CaseProposal:
    """What one person proposes to do about a case; `act` is plain JSON for whoever does it."""

    id: UUID
    act: Mapping[str, Any]
    reason: str
    proposed_by: str
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with its history, its decision (facts, trace, cross-checks, reasons), and earlier cases."""

    case: CaseView
    events: tuple[CaseEventView, ...]
    decision: DecisionView | None
    earlier: tuple[CaseView, ...]

    def stage(self, name: str) -> Mapping[str, Any] | None:
        """Return a stage's row of the decision's trace, such as `cross` or `graph`."""
        trace = () if self.decision is None else self.decision.trace
        return next((row for row in trace if row.get("stage") == name), None)


@dataclass(frozen=True, slots=True)
class Ageing:
    """How a kind of case is answered: waiting, late, answered in time and the median time to an answer."""

    kind: str
    waiting: int
    waiting_late: int
    answered: int
    answered_late: int
    median: timedelta | None


def case_view(row: Case) -> CaseView:
    """Return the frozen view of a row."""
    return CaseView(
        id=row.id,
        kind=str(row.kind),
        subject=row.subject,
        reason=row.reason,
        priority=str(row.priority),
        status=str(row.status),
        decision_id=row.decision_id,
        evidence=row.evidence,
        opened_at=row.opened_at,
        due_at=row.due_at,
        assigned_to=row.assigned_to,
        outcome=row.outcome,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        closed_at=row.closed_at,
    )


def cases_page(
    *,
    kind: str | None = None,
    status: str | None = None,
    assigned_to: str | None = None,
    subject: str | None = None,
    late_at: datetime | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[CaseView, ...]:
    """Return cases that are not closed, most urgent first and then the one due soonest.

    `status` "closed" lists those instead, newest first; `late_at` keeps what was due before an instant;
    `after` is the id of the last case seen.
    """
    closed = status == CaseStatus.CLOSED
    rows = Case.objects.filter(status=CaseStatus.CLOSED) if closed else Case.objects.exclude(status="closed")
    wanted = {"kind": kind, "status": status, "assigned_to": assigned_to, "subject": subject}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if late_at is not None:
        rows = rows.filter(due_at__lt=late_at)
    last = None if after is None else Case.objects.filter(id=after).first()
    if closed:
        rows = rows.order_by("-closed_at", "-id")
        if last is not None:
            rows = rows.filter(Q(closed_at__lt=last.closed_at) | Q(closed_at=last.closed_at, id__lt=last.id))
    else:
        rows = rows.order_by("rank", "due_at", "id")
        if last is not None:
            same = Q(rank=last.rank)
            rows = rows.filter(
                Q(rank__gt=last.rank)
                | same & Q(due_at__gt=last.due_at)
                | same & Q(due_at=last.due_at, id__gt=last.id)
            )
    return tuple(case_view(row) for row in rows[:limit])


def get_case(case_id: UUID) -> CaseFile:
    """Return a case with all that speaks for what; raises `CaseNotFound`."""
    row = Case.objects.filter(id=case_id).first()
    if row is None:
        raise CaseNotFound(case=public_id("cas", case_id))
    earlier = Case.objects.filter(subject=row.subject).exclude(id=row.id).order_by("-opened_at")[:20]
    return CaseFile(
        case_view(row),
        events_of(case_id=row.id),
        None if row.decision_id is None else get_decision(row.decision_id),
        tuple(case_view(other) for other in earlier),
    )


def events_of(*, case_id: UUID) -> tuple[CaseEventView, ...]:
    """Return what happened to a case, oldest first."""
    rows = CaseEvent.objects.filter(case_id=case_id).order_by("recorded_at", "id")
    return tuple(CaseEventView(row.act, row.actor, row.text, row.detail, row.recorded_at) for row in rows)


def open_proposal(*, case_id: UUID) -> CaseProposal | None:
    """Return the act that waits to be signed on a case; None once it was rejected or the case decided."""
    rows = CaseEvent.objects.filter(case_id=case_id, act__in=["proposed", "rejected", "decided", "closed"])
    row = rows.order_by("-recorded_at", "-id").first()
    if row is None or row.act != "proposed":
        return None
    return CaseProposal(row.id, row.detail, row.text, row.actor, row.recorded_at)


def find_open(*, kind: CaseKind, subject: str) -> CaseView | None:
    """Return the subject's case that is not closed, if there is one."""
    row = Case.objects.filter(kind=kind, subject=subject).exclude(status=CaseStatus.CLOSED).first()
    return None if row is None else case_view(row)


def ageing(*, now: datetime, since: datetime) -> tuple[Ageing, ...]:
    """Return how each kind of case is answered (S0-12); answered ones count from `since` on."""
    waiting = Q(status__in=[CaseStatus.OPEN, CaseStatus.ASSIGNED])
    found = []
    for kind in CaseKind:
        rows = Case.objects.filter(kind=kind)
        answered = rows.filter(decided_at__gte=since)
        counts = rows.aggregate(
            waiting=Count("id", filter=waiting), late=Count("id", filter=waiting & Q(due_at__lt=now))
        )
        times = sorted(
            decided - opened
            for opened, decided in answered.values_list("opened_at", "decided_at")
            if decided is not None
        )
        late = answered.filter(decided_at__gt=F("due_at")).count()
        median = times[len(times) // 2] if times else None
        found.append(Ageing(str(kind), counts["waiting"], counts["late"], len(times), late, median))
    return tuple(found)
