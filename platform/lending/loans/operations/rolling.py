"""Moving due dates that lie ahead when the calendar changes (M-07, L-07, J7): a list becomes official."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q

from kernel.calendars import Calendar
from kernel.ids import new_id
from lending.loans.accrual import hold_books
from lending.loans.contracts import stored_of
from lending.loans.events import tell
from lending.loans.folding import Act, book, next_event
from lending.loans.log import LogRow, append_changed
from lending.loans.models import Instalment, Loan
from lending.loans.operations.locking import locked_with_line
from lending.loans.states import LoanStatus
from lending.products.methods import DueDateRoll, RepaymentMethod
from lending.replay import AsOf, Event, EventKind
from plumbing.sql import in_transaction
from regulation.rolls import DueDateMove, due_date_moves, rolled_anew

_UNPAID = ~Q(principal_due=F("principal_paid"), interest_due=F("interest_paid"), fee_due=F("fee_paid"))


def moves_between(*, before: Calendar, after: Calendar, business_date: date) -> tuple[DueDateMove, ...]:
    """Return where due dates that lie ahead move when one calendar follows another."""
    return due_date_moves(
        unrolled_dates=rolled_anew(before=before, after=after),
        on_date=business_date,
        before=before,
        after=after,
    )


@in_transaction
def move_due_dates(
    *, moves: Sequence[DueDateMove], business_date: date, now: datetime, limit: int | None = None
) -> int:
    """Move the unpaid due dates ahead of loans that roll to workdays, `limit` loans at most; return how many.

    Each loan logs it and keeps the rows as they were promised as a past version. Interest runs by the
    contract's dates and does not change; penalty begins behind the new day. A second call finds none.
    """
    becomes = {move.unrolled_date: move.becomes_date for move in moves}
    as_of = hold_books(business_date=business_date)
    chosen = _affected(becomes, business_date)[:limit]
    for loan_id in chosen:
        row = locked_with_line(loan_id)
        if row.status == LoanStatus.ACTIVE:
            _move(row, becomes, as_of, now)
    return len(chosen)


def _affected(becomes: Mapping[date, date], business_date: date) -> list[UUID]:
    """Return the loans on which a date ahead lies elsewhere than it should."""
    rolling = Loan.objects.filter(status=LoanStatus.ACTIVE, due_date_roll=DueDateRoll.NEXT_WORKDAY)
    days = list(becomes)
    daily = rolling.filter(
        method=RepaymentMethod.DAILY_INTEREST, maturity_date__in=days, due_date__gt=business_date
    )
    found = {
        loan_id
        for loan_id, nominal, due in daily.values_list("id", "maturity_date", "due_date")
        if nominal and becomes[nominal] != due
    }
    rows = Instalment.objects.filter(_UNPAID, nominal_due_date__in=days, due_date__gt=business_date)
    found |= {
        loan_id
        for loan_id, nominal, due in rows.values_list("loan_id", "nominal_due_date", "due_date")
        if becomes[nominal] != due
    }
    return sorted(rolling.filter(id__in=found).values_list("id", flat=True))


def _move(row: Loan, becomes: Mapping[date, date], as_of: AsOf, now: datetime) -> None:
    today = as_of.business_date
    daily = row.method == RepaymentMethod.DAILY_INTEREST
    rows = Instalment.objects.filter(_UNPAID, loan_id=row.id, due_date__gt=today)
    nominals = [row.maturity_date] if daily else list(rows.values_list("nominal_due_date", flat=True))
    moves = tuple(sorted((day, becomes[day]) for day in nominals if day is not None and day in becomes))
    event = Event(sequence=next_event(row), kind=EventKind.DUE_DATE_MOVE, value_date=today, moves=moves)
    if daily:
        _move_daily(row, event, as_of, now)
    else:
        book(row, Act(event), as_of=as_of, now=now)
    row.save()
    tell(row, "rescheduled", ["schedule"], now)


def _move_daily(row: Loan, event: Event, as_of: AsOf, now: datetime) -> None:
    ((_, due),) = event.moves

    def alter() -> None:
        row.due_date, row.due_soon_date = due, None

    change = LogRow(new_id(), None, event.kind.value, event.value_date, 0, detail=stored_of(event))
    append_changed(row, change, alter, as_of=as_of, now=now)
    row.oldest_due_date = row.due_date
