"""The business date starts once and only moves forward."""

from datetime import date

import pytest

from plumbing.clock import operations, queries
from plumbing.clock.models import BusinessClock


def test_the_clock_stands_at_the_first_business_date(qinglan: str) -> None:
    assert queries.business_date() == date(2026, 11, 2)


def test_rolling_moves_the_date(qinglan: str) -> None:
    operations.roll(from_date=date(2026, 11, 2), to_date=date(2026, 11, 3))
    assert queries.business_date() == date(2026, 11, 3)
    assert BusinessClock.objects.get().previous_date == date(2026, 11, 2)


def test_starting_again_on_the_same_day_changes_nothing(qinglan: str) -> None:
    operations.start(business_date=date(2026, 11, 2))
    assert BusinessClock.objects.count() == 1


def test_starting_on_another_day_is_refused(qinglan: str) -> None:
    with pytest.raises(operations.DateMismatch) as refused:
        operations.start(business_date=date(2026, 11, 3))
    assert refused.value.params == {"current": date(2026, 11, 2), "given": date(2026, 11, 3)}
    assert queries.business_date() == date(2026, 11, 2)


@pytest.mark.parametrize("to_date", [date(2026, 11, 2), date(2026, 11, 1)])
def test_rolling_back_is_refused(qinglan: str, to_date: date) -> None:
    with pytest.raises(operations.DateNotLater):
        operations.roll(from_date=date(2026, 11, 2), to_date=to_date)
    assert queries.business_date() == date(2026, 11, 2)


def test_rolling_from_another_day_is_refused(qinglan: str) -> None:
    with pytest.raises(operations.DateMismatch):
        operations.roll(from_date=date(2026, 11, 3), to_date=date(2026, 11, 4))
    assert queries.business_date() == date(2026, 11, 2)


def test_a_bank_without_a_clock_says_so(qinglan: str) -> None:
    BusinessClock.objects.all().delete()
    with pytest.raises(queries.ClockNotStarted):
        queries.business_date()
    with pytest.raises(queries.ClockNotStarted):
        operations.roll(from_date=date(2026, 11, 2), to_date=date(2026, 11, 3))
    assert BusinessClock.objects.count() == 0
