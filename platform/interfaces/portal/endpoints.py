"""Webhook endpoints of the scene at a bank: where it is told, of what, and the secret that signs it."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext

from connectors.webhooks.target import check_form
from interfaces.door import PortalView, enqueue, now
from interfaces.event_types import EVENT_TYPES
from interfaces.pages import FieldInvalid, Form, act, refused, shown
from interfaces.portal.acts import noted
from interfaces.portal.frame import (
    OwnBank,
    bank_of_page,
    chosen,
    framed,
    inside,
    own_banks,
    person_of,
    scene_id_of,
)
from interfaces.portal.requests import instant
from interfaces.problems import problem, wants_json, wire
from kernel.ids import public_id
from kernel.refusals import Refusal
from plumbing.outbox import operations as outbox
from plumbing.outbox.queries import EndpointView, endpoints, get_endpoint

PAGE: Final = "/portal/endpoints"
PING: Final = "webhook_endpoint.ping"
FORMATS: Final = ("standard", "cloudevents")
SIGNINGS: Final = ("v1", "v1a")
URL_LENGTH_MAX: Final = 500


def told(one: EndpointView) -> dict[str, Any]:
    """Return an endpoint as JSON says it."""
    return {
        "id": public_id("whe", one.id),
        "url": one.url,
        "event_types": list(one.event_types),
        "format": one.format,
        "signing": one.signing,
        "public_key": one.shown_public_key,
        "status": one.status,
        "disabled_reason": one.disabled_reason,
    }


def grouped(picked: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the types of events by what they are about, those picked marked."""
    return [
        {"about": about, "types": [{"name": name, "picked": name in picked} for name in names]}
        for about, names in groupby(sorted(EVENT_TYPES), key=lambda name: name.partition(".")[0])
    ]


def picked_types(request: HttpRequest) -> tuple[str, ...]:
    """Return the types of events that were ticked; none means every type."""
    given = tuple(dict.fromkeys(request.POST.getlist("event_types")))
    for name in given:
        if name not in EVENT_TYPES:
            raise FieldInvalid(field="event_types", given=name[:40])
    return given


def code_of(form: Form, name: str, known: tuple[str, ...]) -> str:
    """Return one of the known codes, the first unless another is given."""
    given = form.text(name, known[0])
    if given not in known:
        raise FieldInvalid(field=name, given=given[:40])
    return given


def needed(own: OwnBank) -> str:
    """Return what changing where a bank's events go demands: at a live bank it is the owners' business."""
    return "portal.live" if own.bank.livemode else "portal.build"


class EndpointPage(PortalView):
    """What the pages of endpoints share: a secret is answered once, and a refusal beside what was typed."""

    def secret_shown(
        self, request: HttpRequest, own: OwnBank, made: tuple[EndpointView, str], status: int
    ) -> HttpResponse:
        """Answer with an endpoint and its secret; nothing keeps the secret in clear outside the bank."""
        endpoint, secret = made
        if wants_json(request):
            body = {"endpoint": told(endpoint), "secret": secret or None}
            answer: HttpResponse = JsonResponse(wire(body), status=status)
        else:
            answer = self.one(request, own, endpoint, made=True, secret=secret)
        answer["Cache-Control"] = "no-store"
        return answer

    def one(self, request: HttpRequest, own: OwnBank, endpoint: EndpointView, **more: Any) -> HttpResponse:
        """Show one endpoint."""
        picked = more.pop("picked", endpoint.event_types)
        context = framed(
            request,
            "endpoints",
            own=own,
            endpoint=endpoint,
            url=more.pop("url", endpoint.url),
            groups=grouped(picked),
            all_types=not picked,
            hears_ping=not endpoint.event_types or PING in endpoint.event_types,
            removed=endpoint.disabled_reason == "deleted",
            may_change=person_of(request).can(needed(own)),
            **more,
        )
        return shown(request, "portal/endpoint.html", context, told(endpoint))


def checked_url(form: Form) -> str:
    """Return the address that was typed; raises `UrlRefused` for one that must not be called."""
    url = form.text("url", longest=URL_LENGTH_MAX)
    check_form(url)
    return url


def bare(url: str) -> str:
    """Return an address without its query, where scenes put secrets."""
    return url.partition("?")[0]


class Endpoints(EndpointPage):
    """The scene's endpoints at a bank."""

    acting = "portal.build"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Register one; the answer shows its secret, once."""
        own, form = bank_of_page(request), Form(request)
        self.require(request, needed(own))
        try:
            url = checked_url(form)
            with noted(request, "endpoint.register", bare(url), own), inside(own), transaction.atomic():
                made = self._register(request, form, url)
        except Refusal as refusal:
            return self._refused(request, refusal)
        return self.secret_shown(request, own, made, 201)

    def _register(self, request: HttpRequest, form: Form, url: str) -> tuple[EndpointView, str]:
        return outbox.register_endpoint(
            scene_id=scene_id_of(request),
            url=url,
            event_types=picked_types(request),
            format=code_of(form, "format", FORMATS),
            signing=code_of(form, "signing", SIGNINGS),
            now=now(),
        )

    def _refused(self, request: HttpRequest, refusal: Refusal) -> HttpResponse:
        answer = problem(refusal, request)
        if wants_json(request):
            return answer
        page = self._page(request, error=refusal.said(gettext), url=request.POST.get("url", "")[:600])
        page.status_code = answer.status_code
        return page

    def _page(self, request: HttpRequest, **more: Any) -> HttpResponse:
        scene_id = scene_id_of(request)
        known = own_banks(scene_id)
        own = chosen(request, known)
        rows: tuple[EndpointView, ...] = ()
        if own is not None:
            with inside(own):
                rows = endpoints(scene_id=scene_id)
        picked = tuple(request.POST.getlist("event_types"))
        context = framed(
            request,
            "endpoints",
            banks=known,
            own=own,
            rows=sorted(rows, key=lambda one: one.disabled_reason == "deleted"),
            groups=grouped(picked),
            all_types=not picked,
            formats=FORMATS,
            signings=SIGNINGS,
            may_change=own is not None and person_of(request).can(needed(own)),
            **more,
        )
        return shown(request, "portal/endpoints.html", context, {"endpoints": [told(one) for one in rows]})


class OneEndpoint(EndpointPage):
    """One endpoint."""

    acting = "portal.build"

    def get(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        """Show it."""
        own = bank_of_page(request)
        with inside(own):
            endpoint = get_endpoint(endpoint_id=endpoint_id, scene_id=scene_id_of(request))
        return self.one(request, own, endpoint)

    def post(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        """Change its address, and which types it hears of."""
        own, scene_id = bank_of_page(request), scene_id_of(request)
        self.require(request, needed(own))
        with inside(own):
            before = get_endpoint(endpoint_id=endpoint_id, scene_id=scene_id)
            try:
                url, subject = checked_url(Form(request)), public_id("whe", before.id)
                with noted(request, "endpoint.change", subject, own, url=bare(url)), transaction.atomic():
                    view = self._change(request, before, url)
            except Refusal as refusal:
                return self._refused(request, own, before, refusal)
        return act(request, lambda: told(view), to=page_of(own, endpoint_id))

    def _change(self, request: HttpRequest, before: EndpointView, url: str) -> EndpointView:
        return outbox.change_endpoint(
            endpoint_id=before.id,
            scene_id=before.scene_id,
            url=url if url != before.url else None,  # the same address keeps its record of failures
            event_types=picked_types(request),
            now=now(),
        )

    def _refused(
        self, request: HttpRequest, own: OwnBank, before: EndpointView, refusal: Refusal
    ) -> HttpResponse:
        answer = problem(refusal, request)
        if wants_json(request):
            return answer
        picked, typed = tuple(request.POST.getlist("event_types")), request.POST.get("url", "")[:600]
        page = self.one(request, own, before, error=refusal.said(gettext), url=typed, picked=picked)
        page.status_code = answer.status_code
        return page


class Secret(EndpointPage):
    """The secret that signs what an endpoint is sent."""

    capability = "portal.build"

    def post(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        """Make another; the one before signs beside it for 24 hours."""
        own = bank_of_page(request)
        self.require(request, needed(own))
        try:
            with inside(own), transaction.atomic():
                made = outbox.rotate_secret(endpoint_id=endpoint_id, scene_id=scene_id_of(request), now=now())
        except outbox.EndpointDeleted as refusal:
            return refused(request, refusal, page_of(own, endpoint_id))
        return self.secret_shown(request, own, made, 200)


def page_of(own: OwnBank, endpoint_id: UUID) -> str:
    """Return the address of an endpoint's page."""
    return f"{PAGE}/{public_id('whe', endpoint_id)}?bank={own.public_id}"


class EndpointAct(PortalView):
    """Something done to one endpoint of the scene."""

    capability = "portal.build"
    action = ""
    delivers = False  # whether something is to be sent now, which the deliveries then show

    def post(self, request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
        """Do it, hand what waits to the relay, and go where its effect is seen."""
        own, scene_id, form = bank_of_page(request), scene_id_of(request), Form(request)
        if not self.delivers:
            self.require(request, needed(own))
        endpoint = public_id("whe", endpoint_id)

        def work() -> Mapping[str, Any]:
            with noted(request, self.action, endpoint, own), transaction.atomic():
                done = self.done(form, endpoint_id, scene_id)
                enqueue("jobs.relay_outbox", schema=own.bank.schema_name)
            return {"endpoint": endpoint, **done}

        sent = f"/portal/deliveries?bank={own.public_id}&endpoint={endpoint}"
        with inside(own):
            get_endpoint(endpoint_id=endpoint_id, scene_id=scene_id)
            return act(
                request,
                work,
                to=sent if self.delivers else page_of(own, endpoint_id),
                back=page_of(own, endpoint_id),
                status=202 if self.delivers else 200,
                atomic=False,
            )

    def done(self, form: Form, endpoint_id: UUID, scene_id: UUID) -> Mapping[str, Any]:
        """Do it."""
        raise NotImplementedError


class Ping(EndpointAct):
    """A ping, the way of every event."""

    action = "endpoint.ping"
    delivers = True

    def done(self, form: Form, endpoint_id: UUID, scene_id: UUID) -> Mapping[str, Any]:
        """Emit it."""
        outbox.ping_endpoint(endpoint_id=endpoint_id, scene_id=scene_id, now=now())
        return {}


class Pause(EndpointAct):
    """Sending nothing to an endpoint until it is enabled again."""

    action = "endpoint.pause"

    def done(self, form: Form, endpoint_id: UUID, scene_id: UUID) -> Mapping[str, Any]:
        """Pause it; one that was removed stays removed."""
        view = outbox.change_endpoint(endpoint_id=endpoint_id, scene_id=scene_id, enabled=False, now=now())
        return {"status": view.status}


class Enable(EndpointAct):
    """Sending again to an endpoint that was disabled."""

    action = "endpoint.enable"

    def done(self, form: Form, endpoint_id: UUID, scene_id: UUID) -> Mapping[str, Any]:
        """Enable it."""
        view = outbox.enable_endpoint(endpoint_id=endpoint_id, scene_id=scene_id)
        return {"status": view.status}


class Remove(EndpointAct):
    """The end of an endpoint."""

    action = "endpoint.remove"

    def done(self, form: Form, endpoint_id: UUID, scene_id: UUID) -> Mapping[str, Any]:
        """Send nothing to it any more; it stays visible beside its deliveries."""
        view = outbox.disable_endpoint(
            endpoint_id=endpoint_id, scene_id=scene_id, reason="deleted", now=now()
        )
        return {"status": view.status}


class Replay(EndpointAct):
    """Events once more: one by its id, or what happened in a span of time."""

    action = "endpoint.replay"
    delivers = True

    def done(self, form: Form, endpoint_id: UUID, scene_id: UUID) -> Mapping[str, Any]:
        """Send them again."""
        if form.text("event", ""):
            count = outbox.replay_events(
                endpoint_id=endpoint_id, scene_id=scene_id, event_ids=[form.key("event", "evt")], now=now()
            )
            return {"event_count": count}
        count = outbox.replay_range(
            endpoint_id=endpoint_id,
            scene_id=scene_id,
            from_at=instant("from", form.text("from")),
            to_at=instant("to", form.text("to")),
            now=now(),
        )
        return {"event_count": count}
