"""Stopping the accrual of a loan that is long past due, and taking it up again (E-01, E-04, rules 2.9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from kernel.refusals import Kind, Refusal
from lending.loans.accrual import hold_books
from lending.loans.folding import next_event
from lending.loans.models import Loan
from lending.loans.operations.locking import begin, locked_with_lines
from lending.loans.queries import LoanView, view_of
from lending.loans.states import LoanStatus
from lending.loans.switching import write_switches
from lending.replay import Event, EventKind, StopTerms
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


@dataclass(frozen=True, slots=True)
class Stop:
    """A loan to stop accruing once `after_days` past due, or to go on not accruing by other terms."""

    loan_id: UUID
    terms: StopTerms
    after_days: int = 0


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
    if (late := _days_late(row, business_date)) < after_days:
        raise AccrualGoesOn(days=late, after_days=after_days)
    write_switches([(row, _stop(row, Stop(loan_id, terms, after_days), business_date))], as_of=as_of, now=now)
    return view_of(row)


@in_transaction
def resume_accrual(*, loan_id: UUID, business_date: date, now: datetime) -> LoanView:
    """Take accrual up again on a loan on which nothing is past due: what waits in memo is income."""
    as_of, row = begin(loan_id, business_date, _ACTIVE)
    if row.non_accrual_date is None:
        raise AccrualStaysStopped(reason="it accrues")
    if _days_late(row, business_date):
        raise AccrualStaysStopped(reason="it is past due")
    write_switches([(row, _return(row, business_date))], as_of=as_of, now=now)
    return view_of(row)


@in_transaction
def switch_accruals(
    *, stops: Sequence[Stop], returns: Sequence[UUID], business_date: date, now: datetime
) -> frozenset[UUID]:
    """Do to many loans what `stop_accrual` and `resume_accrual` do to one; return which it was done to.

    Left alone are those that these would refuse: somebody paid since they were chosen.
    """
    as_of = hold_books(business_date=business_date)
    by_loan = {stop.loan_id: stop for stop in stops}
    acts = []
    for row in locked_with_lines([*by_loan, *returns]):
        stop, late = by_loan.get(row.id), _days_late(row, business_date)
        if row.status not in _ACTIVE:
            continue
        if stop is not None and late >= stop.after_days:
            acts.append((row, _stop(row, stop, business_date)))
        elif stop is None and not late and row.non_accrual_date is not None:
            acts.append((row, _return(row, business_date)))
    write_switches(acts, as_of=as_of, now=now)
    return frozenset(row.id for row, _ in acts)


def _days_late(row: Loan, business_date: date) -> int:
    return 0 if row.oldest_due_date is None else max(0, (business_date - row.oldest_due_date).days)


def _stop(row: Loan, stop: Stop, business_date: date) -> Event:
    crossed = business_date - timedelta(days=_days_late(row, business_date) - stop.after_days)
    first = stop.after_days and row.non_accrual_date is None
    return Event(
        sequence=next_event(row),
        kind=EventKind.NON_ACCRUAL,
        value_date=crossed if first else business_date,
        count=stop.after_days,
        policy=stop.terms.policy,
        net_ppm=stop.terms.net_ppm,
        net_late_ppm=stop.terms.net_late_ppm,
        allowance=stop.terms.allowance,
    )


def _return(row: Loan, business_date: date) -> Event:
    return Event(sequence=next_event(row), kind=EventKind.ACCRUAL_RETURN, value_date=business_date)
