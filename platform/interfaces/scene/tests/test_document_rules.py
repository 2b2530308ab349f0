"""The committed document keeps our rules for OpenAPI, and each rule notices what it is for."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from interfaces.scene.document_rules import RULES, faults
from interfaces.scene.tests.conformance import document

LOAN = ("paths", "/v1/loans/{loan_id}", "get")
DRAW = ("paths", "/v1/drawdowns", "post")
SCHEMAS = ("components", "schemas")


def at(place: tuple[str, ...], act: Callable[[Any], None]) -> Callable[[dict[str, Any]], None]:
    """Return what does something to one place of a document."""

    def change(whole: dict[str, Any]) -> None:
        part: Any = whole
        for step in place:
            part = part[step]
        act(part)

    return change


def without(member: str) -> Callable[[Any], None]:
    return lambda part: part.pop(member)


def among(**members: Any) -> Callable[[Any], None]:
    return lambda part: part.update(members)


BREACHES = [
    ("operation_names", at(LOAN, among(operationId="get_an_offer"))),
    ("operation_names", at(LOAN, among(operationId="getLoan"))),
    ("operation_texts", at(LOAN, without("summary"))),
    ("operation_texts", at(LOAN, without("description"))),
    ("operation_texts", at(LOAN, among(tags=["lending"]))),
    ("operation_security", at(LOAN, without("security"))),
    ("operation_security", at(LOAN, among(security=[]))),
    ("answers", at((*LOAN, "responses"), without("401"))),
    ("answers", at((*LOAN, "responses"), among(**{"204": {"description": "Nothing."}}))),
    ("answers", at((*LOAN, "responses"), among(**{"410": {"description": "`gone`: It ended."}}))),
    ("answers", at((*LOAN, "responses", "200"), among(description=""))),
    ("keys", at(DRAW, among(parameters=[]))),
    ("keys", at((*SCHEMAS, "DrawdownBody"), without("additionalProperties"))),
    ("names", at((*SCHEMAS, "Loan", "properties"), among(dueDate={"type": "string"}))),
    ("names", at(LOAN, lambda one: one["parameters"].append({"name": "asOf", "in": "query", "schema": {}}))),
    ("ids", at((*SCHEMAS, "Loan", "properties", "id"), without("pattern"))),
    ("ids", at(LOAN, lambda one: one["parameters"].append({"name": "x_id", "in": "query", "schema": {}}))),
    ("money", at((*SCHEMAS, "Loan", "properties"), among(principal={"type": "string"}))),
    ("sent", at((*SCHEMAS, "DrawdownBody", "properties"), among(id={"type": "string", "readOnly": True}))),
    ("components", at(SCHEMAS, among(Orphan={"type": "object"}))),
    ("components", at(SCHEMAS, without("PositiveMoney"))),
]


def test_the_committed_document_breaks_no_rule() -> None:
    assert faults(document()) == []


@pytest.mark.parametrize(("rule", "change"), BREACHES)
def test_a_breach_is_told(rule: str, change: Callable[[dict[str, Any]], None]) -> None:
    broken = copy.deepcopy(document())
    change(broken)
    [named] = [one for one in RULES if one.__name__ == rule]
    assert list(named(broken)) != []


def test_every_rule_has_its_breach() -> None:
    assert {rule for rule, _ in BREACHES} == {rule.__name__ for rule in RULES}
