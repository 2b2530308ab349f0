"""Exact JSON in: what is wrong is told with its code and place, all of it at once."""

from typing import Any

import pytest

from kernel.refusals import Refusal
from lending.calculators.documents import (
    DocumentInvalid,
    JsonInvalid,
    grouped,
    parse,
    percent,
    shown,
    shown_rate,
)
from lending.calculators.quote import compute

GOOD: dict[str, Any] = {
    "principal": "100000.00",
    "start_date": "2026-01-15",
    "annual_rate": "0.072000",
    "method": "level_instalment",
    "count": 12,
}


def faults(document: Any) -> list[tuple[str, str]]:
    with pytest.raises(DocumentInvalid) as told:
        compute(document)
    assert all(fault["detail"] for fault in told.value.errors)
    return [(fault["pointer"], fault["code"]) for fault in told.value.errors]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"principal": -1}, "/principal", "amount_invalid"),
        ({"principal": 100000}, "/principal", "amount_invalid"),
        ({"principal": 100000.0}, "/principal", "amount_invalid"),
        ({"principal": "-100.00"}, "/principal", "amount_out_of_range"),
        ({"principal": "0.00"}, "/principal", "amount_out_of_range"),
        ({"principal": "NaN"}, "/principal", "amount_invalid"),
        ({"principal": "1e5"}, "/principal", "amount_invalid"),
        ({"principal": "1_000"}, "/principal", "amount_invalid"),
        ({"principal": "١٠٠"}, "/principal", "amount_invalid"),
        ({"principal": " 100"}, "/principal", "amount_invalid"),
        ({"principal": "100."}, "/principal", "amount_invalid"),
        ({"principal": ""}, "/principal", "amount_invalid"),
        ({"principal": None}, "/principal", "amount_invalid"),
        ({"principal": "100.001"}, "/principal", "amount_too_fine"),
        ({"principal": "1" * 17}, "/principal", "amount_too_long"),
        ({"principal": "1" * 19}, "/principal", "amount_too_long"),
        ({"principal": "0" * 18 + "5"}, "/principal", "amount_too_long"),
        ({"balloon": "-0.00"}, "/balloon", "amount_out_of_range"),
        ({"annual_rate": "-0"}, "/annual_rate", "rate_out_of_range"),
        ({"start_date": "1599-12-31"}, "/start_date", "date_out_of_range"),
        ({"final_due_date": "9001-01-01"}, "/final_due_date", "date_out_of_range"),
        ({"": 1}, "/", "member_unknown"),
        ({"principal": {"amount": "1.00", "currency": "USD"}}, "/principal", "currency_mismatch"),
        ({"principal": {"amount": "1.00"}}, "/principal", "amount_invalid"),
        ({"currency": "XAU"}, "/currency", "currency_unknown"),
        ({"currency": 1}, "/currency", "currency_unknown"),
        ({"currency": "JPY"}, "/principal", "amount_too_fine"),
        ({"start_date": "2026-02-31"}, "/start_date", "date_invalid"),
        ({"start_date": "2026-2-3"}, "/start_date", "date_invalid"),
        ({"start_date": "2026-01-15T00:00:00Z"}, "/start_date", "date_invalid"),
        ({"start_date": 20260115}, "/start_date", "date_invalid"),
        ({"start_date": "0000-01-01"}, "/start_date", "date_invalid"),
        ({"annual_rate": 0.072}, "/annual_rate", "rate_invalid"),
        ({"annual_rate": "7.2%"}, "/annual_rate", "rate_invalid"),
        ({"annual_rate": "0.0720001"}, "/annual_rate", "rate_invalid"),
        ({"annual_rate": "-0.01"}, "/annual_rate", "rate_out_of_range"),
        ({"annual_rate": "10.000001"}, "/annual_rate", "rate_out_of_range"),
        ({"annual_rate": "NaN"}, "/annual_rate", "rate_invalid"),
        ({"method": "magic"}, "/method", "schedules.method_unknown"),
        ({"method": ["bullet"]}, "/method", "schedules.method_unknown"),
        ({"count": 0}, "/count", "schedules.count_invalid"),
        ({"count": 1001}, "/count", "schedules.count_invalid"),
        ({"count": "12"}, "/count", "schedules.count_invalid"),
        ({"count": 12.0}, "/count", "schedules.count_invalid"),
        ({"count": True}, "/count", "schedules.count_invalid"),
        ({"frequency": "often"}, "/frequency", "frequency_invalid"),
        ({"frequency": {"unit": "month", "every": 0}}, "/frequency/every", "frequency_invalid"),
        ({"frequency": {"unit": "moon", "every": 1}}, "/frequency/unit", "frequency_invalid"),
        ({"frequency": {"unit": "month"}}, "/frequency/every", "member_missing"),
        ({"day_count": "ACT/364"}, "/day_count", "schedules.day_count_unknown"),
        ({"interest_basis": ""}, "/interest_basis", "schedules.term_unknown"),
        ({"interest_rounding": "nearest"}, "/interest_rounding", "schedules.term_unknown"),
        ({"anchor_day": 32}, "/anchor_day", "number_out_of_range"),
        ({"anchor_day": "31"}, "/anchor_day", "number_invalid"),
        ({"allow_negative_amortisation": 1}, "/allow_negative_amortisation", "flag_invalid"),
        ({"due_dates": ["2026-02-30"]}, "/due_dates/0", "date_invalid"),
        ({"due_dates": "2026-02-15"}, "/due_dates", "list_invalid"),
        ({"due_dates": ["2026-02-15"] * 1001}, "/due_dates", "list_too_long"),
        ({"interest_free_rows": [1, 0]}, "/interest_free_rows/1", "number_out_of_range"),
        ({"rate_changes": [{"from_date": "2026-02-01"}]}, "/rate_changes/0/annual_rate", "member_missing"),
        ({"rate_changes": [7]}, "/rate_changes/0", "member_invalid"),
        (
            {"interest_pauses": [{"from_date": "2026-02-02", "to_date": "2026-02-01"}]},
            "/interest_pauses/0/to_date",
            "schedules.dates_out_of_order",
        ),
        ({"fees": [{"code": "x", "when": "upfront"}]}, "/fees/0", "fee_invalid"),
        ({"fees": [{"code": "x", "when": "later", "amount": "1"}]}, "/fees/0/when", "schedules.term_unknown"),
        ({"fees": [{"code": "a b", "when": "upfront", "amount": "1"}]}, "/fees/0/code", "code_invalid"),
        ({"surprise": 1}, "/surprise", "member_unknown"),
        ({"a/b~c": 1}, "/a~1b~0c", "member_unknown"),
        ({"\ud800": 1}, "/?", "member_unknown"),
        ({"fees": [{"code": "x", "when": "upfront", "amount": "1", "x": 1}]}, "/fees/0/x", "member_unknown"),
        ({"tranches": []}, "/tranches", "list_too_short"),
        ({"tranches": [{"date": "2026-01-15", "amount": "1"}]}, "/principal", "member_unknown"),
    ],
)
def test_a_fault_has_its_code_and_its_place(change: dict[str, Any], pointer: str, code: str) -> None:
    assert (pointer, code) in faults(GOOD | change)


@pytest.mark.parametrize("document", [None, 7, "x", [], [GOOD], True])
def test_a_document_is_an_object(document: Any) -> None:
    assert faults(document) == [("", "member_invalid")]


def test_all_faults_are_told_at_once() -> None:
    found = faults({"start_date": "2026-02-31", "annual_rate": 7, "method": "level_instalment", "x": 1})
    assert found == [
        ("/start_date", "date_invalid"),
        ("/principal", "member_missing"),
        ("/annual_rate", "rate_invalid"),
        ("/count", "member_missing"),
        ("/x", "member_unknown"),
    ]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"first_due_date": "2026-01-15"}, "schedules.dates_out_of_order", "/first_due_date"),
        ({"final_due_date": "2026-01-16"}, "schedules.dates_out_of_order", "/final_due_date"),
        ({"instalment": "100.00"}, "schedules.negative_amortisation", "/instalment"),
        ({"principal_grace": 12}, "schedules.grace_too_long", "/principal_grace"),
        ({"down_payment": "100000.00"}, "schedules.amount_above_loan", "/down_payment"),
        ({"start_date": "8999-12-31", "count": 1000}, "date_beyond_calendar", "/count"),
        ({"method": "bullet", "balloon": "1.00"}, "schedules.term_not_for_method", "/balloon"),
    ],
)
def test_what_the_kernel_refuses_keeps_its_code_and_place(
    change: dict[str, Any], code: str, pointer: str
) -> None:
    with pytest.raises(Refusal) as told:
        compute(GOOD | change)
    assert told.value.code == code
    assert getattr(told.value, "errors")[0]["pointer"] == pointer  # noqa: B009 - only some refusals have them


def test_the_same_money_may_be_written_either_way() -> None:
    as_object = GOOD | {"principal": {"amount": "100000.00", "currency": "CNY"}}
    as_tranches = {name: value for name, value in GOOD.items() if name not in {"principal", "start_date"}}
    as_tranches["tranches"] = [{"date": "2026-01-15", "amount": "100000"}]
    assert compute(as_object) == compute(as_tranches) == compute(GOOD)
    assert compute(GOOD | {"annual_rate": "0.0720"}) == compute(GOOD | {"annual_rate": "0.07200000000"})


@pytest.mark.parametrize(
    "text",
    ["", "{", "nothing", '{"a": NaN}', '{"a": Infinity}', '{"a": 1, "a": 2}', '{"a": 1} {"b": 2}',
     '{"a":' * 20_000 + "1" + "}" * 20_000, '{"a": ' + "9" * 5_000 + "}"],
)  # fmt: skip
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(JsonInvalid):
        parse(text)


def test_a_name_given_twice_is_named() -> None:
    with pytest.raises(JsonInvalid) as told:
        parse('{"fees": [{"code": "a", "when": "upfront", "code": "b"}]}')
    assert 'the name "code" occurs twice' in told.value.text()


def test_every_fault_is_told_in_the_readers_language() -> None:
    with pytest.raises(DocumentInvalid) as told:
        compute(GOOD | {"count": 0, "method": "magic"})
    said = {"Must be a whole number from {low} to {high}.": "{low}~{high}", "Must be one of {choices}.": "?"}
    assert [fault["detail"] for fault in told.value.faults(lambda text: said.get(text, text))] == [
        "?", "1~1000",
    ]  # fmt: skip
    assert told.value.errors[1]["detail"] == "Must be a whole number from 1 to 1000."


def test_figures_for_people() -> None:
    assert [shown(866_190, "CNY"), shown(-5, "CNY"), shown(5, "JPY"), shown(1_234, "KWD")] == [
        "8661.90", "-0.05", "5", "1.234",
    ]  # fmt: skip
    assert [grouped(text) for text in ("1234567.80", "0.05", "-1234.00", "-0.05", "999")] == [
        "1,234,567.80", "0.05", "-1,234.00", "-0.05", "999",
    ]  # fmt: skip
    assert [percent(shown_rate(ppm)) for ppm in (72_000, 1, 0, 359_999, 10_000_000)] == [
        "7.2 %", "0.0001 %", "0 %", "35.9999 %", "1000 %",
    ]  # fmt: skip
