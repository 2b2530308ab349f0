from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.recurrence import (
    DAILY,
    MONTHLY,
    QUARTERLY,
    WEEKLY,
    DateBeyondCalendar,
    Frequency,
    FrequencyInvalid,
    Unit,
    back_from,
    date_at,
    due_dates,
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def days(text: str) -> tuple[date, ...]:
    return tuple(day(one) for one in text.split())


@pytest.mark.parametrize(
    ("start", "frequency", "expected"),
    [
        ("2026-01-31", MONTHLY, "2026-02-28 2026-03-31 2026-04-30 2026-05-31"),
        ("2026-01-30", MONTHLY, "2026-02-28 2026-03-30 2026-04-30 2026-05-30"),
        ("2026-01-29", MONTHLY, "2026-02-28 2026-03-29 2026-04-29 2026-05-29"),
        ("2028-01-31", MONTHLY, "2028-02-29 2028-03-31 2028-04-30"),
        ("2028-01-29", MONTHLY, "2028-02-29 2028-03-29"),
        ("2028-02-29", Frequency(Unit.MONTH, 12), "2029-02-28 2030-02-28 2031-02-28 2032-02-29"),
        ("2026-11-30", QUARTERLY, "2027-02-28 2027-05-30 2027-08-30"),
        ("2026-10-31", Frequency(Unit.MONTH, 5), "2027-03-31 2027-08-31 2028-01-31 2028-06-30"),
        ("2026-12-30", WEEKLY, "2027-01-06 2027-01-13"),
        ("2026-02-20", Frequency(Unit.WEEK, 2), "2026-03-06 2026-03-20"),
        ("2028-02-27", DAILY, "2028-02-28 2028-02-29 2028-03-01"),
        ("2026-02-20", Frequency(Unit.DAY, 10), "2026-03-02 2026-03-12"),
    ],
)
def test_every_date_is_counted_from_the_anchor(start: str, frequency: Frequency, expected: str) -> None:
    wanted = days(expected)
    assert due_dates(start=day(start), frequency=frequency, count=len(wanted)) == wanted


@pytest.mark.parametrize(
    ("first", "anchor_day", "expected"),
    [
        ("2026-02-28", 31, "2026-02-28 2026-03-31 2026-04-30"),
        ("2026-02-28", None, "2026-02-28 2026-03-28 2026-04-28"),
        ("2026-03-10", 25, "2026-03-10 2026-04-25 2026-05-25"),
    ],
)
def test_an_odd_first_period_and_the_day_that_is_meant(first: str, anchor_day: Any, expected: str) -> None:
    found = due_dates(
        start=day("2026-01-12"), frequency=MONTHLY, count=3, first=day(first), anchor_day=anchor_day
    )
    assert found == days(expected)


def test_an_anchor_day_without_a_first_date() -> None:
    found = due_dates(start=day("2026-01-12"), frequency=MONTHLY, count=3, anchor_day=31)
    assert found == days("2026-02-28 2026-03-31 2026-04-30")


months = st.builds(Frequency, st.just(Unit.MONTH), st.integers(min_value=1, max_value=24))


@settings(max_examples=80)
@given(
    st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 12, 31)),
    months,
    st.integers(min_value=-60, max_value=60),
)
def test_monthly_dates_are_the_anchors_day_or_the_end_of_the_month(
    anchor: date, frequency: Frequency, number: int
) -> None:
    found = date_at(anchor=anchor, frequency=frequency, number=number)
    assert (found.year * 12 + found.month) - (anchor.year * 12 + anchor.month) == number * frequency.every
    is_last = (found + timedelta(days=1)).month != found.month
    assert found.day == anchor.day or (is_last and found.day < anchor.day)


def test_counting_back_finds_whole_periods_and_what_is_left() -> None:
    assert back_from(day("2026-04-25"), start=day("2026-03-10"), frequency=MONTHLY) == (1, day("2026-03-25"))
    assert back_from(day("2026-03-31"), start=day("2026-02-28"), frequency=MONTHLY, anchor_day=31) == (
        1,
        day("2026-02-28"),
    )
    assert back_from(day("2026-02-03"), start=day("2026-02-01"), frequency=WEEKLY) == (0, day("2026-02-03"))


def test_the_parts_of_a_year() -> None:
    assert [f.per_year for f in (MONTHLY, QUARTERLY, WEEKLY, DAILY)] == [12, 4, 52, 365]
    assert Frequency(Unit.MONTH, 5).per_year == Fraction(12, 5)


@pytest.mark.parametrize(
    ("unit", "every"),
    [(Unit.MONTH, 0), (Unit.MONTH, -1), (Unit.MONTH, 121), (Unit.WEEK, 521), (Unit.DAY, 3661),
     (Unit.MONTH, 1.0), (Unit.MONTH, True), (Unit.MONTH, "1"), ("fortnight", 1)],
)  # fmt: skip
def test_what_is_no_frequency_is_refused(unit: Any, every: Any) -> None:
    with pytest.raises(FrequencyInvalid):
        Frequency(unit, every)


def test_dates_beyond_the_calendar_are_refused() -> None:
    for anchor, number in ((date(9_999, 1, 1), 1), (date(2026, 1, 1), 10**7), (date(2, 1, 1), -30)):
        with pytest.raises(DateBeyondCalendar):
            date_at(anchor=anchor, frequency=MONTHLY, number=number)
    with pytest.raises(DateBeyondCalendar):
        date_at(anchor=date(2026, 1, 1), frequency=DAILY, number=10**9)
    for anchor_day in (0, 32, -1):
        with pytest.raises(DateBeyondCalendar):
            due_dates(start=date(2026, 1, 1), frequency=MONTHLY, count=1, anchor_day=anchor_day)


def test_weeks_and_days_are_as_long_everywhere_and_months_are_not() -> None:
    assert [Frequency(unit, 3).days for unit in (Unit.DAY, Unit.WEEK, Unit.MONTH)] == [3, 21, 0]
    far, near = date(8_900, 1, 1), date(1_600, 1, 2)
    assert back_from(far, start=near, frequency=Frequency(Unit.DAY, 7)) == back_from(
        far, start=near, frequency=Frequency(Unit.WEEK)
    )
    number, reached = back_from(date(2026, 3, 2), start=date(2026, 2, 1), frequency=Frequency(Unit.WEEK, 2))
    assert (number, reached) == (2, date(2026, 2, 2))
