"""What of a move may happen at once, and what the borrower has to agree to first (S0-21, J8). Pure."""

from dataclasses import dataclass

from kernel.money import Money
from kernel.rates import AnnualRate


@dataclass(frozen=True, slots=True)
class LineTerms:
    """What a line offers for draws to come."""

    limit: Money
    rate: AnnualRate


@dataclass(frozen=True, slots=True)
class Move:
    """What applies now, and what is proposed on top; either may be nothing."""

    now: LineTerms | None
    proposed: LineTerms | None


def divided(current: LineTerms, wanted: LineTerms) -> Move:
    """Divide a move: a lower limit and a lower price apply at once, a higher one waits for consent.

    Prices are compared by the year of 365 days, so that a change of basis cannot hide a rise.
    """
    dearer = wanted.rate.on_basis(365) > current.rate.on_basis(365)
    higher = wanted.limit > current.limit
    at_once = LineTerms(current.limit if higher else wanted.limit, current.rate if dearer else wanted.rate)
    after = LineTerms(wanted.limit if higher else at_once.limit, wanted.rate if dearer else at_once.rate)
    return Move(now=None if at_once == current else at_once, proposed=None if after == at_once else after)
