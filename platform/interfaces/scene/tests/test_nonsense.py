"""Nonsense in every member of every body: a documented refusal, never a fault of ours."""

import json
from itertools import cycle
from typing import Any

import pytest

from interfaces.scene.document_parts import operations
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.conformance import deref, document
from interfaces.scene.tests.test_forms import rows
from interfaces.scene.tests.test_tenancy import PREFIX, fill
from kernel.ids import new_id, public_id

NONSENSE: tuple[Any, ...] = (
    None, True, -1, 10**30, 1.5, "", "\u0000", "\ud800", "💰" * 300, [], [[]], {}, {"amount": {}},
    [None] * 50, "9999-99-99", "0001-01-01", "9999-12-31T23:59:59+23:59", "lon_ZZZZZZZZZZZZZZZZZZZZZZZZZZ",
    {"amount": "1e9", "currency": "CNY"}, {"k": {"k": {"k": "v"}}},
)  # fmt: skip
# Endpoints take any text; a clock works outside the transaction of a test, and has tests of its own.
APART = ("/webhook_endpoints", "/v1/test_clocks")
WIDTH = 5  # how many pieces of nonsense each member gets


def bodies() -> list[tuple[str, dict[str, Any]]]:
    """Every JSON body of the document with its example."""
    found = []
    for path, method, operation in operations(document()):
        content = operation.get("requestBody", {}).get("content", {}) if method == "post" else {}
        for example in content.get("application/json", {}).get("examples", {}).values():
            found.append((path, dict(deref(example)["value"])))
    return found


@pytest.mark.long
def test_no_member_of_any_body_can_break_a_call(caller: Caller) -> None:
    nonsense, before, sent, accepted = cycle(NONSENSE), rows(), 0, 0
    ids = {name: public_id(prefix, new_id()) for name, prefix in PREFIX.items()}
    for path, example in bodies():
        for member in example:
            for _ in range(WIDTH):
                body = example | {member: next(nonsense)}
                if body == example or path.endswith(APART):
                    continue
                data = json.dumps(body).encode()
                response = caller.call("POST", fill(path, ids), json.loads(data), idempotency_key=f"n-{sent}")
                assert 200 <= response.status_code < 500, (path, member, body, response.content)
                accepted += response.status_code < 300
                sent += 1
    assert sent > 200
    assert accepted < sent / 10
    left = {table: count - before[table] for table, count in rows().items() if count != before[table]}
    assert left.pop("remembered_call", 0) == accepted
    assert set(left) <= {"enterprises_enterprise", "enterprises_enterprisescene", "enterprises_person"}
