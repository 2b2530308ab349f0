from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.calendars import Calendar, CalendarInvalid


def span(first: Any, last: Any) -> Any:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


# The State Council's list for 2026, as far as the vectors of M-07 and P-06 touch it.
OFFICIAL = Calendar.of(
    holidays=[
        *span(date(2026, 2, 15), date(2026, 2, 23)),
        *span(date(2026, 6, 19), date(2026, 6, 21)),
        *span(date(2026, 10, 1), date(2026, 10, 7)),
    ],
    makeup_workdays=[date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)],
    official_years=[2026],
)


@pytest.mark.parametrize(
    ("day", "rolled"),
    [
        (date(2026, 2, 17), date(2026, 2, 24)),
        (date(2026, 2, 28), date(2026, 2, 28)),  # a Saturday that is worked
        (date(2026, 10, 1), date(2026, 10, 8)),
        (date(2026, 10, 10), date(2026, 10, 10)),
        (date(2026, 10, 31), date(2026, 11, 2)),  # a Saturday that is not
        (date(2026, 9, 20), date(2026, 9, 20)),  # P-06: a Sunday that is worked
        (date(2026, 6, 20), date(2026, 6, 22)),  # P-06: Dragon Boat
        (date(2026, 11, 2), date(2026, 11, 2)),
    ],
)
def test_the_vectors_of_the_rules(day: date, rolled: date) -> None:
    assert OFFICIAL.next_workday(day) == rolled
    assert not OFFICIAL.is_provisional(rolled)


def test_a_year_without_an_official_list_is_provisional() -> None:
    assert OFFICIAL.is_provisional(date(2027, 1, 4))
    assert not OFFICIAL.is_provisional(date(2026, 12, 31))


def test_days_ahead_are_workdays() -> None:
    friday = date(2026, 10, 30)
    assert [OFFICIAL.add_workdays(friday, n) for n in range(3)] == [
        friday,
        date(2026, 11, 2),
        date(2026, 11, 3),
    ]
    assert OFFICIAL.add_workdays(date(2026, 10, 31), 0) == date(2026, 11, 2)
    assert OFFICIAL.add_workdays(date(2026, 9, 30), 2) == date(2026, 10, 9)
    with pytest.raises(CalendarInvalid):
        OFFICIAL.add_workdays(friday, -1)


def test_a_day_cannot_be_both() -> None:
    with pytest.raises(CalendarInvalid):
        Calendar.of(holidays=[date(2026, 10, 1)], makeup_workdays=[date(2026, 10, 1)])


def test_a_calendar_that_never_opens_is_refused() -> None:
    closed = Calendar.of(holidays=span(date(2026, 1, 1), date(2026, 12, 31)))
    with pytest.raises(CalendarInvalid):
        closed.next_workday(date(2026, 3, 1))


dates = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31))


@settings(max_examples=40)
@given(st.sets(dates, max_size=30), st.sets(dates, max_size=30), dates)
def test_a_roll_lands_on_the_first_workday(holidays: Any, worked: Any, day: date) -> None:
    calendar = Calendar.of(holidays=holidays, makeup_workdays=worked - holidays)
    rolled = calendar.next_workday(day)
    assert calendar.is_workday(rolled)
    assert calendar.next_workday(rolled) == rolled
    assert not any(calendar.is_workday(between) for between in span(day, rolled - timedelta(days=1)))
