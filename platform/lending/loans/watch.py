"""What the day-end tells about loans: due soon, overdue. Only loans that cross a threshold are touched.

Locks: the lines, then the loans, each in the order of their ids.
"""

from datetime import date, datetime, timedelta

from django.db.models import F

from lending.credit_lines import operations as lines
from lending.loans.events import tell_of_each
from lending.loans.models import Loan
from lending.loans.states import LoanStatus
from plumbing.sql import in_transaction


@in_transaction
def mark_overdue(*, business_date: date, now: datetime) -> int:
    """Mark the active loans whose due date has passed unpaid, and say so once for each; return how many.

    Their lines are frozen, as the agreement says, until nothing on them is overdue any more.
    """
    crossing = Loan.objects.filter(
        status=LoanStatus.ACTIVE,
        due_date__lt=business_date,
        overdue_since_date__isnull=True,
        outstanding__gt=0,
    )
    lines.lock_lines(line_ids=crossing.values_list("line_id", flat=True))
    rows = list(crossing.order_by("id").select_for_update())
    lines.freeze_overdue(line_ids=[row.line_id for row in rows], now=now)
    Loan.objects.filter(id__in=[row.id for row in rows]).update(overdue_since_date=F("due_date"))
    for row in rows:
        row.overdue_since_date = row.due_date
    tell_of_each(rows, "overdue", ["status"], now)
    return len(rows)


@in_transaction
def mark_due_soon(*, business_date: date, days_before: int, now: datetime) -> int:
    """Remind once of each active loan that falls due within so many days; return how many."""
    rows = list(
        Loan.objects.filter(
            status=LoanStatus.ACTIVE,
            due_date__gte=business_date,
            due_date__lte=business_date + timedelta(days=days_before),
            due_soon_date__isnull=True,
            outstanding__gt=0,
        )
        .order_by("id")
        .select_for_update()
    )
    Loan.objects.filter(id__in=[row.id for row in rows]).update(due_soon_date=business_date)
    tell_of_each(rows, "due_soon", [], now)
    return len(rows)
