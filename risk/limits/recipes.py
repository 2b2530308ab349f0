"""Limit recipes: each turns facts into one cap, exact, or into "not known". Pure (S1-04, S1-06).

Every recipe is monotone: more receipts never lower a cap, more refunds or fewer payers never raise it.
Parameters are data of the signed strategy. A cap is rounded down once, at the end, by the caller.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal, InvalidOperation
from typing import Any, Final

from kernel.refusals import Kind, Refusal
from risk.features.facts import CATALOGUE, Facts, FactType, FactValue

_CONTEXT: Final = Context(prec=28)
_ONE: Final = Decimal(1)


class RecipeInvalid(Refusal):
    """The recipe or its parameters are not ones we have."""

    code = "limits.recipe_invalid"
    kind = Kind.INVALID
    message = "{cap}: {problem}"


@dataclass(frozen=True, slots=True)
class Cap:
    """One named cap: the facts that it reads, and its figure in yuan (None: not known) for a grade."""

    name: str
    reason: str
    reads: tuple[str, ...]
    figure_exact: Callable[[Facts, str], Decimal | None]


def compile_cap(row: Mapping[str, Any], grades: tuple[str, ...], types: Mapping[str, FactType]) -> Cap:
    """Return the cap behind its JSON; refuses unknown recipes, undeclared facts, odd figures."""
    name = str(row.get("cap"))
    builder = _RECIPES.get(str(row.get("recipe")))
    if builder is None:
        raise RecipeInvalid(cap=name, problem="there is no such recipe")
    try:
        reads, figure = builder(row["parameters"], grades)
    except (LookupError, TypeError, ValueError, InvalidOperation) as error:
        raise RecipeInvalid(cap=name, problem=f"{type(error).__name__} at {error}") from None
    missing = [fact for fact in reads if fact not in types]
    if missing:
        raise RecipeInvalid(cap=name, problem=f"the strategy declares no fact {missing[0]}")
    return Cap(name, str(row["reason"]), reads, figure)


def floor_to_step(exact: Decimal, step: Decimal) -> Decimal:
    """Round down to a whole number of steps; what is rounded away is never lent."""
    return (exact / step).to_integral_value(rounding=ROUND_FLOOR) * step


Built = tuple[tuple[str, ...], Callable[[Facts, str], Decimal | None]]


def _receipts_multiple(parameters: Mapping[str, Any], grades: tuple[str, ...]) -> Built:
    """Build daily receipts x days x the grade's multiple x (1 + uplift), less the share refunded.

    When payers are not known the fallback fact counts in part: the facts that are there still carry a limit.
    """
    daily, fallback = _money_fact(parameters["daily_fact"]), _money_fact(parameters["fallback_fact"])
    factor = _fraction(parameters["fallback_factor"], _ONE)
    days = _positive(parameters["days"])
    multiple = {grade: _fraction(parameters["multiple"][grade], Decimal(10)) for grade in grades}
    uplift = _ONE + _fraction(parameters["uplift"], _ONE)

    def figure(facts: Facts, grade: str) -> Decimal | None:
        credited, plain, refunds = (
            facts.get(daily),
            facts.get(fallback),
            facts.get("receipts.refund_rate_90d"),
        )
        if not isinstance(plain, Decimal) or not isinstance(refunds, Decimal):
            return None
        base = credited if isinstance(credited, Decimal) else _product(plain, factor)
        return _product(base, days, multiple[grade], uplift, max(Decimal(0), _ONE - refunds))

    return (daily, fallback, "receipts.refund_rate_90d"), figure


def _ladder(parameters: Mapping[str, Any], _grades: tuple[str, ...]) -> Built:
    """Build steps by a count of good behaviour (S1-06); not known counts as none: the first rung."""
    fact = str(parameters["fact"])
    _demand_type(fact, FactType.COUNT)
    rungs = [(_count(rung["from"]), _yuan(rung["amount"])) for rung in parameters["rungs"]]
    if rungs[0][0] != 0 or rungs != sorted(rungs) or [r[1] for r in rungs] != sorted(r[1] for r in rungs):
        raise ValueError("rungs start at 0 and climb")

    def figure(facts: Facts, _grade: str) -> Decimal | None:
        found = facts.get(fact)
        count = found if isinstance(found, int) else 0
        return max(amount for start, amount in rungs if start <= max(count, 0))

    return (fact,), figure


def _fixed(parameters: Mapping[str, Any], _grades: tuple[str, ...]) -> Built:
    """Build one amount, signed with the strategy."""
    amount = _yuan(parameters["amount"])
    return (), lambda _facts, _grade: amount


def _of_fact(parameters: Mapping[str, Any], _grades: tuple[str, ...]) -> Built:
    """Build an amount that arrives as a fact, for instance the product's own maximum."""
    fact = _money_fact(parameters["fact"])

    def figure(facts: Facts, _grade: str) -> Decimal | None:
        found: FactValue = facts.get(fact)
        return found if isinstance(found, Decimal) else None

    return (fact,), figure


_RECIPES: Final[Mapping[str, Callable[[Mapping[str, Any], tuple[str, ...]], Built]]] = {
    "receipts_multiple": _receipts_multiple,
    "ladder": _ladder,
    "fixed": _fixed,
    "of_fact": _of_fact,
}


def _product(*factors: Decimal) -> Decimal:
    result = _ONE
    for factor in factors:
        result = _CONTEXT.multiply(result, factor)
    return result


def _demand_type(fact: str, kind: FactType) -> None:
    if fact not in CATALOGUE or CATALOGUE[fact].type is not kind:
        raise ValueError(f"{fact} is not a {kind.value} fact")


def _money_fact(name: object) -> str:
    _demand_type(str(name), FactType.MONEY)
    return str(name)


def _fraction(text: object, most: Decimal) -> Decimal:
    if not isinstance(text, str) or not Decimal(0) <= Decimal(text) <= most:
        raise ValueError(f"{text} is not between 0 and {most}")
    return Decimal(text)


def _yuan(text: object) -> Decimal:
    if (
        not isinstance(text, str)
        or Decimal(text) != Decimal(text).quantize(Decimal("0.01"))
        or Decimal(text) < 0
    ):
        raise ValueError(f"{text} is not an amount in yuan")
    return Decimal(text)


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value} is not a count")
    return value


def _positive(value: object) -> Decimal:
    if type(value) is not int or value <= 0:
        raise ValueError(f"{value} is not a positive count")
    return Decimal(value)
