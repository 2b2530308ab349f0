"""Keys: a sandbox key in one step, live keys by their public halves, addresses, and what ends them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from interfaces.door import PortalView, now
from interfaces.pages import FieldInvalid, Form, act, refused, shown
from interfaces.portal.acts import note
from interfaces.portal.frame import framed, own_banks, person_of, scene_id_of
from interfaces.problems import wants_json
from kernel.refusals import Refusal
from tenants.access import operations as access
from tenants.access.queries import ClientView, client_keys, clients, get_client

PAGE: Final = "/portal/keys"
JWK_LENGTH_MAX: Final = 8000


def parsed(form: Form, name: str) -> dict[str, Any]:
    """Return a JSON object from a form's field."""
    text = form.text(name, longest=JWK_LENGTH_MAX)
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise FieldInvalid(field=name, given=text[:40])
    return value


def keys_of(client: ClientView, instant: datetime) -> list[dict[str, Any]]:
    """Return the keys a client signs with, and when one that is on its way out ends."""
    found = client_keys(client_id=client.client_id, now=instant)
    return [
        {
            "kid": key["kid"],
            "kind": key.get("crv") or key["kty"],
            "ends_at": datetime.fromtimestamp(key["exp"], UTC) if "exp" in key else None,
        }
        for key in (found[1] if found is not None else ())
    ]


def told(client: ClientView, keys: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a client with its keys as JSON says it."""
    return {
        "client_id": client.client_id,
        "name": client.name,
        "livemode": not client.sandbox,
        "status": client.status,
        "keys": keys,
        "addresses": list(client.addresses),
    }


class Keys(PortalView):
    """The scene's clients."""

    acting = "portal.build"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        return self.page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make a sandbox key; the answer shows its secret, once, and nothing keeps it in clear."""
        form = Form(request)
        try:
            with transaction.atomic():
                name = form.text("name", longest=100)
                client_id, secret = access.register_client(
                    scene_id=scene_id_of(request), name=name, sandbox=True, now=now()
                )
                note(request, "key.make", client_id, name=name)
        except Refusal as refusal:
            return refused(request, refusal, PAGE)
        return self.secret(request, client_id, secret, 201)

    def secret(self, request: HttpRequest, client_id: str, secret: str, status: int) -> HttpResponse:
        """Answer with a secret."""
        if wants_json(request):
            answer: HttpResponse = JsonResponse(
                {"client_id": client_id, "client_secret": secret}, status=status
            )
        else:
            answer = self.page(request, client_id=client_id, client_secret=secret)
        answer["Cache-Control"] = "no-store"
        return answer

    def page(self, request: HttpRequest, **more: Any) -> HttpResponse:
        """Show the clients, and what has just been made."""
        person, instant = person_of(request), now()
        rows: list[dict[str, Any]] = [
            {
                "client": client,
                "keys": keys_of(client, instant),
                "may_change": person.can("portal.build" if client.sandbox else "portal.live"),
            }
            for client in clients(scene_id=person.scene_id)
        ]
        sandboxes = [one for one in own_banks(person.scene_id) if not one.bank.livemode]
        context = framed(
            request,
            "keys",
            rows=rows,
            banks=sandboxes,
            base=request.build_absolute_uri("/").rstrip("/"),
            **more,
        )
        body = {"clients": [told(row["client"], row["keys"]) for row in rows]}
        return shown(request, "portal/keys.html", context, body)


class LiveClients(PortalView):
    """Clients of live banks."""

    acting = "portal.live"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Register a live client with the public keys it signs with."""
        form = Form(request)

        def register() -> Mapping[str, Any]:
            name = form.text("name", longest=100)
            client_id, _ = access.register_client(
                scene_id=scene_id_of(request), name=name, jwks=parsed(form, "jwks"), now=now()
            )
            note(request, "key.register", client_id, name=name)
            return {"client_id": client_id}

        return act(request, register, to=PAGE, status=201)


class OneClient(PortalView):
    """What changes one client of the scene: a live one is the owners' business."""

    def changed(self, request: HttpRequest, client_id: str) -> ClientView:
        """Return the client, if this person may change it."""
        client = get_client(client_id=client_id, scene_id=scene_id_of(request))
        self.require(request, "portal.build" if client.sandbox else "portal.live")
        return client


class ClientKeys(OneClient):
    """The keys a client signs with."""

    def post(self, request: HttpRequest, client_id: str) -> HttpResponse:
        """Add a key; those before hold another 24 hours, or stop at once."""
        client, form = self.changed(request, client_id), Form(request)

        def add() -> Mapping[str, Any]:
            at_once = form.text("at_once", "") == "on"
            view = access.add_key(
                client_id=client.client_id,
                key=parsed(form, "key"),
                overlap=timedelta(0) if at_once else access.KEY_OVERLAP,
                now=now(),
            )
            keys = keys_of(view, now())
            kids = ", ".join(str(one["kid"]) for one in keys)
            note(request, "key.replace", client_id, kid=kids, at_once=at_once)
            return told(view, keys)

        return act(request, add, to=PAGE, status=201)


class ClientAddresses(OneClient):
    """The addresses a client may be used from."""

    def post(self, request: HttpRequest, client_id: str) -> HttpResponse:
        """Replace the list; an empty one lets the client be used from anywhere."""
        client, form = self.changed(request, client_id), Form(request)

        def allow() -> Mapping[str, Any]:
            ranges = form.text("addresses", "", longest=1000).replace(",", " ").split()
            view = access.allow_addresses(client_id=client.client_id, ranges=ranges)
            note(request, "key.addresses", client_id, addresses=" ".join(view.addresses))
            return {"client_id": view.client_id, "addresses": list(view.addresses)}

        return act(request, allow, to=PAGE)


class ClientSecret(OneClient):
    """The secret of a sandbox client."""

    def post(self, request: HttpRequest, client_id: str) -> HttpResponse:
        """Give it another secret, shown once; the one before stops working."""
        client = self.changed(request, client_id)
        try:
            with transaction.atomic():
                secret = access.rotate_secret(client_id=client.client_id)
                note(request, "key.secret", client.client_id, name=client.name)
        except Refusal as refusal:
            return refused(request, refusal, PAGE)
        page = Keys()
        return page.secret(request, client.client_id, secret, 200)


class ClientEnd(OneClient):
    """The end of a client."""

    def post(self, request: HttpRequest, client_id: str) -> HttpResponse:
        """Revoke it: its tokens stop at once."""
        client = self.changed(request, client_id)

        def revoke() -> Mapping[str, Any]:
            view = access.revoke_client(client_id=client.client_id)
            note(request, "key.revoke", client.client_id, name=client.name)
            return {"client_id": view.client_id, "status": view.status}

        return act(request, revoke, to=PAGE)
