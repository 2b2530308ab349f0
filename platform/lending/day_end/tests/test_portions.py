"""Portions, kills between them, the month's end, and what a dead worker leaves to be taken up."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from kernel.money import Money
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from ledger.journal.models import Entry
from ledger.journal.operations import PeriodClosed
from ledger.journal.queries import periods
from lending.day_end import operations as day_end
from lending.day_end import steps
from lending.day_end.queries import StepView, get_run, last_runs, left_behind, seconds_by_day, unfinished_run
from lending.loans import watch
from lending.loans.models import Loan
from plumbing.clock.queries import business_date
from plumbing.outbox.models import Waiting
from testkit.clock import after
from testkit.servicing import NOON, Borrower, at_the_counter, balance, borrower, broken, end_days, fund, lend

TODAY = date(2026, 11, 2)


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("1000000.00")
    return borrower(limit="100000.00")


def step_of(name: str) -> StepView:
    return next(step for step in last_runs()[0].steps if step.name == name)


def test_a_step_over_many_loans_goes_in_portions_and_a_kill_between_them_costs_nothing(
    who: Borrower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "LOANS_A_PORTION", 2)
    for _ in range(5):
        lend(who, "1000.00", tenor_days=7)  # due on Monday, 2026-11-09
    end_days(7)
    run = day_end.begin_day_end(business_date=date(2026, 11, 9), now=NOON)
    while (current := get_run(run_id=run.id).current) is not None and current.name != "roll_overdue":
        day_end.run_next_step(run_id=run.id, now=NOON)
    seen = []
    for _ in range(3):
        day_end.announce_next_step(run_id=run.id, now=NOON)  # every portion by another process
        step = day_end.run_next_step(run_id=run.id, now=NOON)
        assert step is not None
        marked = Loan.objects.filter(overdue_since_date__isnull=False).count()
        seen.append((step.status, step.rows_done, step.rows_total, step.begun_count, marked))
    assert seen == [("running", 2, 5, 1, 2), ("running", 4, 5, 2, 4), ("done", 5, 5, 3, 5)]
    assert Waiting.objects.filter(event__type="loan.overdue").count() == 5
    while day_end.run_next_step(run_id=run.id, now=NOON) is not None:
        pass
    assert unfinished_run() is None
    assert broken() == []


def a_payment_in_flight_leaves_its_month_open_and_stops_nothing() -> None:
    """Try it where a month is about to end, and undo the try."""
    undo = transaction.savepoint()
    lines = (Line.debit("4001", Money(1)), Line.credit("1003", Money(1)))
    held = EntryDraft("manual", business_date(), business_date(), lines, "in flight", pending=True)
    journal.post_entry(entry=held, now=NOON)
    assert end_days(1) == date(2026, 12, 1)
    assert step_of("close_month").figures == {"month": ""}
    assert {period.state for period in periods()} == {"open"}
    transaction.savepoint_rollback(undo)


def test_whom_nobody_has_told_yet_is_found_by_an_index_of_just_those(qinglan: str) -> None:
    """The words of a partial index and of its query must stay the same, or a day reads every loan."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    wanted = {"loan_not_reminded": watch._due_soon(TODAY), "loan_not_marked_overdue": watch._crossing(TODAY)}
    for index, loans in wanted.items():
        assert index in loans.order_by("oldest_due_date", "id").values("id").explain()


def test_the_last_day_of_a_month_closes_it_and_late_receipts_are_booked_in_the_next(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    end_days(28)
    assert "close_month" not in {step.name for step in last_runs()[0].steps}
    a_payment_in_flight_leaves_its_month_open_and_stops_nothing()
    assert end_days(1) == date(2026, 12, 1)
    assert balance("1303.02") == "174.00"
    assert step_of("close_month").figures == {"month": "2026-11"}
    assert [(period.month, period.state, period.closed_by) for period in periods()] == [
        (date(2026, 11, 1), "closed", "day_end"),
        (date(2026, 12, 1), "open", ""),
    ]
    late = EntryDraft(
        "manual", TODAY, TODAY, (Line.debit("1003", Money(1)), Line.credit("4001", Money(1))), "late"
    )
    before = Entry.objects.count()
    with pytest.raises(PeriodClosed), transaction.atomic():
        journal.post_entry(entry=late, now=NOON)
    assert Entry.objects.count() == before
    at_the_counter(loan, "10000.00", received_date=date(2026, 11, 28), receipt_no="R-1")
    corrected = Entry.objects.get(kind="loan.interest_correction")
    assert (corrected.booking_date, corrected.value_date) == (date(2026, 12, 1), date(2026, 11, 28))
    end_days(1)
    assert broken() == []


def test_what_a_dead_worker_left_is_known_by_its_silence(who: Borrower) -> None:
    silent, soon = after(seconds=11), after(seconds=-1)
    assert left_behind(touched_before=silent) is None
    run = day_end.begin_day_end(business_date=TODAY, now=NOON, until_date=date(2026, 11, 5))
    day_end.run_next_step(run_id=run.id, now=NOON)
    assert left_behind(touched_before=soon) is None  # somebody is at work on it
    found = left_behind(touched_before=silent)
    assert found is not None
    assert (found.business_date, found.until_date) == (TODAY, date(2026, 11, 5))
    while day_end.run_next_step(run_id=run.id, now=NOON) is not None:
        pass
    between = left_behind(touched_before=silent)  # killed after a day and before the next
    assert between is not None
    assert (between.business_date, between.until_date) == (date(2026, 11, 3), date(2026, 11, 5))
    end_days(2)
    assert left_behind(touched_before=silent) is None


def test_a_failed_proof_waits_for_people_and_is_tried_anew_in_whole(who: Borrower) -> None:
    lend(who, "30000.00")
    wrong = EntryDraft(
        "manual", TODAY, TODAY, (Line.debit("1303.01", Money(1)), Line.credit("4001", Money(1))), "wrong"
    )
    entry = journal.post_entry(entry=wrong, now=NOON)
    with pytest.raises(AssertionError, match=r"1303\.01"):
        end_days(1)
    assert left_behind(touched_before=after(days=1)) is None
    first = len(step_of("prove").figures["findings"])
    journal.reverse_entry(
        entry_id=entry.id, booking_date=TODAY, value_date=TODAY, idempotency_key="right", now=NOON
    )
    end_days(1)
    assert len(step_of("prove").figures["findings"]) == first  # no finding twice
    assert all(one["figures"] for one in step_of("prove").figures["findings"])
    assert business_date() == TODAY + timedelta(days=1)


def test_the_seconds_of_past_days_are_read_oldest_first(who: Borrower) -> None:
    end_days(3)
    past = seconds_by_day(days=2)
    assert [one.business_date for one in past] == [date(2026, 11, 3), date(2026, 11, 4)]
    assert [one.milliseconds for one in past] == [run.milliseconds for run in reversed(last_runs(limit=2))]
