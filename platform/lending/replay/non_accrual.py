"""Which interest counts as income once a loan no longer accrues (E-01, E-04, rules 2.9). Pure, fen.

What the borrower owes does not change: only what of it stands in the books. Of everything earned from the
first day on, a part is recognised, the rest waits in memo 9002 until the money comes:

    recognised = min(earned, max(kept + net share x (earned - earned at the stop), received))

* `legacy_90d`: nothing is kept, what was not collected leaves income on the day of the stop;
* `cas22`: what was accrued until then stays in the books, covered by the allowance; after it interest is
  recognised on the net amount, exposure less allowance (40,000 less 24,000: 96.00 of 240.00).

VAT is asked of what was earned by the stop, and of the rest only once it is received (E-04).
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kernel.rates import PPM


class AccrualPolicy(StrEnum):
    """What a bank does in a fiscal year with loans that are long past due; never two in one."""

    CAS22 = "cas22"
    LEGACY_90D = "legacy_90d"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of interest of a loan that no longer accrues.

    `taxed` was earned when accrual stopped; `kept` was income when the present terms began, with `base`
    earned by then. `forgone` was given up or written off without having been income, of it `waived` given up.
    """

    taxed: int
    base: int
    kept: int
    net_ppm: int
    forgone: int = 0
    waived: int = 0

    def recognised(self, earned: int, paid: int) -> int:
        """Return what is income, of what was earned and paid so far."""
        net = (2 * max(0, earned - self.base) * self.net_ppm + PPM) // (2 * PPM)  # half up
        return min(earned - self.forgone, max(self.kept + net, paid - self.forgone))

    def taxable(self, earned: int, paid: int) -> int:
        """Return what VAT is asked of (E-04)."""
        return min(earned, max(self.taxed, paid - self.forgone))

    def in_memo(self, earned: int, paid: int) -> int:
        """Return what waits in memo."""
        return earned - self.forgone - self.recognised(earned, paid)

    def given_up(self, earned: int, *, paid: int, paid_after: int, waived: bool) -> "Waiting":
        """Return it after `paid` grew by what is owed no more: what was no income is forgone."""
        forgone = self.recognised(earned, paid_after) - self.recognised(earned, paid)
        return replace(self, forgone=self.forgone + forgone, waived=self.waived + (forgone if waived else 0))


@dataclass(frozen=True, slots=True)
class Earned:
    """Contract interest and interest on what is late (penalty and compound), earned and paid so far."""

    interest: int
    late: int
    interest_paid: int
    late_paid: int


@dataclass(frozen=True, slots=True)
class NonAccrual:
    """A loan that no longer accrues: since when, by which policy, on which allowance."""

    since: date
    policy: str
    interest: Waiting
    late: Waiting
    allowance: int = 0

    def in_memo(self, so_far: Earned) -> int:
        """Return all that waits in memo 9002."""
        interest = self.interest.in_memo(so_far.interest, so_far.interest_paid)
        return interest + self.late.in_memo(so_far.late, so_far.late_paid)

    def given_up(self, before: Earned, after: Earned, *, waived: bool) -> "NonAccrual":
        """Return it after interest was waived or written off."""
        interest = self.interest.given_up(
            after.interest, paid=before.interest_paid, paid_after=after.interest_paid, waived=waived
        )
        late = self.late.given_up(
            after.late, paid=before.late_paid, paid_after=after.late_paid, waived=waived
        )
        return replace(self, interest=interest, late=late)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTerms:
    """By which policy a loan stops accruing, and which shares of what it earns from then on are income."""

    policy: str
    net_ppm: int = 0
    net_late_ppm: int = 0
    allowance: int = 0


def stopped(current: NonAccrual | None, terms: StopTerms, *, day: date, so_far: Earned) -> NonAccrual:
    """Return a loan that stops accruing, or goes on not accruing by other terms, at the start of a day."""
    was = (None, None) if current is None else (current.interest, current.late)
    keeps = terms.policy == AccrualPolicy.CAS22
    return NonAccrual(
        since=day if current is None else current.since,
        policy=terms.policy,
        interest=_waiting(was[0], so_far.interest, so_far.interest_paid, terms.net_ppm, keeps=keeps),
        late=_waiting(was[1], so_far.late, so_far.late_paid, terms.net_late_ppm, keeps=keeps),
        allowance=terms.allowance,
    )


def _waiting(was: Waiting | None, earned: int, paid: int, net_ppm: int, *, keeps: bool) -> Waiting:
    if was is None:
        return Waiting(earned, earned, earned if keeps else 0, net_ppm if keeps else 0)
    kept = was.recognised(earned, paid) if keeps else 0
    return replace(was, base=earned, kept=kept, net_ppm=net_ppm if keeps else 0)
