"""Sending events again: the same events with the same ids, marked as replays in the log and on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from kernel.refusals import Kind, Refusal
from plumbing.outbox.models import Publication, WebhookDelivery, WebhookEndpoint
from plumbing.outbox.operations.endpoints import locked_endpoint
from plumbing.outbox.queries import EventUnknown
from plumbing.sql import in_transaction

REPLAY_MAX: Final = 10_000  # events that one call sends again


class EndpointDisabled(Refusal):
    """Nothing is sent to an endpoint that is disabled."""

    code = "outbox.endpoint_disabled"
    kind = Kind.CONFLICT
    message = "The endpoint is disabled; enable it first."


class ReplayTooLarge(Refusal):
    """The range holds more events than one call sends again."""

    code = "outbox.replay_too_large"
    kind = Kind.UNMET
    message = "The range holds more than {limit} events; ask for a shorter one."


@in_transaction
def replay_events(*, endpoint_id: UUID, scene_id: UUID, event_ids: Sequence[UUID], now: datetime) -> int:
    """Send these events of a scene to its endpoint once more; return how many.

    Whatever types the endpoint listens to: these were asked for by name. Raises `EventUnknown` when one of
    them is not this scene's, or not published yet.
    """
    endpoint = _sending(endpoint_id, scene_id)
    wanted = set(event_ids)
    rows = Publication.objects.filter(scene_id=scene_id, event_id__in=wanted)
    if rows.count() != len(wanted):
        raise EventUnknown
    return _replay(endpoint, rows, now)


@in_transaction
def replay_range(
    *,
    endpoint_id: UUID,
    scene_id: UUID,
    from_at: datetime,
    to_at: datetime,
    event_types: Sequence[str] = (),
    now: datetime,
) -> int:
    """Send once more what happened from one instant to before another; return how many events.

    Of the types given, or else of those the endpoint listens to.
    """
    endpoint = _sending(endpoint_id, scene_id)
    rows = Publication.objects.filter(
        scene_id=scene_id, event__occurred_at__gte=from_at, event__occurred_at__lt=to_at
    )
    types = list(event_types) or endpoint.event_types
    return _replay(endpoint, rows.filter(type__in=types) if types else rows, now)


def _sending(endpoint_id: UUID, scene_id: UUID) -> WebhookEndpoint:
    endpoint = locked_endpoint(endpoint_id, scene_id)
    if endpoint.status == WebhookEndpoint.Status.DISABLED:
        raise EndpointDisabled
    return endpoint


def _replay(endpoint: WebhookEndpoint, rows: QuerySet[Publication], now: datetime) -> int:
    """Give each event a new way to the endpoint; one that is on its way already is due at once instead."""
    published = list(rows.order_by("position").select_related("event")[: REPLAY_MAX + 1])
    if len(published) > REPLAY_MAX:
        raise ReplayTooLarge(limit=REPLAY_MAX)
    events = [row.event for row in published]
    pending = WebhookDelivery.objects.filter(
        endpoint=endpoint, status=WebhookDelivery.Status.PENDING, event__in=[event.id for event in events]
    )
    under_way = set(pending.values_list("event_id", flat=True))
    pending.update(next_attempt_at=now)
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            endpoint=endpoint,
            event=event,
            subject=event.subject,
            sequence=event.sequence,
            is_replay=True,
            next_attempt_at=now,
            created_at=now,
        )
        for event in events
        if event.id not in under_way
    )
    return len(events)
