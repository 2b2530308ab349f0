"""The annual cost of credit from its cash flows (P-01, P-02, R-11): internal rate of return, simple interest.

Flows are seen by the borrower: what is received is positive, what is paid (principal, interest, every party's
fee) is negative. Arithmetic is `Decimal` with 40 digits over whole periods, so a rate is the same on every
machine; results are good to 12 decimals. The solver keeps the root between two bounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Final

from kernel.money import CurrencyMismatch, Money
from kernel.refusals import Kind, Refusal

DIGITS: Final = 40
PLACES: Final = Decimal("1E-12")
WIDTH: Final = Decimal("1E-20")
HIGHEST: Final = Decimal(1_000_000)  # a rate a period; beyond it the flows are no loan
MAX_STEPS: Final = 500
MONTHS: Final = 12
DAYS: Final = 365


class CashFlowsInvalid(Refusal):
    """No single non-negative rate explains these cash flows."""

    code = "cash_flows_invalid"
    kind = Kind.INVALID
    message = "These cash flows have no annual rate: {reason}."


@dataclass(frozen=True, slots=True)
class CashFlow:
    """An amount on a day: positive when the borrower receives it, negative when the borrower pays it."""

    day: date
    amount: Money


def monthly_rate(amounts: Sequence[Money]) -> Decimal:
    """Return the rate a month of flows that are a month apart, the first at the start."""
    return _by_month(amounts).quantize(PLACES)


def annual_by_months(amounts: Sequence[Money]) -> Decimal:
    """Return the annual rate as twelve times the monthly one: the figure the cap is held against."""
    return (_by_month(amounts) * MONTHS).quantize(PLACES)


def effective_by_months(amounts: Sequence[Money]) -> Decimal:
    """Return the effective annual rate, compounded monthly."""
    return _compounded(_by_month(amounts), MONTHS)


def daily_rate(flows: Sequence[CashFlow]) -> Decimal:
    """Return the rate a day of flows on actual days."""
    return _irr(_by_day(flows)).quantize(PLACES)


def annual_by_days(flows: Sequence[CashFlow]) -> Decimal:
    """Return the annual rate as 365 times the daily one."""
    return (_irr(_by_day(flows)) * DAYS).quantize(PLACES)


def effective_by_days(flows: Sequence[CashFlow]) -> Decimal:
    """Return the effective annual rate, compounded daily over 365 days."""
    return _compounded(_irr(_by_day(flows)), DAYS)


def simple_by_days(flows: Sequence[CashFlow]) -> Decimal:
    """Return the annual rate of simple interest on actual days over 365; who shows it must say so (P-02).

    Every flow bears it up to the last day: one draw and one repayment give the nominal rate back.
    """
    by_day = _by_day(flows)
    _plausible([amount for _, amount in by_day])
    last = by_day[-1][0]
    weighted = sum(amount * (last - day) for day, amount in by_day)
    if weighted <= 0:
        raise CashFlowsInvalid(reason="nothing was outstanding")
    with localcontext(prec=DIGITS):
        return (Decimal(-sum(amount for _, amount in by_day) * DAYS) / weighted).quantize(PLACES)


def _by_month(amounts: Sequence[Money]) -> Decimal:
    return _irr([(period, amount.minor) for period, amount in enumerate(_one_currency(amounts))])


def _one_currency(amounts: Sequence[Money]) -> Sequence[Money]:
    for amount in amounts[1:]:
        if amount.currency != amounts[0].currency:
            raise CurrencyMismatch(left=amounts[0].currency, right=amount.currency)
    return amounts


def _by_day(flows: Sequence[CashFlow]) -> list[tuple[int, int]]:
    """Return net flows by days since the first, in order."""
    _one_currency([flow.amount for flow in flows])
    if not flows:
        raise CashFlowsInvalid(reason="there are none")
    first = min(flow.day for flow in flows)
    nets: dict[int, int] = {}
    for flow in flows:
        day = (flow.day - first).days
        nets[day] = nets.get(day, 0) + flow.amount.minor
    return sorted(nets.items())


def _plausible(amounts: Sequence[int]) -> None:
    """Refuse flows that cannot have exactly one non-negative rate.

    The borrower owes from the first day to the last: the running total is positive, then not (Norstrom).
    """
    running, owed = 0, False
    crossings = 0
    for amount in amounts:
        running += amount
        if (running > 0) != owed:
            crossings, owed = crossings + 1, running > 0
    if crossings == 0:
        raise CashFlowsInvalid(reason="nothing is received first")
    if running > 0:
        raise CashFlowsInvalid(reason="less is paid than received")
    if crossings > 2:
        raise CashFlowsInvalid(reason="more than one rate would fit")
    if any(amount < 0 for amount in amounts[:1]):
        raise CashFlowsInvalid(reason="the borrower pays first")


def _present_value(flows: Sequence[tuple[int, int]], rate: Decimal) -> Decimal:
    growth = 1 + rate
    return sum((amount / growth**period for period, amount in flows), Decimal(0))


def _irr(flows: Sequence[tuple[int, int]]) -> Decimal:
    """Return the rate a period at which the flows are worth nothing, by a bracketed secant (Illinois)."""
    _plausible([amount for _, amount in flows])
    with localcontext(prec=DIGITS):
        low, high = Decimal(0), Decimal("0.01")
        at_low = _present_value(flows, low)
        if at_low == 0:
            return low
        at_high = _present_value(flows, high)
        while at_high < 0:
            low, at_low = high, at_high
            high *= 4
            if high > HIGHEST:
                raise CashFlowsInvalid(reason="the rate is beyond any loan")
            at_high = _present_value(flows, high)
        for _ in range(MAX_STEPS):
            if high - low < WIDTH or at_high == 0:
                return high
            middle = high - at_high * (high - low) / (at_high - at_low)
            at_middle = _present_value(flows, middle)
            if at_middle >= 0:
                high, at_high, at_low = middle, at_middle, at_low / 2
            else:
                low, at_low, at_high = middle, at_middle, at_high / 2
        raise CashFlowsInvalid(reason="the rate does not settle")


def _compounded(rate: Decimal, periods: int) -> Decimal:
    with localcontext(prec=DIGITS):
        return ((1 + rate) ** periods - 1).quantize(PLACES)
