"""Day counts: how many days a span has, and which part of a year it is, exactly.

A span is half-open: the first day counts, the last does not (P-05). The six conventions are data; a year
fraction is a `Fraction`, never a decimal cut off somewhere. The market names: 30/360 US with its rule for the
end of February, 30E/360 (Eurobond), actual/360, actual/365 (Fixed), actual/actual by the ISDA definitions and
by ICMA rule 251, whose year is made of the coupon periods the span lies in.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from kernel.refusals import Kind, Refusal


class DayCountInvalid(Refusal):
    """The span runs backwards, or its convention needs coupon periods that were not given."""

    code = "day_count_invalid"
    kind = Kind.INVALID
    message = "The days from {start} to {end} cannot be counted by {day_count}."


class DayCount(StrEnum):
    """A convention; the value is its code on the wire."""

    THIRTY_360_US = "30/360"
    THIRTY_E_360 = "30E/360"
    ACT_360 = "ACT/360"
    ACT_365F = "ACT/365F"
    ACT_ACT_ISDA = "ACT/ACT-ISDA"
    ACT_ACT_ICMA = "ACT/ACT-ICMA"


# The days of the year in conventions where every year has as many.
FIXED_YEAR: Final = {
    DayCount.THIRTY_360_US: 360,
    DayCount.THIRTY_E_360: 360,
    DayCount.ACT_360: 360,
    DayCount.ACT_365F: 365,
}


def days(day_count: DayCount, start: date, end: date) -> int:
    """Return the days from `start` to `end`: months of thirty days, or the days of the calendar."""
    if end < start:
        raise DayCountInvalid(start=start, end=end, day_count=day_count.value)
    if day_count is DayCount.THIRTY_360_US:
        return _thirty_us(start, end)
    if day_count is DayCount.THIRTY_E_360:
        return _thirty(start, min(start.day, 30), end, min(end.day, 30))
    return (end - start).days


def _thirty_us(start: date, end: date) -> int:
    """Count by 30/360 US: the last day of February is the 30th where the span begins on one."""
    first, last = start.day, end.day
    if _ends_february(start):
        last = 30 if _ends_february(end) else last
        first = 30
    if last == 31 and first >= 30:
        last = 30
    return _thirty(start, min(first, 30), end, last)


def _thirty(start: date, first: int, end: date, last: int) -> int:
    months = 12 * (end.year - start.year) + end.month - start.month
    return 30 * months + last - first


def _ends_february(day: date) -> bool:
    return day.month == 2 and day.day == (29 if is_leap(day.year) else 28)


def is_leap(year: int) -> bool:
    """Tell whether a year has 366 days."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def year_fraction(
    day_count: DayCount,
    start: date,
    end: date,
    *,
    periods: Sequence[date] = (),
    per_year: Fraction | int = 0,
) -> Fraction:
    """Return which part of a year the span is, exactly.

    ACT/ACT-ICMA alone needs `periods`, the ascending bounds of the (notional) coupon periods that cover the
    span, and how many of them a year has: each full one is `1 / per_year`, a part of one counts by its days.
    """
    if day_count is DayCount.ACT_ACT_ISDA:
        return _isda(start, end)
    if day_count is DayCount.ACT_ACT_ICMA:
        return _icma(start, end, periods, Fraction(per_year))
    return Fraction(days(day_count, start, end), FIXED_YEAR[day_count])


def _isda(start: date, end: date) -> Fraction:
    """Count the days in leap years by 366 and the others by 365."""
    if end < start:
        raise DayCountInvalid(start=start, end=end, day_count=DayCount.ACT_ACT_ISDA.value)
    if start.year == end.year:
        return Fraction((end - start).days, 366 if is_leap(start.year) else 365)
    first = Fraction((date(start.year + 1, 1, 1) - start).days, 366 if is_leap(start.year) else 365)
    last = Fraction((end - date(end.year, 1, 1)).days, 366 if is_leap(end.year) else 365)
    return first + last + (end.year - start.year - 1)


def _icma(start: date, end: date, periods: Sequence[date], per_year: Fraction) -> Fraction:
    """Count each coupon period as one part of the year, and a piece of one by its share of the days."""
    if end < start or per_year <= 0 or len(periods) < 2 or not periods[0] <= start <= end <= periods[-1]:
        raise DayCountInvalid(start=start, end=end, day_count=DayCount.ACT_ACT_ICMA.value)
    whole: Fraction | int = 0
    at = min(bisect_right(periods, start), len(periods) - 1)
    while at < len(periods) and periods[at - 1] < end:
        if start <= periods[at - 1] and periods[at] <= end:
            whole += 1
        else:
            inside = (min(end, periods[at]) - max(start, periods[at - 1])).days
            whole += Fraction(inside, (periods[at] - periods[at - 1]).days)
        at += 1
    return whole / per_year
