"""The go-live checklist: what is missing at each live bank, from what really is."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from interfaces.door import PortalView, now
from interfaces.pages import shown
from interfaces.portal.frame import OwnBank, framed, inside, own_banks, scene_id_of
from interfaces.portal.keys import keys_of
from openbanking.partners.queries import PartnerNotListed, require_listed
from plumbing.clock.queries import ClockNotStarted, business_date
from plumbing.outbox.models import WebhookEndpoint
from plumbing.outbox.queries import deliveries, endpoints
from tenants.access.models import ApiClient
from tenants.access.queries import calls_seen, clients
from tenants.scenes.models import Scene
from tenants.scenes.queries import active_contract, get_scene

KEYED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that going live takes."""

    name: str
    title: Any
    holds: bool
    text: Any


def own_items(scene_id: UUID) -> list[Item]:
    """Return what the scene needs whatever the bank."""
    instant, scene = now(), get_scene(scene_id=scene_id)
    active = [one for one in clients(scene_id=scene_id) if one.status == ApiClient.Status.ACTIVE]
    live = [one for one in active if not one.sandbox]
    tried = calls_seen(
        client_ids=tuple(one.client_id for one in active),
        since=instant - KEYED_WITHIN,
        until=instant,
        path="/v1/drawdowns",
        statuses=(201, 203),  # made, not looked at
        limit=1,
    )
    signed = bool(live) and all(keys_of(one, instant) for one in live)
    listed = bool(live) and all(one.addresses for one in live)
    return [
        Item(
            "active",
            _("The scene is active"),
            scene.status == Scene.Status.ACTIVE,
            _("A read-only scene starts nothing."),
        ),
        Item(
            "keys",
            _("A live key that signs"),
            signed,
            _("Register the public half; owners do it under API keys."),
        ),
        Item(
            "addresses",
            _("Every live key has an address list"),
            listed,
            _("A key that leaks is then worth less."),
        ),
        Item(
            "origins",
            _("Origins for embedding"),
            bool(scene.allowed_origins),
            _("Only needed for the widget; the platform's people register them."),
        ),
        Item(
            "tried",
            _("A draw in the last thirty days"),
            bool(tried),
            _("Play the whole way through in the sandbox before real money moves."),
        ),
    ]


def bank_items(own: OwnBank, scene_id: UUID) -> list[Item]:
    """Return what the scene needs at one live bank."""
    contract = active_contract(bank_id=own.bank.id, scene_id=scene_id, on_date=now().date())
    with inside(own):
        try:
            require_listed(scene_id=scene_id, on_date=business_date())
            is_listed = True
        except (PartnerNotListed, ClockNotStarted):
            is_listed = False
        enabled = [
            one for one in endpoints(scene_id=scene_id) if one.status == WebhookEndpoint.Status.ENABLED
        ]
        verified = any(
            deliveries(scene_id=scene_id, endpoint_id=one.id, status="delivered", limit=1) for one in enabled
        )
    return [
        Item(
            "contract",
            _("A contract with the bank"),
            contract is not None,
            _("The platform's people sign it."),
        ),
        Item("listing", _("On the bank's list of partners"), is_listed, _("The bank puts the scene on it.")),
        Item(
            "webhook",
            _("A webhook endpoint that has answered"),
            verified,
            _("Register one with a live token and ping it."),
        ),
    ]


class GoLive(PortalView):
    """What is missing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show every item and whether it holds."""
        scene_id = scene_id_of(request)
        own = own_items(scene_id)
        live = [one for one in own_banks(scene_id) if one.bank.livemode]
        banks: list[dict[str, Any]] = [{"own": one, "items": bank_items(one, scene_id)} for one in live]
        context = framed(request, "go-live", items=own, banks=banks)
        body = {
            "items": {item.name: item.holds for item in own},
            "banks": {
                row["own"].public_id: {item.name: item.holds for item in row["items"]} for row in banks
            },
        }
        return shown(request, "portal/go_live.html", context, body)
