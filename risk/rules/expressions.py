"""Expressions over facts as typed JSON, with three truth values (Kleene). Pure; compiled once.

    {"op": ">=", "fact": "receipts.history_days", "value": 180}
    {"op": "in", "fact": "enterprise.area_kind", "values": ["urban", "rural"]}
    {"op": "is", "fact": "enterprise.area_ok", "value": true}
    {"op": "known", "fact": "enterprise.employees"}
    {"op": "all" | "any", "of": [...]}     {"op": "not", "of": {...}}
    {"op": "<=", "left": VALUE, "right": VALUE}
    VALUE: {"fact": "tax.paid_12m"}  {"money": "1000.00"}  {"ratio": "0.10"}  {"count": 3}
           {"op": "+" | "-" | "*" | "min" | "max", "of": [VALUE, VALUE]}
           {"op": "/", "of": [VALUE, VALUE], "round": "floor"}
           {"op": "round", "of": [VALUE], "to": "100.00", "round": "floor"}
           and "name": "debt_share" beside an operation shows it in the trace.

Anything over an unknown fact is unknown, unless the other parts decide alone (false in `all`, true in `any`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from risk.features.facts import Facts, FactType, FactValue, encode
from risk.rules.generating import Program, Truth, named_values
from risk.rules.syntax import (
    MAX_DEPTH,
    MAX_MEMBERS,
    MAX_NODES,
    MAX_OPERANDS,
    Checker,
    ExpressionInvalid,
    Truthy,
    Value,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_MEMBERS",
    "MAX_NODES",
    "MAX_OPERANDS",
    "Condition",
    "ExpressionInvalid",
    "Formula",
    "Truth",
    "compile_condition",
    "compile_formula",
    "passes_by_absence",
]


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition and the facts that it reads, in order of first reading; `node` is what it says."""

    evaluate: Callable[[Facts], Truth]
    reads: tuple[str, ...]
    node: Truthy
    named: Callable[[Facts], Mapping[str, FactValue]] | None

    def read(self, facts: Facts, shown: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return what it read, as the trace records it: facts, then the values that the document named.

        `shown` are the facts in their written form, when the caller has written them for many conditions.
        """
        written = {name: encode(facts.get(name)) for name in self.reads} if shown is None else shown
        if len(self.reads) == 1:  # as most do
            [name] = self.reads
            row = {name: written[name]}
        else:
            row = {name: written[name] for name in self.reads}
        if self.named is not None:
            row |= {name: encode(value) for name, value in self.named(facts).items()}
        return row


@dataclass(frozen=True, slots=True)
class Formula:
    """A compiled value: its unit, the facts it reads, and its exact figure (None: not known)."""

    type: FactType
    evaluate: Callable[[Facts], FactValue]
    reads: tuple[str, ...]
    node: Value


def compile_condition(node: object, types: Mapping[str, FactType], *, path: str) -> Condition:
    """Return the condition behind a JSON node; refuses anything unknown, untyped, too deep or too wide."""
    checked = Checker(types, path).condition(node)
    program = Program()
    judge = program.function([program.test(checked)])
    return Condition(lambda facts: judge(facts)[0], program.reads, checked, _named(checked))


def compile_formula(node: object, types: Mapping[str, FactType], *, path: str) -> Formula:
    """Return the value behind a JSON node; refuses what `compile_condition` refuses, and unit mismatches."""
    checked = Checker(types, path).value(node)
    program = Program()
    judge = program.function([program.value(checked)])
    return Formula(checked.type, lambda facts: judge(facts)[0], program.reads, checked)


def compile_together(conditions: tuple[Condition, ...]) -> Callable[[Facts], tuple[Truth, ...]]:
    """Return one function that judges many conditions; each fact is fetched and each part worked out once."""
    program = Program()
    return program.function([program.test(condition.node) for condition in conditions])


def passes_by_absence(node: Truthy, *, when: bool) -> frozenset[str]:
    """Return the facts whose absence alone could make the condition `when` (what unknown may never do).

    Only `known` can tell an absent fact from a present one, so only `known` can be turned by leaving one out.
    """
    if node.op == "known":
        return frozenset() if when else frozenset({node.values[0].fact})
    if node.op == "not":
        return passes_by_absence(node.parts[0], when=not when)
    return frozenset().union(*(passes_by_absence(part, when=when) for part in node.parts))


def _named(checked: Truthy) -> Callable[[Facts], Mapping[str, FactValue]] | None:
    values = named_values(checked)
    if not values:
        return None
    program = Program()
    judge = program.function([program.value(value) for value in values])
    names = tuple(value.name for value in values)
    return lambda facts: dict(zip(names, judge(facts), strict=True))
