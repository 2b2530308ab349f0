"""Charts of the risk watch: vintages with intervals, the monitors' evidence, nine quarters of stress."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from interfaces.bank.trace import fact_name
from risk.monitoring.queries import ReadingView, Vintage
from risk.monitoring.stress import StressReport

SHOWN: Final = 4  # as many lines as the palette tells apart beside the alarm's


def vintage_chart(vintages: Sequence[Vintage]) -> dict[str, Any]:
    """Return observed over expected by month as a line, its exact 95 % interval as two more, and 1."""
    known = [(row.month, row.expected) for row in vintages if row.month and row.expected]
    figures = [
        (_("Observed to expected"), [round(one.ratio, 4) for _month, one in known], {}),
        (_("95 % interval, low"), [round(one.interval.low, 4) for _month, one in known], _DOTTED),
        (_("95 % interval, high"), [round(one.interval.high, 4) for _month, one in known], _DOTTED),
        (_("As expected"), [1 for _pair in known], _DASHED),
    ]
    return {
        "xAxis": {"type": "category", "data": [f"{month:%Y-%m}" for month, _one in known]},
        "yAxis": {"type": "value", "min": 0},
        "series": [{"name": name, "type": "line", "data": data, **style} for name, data, style in figures],
    }


def evidence_chart(found: Mapping[str, Sequence[ReadingView]]) -> dict[str, Any]:
    """Return the strongest monitors' evidence by day as a share of what alarms; an alarm starts anew."""
    strongest = sorted(found, key=lambda name: -max((_share(row) for row in found[name]), default=0.0))
    days = sorted({row.on_date for rows in found.values() for row in rows})
    series: list[dict[str, Any]] = []
    for name in strongest[:SHOWN]:
        by_day = {row.on_date: round(_share(row), 4) for row in found[name]}
        series.append(
            {
                "name": fact_name(name),
                "type": "line",
                "showSymbol": False,
                "data": [by_day.get(day) for day in days],
            }
        )
    series.append({"name": _("Alarm"), "type": "line", "data": [1 for _day in days], **_DASHED})
    return {
        "xAxis": {"type": "category", "data": [day.isoformat() for day in days]},
        "yAxis": {"type": "value"},
        "series": series,
    }


def stress_chart(report: StressReport) -> dict[str, Any]:
    """Return the expected loss of each quarter of stress as bars, beside today's."""
    return {
        "xAxis": {"type": "category", "data": [row.quarter for row in report.quarters]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "name": _("Expected loss under stress"),
                "type": "bar",
                "data": [float(row.expected_loss.major) for row in report.quarters],
            },
            {
                "name": _("Expected loss today"),
                "type": "line",
                "data": [float(report.base_loss.major) for _row in report.quarters],
                **_DASHED,
            },
        ],
    }


def _share(row: ReadingView) -> float:
    return row.log_evidence / row.log_threshold if row.log_threshold else 0.0


_DOTTED: Final = {"showSymbol": False, "lineStyle": {"type": "dotted"}}
_DASHED: Final = {"showSymbol": False, "lineStyle": {"type": "dashed"}}
