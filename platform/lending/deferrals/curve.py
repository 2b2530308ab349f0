"""How a deferred fee is earned, day by day, at a loan's effective rate. Pure.

What is expected of a loan has one worth at the rate that explains it without the fee, and another at the
effective rate, which explains it with the fee taken from the payout (`kernel.effective_interest`). What lies
between the two is the part of the fee that is not earned yet: all of it on the first day, nothing after the
last flow. It is the income at the effective rate less the contract's interest, both compounded daily, so that
it never runs backwards between two flows.

* A repayment ahead of its day leaves less to come: what the flows that are gone were worth is income at once
  (B5.4.6). Repaid in full, all of the rest is.
* New terms (an extension, a new rate, a new schedule) release nothing: what is left is spread over the flows
  there are from now on, as they lie (B5.4.5).
* What is late counts as if it had come on its day: a fee is not earned for waiting.
* A write-off ends the curve; what was not earned belongs to the carrying amount and lowers the loss.
* While the loan does not accrue only a share is earned of what would be: none by the older practice, that of
  the net amount under CAS 22 (E-01, E-04). Once it accrues again, or is repaid, nothing is behind.

Days are counted as the contract counts them, so that a month of 28 days and one of 31 earn alike by 30/360.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Final

from kernel.apr import CashFlow
from kernel.effective_interest import effective_interest
from kernel.money import Money, Rounding, round_minor
from kernel.rates import PPM

DIGITS: Final = 40
_ORIGIN: Final = date(2000, 1, 1)

Flows = tuple[tuple[int, int], ...]  # (day, fen paid by the borrower), days counted from the first, in order


@dataclass(frozen=True, slots=True)
class Turn:
    """A day from which other flows are expected, all after it.

    `spreads` says that the terms are new, `ends` that the loan is off the books.
    """

    day: int
    flows: Flows
    spreads: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Expected:
    """A loan as its fee sees it; fen, days as the contract counts them from the first.

    `days` holds the number of each calendar day from the first to the last on which anything is expected.
    `shares` say from which calendar day on, counted from the first, which part of what would be earned is, in
    millionths; all of it before the first of them. `lost_on` is the calendar day of a write-off.
    """

    principal: int
    flows: Flows
    turns: tuple[Turn, ...]
    days: tuple[int, ...]
    shares: tuple[tuple[int, int], ...] = ()
    lost_on: int | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """What is earned before each day from the first (`earned[0]`) on, fen; after the last it stays.

    `lost` is what a write-off found not earned.
    """

    earned: tuple[int, ...]
    lost: int = 0

    def at(self, offset: int) -> int:
        """Return what is earned so many days after the first."""
        return self.earned[min(max(offset, 0), len(self.earned) - 1)]


def curve_of(deferred: int, expected: Expected) -> Curve:
    """Return the curve of a deferred fee, fen; refuses flows that no one rate explains (`kernel.apr`)."""
    whole = _accruing(deferred, expected)
    return _held_back(deferred, whole, expected) if expected.shares else whole


def _held_back(deferred: int, whole: Curve, expected: Expected) -> Curve:
    """Return the curve of a loan that did not accrue on some of its days."""
    waiting, found = list(expected.shares), []
    last = max(len(whole.earned) - 1, waiting[-1][0]) if expected.lost_on is None else expected.lost_on
    share, since, kept = PPM, 0, 0  # of what `whole` earns above `since`, on top of what was kept by then
    for offset in range(last + 1):
        now = whole.at(offset)
        part = now if share == PPM else kept + (2 * (now - since) * share + PPM) // (2 * PPM)
        while waiting and waiting[0][0] <= offset:
            share, since, kept = waiting.pop(0)[1], now, part
            part = now if share == PPM else kept
        found.append(part)
    return Curve(tuple(found), 0 if expected.lost_on is None else deferred - found[-1])


def _accruing(deferred: int, expected: Expected) -> Curve:
    """Return the curve of a loan that accrues all the time."""
    last = max([day for day, _ in expected.flows] + [d for turn in expected.turns for d, _ in turn.flows])
    with localcontext(prec=DIGITS):
        rates = (_rate(expected, 0), _rate(expected, deferred))
        worth = _worth(expected.flows, rates, last)
        scale = deferred / worth[0]
        earned: list[int] = []
        turns = list(expected.turns)
        for day in expected.days:
            while turns and turns[0].day <= day:
                turn = turns.pop(0)
                left = scale * worth[turn.day]
                if turn.ends:
                    final = deferred - round_minor(left, Rounding.HALF_UP)
                    return Curve((*earned, final), deferred - final)
                worth = _worth(turn.flows, rates, last)
                now = worth[turn.day]
                if now and (turn.spreads or scale * now > left):
                    scale = left / now
            earned.append(deferred - round_minor(scale * worth[day], Rounding.HALF_UP))
            if earned[-1] == deferred and not turns:
                break
    return Curve(tuple(earned))


def _rate(expected: Expected, deferred: int) -> Decimal:
    """Return the rate a day that explains the flows when so much was held back."""
    flows = [CashFlow(_ORIGIN, Money(expected.principal - deferred))]
    flows += [CashFlow(_ORIGIN + timedelta(day), Money(-minor)) for day, minor in expected.flows]
    return effective_interest(flows).daily_rate_exact


def _worth(flows: Flows, rates: Sequence[Decimal], last: int) -> list[Decimal]:
    """Return, for each day up to `last`, what later flows are worth at the first rate above the second."""
    by_day = [0] * (last + 1)
    for day, minor in flows:
        by_day[day] += minor
    found = [Decimal(0)] * (last + 1)
    plain = fine = Decimal(0)
    shrink_plain, shrink_fine = (1 / (1 + rate) for rate in rates)
    for day in range(last, -1, -1):
        found[day] = plain - fine
        plain, fine = (plain + by_day[day]) * shrink_plain, (fine + by_day[day]) * shrink_fine
    return found
