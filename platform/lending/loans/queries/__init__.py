"""Reads of loans."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Max

from kernel.ids import public_id
from kernel.money import Money
from lending.loans.models import AccrualBook, Instalment, Loan, LoanTransaction
from lending.loans.queries.owed import effects, position_of, settling, state_of, terms_of
from lending.loans.queries.views import (
    InstalmentView,
    LoanNotActive,
    LoanNotFound,
    LoanView,
    PayoffQuote,
    PositionView,
    ScheduleRow,
    TransactionView,
    transaction_view,
    view_of,
)
from lending.loans.states import LoanStatus
from lending.products.methods import RepaymentMethod
from plumbing.paging import newest

__all__ = [
    "InstalmentView",
    "LoanNotActive",
    "LoanNotFound",
    "LoanView",
    "PayoffQuote",
    "PositionView",
    "ScheduleRow",
    "TransactionView",
    "accrued_through",
    "due_loans",
    "effects",
    "get_loan",
    "instalments",
    "last_due_date",
    "loan_position",
    "loans_page",
    "overdue_loans",
    "payoff_quote",
    "position_of",
    "schedule",
    "state_of",
    "terms_of",
    "transaction_view",
    "transactions",
    "view_of",
]


def _row(loan_id: UUID, scene_id: UUID | None) -> Loan:
    rows = Loan.objects.filter(id=loan_id)
    row = (rows if scene_id is None else rows.filter(scene_id=scene_id)).first()
    if row is None:
        raise LoanNotFound(loan=public_id("lon", loan_id))
    return row


def get_loan(*, loan_id: UUID, scene_id: UUID | None) -> LoanView:
    """Return one loan; a scene sees only those drawn through it."""
    return view_of(_row(loan_id, scene_id))


def loans_page(
    *,
    scene_id: UUID | None = None,
    enterprise_id: UUID | None = None,
    line_id: UUID | None = None,
    status: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[LoanView, ...]:
    """Return loans, newest first, `limit` at a time after the id of the last one seen.

    `since` and `before` bound the instant they were made, half-open.
    """
    rows = newest(
        Loan.objects.all(),
        scene_id=scene_id,
        enterprise_id=enterprise_id,
        line_id=line_id,
        status=status,
        booked_at__gte=since,
        booked_at__lt=before,
        after=after,
        limit=limit,
    )
    return tuple(view_of(row) for row in rows)


def overdue_loans(*, on_date: date, limit: int = 100) -> tuple[LoanView, ...]:
    """Return active loans past their due date, the oldest due first."""
    rows = Loan.objects.filter(status=LoanStatus.ACTIVE, oldest_due_date__lt=on_date)
    return tuple(view_of(row) for row in rows.order_by("oldest_due_date", "id")[:limit])


def due_loans(*, through_date: date, limit: int = 100) -> tuple[LoanView, ...]:
    """Return active loans with something due on a day or before it, the oldest due first."""
    return overdue_loans(on_date=through_date + timedelta(days=1), limit=limit)


def last_due_date() -> date | None:
    """Return the last day on which an active loan falls due, or None."""
    last: date | None = Loan.objects.filter(status=LoanStatus.ACTIVE).aggregate(last=Max("due_date"))["last"]
    return last


def loan_position(*, loan_id: UUID, on_date: date) -> PositionView:
    """Return what a loan owes at the start of a day; nothing if its money has not arrived."""
    row = _row(loan_id, None)
    if row.segment_date is None:
        return PositionView(on_date, Money(0), Money(0), Money(0), 0)
    if row.method != RepaymentMethod.DAILY_INTEREST:
        return _scheduled_position(row, on_date)
    owed = position_of(row, on_date)
    return PositionView(
        on_date, Money(owed.principal), Money(owed.interest), Money(owed.penalty), owed.days_past_due
    )


def _scheduled_position(row: Loan, on_date: date) -> PositionView:
    owed, days = settling(row, on_date)
    return PositionView(
        on_date,
        Money(owed.principal),
        Money(owed.interest),
        Money(owed.penalty + owed.compound),
        days,
        Money(owed.fee),
        Money(owed.compound),
    )


def payoff_quote(*, loan_id: UUID, on_date: date, scene_id: UUID | None = None) -> PayoffQuote:
    """Return what settles a loan on a day: exactly what a full repayment valued that day is used for."""
    row = _row(loan_id, scene_id)
    if row.status not in (LoanStatus.ACTIVE, LoanStatus.PAID_OFF):
        raise LoanNotActive(current=str(row.status))
    owed = loan_position(loan_id=row.id, on_date=on_date)
    return PayoffQuote(loan_id, on_date, owed.principal, owed.interest, owed.penalty, owed.total, owed.fee)


def schedule(*, loan_id: UUID, on_date: date) -> tuple[ScheduleRow, ...]:
    """Return what is still to be paid: instalment by instalment, what is late with its penalty to date.

    Of a daily loan it is all on the due date, or today if that has passed.
    """
    row = _row(loan_id, None)
    if row.status != LoanStatus.ACTIVE or row.due_date is None:
        return ()
    if row.method != RepaymentMethod.DAILY_INTEREST:
        return _rows_to_come(row, on_date)
    owed = position_of(row, max(on_date, row.due_date))
    return (
        ScheduleRow(
            row.due_date, Money(owed.principal), Money(owed.interest), Money(owed.penalty), Money(owed.total)
        ),
    )


def _rows_to_come(row: Loan, on_date: date) -> tuple[ScheduleRow, ...]:
    late = _scheduled_position(row, on_date).penalty
    rows = []
    for each in instalments(loan_id=row.id):
        if each.is_paid:
            continue
        principal, interest = each.principal_due - each.principal_paid, each.interest_due - each.interest_paid
        rows.append(
            ScheduleRow(each.due_date, principal, interest, late, principal + interest + late, each.number)
        )
        late = Money(0)
    return tuple(rows)


def instalments(*, loan_id: UUID) -> tuple[InstalmentView, ...]:
    """Return the schedule in force, paid rows too; none for a daily loan."""
    return tuple(
        InstalmentView(
            each.number,
            each.start_date,
            each.nominal_due_date,
            each.due_date,
            each.principal_due,
            each.interest_due,
            each.fee_due,
            each.principal_paid,
            each.interest_paid,
            each.fee_paid,
        )
        for each in Instalment.objects.filter(loan_id=loan_id).order_by("number")
    )


def transactions(*, loan_id: UUID) -> tuple[TransactionView, ...]:
    """Return a loan's log in the order it was written."""
    return tuple(
        transaction_view(row) for row in LoanTransaction.objects.filter(loan_id=loan_id).order_by("sequence")
    )


def accrued_through() -> date | None:
    """Return the day before which the books hold all interest; None before the first accrual or loan."""
    return AccrualBook.objects.values_list("accrued_through_date", flat=True).first()
