"""Emitting, publishing and delivering events; endpoints and their secrets.

An event is emitted in the transaction that made it true, published by a relay a moment later (which gives it
its place in the feed and addresses it to the endpoints that listen), and delivered by a sender that holds no
transaction while it talks to the outside: `claim_deliveries`, commit, send, `record_delivery`.
"""

import base64
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from kernel.ids import new_id, public_id
from kernel.refusals import Kind, Refusal
from plumbing.outbox.backoff import DISABLED_AFTER, next_delay
from plumbing.outbox.models import OutboxEvent, Publication, Waiting, WebhookDelivery, WebhookEndpoint
from plumbing.outbox.queries import EndpointUnknown, EndpointView, Parcel, endpoint_view, event_view
from plumbing.sql import hold_name_if_free, in_transaction

LEASE: Final = timedelta(seconds=60)  # longer than a sender's timeout: a dead sender's parcels come back
OVERLAP: Final = timedelta(hours=24)  # how long the secret before still signs after a rotation
GONE: Final = 410


class EndpointUrlInvalid(Refusal):
    """The address is not one that can be called."""

    code = "outbox.endpoint_url_invalid"
    kind = Kind.INVALID
    message = "{url} is not an http or https address."


@in_transaction
def emit(*, type: str, subject: str, data: dict[str, object], scene_id: UUID | None, now: datetime) -> UUID:
    """Write down that something happened to `subject` (a public id); return the event's id.

    `scene_id` is the scene that may see it; None keeps it inside the bank. A subject's sequence has no gaps.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_subject AS s (subject, last_sequence) VALUES (%s, 1)"
            " ON CONFLICT (subject) DO UPDATE SET last_sequence = s.last_sequence + 1"
            " RETURNING last_sequence",
            [subject],
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


@in_transaction
def claim_deliveries(*, now: datetime, limit: int = 50) -> tuple[Parcel, ...]:
    """Take parcels that are due, for a minute; parcels that another sender holds are passed over.

    A parcel waits until the same endpoint has the earlier events of the same subject, so a scene hears of a
    loan's repayment after it heard of the loan. Commit before sending.
    """
    pending = WebhookDelivery.Status.PENDING
    earlier = WebhookDelivery.objects.filter(
        endpoint=OuterRef("endpoint"),
        subject=OuterRef("subject"),
        sequence__lt=OuterRef("sequence"),
        status=pending,
    )
    due = list(
        WebhookDelivery.objects.filter(
            ~Exists(earlier),
            status=pending,
            next_attempt_at__lte=now,
            endpoint__status=WebhookEndpoint.Status.ENABLED,
        )
        .order_by("next_attempt_at", "id")
        .select_related("endpoint", "event")
        .select_for_update(skip_locked=True, of=("self",))[:limit]
    )
    WebhookDelivery.objects.filter(id__in=[row.id for row in due]).update(next_attempt_at=now + LEASE)
    return tuple(
        Parcel(
            row.id,
            row.attempt_count + 1,
            row.endpoint.url,
            _secrets(row.endpoint, now),
            event_view(row.event),
        )
        for row in due
    )


def _secrets(endpoint: WebhookEndpoint, now: datetime) -> tuple[str, ...]:
    until = endpoint.previous_secret_until_at
    if endpoint.previous_secret is not None and until is not None and now < until:
        return endpoint.secret, endpoint.previous_secret
    return (endpoint.secret,)


@in_transaction
def record_delivery(
    *,
    delivery_id: UUID,
    status_code: int | None,
    error: str = "",
    retry_after_seconds: int | None = None,
    jitter: float = 0.0,
    now: datetime,
) -> None:
    """Write down how an attempt went: delivered on a 2xx, else the next attempt or the end of them.

    410 disables the endpoint, and so do five days without a success. A second report of a delivery that
    already arrived changes nothing.
    """
    row = WebhookDelivery.objects.select_for_update().select_related("endpoint").get(id=delivery_id)
    if row.status == WebhookDelivery.Status.DELIVERED:
        return
    row.attempt_count += 1
    row.last_status_code, row.last_error = status_code, error[:200]
    endpoint = row.endpoint
    if status_code is not None and 200 <= status_code < 300:
        row.status, row.delivered_at = WebhookDelivery.Status.DELIVERED, now
        row.save()
        if endpoint.failing_since_at is not None:
            WebhookEndpoint.objects.filter(id=endpoint.id).update(failing_since_at=None)
        return
    delay = next_delay(
        attempt_count=row.attempt_count, jitter=jitter, retry_after_seconds=retry_after_seconds
    )
    if delay is None or status_code == GONE:
        row.status = WebhookDelivery.Status.FAILED
    else:
        row.next_attempt_at = now + delay
    row.save()
    _note_failure(endpoint, gone=status_code == GONE, now=now)


def _note_failure(endpoint: WebhookEndpoint, *, gone: bool, now: datetime) -> None:
    if endpoint.failing_since_at is None:
        WebhookEndpoint.objects.filter(id=endpoint.id).update(failing_since_at=now)
    long_failing = endpoint.failing_since_at is not None and now - endpoint.failing_since_at >= DISABLED_AFTER
    if (gone or long_failing) and endpoint.status == WebhookEndpoint.Status.ENABLED:
        reason = "gone" if gone else "failing"
        disable_endpoint(endpoint_id=endpoint.id, scene_id=endpoint.scene_id, reason=reason, now=now)


@in_transaction
def register_endpoint(
    *, scene_id: UUID, url: str, event_types: Sequence[str], now: datetime
) -> tuple[EndpointView, str]:
    """Register an address for a scene's events; return it with its secret, which is shown only this once."""
    if not url.startswith(("http://", "https://")) or len(url) > 500:
        raise EndpointUrlInvalid(url=url[:100])
    secret = new_secret()
    endpoint = WebhookEndpoint.objects.create(
        scene_id=scene_id, url=url, event_types=list(event_types), secret=secret, created_at=now
    )
    return endpoint_view(endpoint), secret


@in_transaction
def rotate_secret(*, endpoint_id: UUID, scene_id: UUID, overlap: timedelta = OVERLAP, now: datetime) -> str:
    """Give an endpoint a new secret and return it; the one before signs beside it until the overlap ends."""
    endpoint = _locked_endpoint(endpoint_id, scene_id)
    endpoint.previous_secret, endpoint.previous_secret_until_at = endpoint.secret, now + overlap
    endpoint.secret = secret = new_secret()
    endpoint.save()
    return secret


@in_transaction
def disable_endpoint(*, endpoint_id: UUID, scene_id: UUID, reason: str, now: datetime) -> EndpointView:
    """Stop sending to an endpoint and tell the scene's feed why; what is pending waits."""
    endpoint = _locked_endpoint(endpoint_id, scene_id)
    if endpoint.status == WebhookEndpoint.Status.DISABLED:
        return endpoint_view(endpoint)
    endpoint.status, endpoint.disabled_reason = WebhookEndpoint.Status.DISABLED, reason
    endpoint.save(update_fields=["status", "disabled_reason"])
    subject = public_id("whe", endpoint.id)
    emit(
        type="webhook_endpoint.disabled",
        subject=subject,
        data={
            "object": {"id": subject, "object": "webhook_endpoint", "status": "disabled"},
            "reason": reason,
        },
        scene_id=scene_id,
        now=now,
    )
    return endpoint_view(endpoint)


@in_transaction
def enable_endpoint(*, endpoint_id: UUID, scene_id: UUID) -> EndpointView:
    """Send to an endpoint again, with a clean record."""
    endpoint = _locked_endpoint(endpoint_id, scene_id)
    endpoint.status, endpoint.disabled_reason = WebhookEndpoint.Status.ENABLED, ""
    endpoint.failing_since_at = None
    endpoint.save(update_fields=["status", "disabled_reason", "failing_since_at"])
    return endpoint_view(endpoint)


@in_transaction
def replay_events(*, endpoint_id: UUID, scene_id: UUID, event_ids: Sequence[UUID], now: datetime) -> int:
    """Send a scene's events to its endpoint once more, from the first attempt; return how many."""
    endpoint = _locked_endpoint(endpoint_id, scene_id)
    events = OutboxEvent.objects.filter(id__in=event_ids, scene_id=scene_id)
    deliveries = [
        WebhookDelivery(
            id=new_id(),
            endpoint=endpoint,
            event=event,
            subject=event.subject,
            sequence=event.sequence,
            next_attempt_at=now,
            created_at=now,
        )
        for event in events
    ]
    WebhookDelivery.objects.filter(
        endpoint=endpoint, event_id__in=[row.event_id for row in deliveries]
    ).delete()
    WebhookDelivery.objects.bulk_create(deliveries)
    return len(deliveries)


def new_secret() -> str:
    """Return a fresh signing secret in the Standard Webhooks form."""
    return f"whsec_{base64.b64encode(os.urandom(32)).decode()}"


def _locked_endpoint(endpoint_id: UUID, scene_id: UUID) -> WebhookEndpoint:
    endpoint = WebhookEndpoint.objects.select_for_update().filter(id=endpoint_id, scene_id=scene_id).first()
    if endpoint is None:
        raise EndpointUnknown
    return endpoint
