"""Which days are worked: the lists a bank goes by, and signing the official one of a year (M-07)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from interfaces.bank.frame import actor_of, framed
from interfaces.door import StaffView, now
from interfaces.pages import FieldInvalid, Form, act, shown
from regulation import operations as regulation
from regulation.packs import DayDraft, YearDraft
from regulation.queries import calendar_years, open_year_proposals

_LONGEST = 8_000
_WORDS = {"holiday": False, "workday": True}


class Calendars(StaffView):
    """The years' lists, and those that wait for a second person."""

    capability = "rules.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        years, waiting = calendar_years(), open_year_proposals()
        body = {
            "years": [{"year": each.year, "official": each.is_official} for each in years],
            "waiting": [{"id": str(each.id), "year": each.year} for each in waiting],
        }
        context = framed(request, "calendar", years=years, waiting=waiting, person=actor_of(request))
        return shown(request, "bank/calendar.html", context, body)


class YearProposing(StaffView):
    """A year's official list, put down by one person."""

    capability = "rules.adopt"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Propose it."""
        form = Form(request)

        def propose() -> dict[str, Any]:
            draft = YearDraft(
                year=form.count("year"),
                is_official=True,
                source=form.text("source", longest=300),
                days=days_in(form.text("days", longest=_LONGEST)),
            )
            return {"id": str(regulation.propose_year(year=draft, proposed_by=actor_of(request), now=now()))}

        return act(request, propose, to="/calendar", status=201)


class YearAdopting(StaffView):
    """The second person's word on a proposed list."""

    capability = "rules.adopt"
    approves = True

    def post(self, request: HttpRequest, proposal_id: UUID) -> HttpResponse:
        """Adopt it, or reject it."""

        def decide() -> dict[str, Any]:
            regulation.decide_year(
                proposal_id=proposal_id, person=actor_of(request), approves=self.approves, now=now()
            )
            return {"id": str(proposal_id), "adopted": self.approves}

        return act(request, decide, to="/calendar")


def days_in(text: str) -> tuple[DayDraft, ...]:
    """Return the days of a list: a line each, `2027-02-08 holiday Spring Festival` or `… workday`."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        day, _, rest = line.partition(" ")
        word, _, name = rest.strip().partition(" ")
        try:
            found.append(DayDraft(date.fromisoformat(day), _WORDS[word], name.strip()))
        except (ValueError, KeyError):
            raise FieldInvalid(field="days", given=line[:40]) from None
    return tuple(found)
