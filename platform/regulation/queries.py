"""Which rule held on a day, which days are worked, what the prime rate was; and what the bank knew when.

Every read takes the day it is asked for. Most also take `known_at`: with it they answer as the bank would
have answered at that instant, whatever it has adopted since.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from kernel.calendars import Calendar
from kernel.refusals import Kind, Refusal
from regulation.models import (
    AccrualElection,
    AdoptedRule,
    CalendarDay,
    CalendarOverride,
    CalendarProposal,
    CalendarYear,
    LprFixing,
    LprProposal,
    VatElection,
    VatLock,
)

M = TypeVar("M", bound=Model)

OWN_CAP: Final = "R-11-OWN"
_CAP: Final = "R-11"
_SCOPED_CAPS: Final = "R-11-"


class RuleMissing(Refusal):
    """The bank has adopted no such rule for that day: nothing that depends on it may go on."""

    code = "regulation.rule_missing"
    kind = Kind.UNAVAILABLE
    message = "The bank has not adopted a rule {code} for {on_date}."


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule as it held on a day."""

    code: str
    parameters: dict[str, Any]
    title_en: str
    title_zh: str
    source: str
    effective_from: date
    effective_to: date | None
    severity: str
    confidence: str
    revision: int
    adopted_by: str
    owner: str = ""
    message_en: str = ""
    message_zh: str = ""
    scope: Mapping[str, Any] = field(default_factory=dict)
    test_vectors: tuple[Mapping[str, Any], ...] = ()
    applies_to_contracts_signed_from: date | None = None

    @property
    def reference(self) -> str:
        """Name this very text of the rule: `T-02@2023-08-02/1`; stored as evidence."""
        return f"{self.code}@{self.effective_from.isoformat()}/{self.revision}"


@dataclass(frozen=True, slots=True)
class CostCap:
    """The lowest cap on the all-in annual cost that binds, and the rule it comes from."""

    fraction: Decimal
    rule: str


@dataclass(frozen=True, slots=True)
class FixingView:
    """A loan prime rate as adopted; annual fractions."""

    published_date: date
    one_year: Decimal
    five_year: Decimal
    revision: int
    adopted_by: str
    approved_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A prime rate that waits for two people, and why."""

    id: UUID
    published_date: date
    one_year: Decimal
    five_year: Decimal
    reasons: tuple[str, ...]
    proposed_by: str
    approved_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class YearView:
    """The edition of a calendar year that counts: how many days it lists, who signed it."""

    year: int
    is_official: bool
    source: str
    day_count: int
    adopted_by: str


@dataclass(frozen=True, slots=True)
class YearProposalView:
    """An official list that waits for a second person; its days as (day, worked, name)."""

    id: UUID
    year: int
    source: str
    days: tuple[tuple[date, bool, str], ...]
    proposed_by: str


def rule(code: str, on_date: date, *, known_at: datetime | None = None) -> RuleView:
    """Return the rule that held on a day; raises `RuleMissing`."""
    row = _in_force(on_date, known_at).filter(code=code).order_by("-effective_from", "-revision").first()
    if row is None:
        raise RuleMissing(code=code, on_date=on_date)
    return _view(row)


def in_force(code: str, on_date: date) -> bool:
    """Return whether the bank had adopted such a rule for that day (P-03 begins on 2026-08-01)."""
    return _in_force(on_date, None).filter(code=code).exists()


def rules(on_date: date, *, known_at: datetime | None = None) -> tuple[RuleView, ...]:
    """Return every rule that held on a day, by code."""
    rows = _in_force(on_date, known_at).order_by("code", "-effective_from", "-revision").distinct("code")
    return tuple(_view(row) for row in rows)


def binding_rule(code: str, *, on_date: date, signed_date: date) -> RuleView | None:
    """Return the rule of a day for a contract signed on another, or None where it leaves it alone (R-16).

    A loan signed on 2025-09-30 at 30 % keeps running; a new draw is an act of its own day and asks `rule`.
    """
    if not in_force(code, on_date):
        return None
    found = rule(code, on_date)
    starts = found.applies_to_contracts_signed_from
    return None if starts is not None and signed_date < starts else found


def cost_cap(
    *,
    on_date: date,
    lender_kind: str = "bank",
    with_own: bool = True,
    known_at: datetime | None = None,
) -> CostCap:
    """Return the cap on the all-in annual cost of a day (R-11): the law's, the lender kind's, the bank's own.

    The lowest binds. A cap may be a multiple of the prime rate (small-loan companies: 4 x 1Y LPR).
    """
    caps = []
    for found in rules(on_date, known_at=known_at):
        if found.code != _CAP and not found.code.startswith(_SCOPED_CAPS):
            continue
        kinds = found.scope.get("lender_kinds")
        if (kinds and lender_kind not in kinds) or (found.code == OWN_CAP and not with_own):
            continue
        caps.append(CostCap(_cap_of(found, on_date, known_at), found.reference))
    if not caps:
        raise RuleMissing(code=_CAP, on_date=on_date)
    return min(caps, key=lambda cap: cap.fraction)


def _cap_of(found: RuleView, on_date: date, known_at: datetime | None) -> Decimal:
    parameters = found.parameters
    if "annual_cost_cap" in parameters:
        return Decimal(parameters["annual_cost_cap"])
    prime = lpr(tenor=parameters["lpr_tenor"], on_date=on_date, known_at=known_at)
    return prime * Decimal(parameters["lpr_multiple"])


def lpr(*, tenor: str, on_date: date, known_at: datetime | None = None) -> Decimal:
    """Return the last loan prime rate published up to a day (P-06); `tenor` is `1Y` or `5Y`."""
    found = _fixing(Q(published_date__lte=on_date), known_at)
    if found is None:
        raise RuleMissing(code="P-06", on_date=on_date)
    return found.one_year if tenor == "1Y" else found.five_year


def fixing_before(published_date: date) -> FixingView | None:
    """Return the fixing that held before one is published."""
    return _fixing(Q(published_date__lt=published_date), None)


def fixings(*, known_at: datetime | None = None) -> tuple[FixingView, ...]:
    """Return the prime rates that count, oldest first."""
    rows = _known(LprFixing.objects.all(), known_at).order_by("published_date", "-revision")
    return tuple(_fixing_view(row) for row in rows.distinct("published_date"))


def open_proposals() -> tuple[ProposalView, ...]:
    """Return the prime rates that wait for two people, oldest first."""
    found = []
    for row in LprProposal.objects.prefetch_related("verdicts").order_by("proposed_at", "id"):
        verdicts = list(row.verdicts.all())
        approvals = tuple(verdict.person for verdict in verdicts if verdict.is_approval)
        if len(approvals) == len(verdicts) and len(approvals) < 2:
            found.append(
                ProposalView(
                    row.id,
                    row.published_date,
                    row.one_year,
                    row.five_year,
                    tuple(row.reasons),
                    row.proposed_by,
                    approvals,
                )
            )
    return tuple(found)


def vat_method(*, year: int, known_at: datetime | None = None) -> int | None:
    """Return T-02's method of a fiscal year, or None where the bank has chosen none."""
    rows = VatElection.objects.filter(year=year)
    if known_at is not None:
        rows = rows.filter(chosen_at__lte=known_at)
    return rows.order_by("-revision").values_list("method", flat=True).first()


def accrual_policy(*, year: int) -> str:
    """Return what happens in a fiscal year to loans long past due: `cas22` unless chosen otherwise."""
    chosen = AccrualElection.objects.filter(year=year).order_by("-revision")
    return chosen.values_list("policy", flat=True).first() or AccrualElection.Policy.CAS22.value


def vat_locked_since(*, year: int) -> date | None:
    """Return the first posting by a year's method, after which it stays; None before."""
    return VatLock.objects.filter(year=year).values_list("first_posting_date", flat=True).first()


def calendar(*, known_at: datetime | None = None) -> Calendar:
    """Return the calendar that the bank adopted (M-07): official, else estimated, then its own word."""
    editions = _known(CalendarYear.objects.all(), known_at).order_by("year", "-revision").distinct("year")
    known = {row.id: row for row in editions}
    days = dict(CalendarDay.objects.filter(edition__in=known).values_list("day", "kind"))
    holidays = {day for day, kind in days.items() if kind == CalendarDay.Kind.HOLIDAY}
    workdays = {day for day, kind in days.items() if kind == CalendarDay.Kind.MAKE_UP_WORKDAY}
    own = _known(CalendarOverride.objects.all(), known_at).order_by("day", "-revision").distinct("day")
    for day, kind in own.values_list("day", "kind"):
        if kind == CalendarOverride.Kind.HOLIDAY:
            holidays, workdays = holidays | {day}, workdays - {day}
        elif kind == CalendarOverride.Kind.WORKDAY:
            holidays, workdays = holidays - {day}, workdays | {day}
    return Calendar.of(
        holidays=holidays,
        makeup_workdays=workdays,
        official_years=frozenset(row.year for row in known.values() if row.is_official),
    )


def calendar_changed(*, after: datetime) -> bool:
    """Return whether the calendar was added to since an instant: nothing of it ever changes otherwise."""
    return any(
        rows.filter(adopted_at__gt=after).exists()
        for rows in (CalendarYear.objects.all(), CalendarOverride.objects.all())
    )


def official_days(*, year: int) -> dict[date, bool]:
    """Return the listed days of a year whose official list is adopted, and which are worked; else nothing."""
    last = CalendarYear.objects.filter(year=year).order_by("-revision").first()
    if last is None or not last.is_official:
        return {}
    kinds = last.days.values_list("day", "kind")
    return {day: kind == CalendarDay.Kind.MAKE_UP_WORKDAY for day, kind in kinds}


def calendar_years() -> tuple[YearView, ...]:
    """Return the editions of the years that count, by year."""
    rows = CalendarYear.objects.order_by("year", "-revision").distinct("year").prefetch_related("days")
    return tuple(
        YearView(row.year, row.is_official, row.source, len(row.days.all()), row.adopted_by) for row in rows
    )


def open_year_proposals() -> tuple[YearProposalView, ...]:
    """Return the official lists that wait for a second person, by year."""
    return tuple(
        YearProposalView(
            row.id,
            row.year,
            row.source,
            tuple((date.fromisoformat(day), works, name) for day, works, name in row.days),
            row.proposed_by,
        )
        for row in CalendarProposal.objects.filter(verdict__isnull=True).order_by("year")
    )


def _known(rows: "QuerySet[M]", known_at: datetime | None) -> "QuerySet[M]":
    return rows if known_at is None else rows.filter(adopted_at__lte=known_at)


def _fixing(condition: Q, known_at: datetime | None) -> FixingView | None:
    rows = _known(LprFixing.objects.filter(condition), known_at)
    row = rows.order_by("-published_date", "-revision").first()
    return None if row is None else _fixing_view(row)


def _fixing_view(row: LprFixing) -> FixingView:
    return FixingView(
        row.published_date,
        row.one_year,
        row.five_year,
        row.revision,
        row.adopted_by,
        tuple(row.approved_by),
    )


def _in_force(on_date: date, known_at: datetime | None) -> "QuerySet[AdoptedRule]":
    rows = AdoptedRule.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=on_date), effective_from__lte=on_date
    )
    return _known(rows, known_at)


def _view(row: AdoptedRule) -> RuleView:
    return RuleView(
        row.code,
        row.parameters,
        row.title_en,
        row.title_zh,
        row.source,
        row.effective_from,
        row.effective_to,
        row.severity,
        row.confidence,
        row.revision,
        row.adopted_by,
        row.owner,
        row.message_en,
        row.message_zh,
        row.scope,
        tuple(row.test_vectors),
        row.applies_to_contracts_signed_from,
    )
