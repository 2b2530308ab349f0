"""The committed JSON Schemas: valid themselves, and every example in them is run."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from kernel.refusals import Refusal
from lending.calculators.documents import load
from lending.calculators.registry import CALCULATORS, calculator
from lending.calculators.tests.test_documents import GOOD

FOUND = list(CALCULATORS)


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


@pytest.mark.parametrize("name", FOUND)
def test_every_example_is_answered_with_its_committed_answer(name: str) -> None:
    chosen = calculator(name)
    assert chosen.name == name
    request, response = load(chosen.request_schema), load(chosen.response_schema)
    asked, answered = validator(request), validator(response)
    assert len(request["examples"]) == len(response["examples"]) > 0
    for document, answer in zip(request["examples"], response["examples"], strict=True):
        asked.validate(document)
        answered.validate(answer)
        assert chosen.compute(document) == answer
        table = chosen.table(answer)
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}


@pytest.mark.parametrize("name", FOUND)
def test_an_unknown_member_is_refused_by_schema_and_code_alike(name: str) -> None:
    chosen = calculator(name)
    request = load(chosen.request_schema)
    document = request["examples"][0] | {"surprise": 1}
    assert not validator(request).is_valid(document)
    with pytest.raises(Refusal):
        chosen.compute(document)


@pytest.mark.parametrize(
    "change",
    [
        {"principal": 100000}, {"principal": "-1"}, {"principal": "1e5"}, {"start_date": "2026-02-31"},
        {"annual_rate": 0.072}, {"method": "magic"}, {"count": 0}, {"count": 1001}, {"count": "12"},
        {"day_count": "ACT/364"}, {"frequency": {"unit": "month", "every": 0}}, {"currency": "XAU"},
        {"fees": [{"code": "x", "when": "upfront"}]}, {"tranches": []}, {"anchor_day": 32},
        {"fees": [{"code": "x", "when": "upfront", "amount": "1", "rate": "0.1"}]},
    ],
)  # fmt: skip
def test_what_the_schema_refuses_the_code_refuses(change: dict[str, Any]) -> None:
    chosen = calculator("quote")
    document = json.loads(json.dumps(GOOD | change))
    assert not validator(load(chosen.request_schema)).is_valid(document)
    with pytest.raises(Refusal):
        chosen.compute(document)
