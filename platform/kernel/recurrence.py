"""Recurrence: due dates counted from an anchor, each from the anchor itself and never from the one before.

A monthly date anchored on the 29th, 30th or 31st is clamped to the end of a shorter month and comes back to
its day in the next longer one: 31 January, 28 February, 31 March. A chain would stay on the 28th for ever.
"""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from kernel.refusals import Kind, Placed, Refusal, brief

MONTH_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
SHORTEST_MONTH: Final = 28
MOST_OF_UNIT: Final = {"day": 3_660, "week": 520, "month": 120}
FIRST_YEAR: Final = 1_600  # before it the calendar was another
LAST_YEAR: Final = 9_000  # beyond it nobody means what was written, and dates soon end


class FrequencyInvalid(Refusal):
    """The frequency is not a number of days, weeks or months that a loan could have."""

    code = "frequency_invalid"
    kind = Kind.INVALID
    message = "Every {every} {unit} is not a frequency."


class DateBeyondCalendar(Placed):
    """A due date lies further away than dates go, or the anchor is no day of a month."""

    code = "date_beyond_calendar"
    kind = Kind.INVALID
    message = "There is no due date number {number} from {anchor}."


class Unit(StrEnum):
    """What a period is a number of."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Frequency:
    """A period of `every` days, weeks or months."""

    unit: Unit
    every: int = 1

    def __post_init__(self) -> None:
        """Refuse none, fractions and periods longer than ten years."""
        most = MOST_OF_UNIT.get(str(self.unit), 0)
        if type(self.every) is not int or not 1 <= self.every <= most:
            raise FrequencyInvalid(every=brief(self.every), unit=brief(self.unit))

    @property
    def per_year(self) -> Fraction:
        """How many periods make a year: 12 months, 52 weeks or 365 days of them."""
        return Fraction({Unit.MONTH: 12, Unit.WEEK: 52, Unit.DAY: 365}[self.unit], self.every)

    @property
    def days(self) -> int:
        """How many days every period has; nothing where it depends on the month."""
        return 0 if self.unit is Unit.MONTH else self.every * (7 if self.unit is Unit.WEEK else 1)


DAILY: Final = Frequency(Unit.DAY)
WEEKLY: Final = Frequency(Unit.WEEK)
MONTHLY: Final = Frequency(Unit.MONTH)
QUARTERLY: Final = Frequency(Unit.MONTH, 3)
YEARLY: Final = Frequency(Unit.MONTH, 12)


def date_at(*, anchor: date, frequency: Frequency, number: int, anchor_day: int | None = None) -> date:
    """Return the date `number` periods after the anchor (before it, when negative).

    `anchor_day` is the day of the month that is meant when the anchor itself was clamped: anchored on
    28 February with day 31, the next month's date is 31 March.
    """
    try:
        if frequency.unit is not Unit.MONTH:
            found = anchor + timedelta(days=frequency.days * number)
        elif number == 0:
            return anchor
        else:
            months = anchor.year * 12 + anchor.month - 1 + frequency.every * number
            year, month = divmod(months, 12)
            found = clamped(year, month + 1, anchor_day or anchor.day)
    except (ValueError, OverflowError):
        raise DateBeyondCalendar(number=number, anchor=anchor) from None
    if found.year > LAST_YEAR:
        raise DateBeyondCalendar(number=number, anchor=anchor)
    return found


def clamped(year: int, month: int, day: int) -> date:
    """Return the day of a month, or the month's last day when it has no such day."""
    if day > SHORTEST_MONTH:
        day = min(day, 29 if month == 2 and isleap(year) else MONTH_DAYS[month - 1])
    return date(year, month, day)


def due_dates(
    *,
    start: date,
    frequency: Frequency,
    count: int,
    first: date | None = None,
    anchor_day: int | None = None,
) -> tuple[date, ...]:
    """Return `count` due dates after `start`; an odd first period ends on `first`.

    Without `first` every date is counted from the start. With it the others are counted from `first`, on its
    day of the month or on `anchor_day`. The caller checks that `first` comes after the start.
    """
    if anchor_day is not None and not 1 <= anchor_day <= 31:
        raise DateBeyondCalendar(number=anchor_day, anchor=start)
    anchor, numbers = (start, range(1, count + 1)) if first is None else (first, range(count))
    furthest = date_at(anchor=anchor, frequency=frequency, number=numbers[-1], anchor_day=anchor_day)
    if frequency.unit is Unit.MONTH:
        day = anchor_day or anchor.day
        if first is None:
            return _monthly(anchor, frequency.every, numbers, day)
        return (first, *_monthly(anchor, frequency.every, numbers[1:], day))
    step = timedelta(days=frequency.days)
    return (*(anchor + step * number for number in numbers[:-1]), furthest)


def _monthly(anchor: date, every: int, numbers: range, day: int) -> tuple[date, ...]:
    """Return monthly dates that are known to exist."""
    first = anchor.year * 12 + anchor.month - 1
    months = (divmod(first + every * number, 12) for number in numbers)
    if day <= SHORTEST_MONTH:
        return tuple([date(year, month + 1, day) for year, month in months])
    return tuple([clamped(year, month + 1, day) for year, month in months])


def back_from(
    end: date, *, start: date, frequency: Frequency, anchor_day: int | None = None
) -> tuple[int, date]:
    """Count whole periods back from `end` without passing `start`; return how many, and where they begin.

    What is left between `start` and there is the odd part of a first period.
    """
    if frequency.days:
        number, rest = divmod((end - start).days, frequency.days)
        return number, start + timedelta(days=rest)
    number, reached = 0, end
    while True:
        earlier = date_at(anchor=end, frequency=frequency, number=-(number + 1), anchor_day=anchor_day)
        if earlier < start:
            return number, reached
        number, reached = number + 1, earlier
