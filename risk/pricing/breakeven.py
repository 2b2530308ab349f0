"""What a yuan lent for a year must earn, and which rate is worth most when dear ones drive away. Pure.

Expected worth of offering a rate is (1 - churn(rate)) x margin(rate), where the margin is what the rate earns
over its own floor on the part that does not default: (1 - PD) x rate - costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal
from typing import Final

_CONTEXT: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
_PPM: Final = Decimal("0.000001")
_ONE: Final = Decimal(1)
_HOPELESS: Final = Decimal("9.999999")


@dataclass(frozen=True, slots=True)
class Costs:
    """The cost of one yuan lent for a year, as fractions (S0-11)."""

    cost_of_funds: Decimal
    operating_cost: Decimal
    capital_charge: Decimal
    loss_given_default: Decimal

    def at(self, pd: Decimal) -> Decimal:
        """Return what lending a yuan for a year costs at a probability of default, exact."""
        return self.cost_of_funds + pd * self.loss_given_default + self.operating_cost + self.capital_charge


@dataclass(frozen=True, slots=True)
class Point:
    """A rate at which it was seen what share of borrowers leaves."""

    rate: Decimal
    churn: Decimal


def breakeven_rate(costs: Costs, pd: Decimal) -> Decimal:
    """Return the least rate that covers its own risk, rounded up: (funds + PD x LGD + costs) / (1 - PD)."""
    if pd >= 1:
        return _HOPELESS
    return _CONTEXT.divide(costs.at(pd), _ONE - pd).quantize(_PPM, rounding=ROUND_CEILING)


def worth_exact(point: Point, costs: Costs, pd: Decimal) -> Decimal:
    """Return the expected worth of offering a rate, per yuan and year."""
    margin = _CONTEXT.subtract(_CONTEXT.multiply(_ONE - pd, point.rate), costs.at(pd))
    return _CONTEXT.multiply(_ONE - point.churn, margin)


def best_point(
    curve: Sequence[Point], costs: Costs, pd: Decimal, *, floor: Decimal, cap: Decimal
) -> Point | None:
    """Return the point of most worth within [floor, cap], the lower rate of two alike; None without any."""
    within = [point for point in curve if floor <= point.rate <= cap]
    return max(within, key=lambda point: (worth_exact(point, costs, pd), -point.rate), default=None)
