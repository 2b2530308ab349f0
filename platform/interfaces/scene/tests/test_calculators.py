"""The calculators over HTTP: the documents of the command line, any token, nothing stored."""

import json
from typing import Any

import pytest

from interfaces.door import now
from interfaces.scene.calculators import CALCULATORS
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.test_forms import rows
from lending.calculators.documents import load
from lending.calculators.registry import calculator

NAMES = {"schedules": "quote", "apr": "apr", "allocations": "allocate"}
PATH = "/calculator/schedules"
LOAN: dict[str, Any] = {
    "principal": "100000.00",
    "start_date": "2026-01-15",
    "annual_rate": "0.072000",
    "method": "level_instalment",
    "count": 12,
}


def example(address: str) -> Any:
    return load(calculator(NAMES[address]).request_schema)["examples"][0]


@pytest.mark.parametrize("address", sorted(CALCULATORS))
def test_it_answers_what_the_command_line_answers_and_stores_nothing(caller: Caller, address: str) -> None:
    before = rows()
    answer = caller.post(f"/calculator/{address}", example(address), status=200, key=None)
    assert answer == calculator(NAMES[address]).compute(example(address))
    assert rows() == before


def test_the_known_loan_to_the_fen(caller: Caller) -> None:
    answer = caller.post(PATH, LOAN, status=200, key=None)
    assert answer["totals"] == {
        "principal": "100000.00", "interest": "3942.75", "fees": "0.00", "total": "103942.75",
    }  # fmt: skip
    assert (answer["rows"][0]["principal"], answer["rows"][11]["total"]) == ("8061.90", "8661.85")


def test_any_scope_will_do_and_no_token_will_not(caller: Caller) -> None:
    answer = caller.post(PATH, LOAN, status=200, key=None)
    caller.token = caller.access.token("lian", now=now(), scopes=["events:read"])
    assert caller.post(PATH, LOAN, status=200, key=None) == answer
    caller.token = ""
    caller.refused("POST", PATH, 401, "token_missing", LOAN)
    caller.token = "slt_nobody"
    caller.refused("POST", PATH, 401, "token_invalid", LOAN)


@pytest.mark.parametrize(
    ("change", "status", "code", "pointer"),
    [
        ({"principal": "-1.00"}, 400, "calculator.document_invalid", "/principal"),
        ({"principal": 100000.0}, 400, "calculator.document_invalid", "/principal"),
        ({"principal": "1" * 19}, 400, "calculator.document_invalid", "/principal"),
        ({"principal": {"amount": "1.00", "currency": "USD"}}, 400, "calculator.document_invalid",
         "/principal"),
        ({"start_date": "2026-02-31"}, 400, "calculator.document_invalid", "/start_date"),
        ({"method": "magic"}, 400, "calculator.document_invalid", "/method"),
        ({"surprise": 1}, 400, "calculator.document_invalid", "/surprise"),
        ({"first_due_date": "2026-01-01"}, 400, "schedules.dates_out_of_order", "/first_due_date"),
        ({"instalment": "1.00"}, 422, "schedules.negative_amortisation", "/instalment"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_place_and_writes_nothing(
    caller: Caller, change: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    before = rows()
    answer = caller.refused("POST", PATH, status, code, LOAN | change)
    assert [fault["pointer"] for fault in answer["errors"]] == [pointer]
    assert rows() == before


def test_the_sentence_is_in_the_callers_language(caller: Caller) -> None:
    body = json.dumps(LOAN | {"count": 0}).encode()
    said = [
        caller.send("POST", f"/v1{PATH}", body, accept_language=language).json()["errors"]
        for language in ("en", "zh-Hans")
    ]
    assert [errors[0]["detail"] for errors in said] == [
        "Must be a whole number from 1 to 1000.",
        "必须是 1 至 1000 之间的整数。",
    ]


def test_what_is_no_object_or_too_long_is_a_problem(caller: Caller) -> None:
    for data in (b"[]", b"{", b'{"principal": NaN}', b'{"a": 1, "a": 2}'):
        response = caller.send("POST", f"/v1{PATH}", data)
        assert (response.status_code, response.json()["code"]) == (400, "malformed_json")
    large = json.dumps(LOAN | {"x": "y" * 300_000}).encode()
    response = caller.send("POST", f"/v1{PATH}", large)
    assert (response.status_code, response.json()["code"]) == (413, "batch_too_large")
    response = caller.send("POST", f"/v1{PATH}", b"a=1", "application/x-www-form-urlencoded")
    assert (response.status_code, response.json()["code"]) == (415, "media_type_unsupported")
    assert caller.send("GET", f"/v1{PATH}").status_code == 405


def test_a_key_is_honoured_though_none_is_needed(caller: Caller) -> None:
    first = caller.call("POST", PATH, LOAN, idempotency_key="k")
    again = caller.call("POST", PATH, LOAN, idempotency_key="k")
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
