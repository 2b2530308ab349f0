"""Giving up, taking off the books, recovering, settling for less, giving back (E-05, L-08, R-14)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.journal import operations as journal
from lending.loans import entries
from lending.loans.events import tell
from lending.loans.folding import Act, book, next_event
from lending.loans.log import LogRow, append
from lending.loans.models import Loan, LoanTransaction
from lending.loans.operations.locking import begin
from lending.loans.operations.receiving import ReceiptNotPositive, free_line, receive, settle_if_paid
from lending.loans.queries import (
    LoanView,
    TransactionView,
    loan_position,
    position_of,
    transaction_view,
    view_of,
)
from lending.loans.states import LoanStatus, TransactionKind, require_move
from lending.products.methods import RepaymentMethod
from lending.replay import AsOf, Event, EventKind
from plumbing.sql import in_transaction

_NOTHING: Final = Money(0)
_ACTIVE = (LoanStatus.ACTIVE,)
_CLAIMED = (LoanStatus.WRITTEN_OFF,)
_ANY = (LoanStatus.ACTIVE, LoanStatus.PAID_OFF, LoanStatus.WRITTEN_OFF)


class WaiverTooLarge(Refusal):
    """More than is owed cannot be given up."""

    code = "lending.waiver_too_large"
    message = "{asked} of {component} cannot be waived: {owed} is owed."


class NothingWaived(Refusal):
    """A waiver gives something up: a row of the log that says nothing is not written."""

    code = "lending.nothing_waived"
    kind = Kind.INVALID
    message = "A waiver of nothing is no waiver: it names interest, penalty or compound interest."


class NoCreditBalance(Refusal):
    """The borrower has not paid so much too much."""

    code = "lending.no_credit_balance"
    message = "{asked} is more than the credit balance of {held}."


class RecoveryTooLarge(Refusal):
    """More than was written off cannot be recovered: the rest is no recovery."""

    code = "lending.recovery_too_large"
    message = "{asked} is more than the {claimed} still claimed."


class SettlementTooSmall(Refusal):
    """A settlement gives interest up, never principal: principal is written off first."""

    code = "lending.settlement_too_small"
    message = "{offered} does not cover the principal of {principal}."


@dataclass(frozen=True, slots=True)
class CreditTaken:
    """A credit balance on its way back: to whom it goes, and the entry that holds it (Dr 2241 / Cr 3001)."""

    transaction: TransactionView
    amount: Money
    source_account_id: UUID | None
    enterprise_id: UUID


def _is_daily(row: Loan) -> bool:
    return row.method == RepaymentMethod.DAILY_INTEREST


def _append(row: Loan, change: LogRow, as_of: AsOf, now: datetime) -> LoanTransaction:
    return append(
        row,
        change,
        accrued_through=as_of.accrued_through,
        business_date=as_of.business_date,
        now=now,
    )


def _post(
    row: Loan, changes: dict[str, int], *, kind: EventKind, transaction_id: UUID, as_of: AsOf, now: datetime
) -> UUID | None:
    draft = entries.difference(
        loan_id=row.id,
        transaction_id=transaction_id,
        kind=kind.value,
        changes={account: minor for account, minor in changes.items() if minor},
        booking_date=as_of.business_date,
        value_date=as_of.business_date,
    )
    return None if draft is None else journal.post_entry(entry=draft, now=now).id


@in_transaction
def waive(
    *,
    loan_id: UUID,
    interest: Money = _NOTHING,
    penalty: Money = _NOTHING,
    compound: Money = _NOTHING,
    reason: str,
    business_date: date,
    now: datetime,
) -> LoanView:
    """Give up interest, penalty or compound interest that is owed: Dr 6011.x / Cr 1303.02, 1132."""
    if not (interest or penalty or compound):
        raise NothingWaived
    as_of, row = begin(loan_id, business_date, _ACTIVE)
    owed = loan_position(loan_id=loan_id, on_date=business_date)
    asked = {"interest": interest, "penalty": penalty, "compound": compound}
    held = {"interest": owed.interest, "penalty": owed.penalty - owed.compound, "compound": owed.compound}
    for component, amount in asked.items():
        if not Money(0) <= amount <= held[component]:
            raise WaiverTooLarge(asked=str(amount), component=component, owed=str(held[component]))
    if _is_daily(row):
        _waive_daily(row, interest, penalty, as_of, now)
    else:
        event = Event(
            sequence=next_event(row),
            kind=EventKind.WAIVER,
            value_date=business_date,
            interest=interest.minor,
            penalty=penalty.minor,
            compound=compound.minor,
        )
        free_line(row, book(row, Act(event, reference=reason), as_of=as_of, now=now).freed)
    settle_if_paid(row, business_date=business_date, now=now)
    row.save()
    return view_of(row)


def _waive_daily(row: Loan, interest: Money, penalty: Money, as_of: AsOf, now: datetime) -> None:
    transaction_id = new_id()
    changes = {
        row.income_account: interest.minor,
        entries.ACCRUED_INTEREST: -interest.minor,
        entries.PENALTY_INCOME: penalty.minor,
        entries.PENALTY_RECEIVABLE: -penalty.minor,
    }
    entry_id = _post(row, changes, kind=EventKind.WAIVER, transaction_id=transaction_id, as_of=as_of, now=now)
    change = LogRow(
        transaction_id,
        entry_id,
        TransactionKind.WAIVER,
        as_of.business_date,
        0,
        interest.minor,
        penalty.minor,
        detail={"interest": interest.minor, "penalty": penalty.minor},
    )
    _append(row, change, as_of, now)


@in_transaction
def write_off(*, loan_id: UUID, reason: str, business_date: date, now: datetime) -> LoanView:
    """Take a loan off the books as accrued: Dr 1304 / Cr 1303.01, 1303.02, 1132, memo 9003 (E-05).

    The claim goes on: what is recovered later goes against the allowance.
    """
    as_of, row = begin(loan_id, business_date, _ACTIVE)
    require_move(current=row.status, wanted=LoanStatus.WRITTEN_OFF)
    if _is_daily(row):
        freed = _write_off_daily(row, as_of, now)
    else:
        event = Event(
            sequence=next_event(row),
            kind=EventKind.WRITE_OFF,
            value_date=business_date,
            through=as_of.accrued_through,
        )
        freed = book(row, Act(event, reference=reason), as_of=as_of, now=now).freed
    free_line(row, freed)
    row.status, row.closed_date = LoanStatus.WRITTEN_OFF, business_date
    row.oldest_due_date = row.next_roll_date = None
    row.save()
    tell(row, "written_off", ["status", "outstanding"], now)
    return view_of(row)


def _write_off_daily(row: Loan, as_of: AsOf, now: datetime) -> int:
    owed, transaction_id = position_of(row, as_of.business_date), new_id()
    changes = {
        entries.ALLOWANCE: owed.total,
        entries.PRINCIPAL: -owed.principal,
        entries.ACCRUED_INTEREST: -owed.interest,
        entries.PENALTY_RECEIVABLE: -owed.penalty,
        entries.WRITTEN_OFF: owed.total,
        entries.MEMO_CONTRA: -owed.total,
    }
    entry_id = _post(
        row, changes, kind=EventKind.WRITE_OFF, transaction_id=transaction_id, as_of=as_of, now=now
    )
    change = LogRow(
        transaction_id,
        entry_id,
        TransactionKind.WRITE_OFF,
        as_of.business_date,
        -owed.principal,
        owed.interest,
        owed.penalty,
    )
    _append(row, change, as_of, now)
    row.written_off = Money(owed.total)
    return owed.principal


@in_transaction
def recover(
    *, loan_id: UUID, amount: Money, reference: str, business_date: date, now: datetime
) -> TransactionView:
    """Book money received on a loan that was written off: Dr 1003 / Cr 1304, memo 9003 less (J10)."""
    if amount.minor <= 0:
        raise ReceiptNotPositive(amount=str(amount))
    as_of, row = begin(loan_id, business_date, _CLAIMED)
    if amount > row.written_off:
        raise RecoveryTooLarge(asked=str(amount), claimed=str(row.written_off))
    if _is_daily(row):
        transaction_id = new_id()
        changes = {
            entries.SETTLEMENT: amount.minor,
            entries.ALLOWANCE: -amount.minor,
            entries.WRITTEN_OFF: -amount.minor,
            entries.MEMO_CONTRA: amount.minor,
        }
        entry_id = _post(
            row, changes, kind=EventKind.RECOVERY, transaction_id=transaction_id, as_of=as_of, now=now
        )
        kind = TransactionKind.RECOVERY
        change = LogRow(
            transaction_id, entry_id, kind, business_date, 0, reference=reference, amount=amount.minor
        )
        written = _append(row, change, as_of, now)
        row.written_off = row.written_off - amount
    else:
        event = Event(
            sequence=next_event(row), kind=EventKind.RECOVERY, value_date=business_date, amount=amount.minor
        )
        written = book(row, Act(event, reference=reference), as_of=as_of, now=now).transaction
    row.oldest_due_date = row.next_roll_date = None
    row.save()
    return transaction_view(written)


@in_transaction
def settle_for_less(
    *, loan_id: UUID, amount: Money, kind: str, reference: str, business_date: date, now: datetime
) -> LoanView:
    """Take a sum in full settlement: interest and penalty it lacks are given up, principal never is."""
    owed = loan_position(loan_id=loan_id, on_date=business_date)
    if amount < owed.principal:
        raise SettlementTooSmall(offered=str(amount), principal=str(owed.principal))
    short = max(Money(0), owed.total - amount)
    late = owed.penalty - owed.compound
    penalty = min(short, late)
    compound = min(short - penalty, owed.compound)
    interest = min(short - penalty - compound, max(Money(0), owed.interest))
    if penalty or compound or interest:
        waive(
            loan_id=loan_id,
            interest=interest,
            penalty=penalty,
            compound=compound,
            reason=reference,
            business_date=business_date,
            now=now,
        )
    return receive(
        loan_id=loan_id,
        amount=amount,
        kind=kind,
        value_date=business_date,
        reference=reference,
        business_date=business_date,
        now=now,
    ).loan


@in_transaction
def take_credit_balance(
    *,
    loan_id: UUID,
    amount: Money,
    reference: str,
    business_date: date,
    now: datetime,
    entry_id: UUID | None = None,
) -> CreditTaken:
    """Take what was paid too much off a loan to give it back: Dr 2241 / Cr 3001, to its source only (J6).

    The source is the account of the last receipt that left a credit; None for money taken at the counter.
    Whoever calls it pays that account over the rail. With `entry_id` the caller has booked it already.
    """
    if amount.minor <= 0:
        raise ReceiptNotPositive(amount=str(amount))
    as_of, row = begin(loan_id, business_date, _ANY)
    if amount > row.credit_balance:
        raise NoCreditBalance(asked=str(amount), held=str(row.credit_balance))
    last = row.transactions.filter(excess__gt=0).order_by("-sequence").first()
    source = None if last is None else last.source_account_id
    event = Event(
        sequence=next_event(row),
        kind=EventKind.CREDIT_REFUND,
        value_date=business_date,
        amount=amount.minor,
    )
    act = Act(
        event,
        cash_account=entries.IN_FLIGHT,
        reference=reference,
        source_account_id=source,
        entry_id=entry_id,
    )
    if _is_daily(row):
        written = _refund_daily(row, act, as_of, now)
    else:
        written = book(row, act, as_of=as_of, now=now).transaction
    if row.status != LoanStatus.ACTIVE:
        row.oldest_due_date = row.next_roll_date = None
    row.save()
    return CreditTaken(transaction_view(written), amount, source, row.enterprise_id)


def _refund_daily(row: Loan, act: Act, as_of: AsOf, now: datetime) -> LoanTransaction:
    minor, transaction_id, kind = act.event.amount, new_id(), act.event.kind
    changes = {entries.OVERPAYMENT: minor, entries.IN_FLIGHT: -minor}
    entry_id = act.entry_id or _post(
        row, changes, kind=kind, transaction_id=transaction_id, as_of=as_of, now=now
    )
    change = LogRow(
        transaction_id,
        entry_id,
        TransactionKind.CREDIT_REFUND,
        act.event.value_date,
        0,
        excess=-minor,
        reference=act.reference,
        amount=minor,
        source_account_id=act.source_account_id,
    )
    return _append(row, change, as_of, now)
