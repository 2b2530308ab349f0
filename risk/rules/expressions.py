"""Expressions: conditions over facts as typed JSON, with three truth values (Kleene). Pure; no eval.

    {"op": ">=", "fact": "receipts.history_days", "value": 180}
    {"op": "in", "fact": "enterprise.area_kind", "values": ["urban", "rural"]}
    {"op": "is", "fact": "enterprise.area_ok", "value": true}
    {"op": "known", "fact": "enterprise.employees"}
    {"op": "all" | "any", "of": [...]}     {"op": "not", "of": {...}}

A comparison with an unknown fact is unknown. Conditions are checked and compiled to closures once.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kernel.refusals import Kind, Refusal
from risk.features.facts import FactInvalid, Facts, FactType, FactValue, decode

Truth = bool | None
MAX_DEPTH: Final = 8
MAX_OPERANDS: Final = 32
_ORDERED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
_KEYS: Final = {
    **{op: {"op", "fact", "value"} for op in (*_ORDERED, "is")},
    "in": {"op", "fact", "values"},
    "known": {"op", "fact"},
    **{op: {"op", "of"} for op in ("all", "any", "not")},
}


class ExpressionInvalid(Refusal):
    """The condition is not one this language has."""

    code = "rules.expression_invalid"
    kind = Kind.INVALID
    message = "{path}: {problem}"


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition and the facts that it reads, in order of first reading."""

    evaluate: Callable[[Facts], Truth]
    reads: tuple[str, ...]


def compile_condition(node: object, types: Mapping[str, FactType], *, path: str) -> Condition:
    """Return the condition behind a JSON node; refuses anything unknown, untyped, too deep or too wide."""
    reads: dict[str, None] = {}
    return Condition(_compile(node, types, path, reads, 0), tuple(reads))


def _compile(
    node: object, types: Mapping[str, FactType], path: str, reads: dict[str, None], depth: int
) -> Callable[[Facts], Truth]:
    if not isinstance(node, dict) or not isinstance(node.get("op"), str) or node["op"] not in _KEYS:
        raise ExpressionInvalid(path=path, problem="there is no such operator")
    op = node["op"]
    if set(node) != _KEYS[op] or depth > MAX_DEPTH:
        raise ExpressionInvalid(
            path=path, problem=f"{op} takes {', '.join(sorted(_KEYS[op]))}, {MAX_DEPTH} deep at most"
        )
    if "fact" in node:
        return _compile_leaf(node, types, path, reads)
    parts = [node["of"]] if op == "not" else node["of"]
    if not isinstance(parts, list) or not 1 <= len(parts) <= MAX_OPERANDS:
        raise ExpressionInvalid(path=path, problem=f"{op} takes 1 to {MAX_OPERANDS} conditions")
    compiled = [_compile(part, types, f"{path}.{i}", reads, depth + 1) for i, part in enumerate(parts)]
    if op == "not":
        inner = compiled[0]
        return lambda facts: None if (truth := inner(facts)) is None else not truth
    return _every(compiled) if op == "all" else _some(compiled)


def _compile_leaf(
    node: dict[str, Any], types: Mapping[str, FactType], path: str, reads: dict[str, None]
) -> Callable[[Facts], Truth]:
    op, name = node["op"], node["fact"]
    if not isinstance(name, str) or name not in types:
        raise ExpressionInvalid(path=path, problem=f"the strategy declares no fact {name}")
    reads[name] = None
    kind = types[name]
    if op == "known":
        return lambda facts: facts.get(name) is not None
    if op == "in":
        return _member(name, frozenset(_literals(node["values"], name, kind, path)))
    value = _literal(node["value"], name, kind, path)
    if op == "is":
        return lambda facts: None if (found := facts.get(name)) is None else found == value
    if kind in (FactType.TEXT, FactType.FLAG):
        raise ExpressionInvalid(path=path, problem=f"{name} is {kind.value}: it has no order")
    compare = _ORDERED[op]
    return lambda facts: None if (found := facts.get(name)) is None else compare(found, value)


def _literals(values: object, name: str, kind: FactType, path: str) -> list[FactValue]:
    if not isinstance(values, list) or not 1 <= len(values) <= 1000:
        raise ExpressionInvalid(path=path, problem="in takes 1 to 1000 values")
    return [_literal(value, name, kind, path) for value in values]


def _literal(value: object, name: str, kind: FactType, path: str) -> FactValue:
    try:
        literal = decode(name, kind, value)
    except FactInvalid as refusal:
        raise ExpressionInvalid(path=path, problem=refusal.text()) from None
    if literal is None:
        raise ExpressionInvalid(path=path, problem="compare with a value; ask for an unknown with known")
    if kind in (FactType.MONEY, FactType.RATIO) and not isinstance(value, str):
        raise ExpressionInvalid(path=path, problem=f'write {name} as text, for instance "0.10"')
    return literal


def _member(name: str, values: frozenset[FactValue]) -> Callable[[Facts], Truth]:
    return lambda facts: None if (found := facts.get(name)) is None else found in values


def _every(conditions: list[Callable[[Facts], Truth]]) -> Callable[[Facts], Truth]:
    def every(facts: Facts) -> Truth:
        truths = [condition(facts) for condition in conditions]
        return False if False in truths else None if None in truths else True

    return every


def _some(conditions: list[Callable[[Facts], Truth]]) -> Callable[[Facts], Truth]:
    def some(facts: Facts) -> Truth:
        truths = [condition(facts) for condition in conditions]
        return True if True in truths else None if None in truths else False

    return some
