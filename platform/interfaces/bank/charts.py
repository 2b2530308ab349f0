"""Chart options for ECharts, built from figures; the browser adds the bank's colours."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from lending.overview import DayFigures
from lending.scoreboard import Meter
from openbanking.receipts.queries import ReceiptDayView


def _labels(days: Sequence[Any]) -> list[str]:
    return [day.day.isoformat() for day in days]


def _yuan(amount: Any) -> float:
    """Return money as a number for a chart's pixels; nothing is reckoned with it."""
    return float(amount.major)


def flow_chart(days: Sequence[DayFigures]) -> dict[str, Any]:
    """Return disbursed and repaid per day as bars, what is owed as a line."""
    names = [_("Disbursed"), _("Repaid"), _("Outstanding")]
    return {
        "xAxis": {"type": "category", "data": _labels(days)},
        "yAxis": [{"type": "value"}, {"type": "value", "splitLine": {"show": False}}],
        "series": [
            {"name": names[0], "type": "bar", "data": [_yuan(day.disbursed) for day in days]},
            {"name": names[1], "type": "bar", "data": [_yuan(day.repaid) for day in days]},
            {
                "name": names[2],
                "type": "line",
                "yAxisIndex": 1,
                "showSymbol": False,
                "data": [_yuan(day.outstanding) for day in days],
            },
        ],
    }


def receipts_chart(days: Sequence[ReceiptDayView]) -> dict[str, Any]:
    """Return takings and refunds per day."""
    names = [_("Takings"), _("Refunds")]
    return {
        "xAxis": {"type": "category", "data": _labels(days)},
        "yAxis": {"type": "value"},
        "series": [
            {
                "name": names[0],
                "type": "line",
                "showSymbol": False,
                "data": [_yuan(day.sales) for day in days],
            },
            {
                "name": names[1],
                "type": "line",
                "showSymbol": False,
                "data": [_yuan(day.refunds) for day in days],
            },
        ],
    }


def cost_chart(meters: Sequence[Meter]) -> dict[str, Any]:
    """Return what each kind of work cost."""
    return {
        "tooltip": {"trigger": "item"},
        "xAxis": {"type": "value"},
        "yAxis": {"type": "category", "data": [_(meter.name) for meter in meters]},
        "series": [{"type": "bar", "data": [float(meter.cost) for meter in meters]}],
    }
