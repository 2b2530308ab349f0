"""What a scheduled loan is agreed on, and what can happen to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.allocation import SCHEDULED_LOAN, PolicySet
from kernel.day_counts import DayCount
from kernel.money import Rounding
from kernel.recurrence import MONTHLY, Frequency
from kernel.schedules import Method


def unrolled(day: date) -> date:
    """Return a due date as it is: the contract rolls nothing."""
    return day


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The terms, fixed for life; fen, days, rates in millionths a year of `year_days` days.

    `roll` moves a nominal due date to the day it is payable on (L-07); interest runs by nominal dates.
    `prepayment` says what money above what is due does: keep_term, keep_instalment, next or hold.
    """

    method: Method
    principal: int
    start_date: date
    rate_ppm: int
    penalty_ppm: int
    count: int
    frequency: Frequency = MONTHLY
    anchor_day: int | None = None
    day_count: DayCount = DayCount.THIRTY_360_US
    year_days: int = 360
    rounding: Rounding = Rounding.HALF_UP
    compounds: bool = True
    principal_grace: int = 0
    interest_grace: int = 0
    prepayment: str = "keep_term"
    prepayment_fee_ppm: int = 0
    policies: PolicySet = SCHEDULED_LOAN
    roll: Callable[[date], date] = unrolled

    @property
    def counts_thirty(self) -> bool:
        """Whether interest inside a period accrues by months of thirty days."""
        return self.day_count in (DayCount.THIRTY_360_US, DayCount.THIRTY_E_360)


class EventKind(StrEnum):
    """What can happen; the values are those of the log."""

    DISBURSEMENT = "disbursement"
    REPAYMENT = "repayment"
    COUNTER_RECEIPT = "counter_receipt"
    RENEWAL = "renewal"
    REVERSAL = "reversal"
    RATE_CHANGE = "rate_change"
    EXTENSION = "extension"
    RE_AGE = "re_age"
    RE_AMORTISATION = "re_amortisation"
    WAIVER = "waiver"
    WRITE_OFF = "write_off"
    RECOVERY = "recovery"
    CREDIT_REFUND = "credit_refund"
    CREDIT_USE = "credit_use"
    PAUSE = "pause"
    DUE_DATE_MOVE = "due_date_move"
    NON_ACCRUAL = "non_accrual"
    ACCRUAL_RETURN = "accrual_return"


ACCRUAL_SWITCHES = (EventKind.NON_ACCRUAL, EventKind.ACCRUAL_RETURN)
RECEIPTS = (EventKind.REPAYMENT, EventKind.COUNTER_RECEIPT, EventKind.RENEWAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of the log; fen. Only the fields of its kind mean anything.

    * receipts: `amount`, and `choice` where the borrower said what the rest is for; credit_use says nothing:
      it is as much of the credit balance as is due;
    * reversal: `reverses`, the sequence of the row that is taken back;
    * rate_change: `rate_ppm`, `penalty_ppm`;
    * extension, re_age, re_amortisation: `count` rows from the running one;
    * pause: no interest from `since`, or the value date, up to `through`, where a period ends;
    * due_date_move: `moves`, by nominal due date the day it is payable on from now on;
    * waiver: `interest`, `penalty`, `compound`; write_off: `through`, the day accrued to when it was booked;
    * non_accrual: `policy`, its shares, and `count`, the days past due without which it is nothing; a return
      to accrual counts where nothing is past due.
    """

    sequence: int
    kind: EventKind
    value_date: date
    amount: int = 0
    choice: str = ""
    reverses: int | None = None
    rate_ppm: int = 0
    penalty_ppm: int = 0
    count: int = 0
    interest: int = 0
    penalty: int = 0
    compound: int = 0
    through: date | None = None
    since: date | None = None
    moves: tuple[tuple[date, date], ...] = ()
    policy: str = ""
    net_ppm: int = 0
    net_late_ppm: int = 0
    allowance: int = 0


@dataclass(frozen=True, slots=True)
class AsOf:
    """Where the books stand: the open business date, interest accrued before a day, dues rolled before a day.

    Neither `accrued_through` nor `due_through` lies before the business date or after the next.
    """

    business_date: date
    accrued_through: date
    due_through: date
