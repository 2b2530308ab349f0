"""Internal rates of return: by equal months, by actual days, and as simple interest (P-01, P-02, R-11).

Arithmetic is `Decimal` with 40 digits, so a rate is the same on every machine; results are good to 12
decimals. Monthly flows come as a list of amounts a month apart; dated flows come as `CashFlow`s.
"""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Final

from kernel.apr.flows import CashFlow, CashFlowsInvalid, by_day, one_currency, require_loan
from kernel.apr.solving import BEYOND_ANY_LOAN, DIGITS, HIGHEST, PLACES, at_places, powers, solve
from kernel.money import Money
from kernel.refusals import Phrase

MONTHS: Final = 12
NOTHING_OUTSTANDING: Final = Phrase("by simple interest nothing is outstanding")
DAYS: Final = 365


def monthly_rate(amounts: Sequence[Money]) -> Decimal:
    """Return the rate a month of flows that are a month apart, the first at the start."""
    return at_places(_by_month(amounts))


def annual_by_months(amounts: Sequence[Money]) -> Decimal:
    """Return the annual rate as twelve times the monthly one: the figure the cap is held against."""
    return at_places(_by_month(amounts), MONTHS)


def effective_by_months(amounts: Sequence[Money]) -> Decimal:
    """Return the effective annual rate, compounded monthly."""
    return compounded(_by_month(amounts), MONTHS)


def daily_rate(flows: Sequence[CashFlow]) -> Decimal:
    """Return the rate a day of flows on actual days."""
    return at_places(_by_days(flows))


def annual_by_days(flows: Sequence[CashFlow]) -> Decimal:
    """Return the annual rate as 365 times the daily one."""
    return at_places(_by_days(flows), DAYS)


def effective_by_days(flows: Sequence[CashFlow]) -> Decimal:
    """Return the effective annual rate on actual days over 365: what a spreadsheet's XIRR gives."""
    return compounded(_by_days(flows), DAYS)


def simple_by_days(flows: Sequence[CashFlow]) -> Decimal:
    """Return the annual rate of simple interest on actual days over 365; who shows it must say so (P-02).

    Every flow bears it up to the last day: one draw and one repayment give the nominal rate back. Where the
    payments of a long and dear loan would bear more than its draws there is no such rate: that is refused.
    """
    nets = by_day(flows)
    require_loan([amount for _, amount in nets])
    last = nets[-1][0]
    weighted = sum(amount * (last - day).days for day, amount in nets)
    if weighted <= 0:
        raise CashFlowsInvalid(reason=NOTHING_OUTSTANDING)
    with localcontext(prec=DIGITS):
        return (Decimal(-sum(amount for _, amount in nets) * DAYS) / weighted).quantize(PLACES)


def compounded(rate: Decimal, periods: int) -> Decimal:
    """Return what a rate a period makes in a year of so many periods; refuses what no loan costs."""
    with localcontext(prec=DIGITS):
        found = (1 + rate) ** periods - 1
        if found > HIGHEST:
            raise CashFlowsInvalid(reason=BEYOND_ANY_LOAN)
        return found.quantize(PLACES)


def exact_daily_rate(flows: Sequence[CashFlow]) -> Decimal:
    """Return the rate a day with every digit the solver has: what a carrying amount grows by (B5.4.1)."""
    return _by_days(flows)


def _by_month(amounts: Sequence[Money]) -> Decimal:
    moved = list(enumerate(amount.minor for amount in one_currency(amounts)))
    return _at_whole_periods([(period, minor) for period, minor in moved if minor])


def _by_days(flows: Sequence[CashFlow]) -> Decimal:
    nets = by_day(flows)
    return _at_whole_periods([((day - nets[0][0]).days, minor) for day, minor in nets])


def _at_whole_periods(moved: Sequence[tuple[int, int]]) -> Decimal:
    """Return the rate of amounts at whole periods, in order of time."""
    periods = [period for period, _ in moved]

    def factors(rate: Decimal) -> list[Decimal]:
        return list(powers(1 / (1 + rate), periods).values())

    return solve([minor for _, minor in moved], factors)
