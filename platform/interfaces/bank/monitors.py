"""Risk watch: how decisions turned out, whether applicants moved, who gives warning, what stress costs."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from interfaces.bank import risk_charts
from interfaces.bank.frame import actor_of, framed
from interfaces.bank.watch_signing import signing_body, signing_parts
from interfaces.door import StaffView, now
from interfaces.pages import FieldInvalid, Form, act, shown
from kernel.ids import public_id
from kernel.periods import Period
from parties.enterprises.queries import enterprises_page
from plumbing.clock.queries import business_date
from risk.classification.queries import last_run
from risk.monitoring.horizons import FIRST_PAYMENT, HORIZONS
from risk.monitoring.operations import learn_references_anew
from risk.monitoring.queries import (
    CALIBRATION,
    REFERENCE_DAYS,
    REFERENCE_LEAST,
    SCORE,
    ReadingView,
    ReferenceView,
    Vintage,
    VintageReport,
    deciding_strategies,
    last_read_date,
    monitored_strategies,
    readings,
    reference_prospects,
    references_on,
    stability_report,
    stressed_portfolio,
    vintage_report,
)
from risk.monitoring.stress import StressReport
from risk.overlays.queries import cycle_overlay, overlays
from risk.warnings.queries import WarningView, level_counts, warned

STABILITY_DAYS: Final = 90
EVIDENCE_DAYS: Final = 180
WARNED: Final = 30
HORIZON_NAMES: Final = {
    "fpd": gettext_lazy("First payment default"),
    "mob3": gettext_lazy("30 days overdue by month 3"),
    "mob6": gettext_lazy("30 days overdue by month 6"),
    "mob12": gettext_lazy("90 days overdue by month 12"),
}


class Monitors(StaffView):
    """The monitors of a strategy at a horizon, the warnings, the overlay and the stress of the book."""

    capability = "monitor.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them as of today."""
        horizon = request.GET.get("horizon", FIRST_PAYMENT)
        if horizon not in HORIZONS:
            raise FieldInvalid(field="horizon", given=horizon[:40])
        today, known = business_date(), sorted({*monitored_strategies(), *deciding_strategies()})
        strategy = request.GET.get("strategy", "") or (known[0] if known else "")
        if strategy and strategy not in known:
            raise FieldInvalid(field="strategy", given=strategy[:40])
        report = vintage_report(horizon=horizon, as_of_date=today, strategy_code=strategy or None)
        stressed = stress_of(today)
        compared, signing = _compared(strategy, today), signing_parts(today)
        context = framed(
            request,
            "monitors",
            horizons=HORIZON_NAMES,
            horizon=horizon,
            horizon_name=HORIZON_NAMES[horizon],
            strategies=known,
            strategy=strategy,
            report=report,
            vintages=risk_charts.vintage_chart(report.vintages) if report.vintages else None,
            **compared,
            **signing,
            actor=actor_of(request),
            **_moved(strategy, today),
            **_warnings(),
            overlay=cycle_overlay(today),
            overlays=overlays(),
            stressed=stressed,
            stress=risk_charts.stress_chart(stressed) if stressed else None,
        )
        body = _body(report, stressed) | _compared_body(compared) | signing_body(signing)
        return shown(request, "bank/monitors.html", context, body)


class ReferenceLearning(StaffView):
    """What a strategy's monitors compare with, taken anew from a period of days by a person's word."""

    capability = "monitor.set"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Learn it; both days count."""
        form = Form(request)

        def learn() -> dict[str, Any]:
            found = learn_references_anew(
                strategy_code=form.text("strategy", longest=60),
                period=Period(form.day("from"), form.day("to") + timedelta(days=1)),
                learnt_by=actor_of(request),
                on_date=business_date(),
                now=now(),
            )
            return {"references": [_reference(one) for one in found]}

        return act(request, learn, to="/monitors", status=201)


def _compared(strategy: str, today: date) -> dict[str, Any]:
    """Return what a strategy's monitors compare with, and how far it is from that while they have nothing."""
    found = references_on(today, strategy_code=strategy) if strategy else ()
    lacks = bool(strategy) and not found
    return {
        "references": {one.monitor: one for one in found},
        "prospect": reference_prospects(strategy_code=strategy, monitors=[SCORE], before=today)[SCORE]
        if lacks
        else None,
        "least": REFERENCE_LEAST,
        "least_days": REFERENCE_DAYS,
        "yesterday": today - timedelta(days=1),
    }


def _compared_body(compared: Mapping[str, Any]) -> dict[str, Any]:
    prospect = compared["prospect"]
    return {
        "references": [_reference(one) for one in compared["references"].values()],
        "reference_prospect": None
        if prospect is None
        else {"decisions": prospect.count, "days": prospect.days, "first_date": prospect.first_date},
    }


def _reference(one: ReferenceView) -> dict[str, Any]:
    return {
        "monitor": one.monitor,
        "period": one.source,
        "cases": one.case_count,
        "effective_from": one.effective_from,
    }


def stress_of(today: date) -> StressReport | None:
    """Return the stressed loss of the last day reckoned; None before the first."""
    run = last_run(as_of_date=today)
    return None if run is None else stressed_portfolio(as_of_date=run.as_of_date)


def _moved(strategy: str, today: date) -> dict[str, Any]:
    """Return how far applicants moved from the reference, and the evidence of it by day."""
    if not strategy:
        return {"stability": {}, "evidence": None, "alarms": (), "last_read": None}
    recent = Period(today - timedelta(days=EVIDENCE_DAYS), today + timedelta(days=1))
    names = [CALIBRATION, *(row.monitor for row in references_on(today, strategy_code=strategy))]
    found: Mapping[str, tuple[ReadingView, ...]] = {
        name: readings(strategy_code=strategy, monitor=name, period=recent) for name in dict.fromkeys(names)
    }
    alarms = [row for rows in found.values() for row in rows if row.alarm]
    period = Period(today - timedelta(days=STABILITY_DAYS), today + timedelta(days=1))
    return {
        "stability": stability_report(strategy_code=strategy, period=period, on_date=today),
        "evidence": risk_charts.evidence_chart(found) if any(found.values()) else None,
        "alarms": sorted(alarms, key=lambda row: row.on_date, reverse=True),
        "last_read": last_read_date(strategy_code=strategy),
    }


def _warnings() -> dict[str, Any]:
    """Return how many customers stand at each level, and the first of them by name, gravest first."""
    found = warned(limit=WARNED)
    ids = tuple(row.subject_id for row in found)
    named = {one.id: one.legal_name for one in enterprises_page(ids=ids, limit=max(1, len(ids))).rows}
    return {
        "levels": {level.value: count for level, count in level_counts().items()},
        "warned": [
            {
                "row": row,
                "url": f"/customers/{public_id('biz', row.subject_id)}" if row.subject_id in named else "",
                "name": named.get(row.subject_id) or public_id("biz", row.subject_id),
                "signals": _signals(row),
            }
            for row in found
        ],
    }


def _signals(row: WarningView) -> list[tuple[str, Any]]:
    """Return each signal's code with the value that set it off, when it was written down."""
    return [(str(signal["signal"]), _plain(signal.get("value"))) for signal in row.signals]


def _plain(value: Any) -> str | None:
    """Return a measured number without the zeros at its end."""
    text = None if value is None else str(value)
    return text.rstrip("0").rstrip(".") if text and "." in text else text


def _body(report: VintageReport, stressed: StressReport | None) -> dict[str, Any]:
    return {
        "horizon": report.horizon.code,
        "as_of": report.as_of_date,
        "vintages": [_vintage(row) for row in report.vintages],
        "total": None if report.total is None else _vintage(report.total),
        "stress": None
        if stressed is None
        else [{"quarter": row.quarter, "expected_loss": row.expected_loss} for row in stressed.quarters],
    }


def _vintage(row: Vintage) -> dict[str, Any]:
    expected = row.expected
    return {
        "month": row.month,
        "loans": row.loans,
        "bads": row.bads,
        "rate": str(round(row.rate, 6)),
        "observed_to_expected": None if expected is None else str(round(expected.ratio, 4)),
        "ks": None if row.ks is None else str(round(row.ks.value, 4)),
    }
