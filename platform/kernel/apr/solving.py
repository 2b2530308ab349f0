"""The one rate at which flows are worth nothing: exact decimals, a bracket that always shrinks, or a refusal.

A rate is accepted only when no other non-negative one can fit. Either the running total of the flows is
positive first and then not (Norstrom), or at the rate found the borrower owes something or nothing all the
way: then every partial sum of present values is not negative, and, since a higher rate shrinks later flows
more than earlier ones, the flows are worth more than nothing at every higher rate and less at every lower.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from operator import mul
from typing import Final

from kernel.apr.flows import CashFlowsInvalid, crossings, require_loan
from kernel.refusals import Phrase

DIGITS: Final = 40
PLACES: Final = Decimal("1E-12")
WIDTH: Final = Decimal("1E-20")
HIGHEST: Final = Decimal(1_000_000)  # a rate a period; beyond it the flows are no loan
FIRST_GUESS: Final = Decimal("0.01")
TOLERANCE: Final = Decimal("1E-15")  # of everything that moved; what the solver's digits leave of nothing
BEYOND_ANY_LOAN: Final = Phrase("the rate is beyond any loan")
HALVE_EVERY: Final = 4
PROBE: Final = Decimal("1E-4")  # where the first secant step looks
MOST_STEPS: Final = 20
SETTLED: Final = Decimal("1E-15")  # the step after one so small is exact to far below `WIDTH`
LOAN_CROSSINGS: Final = 2

Factors = Callable[[Decimal], Sequence[Decimal]]
Worth = Callable[[Decimal], Decimal]


def solve(amounts: Sequence[int], factors: Factors) -> Decimal:
    """Return the rate a period at which the amounts, each times its discount factor, add up to nothing.

    `factors(rate)` gives a factor for each amount, in order of time: at zero all are one, and a later one
    falls faster. Runs with 40 digits; refuses flows without a rate, with more than one, or beyond any loan.
    """
    require_loan(amounts)
    exact = [Decimal(amount) for amount in amounts]
    with localcontext(prec=DIGITS):
        rate = _root(lambda at: sum(map(mul, exact, factors(at)), Decimal(0)), Decimal(sum(amounts)))
        if crossings(amounts) > LOAN_CROSSINGS and not _owed_throughout(amounts, factors(rate)):
            raise CashFlowsInvalid(reason=Phrase("more than one rate would fit"))
        return rate


def at_places(rate: Decimal, times: int = 1) -> Decimal:
    """Return a whole multiple of a rate with twelve decimals, whatever the caller's decimal context."""
    with localcontext(prec=DIGITS):
        return (rate * times).quantize(PLACES)


def powers(base: Decimal, exponents: Sequence[int]) -> dict[int, Decimal]:
    """Return the powers of a number, each built on the one before; the exponents ascend from nothing."""
    steps: dict[int, Decimal] = {}
    found: dict[int, Decimal] = {}
    power, reached = Decimal(1), 0
    for exponent in exponents:
        gap = exponent - reached
        if gap not in steps:
            steps[gap] = base**gap
        power, reached = power * steps[gap], exponent
        found[exponent] = power
    return found


def _owed_throughout(amounts: Sequence[int], factors: Sequence[Decimal]) -> bool:
    running, least = Decimal(0), -TOLERANCE * sum(abs(amount) for amount in amounts)
    for amount, factor in zip(amounts, factors, strict=True):
        running += amount * factor
        if running < least:
            return False
    return True


def _root(worth: Worth, at_zero: Decimal) -> Decimal:
    """Return where a worth that is negative at zero comes up to nothing, from above, to `WIDTH`."""
    if at_zero == 0:
        return Decimal(0)
    near = _near(worth, at_zero)
    if near is not None:
        low, high = near - WIDTH / 2, near + WIDTH / 2
        if low > 0 and worth(low) < 0 <= worth(high):
            return high
    return _between(worth, at_zero)


def _near(worth: Worth, at_zero: Decimal) -> Decimal | None:
    """Return where secant steps settle, or None when they do not: nearly always they do, in a few steps."""
    before, at_before, here = Decimal(0), at_zero, PROBE
    for _ in range(MOST_STEPS):
        at_here = worth(here)
        if at_here == at_before:
            return None
        there = here - at_here * (here - before) / (at_here - at_before)
        if not 0 < there <= HIGHEST:
            return None
        if abs(there - here) <= SETTLED:
            return there
        before, at_before, here = here, at_here, there
    return None


def _between(worth: Worth, at_zero: Decimal) -> Decimal:
    """Return the same by a bracket that always shrinks: chords, halved at times."""
    low, at_low, high = Decimal(0), at_zero, FIRST_GUESS
    at_high = worth(high)
    while at_high < 0:
        low, at_low, high = high, at_high, high * 4
        if high > HIGHEST:
            raise CashFlowsInvalid(reason=BEYOND_ANY_LOAN)
        at_high = worth(high)
    step = 0
    while high - low >= WIDTH and at_high != 0:
        step += 1
        middle = (low + high) / 2 if step % HALVE_EVERY == 0 else _chord(low, at_low, high, at_high)
        at_middle = worth(middle)
        if at_middle >= 0:
            high, at_high, at_low = middle, at_middle, at_low / 2
        else:
            low, at_low, at_high = middle, at_middle, at_high / 2
    return high


def _chord(low: Decimal, at_low: Decimal, high: Decimal, at_high: Decimal) -> Decimal:
    """Return where the chord crosses, kept off the ends so that the bracket shrinks from both."""
    margin = (high - low) / 1_000_000
    return min(max(high - at_high * (high - low) / (at_high - at_low), low + margin), high - margin)
