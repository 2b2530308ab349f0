"""The ops console's acts on a scene's machines: credentials issued, keys replaced."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from interfaces.arrival import address_of
from interfaces.door import OperatorView, now
from interfaces.pages import FieldInvalid, Form, act
from kernel.ids import public_id
from tenants.access import operations as access
from tenants.access.queries import clients
from tenants.teams import operations as teams
from tenants.teams.roles import Role

JWKS_LENGTH_MAX = 8000


def page_of(scene_id: UUID) -> str:
    """Return the address of a scene's page."""
    return f"/ops/scenes/{public_id('scn', scene_id)}"


def parsed(form: Form, name: str) -> dict[str, Any]:
    """Return a JSON object from a form's field."""
    text = form.text(name, longest=JWKS_LENGTH_MAX)
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise FieldInvalid(field=name, given=text[:40])
    return value


def own(scene_id: UUID, client_id: str) -> None:
    """Refuse a client that is not the scene's."""
    if client_id not in {one.client_id for one in clients(scene_id=scene_id)}:
        raise access.ClientInvalid


class Clients(OperatorView):
    """API clients of a scene."""

    def post(self, request: HttpRequest, scene_id: UUID) -> HttpResponse:
        """Issue credentials: a sandbox client's secret is shown this once; a live client brings its keys."""
        form = Form(request)

        def issue() -> Mapping[str, Any]:
            client_id, secret = access.register_client(
                scene_id=scene_id,
                name=form.text("name"),
                sandbox=form.text("sandbox", "") == "on",
                jwks=parsed(form, "jwks") if form.text("jwks", "", longest=JWKS_LENGTH_MAX) else None,
                now=now(),
            )
            shown = {"client_id": client_id, "client_secret": secret or None}
            request.session["new_secret"] = shown
            return shown

        return act(request, issue, to=page_of(scene_id), status=201)


class Invitations(OperatorView):
    """People of a scene's team, of whom the first is let in from here."""

    def post(self, request: HttpRequest, scene_id: UUID) -> HttpResponse:
        """Invite an owner; the link is shown this once, for nothing is sent from here."""
        form = Form(request)

        def invite() -> Mapping[str, Any]:
            person, invitation = teams.invite(
                scene_id=scene_id,
                email=form.text("email", longest=254),
                name=form.text("name", longest=100),
                role=Role.OWNER,
                now=now(),
            )
            teams.record_act(
                scene_id=scene_id,
                actor=str(getattr(request.user, "email", "")),
                action="person.invite",
                subject=public_id("mem", person.id),
                detail={"email": person.email, "role": person.role},
                address=address_of(request),
                now=now(),
            )
            link = request.build_absolute_uri(f"/portal/join/{invitation}")
            request.session["new_invitation"] = {"name": person.name, "link": link}
            return {"id": public_id("mem", person.id), "link": link}

        return act(request, invite, to=page_of(scene_id), status=201)


class Keys(OperatorView):
    """The keys a client signs with."""

    def post(self, request: HttpRequest, scene_id: UUID, client_id: str) -> HttpResponse:
        """Add a key; what was there holds another day, or stops at once."""
        form = Form(request)

        def add() -> Mapping[str, Any]:
            own(scene_id, client_id)
            at_once = form.text("at_once", "") == "on"
            view = access.add_key(
                client_id=client_id,
                key=parsed(form, "key"),
                overlap=timedelta(0) if at_once else access.KEY_OVERLAP,
                now=now(),
            )
            return {"client_id": client_id, "keys": list(view.keys)}

        return act(request, add, to=page_of(scene_id), status=201)


class Addresses(OperatorView):
    """The addresses a client may be used from."""

    def post(self, request: HttpRequest, scene_id: UUID, client_id: str) -> HttpResponse:
        """Replace the list; an empty one lets the client be used from anywhere."""
        form = Form(request)

        def allow() -> Mapping[str, Any]:
            own(scene_id, client_id)
            ranges = form.text("addresses", "", longest=1000).replace(",", " ").split()
            view = access.allow_addresses(client_id=client_id, ranges=ranges)
            return {"client_id": client_id, "addresses": list(view.addresses)}

        return act(request, allow, to=page_of(scene_id))
