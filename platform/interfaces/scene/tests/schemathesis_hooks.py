"""What Schemathesis must know of this API beyond its document: real ids, lines of JSON, what a schema says.

Read by `st run` in a process of its own; `SLUICE_WORLD` names the file with the world the server holds.
"""

import json
import os
import re
from itertools import count
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core.failures import Failure
from schemathesis.transport import SerializationContext

WORLD: dict[str, Any] = json.loads(Path(os.environ["SLUICE_WORLD"]).read_text(encoding="utf-8"))
TOKEN_PATH = "/oauth/token"
TURN = count(1)
ID = re.compile(r"([a-z]{3})_[0-7][0-9A-HJKMNP-TV-Z]{25}")
# What a schema can say, a body it admits cannot be refused for.
FORM = {"parameter_invalid", "parameter_missing", "malformed_json", "idempotency_key_missing"}


def real(value: Any) -> Any:
    """Return a value whose ids are those of things that exist, except for one in five."""
    if isinstance(value, dict):
        return {name: real(part) for name, part in value.items()}
    if isinstance(value, list):
        return [real(part) for part in value]
    found = ID.fullmatch(value) if isinstance(value, str) else None
    if found is None or next(TURN) % 5 == 0:
        return value
    return WORLD["ids"].get(found[1], value)


@schemathesis.auth().skip_for(path=TOKEN_PATH)
class Bearer:
    """The token of the world's scene."""

    def get(self, case: Any, context: Any) -> str:
        """Return it."""
        return str(WORLD["token"])

    def set(self, case: Any, data: str, context: Any) -> None:
        """Send it."""
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Let most calls be about something that is there; a member that stays as it was is not touched."""
    # What all else needs stays: without the world's consent no batch is taken in and no draw is paid.
    ends = case.method == "DELETE" or case.operation.path.endswith(("/revoke", "/expire"))
    places = () if ends else ("path_parameters", "query", "body")
    for place in places:
        before = getattr(case, place)
        after = real(before)
        if after != before:
            setattr(case, place, after)
    positive = case.meta is not None and case.meta.generation.mode.is_positive
    if positive and case.operation.path == "/v1/products/{code}":
        case.path_parameters = {"code": "receipts_revolving"}
    if positive and "If-Match" in (case.headers or {}) and next(TURN) % 3:
        case.headers["If-Match"] = "*"
    if positive and case.operation.path == TOKEN_PATH and next(TURN) % 3:
        case.body = {
            "grant_type": "client_credentials",
            "resource": f"{WORLD['base_url']}/banks/{WORLD['ids']['bnk']}",
            "client_id": WORLD["client_id"],
            "client_secret": WORLD["secret"],
        }


@schemathesis.serializer("application/x-ndjson")
def lines(context: SerializationContext, value: Any) -> dict[str, Any]:
    """Write a value as one line."""
    return {"data": value if isinstance(value, bytes) else json.dumps(value).encode()}


@schemathesis.check
def schema_says_what_the_parser_does(ctx: CheckContext, response: Any, case: Any) -> None:
    """Refuse to let a call of the documented form be answered as one of the wrong form."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code != 400:
        return
    code = response.json().get("code")
    if code in FORM:
        raise Failure(
            operation=case.operation.label,
            title="The document admits what the parser refuses",
            message=response.text[:500],
        )
