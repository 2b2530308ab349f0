"""The published pack, in the form in which a bank adopts it."""

from datetime import date, timedelta
from typing import Final

from django.db.models import Q

from regulation.packs import DayDraft, FixingDraft, RuleDraft, YearDraft
from tenants.reference.models import PublishedFixing, PublishedRule, PublishedYear

LOGS: Final = "D-16"
CALLS_KEPT_LEAST: Final = timedelta(days=200)  # while nothing is published: six months and a little


def published_rules() -> tuple[RuleDraft, ...]:
    """Return the newest edition of every rule, all spans of time."""
    rows = PublishedRule.objects.order_by("code", "effective_from", "-edition").distinct(
        "code", "effective_from"
    )
    return tuple(
        RuleDraft(
            row.code,
            row.effective_from,
            row.effective_to,
            row.title_en,
            row.title_zh,
            row.source,
            row.severity,
            row.confidence,
            row.parameters,
            row.owner,
            row.scope,
            row.message_en,
            row.message_zh,
            tuple(row.test_vectors),
            row.applies_to_contracts_signed_from,
        )
        for row in rows
    )


def calls_kept(*, on_date: date) -> timedelta:
    """Return how long the log of calls is kept, by the newest edition of the rule of that day (D-16)."""
    in_force = PublishedRule.objects.filter(code=LOGS, effective_from__lte=on_date).filter(
        Q(effective_to=None) | Q(effective_to__gt=on_date)
    )
    rule = in_force.order_by("-effective_from", "-edition").first()
    return CALLS_KEPT_LEAST if rule is None else timedelta(days=int(rule.parameters["calls_days"]))


def published_years() -> tuple[YearDraft, ...]:
    """Return the published calendars, oldest first."""
    return tuple(
        YearDraft(
            row.year,
            row.is_official,
            row.source,
            tuple(DayDraft(date.fromisoformat(day), is_workday, name) for day, is_workday, name in row.days),
        )
        for row in PublishedYear.objects.order_by("year")
    )


def published_fixings() -> tuple[FixingDraft, ...]:
    """Return the newest edition of every prime rate, oldest first."""
    rows = PublishedFixing.objects.order_by("published_date", "-edition").distinct("published_date")
    return tuple(FixingDraft(row.published_date, row.one_year, row.five_year, row.source) for row in rows)
