"""The answer to a leak (J2): the client shut at once, its scene read-only, the record of its calls."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from interfaces import call_log
from interfaces.door import OperatorView, now
from interfaces.ops.clients import own, page_of
from interfaces.pages import FieldInvalid, act
from interfaces.problems import wire
from plumbing.schemas import public_schema
from tenants.access import operations as access
from tenants.access.queries import calls_page

WINDOW: Final = timedelta(days=7)
_log = structlog.get_logger(__name__)


def shut(client_id: str) -> access.LeakAnswer:
    """Answer a leak in the open transaction, and say so in the logs."""
    answer = access.answer_leak(client_id=client_id, now=now())
    _log.warning(
        "leak_answered", client_id=client_id, scene=answer.scene_code, tokens_ended=answer.tokens_ended
    )
    return answer


def record(client_id: str, since: datetime, until: datetime) -> Iterator[str]:
    """Yield a client's calls as lines of JSON (NDJSON); the last line has their count and SHA-256.

    A call to `/oauth/token` issued the token that it names. Calls that were noted and not written yet are
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
        """Shut the client and let its scene only read."""

        def answer() -> Mapping[str, Any]:
            own(scene_id, client_id)
            done = shut(client_id)
            return {**asdict(done), "record": f"{page_of(scene_id)}/clients/{client_id}/calls"}

        return act(request, answer, to=page_of(scene_id))


class Calls(OperatorView):
    """The record of a client's calls, to keep."""

    def get(self, request: HttpRequest, scene_id: UUID, client_id: str) -> HttpResponseBase:
        """Answer NDJSON of a window, the last seven days unless `since` and `until` say otherwise."""
        own(scene_id, client_id)
        until = _instant(request, "until", now())
        since = _instant(request, "since", until - WINDOW)
        answer = StreamingHttpResponse(record(client_id, since, until), content_type="application/x-ndjson")
        answer["Content-Disposition"] = f'attachment; filename="{client_id}-calls.ndjson"'
        return answer


def _instant(request: HttpRequest, name: str, default: datetime) -> datetime:
    given = request.GET.get(name, "")
    try:
        found = datetime.fromisoformat(given) if given else default
    except ValueError:
        raise FieldInvalid(field=name, given=given[:40]) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
