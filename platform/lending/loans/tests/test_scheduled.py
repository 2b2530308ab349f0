"""Loans with instalments in PostgreSQL: SQL and replay agree whatever happens, the books follow (J6, J8)."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction

from kernel.ids import new_id
from kernel.money import Money
from kernel.rates import AnnualRate
from kernel.refusals import Refusal
from ledger.journal import operations as journal
from ledger.journal.models import Entry
from lending.credit_lines import operations as lines
from lending.credit_lines.queries import get_line
from lending.loans import operations as loans
from lending.loans.accrual import accrue, roll_due
from lending.loans.models import Loan, LoanTransaction, PastInstalment
from lending.loans.queries import (
    LoanView,
    get_loan,
    instalments,
    loan_position,
    overdue_loans,
    payoff_quote,
    schedule,
)
from lending.loans.watch import mark_due_soon
from lending.products.operations import TERM_PRODUCT, draft_product, publish_product
from lending.products.queries import current_product
from lending.products.terms import ProductTerms
from lending.replay import StopTerms
from plumbing.clock import operations as clock
from plumbing.clock.queries import business_date
from plumbing.outbox.models import OutboxEvent
from testkit.servicing import NOON, Borrower, at_the_counter, balance, borrower, broken, fund, lend

TODAY = date(2026, 11, 2)
DUE = date(2026, 12, 2)


def line_of(who: Borrower, code: str, limit: str = "100000.00") -> Borrower:
    line = lines.grant_line(
        enterprise_id=who.enterprise_id,
        scene_id=who.scene_id,
        application_id=new_id(),
        agreement_id=new_id(),
        product=current_product(code=code, on_date=TODAY),
        limit=Money.parse(limit),
        annual_rate=AnnualRate.parse("0.072000"),
        now=NOON,
        business_date=business_date(),
    )
    return Borrower(who.scene_id, who.enterprise_id, who.bank_account_id, line.id)


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("10000000.00")
    return borrower(limit="1000000.00")


@pytest.fixture
def term(who: Borrower) -> Borrower:
    return line_of(who, TERM_PRODUCT)


def go_to(day: date) -> None:
    """End days as far as loans go: what falls due is rolled, interest accrued, the date moved."""
    while business_date() < day:
        today = business_date()
        accrue(business_date=today, now=NOON)
        journal.open_period(month=today + timedelta(1))
        clock.roll(from_date=today, to_date=today + timedelta(1))


def pay(loan: LoanView, amount: str | Money, on: date | None = None, choice: str = "") -> loans.Received:
    return loans.receive(
        loan_id=loan.id,
        amount=amount if isinstance(amount, Money) else Money.parse(amount),
        kind="counter_receipt",
        value_date=on or business_date(),
        reference="test",
        business_date=business_date(),
        now=NOON,
        prepayment=choice,
    )


def pause(loan: LoanView, from_date: date, until_date: date, **others: str) -> LoanView:
    return loans.pause_interest(
        loan_id=loan.id,
        from_date=from_date,
        until_date=until_date,
        reason="flood",
        business_date=business_date(),
        now=NOON,
        **{"proposed_by": "maker", "approved_by": "checker"} | others,
    )


def refuses(refusal: type[Refusal], act: Callable[[], object]) -> None:
    def rows() -> tuple[object, ...]:
        return (
            Entry.objects.count(),
            LoanTransaction.objects.count(),
            list(Loan.objects.order_by("id").values()),
        )

    before = rows()
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert rows() == before


def test_the_part_payment_of_j6_and_books_that_follow(term: Borrower) -> None:
    loan = lend(term, "100000.00", tenor_days=365)
    rows = instalments(loan_id=loan.id)
    assert [str(row.interest_due) for row in rows[:2]] == ["600.00", "551.63"]
    assert str(Money.total(row.interest_due for row in rows)) == "3942.75"
    go_to(DUE)
    assert (balance("1303.02"), balance("6011.03"), balance("1132")) == ("600.00", "0.00", "0.00")
    rolled = roll_due(business_date=DUE, now=NOON)
    assert (rolled.due_count, rolled.principal, rolled.interest) == (1, 806_190, 60_000)
    assert (balance("1303.02"), balance("1132")) == ("0.00", "600.00")
    assert roll_due(business_date=DUE, now=NOON).loan_count == 0
    go_to(DUE + timedelta(9))
    assert [view.id for view in overdue_loans(on_date=business_date())] == [loan.id]
    late = schedule(loan_id=loan.id, on_date=business_date())[0]
    assert (str(late.penalty), str(late.total)) == ("23.39", "8685.29")
    paid = at_the_counter(loan, "5000.00", received_date=business_date(), receipt_no="C-1")
    figures = (paid.penalty, paid.compound, paid.interest, paid.principal)
    assert [str(each) for each in figures] == ["21.77", "1.62", "600.00", "4376.61"]
    assert str(schedule(loan_id=loan.id, on_date=business_date())[0].principal) == "3685.29"
    assert loan_position(loan_id=loan.id, on_date=business_date()).days_past_due == 9
    line = get_line(line_id=term.line_id, scene_id=None)
    assert (str(line.available), str(line.outstanding)) == ("0.00", "95623.39")
    assert at_the_counter(loan, "5000.00", received_date=business_date(), receipt_no="C-1") == paid
    assert broken() == []


def test_each_instalment_is_reminded_of_once_by_its_own_day(term: Borrower) -> None:
    loan = lend(term, "100000.00", tenor_days=365)
    first, second = (row.due_date for row in instalments(loan_id=loan.id)[:2])
    for due in (first, second):
        go_to(due - timedelta(3))
        assert [mark_due_soon(business_date=business_date(), now=NOON) for _ in "ab"] == [1, 0]
        go_to(due)
        roll_due(business_date=due, now=NOON)
        pay(loan, schedule(loan_id=loan.id, on_date=due)[0].total)
    told = OutboxEvent.objects.filter(type="loan.due_soon").order_by("id")
    assert [event.data["object"]["next_due_date"] for event in told] == [f"{first}", f"{second}"]
    assert {event.data["object"]["due_date"] for event in told} == {f"{loan.due_date}"}


def test_the_same_payment_on_day_ninety_five_goes_to_principal_first(term: Borrower) -> None:
    loan = lend(term, "100000.00", tenor_days=365)
    dues = [row.due_date for row in instalments(loan_id=loan.id)[:4]]
    assert dues[0] == DUE
    for day in (*dues, DUE + timedelta(95)):
        jump_to(day)
    paid = at_the_counter(loan, "5000.00", received_date=business_date(), receipt_no="C-95")
    figures = (paid.penalty, paid.compound, paid.interest, paid.principal)
    assert [str(each) for each in figures] == ["0.00", "0.00", "0.00", "5000.00"]
    assert str(get_loan(loan_id=loan.id, scene_id=None).outstanding) == "95000.00"
    assert broken() == []


def jump_to(day: date) -> None:
    """Open a later day, nothing falling due before it: what lies between is accrued at once."""
    last = day - timedelta(1)
    for each in (last, day):
        journal.open_period(month=each)
    clock.roll(from_date=business_date(), to_date=last)
    accrue(business_date=last, now=NOON)
    clock.roll(from_date=last, to_date=day)
    roll_due(business_date=day, now=NOON)


def test_a_receipt_keyed_late_books_only_the_difference_today(term: Borrower) -> None:
    loan = lend(term, "100000.00", tenor_days=365)
    go_to(DUE + timedelta(9))
    books = ("6011.03", "6011.02", "2221.01", "1132")
    late = [balance(code) for code in books]
    assert late == ["22.07", "722.16", "44.65", "623.39"]  # 1.32 of the penalty is VAT (T-02)
    received = pay(loan, "8661.90", on=DUE)
    entry = Entry.objects.get(id=received.transaction.entry_id)
    assert (entry.booking_date, entry.value_date) == (business_date(), DUE)
    assert [balance(code) for code in books] == ["0.00", "722.16", "43.33", "0.00"]
    loans.reverse_receipt(transaction_id=received.transaction.id, business_date=business_date(), now=NOON)
    assert [balance(code) for code in books] == late
    refuses(
        loans.NotAReceipt,
        lambda: loans.reverse_receipt(
            transaction_id=received.transaction.id, business_date=business_date(), now=NOON
        ),
    )
    assert broken() == []


def test_the_quote_is_what_the_payment_takes_and_the_excess_goes_to_its_source_only(term: Borrower) -> None:
    loan = lend(term, "30000.00", tenor_days=365)
    go_to(TODAY + timedelta(10))
    quote = payoff_quote(loan_id=loan.id, on_date=business_date())
    assert str(quote.total) == "30060.00"
    paid = loans.receive(
        loan_id=loan.id,
        amount=Money.parse("35000.00"),
        kind="repayment",
        value_date=business_date(),
        reference="test",
        business_date=business_date(),
        now=NOON,
        source_account_id=term.bank_account_id,
    )
    assert (paid.loan.status, str(paid.loan.credit_balance)) == ("paid_off", "4940.00")
    assert (balance("2241"), balance("1303.01"), balance("1303.02")) == ("4940.00", "0.00", "0.00")
    asked = {"loan_id": loan.id, "reference": "refund", "business_date": business_date(), "now": NOON}
    refuses(loans.NoCreditBalance, lambda: loans.take_credit_balance(amount=Money.parse("4940.01"), **asked))
    taken = loans.take_credit_balance(amount=Money.parse("4940.00"), **asked)
    assert taken.source_account_id == term.bank_account_id
    assert (balance("2241"), balance("3001")) == ("0.00", "4940.00")
    assert [line for line in broken() if not line.startswith("loans.in_flight")] == []


def test_a_prepayment_keeps_the_term_or_the_instalment_as_the_borrower_chooses(term: Borrower) -> None:
    loan = lend(term, "100000.00", tenor_days=365)
    go_to(TODAY + timedelta(15))
    pay(loan, "20000.00", choice="keep_instalment")
    view = get_loan(loan_id=loan.id, scene_id=None)
    assert (view.instalment_count, view.schedule_version) == (10, 2)
    assert PastInstalment.objects.filter(loan_id=loan.id, schedule_version=1).count() == 12
    assert broken() == []


def test_the_december_of_j8(who: Borrower) -> None:
    """200,000 at LPR 3.00 + 150 bp, from the 21st at 2.90 + 150 bp: 500.00 and 268.89."""
    go_to(date(2026, 12, 1))
    rate = AnnualRate.parse("0.045000")
    lines.change_terms(line_id=who.line_id, annual_rate=rate, now=NOON)
    loan = lend(who, "200000.00", tenor_days=90)
    go_to(date(2026, 12, 10))
    asked = {
        "loan_id": loan.id,
        "annual_rate": AnnualRate.parse("0.044000"),
        "penalty_rate": AnnualRate.parse("0.066000"),
        "from_date": date(2026, 12, 21),
        "reason": "LPR 2.90",
        "now": NOON,
    }
    loans.change_rate(business_date=business_date(), **asked)
    go_to(date(2026, 12, 21))
    assert balance("1303.02") == "500.00"
    assert loans.apply_rate_changes(business_date=business_date(), now=NOON) == 1
    assert loans.apply_rate_changes(business_date=business_date(), now=NOON) == 0
    go_to(date(2027, 1, 1))
    assert balance("1303.02") == "768.89"
    refuses(loans.TermsNotChangeable, lambda: loans.change_rate(business_date=business_date(), **asked))
    pay(loan, "1000.00", on=date(2026, 12, 11))
    assert broken() == []


def test_a_rate_agreed_on_the_day_replaces_the_one_that_was_to_come(who: Borrower, term: Borrower) -> None:
    """The day-end that lets rates take effect finds none left; it does not stop there."""
    made = [lend(who, "10000.00", tenor_days=20), lend(term, "10000.00", tenor_days=365)]
    tomorrow = TODAY + timedelta(1)
    for rate, on in (("0.080000", TODAY), ("0.060000", tomorrow)):
        go_to(on)
        for loan in made:
            loans.change_rate(
                loan_id=loan.id,
                annual_rate=AnnualRate.parse(rate),
                penalty_rate=AnnualRate.parse("0.090000"),
                from_date=tomorrow,
                reason="agreed",
                business_date=on,
                now=NOON,
            )
    assert loans.apply_rate_changes(business_date=tomorrow, now=NOON) == 0
    rates = [str(get_loan(loan_id=loan.id, scene_id=None).annual_rate) for loan in made]
    assert (rates, broken()) == (["0.060000", "0.060000"], [])


def test_a_loan_is_waived_written_off_and_recovered_by_either_calculator(
    who: Borrower, term: Borrower
) -> None:
    made = [lend(who, "10000.00", tenor_days=30), lend(term, "10000.00", tenor_days=365)]
    go_to(DUE + timedelta(20))
    for loan in made:
        owed = loan_position(loan_id=loan.id, on_date=business_date())
        penalty = owed.penalty - owed.compound
        asked = {"loan_id": loan.id, "reason": "hardship", "business_date": business_date(), "now": NOON}
        refuses(loans.WaiverTooLarge, lambda: loans.waive(penalty=penalty + Money(1), **asked))  # noqa: B023
        refuses(loans.NothingWaived, lambda: loans.waive(**asked))  # noqa: B023
        loans.waive(penalty=penalty, **asked)
        left = loan_position(loan_id=loan.id, on_date=business_date())
        off = loans.write_off(**asked)
        assert (off.status, off.written_off, off.outstanding) == ("written_off", left.total, Money(0))
        loans.recover(
            loan_id=loan.id,
            amount=Money.parse("1000.00"),
            reference="court",
            business_date=business_date(),
            now=NOON,
        )
    assert (balance("1303.01"), balance("1303.02"), balance("1132")) == ("0.00", "0.00", "0.00")
    lost = Money.total(get_loan(loan_id=loan.id, scene_id=None).written_off for loan in made)
    assert balance("9003") == str(lost)
    assert broken() == []


def test_a_renewal_pays_the_old_loan_through_clearing_once_its_interest_is_paid(who: Borrower) -> None:
    loan = lend(who, "10000.00", tenor_days=30)
    go_to(TODAY + timedelta(10))
    fine = loans.RenewalFacts(*[True] * 5)
    asked = {"loan_id": loan.id, "tenor_days": 30, "business_date": business_date(), "now": NOON}
    refuses(loans.RenewalRefused, lambda: loans.renew(facts=fine, **asked))
    pay(loan, "20.00")
    poor = loans.RenewalFacts(
        lawful=True, operating=False, good_credit=True, honest=True, meets_standards=True
    )
    refuses(loans.RenewalRefused, lambda: loans.renew(facts=poor, **asked))
    new = loans.renew(facts=fine, **asked)
    assert (new.status, new.renews_loan_id, str(new.outstanding)) == ("active", loan.id, "10000.00")
    assert get_loan(loan_id=loan.id, scene_id=None).status == "paid_off"
    assert (balance("1303.01"), balance("3001")) == ("10000.00", "0.00")
    paid = LoanTransaction.objects.get(loan_id=loan.id, kind="renewal").id
    back = {"transaction_id": paid, "business_date": business_date(), "now": NOON}
    refuses(loans.NotAReceipt, lambda: loans.reverse_receipt(**back))
    assert broken() == []


def test_a_settlement_gives_up_interest_but_never_principal(who: Borrower, term: Borrower) -> None:
    made = [lend(who, "10000.00", tenor_days=20), lend(term, "10000.00", tenor_days=365)]
    go_to(DUE + timedelta(5))
    for loan in made:
        asked = {"loan_id": loan.id, "kind": "counter_receipt", "reference": "deal"}
        asked |= {"business_date": business_date(), "now": NOON}
        offer = Money.parse("9999.99")
        refuses(loans.SettlementTooSmall, lambda: loans.settle_for_less(amount=offer, **asked))  # noqa: B023
        settled = loans.settle_for_less(amount=Money.parse("10000.00"), **asked)
        assert settled.status == "paid_off"
    assert (balance("1303.01"), balance("1303.02"), balance("1132")) == ("0.00", "0.00", "0.00")
    assert broken() == []


def test_terms_that_cannot_change_are_refused(who: Borrower, term: Borrower) -> None:
    daily, level = lend(who, "10000.00", tenor_days=20), lend(term, "10000.00", tenor_days=365)
    asked = {"business_date": business_date(), "now": NOON}
    refuses(loans.TermsNotChangeable, lambda: loans.re_amortise(loan_id=daily.id, count=3, **asked))
    refuses(loans.TermsNotChangeable, lambda: loans.re_amortise(loan_id=level.id, count=0, **asked))
    refuses(loans.TermsNotChangeable, lambda: loans.extend(loan_id=level.id, extra_count=0, **asked))
    refuses(loans.TermsNotChangeable, lambda: loans.extend(loan_id=daily.id, extra_count=10**9, **asked))
    extended = loans.extend(loan_id=daily.id, extra_count=5, **asked)
    assert (extended.maturity_date, extended.restructured_date) == (TODAY + timedelta(25), TODAY)
    loans.extend(loan_id=level.id, extra_count=3, **asked)
    assert len(instalments(loan_id=level.id)) == 15
    off = loans.write_off(loan_id=level.id, reason="lost", **asked)
    more = off.written_off + Money(1)
    refuses(
        loans.RecoveryTooLarge,
        lambda: loans.recover(loan_id=level.id, amount=more, reference="court", **asked),
    )
    assert broken() == []


WEEKLY = {
    "weekly_level": {"repayment_method": "level_instalment"},
    "weekly_principal": {"repayment_method": "level_principal", "day_count": "ACT/360"},
    "weekly_interest": {"repayment_method": "interest_first", "prepayment": "next"},
}


def offer_weekly(today: date) -> None:
    for code, terms in WEEKLY.items():
        draft = draft_product(
            terms=ProductTerms(
                code=code,
                name_zh="周贷",
                name_en="Weekly loan",
                limit_min=Money.parse("1000"),
                limit_max=Money.parse("100000"),
                draw_min=Money.parse("100"),
                annual_rate=AnnualRate.parse("0.072000"),
                overdue_uplift=Decimal("0.5"),
                tenor_days_min=1,
                tenor_days_max=60,
                revolving=False,
                instalment_count=5,
                period_unit="week",
                compounds=True,
                **{"day_count": "30/360"} | terms,
            ),
            drafted_by="maker",
            now=NOON,
        )
        publish_product(product_version_id=draft.id, published_by="checker", on_date=today, now=NOON)


def live(random: Random, act: Callable[[], None]) -> int:
    """Let days and acts follow one another; return how many acts were not refused."""
    done = 0
    for _ in range(45):
        if random.random() < 0.5:
            go_to(business_date() + timedelta(1))
            continue
        try:
            with transaction.atomic():
                act()
            done += 1
        except Refusal:
            continue
    return done


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_the_table_is_the_fold_and_the_books_are_its_sum(who: Borrower, seed: int) -> None:
    """Forty-five random acts and days, draws too, on loans of every method: SQL and replay never part."""
    random = Random(seed)
    offer_weekly(TODAY)
    made = [lend(who, "50000.00", tenor_days=20)]
    made += [lend(line_of(who, code, "50000.00"), "40000.00", tenor_days=35) for code in WEEKLY]
    receipts: list[loans.Received] = []

    def act() -> None:
        loan, today = random.choice(made), business_date()
        on = today - timedelta(random.randint(0, min(12, (today - TODAY).days)))
        kinds = ["pay", "pay", "reverse", "rate", "re_age", "spread", "waive", "extend", "draw"]
        kind = random.choice([*kinds, "stop", "stop", "resume", "close", "pause", "credit"])
        if kind == "draw":
            made.append(lend(who, str(Money(random.randint(10_000, 3_000_000))), tenor_days=20))
        elif kind == "pay":
            choice = random.choice(["", "keep_term", "keep_instalment", "next", "hold"])
            receipts.append(pay(loan, Money(random.randint(1, 1_500_000)), on=on, choice=choice))
        elif kind == "reverse" and receipts:
            back = receipts.pop(random.randrange(len(receipts)))
            loans.reverse_receipt(transaction_id=back.transaction.id, business_date=today, now=NOON)
        elif kind == "rate":
            rates = [AnnualRate(random.randint(10_000, 90_000) * times) for times in (1, 2)]
            loans.change_rate(
                loan_id=loan.id,
                annual_rate=rates[0],
                penalty_rate=rates[1],
                from_date=on,
                reason="LPR",
                business_date=today,
                now=NOON,
            )
        elif kind == "re_age":
            loans.re_age(loan_id=loan.id, business_date=today, now=NOON)
        elif kind == "spread":
            count = random.randint(1, 6)
            loans.re_amortise(loan_id=loan.id, count=count, business_date=today, now=NOON)
        elif kind == "extend":
            loans.extend(loan_id=loan.id, extra_count=1, business_date=today, now=NOON)
        elif kind == "stop":
            terms = random.choice(
                [StopTerms(policy="legacy_90d"), StopTerms(policy="cas22", net_ppm=400_000)]
            )
            loans.stop_accrual(loan_id=loan.id, terms=terms, after_days=4, business_date=today, now=NOON)
        elif kind == "resume":
            loans.resume_accrual(loan_id=loan.id, business_date=today, now=NOON)
        elif kind == "pause":
            ends = [row.nominal_due_date for row in instalments(loan_id=loan.id)]
            pause(loan, on, random.choice(ends or [today + timedelta(random.randint(1, 9))]))
        elif kind == "credit":
            loans.use_credit_balances(business_date=today, now=NOON)
        elif kind == "close":
            receipts.append(pay(loan, payoff_quote(loan_id=loan.id, on_date=today).total))
        elif kind == "waive":
            loans.waive(loan_id=loan.id, penalty=Money(1), reason="hardship", business_date=today, now=NOON)

    assert live(random, act) > 8
    assert broken() == []
