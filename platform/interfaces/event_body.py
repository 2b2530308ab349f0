"""The body of an event: the same in `GET /events` and in a webhook (`api.md`, section 4)."""

from typing import Any, Final
from uuid import UUID

from interfaces.versions import VERSIONS
from kernel.ids import public_id
from plumbing.outbox.queries import EventView

API_VERSION: Final = VERSIONS[-1].name
CLOUD_PREFIX: Final = "example.sluice."  # ours, turned round, as CloudEvents asks of a type


def event_body(
    event: EventView, *, bank_id: UUID, livemode: bool = False, api_version: str = API_VERSION
) -> dict[str, Any]:
    """Return an event as scenes see it; `sequence` counts the events of one subject without gaps."""
    return {
        "id": public_id("evt", event.id),
        "object": "event",
        "type": event.type,
        "timestamp": _instant(event),
        "api_version": api_version,
        "livemode": livemode,
        "bank": public_id("bnk", bank_id),
        "subject": event.subject,
        "sequence": event.sequence,
        "data": _data(event.data),
    }


def cloud_event(
    event: EventView, *, bank_id: UUID, livemode: bool = False, api_version: str = API_VERSION
) -> dict[str, Any]:
    """Return an event in the structured form of CloudEvents 1.0, with what else we say of it as extensions.

    `sequence` is the one of the sequence extension: digits of one width, so that texts order as numbers do.
    """
    return {
        "specversion": "1.0",
        "id": public_id("evt", event.id),
        "source": f"/banks/{public_id('bnk', bank_id)}",
        "type": f"{CLOUD_PREFIX}{event.type}",
        "subject": event.subject,
        "time": _instant(event),
        "datacontenttype": "application/json",
        "sequence": f"{event.sequence:010d}",
        "apiversion": api_version,
        "livemode": livemode,
        "data": _data(event.data),
    }


def _instant(event: EventView) -> str:
    return event.occurred_at.isoformat().replace("+00:00", "Z")


def _data(data: dict[str, Any]) -> dict[str, Any]:
    """Return `{object, changed}` whether the room wrote that or the object alone."""
    return data if isinstance(data.get("object"), dict) else {"object": data, "changed": ["status"]}
