"""The checked form of an expression: JSON in, typed nodes out, or a refusal that names the place. Pure.

Every node is counted and every level of nesting too, so a document that goes round in a circle or unfolds
without end is refused like any other. Nothing of the document's text ever becomes code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from kernel.refusals import Kind, Refusal
from risk.features.facts import FactInvalid, FactType, FactValue, decode
from risk.rules.arithmetic import QUANTUM, ROUNDINGS, unit_of
from risk.rules.numbers import NumberInvalid, number, shown, whole

MAX_DEPTH: Final = 12
MAX_OPERANDS: Final = 32
MAX_NODES: Final = 256
MAX_MEMBERS: Final = 1_000
MAX_LITERAL: Final = 200
ORDERED: Final = (">=", ">", "<=", "<")
COMPARISONS: Final = (*ORDERED, "is")
ARITHMETIC: Final = ("+", "-", "*", "/", "min", "max", "round")
_BIG: Final = 10**12


class ExpressionInvalid(Refusal):
    """The condition is not one this language has."""

    code = "rules.expression_invalid"
    kind = Kind.INVALID
    message = "{path}: {problem}"


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its unit: a fact, a literal, or arithmetic over parts; `name` shows it in the trace."""

    type: FactType
    op: str
    fact: str = ""
    literal: FactValue = None
    parts: tuple["Value", ...] = ()
    rounding: str = ""
    step: Decimal | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Truthy:
    """A condition: a comparison of two values, membership, `known`, or conditions joined."""

    op: str
    values: tuple[Value, ...] = ()
    members: frozenset[FactValue] = frozenset()
    parts: tuple["Truthy", ...] = ()


class Checker:
    """Reads one expression against the declared facts."""

    def __init__(self, types: Mapping[str, FactType], path: str) -> None:
        self._types = types
        self._path = path
        self._nodes = 0

    def condition(self, node: object) -> Truthy:
        """Return the condition behind a JSON node."""
        return self._condition(node, self._path, 0)

    def value(self, node: object) -> Value:
        """Return the value behind a JSON node."""
        return self._value(node, self._path, 0)

    def _enter(self, node: object, path: str, depth: int) -> dict[str, Any]:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            problem = f"at most {MAX_DEPTH} deep and {MAX_NODES} parts in one expression"
            raise ExpressionInvalid(path=path, problem=problem)
        if not isinstance(node, dict) or not node or not all(isinstance(key, str) for key in node):
            raise ExpressionInvalid(path=path, problem="this is not an expression")
        return node

    def _condition(self, node: object, path: str, depth: int) -> Truthy:
        row = self._enter(node, path, depth)
        op = row.get("op")
        if op in ("all", "any", "not"):
            return self._joined(row, path, depth)
        if op in ("known", "in"):
            return self._asked_of_fact(row, path)
        if op in COMPARISONS:
            return self._compared(row, path, depth)
        raise ExpressionInvalid(path=path, problem=f"there is no such operator: {shown(op)}")

    def _joined(self, row: dict[str, Any], path: str, depth: int) -> Truthy:
        _demand_keys(row, {"op", "of"}, path)
        parts = [row["of"]] if row["op"] == "not" else row["of"]
        if not isinstance(parts, list) or not 1 <= len(parts) <= MAX_OPERANDS:
            raise ExpressionInvalid(path=path, problem=f"{row['op']} takes 1 to {MAX_OPERANDS} conditions")
        found = tuple(self._condition(part, f"{path}.{at}", depth + 1) for at, part in enumerate(parts))
        return Truthy(row["op"], parts=found)

    def _asked_of_fact(self, row: dict[str, Any], path: str) -> Truthy:
        op = row["op"]
        _demand_keys(row, {"op", "fact"} if op == "known" else {"op", "fact", "values"}, path)
        read = self._read(row["fact"], path)
        if op == "known":
            return Truthy(op, (read,))
        values = row["values"]
        if not isinstance(values, list) or not 1 <= len(values) <= MAX_MEMBERS:
            raise ExpressionInvalid(path=path, problem=f"in takes 1 to {MAX_MEMBERS} values")
        return Truthy(
            op, (read,), frozenset(literal_of(value, read.fact, read.type, path) for value in values)
        )

    def _compared(self, row: dict[str, Any], path: str, depth: int) -> Truthy:
        if "fact" in row:
            _demand_keys(row, {"op", "fact", "value"}, path)
            left = self._read(row["fact"], path)
            literal = literal_of(row["value"], left.fact, left.type, path)
            right = Value(left.type, "literal", literal=literal)
        else:
            _demand_keys(row, {"op", "left", "right"}, path)
            left = self._value(row["left"], f"{path}.left", depth + 1)
            right = self._value(row["right"], f"{path}.right", depth + 1)
        if left.type is not right.type:
            problem = f"unit mismatch: {left.type.value} is never compared with {right.type.value}"
            raise ExpressionInvalid(path=path, problem=problem)
        if row["op"] in ORDERED and left.type in (FactType.TEXT, FactType.FLAG):
            named = left.fact or "this"
            raise ExpressionInvalid(path=path, problem=f"{named} is {left.type.value}: it has no order")
        return Truthy(row["op"], (left, right))

    def _value(self, node: object, path: str, depth: int) -> Value:
        row = self._enter(node, path, depth)
        if "op" in row:
            return self._computed(row, path, depth)
        if len(row) != 1:
            raise ExpressionInvalid(path=path, problem="a value is one fact, one literal, or one operation")
        [(kind, literal)] = row.items()
        if kind == "fact":
            return self._read(literal, path)
        if kind not in list(FactType):
            raise ExpressionInvalid(path=path, problem=f"there is no literal of kind {shown(kind)}")
        unit = FactType(kind)
        return Value(unit, "literal", literal=literal_of(literal, kind, unit, path))

    def _computed(self, row: dict[str, Any], path: str, depth: int) -> Value:
        op = row["op"]
        if op not in ARITHMETIC:
            raise ExpressionInvalid(path=path, problem=f"there is no such operator: {shown(op)}")
        keys = (
            {"op", "of"}
            | ({"round"} if op in ("/", "round") else set())
            | ({"to"} if op == "round" else set())
        )
        _demand_keys({key: row[key] for key in row if key != "name"}, keys, path)
        parts, name = row["of"], row.get("name", "")
        least, most = {"-": (2, 2), "/": (2, 2), "round": (1, 1)}.get(op, (2, MAX_OPERANDS))
        if not isinstance(parts, list) or not least <= len(parts) <= most:
            raise ExpressionInvalid(path=path, problem=f"{op} takes {least} to {most} values")
        if not isinstance(name, str) or len(name) > 60:
            raise ExpressionInvalid(path=path, problem="a name is a short text")
        found = tuple(self._value(part, f"{path}.{at}", depth + 1) for at, part in enumerate(parts))
        try:
            unit = unit_of(op, tuple(part.type for part in found))
            step = _step(row["to"], unit) if op == "round" else None
        except (ValueError, NumberInvalid) as error:
            raise ExpressionInvalid(path=path, problem=_said(error)) from None
        if "round" in keys and row["round"] not in list(ROUNDINGS):
            raise ExpressionInvalid(path=path, problem=f"{op} names its rounding: {', '.join(ROUNDINGS)}")
        return Value(unit, op, parts=found, rounding=row.get("round", ""), step=step, name=name)

    def _read(self, name: object, path: str) -> Value:
        if not isinstance(name, str) or name not in self._types:
            raise ExpressionInvalid(path=path, problem=f"the strategy declares no fact {shown(name)}")
        return Value(self._types[name], "fact", fact=name)


def _said(error: Exception) -> str:
    return error.text() if isinstance(error, Refusal) else str(error)


def _demand_keys(row: dict[str, Any], keys: set[str], path: str) -> None:
    if set(row) != keys:
        raise ExpressionInvalid(path=path, problem=f"{row['op']} takes {', '.join(sorted(keys))}")


def _step(text: object, unit: FactType) -> Decimal:
    step = Decimal(whole(text, 1)) if unit is FactType.COUNT else number(text, QUANTUM[unit], _BIG)
    if step % QUANTUM[unit]:
        raise ValueError(f"{step} is finer than a {unit.value}")
    return step


def literal_of(value: object, name: str, unit: FactType, path: str) -> FactValue:
    """Return the literal of a unit, exactly as written; decimals in text, no exponents, no giants."""
    try:
        if unit in (FactType.MONEY, FactType.RATIO):
            number(value, -_BIG, _BIG)
        elif unit is FactType.COUNT:
            whole(value, -_BIG)
        elif isinstance(value, str) and len(value) > MAX_LITERAL:
            raise ValueError(f"a text of more than {MAX_LITERAL} characters")
        literal = decode(name, unit, value)
    except (FactInvalid, NumberInvalid, ValueError) as error:
        raise ExpressionInvalid(path=path, problem=f"{name}: {_said(error)}") from None
    if literal is None:
        raise ExpressionInvalid(path=path, problem="compare with a value; ask for an unknown with known")
    if unit is FactType.RATIO and literal != Decimal(str(value)):
        raise ExpressionInvalid(path=path, problem=f"{name}: a ratio has six decimals at most")
    return literal
