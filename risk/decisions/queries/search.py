"""Finding decisions: by subject, borrower, verdict, role, day, reason and strategy, page by page."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from kernel.ids import public_id
from kernel.money import Money
from plumbing.paging import newest
from risk.decisions.models import LIVE, Decision, ShadowFailure
from risk.decisions.queries.views import DecisionView, decision_rows, decision_view


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; what is not said is not asked. Dates are half-open."""

    subject: str | None = None
    borrower: str | None = None
    verdict: str | None = None
    role: str | None = None
    reason: str | None = None
    strategy_code: str | None = None
    from_date: date | None = None
    to_date: date | None = None
    live_only: bool = True


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One line of a list of decisions."""

    id: UUID
    subject: str
    borrower: str
    on_date: date
    decided_at: datetime
    role: str
    strategy_code: str
    strategy_version: int
    verdict: str
    limit: Money | None
    annual_rate: Decimal | None
    pd: Decimal | None
    grade: str
    reasons: tuple[str, ...]
    has_deviations: bool

    @property
    def public_id(self) -> str:
        """The id that other systems see."""
        return public_id("dec", self.id)


@dataclass(frozen=True, slots=True)
class FailureView:
    """A shadow that could not be run beside a decision."""

    decision_id: UUID
    assignment_id: UUID
    problem: str
    failed_at: datetime


def decisions_page(search: Search, *, after: UUID | None = None, limit: int = 50) -> tuple[DecisionRow, ...]:
    """Return decisions, newest first; the last row's id continues the list. The heavy columns stay behind."""
    rows = _found(search).defer("facts", "result", "assignment")
    return tuple(_row(row) for row in newest(rows, after=after, limit=limit))


def companions(decision_id: UUID) -> tuple[DecisionView, ...]:
    """Return what ran beside a decision: shadows and replays, in order."""
    return tuple(decision_view(row) for row in decision_rows().filter(beside_id=decision_id).order_by("id"))


def shadow_failures(*, assignment_id: UUID | None = None, limit: int = 50) -> tuple[FailureView, ...]:
    """Return shadows that could not be run, newest first."""
    rows = newest(ShadowFailure.objects.all(), after=None, limit=limit, assignment_id=assignment_id)
    return tuple(FailureView(row.decision_id, row.assignment_id, row.problem, row.failed_at) for row in rows)


def _found(search: Search) -> QuerySet[Decision]:
    rows = decision_rows()
    wanted: dict[str, object] = {
        "subject": search.subject,
        "borrower": search.borrower,
        "verdict": search.verdict,
        "role": search.role,
        "strategy_code": search.strategy_code,
        "on_date__gte": search.from_date,
        "on_date__lt": search.to_date,
        "reasons__contains": None if search.reason is None else [search.reason],
    }
    if search.live_only and search.role is None:
        wanted["role__in"] = LIVE
    return rows.filter(**{name: value for name, value in wanted.items() if value is not None})


def _row(row: Decision) -> DecisionRow:
    version = row.strategy_version
    return DecisionRow(
        id=row.id,
        subject=row.subject,
        borrower=row.borrower,
        on_date=row.on_date,
        decided_at=row.decided_at,
        role=row.role,
        strategy_code=row.strategy_code,
        strategy_version=0 if version is None else version.version,
        verdict=row.verdict,
        limit=row.limit,
        annual_rate=row.annual_rate,
        pd=row.pd,
        grade=row.grade,
        reasons=tuple(row.reasons),
        has_deviations=bool(row.deviations),
    )
