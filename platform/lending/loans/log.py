"""Writing to a loan's log: the row, the projection it moves, the correction of what was accrued."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kernel.money import Money
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft
from lending.loans import entries, non_accrual
from lending.loans.contracts import tax_of
from lending.loans.models import Loan, LoanTransaction
from lending.loans.position import Effect, State, Terms, applied, fold, interest_earned, penalty_earned
from lending.loans.queries import effects, state_of, terms_of
from lending.loans.states import TransactionKind
from lending.loans.yields import follow_fee
from lending.replay import AsOf, Earned, NonAccrual


@dataclass(frozen=True, slots=True)
class LogRow:
    """A row of the log to write; fen."""

    id: UUID
    entry_id: UUID | None
    kind: str
    value_date: date
    principal_change: int
    interest_paid: int = 0
    penalty_paid: int = 0
    excess: int = 0
    reference: str = ""
    reverses: UUID | None = None
    amount: int = 0
    source_account_id: UUID | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


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
    start = before or State(outstanding=0, segment_date=after.segment_date)
    was, is_now = (earned_by(state, terms, accrued_through) for state in (start, after))
    return _written(row, change, after, earned=(was, is_now), business_date=business_date, now=now)


def append_changed(
    row: Loan, change: LogRow, alter: Callable[[], None], *, as_of: AsOf, now: datetime
) -> LoanTransaction:
    """Append a row that changes the terms of a daily loan: `alter` does, and the whole log is folded anew."""
    was = earned_by(state_of(row), terms_of(row), as_of.accrued_through)
    alter()
    terms = terms_of(row)
    log = effects(LoanTransaction.objects.filter(loan_id=row.id))
    after = fold([*log, Effect(change.value_date, change.principal_change)], terms)
    if after is None:
        raise LookupError(f"loan {row.id} has no log")
    is_now = earned_by(after, terms, as_of.accrued_through)
    return _written(row, change, after, earned=(was, is_now), business_date=as_of.business_date, now=now)


def earned_by(state: State, terms: Terms, day: date) -> tuple[int, int]:
    """Return the interest and the penalty interest earned before a day, fen."""
    return interest_earned(state, terms, day), penalty_earned(state, terms, day)


def _written(
    row: Loan,
    change: LogRow,
    after: State,
    *,
    earned: tuple[tuple[int, int], tuple[int, int]],
    business_date: date,
    now: datetime,
) -> LoanTransaction:
    """Write the row, the projection, and the entries for what the days accrued now bear more or less."""
    row.transaction_count += 1
    paid = row.interest_paid.minor, row.penalty_paid.minor
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
        amount=Money(change.amount),
        detail=dict(change.detail),
        source_account_id=change.source_account_id,
        reference=change.reference,
        entry_id=change.entry_id,
        reverses_id=change.reverses,
        recorded_at=now,
    )
    row.credit_balance = row.credit_balance + Money(change.excess)
    project(row, after)
    drafts = entries.accrual_corrections(
        loan_id=row.id,
        transaction_id=written.id,
        income_account=row.income_account,
        tax=tax_of(row),
        was=earned[0],
        is_now=earned[1],
        booking_date=business_date,
        value_date=change.value_date,
    )
    drafts += _apart(row, written, was=Earned(*earned[0], *paid), is_now=Earned(*earned[1], *_paid(after)))
    if drafts:
        journal.post_entries(entries=drafts, now=now)
    follow_fee(row, written, business_date=business_date, now=now)
    return written


def project(row: Loan, state: State) -> None:
    """Write a daily loan's state into its row, in memory."""
    row.outstanding, row.segment_date = Money(state.outstanding), state.segment_date
    row.interest_product, row.penalty_product = state.interest_product, state.penalty_product
    row.interest_earlier, row.penalty_earlier = state.interest_earlier, state.penalty_earlier
    row.oldest_due_date = row.due_date if state.outstanding else None
    row.interest_paid, row.penalty_paid = Money(state.interest_paid), Money(state.penalty_paid)


def _paid(state: State) -> tuple[int, int]:
    return state.interest_paid, state.penalty_paid


def _apart(row: Loan, written: LoanTransaction, *, was: Earned, is_now: Earned) -> list[EntryDraft]:
    """Return the entry of what a daily loan that does not accrue changes in memo and income."""
    is_late = row.due_date is not None and written.booking_date > row.due_date
    if row.non_accrual_date is None and not (is_late and non_accrual.has_switched(row)):
        return []
    before = non_accrual.find(row.id)
    after = non_accrual.of_daily(row.transactions.all(), terms_of(row))
    if before != after:
        non_accrual.keep(row, after)
    draft = memo_entry(row, written, was=(before, was), is_now=(after, is_now))
    return [] if draft is None else [draft]


def memo_entry(
    row: Loan,
    written: LoanTransaction,
    *,
    was: tuple[NonAccrual | None, Earned],
    is_now: tuple[NonAccrual | None, Earned],
) -> EntryDraft | None:
    """Return the entry of what a daily loan's books hold otherwise than before, for not accruing."""
    income: dict[str, Any] = {"income_account": row.income_account, "tax": tax_of(row)}
    changes = entries.apart(*is_now, **income)
    changes.subtract(entries.apart(*was, **income))
    return entries.difference(
        loan_id=row.id,
        transaction_id=written.id,
        kind=TransactionKind.NON_ACCRUAL.value,
        part="memo",
        changes=changes,
        booking_date=written.booking_date,
        value_date=written.value_date,
    )
