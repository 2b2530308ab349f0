"""Through the cycle (S2-09): whether grades and prices earn their keep over stressed sequences. Pure.

A strategy's grades are priced at stated PDs; the cycle multiplies defaults by quarter. Each sequence is
the nine-quarter shape begun at another quarter, so that a bank that starts lending at the peak is tested
too. Shares are of the amount lent, a year's worth, exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from risk.monitoring.stress import NINE_QUARTERS, multipliers

_CONTEXT: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
_LAST: Final = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class CycleGrade:
    """A grade: its share of what is lent, its stated PD and its annual rate."""

    grade: str
    share: Decimal
    pd: Decimal
    annual_rate: Decimal


@dataclass(frozen=True, slots=True)
class CycleCosts:
    """What a yuan lent for a year costs, defaults apart."""

    cost_of_funds: Decimal
    operating_cost: Decimal
    loss_given_default: Decimal


@dataclass(frozen=True, slots=True)
class CycleQuarter:
    """A quarter: the multiplier, the default rate it makes, and the margin after losses by grade and in all.

    `overlay_exact` is the shift in log-odds that would have stated the quarter's default rate right.
    """

    quarter: str
    multiplier_exact: Decimal
    default_rate_exact: Decimal
    margin_exact: Decimal
    by_grade: tuple[tuple[str, Decimal], ...]
    overlay_exact: Decimal


@dataclass(frozen=True, slots=True)
class CycleRun:
    """One sequence: its quarters, its mean margin, the deepest point of the sum of margins, and what fails.

    `losing_grades` lose over the whole sequence: no overlay of a quarter mends their price.
    """

    starts: str
    quarters: tuple[CycleQuarter, ...]
    margin_exact: Decimal
    trough_exact: Decimal
    losing_grades: tuple[str, ...]


def through_the_cycle(
    grades: Sequence[CycleGrade], costs: CycleCosts, *, shape: Mapping[str, Decimal] = NINE_QUARTERS
) -> tuple[CycleRun, ...]:
    """Return a run for each quarter that a bank may have begun in; shares of the grades add up to one."""
    if sum(grade.share for grade in grades) != 1:
        raise ValueError("the grades' shares add up to one")
    quarters = [_quarter(name, by, grades, costs) for name, by in multipliers(shape).items()]
    return tuple(
        _run(quarters[start:] + quarters[:start], [grade.grade for grade in grades])
        for start in range(len(quarters))
    )


def _quarter(name: str, multiplier: Decimal, grades: Sequence[CycleGrade], costs: CycleCosts) -> CycleQuarter:
    default_rate = margin = stated = Decimal(0)
    by_grade = []
    for grade in grades:
        pd = min(Decimal(1), _CONTEXT.multiply(grade.pd, multiplier))
        earned = (
            (1 - pd) * grade.annual_rate
            - pd * costs.loss_given_default
            - costs.cost_of_funds
            - costs.operating_cost
        )
        by_grade.append((grade.grade, +earned))
        default_rate += grade.share * pd
        margin += grade.share * earned
        stated += grade.share * grade.pd
    overlay = Decimal(0)
    if 0 < default_rate < 1 and 0 < stated < 1:
        odds = _CONTEXT.divide(default_rate * (1 - stated), (1 - default_rate) * stated)
        overlay = _CONTEXT.ln(odds)
    return CycleQuarter(name, multiplier, default_rate, margin, tuple(by_grade), overlay)


def _run(quarters: Sequence[CycleQuarter], grades: Sequence[str]) -> CycleRun:
    total = trough = Decimal(0)
    sums = dict.fromkeys(grades, Decimal(0))
    for quarter in quarters:
        total += quarter.margin_exact / 4  # a quarter earns a quarter of a year's margin
        trough = min(trough, total)
        for grade, earned in quarter.by_grade:
            sums[grade] += earned
    mean = _CONTEXT.divide(sum((quarter.margin_exact for quarter in quarters), Decimal(0)), len(quarters))
    mean = mean.quantize(_LAST)  # the same, whatever the order of the quarters
    losing = tuple(grade for grade, earned in sums.items() if earned < 0)
    return CycleRun(quarters[0].quarter, tuple(quarters), mean, trough, losing)
