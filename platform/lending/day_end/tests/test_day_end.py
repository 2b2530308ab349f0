"""The day-end: done once, taken up where it stopped, and never past books that do not agree (J7, M-08)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from kernel.money import Money
from kernel.refusals import Refusal
from ledger.balances.models import AccountDay
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from ledger.journal.models import Entry, Posting
from lending.credit_lines import operations as lines
from lending.credit_lines.operations import LineFrozen
from lending.credit_lines.queries import get_line
from lending.day_end import operations as day_end
from lending.day_end.models import DayEndRun, DayEndStep
from lending.day_end.operations import DayEndOutOfOrder
from lending.day_end.queries import (
    RunNotFound,
    get_run,
    last_runs,
    unfinished_run,
)
from lending.day_end.steps import steps_of
from lending.loans.accrual import AccrualBehind, accrue
from lending.loans.queries import accrued_through, get_loan, loan_position
from lending.repayments import operations as repayments
from plumbing.clock import operations as clock
from plumbing.clock.queries import business_date
from plumbing.outbox.models import Waiting
from regulation.models import CalendarOverride
from regulation.operations import override_day
from testkit.servicing import (
    NOON,
    Borrower,
    ask,
    balance,
    borrower,
    broken,
    collected,
    draw,
    end_day,
    end_days,
    fund,
    lend,
    prepare,
    term_line,
)

TODAY = date(2026, 11, 2)
TOMORROW = TODAY + timedelta(days=1)
NAMES = [step.name for step in steps_of(TODAY)]


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("1000000.00")
    return borrower(limit="100000.00")


def refuses(refusal: type[Refusal], act: Callable[[], object]) -> None:
    models = (DayEndRun, DayEndStep, Entry, Posting, AccountDay, Waiting)
    before = tuple(model.objects.count() for model in models)
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert tuple(model.objects.count() for model in models) == before


def step_names() -> list[str]:
    return [step.name for step in last_runs()[0].steps if step.status == "done"]


def told(event: str) -> int:
    return Waiting.objects.filter(event__type=event).count()


def test_a_day_ends_step_by_step_and_the_next_one_opens(who: Borrower) -> None:
    lend(who, "30000.00")
    assert end_day() == TOMORROW
    (run,) = last_runs()
    assert (run.business_date, run.status) == (TODAY, "finished")
    assert [step.name for step in run.steps] == NAMES
    assert {step.status for step in run.steps} == {"done"}
    assert (balance("1303.02"), balance("6011.01")) == ("6.00", "6.00")
    assert next(step for step in run.steps if step.name == "accrue_interest").figures == {
        "interest_minor": 600,
        "penalty_minor": 0,
        "loans": 1,
        "entries": 1,
        "accrued_through": "2026-11-03",
    }
    assert accrued_through() == TOMORROW


def test_a_second_run_changes_nothing(who: Borrower) -> None:
    lend(who, "30000.00")
    end_day()
    run = day_end.begin_day_end(business_date=TODAY, now=NOON)
    counts = Entry.objects.count(), Posting.objects.count(), Waiting.objects.count()
    assert day_end.run_next_step(run_id=run.id, now=NOON) is None
    assert get_run(run_id=run.id) == run
    assert (Entry.objects.count(), Posting.objects.count(), Waiting.objects.count()) == counts
    assert business_date() == TOMORROW


def test_a_run_killed_after_any_step_goes_on_there(who: Borrower) -> None:
    lend(who, "30000.00")
    for done in range(1, len(NAMES) + 1):
        run = day_end.begin_day_end(business_date=TODAY, now=NOON)  # as a new process would
        day_end.announce_next_step(run_id=run.id, now=NOON)  # killed here, and begun again
        begun = day_end.announce_next_step(run_id=run.id, now=NOON)
        assert begun is not None
        assert (begun.name, begun.status, begun.begun_count) == (NAMES[done - 1], "running", 2)
        step = day_end.run_next_step(run_id=run.id, now=NOON)
        while step is not None and step.status == "running":  # killed between two portions
            assert step_names() == NAMES[: done - 1]
            step = day_end.run_next_step(run_id=run.id, now=NOON)
        assert step is not None
        assert (step.name, step_names()) == (NAMES[done - 1], NAMES[:done])
    assert (business_date(), balance("1303.02")) == (TOMORROW, "6.00")
    assert unfinished_run() is None


def test_who_waited_for_a_turn_did_nothing_before_it_came(who: Borrower) -> None:
    run = day_end.begin_day_end(business_date=TODAY, now=NOON)
    later = NOON + timedelta(seconds=7)
    steps = [day_end.run_next_step(run_id=run.id, now=instant) for instant in (later, NOON)]
    assert [step and step.finished_at for step in steps] == [later, later]


def test_who_goes_on_has_the_next_step_announced_with_the_one_that_is_done(who: Borrower) -> None:
    run = day_end.begin_day_end(business_date=TODAY, now=NOON)
    day_end.announce_next_step(run_id=run.id, now=NOON)
    done = day_end.run_next_step(run_id=run.id, now=NOON, goes_on=True)
    current = get_run(run_id=run.id).current
    assert (done and done.status, current and (current.name, current.status, current.begun_count)) == (
        "done",
        (NAMES[1], "running", 1),
    )
    day_end.run_next_step(run_id=run.id, now=NOON)  # by one who does not say so: nobody may come after
    current = get_run(run_id=run.id).current
    assert current and (current.name, current.status, current.begun_count) == (NAMES[2], "pending", 0)


def test_a_step_that_dies_half_way_leaves_nothing(who: Borrower) -> None:
    lend(who, "30000.00")
    run = day_end.begin_day_end(business_date=TODAY, now=NOON)
    day_end.run_next_step(run_id=run.id, now=NOON)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        day_end.run_next_step(run_id=run.id, now=NOON)
        raise KeyboardInterrupt
    assert (balance("1303.02"), step_names(), accrued_through()) == ("0.00", ["cut_off"], TODAY)
    end_day()
    assert (balance("1303.02"), business_date()) == ("6.00", TOMORROW)


def test_books_that_do_not_agree_stop_the_date_until_they_do(who: Borrower) -> None:
    lend(who, "30000.00")
    wrong = EntryDraft(
        kind="manual",
        booking_date=TODAY,
        value_date=TODAY,
        lines=(Line.debit("1303.01", Money(1)), Line.credit("4001", Money(1))),
        idempotency_key="wrong",
    )
    entry = journal.post_entry(entry=wrong, now=NOON)
    with pytest.raises(AssertionError, match=r"1303\.01"):
        end_day()
    run = unfinished_run()
    assert run is not None
    assert (run.status, business_date(), told("loan.overdue")) == ("failed", TODAY, 0)
    assert [step.status for step in run.steps if step.name == "prove"] == ["failed"]
    journal.reverse_entry(
        entry_id=entry.id, booking_date=TODAY, value_date=TODAY, idempotency_key="right", now=NOON
    )
    assert end_day() == TOMORROW
    assert broken() == []


def test_a_loan_that_differs_from_its_log_is_named(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE loans_loan SET interest_product = interest_product + 1")
    (found,) = broken()
    assert found.startswith("loans.log_is_projection: 1 of 1 loans differ")
    assert loan.public_id in found


def test_days_end_in_order(who: Borrower) -> None:
    refuses(DayEndOutOfOrder, lambda: day_end.begin_day_end(business_date=TOMORROW, now=NOON))
    day_end.begin_day_end(business_date=TODAY, now=NOON)
    refuses(DayEndOutOfOrder, lambda: day_end.begin_day_end(business_date=TOMORROW, now=NOON))
    refuses(RunNotFound, lambda: day_end.run_next_step(run_id=who.line_id, now=NOON))


@pytest.mark.parametrize("portions", range(1, len(NAMES) + 1))
def test_business_during_the_day_end_is_neither_lost_nor_counted_twice(who: Borrower, portions: int) -> None:
    """A draw and a repayment dated today, wherever the day-end stands, also between two portions."""
    first = lend(who, "30000.00")
    run = day_end.begin_day_end(business_date=TODAY, now=NOON)
    for _ in range(portions):
        day_end.run_next_step(run_id=run.id, now=NOON)
    dated = business_date()
    second = lend(who, "20000.00")
    collected(ask(who, first, principal="10000.00"))
    assert broken() == []
    while day_end.run_next_step(run_id=run.id, now=NOON) is not None:
        pass
    end_day()
    days_before, days_after = (dated - TODAY).days, (business_date() - dated).days
    earned = 600 * days_before + 400 * days_after, 400 * days_after
    paid = 600 * days_before
    owed = [
        loan_position(loan_id=loan.id, on_date=business_date()).interest.minor for loan in (first, second)
    ]
    assert owed == [earned[0] - paid, earned[1]]
    assert balance("1303.02") == str(Money(sum(owed)))
    assert broken() == []


def test_interest_runs_on_holidays_and_missed_days_are_caught_up(who: Borrower) -> None:
    lend(who, "30000.00")
    end_days(6)  # a Saturday and a Sunday among them
    assert balance("1303.02") == "36.00"
    clock.roll(from_date=business_date(), to_date=business_date() + timedelta(days=3))  # an outage
    refuses(AccrualBehind, lambda: lend(who, "1000.00"))
    end_day()
    assert balance("1303.02") == "60.00"
    assert broken() == []


def test_overdue_and_due_soon_are_told_once(who: Borrower) -> None:
    loan = lend(who, "30000.00", tenor_days=7)  # due Monday 2026-11-09
    end_days(4)
    assert (business_date(), told("loan.due_soon")) == (date(2026, 11, 6), 1)
    end_days(3)
    assert (business_date(), told("loan.overdue")) == (date(2026, 11, 9), 0)
    end_days(3)
    assert (told("loan.due_soon"), told("loan.overdue")) == (1, 1)
    late = get_loan(loan_id=loan.id, scene_id=None)
    assert (late.overdue_since_date, late.days_past_due(business_date())) == (date(2026, 11, 9), 3)
    collected(ask(who, loan, kind="full_prepay"))
    assert get_loan(loan_id=loan.id, scene_id=None).overdue_since_date is None


def test_what_is_with_the_rail_is_written_down_and_proven(who: Borrower) -> None:
    prepare(draw(who, "30000.00"))
    end_day()
    cut_off = last_runs()[0].steps[0].figures
    assert (cut_off["open_payments"], cut_off["open_payments_amount"]) == (1, "30000.00")
    assert (balance("3001"), broken()) == ("30000.00", [])


def test_ninety_days_of_three_loans_are_exact_to_the_fen(who: Borrower) -> None:
    """Daily rounded accruals of awkward amounts add up to each loan's own rounded interest."""
    loans = [lend(who, amount, tenor_days=120) for amount in ("12345.67", "777.77", "50000.01")]
    for _ in range(90):
        accrue(business_date=business_date(), now=NOON)
        clock.roll(from_date=business_date(), to_date=business_date() + timedelta(days=1))
    owed = [loan_position(loan_id=loan.id, on_date=business_date()).interest for loan in loans]
    # amount x 7.2 % x 90 / 360, half up
    assert [str(interest) for interest in owed] == ["222.22", "14.00", "900.00"]
    assert balance("1303.02") == "1136.22"


def test_a_payment_without_an_answer_for_weeks_is_an_open_item_and_the_days_go_on(who: Borrower) -> None:
    prepare(draw(who, "30000.00"))
    assert end_days(12) == TODAY + timedelta(days=12)
    proof = next(step for step in last_runs()[0].steps if step.name == "prove")
    details = {finding["invariant"]: finding["detail"] for finding in proof.figures["findings"]}
    assert details["what is pending is known"] == "1 pending, 1 of them for more than 7 days"
    assert details["loans.in_flight"].startswith("3001: books 30000.00")
    assert broken() == []


def test_the_proof_reads_what_changed_since_the_last_one(who: Borrower) -> None:
    early, late = lend(who, "30000.00"), lend(who, "10000.00")
    end_days(3)
    collected(ask(who, late, principal="1000.00"))
    end_day()
    proof = next(step for step in last_runs()[0].steps if step.name == "prove")
    details = {finding["invariant"]: finding["detail"] for finding in proof.figures["findings"]}
    assert details["loans.log_is_projection"].startswith("0 of 2 loans")
    assert details["content hashes match the contents"] == "3 checked"  # two accruals and a payment
    with connection.cursor() as cursor:
        cursor.execute("UPDATE loans_loan SET transaction_count = 7 WHERE id = %s", [early.id])
    end_day()  # not touched today: the audit's business
    assert [finding.split(":")[0] for finding in broken()] == ["loans.log_is_projection"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE loans_loan SET outstanding = outstanding - 1 WHERE id = %s", [early.id])
    with pytest.raises(AssertionError, match=r"loans\.principal"):
        end_day()


def test_a_line_is_frozen_while_a_loan_on_it_is_overdue(who: Borrower) -> None:
    first, second = lend(who, "30000.00", tenor_days=7), lend(who, "20000.00", tenor_days=7)
    lend(who, "1000.00", tenor_days=90)
    end_days(7)
    assert (line_status(who), told("credit_line.frozen")) == ("active", 0)
    end_days(2)
    assert (line_status(who), told("credit_line.frozen")) == ("frozen", 1)
    refuses(LineFrozen, lambda: draw(who, "1000.00"))
    collected(ask(who, first, kind="full_prepay"))
    assert line_status(who) == "frozen"
    collected(ask(who, second, kind="full_prepay"))
    assert (line_status(who), told("credit_line.activated")) == ("active", 2)
    draw(who, "1000.00")
    assert broken() == []


def test_a_line_that_people_froze_stays_frozen_when_the_overdue_is_paid(who: Borrower) -> None:
    loan = lend(who, "30000.00", tenor_days=7)
    lines.freeze(line_id=who.line_id, reason="watch", now=NOON)
    end_days(9)
    collected(ask(who, loan, kind="full_prepay"))
    line = get_line(line_id=who.line_id, scene_id=None)
    assert (line.status, line.frozen_reason) == ("frozen", "watch")


def line_status(who: Borrower) -> str:
    return get_line(line_id=who.line_id, scene_id=None).status


def test_a_term_loan_repaid_ends_its_line_and_a_bounced_payment_brings_it_back(who: Borrower) -> None:
    term = term_line(who)
    loan = lend(term, "100000.00", tenor_days=365)
    paid = collected(ask(term, loan, kind="full_prepay"))
    end_day()
    assert (line_status(term), line_status(who), told("credit_line.closed")) == ("closed", "active", 1)
    repayments.return_repayment(
        repayment_id=paid.id, reason="bounced", now=NOON, business_date=business_date()
    )
    line = get_line(line_id=term.line_id, scene_id=None)
    assert (line.status, str(line.outstanding)) == ("frozen", "100000.00")
    assert get_loan(loan_id=loan.id, scene_id=None).status == "active"
    assert broken() == []


def test_due_dates_follow_a_calendar_that_changed_since_the_last_day_end(who: Borrower) -> None:
    loan = lend(who, "30000.00", tenor_days=7)  # due Monday 2026-11-09
    end_day()
    override_day(
        day=date(2026, 11, 9),
        kind=CalendarOverride.Kind.HOLIDAY,
        reason="official list",
        adopted_by="risk@qinglan.example",
        now=NOON + timedelta(hours=1),
    )
    end_day()
    assert get_loan(loan_id=loan.id, scene_id=None).due_date == date(2026, 11, 10)
    assert told("loan.rescheduled") == 1
    end_day()
    assert told("loan.rescheduled") == 1
    assert broken() == []
