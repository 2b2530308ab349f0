"""What cannot be used is refused with its place, and nothing is written."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.world import account_body, business_body, consent_body, yuan
from plumbing.schemas import bank_schema

DEEP = b'{"a":' * 20_000 + b"1" + b"}" * 20_000


def rows(bank: str = "qinglan") -> dict[str, int]:
    """Count every row of every table of a bank."""
    with bank_schema(bank), connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        known = {model._meta.db_table for model in apps.get_models()}
        counts = {}
        for table in sorted(known & set(tables)):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
        return counts


@pytest.fixture
def business(caller: Caller) -> str:
    return str(caller.post("/businesses", business_body())["id"])


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"surprise": 1}, "/surprise", "parameter_unknown"),
        ({"legal_name": 7}, "/legal_name", "parameter_invalid"),
        ({"legal_name": None}, "/legal_name", "parameter_invalid"),
        ({"legal_name": "  "}, "/legal_name", "parameter_invalid"),
        ({"legal_name": "a\u0000b"}, "/legal_name", "parameter_invalid"),
        ({"legal_name": "a\ud800b"}, "/legal_name", "parameter_invalid"),
        ({"legal_name": "长" * 201}, "/legal_name", "parameter_invalid"),
        ({"opened_date": "2021-02-31"}, "/opened_date", "parameter_invalid"),
        ({"opened_date": "2021-2-3"}, "/opened_date", "parameter_invalid"),
        ({"opened_date": 20210203}, "/opened_date", "parameter_invalid"),
        ({"opened_date": "2021-02-03T00:00:00Z"}, "/opened_date", "parameter_invalid"),
        ({"representative": "somebody"}, "/representative", "parameter_invalid"),
        ({"representative": {"name": 1}}, "/representative/id_number", "parameter_missing"),
        ({"representative": {"name": "x", "score": 700}}, "/representative/score", "parameter_unknown"),
        ({"a/b~c": 1}, "/a~1b~0c", "parameter_unknown"),
        ({"\ud800": 1}, "/?", "parameter_unknown"),
    ],
)
def test_a_member_of_the_wrong_form_is_named(
    caller: Caller, change: dict[str, Any], pointer: str, code: str
) -> None:
    before = rows()
    answer = caller.refused("POST", "/businesses", 400, "parameter_invalid", business_body(**change))
    assert (pointer, code) in {(fault["pointer"], fault["code"]) for fault in answer["errors"]}
    assert rows() == before


def test_all_faults_are_told_at_once(caller: Caller) -> None:
    body = business_body(legal_name=7, opened_date="never", surprise=True)
    del body["industry"]
    answer = caller.refused("POST", "/businesses", 400, "parameter_invalid", body)
    assert {fault["pointer"] for fault in answer["errors"]} == {
        "/legal_name", "/opened_date", "/surprise", "/industry"
    }  # fmt: skip


def test_missing_members_have_a_code_of_their_own(caller: Caller) -> None:
    answer = caller.refused("POST", "/businesses", 400, "parameter_missing", {})
    assert {fault["code"] for fault in answer["errors"]} == {"parameter_missing"}


@pytest.mark.parametrize(
    "amount",
    [
        {"amount": "-1.00", "currency": "CNY"},
        {"amount": "0.00", "currency": "CNY"},
        {"amount": "1.001", "currency": "CNY"},
        {"amount": "1e3", "currency": "CNY"},
        {"amount": "NaN", "currency": "CNY"},
        {"amount": "1" * 19, "currency": "CNY"},
        {"amount": "1234567890123.456", "currency": "CNY"},
        {"amount": 100, "currency": "CNY"},
        {"amount": "100.00", "currency": "USD"},
        {"amount": "100.00", "currency": 7},
        {"amount": "100.00"},
        {"amount": "100.00", "currency": "CNY", "fee": "1"},
        {"amount": "١٠٠", "currency": "CNY"},
        "100.00",
        100,
        None,
        [],
        True,
    ],
)
def test_an_amount_is_a_positive_string_of_yuan(caller: Caller, amount: Any) -> None:
    before = rows()
    body = {"product": "receipts_revolving", "amount": amount, "tenor_days": 30}
    answer = caller.refused("POST", "/quotes", 400, "parameter_invalid", body)
    assert [fault["pointer"] for fault in answer["errors"]] == ["/amount"]
    assert rows() == before


@pytest.mark.parametrize("tenor", ["30", 30.5, True, 0, -1, 3651, 10**19, None, [30]])
def test_a_tenor_is_a_whole_number_of_days(caller: Caller, tenor: Any) -> None:
    body = {"product": "receipts_revolving", "amount": yuan("5000.00"), "tenor_days": tenor}
    answer = caller.refused("POST", "/quotes", 400, "parameter_invalid", body)
    assert [fault["pointer"] for fault in answer["errors"]] == ["/tenor_days"]


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[]",
        b"7",
        b'"text"',
        b"null",
        b'{"amount": NaN}',
        b'{"amount": Infinity}',
        b'{"a": 1, "a": 2}',
        b'{"a": "\xff\xfe"}',
        b"\xef\xbb\xbf{}",
        DEEP,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_no_json_object_is_refused(caller: Caller, data: bytes) -> None:
    before = rows()
    response = caller.send("POST", "/v1/quotes", data)
    assert (response.status_code, response.json()["code"]) == (400, "malformed_json")
    assert rows() == before


def test_other_media_types_methods_and_sizes_are_problems_too(caller: Caller) -> None:
    def answer(response: Any) -> tuple[int, str, str]:
        return response.status_code, response.json()["code"], response["Content-Type"]

    problem = "application/problem+json"
    sent = caller.send("POST", "/v1/quotes", b"a=1", "application/x-www-form-urlencoded")
    assert answer(sent) == (415, "media_type_unsupported", problem)
    sent = caller.send("POST", "/v1/data_batches", b"{}", "application/json")
    assert answer(sent) == (415, "media_type_unsupported", problem)
    put = caller.send("PUT", "/v1/quotes", b"{}")
    assert answer(put) == (405, "method_not_allowed", problem)
    assert put["Allow"] == "POST, OPTIONS"
    assert answer(caller.send("GET", "/v1/nowhere")) == (404, "not_found", problem)
    assert answer(caller.send("GET", "/v1/loans/")) == (404, "not_found", problem)
    assert answer(caller.send("GET", "/v1/loans", accept="text/html"))[:2] == (406, "not_acceptable")
    large = json.dumps({"x": "y" * 3_000_000}).encode()
    assert answer(caller.send("POST", "/v1/quotes", large)) == (413, "batch_too_large", problem)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "limit=-1", "limit=%2B5", "limit=5&limit=6", "after=lon_1",
     "after=biz_01JEGV5GYMFSFRMTVWHPF0Z8DJ", "offset=3"],
)  # fmt: skip
def test_a_query_is_checked_like_a_body(caller: Caller, query: str) -> None:
    name = query.partition("=")[0]
    answer = caller.refused("GET", f"/loans?{query}", 400, "parameter_invalid")
    assert answer["errors"][0]["pointer"] == f"/{name}"


def test_an_unknown_fault_is_a_problem_that_tells_nothing(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("lending.products.queries.products_on_offer", broken)
    response = caller.call("GET", "/products")
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert b"secret" not in response.content


def test_what_a_room_refuses_leaves_no_row(caller: Caller, business: str) -> None:
    before = rows()
    caller.refused(
        "POST",
        "/businesses",
        409,
        "enterprises.identity_conflict",
        business_body(legal_name="另一个名字"),
        idempotency_key="k-1",
    )
    caller.refused(
        "POST", "/consents", 400, "consents.bundle_refused",
        consent_body(business, purpose="identity_verification", data_classes=["face", "identity_document"]),
        idempotency_key="k-2",
    )  # fmt: skip
    caller.refused(
        "POST",
        f"/businesses/{business}/bank_accounts",
        400,
        "enterprises.account_number_invalid",
        account_body() | {"account_number": "6222000000000001"},
        idempotency_key="k-3",
    )
    assert rows() == before


@pytest.mark.parametrize(
    "metadata",
    ["x", [], {"k": 1}, {"k": {"deep": "no"}}, {"k" * 41: "v"}, {"k": "v" * 501}, {"bad key": "v"},
     {f"k{n}": "v" for n in range(21)}, {"k": "a\u0000"}],
)  # fmt: skip
def test_metadata_is_a_few_short_texts(caller: Caller, business: str, metadata: Any) -> None:
    body = {
        "business": business,
        "product": "receipts_revolving",
        "amount": yuan("50000.00"),
        "tenor_days": 90,
        "purpose": "working_capital",
        "metadata": metadata,
    }
    answer = caller.refused("POST", "/applications", 400, "parameter_invalid", body)
    assert [fault["pointer"] for fault in answer["errors"]] == ["/metadata"]
