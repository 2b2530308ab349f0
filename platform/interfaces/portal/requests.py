"""The request log: every call of the scene's clients, without bodies and without anything about a person."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext

from interfaces import call_log
from interfaces.door import PortalView, now
from interfaces.pages import FieldInvalid, shown
from interfaces.portal.frame import LISTED, OwnBank, framed, own_banks, scene_id_of
from interfaces.problems import wants_json
from kernel.ids import parse_id
from kernel.refusals import Refusal
from tenants.access.queries import CallSeen, calls_seen, clients
from tenants.reference.queries import calls_kept

DAYS_SHOWN: Final = timedelta(days=7)
STATUSES: Final = {"2xx": (200, 300), "3xx": (300, 400), "4xx": (400, 500), "5xx": (500, 600)}
TOKEN_CODES: Final = frozenset(
    {"invalid_client", "invalid_request", "invalid_scope", "invalid_target", "unsupported_grant_type"}
)
_ASKED: Final = ("request_id", "path", "status", "bank", "from", "until")


def instant(name: str, given: str) -> datetime:
    """Return an instant that somebody typed; one without a zone is the platform's own time."""
    try:
        found = datetime.fromisoformat(given)
        return make_aware(found) if is_naive(found) else found
    except (ValueError, OverflowError):
        raise FieldInvalid(field=name, given=given[:40]) from None


def statuses_of(given: str) -> tuple[int, int] | None:
    """Return the statuses asked for, half-open: a hundred of them, or one."""
    if not given:
        return None
    if given in STATUSES:
        return STATUSES[given]
    if not given.isascii() or not given.isdigit() or len(given) != 3:
        raise FieldInvalid(field="status", given=given[:40])
    return int(given), int(given) + 1


def docs_of(code: str) -> str:
    """Return where a refusal's code is explained; those of tokens are the standard's (RFC 6749, 8707)."""
    return "/docs/get-started" if code in TOKEN_CODES else f"/docs/errors/{code}"


def told(call: CallSeen, names: dict[str, str], own: dict[str, OwnBank]) -> dict[str, Any]:
    """Return a call as the pages and JSON say it."""
    bank = own.get(call.bank_schema)
    return {
        "at": call.at,
        "request_id": call.request_id,
        "method": call.method,
        "path": call.path,
        "status": call.status,
        "code": call.code,
        "client_id": call.client_id,
        "client": names.get(call.client_id, ""),
        "bank": "" if bank is None else bank.public_id,
        "bank_name": "" if bank is None else bank.name,
        "address": call.address,
        "made": call.made,
    }


class Requests(PortalView):
    """Search in the log."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the newest calls that fit."""
        call_log.write()  # what this process has noted; the others write theirs within a second
        scene_id = scene_id_of(request)
        names = {client.client_id: client.name for client in clients(scene_id=scene_id)}
        own = {one.bank.schema_name: one for one in own_banks(scene_id)}
        asked, troubles = {name: request.GET.get(name, "").strip() for name in _ASKED}, ""
        try:
            rows = self._found(asked, names, own)
        except Refusal as refusal:
            if wants_json(request):
                raise
            rows, troubles = [], refusal.said(gettext)
        older = rows[LISTED - 1]["at"].isoformat() if len(rows) > LISTED else ""
        body = {"data": rows[:LISTED], "has_more": bool(older)}
        context = framed(
            request,
            "requests",
            rows=rows[:LISTED],
            asked=asked,
            statuses=tuple(STATUSES),
            banks=tuple(own.values()),
            older=older,
            troubles=troubles,
            kept_days=calls_kept(on_date=now().date()).days,
        )
        return shown(request, "portal/requests.html", context, body)

    def _found(
        self, asked: dict[str, str], names: dict[str, str], own: dict[str, OwnBank]
    ) -> list[dict[str, Any]]:
        until = instant("until", asked["until"]) if asked["until"] else now()
        if len(asked["path"]) > 200 or len(asked["request_id"]) > 64 or "\x00" in "".join(asked.values()):
            raise FieldInvalid(field="path", given=asked["path"][:40])
        shown_for = calls_kept(on_date=now().date()) if asked["request_id"] else DAYS_SHOWN
        since = instant("from", asked["from"]) if asked["from"] else until - shown_for
        schema = ""
        if asked["bank"]:
            wanted = parse_id("bnk", asked["bank"])
            schema = next((name for name, one in own.items() if one.bank.id == wanted), "-")
        calls = calls_seen(
            client_ids=tuple(names),
            since=since,
            until=until,
            request_id=asked["request_id"],
            path=asked["path"],
            statuses=statuses_of(asked["status"]),
            bank_schema=schema,
            limit=LISTED + 1,
        )
        return [told(call, names, own) for call in calls]


class OneRequest(PortalView):
    """One request, by its id."""

    def get(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """Show what was answered, and where a refusal is explained; a client may use an id twice."""
        call_log.write()
        scene_id, instant = scene_id_of(request), now()
        names = {client.client_id: client.name for client in clients(scene_id=scene_id)}
        own = {one.bank.schema_name: one for one in own_banks(scene_id)}
        calls = calls_seen(
            client_ids=tuple(names),
            since=instant - calls_kept(on_date=instant.date()),
            until=instant,
            request_id=request_id,
        )
        if not calls:
            raise Http404
        rows = [told(call, names, own) | {"docs": docs_of(call.code)} for call in calls]
        context = framed(request, "requests", rows=rows, id=request_id)
        return shown(request, "portal/request.html", context, {"data": rows})
