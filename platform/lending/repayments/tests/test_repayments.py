"""Repayments to the fen: S0-01, J6 and its failure paths, and what a refused one leaves behind."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from connectors.payment_rails.models import PaymentInstruction
from kernel.money import Money
from kernel.refusals import Refusal
from ledger.journal.models import Entry
from ledger.journal.queries import entries
from lending.credit_lines import operations as lines
from lending.credit_lines.models import CreditLine
from lending.credit_lines.operations import LimitExceeded
from lending.credit_lines.queries import get_line
from lending.loans import operations as loans
from lending.loans.models import Loan, LoanTransaction
from lending.loans.operations import NotAReceipt, ReceiptNotPositive, ValueDateInvalid
from lending.loans.queries import (
    LoanNotActive,
    LoanView,
    get_loan,
    loan_position,
    payoff_quote,
    schedule,
    transactions,
)
from lending.repayments.models import Repayment
from lending.repayments.operations import (
    PrincipalExceeded,
    ReceiptNumberInvalid,
    ReceiptNumberReused,
    RepaymentAlreadyRequested,
    RepaymentInProgress,
    RepaymentUnclear,
    record_counter_receipt,
    return_repayment,
)
from lending.repayments.queries import RepaymentNotFound, RepaymentView, get_repayment
from plumbing.clock.queries import business_date
from plumbing.outbox.models import Waiting
from plumbing.schemas import bank_schema
from testkit.servicing import (
    NOON,
    Borrower,
    answer,
    ask,
    at_the_counter,
    balance,
    borrower,
    broken,
    collected,
    draw,
    end_days,
    fund,
    lend,
    prepare,
    refused,
    succeeded,
    term_line,
)

TODAY = date(2026, 11, 2)


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("1000000.00")
    return borrower(limit="100000.00")


def rows() -> tuple[int, ...]:
    models = (Repayment, Loan, LoanTransaction, PaymentInstruction, Entry, Waiting)
    return tuple(model.objects.count() for model in models)


def refuses(refusal: type[Refusal], act: Callable[[], object]) -> None:
    before = (rows(), list(Loan.objects.order_by("id").values()))
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert (rows(), list(Loan.objects.order_by("id").values())) == before


def used(repayment: RepaymentView) -> tuple[str, str, str, str]:
    return (
        str(repayment.penalty),
        str(repayment.interest),
        str(repayment.principal),
        str(repayment.excess),
    )


def available(who: Borrower) -> str:
    return str(get_line(line_id=who.line_id, scene_id=None).available)


def loan_now(loan: LoanView) -> LoanView:
    return get_loan(loan_id=loan.id, scene_id=None)


@pytest.mark.long
def test_draw_and_repay_any_day_to_the_fen(who: Borrower) -> None:
    """S0-01: 30,000 at 7.2 %, principal 10,000 on day 10 with 60.00, settled on day 27 with 68.00."""
    loan = lend(who, "30000.00")
    end_days(10)
    assert balance("1303.02") == "60.00"
    first = collected(ask(who, loan, principal="10000.00"))
    assert (str(first.amount), used(first)) == ("10060.00", ("0.00", "60.00", "10000.00", "0.00"))
    assert available(who) == "80000.00"
    end_days(17)
    quote = payoff_quote(loan_id=loan.id, on_date=business_date())
    assert (str(quote.principal), str(quote.interest), str(quote.total)) == ("20000.00", "68.00", "20068.00")
    last = collected(ask(who, loan, kind="full_prepay"))
    assert (last.amount, used(last)) == (quote.total, ("0.00", "68.00", "20000.00", "0.00"))
    assert (loan_now(loan).status, available(who)) == ("paid_off", "100000.00")
    assert [balance(code) for code in ("1303.01", "1303.02", "3001", "1003")] == [
        "0.00",
        "0.00",
        "0.00",
        "1000128.00",
    ]
    assert balance("6011.01") == "128.00"
    assert broken() == []


def test_a_sum_pays_penalty_then_interest_then_principal(who: Borrower) -> None:
    loan = lend(who, "30000.00", tenor_days=7)  # due 2026-11-09
    end_days(10)
    # 7 days x 6.00 at 7.2 %, 3 days x 9.00 at 10.8 %
    owed = loan_position(loan_id=loan.id, on_date=business_date())
    assert (str(owed.interest), str(owed.penalty), owed.days_past_due) == ("42.00", "27.00", 3)
    assert (balance("1303.02"), balance("1132"), balance("6011.03")) == ("42.00", "27.00", "27.00")
    paid = collected(ask(who, loan, kind="scheduled", amount="5000.00"))
    assert used(paid) == ("27.00", "42.00", "4931.00", "0.00")
    assert (balance("1303.02"), balance("1132"), balance("1303.01")) == ("0.00", "0.00", "25069.00")
    assert broken() == []


def test_a_receipt_keyed_four_days_late_corrects_the_interest_by_four_yuan(who: Borrower) -> None:
    """J6, F backdated: received 11-05, keyed 11-09, on 20,000: 4 days x (4.00 - 3.00) = 4.00."""
    loan = lend(who, "20000.00")
    end_days(7)
    assert (business_date(), balance("1303.02")) == (date(2026, 11, 9), "28.00")
    receipt = at_the_counter(loan, "5000.00", received_date=date(2026, 11, 5), receipt_no="R-1")
    # Three days of interest were due on 11-05; 12.00 of the 5,000 paid them.
    assert used(receipt) == ("0.00", "12.00", "4988.00", "0.00")
    corrections = [
        entry for entry in entries(reference=loan.public_id) if entry.kind == "loan.interest_correction"
    ]
    assert [(str(entry.total), entry.booking_date, entry.value_date) for entry in corrections] == [
        ("3.99", date(2026, 11, 9), date(2026, 11, 5))
    ]
    assert broken() == []


def test_a_late_principal_payment_corrects_exactly_four_yuan(who: Borrower) -> None:
    """The same with interest settled first, so that all 5,000 are principal: exactly 4.00."""
    loan = lend(who, "20000.00")
    end_days(3)
    collected(ask(who, loan, amount="12.00"))
    end_days(4)
    receipt = at_the_counter(loan, "5000.00", received_date=date(2026, 11, 5), receipt_no="R-1")
    assert used(receipt) == ("0.00", "0.00", "5000.00", "0.00")
    (correction,) = (e for e in entries(reference=loan.public_id) if e.kind == "loan.interest_correction")
    assert (str(correction.total), correction.value_date) == ("4.00", date(2026, 11, 5))
    assert balance("1303.02") == "12.00"  # 4 days x 3.00 since 11-05
    assert broken() == []


def test_interest_paid_in_vain_goes_to_principal(who: Borrower) -> None:
    """All interest to 11-09 was paid before the receipt of 11-05 was keyed: the 4.00 are not lost."""
    loan = lend(who, "20000.00")
    end_days(7)
    collected(ask(who, loan, amount="28.00"))
    at_the_counter(loan, "5000.00", received_date=date(2026, 11, 5), receipt_no="R-1")
    assert [
        (t.kind, str(t.interest_paid), str(t.principal_change)) for t in transactions(loan_id=loan.id)
    ] == [
        ("disbursement", "0.00", "20000.00"),
        ("repayment", "28.00", "0.00"),
        ("counter_receipt", "0.00", "-5000.00"),
        ("reallocation", "-4.00", "-4.00"),
    ]
    assert str(loan_now(loan).outstanding) == "14996.00"
    assert available(who) == "85004.00"
    owed = loan_position(loan_id=loan.id, on_date=business_date())
    assert str(owed.interest) == "0.00"
    assert broken() == []


def test_a_receipt_reaching_back_before_the_due_date_takes_penalty_back(who: Borrower) -> None:
    loan = lend(who, "30000.00", tenor_days=7)
    end_days(10)
    receipt = at_the_counter(loan, "30042.00", received_date=date(2026, 11, 9), receipt_no="R-9")
    assert used(receipt) == ("0.00", "42.00", "30000.00", "0.00")
    assert (loan_now(loan).status, balance("1132"), balance("6011.03")) == ("paid_off", "0.00", "0.00")
    assert broken() == []


def test_too_much_is_the_borrowers(who: Borrower) -> None:
    """J6, F over: 35,000 on 30,000."""
    loan = lend(who, "30000.00")
    end_days(10)
    paid = collected(ask(who, loan, amount="35000.00"))
    assert used(paid) == ("0.00", "60.00", "30000.00", "4940.00")
    assert (balance("2241"), loan_now(loan).status, available(who)) == ("4940.00", "paid_off", "100000.00")
    assert broken() == []


def test_a_collection_reported_twice_is_booked_once(who: Borrower) -> None:
    """J6, F dup."""
    loan = lend(who, "30000.00")
    asked = ask(who, loan, amount="1000.00")
    once = collected(asked)
    before = rows()
    assert collected(asked) == once
    assert rows() == before
    assert str(loan_now(loan).outstanding) == "29000.00"


def test_a_refused_collection_leaves_the_loan_as_it_was(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    asked = ask(who, loan, amount="1000.00")
    failed = collected(asked, refused("insufficient_funds"))
    assert (failed.status, failed.failure_code) == ("failed", "insufficient_funds")
    assert loan_now(loan) == loan
    assert broken() == []
    assert ask(who, loan, amount="1000.00").status == "processing"


def test_money_found_the_next_day_counts_from_the_day_it_was_taken(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    end_days(10)
    asked = ask(who, loan, kind="full_prepay")
    end_days(1)
    assert balance("1303.02") == "66.00"
    found = collected(asked, succeeded(date(2026, 11, 12)))
    assert used(found) == ("0.00", "60.00", "30000.00", "0.00")
    assert (loan_now(loan).status, balance("1303.02"), balance("6011.01")) == ("paid_off", "0.00", "60.00")
    assert broken() == []


def test_one_collection_at_a_time_and_one_per_order(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    first = ask(who, loan, amount="1000.00", external_id="P-1")
    refuses(RepaymentInProgress, lambda: ask(who, loan, amount="1000.00"))
    collected(first)
    refuses(RepaymentAlreadyRequested, lambda: ask(who, loan, amount="1000.00", external_id="P-1"))


def test_what_cannot_be_asked_for(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    refuses(RepaymentUnclear, lambda: ask(who, loan, kind="gift", amount="1.00"))
    refuses(RepaymentUnclear, lambda: ask(who, loan, amount="1.00", principal="1.00"))
    refuses(RepaymentUnclear, lambda: ask(who, loan, kind="full_prepay", amount="1.00"))
    refuses(RepaymentUnclear, lambda: ask(who, loan))
    refuses(PrincipalExceeded, lambda: ask(who, loan, principal="30000.01"))
    refuses(ReceiptNotPositive, lambda: ask(who, loan, amount="0.00"))
    refuses(ReceiptNotPositive, lambda: ask(who, loan, principal="0.00"))
    refuses(
        ReceiptNotPositive,
        lambda: at_the_counter(loan, "-1.00", received_date=TODAY, receipt_no="R-1"),
    )
    for number in ("", " ", "R\n1", "R" * 61):
        refuses(
            ReceiptNumberInvalid,
            lambda number=number: at_the_counter(loan, "1.00", received_date=TODAY, receipt_no=number),
        )
    stranger = Borrower(borrower().scene_id, who.enterprise_id, who.bank_account_id, who.line_id)
    refuses(Refusal, lambda: ask(stranger, loan, amount="1.00"))


def test_a_loan_that_has_not_begun_or_is_settled_takes_no_collection(who: Borrower) -> None:
    instruction = prepare(draw(who, "1000.00"))
    disbursing = get_loan(loan_id=Loan.objects.get().id, scene_id=None)
    refuses(LoanNotActive, lambda: ask(who, disbursing, amount="1.00"))
    refuses(LoanNotActive, lambda: at_the_counter(disbursing, "1.00", received_date=TODAY, receipt_no="R-1"))
    answer(instruction, succeeded(TODAY))
    collected(ask(who, disbursing, kind="full_prepay"))
    refuses(LoanNotActive, lambda: ask(who, disbursing, amount="1.00"))
    late = at_the_counter(disbursing, "5.00", received_date=TODAY, receipt_no="R-2")
    assert used(late) == ("0.00", "0.00", "0.00", "5.00")
    assert broken() == []


def test_a_receipt_counts_from_within_the_loan_and_not_from_tomorrow(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    for wrong in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        refuses(
            ValueDateInvalid,
            lambda wrong=wrong: at_the_counter(loan, "1.00", received_date=wrong, receipt_no="R-1"),
        )


def test_a_receipt_keyed_twice_is_one_receipt(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    once = at_the_counter(loan, "1000.00", received_date=TODAY, receipt_no="R-1")
    assert at_the_counter(loan, "1000.00", received_date=TODAY, receipt_no="R-1") == once
    refuses(
        ReceiptNumberReused,
        lambda: at_the_counter(loan, "1000.01", received_date=TODAY, receipt_no="R-1"),
    )
    assert str(loan_now(loan).outstanding) == "29000.00"


def test_a_returned_payment_is_as_if_it_had_never_been(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    end_days(10)
    paid = collected(ask(who, loan, kind="full_prepay"))
    end_days(2)
    returned = return_repayment(
        repayment_id=paid.id, reason="returned_by_rail", now=NOON, business_date=business_date()
    )
    assert (returned.status, loan_now(loan).status, available(who)) == ("returned", "active", "70000.00")
    owed = loan_position(loan_id=loan.id, on_date=business_date())
    assert (str(owed.principal), str(owed.interest)) == ("30000.00", "72.00")
    assert balance("1303.02") == "72.00"
    assert broken() == []
    refuses(
        NotAReceipt,
        lambda: return_repayment(
            repayment_id=paid.id, reason="again", now=NOON, business_date=business_date()
        ),
    )


def test_a_returned_payment_is_owed_again_though_its_limit_was_drawn_meanwhile(who: Borrower) -> None:
    first = lend(who, "60000.00")
    paid = collected(ask(who, first, kind="full_prepay"))
    second = lend(who, "80000.00")
    return_repayment(repayment_id=paid.id, reason="returned_by_rail", now=NOON, business_date=TODAY)
    line = get_line(line_id=who.line_id, scene_id=None)
    assert [str(money) for money in (line.limit, line.target_limit, line.drawn, line.available)] == [
        "140000.00",
        "100000.00",
        "140000.00",
        "0.00",
    ]
    refuses(LimitExceeded, lambda: lend(who, "100.00"))
    collected(ask(who, second, kind="full_prepay"))
    line = get_line(line_id=who.line_id, scene_id=None)
    assert (str(line.limit), line.target_limit, available(who)) == ("100000.00", None, "40000.00")
    assert broken() == []


def test_the_schedule_and_the_quote_are_what_the_payment_takes(who: Borrower) -> None:
    loan = lend(who, "30000.00", tenor_days=90)
    (row,) = schedule(loan_id=loan.id, on_date=TODAY)
    assert (row.due_date, str(row.interest), str(row.total)) == (loan.due_date, "546.00", "30546.00")
    end_days(5)
    quote = payoff_quote(loan_id=loan.id, on_date=business_date(), scene_id=who.scene_id)
    assert collected(ask(who, loan, kind="scheduled")).amount == quote.total
    assert schedule(loan_id=loan.id, on_date=TODAY) == ()


def test_only_the_scene_it_came_through_sees_a_repayment(who: Borrower) -> None:
    asked = ask(who, lend(who, "30000.00"), amount="1.00")
    assert get_repayment(repayment_id=asked.id, scene_id=who.scene_id) == asked
    with pytest.raises(RepaymentNotFound):
        get_repayment(repayment_id=asked.id, scene_id=borrower().scene_id)


def test_the_events_tell_the_story(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    collected(ask(who, loan, kind="full_prepay"))
    told = list(Waiting.objects.order_by("position").values_list("event__type", flat=True))
    assert told[-6:] == [
        "drawdown.created",
        "drawdown.paid_out",
        "loan.activated",
        "repayment.processing",
        "loan.paid_off",
        "repayment.succeeded",
    ]
    scenes = set(Waiting.objects.values_list("event__scene_id", flat=True))
    assert scenes == {who.scene_id}


def test_nothing_is_owed_on_money_not_yet_there(who: Borrower) -> None:
    prepare(draw(who, "1000.00"))
    owed = loan_position(loan_id=Loan.objects.get().id, on_date=TODAY + timedelta(days=30))
    assert owed.total == Money(0)


def test_money_at_the_counter_is_recorded_while_a_collection_is_on_its_way(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    under_way = ask(who, loan, kind="full_prepay")
    at_the_counter(loan, "10000.00", received_date=TODAY, receipt_no="R-1")
    assert str(loan_now(loan).outstanding) == "20000.00"
    found = collected(under_way)
    assert (str(found.principal), str(found.excess)) == ("20000.00", "10000.00")
    assert (loan_now(loan).status, balance("2241"), broken()) == ("paid_off", "10000.00", [])


def test_returning_what_paid_nothing_leaves_the_loan_settled(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    collected(ask(who, loan, kind="full_prepay"))
    extra = at_the_counter(loan, "50.00", received_date=TODAY, receipt_no="R-1")
    assert str(extra.excess) == "50.00"
    return_repayment(repayment_id=extra.id, reason="keyed_wrongly", now=NOON, business_date=TODAY)
    assert (loan_now(loan).status, balance("2241"), broken()) == ("paid_off", "0.00", [])


@pytest.mark.parametrize("days", [0, 400])
def test_a_payment_is_returned_on_a_line_that_may_not_be_drawn(who: Borrower, days: int) -> None:
    """The money is gone whether or not the line would allow a new draw today."""
    loan = lend(who, "30000.00")
    paid = collected(ask(who, loan, kind="full_prepay"))
    if days:
        CreditLine.objects.update(expires_date=TODAY + timedelta(days=1))
        end_days(2)
    else:
        lines.freeze(line_id=who.line_id, reason="watch", now=NOON)
    return_repayment(repayment_id=paid.id, reason="returned_by_rail", now=NOON, business_date=business_date())
    assert (loan_now(loan).status, available(who), broken()) == ("active", "70000.00", [])


def test_a_loan_settled_while_the_request_waited_is_not_collected(committed_qinglan: str) -> None:
    """The loan is looked at under its lock: before, a request that waited collected a debt already paid."""
    with transaction.atomic():
        fund("1000000.00")
        who = borrower()
        loan = lend(who, "30000.00")

    def request() -> str:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                return ask(who, loan, kind="scheduled").status
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            at_the_counter(loan, "30000.00", received_date=TODAY, receipt_no="R-1")
            asked = pool.submit(request)
            wait_for_a_lock()
        assert asked.result() == "lending.loan_not_active"
    assert PaymentInstruction.objects.filter(direction="collect").count() == 0


def wait_for_a_lock() -> None:
    """Go on when some transaction of this database waits for ours."""
    with connection.cursor() as cursor:
        for _ in range(2000):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.005)")
    raise AssertionError("nobody waits")


def test_one_receipt_number_on_two_loans_at_once_is_one_receipt(committed_qinglan: str) -> None:
    with transaction.atomic():
        fund("1000000.00")
        loans = [lend(borrower(), "30000.00") for _ in range(6)]

    def key_in(loan: LoanView) -> str:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                return at_the_counter(loan, "100.00", received_date=TODAY, receipt_no="R-1").status
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        said = sorted(pool.map(key_in, loans))
    assert said == [*["lending.receipt_number_reused"] * 5, "succeeded"]
    with transaction.atomic():
        assert broken() == []


def test_what_arrives_after_a_write_off_is_a_recovery(who: Borrower) -> None:
    loan = lend(who, "30000.00")
    asked = ask(who, loan, amount="10000.00")
    loans.write_off(loan_id=loan.id, reason="lost", business_date=TODAY, now=NOON)
    assert balance("1304.03") == "-30000.00"
    for _ in range(2):
        done = collected(asked)
    assert (done.status, str(done.recovered), used(done)) == (
        "succeeded",
        "10000.00",
        ("0.00", "0.00", "0.00", "0.00"),
    )
    assert (balance("1304.03"), balance("9003"), str(loan_now(loan).written_off)) == (
        "-20000.00",
        "20000.00",
        "20000.00",
    )
    assert broken() == []


def test_a_receipt_keyed_again_for_another_use_is_another_receipt(who: Borrower) -> None:
    loan = lend(term_line(who), "30000.00", tenor_days=365)

    def key(prepayment: str) -> RepaymentView:
        return record_counter_receipt(
            loan_id=loan.id,
            amount=Money.parse("10000.00"),
            received_date=TODAY,
            receipt_no="C-9",
            recorded_by="counter@qinglan.example",
            prepayment=prepayment,
            now=NOON,
            business_date=TODAY,
        )

    assert key("keep_term") == key("keep_term")
    refuses(ReceiptNumberReused, lambda: key("keep_instalment"))
