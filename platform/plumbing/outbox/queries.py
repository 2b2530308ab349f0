"""Reading events, endpoints and deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Min

from kernel.refusals import Kind, Refusal
from plumbing.outbox.models import (
    OutboxEvent,
    Publication,
    Waiting,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from plumbing.outbox.simulation import Simulation


class EventUnknown(Refusal):
    """This scene has no such event."""

    code = "outbox.event_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no such event."


class EndpointUnknown(Refusal):
    """This scene has no such endpoint."""

    code = "outbox.endpoint_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no such webhook endpoint."


class DeliveryUnknown(Refusal):
    """This scene has no such delivery."""

    code = "outbox.delivery_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no such webhook delivery."


@dataclass(frozen=True, slots=True)
class EventView:
    """One event."""

    id: UUID
    type: str
    subject: str
    sequence: int
    scene_id: UUID | None
    data: dict[str, Any]
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class EndpointView:
    """One endpoint, without its secret; `public_key` is empty where a secret is shared."""

    id: UUID
    scene_id: UUID
    url: str
    event_types: tuple[str, ...]
    signing: str
    format: str
    api_version: str
    public_key: str
    status: str
    disabled_reason: str
    failing_since_at: datetime | None
    open_until_at: datetime | None
    metadata: Mapping[str, str]
    created_at: datetime

    @property
    def shown_public_key(self) -> str | None:
        """The public key, where there is one."""
        return self.public_key or None


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One time an event was sent, or could not be."""

    number: int
    attempted_at: datetime
    duration_ms: int
    status_code: int | None
    error: str
    response_excerpt: str


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """How one event's way to one endpoint went so far; its attempts, where they were asked for."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    event_type: str
    subject: str
    sequence: int
    is_replay: bool
    status: str
    attempt_count: int
    next_attempt_at: datetime
    last_status_code: int | None
    last_error: str
    delivered_at: datetime | None
    created_at: datetime
    attempts: tuple[AttemptView, ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery handed to a sender: what to send, where and how, and the signing keys (newest first).

    `simulation`: the endpoint answers so, and nothing is sent.
    """

    delivery_id: UUID
    attempt: int
    is_replay: bool
    url: str
    secrets: tuple[str, ...]
    format: str
    api_version: str
    event: EventView
    simulation: Simulation | None = None


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How far the relay and the deliveries are behind."""

    waiting_count: int
    oldest_waiting_at: datetime | None
    pending_delivery_count: int
    retrying_delivery_count: int
    failed_delivery_count: int
    disabled_endpoint_count: int


def events_for(
    *, scene_id: UUID, after: UUID | None = None, limit: int = 100, type: str | None = None
) -> list[EventView]:
    """Return a scene's published events in the order of the feed, those after `after` first.

    An event appears once a relay has published it (`operations.publish`); following the feed misses nothing.
    """
    rows = Publication.objects.filter(scene_id=scene_id).order_by("position").select_related("event")
    if after is not None:
        cursor = Publication.objects.filter(scene_id=scene_id, event_id=after).first()
        if cursor is None:
            raise EventUnknown
        rows = rows.filter(position__gt=cursor.position)
    if type is not None:
        rows = rows.filter(type=type)
    return [event_view(row.event) for row in rows[:limit]]


def get_event(*, event_id: UUID, scene_id: UUID) -> EventView:
    """Return one published event of a scene; raises `EventUnknown`."""
    row = Publication.objects.filter(scene_id=scene_id, event_id=event_id).select_related("event").first()
    if row is None:
        raise EventUnknown
    return event_view(row.event)


def events_about(*, subject: str) -> tuple[EventView, ...]:
    """Return everything that happened to a subject, published or not, in order of sequence."""
    return tuple(
        event_view(event) for event in OutboxEvent.objects.filter(subject=subject).order_by("sequence")
    )


def last_event_id(*, scene_id: UUID) -> UUID | None:
    """Return the id of the newest event that a scene may see, published yet or not."""
    rows = OutboxEvent.objects.filter(scene_id=scene_id).order_by("-id")
    return rows.values_list("id", flat=True).first()


def latest_events(*, limit: int = 50) -> tuple[EventView, ...]:
    """Return the newest events of the bank, whoever may see them."""
    return tuple(event_view(event) for event in OutboxEvent.objects.order_by("-id")[:limit])


def endpoints(*, scene_id: UUID) -> tuple[EndpointView, ...]:
    """Return a scene's endpoints, oldest first."""
    rows = WebhookEndpoint.objects.filter(scene_id=scene_id).order_by("created_at", "id")
    return tuple(endpoint_view(row) for row in rows)


def get_endpoint(*, endpoint_id: UUID, scene_id: UUID) -> EndpointView:
    """Return one endpoint of a scene; raises `EndpointUnknown`."""
    row = WebhookEndpoint.objects.filter(id=endpoint_id, scene_id=scene_id).first()
    if row is None:
        raise EndpointUnknown
    return endpoint_view(row)


def deliveries(
    *,
    scene_id: UUID,
    endpoint_id: UUID | None = None,
    event_id: UUID | None = None,
    event_type: str | None = None,
    status: str | None = None,
    after: UUID | None = None,
    limit: int = 100,
) -> tuple[DeliveryView, ...]:
    """Return a scene's newest deliveries first, those before `after` if given; raises `DeliveryUnknown`."""
    rows = WebhookDelivery.objects.filter(endpoint__scene_id=scene_id).order_by("-id")
    if after is not None:
        if not rows.filter(id=after).exists():
            raise DeliveryUnknown
        rows = rows.filter(id__lt=after)
    wanted = {
        "endpoint_id": endpoint_id,
        "event_id": event_id,
        "event__type": event_type,
        "status": status,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return tuple(delivery_view(row) for row in rows.select_related("event")[:limit])


def get_delivery(*, delivery_id: UUID, scene_id: UUID) -> DeliveryView:
    """Return one delivery of a scene and its attempts, the first one first; raises `DeliveryUnknown`."""
    rows = WebhookDelivery.objects.filter(id=delivery_id, endpoint__scene_id=scene_id)
    row = rows.select_related("event").first()
    if row is None:
        raise DeliveryUnknown
    attempts = WebhookAttempt.objects.filter(delivery=row).order_by("number")
    return replace(delivery_view(row), attempts=tuple(attempt_view(attempt) for attempt in attempts))


def backlog() -> OutboxState:
    """Return how far the bank's relay and deliveries are behind."""
    waiting = Waiting.objects.all()
    pending = WebhookDelivery.objects.filter(status=WebhookDelivery.Status.PENDING)
    return OutboxState(
        waiting_count=waiting.count(),
        oldest_waiting_at=waiting.aggregate(oldest=Min("event__occurred_at"))["oldest"],
        pending_delivery_count=pending.count(),
        retrying_delivery_count=pending.filter(attempt_count__gt=0).count(),
        failed_delivery_count=WebhookDelivery.objects.filter(status=WebhookDelivery.Status.FAILED).count(),
        disabled_endpoint_count=WebhookEndpoint.objects.filter(
            status=WebhookEndpoint.Status.DISABLED
        ).count(),
    )


def event_view(event: OutboxEvent) -> EventView:
    """Return the frozen view of an event."""
    return EventView(
        event.id, event.type, event.subject, event.sequence, event.scene_id, event.data, event.occurred_at
    )


def endpoint_view(endpoint: WebhookEndpoint) -> EndpointView:
    """Return the frozen view of an endpoint."""
    return EndpointView(
        id=endpoint.id,
        scene_id=endpoint.scene_id,
        url=endpoint.url,
        event_types=tuple(endpoint.event_types),
        signing=endpoint.signing,
        format=endpoint.format,
        api_version=endpoint.api_version,
        public_key=endpoint.public_key,
        status=endpoint.status,
        disabled_reason=endpoint.disabled_reason,
        failing_since_at=endpoint.failing_since_at,
        open_until_at=endpoint.open_until_at,
        metadata=dict(endpoint.metadata),
        created_at=endpoint.created_at,
    )


def delivery_view(delivery: WebhookDelivery) -> DeliveryView:
    """Return the frozen view of a delivery."""
    return DeliveryView(
        id=delivery.id,
        endpoint_id=delivery.endpoint_id,
        event_id=delivery.event_id,
        event_type=delivery.event.type,
        subject=delivery.subject,
        sequence=delivery.sequence,
        is_replay=delivery.is_replay,
        status=delivery.status,
        attempt_count=delivery.attempt_count,
        next_attempt_at=delivery.next_attempt_at,
        last_status_code=delivery.last_status_code,
        last_error=delivery.last_error,
        delivered_at=delivery.delivered_at,
        created_at=delivery.created_at,
    )


def attempt_view(attempt: WebhookAttempt) -> AttemptView:
    """Return the frozen view of an attempt."""
    return AttemptView(
        attempt.number,
        attempt.attempted_at,
        attempt.duration_ms,
        attempt.status_code,
        attempt.error,
        attempt.response_excerpt,
    )
