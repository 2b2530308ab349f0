"""Which rule held on a day, and which days are worked."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from kernel.calendars import Calendar
from kernel.refusals import Kind, Refusal
from regulation.models import AdoptedRule, CalendarDay, CalendarYear


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


def rule(code: str, on_date: date) -> RuleView:
    """Return the rule that held on a day; raises `RuleMissing`."""
    row = _in_force(on_date).filter(code=code).order_by("-effective_from", "-revision").first()
    if row is None:
        raise RuleMissing(code=code, on_date=on_date)
    return _view(row)


def in_force(code: str, on_date: date) -> bool:
    """Return whether the bank had adopted such a rule for that day (P-03 begins on 2026-08-01)."""
    return _in_force(on_date).filter(code=code).exists()


def rules(on_date: date) -> tuple[RuleView, ...]:
    """Return every rule that held on a day, by code."""
    rows = _in_force(on_date).order_by("code", "-effective_from", "-revision").distinct("code")
    return tuple(_view(row) for row in rows)


def lpr(*, tenor: str, on_date: date) -> Decimal:
    """Return the last loan prime rate published up to a day (P-06); `tenor` is `1Y` or `5Y`."""
    fixings = [
        fixing
        for fixing in rule("P-06", on_date).parameters["fixings"]
        if fixing["published"] <= on_date.isoformat()
    ]
    if not fixings:
        raise RuleMissing(code="P-06", on_date=on_date)
    return Decimal(max(fixings, key=lambda fixing: str(fixing["published"]))[tenor])


def calendar() -> Calendar:
    """Return the working calendar that the bank adopted (M-07)."""
    days = CalendarDay.objects.values_list("day", "kind")
    return Calendar.of(
        holidays=frozenset(day for day, kind in days if kind == CalendarDay.Kind.HOLIDAY),
        makeup_workdays=frozenset(day for day, kind in days if kind == CalendarDay.Kind.MAKE_UP_WORKDAY),
        official_years=frozenset(
            CalendarYear.objects.filter(is_official=True).values_list("year", flat=True)
        ),
    )


def _in_force(on_date: date) -> "QuerySet[AdoptedRule]":
    return AdoptedRule.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=on_date), effective_from__lte=on_date
    )


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
    )
