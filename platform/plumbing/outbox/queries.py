"""Reading events, endpoints and deliveries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Min

from kernel.refusals import Kind, Refusal
from plumbing.outbox.models import OutboxEvent, Publication, Waiting, WebhookDelivery, WebhookEndpoint


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
    """One endpoint, without its secret."""

    id: UUID
    scene_id: UUID
    url: str
    event_types: tuple[str, ...]
    status: str
    disabled_reason: str
    failing_since_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """How one event's way to one endpoint went so far."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    subject: str
    status: str
    attempt_count: int
    next_attempt_at: datetime
    last_status_code: int | None
    last_error: str
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery handed to a sender: what to send, where, and the secrets that sign it (newest first)."""

    delivery_id: UUID
    attempt: int
    url: str
    secrets: tuple[str, ...]
    event: EventView


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
    *, scene_id: UUID, endpoint_id: UUID | None = None, limit: int = 100
) -> tuple[DeliveryView, ...]:
    """Return a scene's newest deliveries first."""
    rows = WebhookDelivery.objects.filter(endpoint__scene_id=scene_id).order_by("-id")
    if endpoint_id is not None:
        rows = rows.filter(endpoint_id=endpoint_id)
    return tuple(delivery_view(row) for row in rows[:limit])


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
        endpoint.id,
        endpoint.scene_id,
        endpoint.url,
        tuple(endpoint.event_types),
        endpoint.status,
        endpoint.disabled_reason,
        endpoint.failing_since_at,
        endpoint.created_at,
    )


def delivery_view(delivery: WebhookDelivery) -> DeliveryView:
    """Return the frozen view of a delivery."""
    return DeliveryView(
        delivery.id,
        delivery.endpoint_id,
        delivery.event_id,
        delivery.subject,
        delivery.status,
        delivery.attempt_count,
        delivery.next_attempt_at,
        delivery.last_status_code,
        delivery.last_error,
        delivery.delivered_at,
    )
