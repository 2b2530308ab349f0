"""The published pack, in the form in which a bank adopts it."""

from datetime import date

from regulation.packs import DayDraft, RuleDraft, YearDraft
from tenants.reference.models import PublishedRule, PublishedYear


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
        )
        for row in rows
    )


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
