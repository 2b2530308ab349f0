"""Receipts features, from daily figures as of a date (S1-04, S4-04). Pure.

The window is the 90 days that end the day before `as_of_date`; the prior window the 90 days before it.
With no receipts at all every feature is None: "no data" is a state, not zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from kernel.money import Money
from risk.features.definitions import STREAMS
from risk.features.evaluate import StreamFigures, evaluate
from risk.features.facts import FactValue

SIGNS: Final = STREAMS["receipts"].columns[5:]  # what follows the takings: None where not known
_NO_SIGNS: Final[Mapping[date, Sequence[int]]] = MappingProxyType({})
NAMES: Final = (
    "receipts.median_daily_90d",
    "receipts.median_calendar_90d",
    "receipts.median_calendar_prior_90d",
    "receipts.credited_daily_90d",
    "receipts.credited_daily_prior_90d",
    "receipts.total_90d",
    "receipts.total_prior_90d",
    "receipts.active_days_90d",
    "receipts.refund_rate_90d",
    "receipts.growth_90d",
    "receipts.volatility_90d",
    "receipts.payer_share_90d",
    "receipts.history_days",
    "receipts.days_since_last",
)


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day of one enterprise's receipts; `payer_count` counts distinct payers, None when not known."""

    day: date
    sale_count: int
    sales: Money
    refund_count: int
    refunds: Money
    payer_count: int | None = None


def receipt_features(*, days: Sequence[DayFigures], as_of_date: date) -> dict[str, FactValue]:
    """Return the receipts facts as of a date; refuses unordered days and days not yet over."""
    figures = {"receipts": stream_figures(days)}
    found = evaluate(figures, as_of_date=as_of_date, only=("receipts",)).facts
    return {name: found[name] for name in NAMES}


def stream_figures(
    days: Sequence[DayFigures], signs: Mapping[date, Sequence[int]] = _NO_SIGNS
) -> StreamFigures:
    """Return the days as the stream's figures; `signs`: what SIGNS names, for the days where it is known."""
    unknown = (None,) * len(SIGNS)
    return StreamFigures(
        tuple(
            (
                day.day,
                (
                    day.sale_count,
                    day.sales.minor,
                    day.refund_count,
                    day.refunds.minor,
                    day.payer_count,
                    *signs.get(day.day, unknown),
                ),
            )
            for day in days
        )
    )
