from typing import Any

import pytest

from risk.features.facts import FactType
from risk.rules.policy import compile_admit
from risk.strategies.checking import policy_problems
from risk.strategies.document import Strategy, read_document
from risk.strategies.operations import first_document

TYPES = {
    "c": FactType.COUNT,
    "d": FactType.COUNT,
    "r": FactType.RATIO,
    "t": FactType.TEXT,
    "f": FactType.FLAG,
}


def at_least(fact: str, value: object, op: str = ">=") -> dict[str, Any]:
    return {"op": op, "fact": fact, "value": value}


def rule(code: str, require: object, on_miss: str = "decline") -> dict[str, Any]:
    return {
        "code": code,
        "require": require,
        "on_miss": on_miss,
        "on_unknown": "refer",
        "reason": "history_short",
    }


def hit(code: str, when: object, on_hit: str) -> dict[str, Any]:
    return {"code": code, "when": when, "on_hit": on_hit, "on_unknown": "refer", "reason": "lenders_many"}


def both(*parts: object) -> dict[str, Any]:
    return {"op": "all", "of": list(parts)}


def either(*parts: object) -> dict[str, Any]:
    return {"op": "any", "of": list(parts)}


def problems(*rules: object) -> list[str]:
    stage = compile_admit({"minimum_sources": 0, "rules": list(rules)}, TYPES, path="admit")
    return [f"{path} {problem}" for path, problem in policy_problems(stage, path="admit")]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([rule("a", at_least("c", 180)), rule("b", at_least("c", 90))], "admit.b is dead: a already catches"),
        ([rule("b", at_least("c", 90)), rule("a", at_least("c", 180))], "admit.b is dead: a already catches"),
        (
            [rule("a", at_least("c", 9)), rule("b", at_least("c", 8, ">"))],
            "admit.b is dead: a already catches",
        ),
        (
            [rule("a", at_least("c", 9)), rule("b", at_least("c", 5), "refer")],
            "admit.b is dead: a already catches",
        ),
        ([rule("a", at_least("c", 0))], "admit.a is dead: no value of c is ever held against anyone"),
        ([rule("a", {"op": "in", "fact": "f", "values": [True, False]})], "admit.a is dead: no value of f"),
        ([rule("a", both(at_least("c", 9), at_least("c", 5, "<")))], "admit.a is held against everyone"),
        ([hit("a", either(at_least("c", 5), at_least("c", 9, "<")), "refer")], "a is held against everyone"),
        (
            [rule("a", at_least("c", 9)), rule("b", at_least("c", 5, "<="), "refer")],
            "admit nobody passes a and b together, whatever c is",
        ),
        (
            [
                rule(
                    "a",
                    either(both(at_least("c", 9), at_least("c", 5, "<"), at_least("d", 1)), at_least("d", 7)),
                )
            ],
            "admit.a can never hold: no value of c",
        ),
        (
            [
                rule(
                    "a",
                    both(
                        either(at_least("c", 9), at_least("c", 20, "<"), at_least("d", 1)), at_least("d", 7)
                    ),
                )
            ],
            "admit.a always holds: every value of c",
        ),
    ],
)
def test_dead_overlapping_and_impossible_rules_are_named(rules: list[Any], said: str) -> None:
    assert any(said in problem for problem in problems(*rules)), problems(*rules)


@pytest.mark.parametrize(
    "rules",
    [
        [rule("a", at_least("r", "0.20", "<=")), rule("b", at_least("r", "0.10", "<="), "refer")],
        [rule("a", at_least("c", 5)), rule("b", at_least("c", 9, "<="))],
        [rule("a", {"op": "is", "fact": "t", "value": "x"}), rule("b", {"op": "known", "fact": "t"})],
        [rule("a", both(at_least("c", 5), at_least("d", 5))), rule("b", at_least("c", 3))],
        [hit("a", at_least("c", 9), "note"), rule("b", at_least("c", 5))],
        [rule("a", {"op": ">", "left": {"fact": "c"}, "right": {"fact": "d"}}), rule("b", at_least("c", 3))],
    ],
)
def test_rules_that_each_matter_pass(rules: list[Any]) -> None:
    assert problems(*rules) == []


def test_the_first_strategy_has_no_idle_rule_and_a_dead_one_stops_it_from_being_published() -> None:
    document = first_document()
    assert isinstance(read_document(document), Strategy)

    document["admit"]["rules"].append(document["admit"]["rules"][1] | {"code": "history_again"})
    found = read_document(document)

    assert not isinstance(found, Strategy)
    assert [problem.path for problem in found] == ["admit.history_again"]
