"""Working days: weekends, holidays and make-up workdays (M-07), and the roll of a due date (L-07)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from kernel.refusals import Kind, Refusal

SATURDAY: Final = 5
ONE_DAY: Final = timedelta(days=1)
LONGEST_CLOSURE_DAYS: Final = 60


class CalendarInvalid(Refusal):
    """The calendar contradicts itself, or never opens again."""

    code = "calendar_invalid"
    kind = Kind.INVALID
    message = "The calendar is not usable around {day}."


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off on weekdays, workdays on weekends, and the years whose list is official.

    A day in a year outside `official_years` is an estimate: a date rolled there is provisional and is
    rolled again when the State Council's list for that year is loaded.
    """

    holidays: frozenset[date]
    makeup_workdays: frozenset[date]
    official_years: frozenset[int]

    def __post_init__(self) -> None:
        """Refuse a day that is both a holiday and a make-up workday."""
        both = self.holidays & self.makeup_workdays
        if both:
            raise CalendarInvalid(day=min(both))

    @classmethod
    def of(
        cls,
        *,
        holidays: Iterable[date] = (),
        makeup_workdays: Iterable[date] = (),
        official_years: Iterable[int] = (),
    ) -> Self:
        """Return a calendar from any collections of days and years."""
        return cls(frozenset(holidays), frozenset(makeup_workdays), frozenset(official_years))

    def is_workday(self, day: date) -> bool:
        """Tell whether banks and rails work on this day."""
        if day in self.holidays:
            return False
        return day.weekday() < SATURDAY or day in self.makeup_workdays

    def next_workday(self, day: date) -> date:
        """Return the day itself when it is a workday, else the first workday after it (L-07)."""
        rolled = day
        for _ in range(LONGEST_CLOSURE_DAYS):
            if self.is_workday(rolled):
                return rolled
            rolled += ONE_DAY
        raise CalendarInvalid(day=day)

    def add_workdays(self, day: date, count: int) -> date:
        """Return the `count`-th workday after `day`: T+1 of a Friday is Monday; T+0 rolls the day."""
        if count < 0:
            raise CalendarInvalid(day=day)
        reached = day if count else self.next_workday(day)
        for _ in range(count):
            reached = self.next_workday(reached + ONE_DAY)
        return reached

    def is_provisional(self, day: date) -> bool:
        """Tell whether the year of this day is an estimate, not an official list."""
        return day.year not in self.official_years
