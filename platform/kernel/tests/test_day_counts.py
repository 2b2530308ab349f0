from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.day_counts import DayCount, DayCountInvalid, days, year_fraction

US, E = DayCount.THIRTY_360_US, DayCount.THIRTY_E_360
ISDA, ICMA = DayCount.ACT_ACT_ISDA, DayCount.ACT_ACT_ICMA


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "end", "us", "european", "actual"),
    [
        # The pairs of ISDA's published comparison of the 30/360 rules; US counts February's end as the 30th.
        ("2007-01-15", "2007-01-30", 15, 15, 15),
        ("2007-01-15", "2007-02-15", 30, 30, 31),
        ("2007-01-15", "2007-07-15", 180, 180, 181),
        ("2007-09-30", "2008-03-31", 180, 180, 183),
        ("2007-09-30", "2007-10-31", 30, 30, 31),
        ("2007-09-30", "2008-09-30", 360, 360, 366),
        ("2007-01-15", "2007-01-31", 16, 15, 16),
        ("2007-01-31", "2007-02-28", 28, 28, 28),
        ("2007-02-28", "2007-03-31", 30, 32, 31),
        ("2006-08-31", "2007-02-28", 178, 178, 181),
        ("2007-02-28", "2007-08-31", 180, 182, 184),
        ("2007-02-14", "2007-02-28", 14, 14, 14),
        ("2007-02-26", "2008-02-29", 363, 363, 368),
        ("2008-02-29", "2009-02-28", 360, 359, 365),
        ("2008-02-29", "2008-03-30", 30, 31, 30),
        ("2008-02-29", "2008-03-31", 30, 31, 31),
        ("2007-02-28", "2007-03-05", 5, 7, 5),
        ("2007-10-31", "2007-11-28", 28, 28, 28),
        ("2007-08-31", "2008-02-29", 179, 179, 182),
        ("2008-02-29", "2008-08-31", 180, 181, 184),
        ("2008-08-31", "2009-02-28", 178, 178, 181),
        ("2009-02-28", "2009-08-31", 180, 182, 184),
        ("2012-02-28", "2012-03-28", 30, 30, 29),  # not the end of a leap February
        ("2011-08-31", "2012-02-28", 178, 178, 181),
    ],
)
def test_thirty_and_actual_days(start: str, end: str, us: int, european: int, actual: int) -> None:
    span = day(start), day(end)
    assert (days(US, *span), days(E, *span), days(DayCount.ACT_360, *span)) == (us, european, actual)
    assert year_fraction(US, *span) == Fraction(us, 360)
    assert year_fraction(E, *span) == Fraction(european, 360)
    assert year_fraction(DayCount.ACT_360, *span) == Fraction(actual, 360)
    assert year_fraction(DayCount.ACT_365F, *span) == Fraction(actual, 365)


@pytest.mark.parametrize(
    ("start", "end", "periods", "per_year", "isda", "icma"),
    [
        # The ISDA memorandum of 1998 on actual/actual: regular, short and long first, short and long last.
        ("2003-11-01", "2004-05-01", "2003-11-01 2004-05-01", 2,
         Fraction(61, 365) + Fraction(121, 366), Fraction(182, 182 * 2)),
        ("1999-02-01", "1999-07-01", "1998-07-01 1999-07-01", 1, Fraction(150, 365), Fraction(150, 365)),
        ("1999-07-01", "2000-07-01", "1999-07-01 2000-07-01", 1,
         Fraction(184, 365) + Fraction(182, 366), Fraction(1)),
        ("2002-08-15", "2003-07-15", "2002-07-15 2003-01-15 2003-07-15", 2,
         Fraction(334, 365), Fraction(181, 181 * 2) + Fraction(153, 184 * 2)),
        ("2003-07-15", "2004-01-15", "2003-07-15 2004-01-15", 2,
         Fraction(170, 365) + Fraction(14, 366), Fraction(1, 2)),
        ("1999-07-30", "2000-01-30", "1999-07-30 2000-01-30", 2,
         Fraction(155, 365) + Fraction(29, 366), Fraction(1, 2)),
        ("2000-01-30", "2000-06-30", "2000-01-30 2000-07-30", 2, Fraction(152, 366), Fraction(152, 182 * 2)),
        ("1999-11-30", "2000-04-30", "1999-11-30 2000-02-29 2000-05-31", 4,
         Fraction(32, 365) + Fraction(120, 366), Fraction(91, 91 * 4) + Fraction(61, 92 * 4)),
    ],
)  # fmt: skip
def test_actual_actual_as_published(
    start: str, end: str, periods: str, per_year: int, isda: Fraction, icma: Fraction
) -> None:
    bounds = [day(text) for text in periods.split()]
    assert year_fraction(ISDA, day(start), day(end)) == isda
    assert year_fraction(ICMA, day(start), day(end), periods=bounds, per_year=per_year) == icma


def test_the_figures_of_the_memorandum_as_decimals() -> None:
    regular = year_fraction(ISDA, day("2003-11-01"), day("2004-05-01"))
    assert f"{float(regular) * 10000:.2f}" == "4977.24"
    bounds = [day("2002-07-15"), day("2003-01-15"), day("2003-07-15")]
    long_first = year_fraction(ICMA, day("2002-08-15"), day("2003-07-15"), periods=bounds, per_year=2)
    assert f"{float(long_first) * 10000:.2f}" == "9157.61"


def test_whole_years_between_leap_and_common_ones() -> None:
    assert year_fraction(ISDA, day("2023-07-01"), day("2026-07-01")) == 3  # 184 + 181 days of common years
    assert year_fraction(ISDA, day("2024-03-01"), day("2025-03-01")) == Fraction(306, 366) + Fraction(59, 365)
    assert year_fraction(ISDA, day("1900-01-01"), day("1901-01-01")) == 1  # 1900 was no leap year


starts = st.dates(min_value=date(1995, 1, 1), max_value=date(2050, 1, 1))
lengths = st.integers(min_value=0, max_value=1_500)


@settings(max_examples=60)
@given(starts, lengths, lengths)
def test_actual_counts_are_additive_and_isda_weighs_every_day(start: date, one: int, two: int) -> None:
    middle, end = start + timedelta(days=one), start + timedelta(days=one + two)
    for count in (DayCount.ACT_360, DayCount.ACT_365F, ISDA):
        whole = year_fraction(count, start, end)
        assert whole == year_fraction(count, start, middle) + year_fraction(count, middle, end)
    in_leap_years = sum(
        (start + timedelta(days=number)).year % 4 == 0 for number in range(one + two)
    )  # 1996 to 2052: no exception
    assert year_fraction(ISDA, start, end) == Fraction(in_leap_years, 366) + Fraction(
        one + two - in_leap_years, 365
    )


@settings(max_examples=60)
@given(starts, lengths)
def test_thirty_day_months_never_count_backwards(start: date, length: int) -> None:
    for count in (US, E):
        counted = [days(count, start, start + timedelta(days=number)) for number in (length, length + 1)]
        assert 0 <= counted[0] <= counted[1]
        assert abs(counted[0] - length * 360 / 365.25) < 8


@pytest.mark.parametrize("count", list(DayCount))
def test_a_span_that_runs_backwards_is_refused(count: DayCount) -> None:
    with pytest.raises(DayCountInvalid):
        year_fraction(count, day("2026-02-02"), day("2026-02-01"), periods=[], per_year=1)


@pytest.mark.parametrize(
    ("periods", "per_year"),
    [((), 2), (("2026-01-01",), 2), (("2026-01-01", "2026-04-01"), 0), (("2026-02-01", "2026-07-01"), 2),
     (("2025-12-01", "2026-03-01"), 2)],
)  # fmt: skip
def test_icma_needs_the_periods_that_cover_the_span(periods: Any, per_year: int) -> None:
    bounds = [day(text) for text in periods]
    with pytest.raises(DayCountInvalid):
        year_fraction(ICMA, day("2026-01-15"), day("2026-05-01"), periods=bounds, per_year=per_year)
