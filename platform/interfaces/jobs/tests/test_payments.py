"""Jobs that move money, with the real simulator, real commits and processes that die half-way (M-05, J5)."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, BoundedSemaphore
from uuid import UUID

import pytest
from django.db import connection, transaction

from connectors.payment_rails import operations as rails
from connectors.payment_rails.models import PaymentInstruction, RailMessage
from connectors.payment_rails.port import RailAnswer
from connectors.payment_rails.simulator import SimulatedRail
from interfaces.jobs import payments, tasks
from kernel.money import Money
from kernel.refusals import Refusal
from ledger.balances.queries import available
from lending.credit_lines.queries import get_line
from lending.drawdowns import operations as drawdowns
from lending.drawdowns.models import Drawdown
from lending.drawdowns.queries import get_drawdown
from lending.loans.models import Loan, LoanTransaction
from lending.loans.queries import get_loan
from lending.repayments.queries import get_repayment
from plumbing.clock.queries import business_date
from plumbing.outbox.models import OutboxEvent
from plumbing.schemas import bank_schema
from testkit.servicing import (
    NOON,
    Borrower,
    add_account,
    ask,
    balance,
    borrower,
    broken,
    draw,
    end_day,
    fund,
)

TODAY = date(2026, 11, 2)


class Died(BaseException):
    """The process is gone: nothing after this runs."""


def drawn_by(ending: str, *, funds: str = "1000000.00", amount: str = "30000.00") -> tuple[Borrower, UUID]:
    with transaction.atomic():
        if funds != "0":
            fund(funds)
        who = borrower(account_ending=ending)
        rails.set_profile(enquiry_delays_seconds=(0,), sending_timeout_seconds=0)
        return who, draw(who, amount).id


def status(drawdown_id: UUID) -> str:
    return get_drawdown(drawdown_id=drawdown_id, scene_id=None).status


def proven() -> list[str]:
    with transaction.atomic():
        return broken()


@pytest.mark.parametrize(
    ("ending", "first", "last"),
    [
        ("0000", "paid_out", "paid_out"),
        ("0001", "failed", "failed"),
        ("0002", "failed", "failed"),
        ("0003", "processing", "paid_out"),
        ("0006", "processing", "processing"),
        ("0007", "processing", "failed"),
        ("0008", "processing", "paid_out"),
        ("0009", "processing", "paid_out"),
    ],
)
def test_a_draw_is_paid_out_refused_or_found(qinglan: str, ending: str, first: str, last: str) -> None:
    _, drawdown_id = drawn_by(ending)
    assert payments.disburse(drawdown_id) == first
    for _ in range(3):
        payments.sweep()
    assert status(drawdown_id) == last
    assert PaymentInstruction.objects.count() == RailMessage.objects.count() == 1
    assert LoanTransaction.objects.count() == (1 if last == "paid_out" else 0)
    assert broken() == []


def test_a_job_run_twice_pays_once(qinglan: str) -> None:
    _, drawdown_id = drawn_by("0000")
    assert payments.disburse(drawdown_id) == "paid_out"
    assert payments.disburse(drawdown_id) == "succeeded"
    assert RailMessage.objects.get().send_count == 1
    assert balance("1003") == "970000.00"


class WatchingRail(SimulatedRail):
    """Looks from another connection, as the rail's own notification would, before it pays."""

    def send(self, *, message_id: str, **order: object) -> RailAnswer:  # type: ignore[override]
        def committed() -> bool:
            with bank_schema("qinglan"):
                try:
                    return (
                        PaymentInstruction.objects.filter(message_id=message_id).exists()
                        and Loan.objects.filter(status="disbursing").exists()
                    )
                finally:
                    connection.close()

        with ThreadPoolExecutor(1) as beside:
            assert beside.submit(committed).result()
        return super().send(message_id=message_id, **order)  # type: ignore[arg-type]


class DyingRail(SimulatedRail):
    """The process dies as the rail is called: before the message left, or after the rail has paid."""

    def __init__(self, *, after_paying: bool) -> None:
        super().__init__()
        self.after_paying = after_paying

    def send(self, **order: object) -> RailAnswer:  # type: ignore[override]
        if self.after_paying:
            super().send(**order)  # type: ignore[arg-type]
        raise Died


def test_the_instruction_is_committed_before_the_rail_hears_of_it(
    committed_qinglan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payments, "rail_in_use", WatchingRail)
    _, drawdown_id = drawn_by("0000")
    assert payments.disburse(drawdown_id) == "paid_out"


@pytest.mark.parametrize("after_paying", [False, True])
def test_a_process_that_dies_between_booking_and_outcome_pays_once(
    committed_qinglan: str, monkeypatch: pytest.MonkeyPatch, after_paying: bool
) -> None:
    _, drawdown_id = drawn_by("0000")
    with monkeypatch.context() as dying:
        dying.setattr(payments, "rail_in_use", lambda **_: DyingRail(after_paying=after_paying))
        with pytest.raises(Died):
            payments.disburse(drawdown_id)
    assert (status(drawdown_id), balance("3001")) == ("processing", "30000.00")
    assert proven() == []
    message_id = PaymentInstruction.objects.get().message_id
    payments.sweep()
    assert (status(drawdown_id), balance("3001"), balance("1003")) == ("paid_out", "0.00", "970000.00")
    message = RailMessage.objects.get()
    assert (message.message_id, message.send_count) == (message_id, 1)
    assert OutboxEvent.objects.filter(type="loan.activated").count() == 1
    assert proven() == []


def test_a_job_that_was_lost_is_made_up_for(committed_qinglan: str) -> None:
    _, drawdown_id = drawn_by("0000")  # drawn at noon of another day: long ago
    assert payments.sweep()["unsent"] == 1
    assert status(drawdown_id) == "paid_out"


def test_draws_that_wait_for_funds_are_paid_first_come_first(committed_qinglan: str) -> None:
    _, first = drawn_by("0000", funds="48000.00", amount="50000.00")
    _, second = drawn_by("0000", funds="0", amount="60000.00")
    assert [payments.disburse(first), payments.disburse(second)] == ["awaiting_funds", "awaiting_funds"]
    assert payments.sweep()["resumed"] == 0
    with transaction.atomic():
        fund("20000.00")  # enough for the first alone
    payments.sweep()
    assert [status(first), status(second)] == ["paid_out", "awaiting_funds"]
    with transaction.atomic():
        rails.set_profile(enquiry_delays_seconds=(0,), funding_wait_seconds=0)
    payments.sweep()
    assert status(second) == "expired"
    assert proven() == []


def test_one_draw_that_cannot_move_does_not_stop_the_others(committed_qinglan: str) -> None:
    _, stuck = drawn_by("0006")
    _, other = drawn_by("0009")
    payments.disburse(stuck)
    payments.disburse(other)
    payments.sweep()
    assert [status(stuck), status(other)] == ["processing", "paid_out"]


@pytest.mark.parametrize(
    ("ending", "first", "last"), [("0000", "succeeded", "succeeded"), ("0009", "processing", "succeeded")]
)
def test_a_repayment_is_collected(qinglan: str, ending: str, first: str, last: str) -> None:
    who, drawdown_id = drawn_by("0000")
    payments.disburse(drawdown_id)
    paying = Borrower(
        who.scene_id, who.enterprise_id, add_account(who.enterprise_id, ending=ending), who.line_id
    )
    loan = get_loan(loan_id=Loan.objects.get().id, scene_id=None)
    asked = ask(paying, loan, amount="1000.00")
    assert payments.collect(asked.id) == first
    payments.sweep()
    assert get_repayment(repayment_id=asked.id, scene_id=None).status == last
    assert str(get_loan(loan_id=loan.id, scene_id=None).outstanding) == "29000.00"
    assert broken() == []


def test_a_borrower_without_money_keeps_the_debt(qinglan: str) -> None:
    who, drawdown_id = drawn_by("0000")
    payments.disburse(drawdown_id)
    poor = Borrower(
        who.scene_id, who.enterprise_id, add_account(who.enterprise_id, ending="0051"), who.line_id
    )
    loan = get_loan(loan_id=Loan.objects.get().id, scene_id=None)
    asked = ask(poor, loan, amount="1000.00")
    assert payments.collect(asked.id) == "failed"
    assert get_repayment(repayment_id=asked.id, scene_id=None).failure_code == "insufficient_funds"
    assert get_loan(loan_id=loan.id, scene_id=None) == loan


def test_the_tasks_enter_the_bank_and_say_why_nothing_happened(committed_qinglan: str) -> None:
    _, drawdown_id = drawn_by("0000")
    connection.set_schema_to_public()
    assert tasks.disburse(schema="qinglan", drawdown_id=str(drawdown_id)) == "paid_out"
    assert tasks.disburse(schema="lian", drawdown_id=str(drawdown_id)) == "lending.drawdown_not_found"
    assert set(tasks.sweep(schema="qinglan").values()) == {0}
    assert tasks.enquire_open(schema="qinglan") == 0
    assert tasks.day_end(schema="qinglan", until_date="2026-11-04") == {
        "business_date": "2026-11-04",
        "failed_step": None,
    }
    assert tasks.day_end(schema="qinglan", until_date="2026-11-04")["business_date"] == "2026-11-04"
    assert tasks.day_end(schema="qinglan")["business_date"] == "2026-11-05"
    with bank_schema("lian"):
        assert business_date() == TODAY


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(50) as pool:
        yield pool


@pytest.mark.long
def test_fifty_threads_drawing_on_one_line_never_exceed_it(
    committed_qinglan: str, threads: ThreadPoolExecutor
) -> None:
    """J4, F race: 50 draws of 3,000 on 100,000; exactly 33 fit, and each is paid out once."""
    with transaction.atomic():
        fund("1000000.00")
        who = borrower(limit="100000.00")

    def one(_: int) -> str:
        with bank_schema("qinglan"):
            try:
                with transaction.atomic():
                    drawn = draw(who, "3000.00")
                return payments.disburse(drawn.id)
            except Refusal as refusal:
                return refusal.code
            finally:
                connection.close()

    outcomes = list(threads.map(one, range(50)))
    assert outcomes.count("paid_out") == 33
    assert outcomes.count("lending.limit_exceeded") == 17
    line = get_line(line_id=who.line_id, scene_id=None)
    assert (line.drawn, line.reserved) == (Money.parse("99000.00"), Money(0))
    assert Drawdown.objects.count() == Loan.objects.count() == 33
    assert str(available(code="1003")) == "901000.00"
    assert proven() == []


def test_two_hundred_threads_drawing_on_one_line_never_exceed_it(committed_qinglan: str) -> None:
    """200 draws of 700 on 100,000 begin together, forty with a connection at a time; exactly 142 fit."""
    with transaction.atomic():
        who = borrower(limit="100000.00")
    begun, connected = Barrier(200), BoundedSemaphore(40)

    def one(_: int) -> str:
        begun.wait()
        with connected, bank_schema("qinglan"):
            try:
                with transaction.atomic():
                    draw(who, "700.00")
                return "reserved"
            except Refusal as refusal:
                return refusal.code
            finally:
                connection.close()

    with ThreadPoolExecutor(200) as pool:
        outcomes = Counter(pool.map(one, range(200)))
    assert outcomes == {"reserved": 142, "lending.limit_exceeded": 58}
    line = get_line(line_id=who.line_id, scene_id=None)
    assert (line.reserved, line.available) == (Money.parse("99400.00"), Money.parse("600.00"))
    assert Drawdown.objects.count() == 142
    assert proven() == []


@pytest.mark.long
def test_draws_and_repayments_race_the_day_end_and_the_books_agree(
    committed_qinglan: str, threads: ThreadPoolExecutor
) -> None:
    with transaction.atomic():
        fund("1000000.00")
        people = [borrower(limit="100000.00") for _ in range(6)]

    def trade(who: Borrower) -> int:
        with bank_schema("qinglan"):
            try:
                for _ in range(5):
                    with transaction.atomic():
                        drawn = draw(who, "5000.00")
                    payments.disburse(drawn.id)
                    loan_id = get_drawdown(drawdown_id=drawn.id, scene_id=None).loan_id
                    assert loan_id is not None
                    with transaction.atomic():
                        loan = get_loan(loan_id=loan_id, scene_id=None)
                        asked = ask(who, loan, principal="2000.00")
                    payments.collect(asked.id)
                return Loan.objects.filter(enterprise_id=who.enterprise_id).count()
            finally:
                connection.close()

    def end_five_days() -> date:
        with bank_schema("qinglan"):
            try:
                return date.fromisoformat(
                    tasks.day_end(schema="qinglan", until_date="2026-11-07")["business_date"]
                )
            finally:
                connection.close()

    ended = threads.submit(end_five_days)
    assert list(threads.map(trade, people)) == [5] * 6
    assert ended.result() == date(2026, 11, 7)
    assert proven() == []
    with transaction.atomic():
        end_day()
    assert proven() == []


def test_two_workers_record_one_outcome(committed_qinglan: str, threads: ThreadPoolExecutor) -> None:
    _, drawdown_id = drawn_by("0009")
    payments.disburse(drawdown_id)

    def sweep(_: int) -> None:
        with bank_schema("qinglan"):
            try:
                payments.sweep()
            finally:
                connection.close()

    list(threads.map(sweep, range(8)))
    assert status(drawdown_id) == "paid_out"
    assert OutboxEvent.objects.filter(type="drawdown.paid_out").count() == 1
    assert proven() == []


def test_a_top_up_races_the_expiry_of_a_waiting_draw(
    committed_qinglan: str, threads: ThreadPoolExecutor
) -> None:
    """Either it is paid or it expires; never both, and the limit follows."""
    who, drawdown_id = drawn_by("0000", funds="1000.00")
    assert payments.disburse(drawdown_id) == "awaiting_funds"
    with transaction.atomic():
        fund("100000.00")

    def expire() -> str:
        with bank_schema("qinglan"):
            try:
                with transaction.atomic():
                    return drawdowns.expire_waiting(drawdown_id=drawdown_id, now=NOON).status
            except Refusal as refusal:
                return refusal.code
            finally:
                connection.close()

    expiring = threads.submit(expire)
    resumed = payments.resume_waiting()
    outcome = (status(drawdown_id), expiring.result())
    assert outcome in (("paid_out", "lending.funds_held"), ("expired", "expired"))
    assert resumed in (0, 1)
    line = get_line(line_id=who.line_id, scene_id=None)
    assert line.reserved == Money(0)
    assert str(line.drawn) == ("30000.00" if outcome[0] == "paid_out" else "0.00")
    assert proven() == []
