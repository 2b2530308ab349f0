"""The price stage: a rate between the break-even floor and the legal cap, or a decline. Pure.

    {"day_basis": 360, "cost_of_funds": "0.0250", "operating_cost": "0.0100", "capital_charge": "0.0050",
     "loss_given_default": "0.60", "rates": {GRADE: "0.072000"}}   or, instead of rates,
     "churn": {GRADE: [["0.0425", "0.09"], ...]}: seen shares of borrowers who leave, by rate

With rates a grade has its own, or its floor where that is higher. With churn curves the rate is the seen one
that is worth most within floor and cap (S0-11); where a curve has none, the floor. A product's own rate wins
over both, and is declined outside floor and cap all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from itertools import pairwise
from typing import Any, Final

from kernel.refusals import Refusal
from risk.features.facts import Facts, FactType
from risk.pricing.breakeven import Costs, Point, best_point, breakeven_rate, worth_exact
from risk.rules.numbers import number
from risk.rules.stages import Finding, StageInvalid, StageResult, demand_keys

CAP: Final = "rules.annual_cost_cap"
OWN_RATE: Final = "product.annual_rate"
PD: Final = "pd.probability"
GRADE: Final = "grade.grade"
MAX_POINTS: Final = 100
_COSTS: Final = ("cost_of_funds", "operating_cost", "capital_charge", "loss_given_default")
_PPM: Final = Decimal("0.000001")
_CONTEXT: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
_DERIVES: Final = {"price.annual_rate": FactType.RATIO}


@dataclass(frozen=True, slots=True)
class PriceStage:
    """The cost of lending, and each grade's rate or churn curve."""

    costs: Costs
    day_basis: int
    rates: Mapping[str, Decimal]
    churn: Mapping[str, tuple[Point, ...]]
    declares_own_rate: bool
    derives: Mapping[str, FactType] = field(default_factory=lambda: _DERIVES)

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the facts that it reads."""
        return (CAP, OWN_RATE) if self.declares_own_rate else (CAP,)

    @property
    def tolerates(self) -> frozenset[str]:
        """Return the facts that may be unknown: a product without a rate of its own takes the grade's."""
        return frozenset({OWN_RATE}) if self.declares_own_rate else frozenset()

    def run(self, facts: Facts) -> StageResult:
        """Return the rate, or the clash that declines."""
        pd, grade, cap_365 = facts.get(PD), str(facts.get(GRADE) or ""), facts.get(CAP)
        nothing: dict[str, Any] = {"price.annual_rate": None}
        if not isinstance(pd, Decimal) or not grade:
            return StageResult((Finding("refer", "fact_unknown"),), {"floor": None}, nothing)
        floor = breakeven_rate(self.costs, pd)
        trace: dict[str, Any] = {"floor": str(floor)}
        if grade in self.rates:
            trace["grade_rate"] = str(self.rates[grade])
        if not isinstance(cap_365, Decimal):
            return StageResult((Finding("refer", "fact_unknown"),), trace, nothing)
        # R-11 measures the cost on a year of 365 days; a rate on 360 costs 365/360 of itself.
        cap = _CONTEXT.divide(cap_365 * self.day_basis, Decimal(365)).quantize(_PPM, rounding=ROUND_FLOOR)
        own = facts.get(OWN_RATE)
        rate = own if isinstance(own, Decimal) else self._rate(grade, pd, floor, cap, trace)
        trace |= {"cap": str(cap), "rate": str(rate)}
        if not floor <= rate <= cap:  # S0-11: a clash declines; nothing is lent below cost or above the cap
            return StageResult((Finding("decline", "price_clash"),), trace, nothing)
        return StageResult((), trace, {"price.annual_rate": rate})

    def _rate(self, grade: str, pd: Decimal, floor: Decimal, cap: Decimal, trace: dict[str, Any]) -> Decimal:
        if grade in self.rates:
            return max(self.rates[grade], floor)
        best = best_point(self.churn[grade], self.costs, pd, floor=floor, cap=cap)
        if best is None:
            return floor
        worth = worth_exact(best, self.costs, pd).quantize(_PPM, rounding=ROUND_FLOOR)
        trace |= {"churn": str(best.churn), "worth": str(worth)}
        return max(best.rate, floor)


def compile_price(
    section: Mapping[str, Any], types: Mapping[str, FactType], *, path: str, grades: tuple[str, ...]
) -> PriceStage:
    """Return the compiled stage; refuses odd figures, a grade without rate or curve, and both at once."""
    kind = "churn" if isinstance(section, dict) and "churn" in section else "rates"
    demand_keys(section, {"day_basis", *_COSTS, kind}, set(), path)
    if section["day_basis"] not in (360, 365) or not isinstance(section[kind], dict):
        raise StageInvalid(path=path, problem="the day basis is 360 or 365, and every grade has its own row")
    if set(section[kind]) != set(grades):
        raise StageInvalid(
            path=path, problem=f"{kind} are for the grades {', '.join(grades)}, no more and no less"
        )
    try:
        costs = Costs(*(number(section[name], 0, 1) for name in _COSTS))
        rates = {grade: _rate(section["rates"][grade], path) for grade in grades if kind == "rates"}
        churn = {grade: _curve(section["churn"][grade], path) for grade in grades if kind == "churn"}
    except Refusal as refusal:
        raise StageInvalid(path=path, problem=refusal.text()) from None
    return PriceStage(costs, section["day_basis"], rates, churn, OWN_RATE in types)


def _rate(text: object, path: str) -> Decimal:
    rate = number(text, 0, 1)
    if rate % _PPM:
        raise StageInvalid(path=path, problem="rates have at most six decimals")
    return rate


def _curve(rows: object, path: str) -> tuple[Point, ...]:
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_POINTS:
        raise StageInvalid(path=path, problem=f"a churn curve has 1 to {MAX_POINTS} points")
    if not all(isinstance(row, list) and len(row) == 2 for row in rows):
        raise StageInvalid(path=path, problem="a point of a churn curve is a rate and a share")
    curve = tuple(Point(_rate(rate, path), number(churn, 0, 1)) for rate, churn in rows)
    if any(left.rate >= right.rate for left, right in pairwise(curve)):
        raise StageInvalid(path=path, problem="the rates of a churn curve climb")
    return curve
