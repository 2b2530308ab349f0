from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.features.facts import Facts, FactType
from risk.rules.expressions import MAX_DEPTH, MAX_OPERANDS, ExpressionInvalid, compile_condition

TYPES = {
    "m": FactType.MONEY,
    "r": FactType.RATIO,
    "c": FactType.COUNT,
    "t": FactType.TEXT,
    "f": FactType.FLAG,
}
LEAF = {"op": ">=", "fact": "c", "value": 3}


def truth(node: object, facts: Facts) -> bool | None:
    return compile_condition(node, TYPES, path="x").evaluate(facts)


@pytest.mark.parametrize(
    ("node", "facts", "expected"),
    [
        ({"op": ">=", "fact": "c", "value": 3}, {"c": 3}, True),
        ({"op": ">", "fact": "c", "value": 3}, {"c": 3}, False),
        ({"op": "<=", "fact": "m", "value": "10.00"}, {"m": Decimal("10.00")}, True),
        ({"op": "<", "fact": "r", "value": "0.1"}, {"r": Decimal("0.100000")}, False),
        ({"op": "is", "fact": "t", "value": "a"}, {"t": "a"}, True),
        ({"op": "is", "fact": "f", "value": False}, {"f": False}, True),
        ({"op": "in", "fact": "t", "values": ["a", "b"]}, {"t": "c"}, False),
        ({"op": "known", "fact": "t"}, {"t": None}, False),
        ({"op": "known", "fact": "t"}, {"t": ""}, True),
        ({"op": ">=", "fact": "c", "value": 3}, {"c": None}, None),
        ({"op": ">=", "fact": "c", "value": 3}, {}, None),
        ({"op": "in", "fact": "t", "values": ["a"]}, {}, None),
        ({"op": "is", "fact": "f", "value": True}, {}, None),
        ({"op": "not", "of": LEAF}, {"c": 2}, True),
        ({"op": "not", "of": LEAF}, {}, None),
    ],
)
def test_truth(node: dict[str, Any], facts: Facts, expected: bool | None) -> None:
    assert truth(node, facts) is expected


def constant(value: bool | None) -> dict[str, Any]:
    """A condition of a given truth over {"f": True, "c": None}."""
    return {"op": "is", "fact": "f", "value": value} if value is not None else LEAF


@settings(deadline=None)
@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=5))
def test_all_and_any_follow_kleene(truths: list[bool | None]) -> None:
    facts: Facts = {"f": True, "c": None}
    parts = [constant(value) for value in truths]

    every, some = truth({"op": "all", "of": parts}, facts), truth({"op": "any", "of": parts}, facts)

    assert every is (False if False in truths else None if None in truths else True)
    assert some is (True if True in truths else None if None in truths else False)
    negated = [{"op": "not", "of": part} for part in parts]
    assert truth({"op": "not", "of": {"op": "any", "of": negated}}, facts) is every  # De Morgan


def nested(depth: int) -> dict[str, Any]:
    return LEAF if depth == 0 else {"op": "not", "of": nested(depth - 1)}


@pytest.mark.parametrize(
    "node",
    [
        None,
        [],
        "c >= 3",
        {"op": "=="},
        {"op": ["all"], "of": []},
        {"op": ">=", "fact": "unknown", "value": 3},
        {"op": ">=", "fact": "c", "value": "3"},
        {"op": ">=", "fact": "c", "value": True},
        {"op": ">=", "fact": "c", "value": None},
        {"op": ">=", "fact": "c", "value": 3.5},
        {"op": ">=", "fact": "m", "value": 3},
        {"op": ">=", "fact": "m", "value": "0.001"},
        {"op": ">=", "fact": "m", "value": "ten"},
        {"op": ">=", "fact": "t", "value": "a"},
        {"op": "<", "fact": "f", "value": True},
        {"op": ">=", "fact": "c", "value": 3, "more": 1},
        {"op": "in", "fact": "t", "values": []},
        {"op": "in", "fact": "t", "values": "ab"},
        {"op": "all", "of": []},
        {"op": "any", "of": [LEAF] * (MAX_OPERANDS + 1)},
        {"op": "all", "of": LEAF},
        nested(MAX_DEPTH + 1),
        {"op": "__import__", "of": ["os"]},
    ],
)
def test_what_the_language_lacks_is_refused(node: object) -> None:
    with pytest.raises(ExpressionInvalid):
        compile_condition(node, TYPES, path="x")


def test_a_condition_names_what_it_reads_once_in_order() -> None:
    node = {"op": "any", "of": [{"op": "known", "fact": "t"}, LEAF, {"op": "known", "fact": "t"}]}

    assert compile_condition(node, TYPES, path="x").reads == ("t", "c")
    assert compile_condition(nested(MAX_DEPTH), TYPES, path="x").reads == ("c",)
