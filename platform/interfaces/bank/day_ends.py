"""The bank's day-ends: how far the running one is, what past ones did and how long they took."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from interfaces.bank.frame import actor_of, framed
from interfaces.day_ends import body_of, context_of, live
from interfaces.door import StaffView, enqueue, now
from interfaces.pages import Form, act, shown
from plumbing.audit import operations as audit
from plumbing.schemas import current_schema

PATH: Final = "/accounting/day-ends"


class DayEnds(StaffView):
    """Look at day-ends, and start one."""

    capability = "day_end.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the latest runs."""
        context = framed(request, "accounting", **context_of(f"{PATH}/live"))
        return shown(request, "bank/day_ends.html", context, body_of())


class DayEndLive(StaffView):
    """The part of the page that renews itself."""

    capability = "day_end.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the latest run as it stands now."""
        return live(request, f"{PATH}/live")


class DayEndStart(StaffView):
    """Starts a day-end."""

    capability = "day_end.run"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask the workers to close days until the books are open for the date given."""
        form, actor = Form(request), actor_of(request)

        def start() -> Mapping[str, Any]:
            until = form.day("until_date")
            enqueue("jobs.day_end", schema=current_schema(), until_date=until.isoformat())
            detail: dict[str, object] = {"until_date": until.isoformat()}
            audit.record(
                actor=actor, action="day_end.run", subject=until.isoformat(), detail=detail, now=now()
            )
            return {"until_date": until}

        return act(request, start, to=PATH, status=202)
