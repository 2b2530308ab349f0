"""Handing out what is due, writing down how it went; an endpoint that fails is left in peace for a while."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import connection

from kernel.ids import first_id_at, new_id
from plumbing.outbox.backoff import DISABLED_AFTER, next_delay, pause
from plumbing.outbox.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from plumbing.outbox.operations.endpoints import CLEAN, disable_endpoint
from plumbing.outbox.queries import Parcel, event_view
from plumbing.outbox.simulation import simulation
from plumbing.sql import in_transaction

FORGOTTEN_AT_ONCE: Final = 1000
LEASE: Final = timedelta(seconds=60)  # longer than a sender's timeout: a dead sender's parcels come back
AT_ONCE: Final = 4  # parcels under way to one endpoint: a slow one holds no more senders than that
GONE: Final = 410
_BUSY: Final = frozenset({429, 503})  # with `Retry-After`, they speak for the whole address
_CLAIM: Final = (Path(__file__).parents[1] / "sql" / "claim.sql").read_text(encoding="utf-8")


@in_transaction
def claim_deliveries(*, now: datetime, limit: int = 50, at_once: int = AT_ONCE) -> tuple[Parcel, ...]:
    """Take parcels that are due, for a minute; endpoints that another sender is looking at are passed over.

    A parcel waits until the same endpoint has the earlier events of the same subject, so a scene hears of a
    loan's repayment after it heard of the loan. No endpoint has more than `at_once` parcels under way, and
    one whose circuit is open gets a single one when its pause is over. Commit before sending.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "limit": limit, "at_once": at_once})
        chosen: list[tuple[UUID, UUID, bool]] = cursor.fetchall()
    until = now + LEASE
    for delivery_id, endpoint_id, is_trial in chosen:
        if is_trial:
            WebhookEndpoint.objects.filter(id=endpoint_id).update(trial_id=delivery_id, open_until_at=until)
    ids = [delivery_id for delivery_id, _, _ in chosen]
    WebhookDelivery.objects.filter(id__in=ids).update(leased_until_at=until)
    rows = WebhookDelivery.objects.select_related("endpoint", "event").in_bulk(ids)
    return tuple(_parcel(rows[delivery_id], now) for delivery_id in ids)


def _parcel(row: WebhookDelivery, now: datetime) -> Parcel:
    return Parcel(
        delivery_id=row.id,
        attempt=row.attempt_count + 1,
        is_replay=row.is_replay,
        url=row.endpoint.url,
        secrets=_secrets(row.endpoint, now),
        format=row.endpoint.format,
        api_version=row.endpoint.api_version,
        event=event_view(row.event),
        simulation=simulation(row.endpoint.metadata),
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
    response_excerpt: str = "",
    duration: timedelta = timedelta(0),
    retry_after_seconds: int | None = None,
    jitter: float = 0.0,
    now: datetime,
) -> None:
    """Write down how an attempt went: delivered on a 2xx, else the next attempt or the end of them.

    410 disables the endpoint, and so do five days without a success; failures in a row open its circuit, but
    for a simulated one, which is tried again at once. A second report of what arrived changes nothing.
    """
    # The endpoint before its parcels, as whoever claims or replays: two of them cannot wait for each other.
    endpoint = WebhookEndpoint.objects.select_for_update().get(webhookdelivery=delivery_id)
    row = WebhookDelivery.objects.select_for_update().get(id=delivery_id)
    if row.status == WebhookDelivery.Status.DELIVERED:
        return
    row.attempt_count += 1
    row.last_status_code, row.last_error, row.leased_until_at = status_code, error[:200], None
    WebhookAttempt.objects.create(
        id=new_id(),
        delivery=row,
        number=row.attempt_count,
        attempted_at=now - duration,
        duration_ms=duration // timedelta(milliseconds=1),
        status_code=status_code,
        error=row.last_error,
        response_excerpt=response_excerpt[:300],
    )
    if status_code is not None and 200 <= status_code < 300:
        row.status, row.delivered_at = WebhookDelivery.Status.DELIVERED, now
        row.save()
        _note_success(endpoint)
        return
    delay = next_delay(
        attempt_count=row.attempt_count, jitter=jitter, retry_after_seconds=retry_after_seconds
    )
    simulated = simulation(endpoint.metadata) is not None
    if delay is None or status_code == GONE:
        row.status = WebhookDelivery.Status.FAILED
    else:
        row.next_attempt_at = now if simulated else now + delay
    row.save()
    if not simulated or status_code == GONE:
        asked = retry_after_seconds if status_code in _BUSY else None
        _note_failure(endpoint, row.id, gone=status_code == GONE, retry_after_seconds=asked, now=now)


@in_transaction
def forget_deliveries(*, kept: timedelta, now: datetime) -> int:
    """Delete a batch of deliveries that arrived longer ago than they are kept; return how many (D-16).

    One that waits, or was given up, is never deleted: nothing else says that a scene was not told.
    """
    before = now - kept
    old = WebhookDelivery.objects.filter(
        id__lt=first_id_at(before), status=WebhookDelivery.Status.DELIVERED, delivered_at__lt=before
    )
    ids = list(old.order_by("id").values_list("id", flat=True)[:FORGOTTEN_AT_ONCE])
    WebhookAttempt.objects.filter(delivery_id__in=ids).delete()
    WebhookDelivery.objects.filter(id__in=ids).delete()
    return len(ids)


def _note_success(endpoint: WebhookEndpoint) -> None:
    """Close the circuit, if there is anything to close."""
    if endpoint.consecutive_failures or endpoint.failing_since_at or endpoint.open_until_at:
        WebhookEndpoint.objects.filter(id=endpoint.id).update(**CLEAN)


def _note_failure(
    endpoint: WebhookEndpoint,
    delivery_id: UUID,
    *,
    gone: bool,
    retry_after_seconds: int | None,
    now: datetime,
) -> None:
    """Count the failure; what was sent before the circuit opened says nothing new when it fails after."""
    if endpoint.open_until_at is None or endpoint.trial_id == delivery_id:
        failures = endpoint.consecutive_failures + 1
        rest = pause(consecutive_failures=failures, retry_after_seconds=retry_after_seconds)
        WebhookEndpoint.objects.filter(id=endpoint.id).update(
            failing_since_at=endpoint.failing_since_at or now,
            consecutive_failures=failures,
            open_until_at=now + rest if rest else None,
            trial_id=None,
        )
    long_failing = endpoint.failing_since_at is not None and now - endpoint.failing_since_at >= DISABLED_AFTER
    if (gone or long_failing) and endpoint.status == WebhookEndpoint.Status.ENABLED:
        reason = "gone" if gone else "failing"
        disable_endpoint(endpoint_id=endpoint.id, scene_id=endpoint.scene_id, reason=reason, now=now)
