"""The console's view of a bank's day-ends: look, watch one run, start one."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from interfaces.day_ends import body_of, context_of, live
from interfaces.door import OperatorView, enqueue, in_bank
from interfaces.ops.console import framed
from interfaces.pages import Form, act, shown
from tenants.banks.queries import get_bank


def path_of(schema: str) -> str:
    """Return the address of a bank's day-ends."""
    return f"/ops/banks/{schema}/day-ends"


class DayEnds(OperatorView):
    """A bank's day-ends: look, and start one."""

    def get(self, request: HttpRequest, schema: str) -> HttpResponse:
        """Return the bank's business date and its last runs."""
        bank = get_bank(schema_name=schema)
        with in_bank(schema):
            shown_runs, body = context_of(f"{path_of(schema)}/live"), body_of()
        context = framed("jobs", heading=bank.name(get_language() or ""), **shown_runs)
        return shown(request, "ops/day_ends.html", context, body)

    def post(self, request: HttpRequest, schema: str) -> HttpResponse:
        """Ask the workers to close days until the bank's business date is the one given."""
        bank = get_bank(schema_name=schema)

        def start() -> Mapping[str, Any]:
            until = Form(request).day("until_date")
            with in_bank(bank.schema_name):
                enqueue("jobs.day_end", schema=bank.schema_name, until_date=until.isoformat())
            return {"until_date": until}

        return act(request, start, to=path_of(schema), status=202)


class DayEndLive(OperatorView):
    """The part of the page that renews itself."""

    def get(self, request: HttpRequest, schema: str) -> HttpResponse:
        """Show the latest run as it stands now."""
        bank = get_bank(schema_name=schema)
        with in_bank(bank.schema_name):
            return live(request, f"{path_of(schema)}/live")
