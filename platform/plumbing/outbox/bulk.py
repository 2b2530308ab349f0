"""Emitting one event for each of many subjects in a few statements, for work that touches a whole book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from plumbing.outbox.models import OutboxEvent, Waiting
from plumbing.sql import in_transaction


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event to emit."""

    type: str
    subject: str
    data: dict[str, object]
    scene_id: UUID | None


@in_transaction
def emit_many(*, events: Sequence[EventDraft], now: datetime) -> int:
    """Emit one event for each of several subjects, as `operations.emit` would; return how many.

    A subject may occur once in a call. Subjects are locked in their order, so that two calls cannot deadlock.
    """
    ordered = sorted(events, key=lambda event: event.subject)
    if len({event.subject for event in ordered}) != len(ordered):
        raise ValueError("one call tells a subject's events one at a time")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_subject AS s (subject, last_sequence)"
            " SELECT subject, 1 FROM unnest(%s::text[]) WITH ORDINALITY AS given (subject, n) ORDER BY n"
            " ON CONFLICT (subject) DO UPDATE SET last_sequence = s.last_sequence + 1"
            " RETURNING subject, last_sequence",
            [[event.subject for event in ordered]],
        )
        sequences = dict(cursor.fetchall())
    rows = OutboxEvent.objects.bulk_create(
        [
            OutboxEvent(
                type=event.type,
                subject=event.subject,
                sequence=sequences[event.subject],
                scene_id=event.scene_id,
                data=event.data,
                occurred_at=now,
            )
            for event in ordered
        ],
        batch_size=1000,
    )
    Waiting.objects.bulk_create([Waiting(event=row) for row in rows], batch_size=1000)
    return len(rows)
