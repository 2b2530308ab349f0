"""Receiving money and taking a receipt back, by either calculator."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kernel.ids import new_id, public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.journal import operations as journal
from ledger.journal.queries import get_entry
from lending.credit_lines import operations as lines
from lending.loans import entries
from lending.loans.events import tell
from lending.loans.folding import Act, Booked, book, next_event
from lending.loans.log import LogRow, append
from lending.loans.models import Loan, LoanTransaction
from lending.loans.operations.locking import begin
from lending.loans.position import position
from lending.loans.queries import (
    LoanView,
    TransactionView,
    position_of,
    state_of,
    terms_of,
    transaction_view,
    view_of,
)
from lending.loans.states import LoanStatus, TransactionKind, require_move
from lending.loans.waterfall import Allocation, Component, allocate
from lending.products.methods import RepaymentMethod
from lending.replay import AsOf, Event, EventKind
from plumbing.sql import in_transaction

RECEIPTS = (TransactionKind.REPAYMENT, TransactionKind.COUNTER_RECEIPT)


class ValueDateInvalid(Refusal):
    """A payment cannot count from before the loan, or from a day still to come."""

    code = "lending.value_date_invalid"
    kind = Kind.INVALID
    message = "{value_date} is not between {first_date} and {last_date}."


class ReceiptNotPositive(Refusal):
    """A payment of nothing."""

    code = "lending.receipt_not_positive"
    kind = Kind.INVALID
    message = "{amount} is not a payment."


class NotAReceipt(Refusal):
    """Only a payment that still stands can be taken back."""

    code = "lending.not_a_receipt"
    kind = Kind.CONFLICT
    message = "This {kind} cannot be reversed."


class ExcessRefunded(Refusal):
    """What the payment left over has gone back to the borrower: it cannot be taken back as a whole."""

    code = "lending.excess_refunded"
    kind = Kind.CONFLICT
    message = "{excess} of this payment became a credit balance, of which {held} is left."


@dataclass(frozen=True, slots=True)
class Received:
    """A payment as it was used."""

    transaction: TransactionView
    loan: LoanView
    parts: Allocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A payment as it comes in.

    `prepayment` is the borrower's choice for what is above what is due (keep_term, keep_instalment, next,
    hold; empty: the product's); `source_account_id` the account it came from, the only one a refund goes to.
    """

    amount: Money
    kind: str
    value_date: date
    reference: str
    prepayment: str = ""
    source_account_id: UUID | None = None
    cash_account: str = entries.SETTLEMENT


@in_transaction
def receive(
    *,
    loan_id: UUID,
    amount: Money,
    kind: str,
    value_date: date,
    reference: str,
    business_date: date,
    now: datetime,
    prepayment: str = "",
    source_account_id: UUID | None = None,
    cash_account: str = entries.SETTLEMENT,
) -> Received:
    """Use a payment by the waterfall as of its value date, book it, free the line by the principal (S0-01).

    A payment keyed late corrects, today and with its own value date, the interest accrued since (J6, F
    backdated). What nothing is owed for goes to 2241; a loan already settled takes nothing. On a schedule
    `prepayment` is the borrower's choice for what is above what is due.
    """
    if amount.minor <= 0:
        raise ReceiptNotPositive(amount=str(amount))
    as_of, row = begin(loan_id, business_date)
    if row.value_date is None or not row.value_date <= value_date <= business_date:
        raise ValueDateInvalid(value_date=value_date, first_date=row.value_date, last_date=business_date)
    receipt = Receipt(
        amount=amount,
        kind=kind,
        value_date=value_date,
        reference=reference,
        prepayment=prepayment,
        source_account_id=source_account_id,
        cash_account=cash_account,
    )
    by_day = row.method == RepaymentMethod.DAILY_INTEREST
    written, parts, freed = (_receive_daily if by_day else _receive_scheduled)(row, receipt, as_of, now)
    free_line(row, freed)
    settle_if_paid(row, business_date=business_date, now=now)
    row.save()
    return Received(transaction_view(written), view_of(row), parts)


def free_line(row: Loan, freed: int) -> None:
    """Give a line back what is owed no more, or use it again for what is."""
    if freed > 0:
        lines.restore(line_id=row.line_id, amount=Money(freed))
    elif freed < 0:
        lines.take_back(line_id=row.line_id, amount=Money(-freed))


def _receive_daily(
    row: Loan, receipt: Receipt, as_of: AsOf, now: datetime
) -> tuple[LoanTransaction, Allocation, int]:
    parts = allocate(amount=receipt.amount.minor, owed=owed_on(row, receipt.value_date))
    change = _book(row, parts, receipt, business_date=as_of.business_date, now=now)
    accrued_through, business_date = as_of.accrued_through, as_of.business_date
    written = append(row, change, accrued_through=accrued_through, business_date=business_date, now=now)
    freed = parts.principal + _reallocate(
        row, accrued_through=accrued_through, business_date=business_date, now=now
    )
    return written, parts, freed


def _receive_scheduled(
    row: Loan, receipt: Receipt, as_of: AsOf, now: datetime
) -> tuple[LoanTransaction, Allocation, int]:
    event = Event(
        sequence=next_event(row),
        kind=EventKind(receipt.kind),
        value_date=receipt.value_date,
        amount=receipt.amount.minor,
        choice=receipt.prepayment,
    )
    act = Act(
        event,
        cash_account=receipt.cash_account,
        reference=receipt.reference,
        source_account_id=receipt.source_account_id,
    )
    booked = book(row, act, as_of=as_of, now=now)
    used = booked.parts
    parts = Allocation(
        penalty=used.penalty,
        interest=used.interest,
        principal=used.principal,
        excess=used.excess,
        compound=used.compound,
        fee=used.fee,
    )
    return booked.transaction, parts, booked.freed


def owed_on(row: Loan, value_date: date) -> dict[Component, int]:
    """Return what a payment valued on a day can be used for.

    Interest is that earned to the value date less all that was ever paid, also later; principal is what is
    outstanding now, which is never more than it was on a day before.
    """
    then = position_of(row, value_date)
    earned_interest, earned_penalty = then.interest, then.penalty
    if row.segment_date is not None and value_date < row.segment_date:
        later = row.transactions.filter(value_date__gt=value_date)
        earned_interest -= sum(paid.interest_paid.minor for paid in later)
        earned_penalty -= sum(paid.penalty_paid.minor for paid in later)
    return {
        Component.PENALTY: earned_penalty,
        Component.INTEREST: earned_interest,
        Component.PRINCIPAL: row.outstanding.minor,
    }


def _book(
    row: Loan,
    parts: Allocation,
    receipt: Receipt,
    *,
    business_date: date,
    now: datetime,
) -> LogRow:
    """Post a payment's entry and return the row of the log that goes with it."""
    transaction_id = new_id()
    draft = entries.receipt(
        loan_id=row.id,
        transaction_id=transaction_id,
        kind=receipt.kind,
        parts=parts,
        booking_date=business_date,
        cash_account=receipt.cash_account,
        value_date=receipt.value_date,
    )
    return LogRow(
        id=transaction_id,
        entry_id=journal.post_entry(entry=draft, now=now).id,
        kind=receipt.kind,
        value_date=receipt.value_date,
        principal_change=-parts.principal,
        interest_paid=parts.interest,
        penalty_paid=parts.penalty,
        excess=parts.excess,
        reference=receipt.reference,
        amount=receipt.amount.minor,
        source_account_id=receipt.source_account_id,
    )


def _reallocate(row: Loan, *, accrued_through: date, business_date: date, now: datetime) -> int:
    """Use interest that proved to be paid too much for what is still owed; return the principal it paid."""
    owed = position(state_of(row), terms_of(row), business_date)
    overpaid_interest, overpaid_penalty = max(0, -owed.interest), max(0, -owed.penalty)
    if not overpaid_interest and not overpaid_penalty:
        return 0
    parts = allocate(
        amount=overpaid_interest + overpaid_penalty,
        owed={
            Component.PENALTY: owed.penalty,
            Component.INTEREST: owed.interest,
            Component.PRINCIPAL: owed.principal,
        },
    )
    transaction_id = new_id()
    entry = journal.post_entry(
        entry=entries.reallocation(
            loan_id=row.id,
            transaction_id=transaction_id,
            overpaid_penalty=overpaid_penalty,
            overpaid_interest=overpaid_interest,
            parts=parts,
            on=business_date,
        ),
        now=now,
    )
    change = LogRow(
        transaction_id,
        entry.id,
        TransactionKind.REALLOCATION,
        business_date,
        -parts.principal,
        parts.interest - overpaid_interest,
        parts.penalty - overpaid_penalty,
        parts.excess,
    )
    append(row, change, accrued_through=accrued_through, business_date=business_date, now=now)
    return parts.principal


def settle_if_paid(row: Loan, *, business_date: date, now: datetime) -> None:
    """End a loan on which nothing is owed any more; note that nothing is overdue where that is so."""
    late = row.oldest_due_date is not None and row.oldest_due_date < business_date
    owed = position_of(row, business_date)
    is_paid = not (owed.principal or owed.interest > 0 or owed.penalty > 0)
    if row.status != LoanStatus.ACTIVE or not (is_paid or (row.overdue_since_date and not late)):
        return
    was_overdue = row.overdue_since_date is not None
    row.overdue_since_date = None
    others = Loan.objects.filter(line_id=row.line_id, status=LoanStatus.ACTIVE).exclude(id=row.id)
    if was_overdue and not others.filter(overdue_since_date__isnull=False).exists():
        lines.thaw_overdue(line_id=row.line_id, now=now)
    if is_paid:
        require_move(current=row.status, wanted=LoanStatus.PAID_OFF)
        row.status, row.closed_date, row.oldest_due_date = LoanStatus.PAID_OFF, business_date, None
        row.next_roll_date = None
        tell(row, "paid_off", ["status", "outstanding"], now)


@in_transaction
def reverse_receipt(*, transaction_id: UUID, business_date: date, now: datetime) -> TransactionView:
    """Take a payment back as if it had never been (冲正): same value date, booked today, the line used again.

    What was freed by the payment may have been drawn since: the line stretches (`lines.take_back`). A refund
    that the rail refused is taken back in the same way: the credit is the borrower's again (Dr 3001 / Cr
    2241). Refuses what no money came in for (a renewal, a guarantor's accepted claim: their own rooms know
    what else hangs on them), and a payment whose excess was refunded.
    """
    found = LoanTransaction.objects.filter(id=transaction_id).first()
    if found is None or found.kind not in (*RECEIPTS, TransactionKind.CREDIT_REFUND):
        raise NotAReceipt(kind="transaction" if found is None else str(found.kind))
    as_of, row = begin(found.loan_id, business_date)
    if LoanTransaction.objects.filter(reverses=found).exists() or found.entry_id is None:
        raise NotAReceipt(kind=f"{found.kind}, already reversed,")
    cash = entries.IN_FLIGHT if found.kind == TransactionKind.CREDIT_REFUND else entries.SETTLEMENT
    if cash not in {line.account for line in get_entry(found.entry_id).lines}:
        raise NotAReceipt(kind=f"{found.kind} without money")
    if row.method == RepaymentMethod.DAILY_INTEREST:
        written = _reverse_daily(row, found, as_of, now)
    else:
        booked = _reverse_scheduled(row, found, cash, as_of, now)
        written = booked.transaction
        free_line(row, booked.freed)
    if row.status == LoanStatus.PAID_OFF and position_of(row, business_date).total > 0:
        require_move(current=row.status, wanted=LoanStatus.ACTIVE)
        row.status, row.closed_date = LoanStatus.ACTIVE, None
    row.save()
    return transaction_view(written)


def _reverse_scheduled(row: Loan, found: LoanTransaction, cash: str, as_of: AsOf, now: datetime) -> Booked:
    event = Event(
        sequence=next_event(row),
        kind=EventKind.REVERSAL,
        value_date=found.value_date,
        amount=-found.amount.minor,
        reverses=found.sequence,
    )
    act = Act(event, cash_account=cash, reference=found.reference, reverses_id=found.id)
    return book(row, act, as_of=as_of, now=now)


def _reverse_daily(row: Loan, found: LoanTransaction, as_of: AsOf, now: datetime) -> LoanTransaction:
    if found.entry_id is None:
        raise NotAReceipt(kind=str(found.kind))
    if found.excess > row.credit_balance:
        raise ExcessRefunded(excess=str(found.excess), held=str(row.credit_balance))
    if found.principal_change:
        lines.take_back(line_id=row.line_id, amount=-found.principal_change)
    entry = journal.reverse_entry(
        entry_id=found.entry_id,
        booking_date=as_of.business_date,
        value_date=found.value_date,
        idempotency_key=f"{public_id('ltx', found.id)}:reversal",
        now=now,
    )
    change = LogRow(
        new_id(),
        entry.id,
        TransactionKind.REVERSAL,
        found.value_date,
        -found.principal_change.minor,
        -found.interest_paid.minor,
        -found.penalty_paid.minor,
        -found.excess.minor,
        found.reference,
        found.id,
        amount=-found.amount.minor,
    )
    return append(
        row,
        change,
        accrued_through=as_of.accrued_through,
        business_date=as_of.business_date,
        now=now,
    )
