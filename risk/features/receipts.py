"""Receipts features, from daily figures as of a date (S1-04, S4-04). Pure.

The window is the 90 days that end the day before `as_of_date`; the prior window the 90 days before it.
With no receipts at all every feature is None: "no data" is a state, not zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, localcontext
from itertools import pairwise
from typing import Final

from kernel.money import Money
from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from risk.features.facts import FactValue

WINDOW_DAYS: Final = 90
_PPM: Final = Decimal("0.000001")
_NAMES: Final = (
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


class DaysInvalid(Refusal):
    """The daily figures are not one row a day in order, or reach past the date."""

    code = "features.days_invalid"
    kind = Kind.INVALID
    message = "Daily figures must be one row a day, in order and before {as_of_date}."


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
    if any(a.day >= b.day for a, b in pairwise(days)) or (days and days[-1].day >= as_of_date):
        raise DaysInvalid(as_of_date=as_of_date)
    active = [day for day in days if day.sale_count > 0]
    if not active:
        return dict.fromkeys(_NAMES)
    window = Period.last_days(WINDOW_DAYS, before=as_of_date)
    prior = Period.last_days(WINDOW_DAYS, before=window.start_date)
    history = (as_of_date - active[0].day).days
    facts: dict[str, FactValue] = dict.fromkeys(_NAMES)
    facts["receipts.history_days"] = history
    facts["receipts.days_since_last"] = (as_of_date - active[-1].day).days
    facts |= _window_features(days, window)
    if history >= 2 * WINDOW_DAYS:  # a shorter prior window would read as growth
        facts |= _growth_features(days, window, prior)
    return facts


def _window_features(days: Sequence[DayFigures], window: Period) -> Mapping[str, FactValue]:
    inside = [day for day in days if day.day in window]
    sales = [day.sales.minor for day in inside if day.sale_count > 0]
    total, refunds = sum(sales), sum(day.refunds.minor for day in inside)
    return {
        "receipts.median_daily_90d": _yuan(_median(sales)) if sales else Decimal("0.00"),
        "receipts.median_calendar_90d": _yuan(_calendar_median(sales)),
        "receipts.credited_daily_90d": _credited_median(inside),
        "receipts.total_90d": _yuan(total),
        "receipts.active_days_90d": len(sales),
        "receipts.refund_rate_90d": _ratio(refunds, total),
        "receipts.volatility_90d": _volatility(sales),
        "receipts.payer_share_90d": _payer_share(inside),
    }


def _growth_features(days: Sequence[DayFigures], window: Period, prior: Period) -> Mapping[str, FactValue]:
    now = sum(day.sales.minor for day in days if day.day in window)
    inside = [day for day in days if day.day in prior]
    before = [day.sales.minor for day in inside if day.sale_count > 0]
    return {
        "receipts.median_calendar_prior_90d": _yuan(_calendar_median(before)),
        "receipts.credited_daily_prior_90d": _credited_median(inside),
        "receipts.total_prior_90d": _yuan(sum(before)),
        "receipts.growth_90d": _ratio(now - sum(before), sum(before)),
    }


def _median(figures: Sequence[int]) -> int:
    ordered, middle = sorted(figures), len(figures) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def _calendar_median(sales: Sequence[int]) -> int:
    """Return the median over all days, closed ones as zero: a receipt added never lowers it."""
    return _median([*sales, *[0] * (WINDOW_DAYS - len(sales))])


def _credited_median(days: Sequence[DayFigures]) -> Decimal | None:
    """Return the calendar median with each payer counted once a day, at the day's average ticket (S1-04).

    Against brushing: another sale to a payer already counted that day, at the average ticket or less, adds
    nothing; a sale to a new payer never takes anything away. None when payers are not known.
    """
    credited = []
    for day in days:
        if day.sale_count > 0:
            if day.payer_count is None:
                return None
            credited.append(day.sales.minor * min(day.payer_count, day.sale_count) // day.sale_count)
    return _yuan(_calendar_median(credited))


def _volatility(sales: Sequence[int]) -> Decimal | None:
    if len(sales) < 2 or not sum(sales):
        return None
    with localcontext(prec=28):
        mean = Decimal(sum(sales)) / len(sales)
        variance = sum(((figure - mean) ** 2 for figure in sales), Decimal(0)) / len(sales)
        return (variance.sqrt() / mean).quantize(_PPM, rounding=ROUND_HALF_EVEN)


def _payer_share(days: Sequence[DayFigures]) -> Decimal | None:
    """Return distinct payers a day to sales: near 0 when few payers pay again and again."""
    sold = [day for day in days if day.sale_count > 0]
    payers = [day.payer_count for day in sold if day.payer_count is not None]
    if not sold or len(payers) < len(sold):
        return None
    return _ratio(sum(payers), sum(day.sale_count for day in sold))


def _ratio(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / Decimal(whole)).quantize(_PPM, rounding=ROUND_HALF_EVEN) if whole > 0 else None


def _yuan(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-2).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
