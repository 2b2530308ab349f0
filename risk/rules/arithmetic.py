"""Arithmetic of the expression language: what may be computed with what, exactly, and what rounds. Pure.

Money, ratios and counts keep their units: money times a ratio is money, money and a count have no sum. Sums,
differences and products are exact; what does not fit in 60 digits is not known. Only `/` and `round` round,
and both name their rule. A division by zero is not known.
"""

from collections.abc import Callable, Mapping
from decimal import (
    ROUND_05UP,
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from functools import reduce
from typing import Any, Final

from risk.features.facts import FactType

MONEY, RATIO, COUNT = FactType.MONEY, FactType.RATIO, FactType.COUNT
Number = Decimal | int
ROUNDINGS: Final[Mapping[str, str]] = {
    "floor": ROUND_FLOOR,
    "ceiling": ROUND_CEILING,
    "half_even": ROUND_HALF_EVEN,
    "half_up": ROUND_HALF_UP,
}
QUANTUM: Final[Mapping[FactType, Decimal]] = {
    MONEY: Decimal("0.01"),
    RATIO: Decimal("0.000001"),
    COUNT: Decimal(1),
}
_EXACT: Final = Context(prec=60, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
_WIDE: Final = Context(prec=60, rounding=ROUND_05UP, traps=[InvalidOperation, DivisionByZero, Overflow])
_PRODUCTS: Final[Mapping[tuple[FactType, FactType], FactType]] = {
    (MONEY, RATIO): MONEY,
    (RATIO, MONEY): MONEY,
    (MONEY, COUNT): MONEY,
    (COUNT, MONEY): MONEY,
    (RATIO, RATIO): RATIO,
    (RATIO, COUNT): RATIO,
    (COUNT, RATIO): RATIO,
    (COUNT, COUNT): COUNT,
}
_QUOTIENTS: Final[Mapping[tuple[FactType, FactType], FactType]] = {
    (MONEY, MONEY): RATIO,
    (MONEY, RATIO): MONEY,
    (MONEY, COUNT): MONEY,
    (RATIO, RATIO): RATIO,
    (RATIO, COUNT): RATIO,
    (COUNT, COUNT): RATIO,
    (COUNT, RATIO): RATIO,
}
_WORDS: Final[Mapping[str, str]] = {"+": "sum", "-": "difference", "*": "product", "/": "quotient"}


def unit_of(op: str, units: tuple[FactType, ...]) -> FactType:
    """Return the unit of an operation over units; raises ValueError naming the clash."""
    if op == "*":
        return reduce(lambda left, right: _paired(_PRODUCTS, op, left, right), units)
    if op == "/":
        return _paired(_QUOTIENTS, op, units[0], units[1])
    clash = next((unit for unit in units if unit is not units[0]), None)
    if clash is not None or units[0] not in QUANTUM:
        raise ValueError(_clash(op, units[0], clash or units[0]))
    return units[0]


def _paired(
    table: Mapping[tuple[FactType, FactType], FactType], op: str, left: FactType, right: FactType
) -> FactType:
    found = table.get((left, right))
    if found is None:
        raise ValueError(_clash(op, left, right))
    return found


def _clash(op: str, left: FactType, right: FactType) -> str:
    return f"unit mismatch: {left.value} and {right.value} have no {_WORDS.get(op, op)}"


def plus(*terms: Number) -> Number | None:
    """Return the exact sum of decimals, or None; whole numbers have their own `+`."""
    return _folded(_EXACT.add, terms)


def minus(left: Number, right: Number) -> Number | None:
    """Return the exact difference, or None."""
    return _folded(_EXACT.subtract, (left, right))


def times(*factors: Number) -> Number | None:
    """Return the exact product, or None."""
    return _folded(_EXACT.multiply, factors)


def _folded(act: Callable[[Any, Any], Decimal], parts: tuple[Number, ...]) -> Number | None:
    try:
        result: Number = reduce(act, parts)
    except ArithmeticError:
        return None
    return result


def divided(left: Number, right: Number, quantum: Decimal, rounding: str) -> Decimal | None:
    """Return the quotient rounded once to the quantum; None when the divisor is zero.

    The wide quotient keeps a sticky last digit (ROUND_05UP), so that rounding it again rounds the true one.
    """
    try:
        return _WIDE.divide(left, right).quantize(quantum, rounding=rounding, context=_WIDE)
    except ArithmeticError:
        return None


def rounded(value: Number, step: Decimal, rounding: str) -> Decimal | None:
    """Return the value rounded to a whole number of steps."""
    try:
        steps = _WIDE.divide(value, step).to_integral_value(rounding=rounding, context=_WIDE)
        return _EXACT.multiply(steps, step)
    except ArithmeticError:
        return None
