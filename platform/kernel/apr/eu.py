"""The annual percentage rate of charge of the European Union: one equation, intervals in years.

Directive 2008/48/EC Annex I as amended by 2011/90/EU, and Directive (EU) 2023/2225 Annex III, part I:
drawdowns discounted by (1 + X) to the power of their interval come to the same as repayments and charges. A
year is 52 weeks or 12 equal months. An interval that is no whole number of them is a whole number and days:
whole periods are counted back from the later date, then every day, over the 365 or 366 days of the year that
ends where the days end (remark c).
"""

from calendar import isleap
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from typing import Final

from kernel.apr.flows import CashFlow, CashFlowsInvalid, by_day
from kernel.apr.solving import DIGITS, PLACES, powers, solve
from kernel.apr.unit_periods import MONTHS, WEEK, WEEKS, Months
from kernel.refusals import Phrase

ONE_DECIMAL: Final = Decimal("0.001")  # of a fraction: one decimal of a percentage
FEBRUARY: Final = 2
LEAP_DAY: Final = 29


class EuInterval(StrEnum):
    """What an interval is a whole number of, before its days."""

    MONTH = "month"
    WEEK = "week"
    YEAR = "year"


PER_YEAR: Final = {EuInterval.MONTH: MONTHS, EuInterval.WEEK: WEEKS, EuInterval.YEAR: 1}


def eu_rate(flows: Sequence[CashFlow], *, interval: EuInterval | None = None) -> Decimal:
    """Return the annual percentage rate of charge as a fraction, with twelve decimals.

    Without `interval` it is months, unless every flow is a whole number of weeks after the first drawdown and
    not every one a whole number of months.
    """
    nets = by_day(flows)
    if not nets:
        raise CashFlowsInvalid(reason=Phrase("there are none"))
    days = [day for day, _ in nets]
    months_of = Months(days[1:])
    chosen = interval or _interval(months_of, days)
    times = [_interval_of(months_of, days[0], day, chosen) for day in days]

    wholes = sorted({whole for whole, _, _ in times})
    by_year = {year: sorted({odd for _, odd, of in times if of == year}) for year in {at[2] for at in times}}

    def factors(rate: Decimal) -> list[Decimal]:
        growth = (1 + rate).ln()
        by_whole = powers((-growth / PER_YEAR[chosen]).exp(), wholes)
        by_odd = {year: powers((-growth / year).exp(), odd) for year, odd in by_year.items()}
        return [by_whole[whole] * by_odd[year][odd] for whole, odd, year in times]

    with localcontext(prec=DIGITS):
        return solve([minor for _, minor in nets], factors).quantize(PLACES)


def eu_rate_shown(rate: Decimal) -> Decimal:
    """Return the rate as it is shown: to a tenth of a percent, five and more up (remark d)."""
    return rate.quantize(ONE_DECIMAL, rounding=ROUND_HALF_UP)


def eu_years(first: date, later: date, *, interval: EuInterval = EuInterval.MONTH) -> Fraction:
    """Return the interval between two dates in years."""
    whole, odd, year = _interval_of(Months((later,)), first, later, interval)
    return Fraction(whole, PER_YEAR[interval]) + Fraction(odd, year)


def _interval(months_of: Months, days: Sequence[date]) -> EuInterval:
    first, later = days[0], days[1:]
    if all(months_of.whole_months(first, day) for day in later):
        return EuInterval.MONTH
    weekly = all((day - first).days % WEEK == 0 for day in later)
    return EuInterval.WEEK if weekly else EuInterval.MONTH


def _interval_of(months_of: Months, first: date, later: date, interval: EuInterval) -> tuple[int, int, int]:
    """Return whole periods, the odd days before them, and the days of the year those are a part of."""
    if interval is EuInterval.WEEK:
        whole = (later - first).days // WEEK
        end = later - timedelta(weeks=whole)
    else:
        months = months_of.full_months(first, later)
        whole = months if interval is EuInterval.MONTH else months // MONTHS
        end = months_of.back(later, whole if interval is EuInterval.MONTH else whole * MONTHS)
    return whole, (end - first).days, _days_in_year_to(end)


def _days_in_year_to(end: date) -> int:
    """Return 366 when the year that ends on this day has a 29 February, else 365."""
    year = end.year if (end.month, end.day) >= (FEBRUARY, LEAP_DAY) else end.year - 1
    return 366 if isleap(year) else 365
