"""Test clocks: banks of the scene's own, moved day by day, and what happened on which day of theirs."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from interfaces import sandbox_banks
from interfaces.door import PortalView, in_bank, now
from interfaces.pages import FieldInvalid, Form, act, shown
from interfaces.portal.acts import noted
from interfaces.portal.frame import framed, scene_id_of
from kernel.ids import public_id
from lending.loans.queries import loans_page, transactions
from plumbing.outbox.queries import events_for
from plumbing.schemas import BankSchemaMissing
from plumbing.sql import sole_act
from tenants.sandboxes import operations as sandboxes
from tenants.sandboxes.models import TestClock
from tenants.sandboxes.queries import ClockView, clocks_of, get_clock

PAGE: Final = "/portal/clocks"
LOANS_SHOWN: Final = 20
EVENTS_SHOWN: Final = 100
UNTIL: Final = tuple(
    one for one in TestClock.Until.values if one not in (TestClock.Until.DATE, TestClock.Until.SEED)
)


def told(clock: ClockView) -> dict[str, Any]:
    """Return a clock as the pages and JSON say it, with its bank's own date."""
    return {
        "id": public_id("clk", clock.id),
        "name": clock.name,
        "bank": public_id("bnk", clock.bank_id),
        "status": clock.status,
        "frozen_date": sandbox_banks.today_of(clock),
        "advance_to_date": clock.advance_to_date,
        "failure": clock.failure,
    }


def optional_day(form: Form, name: str) -> date | None:
    """Return an ISO date, or None where the field was left open."""
    return form.day(name) if form.text(name, "") else None


class Clocks(PortalView):
    """The scene's clocks."""

    acting = "portal.build"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        rows = [told(one) for one in clocks_of(scene_id=scene_id_of(request))]
        context = framed(request, "clocks", rows=rows, first=sandboxes.FIRST_DATE, last=sandboxes.LAST_DATE)
        return shown(request, "portal/clocks.html", context, {"clocks": rows})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin a clock: a whole bank, under a second."""
        scene_id, form = scene_id_of(request), Form(request)

        def begin() -> Mapping[str, Any]:
            name, first = form.text("name", longest=60), form.day("frozen_date")
            with noted(request, "clock.make", name, frozen_date=str(first)):
                clock, _ = sole_act(
                    sandboxes.open_clock,
                    scene_id=scene_id,
                    name=name,
                    frozen_date=first,
                    seed="empty",
                    idempotency_key="",
                    body_sha256="",
                    now=now(),
                )
                return told(sandbox_banks.make(clock))

        return act(request, begin, to=PAGE, status=201, atomic=False)


class OneClock(PortalView):
    """One clock."""

    acting = "portal.build"

    def get(self, request: HttpRequest, clock_id: UUID) -> HttpResponse:
        """Show what happened by date, and what the scene was told."""
        scene_id = scene_id_of(request)
        clock = get_clock(clock_id=clock_id, scene_id=scene_id)
        said, (days, events) = told(clock), timeline(clock)
        context = framed(request, "clocks", clock=said, days=days, events=events, until=UNTIL)
        body = said | {
            "timeline": [{"date": day, "count": len(rows)} for day, rows in days],
            "events": [{"type": one.type, "subject": one.subject} for one in events],
        }
        return shown(request, "portal/clock.html", context, body)

    def post(self, request: HttpRequest, clock_id: UUID) -> HttpResponse:
        """Advance it: to a date, to the next event, or to the end of every loan."""
        clock, form = get_clock(clock_id=clock_id, scene_id=scene_id_of(request)), Form(request)
        subject = public_id("clk", clock_id)

        def move() -> Mapping[str, Any]:
            until = form.text("until", "")
            if until and until not in UNTIL:
                raise FieldInvalid(field="until", given=until[:40])
            to_date = optional_day(form, "to_date")
            with noted(request, "clock.advance", subject, name=clock.name, to=str(to_date or until)):
                moving = sandbox_banks.begin_move(
                    clock,
                    to_date=to_date,
                    until=until,
                    pays_when_due=form.text("pay_when_due", "") == "on",
                )
            return told(moving)

        return act(request, move, to=f"{PAGE}/{subject}", status=202, atomic=False)


class ClockReset(PortalView):
    """A clock made anew."""

    capability = "portal.build"

    def post(self, request: HttpRequest, clock_id: UUID) -> HttpResponse:
        """Make its bank anew under the same id."""
        clock, form = get_clock(clock_id=clock_id, scene_id=scene_id_of(request)), Form(request)
        subject = public_id("clk", clock_id)

        def reset() -> Mapping[str, Any]:
            first = optional_day(form, "frozen_date")
            begins = str(first or clock.frozen_date)
            with noted(request, "clock.reset", subject, name=clock.name, frozen_date=begins):
                return told(sandbox_banks.reset(clock, frozen_date=first))

        return act(request, reset, to=f"{PAGE}/{subject}", atomic=False)


class ClockEnd(PortalView):
    """The end of a clock."""

    capability = "portal.build"

    def post(self, request: HttpRequest, clock_id: UUID) -> HttpResponse:
        """Drop the clock and its bank."""
        clock = get_clock(clock_id=clock_id, scene_id=scene_id_of(request))

        def end() -> Mapping[str, Any]:
            subject = public_id("clk", clock.id)
            with noted(request, "clock.delete", subject, name=clock.name):
                sandbox_banks.discard(clock)
            return {"id": subject, "deleted": True}

        return act(request, end, to=PAGE, atomic=False)


def timeline(clock: ClockView) -> tuple[list[tuple[date, list[Any]]], list[Any]]:
    """Return what happened in a clock's bank by its own dates, newest first, and the newest events."""
    days: dict[date, list[Any]] = {}
    try:
        with in_bank(clock.schema_name):
            for loan in loans_page(scene_id=clock.scene_id, limit=LOANS_SHOWN):
                for row in transactions(loan_id=loan.id):
                    days.setdefault(row.booking_date, []).append(row)
            events = events_for(scene_id=clock.scene_id, limit=EVENTS_SHOWN)
    except BankSchemaMissing:
        return [], []
    return sorted(days.items(), reverse=True), events[::-1]
