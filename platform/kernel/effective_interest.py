"""Income by the effective interest method, day by day: deferred fees and discounts (CAS 22, IFRS 9 B5.4).

Pure. Flows are the borrower's, as in `kernel.apr`: the loan net of fees is received, everything else is paid.
The daily rate that makes them worth nothing is the effective rate; the gross carrying amount grows by it
every day and moves with every flow. What is earned to a day is a function of that day, rounded only when
posted: the income of a period is the difference of two rounded figures, so that a life's income adds up to
the fen. Income above the contract's interest is posted to 1303.03 (利息调整) and uses up the deferred fee.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from kernel.apr.flows import CashFlow, by_day
from kernel.apr.internal import exact_daily_rate
from kernel.apr.solving import DIGITS
from kernel.money import Rounding, round_minor
from kernel.periods import Period
from kernel.refusals import Kind, Refusal


class EstimateInvalid(Refusal):
    """The flows or the day do not belong to this estimate."""

    code = "effective_interest_invalid"
    kind = Kind.INVALID
    message = "The effective interest cannot be reckoned: {reason}."


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveInterest:
    """One estimate of a loan's flows at its effective rate; amounts in fen.

    `net_at_start` is what was lent less what was paid until the end of `start_date`, `earned_at_start_exact`
    the income from the loan's first day to it; `flows` move on later days (received above zero, paid below).
    """

    daily_rate_exact: Decimal
    start_date: date
    net_at_start: int
    earned_at_start_exact: Decimal
    flows: tuple[tuple[date, int], ...]
    rounding: Rounding = Rounding.HALF_UP

    @property
    def carrying_at_start_exact(self) -> Decimal:
        """What the loan stands at on its first day (or the day of its last estimate)."""
        return self.net_at_start + self.earned_at_start_exact

    @property
    def end_date(self) -> date:
        """The day of the last flow."""
        return self.flows[-1][0] if self.flows else self.start_date

    def carrying_exact(self, day: date) -> Decimal:
        """Return the gross carrying amount at the end of a day, after its flows (B5.4.1)."""
        if day < self.start_date:
            raise EstimateInvalid(reason=f"{day} is before {self.start_date}")
        with localcontext(prec=DIGITS):
            growth, standing, at = 1 + self.daily_rate_exact, self.carrying_at_start_exact, self.start_date
            for moved, minor in self.flows:
                if moved > day:
                    break
                standing = standing * growth ** (moved - at).days + minor
                at = moved
            return standing * growth ** (day - at).days if at < self.end_date else standing

    def net(self, day: date) -> int:
        """Return what was lent less what was paid, until the end of a day."""
        return self.net_at_start + sum(minor for moved, minor in self.flows if moved <= day)

    def earned_exact(self, day: date) -> Decimal:
        """Return the income from the first day up to, but not including, a day."""
        with localcontext(prec=DIGITS):
            return self.carrying_exact(day) - self.net(day)

    def earned(self, day: date) -> int:
        """Return the same in whole fen: what has been posted by the end of the day before."""
        return round_minor(self.earned_exact(day), self.rounding)

    def income(self, period: Period) -> int:
        """Return the income of a period in fen, by difference: periods that follow each other add up."""
        return self.earned(period.end_date) - self.earned(period.start_date)

    def adjustment(self, period: Period, *, contractual: int) -> int:
        """Return what goes to 1303.03 for a period: its income less the contract's interest of it, in fen."""
        return self.income(period) - contractual

    def carrying(self, day: date) -> int:
        """Return the gross carrying amount as posted: a whole number of fen, nothing at the end."""
        return self.net(day) + self.earned(day)


def effective_interest(
    flows: Sequence[CashFlow], *, rounding: Rounding = Rounding.HALF_UP
) -> EffectiveInterest:
    """Return the estimate at initial recognition; refuses flows that have no one rate (`kernel.apr`)."""
    nets = by_day(flows)
    rate = exact_daily_rate(flows)
    return EffectiveInterest(
        daily_rate_exact=rate,
        start_date=nets[0][0],
        net_at_start=nets[0][1],
        earned_at_start_exact=Decimal(0),
        flows=tuple(nets[1:]),
        rounding=rounding,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUp:
    """A new estimate of the flows, and what it releases (above zero) or costs on the day, in fen (B5.4.6)."""

    estimate: EffectiveInterest
    amount: int


def re_estimate(
    before: EffectiveInterest, *, on_date: date, moved: int, flows: Iterable[CashFlow]
) -> CatchUp:
    """Return the estimate after the expected flows changed on a day, at the effective rate there was.

    `moved` is what was received (above zero) or paid (below) on the day, `flows` what is expected after it.
    The carrying amount becomes their present value at the original rate, and the difference is income of the
    day at once. After a payoff there are none left, and what is still deferred is released.
    """
    if on_date < before.start_date:
        raise EstimateInvalid(reason=f"{on_date} is before {before.start_date}")
    later = by_day(tuple(flows))
    if any(day <= on_date for day, _ in later):
        raise EstimateInvalid(reason="an expected flow is not after the day")
    net = before.net(on_date) - _on(before, on_date) + moved
    earned_exact = before.earned_exact(on_date)
    with localcontext(prec=DIGITS):
        growth = 1 + before.daily_rate_exact
        worth = sum((-minor / growth ** (day - on_date).days for day, minor in later), Decimal(0))
        estimate = EffectiveInterest(
            daily_rate_exact=before.daily_rate_exact,
            start_date=on_date,
            net_at_start=net,
            earned_at_start_exact=worth - net,
            flows=tuple(later),
            rounding=before.rounding,
        )
    return CatchUp(
        estimate=estimate, amount=estimate.earned(on_date) - round_minor(earned_exact, before.rounding)
    )


def _on(estimate: EffectiveInterest, day: date) -> int:
    """Return what was expected to move on a day after the first."""
    return sum(minor for moved, minor in estimate.flows if moved == day)
