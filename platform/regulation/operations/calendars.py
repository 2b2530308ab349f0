"""Signing the official list of a year over its estimate: one person proposes it, another adopts it (M-07).

Once it is adopted the night moves the due dates that lie ahead (`regulation.rolls`).
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from kernel.calendars import Calendar
from kernel.refusals import Kind, Refusal
from plumbing.audit import operations as audit
from plumbing.sql import hold_name, in_transaction
from regulation.models import CalendarProposal, CalendarVerdict
from regulation.operations.adoption import adopt_pack
from regulation.packs import DayDraft, YearDraft
from regulation.queries import official_days

_SATURDAY = 5
_NAME_LENGTH = 60


class YearListInvalid(Refusal):
    """Not a list of the days of a year."""

    code = "regulation.year_list_invalid"
    kind = Kind.INVALID
    message = "This cannot be the official list of {year}: {reason}."


class YearListKnown(Refusal):
    """The very list is adopted, or waits for its second signature."""

    code = "regulation.year_list_known"
    kind = Kind.CONFLICT
    message = "This list of {year} is adopted already, or another waits to be signed."


class YearProposalNotFound(Refusal):
    """There is no such proposal."""

    code = "regulation.year_proposal_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no proposed calendar {proposal}."


class YearProposalClosed(Refusal):
    """The proposal is adopted or rejected already."""

    code = "regulation.year_proposal_closed"
    kind = Kind.CONFLICT
    message = "The proposed calendar of {year} is decided already."


class YearSignedTwice(Refusal):
    """Whoever proposed a calendar does not adopt it."""

    code = "regulation.year_signed_twice"
    message = "{person} proposed this calendar: another person has to adopt it."


@in_transaction
def propose_year(*, year: YearDraft, proposed_by: str, now: datetime) -> UUID:
    """Write down a year's official list, for another person to adopt; return the proposal.

    Refuses days of another year, a day named twice, a make-up workday that is no weekend, banks closed for
    longer than any holiday, the list that is adopted already, and a second list while one waits.
    """
    hold_name("regulation.calendar", year.year)
    _require_sound(year)
    waiting = CalendarProposal.objects.filter(year=year.year, verdict__isnull=True).exists()
    if waiting or official_days(year=year.year) == {day.day: day.is_workday for day in year.days}:
        raise YearListKnown(year=year.year)
    proposal = CalendarProposal.objects.create(
        year=year.year,
        source=year.source,
        days=[[day.day.isoformat(), day.is_workday, day.name] for day in year.days],
        proposed_by=proposed_by,
        proposed_at=now,
    )
    _note("propose_year", proposed_by, proposal, {"days": len(year.days), "source": year.source}, now)
    return proposal.id


def _require_sound(year: YearDraft) -> None:
    listed = [day.day for day in year.days]
    wrong = {
        "it is an estimate": not year.is_official,
        "it names no source": not year.source.strip(),
        "it names no day": not listed,
        "a day lies in another year": any(day.year != year.year for day in listed),
        "a day is named twice": len(set(listed)) < len(listed),
        "a make-up workday is no weekend": any(
            day.is_workday and day.day.weekday() < _SATURDAY for day in year.days
        ),
        "the name of a day is too long": any(len(day.name) > _NAME_LENGTH for day in year.days),
    }
    for reason, found in wrong.items():
        if found:
            raise YearListInvalid(year=year.year, reason=reason)
    days = Calendar.of(
        holidays=[day.day for day in year.days if not day.is_workday],
        makeup_workdays=[day.day for day in year.days if day.is_workday],
    )
    for day in listed:
        days.next_workday(day)


@in_transaction
def decide_year(*, proposal_id: UUID, person: str, approves: bool, now: datetime) -> None:
    """Adopt a proposed list in place of what the year had, or reject it.

    Refuses the person who proposed it, and a proposal that is decided.
    """
    proposal = CalendarProposal.objects.filter(id=proposal_id).first()
    if proposal is None:
        raise YearProposalNotFound(proposal=str(proposal_id))
    hold_name("regulation.calendar", proposal.year)
    if CalendarVerdict.objects.filter(proposal=proposal).exists():
        raise YearProposalClosed(year=proposal.year)
    if not person or person == proposal.proposed_by:
        raise YearSignedTwice(person=person or "-")
    CalendarVerdict.objects.create(proposal=proposal, person=person, is_approval=approves, given_at=now)
    _note("adopt_year" if approves else "reject_year", person, proposal, {"proposal": str(proposal.id)}, now)
    if approves:
        days = tuple(DayDraft(date.fromisoformat(day), works, name) for day, works, name in proposal.days)
        draft = YearDraft(proposal.year, is_official=True, source=proposal.source, days=days)
        adopt_pack(rules=(), holidays=[draft], adopted_by=person, now=now)


def _note(action: str, actor: str, proposal: CalendarProposal, detail: dict[str, Any], now: datetime) -> None:
    audit.record(
        actor=actor,
        action=f"regulation.{action}",
        subject=f"calendar:{proposal.year}",
        detail=detail,
        now=now,
    )
