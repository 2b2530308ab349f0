"""Fees held back, earned and released in PostgreSQL: the books follow the loan's log (CAS 22, B5.4)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from connectors.payment_rails.models import PaymentInstruction
from kernel.ids import new_id
from kernel.money import Money
from kernel.rates import AnnualRate
from ledger.journal import operations as journal
from ledger.journal.models import Entry
from ledger.reports.income import income_statement
from lending.credit_lines import operations as lines
from lending.day_end.steps import STEPS, Work
from lending.deferrals import operations as deferrals
from lending.deferrals.models import DeferredFee
from lending.deferrals.queries import deferred_fee
from lending.loans import operations as loans
from lending.loans.accrual import accrue
from lending.loans.queries import LoanView, payoff_quote
from lending.products.operations import FIRST_PRODUCT, TERM_PRODUCT, draft_product, publish_product
from lending.products.queries import current_product
from lending.products.terms import Collector, Fee, Payer, ProductTerms
from lending.replay import StopTerms
from plumbing.clock import operations as clock
from plumbing.clock.queries import business_date
from testkit.servicing import (
    NOON,
    Borrower,
    answer,
    balance,
    borrower,
    broken,
    draw,
    fund,
    lend,
    prepare,
    refused,
)

TODAY = date(2026, 11, 2)
FEE = Fee("handling", "Handling fee", "手续费", Collector.BANK, Payer.BORROWER, Decimal("0.012"))
TERMS = tuple(ProductTerms.__dataclass_fields__)


def with_fee(who: Borrower, code: str, name: str) -> Borrower:
    """Return the borrower with a line of a product that is another one with a fee of 1.2 %."""
    plain = current_product(code=code, on_date=TODAY)
    terms = ProductTerms(**{each: getattr(plain, each) for each in TERMS})
    terms = replace(terms, code=name, fees=(FEE,), tenor_days_min=max(90, terms.tenor_days_min))
    draft = draft_product(terms=terms, drafted_by="maker@qinglan.example", now=NOON)
    publish_product(
        product_version_id=draft.id, published_by="checker@qinglan.example", on_date=TODAY, now=NOON
    )
    line = lines.grant_line(
        enterprise_id=who.enterprise_id,
        scene_id=who.scene_id,
        application_id=new_id(),
        agreement_id=new_id(),
        product=current_product(code=name, on_date=TODAY),
        limit=Money.parse("100000.00"),
        annual_rate=AnnualRate.parse("0.072000"),
        now=NOON,
        business_date=TODAY,
    )
    return Borrower(who.scene_id, who.enterprise_id, who.bank_account_id, line.id)


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("10000000.00")
    return borrower(limit="1000000.00")


@pytest.fixture
def term(who: Borrower) -> Borrower:
    return with_fee(who, TERM_PRODUCT, "term_with_fee")


def go_to(day: date) -> None:
    """End days as far as loans go: interest and fees are earned, the date moves."""
    while business_date() < day:
        today = business_date()
        accrue(business_date=today, now=NOON)
        STEPS["amortise_fees"].act(Work(today, NOON, {}, None))
        journal.open_period(month=today + timedelta(1))
        clock.roll(from_date=today, to_date=today + timedelta(1))


def jump(day: date) -> None:
    """Go to a day at once: the day before it catches up with what was missed."""
    clock.roll(from_date=business_date(), to_date=day - timedelta(1))
    journal.open_period(month=business_date())
    go_to(day)


def left(loan: LoanView) -> str:
    found = deferred_fee(loan_id=loan.id, on_date=business_date())
    assert found is not None
    assert balance("1303.03") == str(-found.left)
    return str(found.left)


def pay(loan: LoanView, amount: Money, on: date | None = None) -> loans.Received:
    return loans.receive(
        loan_id=loan.id,
        amount=amount,
        kind="counter_receipt",
        value_date=on or business_date(),
        reference="test",
        business_date=business_date(),
        now=NOON,
    )


def test_a_fee_is_held_back_and_earned_by_the_day(term: Borrower) -> None:
    before = balance("1003")
    loan = lend(term, "100000.00", tenor_days=365)
    assert Money.parse(before) - Money.parse(balance("1003")) == Money.parse("98800.00")
    assert str(PaymentInstruction.objects.get().amount) == "98800.00"
    assert (balance("1303.01"), balance("1303.03"), balance("2221.01")) == ("100000.00", "-1132.08", "67.92")
    assert broken() == []
    go_to(TODAY + timedelta(1))
    day = Entry.objects.get(kind="deferred.amortised")
    assert (day.reference, day.booking_date) == ("product:term_with_fee", TODAY)
    again = deferrals.amortise(business_date=TODAY, now=NOON)
    assert (again.entry_count, Entry.objects.filter(kind="deferred.amortised").count()) == (0, 1)
    go_to(date(2026, 12, 2))
    assert left(loan) == "962.28"
    report = income_statement(from_date=TODAY, to_date=business_date())
    held = {row.cells[0]: row.cells[-1] for row in report.rows}
    assert str(held["income"]) == "735.84"  # 600.00 less 33.96 of VAT, and 169.80 of the fee
    assert broken() == []


def test_prepaying_releases_and_taking_it_back_defers_again(term: Borrower) -> None:
    loan = lend(term, "100000.00", tenor_days=365)
    go_to(TODAY + timedelta(10))
    standing = left(loan)
    half = pay(loan, Money.parse("50200.00"))
    assert Money.parse(left(loan)) * 2 - Money.parse(standing) < Money.parse("1.00")
    loans.reverse_receipt(transaction_id=half.transaction.id, business_date=business_date(), now=NOON)
    assert left(loan) == standing
    late = pay(loan, Money.parse("50080.00"), on=TODAY + timedelta(4))  # keyed six days late
    corrected = Entry.objects.filter(kind="deferred.amortised").order_by("posted_at", "id").last()
    assert corrected is not None
    assert (corrected.booking_date, corrected.value_date) == (business_date(), TODAY + timedelta(4))
    assert Money.parse(left(loan)) < Money.parse(standing)
    assert broken() == []
    loans.reverse_receipt(transaction_id=late.transaction.id, business_date=business_date(), now=NOON)
    off = pay(loan, payoff_quote(loan_id=loan.id, scene_id=None, on_date=business_date()).total)
    assert (off.loan.status, left(loan)) == ("paid_off", "0.00")
    loans.reverse_receipt(transaction_id=off.transaction.id, business_date=business_date(), now=NOON)
    assert left(loan) == standing
    go_to(TODAY + timedelta(11))
    assert Money.parse(left(loan)) < Money.parse(standing)
    assert broken() == []


def test_a_write_off_costs_what_was_earned_and_no_more(term: Borrower) -> None:
    loan = lend(term, "100000.00", tenor_days=365)
    go_to(TODAY + timedelta(10))
    standing = left(loan)
    loans.write_off(loan_id=loan.id, reason="test", business_date=business_date(), now=NOON)
    assert (left(loan), balance("1303.03")) == ("0.00", "0.00")
    lost = DeferredFee.objects.get(loan_id=loan.id).lost
    assert str(lost) == standing
    assert Money.parse(balance("1304.03")) == lost - Money.parse("100200.00")
    go_to(TODAY + timedelta(11))
    assert broken() == []


def test_a_draw_that_fails_defers_nothing_and_one_by_the_day_follows_its_balance(who: Borrower) -> None:
    daily = with_fee(who, FIRST_PRODUCT, "daily_with_fee")
    answer(prepare(draw(daily, "20000.00")), refused("amount_limit"))
    assert (balance("1303.03"), balance("2221.01"), DeferredFee.objects.count()) == ("0.00", "0.00", 0)
    loan = lend(daily, "20000.00", tenor_days=90)
    held = balance("1303.03")
    go_to(TODAY + timedelta(10))
    standing = Money.parse(left(loan))
    assert Money.parse("0.00") < standing < -Money.parse(held)
    pay(loan, Money.parse("10040.00"))
    assert abs((Money.parse(left(loan)) * 2 - standing).minor) <= 2
    loans.extend(loan_id=loan.id, extra_count=30, business_date=business_date(), now=NOON)
    spread = left(loan)
    go_to(TODAY + timedelta(14))
    assert Money.parse("0.00") < Money.parse(left(loan)) < Money.parse(spread)
    pay(loan, payoff_quote(loan_id=loan.id, scene_id=None, on_date=business_date()).total)
    assert spread != left(loan) == "0.00"
    assert broken() == []
    assert deferrals.amortise(business_date=business_date(), now=NOON).amount == 0


def stop(loan: LoanView, terms: StopTerms, after_days: int = 10) -> None:
    asked = {"business_date": business_date(), "now": NOON}
    loans.stop_accrual(loan_id=loan.id, terms=terms, after_days=after_days, **asked)


def test_a_loan_that_does_not_accrue_does_not_earn_its_fee_and_a_late_receipt_undoes_that(
    term: Borrower,
) -> None:
    loan = lend(term, "100000.00", tenor_days=365)
    whole = DeferredFee.objects.get().earned
    due = date(2026, 12, 2)
    jump(due + timedelta(12))
    gone = (business_date() - TODAY).days

    def held(earned: int) -> None:
        assert left(loan) == str(Money(113_208 - earned))
        assert broken() == []

    held(whole[gone])
    stop(loan, StopTerms(policy="legacy_90d"))
    held(whole[gone - 2])  # since it was ten days late
    go_to(business_date() + timedelta(1))
    held(whole[gone - 2])
    paid = pay(loan, Money.parse("10000.00"), on=due)  # keyed late: it never was
    assert paid.loan.non_accrual_date is None
    held(DeferredFee.objects.get().earned[gone + 1])
    assert left(loan) < str(Money(113_208 - whole[gone + 1]))  # and some was prepaid
    loans.reverse_receipt(transaction_id=paid.transaction.id, business_date=business_date(), now=NOON)
    held(whole[gone - 2])
    stop(loan, StopTerms(policy="cas22", net_ppm=400_000), 0)
    go_to(business_date() + timedelta(9))
    net = whole[gone - 2] + round((whole[gone + 10] - whole[gone + 1]) * 0.4)
    held(net)
    pay(loan, Money.parse("26000.00"))
    loans.resume_accrual(loan_id=loan.id, business_date=business_date(), now=NOON)
    held(DeferredFee.objects.get().earned[gone + 10])
    assert DeferredFee.objects.get().held == Money(0)


def test_what_is_lost_with_a_loan_that_did_not_accrue_is_all_that_it_had_not_earned(who: Borrower) -> None:
    daily = with_fee(who, FIRST_PRODUCT, "daily_with_fee")
    made = [lend(daily, "20000.00", tenor_days=90) for _ in range(2)]
    jump(TODAY + timedelta(30))
    for loan in made:
        stop(loan, StopTerms(policy="legacy_90d"), 0)
    standing = balance("1303.03")
    jump(TODAY + timedelta(95))
    assert balance("1303.03") == standing  # the last day on which anything was expected has passed
    assert broken() == []
    off = pay(made[0], payoff_quote(loan_id=made[0].id, scene_id=None, on_date=business_date()).total)
    assert (off.loan.status, balance("1303.03")) == ("paid_off", str(Money(Money.parse(standing).minor // 2)))
    loans.reverse_receipt(transaction_id=off.transaction.id, business_date=business_date(), now=NOON)
    assert balance("1303.03") == standing
    loans.write_off(loan_id=made[1].id, reason="test", business_date=business_date(), now=NOON)
    lost = DeferredFee.objects.get(loan_id=made[1].id).lost
    assert (lost * 2, balance("1303.03")) == (-Money.parse(standing), str(-lost))
    assert broken() == []
