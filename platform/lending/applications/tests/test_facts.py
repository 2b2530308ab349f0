"""Facts: what lending hands to risk, pure."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.applications.facts import whole_months, whole_years


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2026, 1, 31), date(2026, 3, 31), 2),
        (date(2024, 5, 18), date(2026, 11, 3), 29),
        (date(2026, 11, 3), date(2026, 11, 3), 0),
        (date(2026, 11, 4), date(2026, 11, 3), 0),
    ],
)
def test_whole_months(start: date, end: date, months: int) -> None:
    assert whole_months(start, end) == months


def test_an_age_turns_on_the_birthday() -> None:
    born = date(1990, 1, 2)
    assert [whole_years(born, date(2026, 1, day)) for day in (1, 2)] == [35, 36]


@given(st.dates(date(1950, 1, 1), date(2026, 1, 1)), st.integers(0, 20_000))
def test_months_never_fall_as_time_passes(start: date, days: int) -> None:
    later = date.fromordinal(start.toordinal() + days)
    assert whole_months(start, later) <= whole_months(start, date.fromordinal(later.toordinal() + 1))
