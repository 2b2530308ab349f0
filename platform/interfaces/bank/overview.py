"""The portal's first page, its performance page and the audit log."""

from dataclasses import fields
from typing import Any

from django.http import HttpRequest, HttpResponse

from interfaces.bank import charts
from interfaces.bank.frame import framed
from interfaces.door import StaffView
from interfaces.pages import SignInView, SignOutView, shown
from ledger.balances.queries import trial_balance
from lending.day_end.queries import last_runs
from lending.overview import Today, daily_figures, today_figures
from lending.scoreboard import Draws, Funnel, Meter, ProductFigures, scoreboard
from plumbing.audit.queries import records
from plumbing.clock.queries import business_date

CHART_DAYS = 120


class SignIn(SignInView):
    """The bank's staff sign in here."""

    template_name = "bank/sign_in.html"


class SignOut(SignOutView):
    """The bank's staff sign out here."""

    home = "/sign-in"


class Home(StaffView):
    """Today's numbers, four months of flows, and whether the books balance."""

    capability = "home.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the day."""
        today = business_date()
        figures, days = today_figures(on_date=today), daily_figures(until_date=today, days=CHART_DAYS)
        books, runs = trial_balance(as_of_date=today), last_runs(limit=1)
        balanced = books.debits == books.credits
        context = framed(
            request,
            "home",
            figures=figures,
            chart=charts.flow_chart(days),
            days=[day for day in reversed(days) if day.disbursed or day.repaid][:10],
            run=runs[0] if runs else None,
            balanced=balanced,
        )
        body = {"business_date": today, "balanced": balanced, **_plain(figures)}
        return shown(request, "bank/home.html", context, body)


class Performance(StaffView):
    """Funnel, times, human touches and unit cost since the bank went live."""

    capability = "home.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the scoreboard."""
        board = scoreboard(on_date=business_date())
        context = framed(request, "performance", board=board, chart=charts.cost_chart(board.meters))
        body = {
            "funnel": _plain(board.funnel),
            "draws": _plain(board.draws),
            "products": [_plain(product) for product in board.products],
            "meters": [_plain(meter) for meter in board.meters],
            "cost": board.cost,
            "cost_per_loan": board.cost_per_loan,
        }
        return shown(request, "bank/performance.html", context, body)


def _plain(row: Today | Funnel | Draws | Meter | ProductFigures) -> dict[str, Any]:
    """Return a row's fields; money stays money until the door writes it."""
    return {field.name: getattr(row, field.name) for field in fields(row)}


class AuditLog(StaffView):
    """Who did what to which thing."""

    capability = "audit.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the newest acts."""
        return shown(request, "bank/audit.html", framed(request, "audit", records=records(limit=100)))
