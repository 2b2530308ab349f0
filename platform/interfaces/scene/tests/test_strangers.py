"""Every id the document lets a caller name, of another bank or of another scene: 404, and nothing changes.

The places are read from the document: a call that takes an id of a new kind fails here until
`one_of_each` makes such a thing.
"""

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from interfaces.scene.document_parts import operations
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.conformance import deref, document
from interfaces.scene.tests.one_of_each import one_of_each
from interfaces.tests.journeys.people import rows_of
from testkit.scenes import open_scene

ID = re.compile(r"\^([a-z]{3})_")
EXAMPLE = re.compile(r"([a-z]{3})_[0-9A-Z]{26}")
# A bank is nobody's own: every scene with a contract sees it.
SHARED = {"bnk"}
# A test clock is a bank of its own: `test_sandbox_clocks` asks for it as a stranger.
ELSEWHERE = {"clk"}
LISTS = [
    path.removeprefix("/v1")
    for path, method, operation in operations(document())
    if method == "get"
    and "{" not in path
    and path not in {"/v1/banks", "/v1/products", "/v1/me", "/v1/reason_codes", "/v1/test_clocks"}
    and path != "/v1/test_helpers/values"
    and path.startswith("/v1")
    and not any(one.get("required") and one["in"] == "query" for one in operation.get("parameters", []))
]


@dataclass(frozen=True)
class Place:
    """Where a call takes an id."""

    method: str
    path: str
    where: str  # path, query, body
    name: str  # of the parameter, or the pointer into the body
    prefix: str


def prefix_of(schema: dict[str, Any]) -> str:
    found = ID.match(str(deref(schema).get("pattern", "")))
    return found[1] if found else ""


def in_body(schema: dict[str, Any], pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield pointer and prefix of every id in a body."""
    whole = deref(schema)
    for name, part in whole.get("properties", {}).items():
        if prefix_of(part):
            yield f"{pointer}/{name}", prefix_of(part)
        yield from in_body(part, f"{pointer}/{name}")
    if "items" in whole:
        if prefix_of(whole["items"]):
            yield f"{pointer}/0", prefix_of(whole["items"])
        yield from in_body(whole["items"], f"{pointer}/0")


def places() -> Iterator[Place]:
    for path, method, operation in operations(document()):
        for parameter in operation.get("parameters", []):
            prefix = prefix_of(parameter["schema"])
            if prefix:
                yield Place(method, path, parameter["in"], parameter["name"], prefix)
            elif parameter["in"] == "path" and parameter["name"].endswith("_id"):
                yield Place(method, path, "path", parameter["name"], "")
        for media in operation.get("requestBody", {}).get("content", {}).values():
            for pointer, prefix in in_body(media["schema"]):
                yield Place(method, path, "body", pointer, prefix)


@dataclass
class Call:
    """One call about the caller's own things, in which one id may be another's."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    media: str

    def send(self, caller: Caller) -> Any:
        query = f"?{urlencode(self.query)}" if self.query else ""
        data = b"" if self.body is None else json.dumps(self.body).encode()
        key = {} if self.method == "get" else {"idempotency_key": str(uuid4()), "if_match": "*"}
        return caller.send(
            self.method.upper(), self.path + query, data, self.media or "application/json", **key
        )


def own_call(place: Place, own: dict[str, str]) -> Call:
    """Return the call of the document's examples with the caller's own ids."""
    operation = document()["paths"][place.path][place.method]
    path, query, body = place.path, {}, None
    contents = operation.get("requestBody", {}).get("content", {})
    for parameter in operation.get("parameters", []):
        prefix = prefix_of(parameter["schema"])
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", own.get(prefix, "x"))
        elif parameter["in"] == "query" and parameter.get("required"):
            query[parameter["name"]] = own[prefix]
    for content in contents.values():
        [example] = content["examples"].values()
        body = mine(copy.deepcopy(deref(example)["value"]), own)
    return Call(place.method, path, query, body, next(iter(contents), ""))


def mine(value: Any, own: dict[str, str]) -> Any:
    """Return an example with the caller's own ids."""
    if isinstance(value, dict):
        return {name: mine(part, own) for name, part in value.items()}
    if isinstance(value, list):
        return [mine(part, own) for part in value]
    found = EXAMPLE.fullmatch(value) if isinstance(value, str) else None
    return own.get(found[1], value) if found else value


def foreign_call(place: Place, own: dict[str, str], foreign: str) -> Call:
    call = own_call(place, own)
    if place.where == "path":
        call.path = own_call(place, own | {place.prefix: foreign}).path
    elif place.where == "query":
        call.query[place.name] = foreign
    else:
        at: Any = call.body
        steps = place.name.strip("/").split("/")
        for step, after in pairwise(steps):
            at = at[0] if step == "0" else at.setdefault(step, [None] if after == "0" else {})
        last = steps[-1]
        at[0 if last == "0" else last] = foreign
    return call


@pytest.mark.journey
@pytest.mark.long
def test_every_id_of_another_bank_and_of_another_scene_is_unknown(committed: Caller) -> None:
    own = one_of_each(committed)
    strangers = {
        "another bank": one_of_each(Caller(committed.access, "lian")),
        "another scene": one_of_each(
            Caller(open_scene("shidao", banks=["qinglan"], uscc="92331002MA00000QX0")), number=2
        ),
    }
    before = rows_of("qinglan"), rows_of("lian")
    found = [place for place in places() if place.prefix not in ELSEWHERE]
    assert {place.where for place in found} == {"path", "query", "body"}
    wrong, asked = [], 0
    for place in found:
        assert place.prefix in own, f"one_of_each makes no {place.prefix or place.name}: {place.path}"
        if place.method == "get":
            answer = own_call(place, own).send(committed)
            assert answer.status_code == 200, (place, answer.content)
        for whose, ids in strangers.items():
            if place.prefix in SHARED and whose == "another scene":
                continue
            answer = foreign_call(place, own, ids[place.prefix]).send(committed)
            asked += 1
            if answer.status_code != 404 or answer["Content-Type"] != "application/problem+json":
                wrong.append((whose, place, answer.status_code, answer.content.decode()[:200]))
    assert wrong == []
    assert asked > 100
    for listed in LISTS:
        shown = {row["id"] for row in committed.get(listed)["data"]}
        assert shown, listed
        assert not shown & {one for ids in strangers.values() for one in ids.values()}, listed
    assert (rows_of("qinglan"), rows_of("lian")) == before
