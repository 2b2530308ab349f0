"""What changes a loan. Each act writes one row of the log, moves the projection by it, and books it.

Locks: the accrual book (shared), then the line, then the loan, then ledger accounts.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from kernel.ids import new_id, public_id
from kernel.money import Money
from kernel.rates import AnnualRate
from kernel.refusals import Kind, Refusal
from ledger.journal import operations as journal
from lending.credit_lines import operations as lines
from lending.loans import entries
from lending.loans.accrual import hold_book
from lending.loans.events import tell
from lending.loans.log import LogRow, append
from lending.loans.models import Loan, LoanTransaction
from lending.loans.position import position
from lending.loans.queries import (
    LoanNotActive,
    LoanNotFound,
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
from plumbing.sql import in_transaction
from regulation import queries as regulation


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


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """What a loan takes from its contract, for life."""

    annual_rate: AnnualRate
    penalty_rate: AnnualRate
    rounding: str
    tenor_days: int
    due_date_roll: str
    income_account: str


@dataclass(frozen=True, slots=True)
class Received:
    """A payment as it was used."""

    transaction: TransactionView
    loan: LoanView
    parts: Allocation


def _locked(loan_id: UUID) -> Loan:
    row = Loan.objects.select_for_update().filter(id=loan_id).first()
    if row is None:
        raise LoanNotFound(loan=public_id("lon", loan_id))
    return row


@in_transaction
def book_loan(
    *,
    loan_id: UUID,
    drawdown_id: UUID,
    line_id: UUID,
    enterprise_id: UUID,
    scene_id: UUID,
    principal: Money,
    terms: LoanTerms,
    now: datetime,
) -> LoanView:
    """Book a loan whose money is on its way; it bears no interest yet."""
    row = Loan.objects.create(
        id=loan_id,
        drawdown_id=drawdown_id,
        line_id=line_id,
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        principal=principal,
        outstanding=Money(0),
        interest_paid=Money(0),
        penalty_paid=Money(0),
        annual_rate=terms.annual_rate.fraction,
        penalty_rate=terms.penalty_rate.fraction,
        day_basis=terms.annual_rate.basis,
        rounding=terms.rounding,
        income_account=terms.income_account,
        tenor_days=terms.tenor_days,
        due_date_roll=terms.due_date_roll,
        booked_at=now,
    )
    return view_of(row)


@in_transaction
def activate_loan(
    *, loan_id: UUID, value_date: date, entry_id: UUID, business_date: date, now: datetime
) -> LoanView:
    """Begin a loan on the day the rail settled it; its due date rolls to a workday of the bank (L-07)."""
    accrued_through = hold_book(business_date=business_date)
    row = _locked(loan_id)
    require_move(current=row.status, wanted=LoanStatus.ACTIVE)
    if row.status != LoanStatus.DISBURSING:
        raise LoanNotActive(current=str(row.status))
    row.status, row.value_date = LoanStatus.ACTIVE, value_date
    row.maturity_date = row.due_date = value_date + timedelta(days=row.tenor_days)
    if row.due_date_roll == "next_workday":
        row.due_date = regulation.calendar().next_workday(row.maturity_date)
    append(
        row,
        LogRow(
            new_id(),
            entry_id,
            TransactionKind.DISBURSEMENT,
            value_date,
            row.principal.minor,
            reference=public_id("drw", row.drawdown_id),
        ),
        accrued_through=accrued_through,
        business_date=business_date,
        now=now,
    )
    row.save()
    tell(row, "activated", ["status"], now)
    return view_of(row)


@in_transaction
def cancel_loan(*, loan_id: UUID, business_date: date) -> LoanView:
    """End a loan whose money never arrived."""
    row = _locked(loan_id)
    require_move(current=row.status, wanted=LoanStatus.CANCELLED)
    row.status, row.closed_date = LoanStatus.CANCELLED, business_date
    row.save(update_fields=["status", "closed_date"])
    return view_of(row)


@in_transaction
def lock_loan(*, loan_id: UUID) -> LoanView:
    """Take the locks of a loan, its line's first, so that acts on it take turns."""
    return view_of(_locked_with_line(loan_id))


def _locked_with_line(loan_id: UUID) -> Loan:
    line_id = Loan.objects.filter(id=loan_id).values_list("line_id", flat=True).first()
    if line_id is None:
        raise LoanNotFound(loan=public_id("lon", loan_id))
    lines.lock_line(line_id=line_id)
    return _locked(loan_id)


def _begin(loan_id: UUID, business_date: date) -> tuple[date, Loan]:
    """Take the locks of a servicing act, in order."""
    accrued_through = hold_book(business_date=business_date)
    row = _locked_with_line(loan_id)
    if row.status not in (LoanStatus.ACTIVE, LoanStatus.PAID_OFF):
        raise LoanNotActive(current=str(row.status))
    return accrued_through, row


def _owed(row: Loan, value_date: date) -> dict[Component, int]:
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
) -> Received:
    """Use a payment by the waterfall as of its value date, book it, free the line by the principal (S0-01).

    A payment keyed late corrects, today and with its own value date, the interest accrued since (J6, F
    backdated). What nothing is owed for goes to 2241; a loan already settled takes nothing.
    """
    if amount.minor <= 0:
        raise ReceiptNotPositive(amount=str(amount))
    accrued_through, row = _begin(loan_id, business_date)
    if row.value_date is None or not row.value_date <= value_date <= business_date:
        raise ValueDateInvalid(value_date=value_date, first_date=row.value_date, last_date=business_date)
    parts = allocate(amount=amount.minor, owed=_owed(row, value_date))
    change = _book(
        row,
        parts,
        kind=kind,
        value_date=value_date,
        reference=reference,
        business_date=business_date,
        now=now,
    )
    written = append(row, change, accrued_through=accrued_through, business_date=business_date, now=now)
    freed = parts.principal + _reallocate(
        row, accrued_through=accrued_through, business_date=business_date, now=now
    )
    if freed:
        lines.restore(line_id=row.line_id, amount=Money(freed))
    _settle_if_paid(row, business_date=business_date, now=now)
    row.save()
    return Received(transaction_view(written), view_of(row), parts)


def _book(
    row: Loan,
    parts: Allocation,
    *,
    kind: str,
    value_date: date,
    reference: str,
    business_date: date,
    now: datetime,
) -> LogRow:
    """Post a payment's entry and return the row of the log that goes with it."""
    transaction_id = new_id()
    draft = entries.receipt(
        loan_id=row.id,
        transaction_id=transaction_id,
        kind=kind,
        parts=parts,
        booking_date=business_date,
        value_date=value_date,
    )
    return LogRow(
        id=transaction_id,
        entry_id=journal.post_entry(entry=draft, now=now).id,
        kind=kind,
        value_date=value_date,
        principal_change=-parts.principal,
        interest_paid=parts.interest,
        penalty_paid=parts.penalty,
        excess=parts.excess,
        reference=reference,
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


def _settle_if_paid(row: Loan, *, business_date: date, now: datetime) -> None:
    """End a loan on which nothing is owed any more."""
    owed = position(state_of(row), terms_of(row), business_date)
    if row.status != LoanStatus.ACTIVE or owed.principal or owed.interest or owed.penalty:
        return
    require_move(current=row.status, wanted=LoanStatus.PAID_OFF)
    was_overdue = row.overdue_since_date is not None
    row.status, row.closed_date, row.overdue_since_date = LoanStatus.PAID_OFF, business_date, None
    others = Loan.objects.filter(line_id=row.line_id, status=LoanStatus.ACTIVE).exclude(id=row.id)
    if was_overdue and not others.filter(overdue_since_date__isnull=False).exists():
        lines.thaw_overdue(line_id=row.line_id, now=now)
    tell(row, "paid_off", ["status", "outstanding"], now)


@in_transaction
def reverse_receipt(*, transaction_id: UUID, business_date: date, now: datetime) -> TransactionView:
    """Take a payment back as if it had never been (冲正): same value date, booked today, the line used again.

    The line must have room: what was freed by the payment may have been drawn since.
    """
    found = LoanTransaction.objects.filter(id=transaction_id).first()
    if found is None or found.kind not in (TransactionKind.REPAYMENT, TransactionKind.COUNTER_RECEIPT):
        raise NotAReceipt(kind="transaction" if found is None else str(found.kind))
    accrued_through, row = _begin(found.loan_id, business_date)
    if LoanTransaction.objects.filter(reverses=found).exists() or found.entry_id is None:
        raise NotAReceipt(kind=f"{found.kind}, already reversed,")
    if found.principal_change:
        lines.take_back(line_id=row.line_id, amount=-found.principal_change)
    entry = journal.reverse_entry(
        entry_id=found.entry_id,
        booking_date=business_date,
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
    )
    written = append(row, change, accrued_through=accrued_through, business_date=business_date, now=now)
    if row.status == LoanStatus.PAID_OFF and position(state_of(row), terms_of(row), business_date).total:
        require_move(current=row.status, wanted=LoanStatus.ACTIVE)
        row.status, row.closed_date = LoanStatus.ACTIVE, None
    row.save()
    return transaction_view(written)
