"""Periods: half-open spans of days; the first day counts, the last does not (P-05)."""

from dataclasses import dataclass
from datetime import date, timedelta

from kernel.refusals import Kind, Refusal
from kernel.values import made_often


class PeriodInvalid(Refusal):
    """The period ends before it starts."""

    code = "period_invalid"
    kind = Kind.INVALID
    message = "A period cannot run from {start} to {end}."


@made_often
@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start_date` up to, but not including, `end_date`."""

    start_date: date
    end_date: date

    def __post_init__(self) -> None:
        """Refuse a period that runs backwards."""
        if self.end_date < self.start_date:
            raise PeriodInvalid(start=self.start_date, end=self.end_date)

    @property
    def days(self) -> int:
        """Actual days in the period."""
        return (self.end_date - self.start_date).days

    def __contains__(self, day: date) -> bool:
        return self.start_date <= day < self.end_date

    @classmethod
    def last_days(cls, count: int, *, before: date) -> "Period":
        """Return the `count` days that end the day before `before`."""
        return cls(before - timedelta(days=count), before)
