"""A loan repaid by a share of turnover (随收随还): a legal loan, not a purchase of receipts (beyond 1).

Principal, interest and an optional fixed discount are owed as on any loan; only when they fall due depends on
the day's receipts. A day's due amount is a share of them. At the end of every quarter what was paid so far
must reach a floor, a fraction of the level plan; the last day is the final maturity, when everything is due.
Whether the loan is overdue is judged by the floor alone.

Two promises hold on every path of receipts. The borrower never pays more than `disclosed_maximum`, which is
what the slowest lawful path costs. And no day's due amount is more than what would be owed at the cap: so the
annual cost (365 times the daily internal rate) is never above it, however fast the money comes back; whatever
of the discount is left then is waived.

Pure. Amounts are fen; interest is exact by fen times days and rounded when it is paid (`kernel.interest`).
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import Final

from kernel.apr import CashFlow, annual_by_days
from kernel.interest import interest_minor
from kernel.money import Money, Rounding
from kernel.rates import PPM, AnnualRate
from kernel.refusals import Kind, Refusal

ONE_DAY: Final = timedelta(days=1)
QUARTER_MONTHS: Final = 3
MONTHS: Final = 12
YEAR_DAYS: Final = 365
DIGITS: Final = 40
NO_INTEREST: Final = AnnualRate(0)
UNLIMITED: Final = 10**30


class RevenueShareInvalid(Refusal):
    """The terms contradict themselves."""

    code = "revenue_share_invalid"
    kind = Kind.INVALID
    message = "The terms of the revenue share do not hold together: {fault}."


class RevenueShareTooDear(Refusal):
    """The slowest path costs more than the cap (R-11)."""

    code = "revenue_share_too_dear"
    message = "The slowest lawful path costs {cost_percent} % a year; the cap is {cap_percent} %."


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueShare:
    """The terms; `share_ppm` of a day's receipts and `floor_ppm` of the level plan are millionths.

    The borrower receives `paid_out` and owes it with `discount`, a fixed price; `annual_rate` runs on the
    principal outstanding, by the day. `cost_cap` is an annual fraction.
    """

    paid_out: int
    start_date: date
    tenor_days: int
    share_ppm: int
    cost_cap: Decimal
    annual_rate: AnnualRate = NO_INTEREST
    discount: int = 0
    floor_ppm: int = 400_000
    rounding: Rounding = Rounding.HALF_UP

    def __post_init__(self) -> None:
        """Refuse terms that no loan can have."""
        checks = (
            (self.paid_out > 0 and self.discount >= 0, "the amounts are not in order"),
            (self.tenor_days > 0, "the tenor is not positive"),
            (0 < self.share_ppm <= PPM, "the share is not between 0 and 1"),
            (0 <= self.floor_ppm <= PPM, "the floor is not between 0 and 1"),
            (0 < self.cost_cap < 1, "the cap is not between 0 and 1"),
        )
        fault = next((text for holds, text in checks if not holds), None)
        if fault is not None:
            raise RevenueShareInvalid(fault=fault)

    @property
    def owed(self) -> int:
        """The principal: what was paid out and the discount."""
        return self.paid_out + self.discount

    @property
    def maturity_date(self) -> date:
        """The day everything is due."""
        return self.start_date + timedelta(days=self.tenor_days)

    def floors(self) -> tuple[tuple[date, int], ...]:
        """Return what must have been paid in all by the end of each quarter, and everything at maturity.

        The level plan pays the principal evenly over the tenor; the floor is rounded up to the fen.
        """
        found, quarter = [], 1
        while (day := _months_after(self.start_date, QUARTER_MONTHS * quarter)) < self.maturity_date:
            level = self.owed * (day - self.start_date).days * self.floor_ppm
            found.append((day, -(-level // (self.tenor_days * PPM))))
            quarter += 1
        return (*found, (self.maturity_date, self.owed))


@dataclass(slots=True)
class Standing:
    """A revenue share on a day: what it owes by contract and by the cap; fen, or fen times days."""

    terms: RevenueShare
    day: date
    principal: int
    at_cap_exact: Decimal  # what would be owed at the cap's daily rate
    product: int = 0
    interest_paid: int = 0
    paid: int = 0
    maximum: int = UNLIMITED
    payments: list[tuple[date, int]] = field(default_factory=list)

    @classmethod
    def opened(cls, terms: RevenueShare) -> "Standing":
        """Return the loan on the day it is paid out; refuses terms whose slowest path is above the cap."""
        maximum = disclosed_maximum(terms)
        return cls(terms, terms.start_date, terms.owed, Decimal(terms.paid_out), maximum=maximum)

    def advance(self, day: date) -> None:
        """Let the days pass: interest on the principal until maturity, the cap's balance every day."""
        if day < self.day:
            raise RevenueShareInvalid(fault=f"{day} is before {self.day}")
        interest_days = (min(day, self.terms.maturity_date) - min(self.day, self.terms.maturity_date)).days
        self.product += self.principal * interest_days
        with localcontext(prec=DIGITS):
            self.at_cap_exact *= (1 + self.terms.cost_cap / YEAR_DAYS) ** (day - self.day).days
        self.day = day

    @property
    def interest_owed(self) -> int:
        """Interest to date that is not paid, rounded as the terms say."""
        terms = self.terms
        earned = interest_minor(product=self.product, rate=terms.annual_rate, rounding=terms.rounding)
        return earned - self.interest_paid

    @property
    def payoff(self) -> int:
        """What ends the loan today: what the contract is owed, within the cap and the disclosed maximum."""
        allowed = int(self.at_cap_exact.to_integral_value(rounding=ROUND_FLOOR))
        return max(0, min(self.principal + self.interest_owed, allowed, self.maximum - self.paid))

    def due_from(self, receipts: int) -> int:
        """Return what a day's receipts make due: their share, rounded down, never more than the payoff."""
        if receipts < 0:
            return 0
        return min(receipts * self.terms.share_ppm // PPM, self.payoff)

    def top_up(self) -> int:
        """Return what is due today besides a share: up to the floor on its day, everything at maturity."""
        if self.day >= self.terms.maturity_date:
            return self.payoff
        floor = dict(self.terms.floors()).get(self.day)
        return 0 if floor is None else min(max(0, floor - self.paid), self.payoff)

    def pay(self, minor: int) -> int:
        """Use a payment, interest first; return what is more than the payoff, the borrower's credit."""
        if minor < 0:
            raise RevenueShareInvalid(fault="a payment is negative")
        ends = minor >= self.payoff
        used = self.payoff if ends else minor
        to_interest = min(used, self.interest_owed)
        self.interest_paid += to_interest
        self.principal -= used - to_interest
        self.at_cap_exact -= used
        self.paid += used
        if used:
            self.payments.append((self.day, used))
        if ends:  # whatever the cap does not allow is waived
            self.principal, self.at_cap_exact = 0, Decimal(0)
            self.product, self.interest_paid = 0, 0
        return minor - used

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing is owed any more."""
        return self.principal == 0 and self.interest_owed == 0


def follow(terms: RevenueShare, receipts: Mapping[date, int]) -> Standing:
    """Return the loan at the end of a path on which every due amount is paid on its day."""
    standing = Standing.opened(terms)
    floors = {day for day, _ in terms.floors()}
    for day in sorted({*floors, *(day for day in receipts if _within(terms, day))}):
        standing.advance(day)
        standing.pay(standing.due_from(receipts.get(day, 0)))
        standing.pay(standing.top_up())
    return standing


def annual_cost_of(standing: Standing) -> Decimal:
    """Return what a path that has ended costs in a year: 365 times the daily rate (`irr_days`)."""
    start = CashFlow(standing.terms.start_date, Money(standing.terms.paid_out))
    return annual_by_days([start, *(CashFlow(day, -Money(minor)) for day, minor in standing.payments)])


def disclosed_maximum(terms: RevenueShare) -> int:
    """Return the most the borrower ever pays in all: no receipts, only floors, and the rest at maturity.

    Refuses terms whose slowest path would cost more than the cap: there the discount could never be earned.
    """
    free = Standing(terms, terms.start_date, terms.owed, Decimal(UNLIMITED))
    for day, _ in terms.floors():
        free.advance(day)
        free.pay(free.top_up())
    cost = annual_cost_of(free)
    if cost > terms.cost_cap:
        raise RevenueShareTooDear(cost_percent=f"{cost * 100:.2f}", cap_percent=f"{terms.cost_cap * 100:.2f}")
    return free.paid


@dataclass(frozen=True, slots=True)
class Breach:
    """How far the floor was missed: fen short today, and days since the oldest floor that is not reached."""

    short: int
    days_past_due: int

    @property
    def is_breach(self) -> bool:
        """Tell whether the floor is missed."""
        return self.days_past_due > 0


def breach_on(standing: Standing) -> Breach:
    """Return whether the floor is missed on the day of a standing (C-01 and C-02 count these days).

    A floor is missed the day after its own and cured once it is reached; at the final maturity the floor is
    everything. Principal, interest and discount count together; a settled loan misses nothing.
    """
    terms, day, outstanding = standing.terms, standing.day, standing.payoff
    short = {
        floor_date: outstanding
        if floor_date == terms.maturity_date
        else min(floor - standing.paid, outstanding)
        for floor_date, floor in terms.floors()
        if floor_date < day
    }
    missed = [floor_date for floor_date, minor in short.items() if minor > 0]
    if not missed:
        return Breach(0, 0)
    return Breach(short[missed[-1]], (day - missed[0]).days)


def _within(terms: RevenueShare, day: date) -> bool:
    return terms.start_date < day <= terms.maturity_date


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * MONTHS + day.month - 1 + months, MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
