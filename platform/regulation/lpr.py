"""The loan prime rate as arithmetic (P-06): when it comes out, whether a figure looks wrong, repricing. Pure.

Rates are annual fractions, spreads basis points. Published on the 20th, or the next workday; a make-up
workday counts: 2026-09-20 is a Sunday that is worked.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from kernel.calendars import Calendar

BASIS_POINT: Final = Decimal("0.0001")
_MONTHS: Final = {"monthly": 1, "quarterly": 3, "yearly": 12}
_LAST_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Repricing(StrEnum):
    """How often a floating rate follows the prime rate."""

    FIXED = "fixed"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a plausible fixing keeps to; parameters of P-06."""

    step: Decimal
    largest_change: Decimal
    published_day: int = 20


def publication_date(*, year: int, month: int, calendar: Calendar, published_day: int = 20) -> date:
    """Return the day on which a month's prime rate comes out."""
    return calendar.next_workday(date(year, month, published_day))


def doubts(
    *,
    published_date: date,
    rates: tuple[Decimal, Decimal],
    last: tuple[Decimal, Decimal] | None,
    bounds: Bounds,
    calendar: Calendar,
) -> list[str]:
    """Return why a fixing needs two more people: `change_over_bound`, `not_a_step`, `not_the_day`.

    A change of exactly the bound passes: 50 bp up or down is allowed, 50.01 is not.
    """
    found = []
    if last is not None and any(
        abs(new - old) > bounds.largest_change for new, old in zip(rates, last, strict=True)
    ):
        found.append("change_over_bound")
    if any(rate % bounds.step for rate in rates):
        found.append("not_a_step")
    expected = publication_date(
        year=published_date.year,
        month=published_date.month,
        calendar=calendar,
        published_day=bounds.published_day,
    )
    if published_date != expected:
        found.append("not_the_day")
    return found


def floating_rate(*, lpr: Decimal, spread_bp: int) -> Decimal:
    """Return LPR plus the contract's spread: 3.00 % + 150 bp = 4.50 % (J8)."""
    return lpr + spread_bp * BASIS_POINT


def repricing_dates(
    *, frequency: Repricing, value_date: date, maturity_date: date, anchor: date | None = None
) -> tuple[date, ...]:
    """Return the days after the value date and before maturity on which a rate follows the prime rate.

    `anchor` is any day of the contract's rhythm (21 December 2026 yearly: every 21 December); by default the
    value date. A day that a month does not have becomes its last, always counted from the anchor.
    """
    if frequency is Repricing.FIXED:
        return ()
    first, step = anchor or value_date, _MONTHS[frequency.value]
    behind = (value_date.year - first.year) * 12 + value_date.month - first.month
    count = behind // step
    dates: list[date] = []
    while (day := _months_after(first, count * step)) < maturity_date:
        if day > value_date:
            dates.append(day)
        count += 1
    return tuple(dates)


def _months_after(anchor: date, months: int) -> date:
    total = anchor.year * 12 + anchor.month - 1 + months
    year, month = divmod(total, 12)
    leap = month == 1 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return date(year, month + 1, min(anchor.day, _LAST_DAYS[month] + leap))
