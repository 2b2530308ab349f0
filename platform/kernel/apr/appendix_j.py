"""The annual percentage rate of Regulation Z, Appendix J, by the actuarial method (12 CFR 1026, App. J).

The general equation (b)(8): every advance and payment is discounted by (1 + f i)(1 + i)^t, where t is the
whole number of unit-periods from the start of the term and f the fraction of one, which comes first. The
annual percentage rate is the unit-period rate times the unit-periods in a year, never compounded (b)(1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from kernel.apr.flows import CashFlow, CashFlowsInvalid, by_day, one_currency
from kernel.apr.solving import DIGITS, PLACES, solve
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
    one_currency([flow.amount for flow in flows])
    nets = by_day(flows)
    if not nets:
        raise CashFlowsInvalid(reason=Phrase("there are none"))
    begins = nets[0][0]
    advances = [day for day, minor in nets if minor > 0]
    payments = [day for day, minor in nets if minor < 0]
    chosen = unit_period(start=begins, advances=advances, payments=payments)
    rate = _unit_rate(nets, begins, Months(payments), Months(advances), chosen)
    with localcontext(prec=DIGITS):
        annual = rate * chosen.per_year.numerator / chosen.per_year.denominator
        return AppendixJ(annual.quantize(PLACES), rate.quantize(PLACES), chosen)


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

    def factors(rate: Decimal) -> list[Decimal]:
        growth = 1 + rate
        return [
            1 / ((1 + rate * fraction.numerator / fraction.denominator) * growth**whole)
            for whole, fraction in times
        ]

    return solve([minor for _, minor in nets], factors)
