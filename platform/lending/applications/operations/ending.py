"""How an application ends without a contract: withdrawn or expired."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from lending.applications.models import Agreement, Application
from lending.applications.operations.moves import (
    locked_application,
    move_agreement,
    move_application,
    tell_agreement,
    tell_application,
)
from lending.applications.queries import application_view
from lending.applications.states import AgreementStatus, ApplicationStatus
from lending.applications.views import ApplicationView
from plumbing.sql import in_transaction

BATCH: Final = 500


@in_transaction
def withdraw_application(
    *, application_id: UUID, scene_id: UUID | None, reason: str, now: datetime
) -> ApplicationView:
    """Close an application the borrower no longer wants, or whose consent ended; it leaves no mark."""
    row = locked_application(application_id, scene_id)
    withdraw(row, reason=reason, now=now)
    return application_view(row)


def withdraw(row: Application, *, reason: str, now: datetime) -> None:
    """Close a locked application as withdrawn, with the agreement that waits for a signature."""
    move_application(row, ApplicationStatus.WITHDRAWN)
    row.outcome_reason, row.closed_at = reason[:60], now
    row.save(update_fields=["status", "outcome_reason", "closed_at"])
    close_pending(row, AgreementStatus.DECLINED, now=now)
    tell_application(row, "withdrawn", now)


def close_pending(row: Application, wanted: AgreementStatus, *, now: datetime) -> None:
    """End the agreement of a closed application that was never signed."""
    pending = Agreement.objects.select_for_update().filter(application=row, status=AgreementStatus.PENDING)
    for agreement in pending:
        move_agreement(agreement, wanted)
        agreement.save(update_fields=["status"])
        tell_agreement(agreement, str(wanted), now)


@in_transaction
def expire_applications(*, business_date: date, now: datetime) -> int:
    """End approvals whose last day has passed, a few hundred at a time; return how many."""
    rows = (
        Application.objects.select_for_update(skip_locked=True)
        .filter(status=ApplicationStatus.APPROVED, valid_until__lt=business_date)
        .order_by("id")[:BATCH]
    )
    count = 0
    for row in rows:
        move_application(row, ApplicationStatus.EXPIRED)
        row.closed_at = now
        row.save(update_fields=["status", "closed_at"])
        close_pending(row, AgreementStatus.EXPIRED, now=now)
        tell_application(row, "expired", now)
        count += 1
    return count
