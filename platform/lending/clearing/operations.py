"""Refunds and settlement payments: the saga of a disbursement, without a loan (M-05).

`prepare_refund` and `prepare_batch` hold the bank's funds, book what is in flight (3001) and write the
instruction; the caller commits, calls the rail outside any transaction, and gives the answer to
`record_refund` or `record_batch`. A batch that the rail refused waits until somebody has verified the party's
account (`settlement.reopen`) and is then paid under a new instruction.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from connectors.payment_rails import operations as rails
from connectors.payment_rails.port import Outcome, RailAnswer
from connectors.payment_rails.queries import InstructionView, get_instruction
from connectors.payment_rails.states import Direction
from kernel.ids import new_id, parse_id, public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from ledger.settlement import operations as settlement
from ledger.settlement.queries import BatchView, get_batch
from lending.clearing.models import Refund, RefundStatus
from lending.clearing.queries import RefundNotFound, RefundView, refunded, view_of
from lending.loans import operations as loans
from lending.loans.accrual import hold_book
from lending.repayments.queries import get_repayment
from plumbing.outbox import operations as outbox
from plumbing.sql import in_transaction

IN_FLIGHT: Final = "3001"
SETTLEMENT: Final = "1003"


class NothingToRefund(Refusal):
    """More than the repayment left over, less what has gone back already."""

    code = "lending.nothing_to_refund"
    message = "{asked} cannot be refunded: {left} of the repayment is left."


class SourceUnknown(Refusal):
    """The money came over the counter: there is no account it came from, so none it can go back to."""

    code = "lending.refund_source_unknown"
    kind = Kind.CONFLICT
    message = "The repayment did not come from an account; it is refunded at the counter."


def _tell(row: Refund, event: str, now: datetime) -> None:
    outbox.emit(
        type=f"refund.{event}",
        subject=public_id("rfd", row.id),
        data={
            "object": {
                "id": public_id("rfd", row.id),
                "object": "refund",
                "status": row.status,
                "failure_code": row.failure_code or None,
                "repayment": public_id("rpy", row.repayment_id),
                "loan": public_id("lon", row.loan_id),
            },
            "changed": ["status"],
        },
        scene_id=row.scene_id,
        now=now,
    )


@in_transaction
def request_refund(
    *, repayment_id: UUID, amount: Money | None, requested_by: str, now: datetime
) -> RefundView:
    """Ask for what a repayment left over (2241), all or part, to go back where it came from (J6, F over).

    The account is that of the repayment; there is no argument for another.
    """
    repayment = get_repayment(repayment_id=repayment_id, scene_id=None)
    loan = loans.lock_loan(loan_id=repayment.loan_id)
    repayment = get_repayment(repayment_id=repayment_id, scene_id=None)
    left = repayment.excess - refunded(repayment_id=repayment_id)
    asked = left if amount is None else amount
    if repayment.status != "succeeded" or asked.minor <= 0 or asked > left:
        raise NothingToRefund(asked=str(asked), left=str(left))
    if repayment.bank_account_id is None:
        raise SourceUnknown
    row = Refund.objects.create(
        loan_id=loan.id,
        repayment_id=repayment_id,
        scene_id=repayment.scene_id,
        amount=asked,
        bank_account_id=repayment.bank_account_id,
        requested_by=requested_by,
        created_at=now,
    )
    _tell(row, "created", now)
    return view_of(row)


def _locked(refund_id: UUID) -> Refund:
    row = Refund.objects.select_for_update().filter(id=refund_id).first()
    if row is None:
        raise RefundNotFound(refund=public_id("rfd", refund_id))
    return row


def _paying(row: Refund, on: date) -> EntryDraft:
    """Return the pending payment that holds the bank's funds while the rail works."""
    name = public_id("rfd", row.id)
    return EntryDraft(
        kind="refund.paying",
        booking_date=on,
        value_date=on,
        lines=(Line.debit(IN_FLIGHT, row.amount), Line.credit(SETTLEMENT, row.amount)),
        idempotency_key=f"{name}:paying",
        reference=name,
        pending=True,
    )


@in_transaction
def prepare_refund(*, refund_id: UUID, now: datetime, business_date: date) -> InstructionView | None:
    """Hold the bank's funds, book the refund in flight and write the instruction; again, the same one.

    A refund of a payment that was taken back meanwhile, or of a balance that is there no more, fails and
    sends nothing: None. What is on the loan by then came from somebody else's account (J6, F over). Raises
    the ledger's `InsufficientFunds`, and leaves nothing behind, when the settlement account is short.
    """
    hold_book(business_date=business_date)
    row = _locked(refund_id)
    if row.instruction_id is not None:
        return get_instruction(instruction_id=row.instruction_id)
    if row.status != RefundStatus.CREATED:
        raise NothingToRefund(asked=str(row.amount), left="0.00")
    loan = loans.lock_loan(loan_id=row.loan_id)
    returned = get_repayment(repayment_id=row.repayment_id, scene_id=None).status != "succeeded"
    if returned or row.amount > loan.credit_balance:
        _fail(row, "repayment_returned" if returned else "balance_used", now)
        return None
    taken = loans.take_credit_balance(
        loan_id=row.loan_id,
        amount=row.amount,
        reference=public_id("rfd", row.id),
        business_date=business_date,
        now=now,
    ).transaction
    row.transaction_id, row.booking_entry_id = taken.id, taken.entry_id
    row.payment_entry_id = journal.post_entry(entry=_paying(row, business_date), now=now).id
    instruction = rails.create_instruction(
        direction=Direction.PAY,
        subject=public_id("rfd", row.id),
        amount=row.amount,
        bank_account_id=row.bank_account_id,
        now=now,
    )
    row.status, row.instruction_id = RefundStatus.PROCESSING, instruction.id
    row.save()
    return instruction


def _fail(row: Refund, failure_code: str, now: datetime) -> None:
    row.status, row.failure_code, row.finished_at = RefundStatus.FAILED, failure_code, now
    row.save(update_fields=["status", "failure_code", "finished_at"])
    _tell(row, "failed", now)


@in_transaction
def record_refund(
    *, instruction_id: UUID, answer: RailAnswer, now: datetime, business_date: date
) -> RefundView:
    """Book what the rail said of a refund, once: paid, or the balance is the borrower's again."""
    recorded = rails.record_answer(
        instruction_id=instruction_id, answer=answer, now=now, business_date=business_date
    )
    row = _locked(parse_id("rfd", recorded.instruction.subject))
    if not recorded.is_news:
        return view_of(row)
    hold_book(business_date=business_date)
    if row.payment_entry_id is None or row.transaction_id is None:
        raise RefundNotFound(refund=recorded.instruction.subject)
    if answer.outcome is Outcome.SUCCEEDED:
        journal.settle_pending(
            entry_id=row.payment_entry_id,
            booking_date=business_date,
            value_date=answer.settled_by(business_date),
            now=now,
        )
        row.status = RefundStatus.PAID_OUT
    else:
        journal.void_pending(entry_id=row.payment_entry_id, now=now)
        loans.reverse_receipt(transaction_id=row.transaction_id, business_date=business_date, now=now)
        row.status, row.failure_code = RefundStatus.FAILED, answer.failure_code
    row.finished_at = now
    row.save()
    _tell(row, str(row.status), now)
    return view_of(row)


def _subject(batch_id: UUID, attempt: int) -> str:
    """Return the name of a payment of a batch: each attempt after a refusal is another payment."""
    return f"{public_id('stb', batch_id)}:{attempt}"


@in_transaction
def prepare_batch(*, batch_id: UUID, now: datetime, business_date: date) -> InstructionView | None:
    """Hold the bank's funds for an acknowledged batch and write its instruction; called again, the same one.

    A batch that comes to nothing is closed at once, and there is nothing to send: None. Raises the ledger's
    `InsufficientFunds` when the settlement account is short.
    """
    hold_book(business_date=business_date)
    batch = get_batch(batch_id=batch_id)
    if batch.instruction_id is not None:
        return get_instruction(instruction_id=batch.instruction_id)
    if not batch.net:
        settlement.receive(batch_id=batch_id, value_date=business_date, booking_date=business_date, now=now)
        return None
    instruction_id = new_id()
    done = settlement.instruct(
        batch_id=batch_id, instruction_id=instruction_id, booking_date=business_date, now=now
    )
    return rails.create_instruction(
        direction=Direction.PAY,
        subject=_subject(batch_id, done.attempt_count),
        amount=done.net,
        bank_account_id=done.party.id,
        now=now,
        instruction_id=instruction_id,
    )


@in_transaction
def record_batch(
    *, instruction_id: UUID, answer: RailAnswer, now: datetime, business_date: date
) -> BatchView:
    """Book what the rail said of a batch's payment, once."""
    recorded = rails.record_answer(
        instruction_id=instruction_id, answer=answer, now=now, business_date=business_date
    )
    batch_id = parse_id("stb", recorded.instruction.subject.partition(":")[0])
    if not recorded.is_news:
        return get_batch(batch_id=batch_id)
    hold_book(business_date=business_date)
    if answer.outcome is Outcome.SUCCEEDED:
        return settlement.settle(
            batch_id=batch_id,
            value_date=answer.settled_by(business_date),
            booking_date=business_date,
            now=now,
        )
    return settlement.refuse(
        batch_id=batch_id, failure_code=answer.failure_code, booking_date=business_date, now=now
    )
