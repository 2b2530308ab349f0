"""What the day-end tells about loans: due soon, overdue. Only loans that cross a threshold are touched.

Locks: the lines, then the loans, each in the order of their ids.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import F, QuerySet

from lending.credit_lines import operations as lines
from lending.loans.events import tell_of_each
from lending.loans.models import DUE_SOON, NOT_REMINDED, Loan
from lending.loans.states import LoanStatus
from plumbing.sql import in_transaction

REMINDED_DAYS_BEFORE: Final = DUE_SOON.days
# What an event about a loan says: the day-end reads no more of its row.
_TOLD: Final = (
    "id",
    "line_id",
    "drawdown_id",
    "scene_id",
    "status",
    "due_date",
    "oldest_due_date",
    "overdue_since_date",
)


def _crossing(business_date: date) -> QuerySet[Loan]:
    return Loan.objects.filter(
        status=LoanStatus.ACTIVE,
        oldest_due_date__lt=business_date,
        overdue_since_date__isnull=True,
    )


def _due_soon(business_date: date) -> QuerySet[Loan]:
    due = Loan.objects.filter(
        status=LoanStatus.ACTIVE,
        oldest_due_date__gte=business_date,
        oldest_due_date__lte=business_date + DUE_SOON,
    )
    return due.filter(NOT_REMINDED)


def overdue_count(*, business_date: date) -> int:
    """Return how many loans `mark_overdue` would mark."""
    return _crossing(business_date).count()


def due_soon_count(*, business_date: date) -> int:
    """Return how many loans `mark_due_soon` would remind of."""
    return _due_soon(business_date).count()


@in_transaction
def mark_overdue(*, business_date: date, now: datetime, limit: int | None = None) -> int:
    """Mark the active loans whose due date has passed unpaid, and say so once for each; return how many.

    Their lines are frozen, as the agreement says, until nothing on them is overdue any more. At most `limit`
    loans are taken: whoever marks a whole book does it a portion at a time.
    """
    crossing = _crossing(business_date)
    chosen = dict(crossing.order_by("oldest_due_date", "id").values_list("id", "line_id")[:limit])
    lines.lock_lines(line_ids=chosen.values())
    rows = _held(crossing, chosen)
    lines.freeze_overdue(line_ids=[row.line_id for row in rows], now=now)
    Loan.objects.filter(id__in=[row.id for row in rows]).update(overdue_since_date=F("oldest_due_date"))
    for row in rows:
        row.overdue_since_date = row.oldest_due_date
    tell_of_each(rows, "overdue", ["status"], now)
    return len(rows)


@in_transaction
def mark_due_soon(*, business_date: date, now: datetime, limit: int | None = None) -> int:
    """Remind once of each instalment that is due soon; return how many loans, `limit` at most."""
    soon = _due_soon(business_date)
    rows = _held(soon, soon.order_by("oldest_due_date", "id").values_list("id", flat=True)[:limit])
    Loan.objects.filter(id__in=[row.id for row in rows]).update(due_soon_date=business_date)
    tell_of_each(rows, "due_soon", [], now)
    return len(rows)


def _held(wanted: QuerySet[Loan], ids: Iterable[UUID]) -> list[Loan]:
    """Lock the loans chosen, in the order of their ids, but for those that crossed back in between."""
    return list(wanted.filter(id__in=list(ids)).only(*_TOLD).order_by("id").select_for_update())
