"""The answer to a leak (J2): the client shut at once, its scene read-only, the record of its calls."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import make_aware

from interfaces import call_log
from interfaces.door import OperatorView, in_bank, now
from interfaces.ops.clients import own, page_of
from interfaces.pages import FieldInvalid, act
from interfaces.problems import wire
from kernel.ids import parse_id
from lending.credit_lines import operations as lines
from openbanking.embed_sessions import operations as embed_sessions
from plumbing.schemas import public_schema
from tenants.access import operations as access
from tenants.access.queries import calls_page, client_scene, made_by
from tenants.scenes.queries import contracts

WINDOW: Final = timedelta(days=7)
_log = structlog.get_logger(__name__)


def shut(client_id: str) -> access.LeakAnswer:
    """Answer a leak in the open transaction, and say so in the logs."""
    answer = access.answer_leak(client_id=client_id, now=now())
    _log.warning(
        "leak_answered", client_id=client_id, scene=answer.scene_code, tokens_ended=answer.tokens_ended
    )
    return answer


def contain(client_id: str, since: datetime | None) -> list[dict[str, Any]]:
    """End a shut client's embed sessions at every bank of its scene, and freeze what it may have forged.

    With `since`, the lines that its applications led to from then on are frozen. Returns for each bank what
    was ended and frozen and what the client made since (or in the last seven days): the list it is told.
    Each bank is a transaction of its own; doing it again does no harm.
    """
    call_log.write()
    instant = now()
    with public_schema():
        scene_id = client_scene(client_id=client_id)
        signed = contracts(scene_id=scene_id) if scene_id is not None else ()
        schemas = sorted({one.bank_schema for one in signed})
        made = made_by(client_id=client_id, since=since or instant - WINDOW)
    found = []
    for schema in schemas:
        ids = made.get(schema, ())
        forged = [parse_id("app", one) for one in ids if one.startswith("app_")] if since else []
        with in_bank(schema), transaction.atomic():
            ended = embed_sessions.end_sessions(client_id=client_id, now=instant)
            frozen = lines.freeze_granted(application_ids=forged, reason="leak", now=instant)
        found.append({"bank": schema, "sessions_ended": ended, "lines_frozen": frozen, "made": list(ids)})
    return found


def record(client_id: str, since: datetime, until: datetime) -> Iterator[str]:
    """Yield a client's calls as lines of JSON (NDJSON); the last line has their count and SHA-256.

    A call to `/oauth/token` issued the token that it names; one that was refused names none, and may be
    anybody's who knows the client's id. Calls that were noted and not written yet are
    written first; other processes write theirs within a second.
    """
    call_log.write()
    digest, count, after = hashlib.sha256(), 0, 0
    while True:
        with public_schema():
            after, calls = calls_page(client_id=client_id, since=since, until=until, after=after)
        for call in calls:
            line = json.dumps({"object": "call", **wire(asdict(call))}, ensure_ascii=False) + "\n"
            digest.update(line.encode())
            count += 1
            yield line
        if not after:
            break
    end = {"object": "end", "client_id": client_id, "since": wire(since), "until": wire(until)}
    yield json.dumps({**end, "calls": count, "sha256": digest.hexdigest()}) + "\n"


class Leak(OperatorView):
    """The one button for a leak."""

    def post(self, request: HttpRequest, scene_id: UUID, client_id: str) -> HttpResponse:
        """Shut the client, let its scene only read, and freeze what it may have forged `since`."""

        def answer() -> Mapping[str, Any]:
            own(scene_id, client_id)
            since = _instant(request.POST, "since")
            with transaction.atomic():
                done = shut(client_id)
            banks = contain(client_id, since)
            record_at = f"{page_of(scene_id)}/clients/{client_id}/calls"
            return {**asdict(done), "banks": banks, "record": record_at}

        return act(request, answer, to=page_of(scene_id), atomic=False)


class Calls(OperatorView):
    """The record of a client's calls, to keep."""

    def get(self, request: HttpRequest, scene_id: UUID, client_id: str) -> HttpResponseBase:
        """Answer NDJSON of a window, the last seven days unless `since` and `until` say otherwise."""
        own(scene_id, client_id)
        until = _instant(request.GET, "until") or now()
        since = _instant(request.GET, "since") or until - WINDOW
        answer = StreamingHttpResponse(record(client_id, since, until), content_type="application/x-ndjson")
        answer["Content-Disposition"] = f'attachment; filename="{client_id}-calls.ndjson"'
        return answer


def _instant(fields: Mapping[str, Any], name: str) -> datetime | None:
    given = str(fields.get(name, ""))
    if not given:
        return None
    try:
        return aware(datetime.fromisoformat(given))
    except ValueError:
        raise FieldInvalid(field=name, given=given[:40]) from None


def aware(given: datetime) -> datetime:
    """Return an instant; one without a zone is the platform's own time."""
    return given if given.tzinfo is not None else make_aware(given)
