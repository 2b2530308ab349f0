"""What the day-end tells about loans: due soon, overdue. Only loans that cross a threshold are touched.

Locks: the lines, then the loans, each in the order of their ids.
"""

from datetime import date, datetime, timedelta

from django.db.models import F, QuerySet

from lending.credit_lines import operations as lines
from lending.loans.events import tell_of_each
from lending.loans.models import Loan
from lending.loans.states import LoanStatus
from plumbing.sql import in_transaction


def _crossing(business_date: date) -> QuerySet[Loan]:
    return Loan.objects.filter(
        status=LoanStatus.ACTIVE,
        oldest_due_date__lt=business_date,
        overdue_since_date__isnull=True,
    )


def _due_soon(business_date: date, days_before: int) -> QuerySet[Loan]:
    return Loan.objects.filter(
        status=LoanStatus.ACTIVE,
        oldest_due_date__gte=business_date,
        oldest_due_date__lte=business_date + timedelta(days=days_before),
    ).exclude(due_soon_date__gte=F("oldest_due_date") - timedelta(days=days_before))


def overdue_count(*, business_date: date) -> int:
    """Return how many loans `mark_overdue` would mark."""
    return _crossing(business_date).count()


def due_soon_count(*, business_date: date, days_before: int) -> int:
    """Return how many loans `mark_due_soon` would remind of."""
    return _due_soon(business_date, days_before).count()


@in_transaction
def mark_overdue(*, business_date: date, now: datetime, limit: int | None = None) -> int:
    """Mark the active loans whose due date has passed unpaid, and say so once for each; return how many.

    Their lines are frozen, as the agreement says, until nothing on them is overdue any more. At most `limit`
    loans are taken: whoever marks a whole book does it a portion at a time.
    """
    crossing = _crossing(business_date)
    chosen = dict(crossing.order_by("id").values_list("id", "line_id")[:limit])
    lines.lock_lines(line_ids=chosen.values())
    rows = list(crossing.filter(id__in=chosen).order_by("id").select_for_update())
    lines.freeze_overdue(line_ids=[row.line_id for row in rows], now=now)
    Loan.objects.filter(id__in=[row.id for row in rows]).update(overdue_since_date=F("oldest_due_date"))
    for row in rows:
        row.overdue_since_date = row.oldest_due_date
    tell_of_each(rows, "overdue", ["status"], now)
    return len(rows)


@in_transaction
def mark_due_soon(*, business_date: date, days_before: int, now: datetime, limit: int | None = None) -> int:
    """Remind once of each instalment due within so many days; return how many loans, `limit` at most."""
    rows = list(_due_soon(business_date, days_before).order_by("id").select_for_update()[:limit])
    Loan.objects.filter(id__in=[row.id for row in rows]).update(due_soon_date=business_date)
    tell_of_each(rows, "due_soon", [], now)
    return len(rows)
