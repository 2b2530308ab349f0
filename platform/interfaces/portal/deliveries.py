"""Deliveries: how events came to the scene's endpoints at a bank, with every attempt."""

import json
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from interfaces.door import PortalView
from interfaces.event_body import event_body
from interfaces.pages import FieldInvalid, shown
from interfaces.portal.frame import LISTED, bank_of_page, chosen, framed, inside, own_banks, scene_id_of
from kernel.ids import parse_id, public_id
from plumbing.outbox.models import WebhookDelivery
from plumbing.outbox.queries import (
    DeliveryView,
    EndpointView,
    deliveries,
    endpoints,
    get_delivery,
    get_endpoint,
    get_event,
)

STATUSES: Final = tuple(WebhookDelivery.Status.values)


def told(one: DeliveryView) -> dict[str, Any]:
    """Return a delivery as JSON says it."""
    return {
        "id": public_id("whd", one.id),
        "endpoint": public_id("whe", one.endpoint_id),
        "event": public_id("evt", one.event_id),
        "event_type": one.event_type,
        "subject": one.subject,
        "status": one.status,
        "attempt_count": one.attempt_count,
        "last_status_code": one.last_status_code,
        "is_replay": one.is_replay,
    }


class Deliveries(PortalView):
    """A bank's deliveries to the scene."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the newest deliveries."""
        scene_id = scene_id_of(request)
        known = own_banks(scene_id)
        own = chosen(request, known)
        asked = {name: request.GET.get(name, "").strip() for name in ("endpoint", "status", "after")}
        points: tuple[EndpointView, ...] = ()
        rows: tuple[DeliveryView, ...] = ()
        if own is not None:
            with inside(own):
                points, rows = endpoints(scene_id=scene_id), self._found(scene_id, asked)
        older = public_id("whd", rows[LISTED - 1].id) if len(rows) > LISTED else ""
        context = framed(
            request,
            "deliveries",
            banks=known,
            own=own,
            endpoints=points,
            urls={one.id: one.url for one in points},
            rows=rows[:LISTED],
            asked=asked,
            statuses=STATUSES,
            older=older,
        )
        body = {"data": [told(one) for one in rows[:LISTED]], "has_more": bool(older)}
        return shown(request, "portal/deliveries.html", context, body)

    def _found(self, scene_id: UUID, asked: dict[str, str]) -> tuple[DeliveryView, ...]:
        if asked["status"] and asked["status"] not in STATUSES:
            raise FieldInvalid(field="status", given=asked["status"][:40])
        endpoint = parse_id("whe", asked["endpoint"]) if asked["endpoint"] else None
        if endpoint is not None:
            get_endpoint(endpoint_id=endpoint, scene_id=scene_id)
        return deliveries(
            scene_id=scene_id,
            endpoint_id=endpoint,
            status=asked["status"] or None,
            after=parse_id("whd", asked["after"]) if asked["after"] else None,
            limit=LISTED + 1,
        )


class OneDelivery(PortalView):
    """One event's way to one endpoint."""

    def get(self, request: HttpRequest, delivery_id: UUID) -> HttpResponse:
        """Show every attempt and the body as it was sent."""
        own, scene_id = bank_of_page(request), scene_id_of(request)
        with inside(own):
            found = get_delivery(delivery_id=delivery_id, scene_id=scene_id)
            event = get_event(event_id=found.event_id, scene_id=scene_id)
            endpoint = get_endpoint(endpoint_id=found.endpoint_id, scene_id=scene_id)
        body = event_body(
            event, bank_id=own.bank.id, livemode=own.bank.livemode, api_version=endpoint.api_version
        )
        context = framed(
            request,
            "deliveries",
            own=own,
            delivery=found,
            endpoint=endpoint,
            body=json.dumps(body, ensure_ascii=False, indent=2),
        )
        attempts = [
            {"number": one.number, "status_code": one.status_code, "error": one.error}
            for one in found.attempts
        ]
        return shown(
            request, "portal/delivery.html", context, told(found) | {"attempts": attempts, "body": body}
        )
