"""The audit trail of a scene's people: what they do in the portal is written down, and owners read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from interfaces.arrival import address_of
from interfaces.door import PortalView, now
from interfaces.pages import FieldInvalid, shown
from interfaces.portal.frame import LISTED, OwnBank, framed, own_banks, person_of, scene_id_of
from interfaces.portal.requests import instant
from kernel.refusals import Refusal
from plumbing.schemas import public_schema
from tenants.teams import operations as teams
from tenants.teams.queries import ActView, acts

ACTS: Final = {
    "session.begin": _("Signed in"),
    "key.make": _("Made a sandbox key"),
    "key.register": _("Registered a live key"),
    "key.replace": _("Replaced what a key signs with"),
    "key.addresses": _("Changed where a key may be used from"),
    "key.secret": _("Made another secret of a key"),
    "key.revoke": _("Revoked a key"),
    "person.invite": _("Invited somebody"),
    "person.join": _("Joined the team"),
    "person.role": _("Gave somebody another role"),
    "person.remove": _("Removed somebody"),
    "endpoint.register": _("Registered an endpoint"),
    "endpoint.change": _("Changed an endpoint"),
    "endpoint.pause": _("Paused an endpoint"),
    "endpoint.enable": _("Enabled an endpoint"),
    "endpoint.secret": _("Made another secret of an endpoint"),
    "endpoint.ping": _("Pinged an endpoint"),
    "endpoint.replay": _("Sent events again"),
    "endpoint.remove": _("Removed an endpoint"),
    "clock.make": _("Began a test clock"),
    "clock.advance": _("Moved a test clock"),
    "clock.reset": _("Reset a test clock"),
    "clock.delete": _("Deleted a test clock"),
    "preview.open": _("Opened a preview"),
}
KINDS: Final = {
    "session": _("Signing in"),
    "key": _("API keys"),
    "person": _("Team"),
    "endpoint": _("Webhooks"),
    "clock": _("Test clocks"),
    "preview": _("Embed studio"),
}
_ASKED: Final = ("who", "kind", "from", "until", "after")


def note(request: HttpRequest, action: str, subject: str, **detail: object) -> None:
    """Write down an act on the scene itself in the transaction of the act: neither is without the other."""
    person = person_of(request)
    note_of(request, person.scene_id, person.email, action, subject, **detail)


def note_of(
    request: HttpRequest, scene_id: UUID, actor: str, action: str, subject: str, **detail: object
) -> None:
    """Write down what somebody does who is not signed in to the portal, or not yet."""
    teams.record_act(
        scene_id=scene_id,
        actor=actor,
        action=action,
        subject=subject,
        detail=detail,
        address=address_of(request),
        now=now(),
    )


@contextmanager
def noted(
    request: HttpRequest, action: str, subject: str, own: OwnBank | None = None, **detail: object
) -> Iterator[None]:
    """Write an act down before it happens, for one at a bank or one of many transactions.

    It is never done without being written; one that is then refused is written again, with its refusal.
    """
    person = person_of(request)
    told: dict[str, Any] = {
        "scene_id": person.scene_id,
        "actor": person.email,
        "action": action,
        "subject": subject,
        "bank": "" if own is None else own.public_id,
        "detail": detail,
        "address": address_of(request),
    }
    with public_schema(), transaction.atomic():
        teams.record_act(**told, now=now())
    try:
        yield
    except Refusal as refusal:
        with public_schema(), transaction.atomic():
            teams.record_act(**told, refused_with=refusal.code, now=now())
        raise


def told_act(one: ActView, names: dict[str, str]) -> dict[str, Any]:
    """Return an act as the page and JSON say it."""
    return {
        "at": one.recorded_at,
        "actor": one.actor,
        "action": one.action,
        "subject": one.subject,
        "bank": one.bank,
        "bank_name": names.get(one.bank, ""),
        "detail": one.detail,
        "address": one.address,
        "refused_with": one.refused_with,
    }


class Audit(PortalView):
    """Who did what, when and from where."""

    capability = "portal.audit"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the newest acts that fit."""
        scene_id = scene_id_of(request)
        asked, troubles = {name: request.GET.get(name, "").strip() for name in _ASKED}, ""
        found: tuple[ActView, ...] = ()
        try:
            found = self._found(request, asked)
        except Refusal as refusal:
            if "text/html" not in request.headers.get("Accept", ""):
                raise
            troubles = refusal.text()
        names = {one.public_id: one.name for one in own_banks(scene_id)}
        rows = [told_act(one, names) for one in found[:LISTED]]
        older = found[LISTED - 1].position if len(found) > LISTED else ""
        context = framed(
            request,
            "audit",
            rows=[row | {"said": ACTS.get(row["action"], row["action"])} for row in rows],
            asked=asked,
            kinds=KINDS.items(),
            older=older,
            troubles=troubles,
        )
        return shown(request, "portal/audit.html", context, {"data": rows, "has_more": bool(older)})

    def _found(self, request: HttpRequest, asked: dict[str, str]) -> tuple[ActView, ...]:
        for name, known in (("kind", asked["kind"] in KINDS), ("after", asked["after"].isdecimal())):
            if asked[name] and not known:
                raise FieldInvalid(field=name, given=asked[name][:40])
        if len(asked["who"]) > 254 or "\x00" in asked["who"] or len(asked["after"]) > 18:
            raise FieldInvalid(field="who", given=asked["who"][:40])
        return acts(
            scene_id=scene_id_of(request),
            actor=asked["who"],
            action=f"{asked['kind']}." if asked["kind"] else "",
            since=instant("from", asked["from"]) if asked["from"] else None,
            until=instant("until", asked["until"]) if asked["until"] else None,
            before_position=int(asked["after"]) if asked["after"] else None,
            limit=LISTED + 1,
        )
