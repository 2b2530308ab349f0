"""Reading the audit trail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plumbing.audit.models import AuditRecord


@dataclass(frozen=True, slots=True)
class AuditView:
    """One act as other rooms see it."""

    position: int
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
    recorded_at: datetime


def records(
    *, subject: str | None = None, before_position: int | None = None, limit: int = 50
) -> tuple[AuditView, ...]:
    """Return the newest acts first, of one subject or of all."""
    rows = AuditRecord.objects.order_by("-position")
    if subject is not None:
        rows = rows.filter(subject=subject)
    if before_position is not None:
        rows = rows.filter(position__lt=before_position)
    return tuple(
        AuditView(row.position, row.actor, row.action, row.subject, row.detail, row.recorded_at)
        for row in rows[:limit]
    )
