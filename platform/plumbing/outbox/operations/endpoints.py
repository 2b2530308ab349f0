"""Endpoints: registering, changing, turning off and on; their keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from plumbing.outbox.keys import new_key, public_key
from plumbing.outbox.models import WebhookEndpoint
from plumbing.outbox.operations.emitting import emit
from plumbing.outbox.queries import EndpointUnknown, EndpointView, endpoint_view
from plumbing.outbox.simulation import simulation
from plumbing.sql import in_transaction

OVERLAP: Final = timedelta(hours=24)  # how long the key before still signs after a rotation
API_VERSION: Final = "2026-11-01"
DELETED: Final = "deleted"
NO_TEXTS: Final[Mapping[str, str]] = {}
CLEAN: Final = {"failing_since_at": None, "consecutive_failures": 0, "open_until_at": None, "trial_id": None}


class EndpointUrlInvalid(Refusal):
    """The address is not one that can be called."""

    code = "outbox.endpoint_url_invalid"
    kind = Kind.INVALID
    message = "{url} is not an http or https address."


class EndpointDeleted(Refusal):
    """The endpoint was deleted: it stays for its log and takes no changes."""

    code = "outbox.endpoint_deleted"
    kind = Kind.CONFLICT
    message = "The endpoint was deleted; register another."


def locked_endpoint(endpoint_id: UUID, scene_id: UUID) -> WebhookEndpoint:
    """Return a scene's endpoint, locked; raises `EndpointUnknown`."""
    endpoint = WebhookEndpoint.objects.select_for_update().filter(id=endpoint_id, scene_id=scene_id).first()
    if endpoint is None:
        raise EndpointUnknown
    return endpoint


def _require_url(url: str) -> None:
    if not url.startswith(("http://", "https://")) or len(url) > 500:
        raise EndpointUrlInvalid(url=url[:100])


@in_transaction
def register_endpoint(
    *,
    scene_id: UUID,
    url: str,
    event_types: Sequence[str],
    signing: str = "v1",
    format: str = "standard",
    api_version: str = API_VERSION,
    metadata: Mapping[str, str] = NO_TEXTS,
    now: datetime,
) -> tuple[EndpointView, str]:
    """Register an address for a scene's events; return it with its secret, which is shown only this once.

    An endpoint that signs with `v1a` has no secret to show: its public key is on the endpoint. Raises
    `SimulationInvalid` for metadata that ask for one and do not say which.
    """
    _require_url(url)
    simulation(metadata)
    key = new_key(signing)
    endpoint = WebhookEndpoint.objects.create(
        scene_id=scene_id,
        url=url,
        event_types=list(event_types),
        signing=signing,
        format=format,
        api_version=api_version,
        metadata=dict(metadata),
        secret=key,
        public_key=public_key(key),
        created_at=now,
    )
    return endpoint_view(endpoint), _shown(endpoint)


def _shown(endpoint: WebhookEndpoint) -> str:
    """Return what a scene may know of the key that signs: the shared secret, or nothing."""
    return "" if endpoint.public_key else endpoint.secret


@in_transaction
def rotate_secret(
    *, endpoint_id: UUID, scene_id: UUID, overlap: timedelta = OVERLAP, now: datetime
) -> tuple[EndpointView, str]:
    """Give an endpoint a new key; the one before signs beside it until the overlap ends.

    Returns the endpoint, with its new public key if it has one, and its new secret if the scene shares it.
    """
    endpoint = locked_endpoint(endpoint_id, scene_id)
    if endpoint.disabled_reason == DELETED:
        raise EndpointDeleted
    endpoint.previous_secret, endpoint.previous_secret_until_at = endpoint.secret, now + overlap
    endpoint.secret = new_key(endpoint.signing)
    endpoint.public_key = public_key(endpoint.secret)
    endpoint.save(update_fields=["previous_secret", "previous_secret_until_at", "secret", "public_key"])
    return endpoint_view(endpoint), _shown(endpoint)


@in_transaction
def change_endpoint(
    *,
    endpoint_id: UUID,
    scene_id: UUID,
    url: str | None = None,
    event_types: Sequence[str] | None = None,
    api_version: str | None = None,
    metadata: Mapping[str, str] | None = None,
    enabled: bool | None = None,
    now: datetime,
) -> EndpointView:
    """Change what is given of an endpoint. Another address, or enabling it again, begins with a clean record.

    What waits for an endpoint goes to its new address. Refuses endpoints that were deleted.
    """
    endpoint = locked_endpoint(endpoint_id, scene_id)
    if endpoint.disabled_reason == DELETED:
        raise EndpointDeleted
    if url is not None:
        _require_url(url)
    simulation(metadata or NO_TEXTS)
    changed = {"url": url, "event_types": event_types, "api_version": api_version, "metadata": metadata}
    members: dict[str, object] = {name: value for name, value in changed.items() if value is not None}
    if url is not None:
        members |= CLEAN
    if members:
        WebhookEndpoint.objects.filter(id=endpoint.id).update(**members)
    if enabled:
        return enable_endpoint(endpoint_id=endpoint_id, scene_id=scene_id)
    if enabled is False:
        return disable_endpoint(endpoint_id=endpoint_id, scene_id=scene_id, reason="asked", now=now)
    endpoint.refresh_from_db()
    return endpoint_view(endpoint)


@in_transaction
def disable_endpoint(*, endpoint_id: UUID, scene_id: UUID, reason: str, now: datetime) -> EndpointView:
    """Stop sending to an endpoint and tell the scene's feed why; what is pending waits.

    Deleting one that is disabled already is for good and needs no second word.
    """
    endpoint = locked_endpoint(endpoint_id, scene_id)
    was_enabled = endpoint.status == WebhookEndpoint.Status.ENABLED
    if was_enabled or reason == DELETED:
        endpoint.status, endpoint.disabled_reason = WebhookEndpoint.Status.DISABLED, reason
        endpoint.save(update_fields=["status", "disabled_reason"])
    if was_enabled:
        _tell(endpoint, "disabled", reason, now)
    return endpoint_view(endpoint)


def _tell(endpoint: WebhookEndpoint, event: str, reason: str, now: datetime) -> None:
    subject = public_id("whe", endpoint.id)
    emit(
        type=f"webhook_endpoint.{event}",
        subject=subject,
        data={
            "object": {
                "id": subject,
                "object": "webhook_endpoint",
                "status": str(endpoint.status),
                "disabled_reason": reason,
            },
            "changed": ["status"] if event == "disabled" else [],
        },
        scene_id=endpoint.scene_id,
        now=now,
    )


@in_transaction
def enable_endpoint(*, endpoint_id: UUID, scene_id: UUID) -> EndpointView:
    """Send to an endpoint again, with a clean record: what waited goes on, what it missed can be replayed."""
    endpoint = locked_endpoint(endpoint_id, scene_id)
    if endpoint.disabled_reason == DELETED:
        raise EndpointDeleted
    endpoint.status, endpoint.disabled_reason = WebhookEndpoint.Status.ENABLED, ""
    endpoint.save(update_fields=["status", "disabled_reason"])
    WebhookEndpoint.objects.filter(id=endpoint.id).update(**CLEAN)
    endpoint.refresh_from_db()
    return endpoint_view(endpoint)


@in_transaction
def ping_endpoint(*, endpoint_id: UUID, scene_id: UUID, now: datetime) -> EndpointView:
    """Emit a ping about an endpoint; it goes the way of every event, to every endpoint that listens to it."""
    endpoint = locked_endpoint(endpoint_id, scene_id)
    _tell(endpoint, "ping", endpoint.disabled_reason, now)
    return endpoint_view(endpoint)


@in_transaction
def forgive_endpoints() -> int:
    """Give every endpoint a clean record: what failed came from books that are no more. Return the count."""
    return WebhookEndpoint.objects.update(**CLEAN)
