"""Servicing in few words, by the real operations: a borrower with a line, draws, repayments, day-ends."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Final
from uuid import UUID

from connectors.payment_rails.port import Outcome, RailAnswer
from connectors.payment_rails.queries import InstructionView
from kernel.ids import new_id
from kernel.money import Money
from kernel.rates import AnnualRate
from ledger.balances.queries import account_balance
from ledger.journal import operations as journal
from ledger.proofs.queries import check_books
from lending.credit_lines import operations as lines
from lending.day_end import operations as day_end
from lending.drawdowns import operations as drawdowns
from lending.drawdowns.queries import DrawdownView
from lending.loans.queries import LoanView, get_loan
from lending.products.operations import FIRST_PRODUCT, TERM_PRODUCT
from lending.products.queries import current_product
from lending.proofs import check_loans
from lending.repayments import operations as repayments
from lending.repayments.queries import RepaymentView
from parties.enterprises import operations as enterprises
from plumbing.clock.queries import business_date
from testkit.identities import card_number, credit_code

NOON: Final = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
SEVEN_TWO: Final = AnnualRate.parse("0.072000")
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Borrower:
    """Who draws: ids to pass to the operations."""

    scene_id: UUID
    enterprise_id: UUID
    bank_account_id: UUID
    line_id: UUID


def fund(amount: str, *, now: datetime = NOON) -> None:
    """Put money into the bank's settlement account."""
    journal.fund_settlement_account(
        amount=Money.parse(amount), booking_date=business_date(), idempotency_key=f"fund:{new_id()}", now=now
    )


def borrower(
    *,
    limit: str = "100000.00",
    rate: AnnualRate = SEVEN_TWO,
    account_ending: str = "0000",
    scene_id: UUID | None = None,
    now: datetime = NOON,
) -> Borrower:
    """Make a merchant with one account, whose last digits say how the rail treats it, and an open line."""
    number, scene = next(_NUMBERS), scene_id or new_id()
    today: date = business_date()
    enterprise = enterprises.register_enterprise(
        scene_id=scene,
        external_id=f"shop-{number}",
        legal_name=f"示例商户{number}",
        registration_no=credit_code(20_000 + number % 9_000, area_code="331002"),
        industry="F52",
        area_code="331002",
        opened_date=date(2020, 1, 1),
        representative=None,
        now=now,
    )
    account = add_account(enterprise.id, ending=account_ending, now=now)
    line = lines.grant_line(
        enterprise_id=enterprise.id,
        scene_id=scene,
        application_id=new_id(),
        agreement_id=new_id(),
        product=current_product(code=FIRST_PRODUCT, on_date=today),
        limit=Money.parse(limit),
        annual_rate=rate,
        now=now,
        business_date=today,
    )
    return Borrower(scene, enterprise.id, account, line.id)


def term_line(who: Borrower, *, limit: str = "100000.00", code: str = TERM_PRODUCT) -> Borrower:
    """Give a borrower a line besides that is drawn once and repaid in instalments."""
    line = lines.grant_line(
        enterprise_id=who.enterprise_id,
        scene_id=who.scene_id,
        application_id=new_id(),
        agreement_id=new_id(),
        product=current_product(code=code, on_date=business_date()),
        limit=Money.parse(limit),
        annual_rate=SEVEN_TWO,
        now=NOON,
        business_date=business_date(),
    )
    return replace(who, line_id=line.id)


def add_account(enterprise_id: UUID, *, ending: str, now: datetime = NOON) -> UUID:
    """Give an enterprise another account."""
    return enterprises.add_bank_account(
        enterprise_id=enterprise_id,
        account_number=card_number(next(_NUMBERS), ending=ending),
        bank_name="示例银行",
        holder_name="示例商户",
        now=now,
    ).id


def succeeded(settled_date: date) -> RailAnswer:
    """Return what a rail says of money that arrived."""
    return RailAnswer(Outcome.SUCCEEDED, settled_date=settled_date, rail_reference="SIM")


def refused(failure_code: str) -> RailAnswer:
    """Return what a rail says of money that will not move."""
    return RailAnswer(Outcome.REFUSED, failure_code)


UNKNOWN: Final = RailAnswer(Outcome.UNKNOWN)


def draw(who: Borrower, amount: str, *, tenor_days: int = 90, order: str | None = None) -> DrawdownView:
    """Take the first step of a draw: the limit is held."""
    return drawdowns.draw_down(
        line_id=who.line_id,
        scene_id=who.scene_id,
        amount=Money.parse(amount),
        tenor_days=tenor_days,
        bank_account_id=who.bank_account_id,
        external_id=order,
        offer_id=None,
        now=NOON,
        business_date=business_date(),
    )


def prepare(drawdown: DrawdownView) -> InstructionView:
    """Book a draw and write its instruction."""
    return drawdowns.prepare_disbursement(drawdown_id=drawdown.id, now=NOON, business_date=business_date())


def answer(instruction: InstructionView, said: RailAnswer) -> DrawdownView:
    """Record what the rail said of a payment."""
    return drawdowns.record_outcome(
        instruction_id=instruction.id, answer=said, now=NOON, business_date=business_date()
    )


def lend(who: Borrower, amount: str, *, tenor_days: int = 90, settled_date: date | None = None) -> LoanView:
    """Draw and pay out; return the loan."""
    instruction = prepare(draw(who, amount, tenor_days=tenor_days))
    paid = answer(instruction, succeeded(settled_date or business_date()))
    if paid.loan_id is None:
        raise AssertionError("a drawdown that is paid out has a loan")
    return get_loan(loan_id=paid.loan_id, scene_id=None)


def ask(
    who: Borrower,
    loan: LoanView,
    *,
    kind: str = "partial_prepay",
    amount: str | None = None,
    principal: str | None = None,
    external_id: str | None = None,
) -> RepaymentView:
    """Ask for a repayment; its collection is yet to be sent."""
    return repayments.request_repayment(
        loan_id=loan.id,
        scene_id=who.scene_id,
        kind=kind,
        amount=None if amount is None else Money.parse(amount),
        principal=None if principal is None else Money.parse(principal),
        bank_account_id=who.bank_account_id,
        external_id=external_id,
        now=NOON,
        business_date=business_date(),
    )


def collected(repayment: RepaymentView, said: RailAnswer | None = None) -> RepaymentView:
    """Record what the rail said of a collection; by default that it settled today."""
    if repayment.instruction_id is None:
        raise AssertionError("a collection has an instruction")
    return repayments.record_collection(
        instruction_id=repayment.instruction_id,
        answer=said or succeeded(business_date()),
        now=NOON,
        business_date=business_date(),
    )


def at_the_counter(loan: LoanView, amount: str, *, received_date: date, receipt_no: str) -> RepaymentView:
    """Record money taken at the counter."""
    return repayments.record_counter_receipt(
        loan_id=loan.id,
        amount=Money.parse(amount),
        received_date=received_date,
        receipt_no=receipt_no,
        recorded_by="counter@qinglan.example",
        now=NOON,
        business_date=business_date(),
    )


def end_day() -> date:
    """End the open day, step by step; return the day that opens. Raises if the proof does not hold."""
    run = day_end.begin_day_end(business_date=business_date(), now=NOON)
    while (step := day_end.run_next_step(run_id=run.id, now=NOON)) is not None:
        if step.status == "failed":
            raise AssertionError(step.figures)
    return business_date()


def end_days(count_of_days: int) -> date:
    """End so many days; return the day that opens."""
    for _ in range(count_of_days):
        end_day()
    return business_date()


def balance(code: str) -> str:
    """Return an account's balance in yuan, positive on its normal side."""
    return str(account_balance(code=code))


def broken() -> list[str]:
    """Return every invariant of loans and books that does not hold: an empty list."""
    findings = (*check_books(), *check_loans(business_date=business_date()))
    return [f"{finding.invariant}: {finding.detail}" for finding in findings if not finding.ok]
