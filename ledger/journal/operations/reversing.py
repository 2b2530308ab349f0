"""Reversal: how a mistake is corrected (house, rule 8)."""

from datetime import date, datetime
from uuid import UUID

from ledger.journal.entry import EntryDraft
from ledger.journal.models import EntryState
from ledger.journal.operations.posting import NotReversible, post_entry
from ledger.journal.queries import EntryView, get_entry
from plumbing.sql import in_transaction


@in_transaction
def reverse_entry(
    *,
    entry_id: UUID,
    booking_date: date,
    value_date: date,
    idempotency_key: str,
    now: datetime,
    description: str = "",
) -> EntryView:
    """Post the mirror of an entry (冲正); an entry is reversed once, and a reversal never."""
    view = get_entry(entry_id)
    if view.state != EntryState.POSTED or view.reverses is not None:
        raise NotReversible(entry_id=entry_id)
    draft = EntryDraft(
        kind=f"{view.kind}.reversed"[:64],
        booking_date=booking_date,
        value_date=value_date,
        lines=tuple(line.opposite for line in view.lines),
        idempotency_key=idempotency_key,
        reference=view.reference,
        description=description,
        reverses=entry_id,
    )
    return post_entry(entry=draft, now=now)
