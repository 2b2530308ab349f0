"""What was paid too much pays what falls due; the rest goes back to its source only (L-08, J6)."""

from datetime import date, timedelta

import pytest

from kernel.money import Money
from ledger.journal.models import Entry
from lending.loans import operations as loans
from lending.loans.accrual import roll_due
from lending.loans.models import LoanTransaction
from lending.loans.queries import get_loan, instalments, loan_position
from lending.loans.tests.test_scheduled import go_to, line_of, offer_weekly, pay
from plumbing.clock.queries import business_date
from testkit.servicing import NOON, Borrower, balance, borrower, broken, fund, lend

TODAY = date(2026, 11, 2)
DUE = TODAY + timedelta(7)


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("1000000.00")
    offer_weekly(TODAY)
    return borrower(limit="100000.00")


def test_a_credit_pays_the_instalment_on_its_day_and_no_day_before(who: Borrower) -> None:
    loan = lend(line_of(who, "weekly_level"), "36000.00", tenor_days=35)
    held = loans.receive(
        loan_id=loan.id,
        amount=Money.parse("8000.00"),
        kind="repayment",
        value_date=TODAY,
        reference="test",
        business_date=TODAY,
        now=NOON,
        prepayment="hold",
        source_account_id=who.bank_account_id,
    )
    assert str(held.loan.credit_balance) == "8000.00"
    go_to(DUE - timedelta(1))
    assert loans.use_credit_balances(business_date=business_date(), now=NOON) == 0
    go_to(DUE)
    first = instalments(loan_id=loan.id)[0]
    roll_due(business_date=DUE, now=NOON)
    assert loans.use_credit_balances(business_date=DUE, now=NOON) == 1
    left = Money.parse("8000.00") - first.principal_due - first.interest_due
    assert instalments(loan_id=loan.id)[0].is_paid
    used = LoanTransaction.objects.get(loan_id=loan.id, kind="credit_use")
    entry = Entry.objects.get(id=used.entry_id)
    assert (used.excess, used.amount, entry.kind) == (
        left - Money.parse("8000.00"),
        Money(0),
        "loan.credit_use",
    )
    assert (balance("2241"), get_loan(loan_id=loan.id, scene_id=None).credit_balance) == (str(left), left)
    assert loans.use_credit_balances(business_date=DUE, now=NOON) == 0
    go_to(DUE + timedelta(8))
    assert loan_position(loan_id=loan.id, on_date=business_date()).days_past_due == 1
    assert loans.use_credit_balances(business_date=business_date(), now=NOON) == 1
    assert balance("2241") == "0.00"  # all of it, a part of the second instalment
    assert broken() == []
    loans.reverse_receipt(transaction_id=held.transaction.id, business_date=business_date(), now=NOON)
    late = get_loan(loan_id=loan.id, scene_id=None)
    assert (late.oldest_due_date, late.outstanding, balance("2241")) == (DUE, loan.principal, "0.00")
    assert broken() == []


def test_what_is_left_after_an_instalment_goes_back_to_its_source(who: Borrower) -> None:
    loan = lend(line_of(who, "weekly_level"), "36000.00", tenor_days=35)
    paid = {"loan_id": loan.id, "kind": "repayment", "value_date": TODAY, "reference": "test"}
    asked = {"business_date": TODAY, "now": NOON, "prepayment": "hold"}
    loans.receive(**paid, **asked, amount=Money.parse("8000.00"), source_account_id=who.bank_account_id)
    go_to(DUE)
    loans.use_credit_balances(business_date=DUE, now=NOON)
    rest = get_loan(loan_id=loan.id, scene_id=None).credit_balance
    taken = loans.take_credit_balance(
        loan_id=loan.id, amount=rest, reference="refund", business_date=DUE, now=NOON
    )
    assert (taken.source_account_id, balance("2241"), balance("3001")) == (
        who.bank_account_id,
        "0.00",
        str(rest),
    )


def test_a_daily_loan_owed_again_is_paid_from_its_credit_on_its_due_date(who: Borrower) -> None:
    loan = lend(who, "20000.00", tenor_days=7)
    first = pay(loan, "5000.00")
    pay(loan, "16000.00")
    assert get_loan(loan_id=loan.id, scene_id=None).status == "paid_off"
    loans.reverse_receipt(transaction_id=first.transaction.id, business_date=TODAY, now=NOON)
    go_to(DUE)
    owed = loan_position(loan_id=loan.id, on_date=DUE).principal
    assert loans.use_credit_balances(business_date=DUE, now=NOON) == 1
    paid = get_loan(loan_id=loan.id, scene_id=None)
    assert (balance("2241"), paid.outstanding < owed) == ("0.00", True)
    assert broken() == []
