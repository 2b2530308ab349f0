"""Writing to a loan's log: the row, the projection it moves, the correction of what was accrued."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kernel.money import Money
from ledger.journal import operations as journal
from lending.loans import entries
from lending.loans.models import Loan, LoanTransaction
from lending.loans.position import Effect, State, applied, interest_earned, penalty_earned
from lending.loans.queries import state_of, terms_of


@dataclass(frozen=True, slots=True)
class LogRow:
    """A row of the log to write; fen."""

    id: UUID
    entry_id: UUID
    kind: str
    value_date: date
    principal_change: int
    interest_paid: int = 0
    penalty_paid: int = 0
    excess: int = 0
    reference: str = ""
    reverses: UUID | None = None


def append(
    row: Loan, change: LogRow, *, accrued_through: date, business_date: date, now: datetime
) -> LoanTransaction:
    """Append to the log of a locked loan, move its projection, and correct accrued days reached back over.

    The caller saves the loan.
    """
    terms = terms_of(row)
    before = state_of(row) if row.segment_date is not None else None
    effect = Effect(change.value_date, change.principal_change, change.interest_paid, change.penalty_paid)
    after = applied(before, effect, terms)
    row.transaction_count += 1
    written = LoanTransaction.objects.create(
        id=change.id,
        loan=row,
        sequence=row.transaction_count,
        kind=change.kind,
        booking_date=business_date,
        value_date=change.value_date,
        principal_change=Money(change.principal_change),
        interest_paid=Money(change.interest_paid),
        penalty_paid=Money(change.penalty_paid),
        excess=Money(change.excess),
        reference=change.reference,
        entry_id=change.entry_id,
        reverses_id=change.reverses,
        recorded_at=now,
    )
    row.outstanding, row.segment_date = Money(after.outstanding), after.segment_date
    row.interest_product, row.penalty_product = after.interest_product, after.penalty_product
    row.interest_paid, row.penalty_paid = Money(after.interest_paid), Money(after.penalty_paid)
    start = before or State(outstanding=0, segment_date=after.segment_date)
    drafts = entries.accrual_corrections(
        loan_id=row.id,
        transaction_id=written.id,
        income_account=row.income_account,
        interest_change=interest_earned(after, terms, accrued_through)
        - interest_earned(start, terms, accrued_through),
        penalty_change=penalty_earned(after, terms, accrued_through)
        - penalty_earned(start, terms, accrued_through),
        booking_date=business_date,
        value_date=change.value_date,
    )
    if drafts:
        journal.post_entries(entries=drafts, now=now)
    return written
