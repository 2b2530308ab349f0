"""What goes into a schedule and what comes out of it; units in every docstring."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from kernel.day_counts import DayCount
from kernel.money import Rounding
from kernel.periods import Period
from kernel.recurrence import MONTHLY, Frequency

MOST_ROWS: Final = 1_000
MOST_ENTRIES: Final = 200  # tranches, rate changes, pauses, payments, fees
MOST_EFFORT: Final = 20_000  # rows times changes (tranches, rate changes, pauses): about a second's work
MOST_MINOR: Final = 10**18 - 1
MOST_RATE_PPM: Final = 10_000_000
FLAT_RATE: Final = "flat_rate"  # interest is reckoned on what was lent, not on what is owed
EARLY_END: Final = "early_end"  # the given instalment repays before the last row


class Method(StrEnum):
    """How principal and interest fall due."""

    LEVEL_INSTALMENT = "level_instalment"  # the same total every period (等额本息)
    LEVEL_PRINCIPAL = "level_principal"  # the same principal every period (等额本金)
    INTEREST_FIRST = "interest_first"  # interest every period, principal at the end (先息后本)
    BULLET = "bullet"  # everything in one row at the end
    FLAT = (
        "flat"  # interest on the amount lent to the very end; products refuse it, it is shown for what it is
    )
    DAILY_INTEREST = "daily_interest"  # draw and repay on any day, interest by the day (随借随还)


class InterestBasis(StrEnum):
    """What a period counts for."""

    EQUAL_PERIODS = "equal_periods"  # a month is a twelfth of a year, a week a 52nd; odd days by day count
    ACTUAL_DAYS = "actual_days"  # each period by the day count, from its first day to its due date


class RateChangeRule(StrEnum):
    """What a new rate does to a level instalment."""

    SOLVE_AGAIN = "solve_again"  # it is solved anew for the rows due after the change is known
    KEEP_INSTALMENT = "keep_instalment"  # it stays, and the last row takes the difference


class GraceRule(StrEnum):
    """Where the interest of a grace on interest goes; it bears no interest itself."""

    NEXT_DUE = "next_due"  # all of it into the first row after the grace
    SPREAD = "spread"  # in equal parts over the rows after the grace, the odd units into the last


class FeeTiming(StrEnum):
    """When a fee falls due."""

    UPFRONT = "upfront"  # on the first day, in row 0
    EVERY_ROW = "every_row"


class FeeBasis(StrEnum):
    """What a fee's rate is a share of."""

    PRINCIPAL = "principal"  # all tranches together
    BALANCE = "balance"  # what is owed in the period, before its principal is paid


@dataclass(frozen=True, slots=True)
class Tranche:
    """An advance: the day it is paid out, and how much in minor units."""

    day: date
    minor: int


@dataclass(frozen=True, slots=True)
class RateChange:
    """A new annual rate (millionths) from a day on, that day included.

    A change known only later (`known_date` after `from_date`, back-dated) leaves the rows due by then as they
    were billed; the difference of their interest falls in the next row, a credit at most down to zero a row.
    """

    from_date: date
    rate_ppm: int
    known_date: date | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """Principal repaid on a day of a daily-interest loan, in minor units; its interest is settled with it."""

    day: date
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee: a fixed amount in minor units, or a share (millionths) of the principal or the balance."""

    code: str
    timing: FeeTiming
    minor: int = 0
    rate_ppm: int = 0
    basis: FeeBasis = FeeBasis.PRINCIPAL


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleTerms:
    """Everything a schedule follows from. Amounts are minor units, rates millionths a year.

    * `tranches`: the first one starts the schedule. A draw on a due date belongs to the next period. A later
      draw has the level instalment solved anew for the rows due after it.
    * `count` periods of `frequency`; for a bullet and a daily-interest loan they only say when it ends.
    * `first_due_date` makes an odd first period, `final_due_date` an odd last one; `anchor_day` (1 to 31) is
      the day of the month of the others when it is not that of the first. `due_dates`, one a row, are the
      same dates as the caller rolled them to workdays: they move the rows and the days of interest, while
      equal periods count as they did before the roll.
    * `interest_basis`: equal periods unless told otherwise, actual days for bullet and daily interest.
    * `instalment`: given instead of solved. `balloon`: principal left over to the last row on top.
    * `instalment_step`: the instalment is a multiple of so many minor units (100: whole yuan).
    * `principal_grace`: so many first rows pay interest only. `interest_grace`: so many first rows pay no
      interest; it is due later by `interest_grace_rule`.
    * `down_payment`: repaid on the first day, in row 0. `interest_pauses` are spans of days, and
      `interest_free_rows` numbers of rows, that bear no interest.
    """

    tranches: tuple[Tranche, ...]
    rate_ppm: int
    method: Method
    count: int = 1
    frequency: Frequency = MONTHLY
    rate_changes: tuple[RateChange, ...] = ()
    rate_change_rule: RateChangeRule = RateChangeRule.SOLVE_AGAIN
    first_due_date: date | None = None
    final_due_date: date | None = None
    anchor_day: int | None = None
    due_dates: tuple[date, ...] = ()
    day_count: DayCount = DayCount.ACT_360
    interest_basis: InterestBasis | None = None
    interest_rounding: Rounding = Rounding.HALF_UP
    instalment_rounding: Rounding = Rounding.HALF_UP
    instalment_step: int = 1
    instalment: int | None = None
    balloon: int = 0
    principal_grace: int = 0
    interest_grace: int = 0
    interest_grace_rule: GraceRule = GraceRule.NEXT_DUE
    down_payment: int = 0
    interest_pauses: tuple[Period, ...] = ()
    interest_free_rows: tuple[int, ...] = ()
    fees: tuple[Fee, ...] = ()
    payments: tuple[Payment, ...] = ()
    allow_negative_amortisation: bool = False
    currency: str = "CNY"
    currency_digits: int | None = None  # 0, 2 or 3; by the currency when left out

    @property
    def start_date(self) -> date:
        """The day of the first tranche."""
        return min(tranche.day for tranche in self.tranches)

    @property
    def principal(self) -> int:
        """All tranches together, in minor units."""
        return sum(tranche.minor for tranche in self.tranches)

    @property
    def basis(self) -> InterestBasis:
        """The interest basis, given or by the method."""
        by_day = self.method in {Method.BULLET, Method.DAILY_INTEREST}
        usual = InterestBasis.ACTUAL_DAYS if by_day else InterestBasis.EQUAL_PERIODS
        return self.interest_basis or usual

    @property
    def single(self) -> bool:
        """Whether the periods only say when the loan ends."""
        return self.method in {Method.BULLET, Method.DAILY_INTEREST}


class Row(NamedTuple):
    """One line of a schedule; row 0, if there is one, is what is paid on the first day.

    `days` are those of the day count from `period_start` to `due_date`; `drawn` was advanced in the period;
    `principal`, `interest` and `fees` are due on the day and make `total`; `balance` is the principal left.
    A tuple, because schedules are built by the million. Amounts are minor units.
    """

    number: int
    period_start: date
    due_date: date
    days: int
    drawn: int
    principal: int
    interest: int
    fees: int
    total: int
    balance: int


class Instalment(NamedTuple):
    """A level instalment in minor units, and the number of the first row that has it."""

    from_number: int
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The rows in order of their due dates, the level instalments behind them, and totals in minor units.

    `principal` is what was lent, `total` what is paid; `total - principal - fees` is the interest. `notes`
    are codes a reader must see: `flat_rate`, `early_end`.
    """

    method: Method
    currency: str
    currency_digits: int
    rows: tuple[Row, ...]
    instalments: tuple[Instalment, ...]
    principal: int
    interest: int
    fees: int
    total: int
    notes: tuple[str, ...] = ()
