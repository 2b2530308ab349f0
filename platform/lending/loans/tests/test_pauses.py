"""Interest that pauses: by either calculator, ahead or back-dated, decided by two people (K-07, C-06)."""

from datetime import date, timedelta

import pytest

from kernel.money import Money
from kernel.rates import AnnualRate
from lending.loans import operations as loans
from lending.loans.queries import get_loan, instalments, loan_position
from lending.loans.queries.notes import log_notes
from lending.loans.tests.test_scheduled import go_to, line_of, offer_weekly, pause, pay, refuses
from plumbing.audit.models import AuditRecord
from plumbing.clock.queries import business_date
from testkit.servicing import NOON, Borrower, balance, borrower, broken, fund, lend

TODAY = date(2026, 11, 2)


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("1000000.00")
    offer_weekly(TODAY)
    return borrower(limit="100000.00")


def test_a_schedule_bears_nothing_in_its_pause_and_what_was_accrued_is_given_back(who: Borrower) -> None:
    loan = lend(line_of(who, "weekly_interest"), "36000.00", tenor_days=35)
    go_to(TODAY + timedelta(5))
    assert balance("1303.02") == "35.61"
    second = TODAY + timedelta(14)
    refuses(loans.SamePerson, lambda: pause(loan, TODAY, second, approved_by="maker"))
    refuses(loans.TermsNotChangeable, lambda: pause(loan, TODAY, second + timedelta(1)))
    ahead = TODAY + timedelta(9)
    refuses(loans.TermsNotChangeable, lambda: pause(loan, ahead, second))
    refuses(loans.ValueDateInvalid, lambda: pause(loan, second, second))
    paused = pause(loan, TODAY + timedelta(3), second)
    assert (balance("1303.02"), paused.restructured_date) == ("21.36", business_date())
    assert [str(row.interest_due) for row in instalments(loan_id=loan.id)[:3]] == ["21.36", "0.00", "49.85"]
    assert log_notes(loan_id=loan.id)[-1].paused == (TODAY + timedelta(3), second)
    assert AuditRecord.objects.filter(action="loan.paused").count() == 1
    received = pay(loan, "6000.00", on=TODAY + timedelta(1))
    go_to(second + timedelta(2))
    loans.reverse_receipt(transaction_id=received.transaction.id, business_date=business_date(), now=NOON)
    interest = loan_position(loan_id=loan.id, on_date=business_date()).interest
    assert interest == Money.parse("35.60")  # three days before, two after
    assert broken() == []


def test_a_daily_loan_bears_nothing_in_its_pause_and_its_rate_of_the_day_after_it(who: Borrower) -> None:
    loan = lend(who, "36000.00", tenor_days=60)
    go_to(TODAY + timedelta(4))
    until = TODAY + timedelta(10)
    assert str(pause(loan, TODAY + timedelta(2), until).annual_rate) == "0.000000"
    assert balance("1303.02") == "14.40"
    refuses(loans.TermsNotChangeable, lambda: pause(loan, business_date(), until))
    loans.change_rate(
        loan_id=loan.id,
        annual_rate=AnnualRate.parse("0.060000"),
        penalty_rate=AnnualRate.parse("0.090000"),
        from_date=TODAY + timedelta(6),
        reason="LPR",
        business_date=business_date(),
        now=NOON,
    )
    while business_date() < until:
        loans.apply_rate_changes(business_date=business_date(), now=NOON)
        go_to(business_date() + timedelta(1))
    loans.apply_rate_changes(business_date=business_date(), now=NOON)
    assert balance("1303.02") == "14.40"
    go_to(until + timedelta(3))
    assert balance("1303.02") == "32.40"  # three days of 6.00
    assert str(get_loan(loan_id=loan.id, scene_id=None).annual_rate) == "0.060000"
    assert broken() == []
