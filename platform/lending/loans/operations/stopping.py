"""Stopping the accrual of a loan that is long past due, and taking it up again (E-01, E-04, rules 2.9)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from kernel.ids import new_id
from kernel.refusals import Kind, Refusal
from lending.loans.contracts import stored_of
from lending.loans.folding import Act, book, next_event
from lending.loans.log import LogRow, append
from lending.loans.models import Loan
from lending.loans.operations.locking import begin
from lending.loans.queries import LoanView, view_of
from lending.loans.states import LoanStatus
from lending.products.methods import RepaymentMethod
from lending.replay import AsOf, Event, EventKind, StopTerms
from plumbing.sql import in_transaction

_ACTIVE = (LoanStatus.ACTIVE,)


class AccrualGoesOn(Refusal):
    """The loan is not late enough to stop accruing."""

    code = "lending.accrual_goes_on"
    kind = Kind.CONFLICT
    message = "The loan is {days} days past due; it stops accruing at {after_days}."


class AccrualStaysStopped(Refusal):
    """The loan accrues already, or something on it is still past due."""

    code = "lending.accrual_stays_stopped"
    kind = Kind.CONFLICT
    message = "The loan cannot return to accrual: {reason}."


@in_transaction
def stop_accrual(
    *, loan_id: UUID, terms: StopTerms, after_days: int, business_date: date, now: datetime
) -> LoanView:
    """Stop recognising a loan's interest: Dr 6011 / Cr 1303.02, 1132, memo 9002, as the policy says.

    Valued on the day it became `after_days` past due, however late it is noticed, so that a receipt keyed for
    a day before undoes it by itself. With `after_days` of nothing (stage 3 for other reasons), and for a loan
    that goes on by other terms, it is today. What the borrower owes does not change.
    """
    as_of, row = begin(loan_id, business_date, _ACTIVE)
    late = 0 if row.oldest_due_date is None else max(0, (business_date - row.oldest_due_date).days)
    if late < after_days:
        raise AccrualGoesOn(days=late, after_days=after_days)
    crossed = business_date - timedelta(days=late - after_days)
    first = after_days and row.non_accrual_date is None
    event = Event(
        sequence=next_event(row),
        kind=EventKind.NON_ACCRUAL,
        value_date=crossed if first else business_date,
        count=after_days,
        policy=terms.policy,
        net_ppm=terms.net_ppm,
        net_late_ppm=terms.net_late_ppm,
        allowance=terms.allowance,
    )
    _write(row, event, as_of, now)
    return view_of(row)


@in_transaction
def resume_accrual(*, loan_id: UUID, business_date: date, now: datetime) -> LoanView:
    """Take accrual up again on a loan on which nothing is past due: what waits in memo is income."""
    as_of, row = begin(loan_id, business_date, _ACTIVE)
    if row.non_accrual_date is None:
        raise AccrualStaysStopped(reason="it accrues")
    if row.oldest_due_date is not None and row.oldest_due_date < business_date:
        raise AccrualStaysStopped(reason="it is past due")
    event = Event(sequence=next_event(row), kind=EventKind.ACCRUAL_RETURN, value_date=business_date)
    _write(row, event, as_of, now)
    return view_of(row)


def _write(row: Loan, event: Event, as_of: AsOf, now: datetime) -> None:
    if row.method == RepaymentMethod.DAILY_INTEREST:
        change = LogRow(new_id(), None, event.kind.value, event.value_date, 0, detail=stored_of(event))
        append(row, change, accrued_through=as_of.accrued_through, business_date=as_of.business_date, now=now)
    else:
        book(row, Act(event), as_of=as_of, now=now)
    row.save()
