"""Writing an event down, and giving it its place in the feed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from plumbing.outbox.models import OutboxEvent, Publication, Waiting, WebhookDelivery, WebhookEndpoint
from plumbing.sql import hold_name_if_free, in_transaction


@in_transaction
def emit(*, type: str, subject: str, data: dict[str, object], scene_id: UUID | None, now: datetime) -> UUID:
    """Write down that something happened to `subject` (a public id); return the event's id.

    `scene_id` is the scene that may see it; None keeps it inside the bank. A subject's sequence has no gaps.
    """
    return _emit(subject, type=type, subject=subject, data=data, scene_id=scene_id, now=now)


@in_transaction
def emit_to_each(
    *, type: str, subject: str, data: dict[str, object], scene_ids: Collection[UUID], now: datetime
) -> int:
    """Tell each of several scenes the same of one subject; return how many.

    Each hears the subject's events without gaps, whatever the others were told.
    """
    for scene_id in sorted(scene_ids):
        _emit(f"{subject}@{scene_id}", type=type, subject=subject, data=data, scene_id=scene_id, now=now)
    return len(scene_ids)


def _emit(
    counted: str, *, type: str, subject: str, data: dict[str, object], scene_id: UUID | None, now: datetime
) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_subject AS s (subject, last_sequence) VALUES (%s, 1)"
            " ON CONFLICT (subject) DO UPDATE SET last_sequence = s.last_sequence + 1"
            " RETURNING last_sequence",
            [counted],
        )
        (sequence,) = cursor.fetchone()
    event = OutboxEvent.objects.create(
        type=type, subject=subject, sequence=sequence, scene_id=scene_id, data=data, occurred_at=now
    )
    Waiting.objects.create(event=event)
    return event.id


@in_transaction
def publish(*, now: datetime, limit: int = 500) -> int:
    """Give waiting events their place in the feed and address them to endpoints; return how many.

    One relay works in a bank at a time; a second one finds the lock taken and returns 0.
    """
    if not hold_name_if_free("outbox"):
        return 0
    waiting = list(Waiting.objects.order_by("position").select_related("event")[:limit])
    events = [row.event for row in waiting]
    Publication.objects.bulk_create(
        Publication(event=event, scene_id=event.scene_id, type=event.type, published_at=now)
        for event in events
    )
    _address(events, now)
    Waiting.objects.filter(position__in=[row.position for row in waiting]).delete()
    return len(events)


def _address(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Make a delivery for each event and each enabled endpoint of its scene that listens to its type."""
    scenes = {event.scene_id for event in events if event.scene_id is not None}
    listening = list(
        WebhookEndpoint.objects.filter(scene_id__in=scenes, status=WebhookEndpoint.Status.ENABLED)
    )
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            endpoint=endpoint,
            event=event,
            subject=event.subject,
            sequence=event.sequence,
            next_attempt_at=now,
            created_at=now,
        )
        for event in events
        for endpoint in listening
        if endpoint.scene_id == event.scene_id
        and (not endpoint.event_types or event.type in endpoint.event_types)
    )
