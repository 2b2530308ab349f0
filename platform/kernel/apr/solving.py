"""The one rate at which flows are worth nothing: exact decimals, a bracket that always shrinks, or a refusal.

A rate is accepted only when no other non-negative one can fit. Either the running total of the flows is
positive first and then not (Norstrom), or at the rate found the borrower owes something or nothing all the
way: then every partial sum of present values is not negative, and, since a higher rate shrinks later flows
more than earlier ones, the flows are worth more than nothing at every higher rate and less at every lower.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from typing import Final

from kernel.apr.flows import CashFlowsInvalid, crossings, require_loan
from kernel.refusals import Phrase

DIGITS: Final = 40
PLACES: Final = Decimal("1E-12")
WIDTH: Final = Decimal("1E-20")
HIGHEST: Final = Decimal(1_000_000)  # a rate a period; beyond it the flows are no loan
FIRST_GUESS: Final = Decimal("0.01")
TOLERANCE: Final = Decimal("1E-15")  # of everything that moved; what the solver's digits leave of nothing
HALVE_EVERY: Final = 4
LOAN_CROSSINGS: Final = 2

Factors = Callable[[Decimal], Sequence[Decimal]]


def solve(amounts: Sequence[int], factors: Factors) -> Decimal:
    """Return the rate a period at which the amounts, each times its discount factor, add up to nothing.

    `factors(rate)` gives a factor for each amount, in order of time: at zero all are one, and a later one
    falls faster. Runs with 40 digits; refuses flows without a rate, with more than one, or beyond any loan.
    """
    require_loan(amounts)
    with localcontext(prec=DIGITS):
        rate = _root(lambda at: _worth(amounts, factors(at)))
        if crossings(amounts) > LOAN_CROSSINGS and not _owed_throughout(amounts, factors(rate)):
            raise CashFlowsInvalid(reason=Phrase("more than one rate would fit"))
        return rate


def _worth(amounts: Sequence[int], factors: Sequence[Decimal]) -> Decimal:
    return sum((amount * factor for amount, factor in zip(amounts, factors, strict=True)), Decimal(0))


def _owed_throughout(amounts: Sequence[int], factors: Sequence[Decimal]) -> bool:
    running, least = Decimal(0), -TOLERANCE * sum(abs(amount) for amount in amounts)
    for amount, factor in zip(amounts, factors, strict=True):
        running += amount * factor
        if running < least:
            return False
    return True


def _root(worth: Callable[[Decimal], Decimal]) -> Decimal:
    """Return where a worth that is negative at zero comes up to nothing: secant steps, halved at times."""
    low, high = Decimal(0), FIRST_GUESS
    at_low = worth(low)
    if at_low == 0:
        return low
    at_high = worth(high)
    while at_high < 0:
        low, at_low, high = high, at_high, high * 4
        if high > HIGHEST:
            raise CashFlowsInvalid(reason=Phrase("the rate is beyond any loan"))
        at_high = worth(high)
    step = 0
    while high - low >= WIDTH and at_high != 0:
        step += 1
        middle = (low + high) / 2 if step % HALVE_EVERY == 0 else _secant(low, at_low, high, at_high)
        at_middle = worth(middle)
        if at_middle >= 0:
            high, at_high, at_low = middle, at_middle, at_low / 2
        else:
            low, at_low, at_high = middle, at_middle, at_high / 2
    return high


def _secant(low: Decimal, at_low: Decimal, high: Decimal, at_high: Decimal) -> Decimal:
    """Return where the chord crosses, kept off the ends so that the bracket shrinks from both."""
    margin = (high - low) / 1_000_000
    return min(max(high - at_high * (high - low) / (at_high - at_low), low + margin), high - margin)
