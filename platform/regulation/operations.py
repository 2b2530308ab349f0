"""Adopting published rules and calendars."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from plumbing.audit import operations as audit
from plumbing.sql import in_transaction
from regulation.models import AdoptedRule, CalendarDay, CalendarYear
from regulation.packs import RuleDraft, YearDraft


@in_transaction
def adopt_pack(
    *, rules: Iterable[RuleDraft], holidays: Sequence[YearDraft], adopted_by: str, now: datetime
) -> int:
    """Copy a pack into the bank under a signature; return how many rules were new or changed.

    A rule that is already there with the same content is left alone; changed content becomes a new revision,
    so that a decision of last month can still be explained by the rule of last month. A calendar year is
    replaced as a whole, but an estimate never replaces the official list.
    """
    adopted = [code for code in (_adopt_rule(draft, adopted_by, now) for draft in rules) if code]
    years = [draft.year for draft in holidays if _adopt_year(draft)]
    if adopted or years:
        detail: dict[str, object] = {"rules": adopted, "calendar_years": years}
        audit.record(
            actor=adopted_by, action="regulation.adopt_pack", subject="regulation", detail=detail, now=now
        )
    return len(adopted)


def _adopt_rule(draft: RuleDraft, adopted_by: str, now: datetime) -> str | None:
    same_span = AdoptedRule.objects.filter(code=draft.code, effective_from=draft.effective_from)
    last = same_span.order_by("-revision").first()
    content = {
        "effective_to": draft.effective_to,
        "title_en": draft.title_en,
        "title_zh": draft.title_zh,
        "source": draft.source,
        "severity": draft.severity,
        "confidence": draft.confidence,
        "parameters": dict(draft.parameters),
    }
    if last is not None and all(getattr(last, name) == value for name, value in content.items()):
        return None
    AdoptedRule.objects.create(
        code=draft.code,
        effective_from=draft.effective_from,
        revision=1 if last is None else last.revision + 1,
        adopted_by=adopted_by,
        adopted_at=now,
        **content,
    )
    return draft.code


def _adopt_year(draft: YearDraft) -> bool:
    known = CalendarYear.objects.filter(year=draft.year).first()
    if known is not None and known.is_official and not draft.is_official:
        return False
    wanted = {(day.day, _kind(day.is_workday), day.name) for day in draft.days}
    present = set(CalendarDay.objects.filter(day__year=draft.year).values_list("day", "kind", "name"))
    if known is not None and known.is_official == draft.is_official and wanted == present:
        return False
    CalendarDay.objects.filter(day__year=draft.year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, kind=kind, name=name) for day, kind, name in sorted(wanted)
    )
    CalendarYear.objects.update_or_create(
        year=draft.year, defaults={"is_official": draft.is_official, "source": draft.source}
    )
    return True


def _kind(is_workday: bool) -> str:
    return CalendarDay.Kind.MAKE_UP_WORKDAY if is_workday else CalendarDay.Kind.HOLIDAY
