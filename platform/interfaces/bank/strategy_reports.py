"""What was found out about a document before it decides: backtests with their swap set, shadow runs."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from interfaces.bank.frame import framed
from interfaces.door import StaffView
from interfaces.pages import shown
from kernel.ids import public_id
from risk.strategies.queries import get_document, get_shadow
from risk.verification.queries import get_backtest, shadow_comparison

VERDICTS: Final = ("approve", "refer", "decline")


class Backtest(StaffView):
    """One backtest: who comes in, who goes out, what it costs, by segment."""

    capability = "strategy.view"

    def get(self, request: HttpRequest, backtest_id: UUID) -> HttpResponse:
        """Show it."""
        report = get_backtest(backtest_id)
        figures = report.figures
        context = framed(
            request,
            "strategy",
            report=report,
            old=get_document(report.old_id),
            new=get_document(report.new_id),
            verdicts=VERDICTS,
            swap=[(old, [(new, figures["swap"][old][new]) for new in VERDICTS]) for old in VERDICTS],
            overall=figures["overall"],
            segments=[(name, list(rows.items())) for name, rows in figures["segments"].items()],
            cases=figures["cases"],
            chart=swap_chart(figures["swap"]),
        )
        body = {"id": public_id("btr", report.id), "sha256": report.sha256, "figures": figures}
        return shown(request, "bank/backtest.html", context, body)


class Shadow(StaffView):
    """One shadow beside the live decisions."""

    capability = "strategy.view"

    def get(self, request: HttpRequest, shadow_id: UUID) -> HttpResponse:
        """Show where it would have decided otherwise."""
        shadow, found = get_shadow(shadow_id), shadow_comparison(shadow_id)
        cells = {(cell.live, cell.shadow): cell for cell in found.cells}
        context = framed(
            request,
            "strategy",
            found=found,
            shadow=shadow,
            verdicts=VERDICTS,
            swap=[(live, [(new, cells.get((live, new))) for new in VERDICTS]) for live in VERDICTS],
        )
        body = {
            "count": found.count,
            "agreed_share": found.agreed_share,
            "failures": found.failure_count,
            "cells": [{"live": one.live, "shadow": one.shadow, "count": one.count} for one in found.cells],
        }
        return shown(request, "bank/shadow.html", context, body)


def swap_chart(swap: Mapping[str, Any]) -> dict[str, Any]:
    """Return how many were decided so before and would be decided so now, side by side."""
    return {
        "xAxis": {"type": "category", "data": [_(verdict) for verdict in VERDICTS]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "name": _("Today"),
                "type": "bar",
                "data": [sum(swap[old][new]["count"] for new in VERDICTS) for old in VERDICTS],
            },
            {
                "name": _("With this document"),
                "type": "bar",
                "data": [sum(swap[old][new]["count"] for old in VERDICTS) for new in VERDICTS],
            },
        ],
    }
