"""Unit-periods of Regulation Z, Appendix J: which one a transaction has (b)(3)-(4), and counting it (b)(5).

Months count alike whatever their days, measured back from the later date to the same day of an earlier month;
a series on the last day of the month, or on the 29th or 30th, uses the last day of a shorter month (b)(3).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Final

from kernel.recurrence import clamped

MONTHS: Final = 12
DAYS: Final = 365
WEEKS: Final = 52
WEEK: Final = 7
MONTH_DAYS: Final = 30  # of a month, where a fraction of one is counted (b)(5)(ii)-(iii)
SEMIMONTH_DAYS: Final = 15


class Unit(StrEnum):
    """What a unit-period is a whole number of."""

    DAY = "day"
    WEEK = "week"
    SEMIMONTH = "semimonth"
    MONTH = "month"
    YEAR = "year"
    TERM = "term"  # a single advance and a single payment within a year


_LENGTH: Final = {
    Unit.DAY: Fraction(1),
    Unit.WEEK: Fraction(WEEK),
    Unit.SEMIMONTH: Fraction(DAYS, 24),
    Unit.MONTH: Fraction(DAYS, MONTHS),
    Unit.YEAR: Fraction(DAYS),
}
_PREFERENCE: Final = (Unit.MONTH, Unit.SEMIMONTH, Unit.WEEK, Unit.DAY)  # of names for the same periods


@dataclass(frozen=True, slots=True)
class UnitPeriod:
    """A unit-period of `count` units, `per_year` of which make a year."""

    unit: Unit
    count: int
    per_year: Fraction

    @classmethod
    def of(cls, unit: Unit, count: int) -> "UnitPeriod":
        """Return the unit-period; twelve months are a year, and nothing is longer (b)(4)(i)."""
        if unit is Unit.YEAR or _LENGTH[unit] * count >= DAYS:
            return cls(Unit.YEAR, 1, Fraction(1))
        per_year = {
            Unit.DAY: Fraction(DAYS, count),
            Unit.WEEK: Fraction(WEEKS, count),
            Unit.SEMIMONTH: Fraction(24),
            Unit.MONTH: Fraction(MONTHS, count),
        }
        return cls(unit, count, per_year[unit])


class Months:
    """Months between dates of one transaction, which know on which days its series fall."""

    def __init__(self, series: Iterable[date]) -> None:
        self._series = frozenset(series)
        self._anchors = _anchors(self._series)

    def back(self, day: date, months: int) -> date:
        """Return the same day of the month so many months earlier."""
        at = day.year * MONTHS + day.month - 1 - months
        year, month = divmod(at, MONTHS)
        wanted = self._anchors.get(day, day.day)
        return clamped(year, month + 1, wanted)

    def full_months(self, early: date, late: date) -> int:
        """Return the whole months between two dates, measured back from the later."""
        months = (late.year - early.year) * MONTHS + late.month - early.month
        return months if self.back(late, months) >= early else months - 1

    def whole_months(self, early: date, late: date) -> int:
        """Return the months between two dates when nothing is left over, else 0."""
        months = self.full_months(early, late)
        return months if months > 0 and self.back(late, months) == early else 0

    def periods_between(self, early: date, late: date, of: UnitPeriod) -> tuple[int, Fraction]:
        """Return full unit-periods between two dates and the fraction of one that remains (b)(5)."""
        if of.unit is Unit.TERM:
            return (1, Fraction(0)) if late > early else (0, Fraction(0))
        if of.unit in (Unit.DAY, Unit.WEEK):
            days = Fraction((late - early).days, of.count * int(_LENGTH[of.unit]))
            return divmod(days, 1)[0], days % 1
        months = self.full_months(early, late)
        if of.unit is Unit.YEAR:
            return self._years_between(early, late, months)
        left = (self.back(late, months) - early).days
        if of.unit is Unit.MONTH and of.count == 1:
            return months, Fraction(left, MONTH_DAYS)
        length = SEMIMONTH_DAYS if of.unit is Unit.SEMIMONTH else MONTH_DAYS * of.count
        whole, rest = divmod(MONTH_DAYS * months + left, length)
        return whole, Fraction(rest, length)

    def _years_between(self, early: date, late: date, months: int) -> tuple[int, Fraction]:
        years, rest = divmod(months, MONTHS)
        if self.back(late, months) == early:
            return years, Fraction(rest, MONTHS)
        return years, Fraction((self.back(late, years * MONTHS) - early).days, DAYS)


def _anchors(series: frozenset[date]) -> dict[date, int]:
    """Return the day of the month each date stands for: the last of February may stand for the 30th."""
    if not series:
        return {}
    latest = max(day.day for day in series)
    if all(day == clamped(day.year, day.month, latest) for day in series):
        return dict.fromkeys(series, latest)
    ends = [day for day in series if day == clamped(day.year, day.month, 31)]
    if len({day.day for day in series if day not in ends}) == 1:  # the 15th and the last day, say
        return dict.fromkeys(ends, latest)
    return {}


def unit_period(*, start: date, advances: Sequence[date], payments: Sequence[date]) -> UnitPeriod:
    """Return the unit-period of a transaction from the day its finance charge begins (b)(4).

    The period that occurs most often, the shorter of two that occur equally often; without one that occurs
    twice, the average period, rounded to the nearest standard interval. A single advance and a single payment
    have their term, a year at most. Dates are sorted, without repetition.
    """
    months_of = Months(payments)
    if len(advances) == 1 and len(payments) == 1:
        return _term(months_of, start, payments[0])
    periods = [*_periods(start, advances), *_periods(start, payments)]
    return _common(months_of, periods, _half_months(months_of, payments)) or _average(periods)


def _periods(start: date, days: Sequence[date]) -> list[tuple[date, date]]:
    dates = [start, *(day for day in days if day > start)]
    return list(pairwise(dates))


def _term(months_of: Months, start: date, end: date) -> UnitPeriod:
    """Return the term as unit-period, to a year: 12 over its months, else 365 over its days (b)(5)(vi)."""
    months, days = months_of.whole_months(start, end), (end - start).days
    if months_of.full_months(start, end) >= MONTHS:
        return UnitPeriod.of(Unit.YEAR, 1)
    return UnitPeriod(Unit.TERM, 1, Fraction(MONTHS, months) if months else Fraction(DAYS, max(1, days)))


def _half_months(months_of: Months, days: Sequence[date]) -> set[tuple[date, date]]:
    """Return the periods of a series that pays twice a month."""
    found: set[tuple[date, date]] = set()
    for first, middle, last in zip(days, days[1:], days[2:], strict=False):
        if months_of.whole_months(first, last) == 1:
            found |= {(first, middle), (middle, last)}
    return found


def _common(
    months_of: Months, periods: Sequence[tuple[date, date]], halves: set[tuple[date, date]]
) -> UnitPeriod | None:
    """Return the period that occurs most often, or None where none occurs twice."""
    counts: dict[tuple[Unit, int], int] = {}
    for early, late in periods:
        days, months = (late - early).days, months_of.whole_months(early, late)
        names = [(Unit.DAY, days)]
        names += [(Unit.WEEK, days // WEEK)] if days % WEEK == 0 else []
        names += [(Unit.MONTH, months)] if months else []
        names += [(Unit.SEMIMONTH, 1)] if (early, late) in halves else []
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    most = max(counts.values(), default=0)
    if most < 2:
        return None
    often = [name for name, count in counts.items() if count == most]
    unit, count = min(often, key=lambda name: (round(_LENGTH[name[0]] * name[1]), _PREFERENCE.index(name[0])))
    return UnitPeriod.of(unit, count)


def _average(periods: Sequence[tuple[date, date]]) -> UnitPeriod:
    """Return the standard interval nearest to the average period, the shorter of two as near."""
    mean = Fraction(sum((late - early).days for early, late in periods), max(1, len(periods)))
    standard = [
        (Unit.DAY, 1),
        (Unit.SEMIMONTH, 1),
        *((Unit.WEEK, count) for count in range(1, WEEKS + 1)),
        *((Unit.MONTH, count) for count in range(1, MONTHS + 1)),
    ]

    def distance(name: tuple[Unit, int]) -> tuple[Fraction, Fraction]:
        length = _LENGTH[name[0]] * name[1]
        return abs(length - mean), length

    return UnitPeriod.of(*min(standard, key=distance))
