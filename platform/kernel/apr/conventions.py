"""One figure a year from dated flows, under a convention that is always named beside it (P-02, ADR 0010)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from kernel.apr.appendix_j import appendix_j
from kernel.apr.eu import eu_rate
from kernel.apr.flows import CashFlow, CashFlowsInvalid, by_day
from kernel.apr.internal import (
    annual_by_days,
    annual_by_months,
    effective_by_days,
    effective_by_months,
    simple_by_days,
)
from kernel.apr.unit_periods import Months
from kernel.money import Money
from kernel.refusals import Phrase

NOT_MONTHS_APART: Final = Phrase("they are not whole months apart")


class Convention(StrEnum):
    """How flows become an annual figure; the code is printed beside every figure."""

    IRR_MONTHS = "irr_months"  # twelve times the monthly rate
    EFFECTIVE_MONTHS = "effective_months"
    IRR_DAYS = "irr_days"  # 365 times the daily rate
    EFFECTIVE_DAYS = "effective_days"  # XIRR
    SIMPLE = "simple_365"
    APPENDIX_J = "appendix_j"
    EU = "eu"


@dataclass(frozen=True, slots=True)
class Charge:
    """What the borrower pays some party because of the loan, above zero (rules 2.2)."""

    day: date
    amount: Money
    party: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllInCost:
    """What a loan costs in a year and in all; `annual_exact` is a fraction under the convention named."""

    annual_exact: Decimal
    convention: Convention
    received: Money
    paid: Money
    by_party: tuple[tuple[str, Money], ...]

    @property
    def cost(self) -> Money:
        """Everything paid beyond what was received."""
        return self.paid - self.received


def annual_cost(flows: Sequence[CashFlow], convention: Convention) -> Decimal:
    """Return the annual figure of dated flows as a fraction with twelve decimals.

    The conventions by months take flows that are whole months after the first, and refuse others.
    """
    if convention is Convention.APPENDIX_J:
        return appendix_j(flows).annual_rate
    if convention is Convention.IRR_MONTHS:
        return annual_by_months(in_months(flows))
    if convention is Convention.EFFECTIVE_MONTHS:
        return effective_by_months(in_months(flows))
    by_dates = {
        Convention.IRR_DAYS: annual_by_days,
        Convention.EFFECTIVE_DAYS: effective_by_days,
        Convention.SIMPLE: simple_by_days,
        Convention.EU: eu_rate,
    }
    return by_dates[convention](flows)


def in_months(flows: Sequence[CashFlow]) -> list[Money]:
    """Return the net amount of every month from the first flow; refuses flows that fall between months."""
    nets = by_day(flows)
    if not nets:
        raise CashFlowsInvalid(reason=Phrase("there are none"))
    first, currency = nets[0][0], flows[0].amount.currency
    months_of = Months(day for day, _ in nets[1:])
    found: dict[int, int] = {0: nets[0][1]}
    for day, minor in nets[1:]:
        month = months_of.whole_months(first, day)
        if not month:
            raise CashFlowsInvalid(reason=NOT_MONTHS_APART)
        found[month] = found.get(month, 0) + minor
    return [Money(found.get(month, 0), currency) for month in range(max(found) + 1)]


def all_in_cost(
    *, flows: Sequence[CashFlow], charges: Iterable[Charge] = (), convention: Convention
) -> AllInCost:
    """Return the all-in cost of a schedule with every party's charges (R-10, R-11, rules 2.2).

    A charge taken out of the draw is one on the day of the draw. Refuses a charge that is not above zero.
    """
    added = tuple(charges)
    if any(charge.amount.minor <= 0 for charge in added):
        raise CashFlowsInvalid(reason=Phrase("a charge is not above zero"))
    everything = [*flows, *(CashFlow(charge.day, -charge.amount) for charge in added)]
    annual_exact = annual_cost(everything, convention)
    currency = everything[0].amount.currency
    parties = sorted({charge.party for charge in added})
    return AllInCost(
        annual_exact=annual_exact,
        convention=convention,
        received=Money.total((flow.amount for flow in flows if flow.amount.minor > 0), currency),
        paid=-Money.total((flow.amount for flow in everything if flow.amount.minor < 0), currency),
        by_party=tuple(
            (party, Money.total((charge.amount for charge in added if charge.party == party), currency))
            for party in parties
        ),
    )
