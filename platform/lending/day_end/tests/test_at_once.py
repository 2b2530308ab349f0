"""A small bank's days in one transaction: the same steps, and nothing of them when the books do not agree."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from lending.day_end.at_once import for_nobody, run_at_once
from lending.day_end.models import DayEndRun
from lending.day_end.operations import DayEndOutOfOrder, begin_day_end
from lending.day_end.queries import last_runs
from lending.day_end.steps import PROVES, ProofFailed, steps_of
from lending.loans.accrual import hold_book
from plumbing.clock.queries import business_date
from testkit.servicing import NOON, Borrower, borrower, broken, end_day, fund, lend, term_line

TODAY = date(2026, 11, 2)
LATER = NOON + timedelta(days=3650)  # than the bank adopted its calendar, which it did while it was made


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("1000000.00")
    who = term_line(borrower())
    lend(who, "100000.00", tenor_days=365)
    return who


def days(to_date: date, waits: Callable[[date], bool] = for_nobody) -> list[int]:
    """End days at once up to a date; return how many were committed together each time."""
    counts = []
    while business_date() < to_date:
        counts.append(run_at_once(business_date=business_date(), now=LATER, before_date=to_date, waits=waits))
    return counts


def test_days_are_proven_together_and_leave_a_row_for_each_step(who: Borrower) -> None:
    assert days(date(2026, 12, 1)) == [1, 28]  # the first alone; a reminder and a month's end on the way
    runs = last_runs(limit=40)
    assert [run.business_date for run in reversed(runs)] == [TODAY + timedelta(days=n) for n in range(29)]
    for run in runs:
        assert [step.name for step in run.steps] == [step.name for step in steps_of(run.business_date)]
        assert {step.status for step in run.steps} == {run.status.replace("finished", "done")} == {"done"}
    proofs = {run.business_date: step.figures for run in runs for step in run.steps if step.name == PROVES}
    assert proofs[date(2026, 11, 29)] == {"findings": [], "with_later_day": True}
    assert len(proofs[date(2026, 11, 30)]["findings"]) > 10
    assert broken() == []
    assert hold_book(business_date=business_date()) == business_date()  # nobody is kept from the books


def test_days_stop_where_somebody_has_to_act(who: Borrower) -> None:
    days(TODAY + timedelta(days=1))
    asked: list[date] = []

    def waits(day: date) -> bool:
        asked.append(day)
        return day >= date(2026, 11, 29)

    assert days(date(2026, 11, 30), waits)[0] == 26  # the reminder's day, then one that somebody waits for
    assert business_date() == date(2026, 11, 30)
    # Of the days between nobody was asked but of the first: whatever moved somebody to act is there by then.
    assert asked == [TODAY + timedelta(days=2), date(2026, 11, 29)]


def test_only_the_first_day_ends_where_somebody_waits_already(who: Borrower) -> None:
    days(TODAY + timedelta(days=1))
    assert days(TODAY + timedelta(days=3), lambda _: True) == [1, 1]


def test_what_does_not_agree_undoes_every_day_together(who: Borrower) -> None:
    assert days(TODAY + timedelta(days=1)) == [1]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE loans_loan SET outstanding = outstanding - 1")
    with pytest.raises(ProofFailed), transaction.atomic():
        days(date(2026, 11, 20))
    assert (business_date(), DayEndRun.objects.count()) == (TODAY + timedelta(days=1), 1)
    with pytest.raises(AssertionError, match="loans"):
        end_day()  # step by step says what it is


def test_a_run_begun_before_is_left_to_whoever_goes_on_with_it(who: Borrower) -> None:
    with pytest.raises(DayEndOutOfOrder):
        run_at_once(business_date=TODAY + timedelta(days=1), now=NOON)
    begin_day_end(business_date=TODAY, now=NOON)
    assert run_at_once(business_date=TODAY, now=NOON) == 0
    assert business_date() == TODAY
