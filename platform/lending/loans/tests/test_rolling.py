"""A calendar that changes moves the due dates ahead, and nothing else (M-07, L-07)."""

from datetime import date, timedelta

import pytest

from ledger.journal.models import Entry
from lending.loans import operations as loans
from lending.loans.models import LoanTransaction, PastInstalment
from lending.loans.queries import get_loan, instalments, loan_position
from lending.loans.tests.test_scheduled import go_to, line_of, offer_weekly, pay
from plumbing.clock.queries import business_date
from regulation.models import CalendarOverride
from regulation.operations import override_day
from regulation.queries import calendar
from testkit.servicing import NOON, Borrower, borrower, broken, fund, lend

TODAY = date(2026, 11, 2)
DUE = TODAY + timedelta(14)
KIND = CalendarOverride.Kind


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("1000000.00")
    offer_weekly(TODAY)
    return borrower(limit="100000.00")


def decree(day: date, kind: CalendarOverride.Kind) -> int:
    """Change the calendar and let the loans follow; return how many did."""
    before = calendar()
    override_day(day=day, kind=kind, reason="decree", adopted_by="officer", now=NOON)
    asked = {"business_date": business_date(), "now": NOON}
    moves = loans.moves_between(before=before, after=calendar(), business_date=business_date())
    count = loans.move_due_dates(moves=moves, **asked, limit=1)
    while loans.move_due_dates(moves=moves, **asked, limit=1):
        count += 1
    return count


def test_due_dates_ahead_follow_the_calendar_and_cost_nothing(who: Borrower) -> None:
    weekly = lend(line_of(who, "weekly_level"), "36000.00", tenor_days=35)
    daily = lend(who, "20000.00", tenor_days=14)
    go_to(TODAY + timedelta(8))
    first = instalments(loan_id=weekly.id)[0]
    pay(weekly, first.principal_due + first.interest_due, on=first.due_date)
    rows, entries = instalments(loan_id=weekly.id), Entry.objects.count()
    assert decree(TODAY, KIND.HOLIDAY) == 0  # gone by
    assert decree(DUE, KIND.HOLIDAY) == 2
    moved = instalments(loan_id=weekly.id)
    assert [row.due_date - row.nominal_due_date for row in moved] == [
        timedelta(days=1 if row.nominal_due_date == DUE else 0) for row in rows
    ]
    assert [row.interest_due for row in moved] == [row.interest_due for row in rows]
    assert get_loan(loan_id=weekly.id, scene_id=None).schedule_version == 2
    past = PastInstalment.objects.get(loan_id=weekly.id)
    assert (past.due_date, past.number, past.schedule_version) == (DUE, 2, 1)
    shifted = get_loan(loan_id=daily.id, scene_id=None)
    assert (shifted.due_date, shifted.maturity_date) == (DUE + timedelta(1), DUE)
    assert Entry.objects.count() == entries
    assert broken() == []
    pay(weekly, "1000.00", on=TODAY + timedelta(1), choice="keep_term")
    assert instalments(loan_id=weekly.id)[1].due_date == DUE + timedelta(1)
    go_to(DUE + timedelta(1))
    for loan in (weekly, daily):
        assert loan_position(loan_id=loan.id, on_date=business_date()).penalty.minor == 0
    assert broken() == []


def test_a_holiday_called_off_brings_the_dates_back_but_not_what_has_passed(
    who: Borrower,
) -> None:
    loan = lend(line_of(who, "weekly_level"), "36000.00", tenor_days=35)
    assert decree(DUE, KIND.HOLIDAY) == 1
    assert decree(DUE, KIND.AS_LISTED) == 1
    assert {row.due_date - row.nominal_due_date for row in instalments(loan_id=loan.id)} == {timedelta(0)}
    kinds = LoanTransaction.objects.filter(loan_id=loan.id).values_list("kind", flat=True)
    assert list(kinds) == ["disbursement", "due_date_move", "due_date_move"]
    go_to(DUE)
    assert decree(DUE, KIND.HOLIDAY) == 0
    assert broken() == []
