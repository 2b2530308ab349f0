"""Adopting published rules and calendars, and the bank's own stricter word."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max

from kernel.refusals import Refusal
from plumbing.audit import operations as audit
from plumbing.sql import in_transaction
from regulation.models import AdoptedRule, CalendarDay, CalendarOverride, CalendarYear
from regulation.operations.fixings import adopt_published_fixings
from regulation.packs import FixingDraft, RuleDraft, YearDraft
from regulation.queries import OWN_CAP, cost_cap


class OwnCapTooHigh(Refusal):
    """A bank's own cap may only be lower than the law's (R-11)."""

    code = "regulation.own_cap_too_high"
    message = "A cap of {given} is above the {cap} in force on {on_date}."


@in_transaction
def adopt_pack(
    *,
    rules: Iterable[RuleDraft],
    holidays: Sequence[YearDraft],
    adopted_by: str,
    now: datetime,
    fixings: Sequence[FixingDraft] = (),
) -> int:
    """Copy a pack into the bank under a signature; return how many rules were new or changed.

    A rule that is already there with the same content is left alone; changed content becomes a new revision,
    so that a decision of last month can still be explained by the rule of last month. A calendar year is
    replaced as a whole by a new edition, but an estimate never replaces the official list. Prime rates that
    look wrong wait for two people (`record_fixing`).
    """
    adopted = [code for code in (_adopt_rule(draft, adopted_by, now) for draft in rules) if code]
    years = [draft.year for draft in holidays if _adopt_year(draft, adopted_by, now)]
    taken = adopt_published_fixings(fixings=fixings, adopted_by=adopted_by, now=now)
    if adopted or years or taken:
        detail: dict[str, object] = {"rules": adopted, "calendar_years": years}
        if taken:
            detail["lpr_fixings"] = taken
        audit.record(
            actor=adopted_by, action="regulation.adopt_pack", subject="regulation", detail=detail, now=now
        )
    return len(adopted)


@in_transaction
def set_own_cost_cap(
    *, annual_cost_cap: Decimal, effective_from: date, adopted_by: str, reason: str, now: datetime
) -> None:
    """Set the bank's own cap on the all-in cost from a day on: lower than the law's, or refused (R-11)."""
    law = cost_cap(on_date=effective_from, with_own=False)
    if annual_cost_cap > law.fraction or annual_cost_cap <= 0:
        raise OwnCapTooHigh(
            given=str(annual_cost_cap), cap=str(law.fraction), on_date=effective_from.isoformat()
        )
    draft = RuleDraft(
        code=OWN_CAP,
        effective_from=effective_from,
        effective_to=None,
        title_en="The bank's own cap on the all-in cost",
        title_zh="本行综合融资成本上限",
        source=reason,
        severity="BLOCK",
        confidence="C",
        parameters={"annual_cost_cap": str(annual_cost_cap)},
        owner="risk",
    )
    adopt_pack(rules=[draft], holidays=(), adopted_by=adopted_by, now=now)


@in_transaction
def override_day(
    *, day: date, kind: CalendarOverride.Kind, reason: str, adopted_by: str, now: datetime
) -> None:
    """Say what one day is for this bank, whatever the lists say; `as_listed` takes that back."""
    last = CalendarOverride.objects.filter(day=day).aggregate(last=Max("revision"))["last"] or 0
    CalendarOverride.objects.create(
        day=day, revision=last + 1, kind=kind, reason=reason, adopted_by=adopted_by, adopted_at=now
    )
    audit.record(
        actor=adopted_by,
        action="regulation.override_day",
        subject=day.isoformat(),
        detail={"kind": str(kind), "reason": reason},
        now=now,
    )


def _adopt_rule(draft: RuleDraft, adopted_by: str, now: datetime) -> str | None:
    same_span = AdoptedRule.objects.filter(code=draft.code, effective_from=draft.effective_from)
    last = same_span.order_by("-revision").first()
    content = {
        "effective_to": draft.effective_to,
        "applies_to_contracts_signed_from": draft.applies_to_contracts_signed_from,
        "title_en": draft.title_en,
        "title_zh": draft.title_zh,
        "message_en": draft.message_en,
        "message_zh": draft.message_zh,
        "source": draft.source,
        "severity": draft.severity,
        "confidence": draft.confidence,
        "owner": draft.owner,
        "scope": dict(draft.scope),
        "parameters": dict(draft.parameters),
        "test_vectors": [dict(vector) for vector in draft.test_vectors],
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


def _adopt_year(draft: YearDraft, adopted_by: str, now: datetime) -> bool:
    known = CalendarYear.objects.filter(year=draft.year).order_by("-revision").first()
    if known is not None and known.is_official and not draft.is_official:
        return False
    wanted = {(day.day, _kind(day.is_workday), day.name) for day in draft.days}
    if known is not None and known.is_official == draft.is_official:
        present = set(CalendarDay.objects.filter(edition=known).values_list("day", "kind", "name"))
        if wanted == present:
            return False
    edition = CalendarYear.objects.create(
        year=draft.year,
        revision=1 if known is None else known.revision + 1,
        is_official=draft.is_official,
        source=draft.source,
        adopted_by=adopted_by,
        adopted_at=now,
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(edition=edition, day=day, kind=kind, name=name) for day, kind, name in sorted(wanted)
    )
    return True


def _kind(is_workday: bool) -> str:
    return CalendarDay.Kind.MAKE_UP_WORKDAY if is_workday else CalendarDay.Kind.HOLIDAY
