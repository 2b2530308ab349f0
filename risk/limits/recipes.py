"""Limit recipes: each turns facts into one cap, exact, or into "not known". Pure.

S1-04 receipts, S1-06 the ladder of first loans, S2-24 taxes, S2-36 the owner, S2-42 what can be repaid.
Every recipe is monotone: more receipts, taxes or assets never lower a cap, more refunds or debts never raise
one. Parameters are data of the signed strategy. A cap is rounded down once, at the end, by the caller. What a
recipe `tolerates` may be unknown: the figure is then the careful one, never a better one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any, Final

from kernel.refusals import Kind, Refusal
from risk.features.facts import Facts, FactType
from risk.limits.parameters import (
    ONE,
    ZERO,
    Types,
    demand_type,
    fraction,
    known_money,
    money_fact,
    over,
    positive,
    product,
    yuan,
)
from risk.rules.expressions import compile_formula
from risk.rules.numbers import whole
from risk.rules.syntax import Value

Figure = Callable[[Facts, str], Decimal | None]


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
    figure_exact: Figure
    tolerates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Built:
    """What a recipe makes of its parameters."""

    reads: tuple[str, ...]
    figure: Figure
    tolerates: frozenset[str] = frozenset()


def compile_cap(row: Mapping[str, Any], grades: tuple[str, ...], types: Types) -> Cap:
    """Return the cap behind its JSON; refuses unknown recipes, undeclared facts, odd figures."""
    name = str(row.get("cap"))[:60]
    if set(row) != {"cap", "recipe", "parameters", "reason"}:
        raise RecipeInvalid(cap=name, problem="a cap has a name, recipe, parameters and reason")
    try:
        built = _build(row, grades, types)
    except Refusal as refusal:
        raise RecipeInvalid(cap=name, problem=refusal.text()) from None
    except (LookupError, TypeError, ValueError, InvalidOperation) as error:
        raise RecipeInvalid(cap=name, problem=f"{type(error).__name__} at {error}"[:200]) from None
    return Cap(name, str(row["reason"]), built.reads, built.figure, built.tolerates)


def floor_to_step(exact: Decimal, step: Decimal) -> Decimal:
    """Round down to a whole number of steps; what is rounded away is never lent."""
    return (exact / step).to_integral_value(rounding=ROUND_FLOOR) * step


def _build(row: Mapping[str, Any], grades: tuple[str, ...], types: Types) -> Built:
    builder = _RECIPES.get(row["recipe"]) if isinstance(row["recipe"], str) else None
    if builder is None:
        raise ValueError("there is no such recipe")
    return builder(row["parameters"], grades, types)


def _receipts_multiple(parameters: Mapping[str, Any], grades: tuple[str, ...], types: Types) -> Built:
    """Build daily receipts x days x the grade's multiple x (1 + uplift), less the share refunded.

    When payers are not known the fallback fact counts in part: the facts that are there still carry a limit.
    """
    daily = money_fact(parameters["daily_fact"], types)
    fallback = money_fact(parameters["fallback_fact"], types)
    refunds = demand_type("receipts.refund_rate_90d", FactType.RATIO, types)
    factor = fraction(parameters["fallback_factor"], ONE)
    days = positive(parameters["days"])
    multiple = {grade: fraction(parameters["multiple"][grade], Decimal(10)) for grade in grades}
    uplift = ONE + fraction(parameters["uplift"], ONE)

    def figure(facts: Facts, grade: str) -> Decimal | None:
        credited, plain, refunded = facts.get(daily), facts.get(fallback), facts.get(refunds)
        if not isinstance(plain, Decimal) or not isinstance(refunded, Decimal):
            return None
        base = credited if isinstance(credited, Decimal) else product(plain, factor)
        return product(base, days, multiple[grade], uplift, max(ZERO, ONE - refunded))

    return Built((daily, fallback, refunds), figure, frozenset({daily}))


def _ladder(parameters: Mapping[str, Any], _grades: tuple[str, ...], types: Types) -> Built:
    """Build steps by a count of good behaviour (S1-06); not known counts as none: the first rung."""
    fact = demand_type(parameters["fact"], FactType.COUNT, types)
    rungs = [(whole(rung["from"]), yuan(rung["amount"])) for rung in parameters["rungs"]]
    if rungs[0][0] != 0 or rungs != sorted(rungs) or [r[1] for r in rungs] != sorted(r[1] for r in rungs):
        raise ValueError("rungs start at 0 and climb")

    def figure(facts: Facts, _grade: str) -> Decimal | None:
        found = facts.get(fact)
        count = found if isinstance(found, int) else 0
        return max(amount for start, amount in rungs if start <= max(count, 0))

    return Built((fact,), figure, frozenset({fact}))


def _fixed(parameters: Mapping[str, Any], _grades: tuple[str, ...], _types: Types) -> Built:
    """Build one amount, signed with the strategy."""
    amount = yuan(parameters["amount"])
    return Built((), lambda _facts, _grade: amount)


def _of_fact(parameters: Mapping[str, Any], _grades: tuple[str, ...], types: Types) -> Built:
    """Build an amount that arrives as a fact, or a share of it: a product's maximum, collateral, headroom."""
    fact = money_fact(parameters["fact"], types)
    share = fraction(parameters["share"], ONE) if "share" in parameters else ONE

    def figure(facts: Facts, _grade: str) -> Decimal | None:
        found = facts.get(fact)
        return max(ZERO, product(found, share)) if isinstance(found, Decimal) else None

    return Built((fact,), figure)


def _tax_multiple(parameters: Mapping[str, Any], _grades: tuple[str, ...], types: Types) -> Built:
    """Build taxes paid x the multiple of the tax grade x the share of months filed (S2-24).

    A grade that the document does not list lends nothing; without tax data it is not known (S4-04).
    """
    grade = demand_type(parameters["grade_fact"], FactType.TEXT, types)
    paid = money_fact(parameters["paid_fact"], types)
    filed = demand_type(parameters["filed_fact"], FactType.COUNT, types)
    months = positive(parameters["months"])
    multiples = {str(name): fraction(text, Decimal(50)) for name, text in parameters["multiples"].items()}

    def figure(facts: Facts, _grade: str) -> Decimal | None:
        listed, taxes, months_filed = facts.get(grade), facts.get(paid), facts.get(filed)
        if not isinstance(listed, str) or not isinstance(taxes, Decimal) or not isinstance(months_filed, int):
            return None
        share = over(min(max(Decimal(months_filed), ZERO), months), months)
        return product(max(ZERO, taxes), multiples.get(listed, ZERO), share)

    return Built((grade, paid, filed), figure)


def _owner_credit(parameters: Mapping[str, Any], _grades: tuple[str, ...], types: Types) -> Built:
    """Build the owner's income x months and shares of proven assets, less the owner's debts (S2-36).

    A proof that is not known counts for nothing; debts that are not known make the cap unknown.
    """
    income, debt = money_fact(parameters["income_fact"], types), money_fact(parameters["debt_fact"], types)
    months = positive(parameters["income_months"])
    proofs = [(money_fact(row["fact"], types), fraction(row["share"], ONE)) for row in parameters["proofs"]]
    counted = [(income, months), *proofs]

    def figure(facts: Facts, _grade: str) -> Decimal | None:
        owed = facts.get(debt)
        parts = [
            product(max(ZERO, known), share)
            for name, share in counted
            if (known := known_money(facts, name)) is not None
        ]
        if not isinstance(owed, Decimal) or not parts:
            return None
        return max(ZERO, sum(parts, ZERO) - max(ZERO, owed))

    reads = tuple(name for name, _ in counted)
    return Built((*reads, debt), figure, frozenset(reads))


def _repayment_capacity(parameters: Mapping[str, Any], _grades: tuple[str, ...], types: Types) -> Built:
    """Build the loan whose level instalment the stressed cash covers `cover` times (DSCR, S2-42).

    Cash / ((1 + stress) x cover), less what is due each month elsewhere, for the months of the tenor asked
    (30 days each, at most `months`), at its present value under the monthly rate.
    """
    cash = money_fact(parameters["cash_fact"], types)
    service = money_fact(parameters["service_fact"], types)
    tenor = demand_type("application.tenor_days", FactType.COUNT, types)
    divisor = product(ONE + fraction(parameters["stress"], ONE), fraction(parameters["cover"], Decimal(10)))
    rate = fraction(parameters["monthly_rate"], ONE)
    most = whole(parameters["months"], 1, 360)
    if divisor < ONE:
        raise ValueError("stressed cash covers the instalment at least once")
    worth = [ZERO]
    for month in range(1, most + 1):
        worth.append(worth[-1] + over(ONE, (ONE + rate) ** month))

    def figure(facts: Facts, _grade: str) -> Decimal | None:
        inflow, due, days = facts.get(cash), facts.get(service), facts.get(tenor)
        if not isinstance(inflow, Decimal) or not isinstance(due, Decimal) or not isinstance(days, int):
            return None
        monthly = over(inflow, divisor) - max(ZERO, due)
        return product(max(ZERO, monthly), worth[min(max(days // 30, 1), most)])

    return Built((cash, service, tenor), figure)


def _leverage(parameters: Mapping[str, Any], _grades: tuple[str, ...], types: Types) -> Built:
    """Build a multiple of a figure less all debts: the leverage cap (S2-42)."""
    base, debt = money_fact(parameters["base_fact"], types), money_fact(parameters["debt_fact"], types)
    times = fraction(parameters["times"], Decimal(600))

    def figure(facts: Facts, _grade: str) -> Decimal | None:
        found, owed = facts.get(base), facts.get(debt)
        if not isinstance(found, Decimal) or not isinstance(owed, Decimal):
            return None
        return max(ZERO, product(max(ZERO, found), times) - max(ZERO, owed))

    return Built((base, debt), figure)


def _formula(parameters: Mapping[str, Any], _grades: tuple[str, ...], types: Types) -> Built:
    """Build a formula in money; receipts may not stand where more of them would lower it."""
    formula = compile_formula(parameters["value"], types, path="value")
    if formula.type is not FactType.MONEY:
        raise ValueError(f"a cap is money, and this is {formula.type.value}")
    falling = next((name for name in sorted(_falls_with(formula.node)) if name.startswith("receipts.")), None)
    if falling is not None and types[falling] is FactType.MONEY:
        raise ValueError(f"more {falling} would lower the limit")

    def figure(facts: Facts, _grade: str) -> Decimal | None:
        found = formula.evaluate(facts)
        return max(ZERO, found) if isinstance(found, Decimal) else None

    return Built(formula.reads, figure)


def _falls_with(node: Value, *, turned: bool = False) -> frozenset[str]:
    """Return the facts of which more makes the figure less: an odd number of - and / above them."""
    if node.op == "fact":
        return frozenset({node.fact}) if turned else frozenset()
    found: frozenset[str] = frozenset()
    for at, part in enumerate(node.parts):
        found |= _falls_with(part, turned=turned is not (node.op in ("-", "/") and at == 1))
    return found


def _best_of(parameters: Mapping[str, Any], grades: tuple[str, ...], types: Types) -> Built:
    """Build the best of several recipes that are known: without tax data, receipts still carry (S4-04)."""
    rows = parameters["of"]
    if (
        not isinstance(rows, list)
        or not 2 <= len(rows) <= 8
        or any(row["recipe"] == "best_of" for row in rows)
    ):
        raise ValueError("best_of takes 2 to 8 recipes, none of them best_of")
    built = [_build(row, grades, types) for row in rows]

    def figure(facts: Facts, grade: str) -> Decimal | None:
        return max((found for one in built if (found := one.figure(facts, grade)) is not None), default=None)

    reads = tuple(dict.fromkeys(name for one in built for name in one.reads))
    return Built(reads, figure, frozenset(reads))


_RECIPES: Final[Mapping[str, Callable[[Mapping[str, Any], tuple[str, ...], Types], Built]]] = {
    "receipts_multiple": _receipts_multiple,
    "ladder": _ladder,
    "fixed": _fixed,
    "of_fact": _of_fact,
    "tax_multiple": _tax_multiple,
    "owner_credit": _owner_credit,
    "repayment_capacity": _repayment_capacity,
    "leverage": _leverage,
    "formula": _formula,
    "best_of": _best_of,
}
