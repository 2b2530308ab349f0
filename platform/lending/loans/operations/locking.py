"""The locks of a servicing act, in order: the accrual book (shared), the line, the loan, then the ledger."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from kernel.ids import public_id
from lending.credit_lines import operations as lines
from lending.loans.accrual import hold_books
from lending.loans.models import Loan
from lending.loans.queries import LoanNotActive, LoanNotFound, LoanView, view_of
from lending.loans.states import LoanStatus
from lending.replay import AsOf
from plumbing.sql import in_transaction

SERVICED = (LoanStatus.ACTIVE, LoanStatus.PAID_OFF)


def locked(loan_id: UUID) -> Loan:
    """Return a loan's row, locked."""
    row = Loan.objects.select_for_update().filter(id=loan_id).first()
    if row is None:
        raise LoanNotFound(loan=public_id("lon", loan_id))
    return row


def locked_with_line(loan_id: UUID) -> Loan:
    """Return a loan's row, its line locked first."""
    line_id = Loan.objects.filter(id=loan_id).values_list("line_id", flat=True).first()
    if line_id is None:
        raise LoanNotFound(loan=public_id("lon", loan_id))
    lines.lock_lines(line_ids=[line_id])
    return locked(loan_id)


def locked_with_lines(loan_ids: Collection[UUID]) -> list[Loan]:
    """Return the rows of many loans, locked in the order of their ids, all their lines locked first."""
    chosen = Loan.objects.filter(id__in=loan_ids)
    lines.lock_lines(line_ids=list(chosen.values_list("line_id", flat=True)))
    return list(chosen.select_for_update().order_by("id"))


def begin(
    loan_id: UUID, business_date: date, statuses: tuple[LoanStatus, ...] = SERVICED
) -> tuple[AsOf, Loan]:
    """Take the locks of a servicing act; refuses a loan that is not in one of the states."""
    as_of = hold_books(business_date=business_date)
    row = locked_with_line(loan_id)
    if row.status not in statuses:
        raise LoanNotActive(current=str(row.status))
    return as_of, row


@in_transaction
def lock_loan(*, loan_id: UUID) -> LoanView:
    """Take the locks of a loan, its line's first, so that acts on it take turns."""
    return view_of(locked_with_line(loan_id))
