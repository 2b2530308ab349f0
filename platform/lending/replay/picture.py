"""What a loan looks like: instalments, spans of interest, balances, and what the books must hold."""

from dataclasses import dataclass, field
from datetime import date

from kernel.money import Rounding
from lending.replay.non_accrual import Earned, NonAccrual


def day_index(day: date, *, thirty: bool) -> int:
    """Return a day's number, so that the days between two days are the difference of their numbers.

    By months of thirty days the 31st has the number of the 30th; `accrue.sql` reckons the same.
    """
    return 360 * day.year + 30 * day.month + min(day.day, 30) if thirty else day.toordinal()


def divided(numerator: int, divisor: int, rounding: Rounding = Rounding.HALF_UP) -> int:
    """Return a quotient of whole numbers, not negative, rounded by name."""
    if rounding is Rounding.HALF_EVEN:
        whole, rest = divmod(numerator, divisor)
        return whole + (2 * rest > divisor or (2 * rest == divisor and whole % 2 == 1))
    bump = {Rounding.HALF_UP: divisor, Rounding.UP: 2 * divisor - 2, Rounding.DOWN: 0}[rounding]
    return (2 * numerator + bump) // (2 * divisor)


@dataclass(frozen=True, slots=True)
class Span:
    """Days over which interest accrues evenly: a period, or the part of one between two changes of terms."""

    start: date
    end: date
    interest: int

    def earned(self, day: date, *, thirty: bool) -> int:
        """Return the interest earned before a day; all of it from the end on, to the fen."""
        if day >= self.end:
            return self.interest
        if day <= self.start:
            return 0
        start, end = day_index(self.start, thirty=thirty), day_index(self.end, thirty=thirty)
        elapsed = min(max(day_index(day, thirty=thirty) - start, 0), end - start)
        return divided(self.interest * elapsed, end - start) if end > start else 0


@dataclass(slots=True)
class Row:
    """An instalment; fen. `end` is its nominal due date, `due` the day it is payable on."""

    number: int
    start: date
    end: date
    due: date
    principal: int
    interest: int
    fee: int = 0
    principal_paid: int = 0
    interest_paid: int = 0
    fee_paid: int = 0

    @property
    def principal_owed(self) -> int:
        """What of the principal is not paid."""
        return self.principal - self.principal_paid

    @property
    def interest_owed(self) -> int:
        """What of the interest is not paid."""
        return self.interest - self.interest_paid

    @property
    def fee_owed(self) -> int:
        """What of the fee is not paid."""
        return self.fee - self.fee_paid

    @property
    def owed(self) -> int:
        """What is not paid."""
        return self.principal_owed + self.interest_owed + self.fee_owed


@dataclass(frozen=True, slots=True)
class Parts:
    """How a receipt was used; fen. `excess` is the borrower's credit balance (2241)."""

    penalty: int = 0
    compound: int = 0
    fee: int = 0
    interest: int = 0
    principal: int = 0
    excess: int = 0

    @property
    def total(self) -> int:
        """The receipt."""
        return self.penalty + self.compound + self.fee + self.interest + self.principal + self.excess


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the whole log, fen: what came in, what it paid, what the bank gave up.

    `*_paid` hold what was waived or written off too: it is owed no more.
    """

    received: int = 0
    recovered: int = 0
    refunded: int = 0
    interest_paid: int = 0
    penalty_paid: int = 0
    compound_paid: int = 0
    fee_paid: int = 0
    credit: int = 0
    waived_interest: int = 0
    waived_penalty: int = 0
    written_off: int = 0

    @property
    def late_paid(self) -> int:
        """Penalty and compound interest paid."""
        return self.penalty_paid + self.compound_paid


@dataclass(frozen=True, slots=True)
class Products:
    """Overdue balances in fen x days at the penalty rate in force, and fen x days x millionths before it."""

    penalty: int = 0
    compound: int = 0
    penalty_earlier: int = 0
    compound_earlier: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A loan at one state of the books.

    `outstanding` is all principal; `overdue_*` what instalments due before `due_through` lack (1132);
    `products` are complete up to `accrued_through`. `earned` is contract interest, `penalty_earned` and
    `compound_earned` are those on what is overdue, all from the first day to `accrued_through`.
    """

    rows: tuple[Row, ...]
    version: int
    outstanding: int
    overdue_principal: int
    overdue_interest: int
    products: Products
    earned: int
    penalty_earned: int
    compound_earned: int
    totals: Totals
    running: Span
    earlier_interest: int
    rate_ppm: int
    penalty_ppm: int
    oldest_due_date: date | None
    next_roll_date: date | None
    last_end: date
    last_due: date
    parts: dict[int, Parts] = field(default_factory=dict)
    non_accrual: NonAccrual | None = None

    @property
    def so_far(self) -> Earned:
        """What was earned and paid of interest, and of penalty and compound interest."""
        late, late_paid = self.penalty_earned + self.compound_earned, self.totals.late_paid
        return Earned(self.earned, late, self.totals.interest_paid, late_paid)

    @property
    def accrued(self) -> int:
        """Interest earned that is neither paid nor in 1132 (1303.02); negative if paid in advance."""
        return self.earned - self.totals.interest_paid - self.overdue_interest

    @property
    def interest(self) -> int:
        """All interest earned and not paid."""
        return self.earned - self.totals.interest_paid

    @property
    def penalty(self) -> int:
        """Penalty interest earned and not paid."""
        return self.penalty_earned - self.totals.penalty_paid

    @property
    def compound(self) -> int:
        """Compound interest earned and not paid."""
        return self.compound_earned - self.totals.compound_paid

    @property
    def owes_nothing(self) -> bool:
        """Whether the loan is settled."""
        return self.outstanding == 0 and self.interest <= 0 and self.penalty <= 0 and self.compound <= 0

    def days_past_due(self, day: date) -> int:
        """Return how long the oldest unpaid instalment is past due."""
        return 0 if self.oldest_due_date is None else max(0, (day - self.oldest_due_date).days)
