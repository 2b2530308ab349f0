"""The annual percentage rate of Regulation Z, Appendix J, by the actuarial method (12 CFR 1026, App. J).

The general equation (b)(8): every advance and payment is discounted by (1 + f i)(1 + i)^t, where t is the
whole number of unit-periods from the start of the term and f the fraction of one, which comes first. The
annual percentage rate is the unit-period rate times the unit-periods in a year, never compounded (b)(1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from kernel.apr.flows import CashFlow, CashFlowsInvalid, by_day
from kernel.apr.solving import DIGITS, PLACES, powers, solve
from kernel.apr.unit_periods import Months, UnitPeriod, unit_period
from kernel.refusals import Phrase


@dataclass(frozen=True, slots=True)
class AppendixJ:
    """An annual percentage rate, as a fraction, with the unit-period it was reckoned by."""

    annual_rate: Decimal
    unit_rate: Decimal
    unit_period: UnitPeriod


def appendix_j(flows: Sequence[CashFlow]) -> AppendixJ:
    """Return the annual percentage rate of advances and payments on their dates.

    The term begins with the first advance (b)(2). A prepaid finance charge is a payment on the day of the
    advance; advances and payments of one day are netted.
    """
    nets = by_day(flows)
    chosen, of_advances, of_payments = _chosen(nets)
    rate = _unit_rate(nets, nets[0][0], of_payments, of_advances, chosen)
    with localcontext(prec=DIGITS):
        annual = rate * chosen.per_year.numerator / chosen.per_year.denominator
        return AppendixJ(annual.quantize(PLACES), rate.quantize(PLACES), chosen)


def unit_period_of(flows: Sequence[CashFlow]) -> UnitPeriod:
    """Return the unit-period of a transaction without solving for its rate."""
    return _chosen(by_day(flows))[0]


def _chosen(nets: Sequence[tuple[date, int]]) -> tuple[UnitPeriod, Months, Months]:
    """Return the unit-period, and the months as the advances and as the payments count them."""
    if not nets:
        raise CashFlowsInvalid(reason=Phrase("there are none"))
    advances = [day for day, minor in nets if minor > 0]
    payments = [day for day, minor in nets if minor < 0]
    return (
        unit_period(start=nets[0][0], advances=advances, payments=payments),
        Months(advances),
        Months(payments),
    )


def _unit_rate(
    nets: Sequence[tuple[date, int]],
    begins: date,
    of_payments: Months,
    of_advances: Months,
    chosen: UnitPeriod,
) -> Decimal:
    times = [
        (of_advances if minor > 0 else of_payments).periods_between(begins, day, chosen)
        for day, minor in nets
    ]

    wholes, fractions = sorted({whole for whole, _ in times}), sorted({part for _, part in times})
    at_part = [(whole, fractions.index(part)) for whole, part in times]

    def factors(rate: Decimal) -> list[Decimal]:
        by_whole = powers(1 / (1 + rate), wholes)
        by_part = [1 / (1 + rate * part.numerator / part.denominator) for part in fractions]
        return [by_whole[whole] * by_part[at] for whole, at in at_part]

    return solve([minor for _, minor in nets], factors)
