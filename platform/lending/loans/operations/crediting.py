"""Using what was paid too much for what falls due (lending.md, day-end: allocate unapplied)."""

from datetime import date, datetime

from kernel.ids import new_id
from ledger.journal import operations as journal
from lending.loans import entries
from lending.loans.accrual import hold_books
from lending.loans.folding import Act, book, next_event
from lending.loans.log import LogRow, append
from lending.loans.models import Loan
from lending.loans.operations.locking import locked_with_line
from lending.loans.operations.receiving import free_line, owed_on, settle_if_paid
from lending.loans.states import LoanStatus, TransactionKind
from lending.loans.waterfall import allocate
from lending.products.methods import RepaymentMethod
from lending.replay import AsOf, Event, EventKind
from plumbing.sql import in_transaction


@in_transaction
def use_credit_balances(*, business_date: date, now: datetime) -> int:
    """Pay what is due by the business date from credit balances: Dr 2241 / Cr 1132, 1303.x; return how many.

    Valued on the day, by the contract's order, behind the day's due roll; nothing is paid in advance, and
    what is left may still go back to where it came from, and only there. A second call finds nothing due.
    """
    as_of = hold_books(business_date=business_date)
    waiting = Loan.objects.filter(
        status=LoanStatus.ACTIVE, credit_balance__gt=0, oldest_due_date__lte=business_date
    )
    count = 0
    for loan_id in list(waiting.order_by("id").values_list("id", flat=True)):
        row = locked_with_line(loan_id)
        due = row.oldest_due_date is not None and row.oldest_due_date <= business_date
        if row.status != LoanStatus.ACTIVE or not row.credit_balance or not due:
            continue
        daily = row.method == RepaymentMethod.DAILY_INTEREST
        free_line(row, (_use_daily if daily else _use_scheduled)(row, as_of, now))
        settle_if_paid(row, business_date=business_date, now=now)
        row.save()
        count += 1
    return count


def _use_scheduled(row: Loan, as_of: AsOf, now: datetime) -> int:
    event = Event(sequence=next_event(row), kind=EventKind.CREDIT_USE, value_date=as_of.business_date)
    return book(row, Act(event), as_of=as_of, now=now).freed


def _use_daily(row: Loan, as_of: AsOf, now: datetime) -> int:
    day, transaction_id = as_of.business_date, new_id()
    parts = allocate(amount=row.credit_balance.minor, owed=owed_on(row, day))
    used = parts.total - parts.excess
    draft = entries.difference(
        loan_id=row.id,
        transaction_id=transaction_id,
        kind=TransactionKind.CREDIT_USE.value,
        changes={
            entries.OVERPAYMENT: used,
            entries.PENALTY_RECEIVABLE: -parts.penalty,
            entries.ACCRUED_INTEREST: -parts.interest,
            entries.PRINCIPAL: -parts.principal,
        },
        booking_date=day,
        value_date=day,
    )
    entry_id = None if draft is None else journal.post_entry(entry=draft, now=now).id
    change = LogRow(
        transaction_id,
        entry_id,
        TransactionKind.CREDIT_USE,
        day,
        -parts.principal,
        parts.interest,
        parts.penalty,
        -used,
    )
    append(row, change, accrued_through=as_of.accrued_through, business_date=day, now=now)
    return parts.principal
