"""Emitting one event for each of many subjects in one statement, for work that touches a whole book."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from kernel.ids import new_id
from plumbing.sql import in_transaction

_EMIT: Final = """
WITH given AS (
    SELECT *
      FROM unnest(%(ids)s::uuid[], %(types)s::text[], %(subjects)s::text[], %(scenes)s::uuid[],
                  %(data)s::text[]) WITH ORDINALITY AS g (id, type, subject, scene_id, data, n)
), counted AS (
    INSERT INTO outbox_subject AS s (subject, last_sequence)
    SELECT subject, 1 FROM given ORDER BY n
        ON CONFLICT (subject) DO UPDATE SET last_sequence = s.last_sequence + 1
    RETURNING subject, last_sequence
), told AS (
    INSERT INTO outbox_event (id, type, subject, sequence, scene_id, data, occurred_at)
    SELECT g.id, g.type, g.subject, c.last_sequence, g.scene_id, g.data::jsonb, %(now)s
      FROM given g JOIN counted c ON c.subject = g.subject
    RETURNING id
)
INSERT INTO outbox_waiting (event_id)
SELECT g.id FROM given g JOIN told t ON t.id = g.id ORDER BY g.n
"""


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
    if not ordered:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _EMIT,
            {
                "ids": [new_id() for _ in ordered],
                "types": [event.type for event in ordered],
                "subjects": [event.subject for event in ordered],
                "scenes": [event.scene_id for event in ordered],
                "data": [json.dumps(event.data) for event in ordered],
                "now": now,
            },
        )
    return len(ordered)
