"""Writing down an act."""

from datetime import datetime

from plumbing.audit.models import AuditRecord
from plumbing.sql import in_transaction


@in_transaction
def record(*, actor: str, action: str, subject: str, detail: dict[str, object], now: datetime) -> None:
    """Write an act down in the transaction of the act itself, so that neither exists without the other."""
    AuditRecord.objects.create(actor=actor, action=action, subject=subject, detail=detail, recorded_at=now)
