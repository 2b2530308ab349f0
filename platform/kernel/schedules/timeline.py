"""The rows of a schedule in time: their dates, and each one's rate as a whole numerator over one scale."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import lcm
from typing import Final

from kernel.day_counts import FIXED_YEAR, DayCount, days, year_fraction
from kernel.periods import Period
from kernel.rates import PPM
from kernel.recurrence import Frequency, Unit, back_from, date_at, due_dates
from kernel.schedules.checks import in_order
from kernel.schedules.reasons import CountInvalid, DateOutsideSchedule
from kernel.schedules.terms import InterestBasis, ScheduleTerms

DAYS_OF_YEAR: Final = 365
NOTHING: Final = Fraction(0)
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RateLine:
    """The annual rate over time: `ppm[i]` holds from `since[i]` up to `since[i + 1]`; pauses are zero."""

    since: tuple[date, ...]
    ppm: tuple[int, ...]

    @classmethod
    def of(cls, base_ppm: int, changes: Sequence[tuple[date, int]], pauses: Sequence[Period]) -> "RateLine":
        """Return the line of a first rate, changes in order of their days, and pauses over all of it."""
        cuts = {date.min, *(day for day, _ in changes)}
        for pause in pauses:
            cuts |= {pause.start_date, pause.end_date}
        since = tuple(sorted(cuts))
        ordered = sorted(changes, key=lambda change: change[0])
        starts = [day for day, _ in ordered]
        found = []
        for cut in since:
            at = bisect_right(starts, cut)
            rate = ordered[at - 1][1] if at else base_ppm
            found.append(0 if any(cut in pause for pause in pauses) else rate)
        return cls(since, tuple(found))

    def at(self, day: date) -> int:
        """Return which rate holds on a day."""
        return bisect_right(self.since, day) - 1


@dataclass(frozen=True, slots=True)
class Steps:
    """One numerator a row, and one for each draw inside a row, all over `scale`."""

    rows: tuple[int, ...]
    draws: dict[int, tuple[int, ...]]
    scale: int


@dataclass(slots=True)
class Timeline:
    """The periods of a schedule. `draws[i]` are the later advances of row `i`: day and amount, in order."""

    terms: ScheduleTerms
    starts: tuple[date, ...]
    dues: tuple[date, ...]
    nominal: tuple[date, ...]
    draws: dict[int, tuple[tuple[date, int], ...]]
    grid: tuple[date, ...] = ()
    known: dict[RateLine, Steps] = field(default_factory=dict)
    spans: dict[int, Fraction] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.dues)

    def days(self, at: int) -> int:
        """Return the days of a row by the day count."""
        return days(self.terms.day_count, self.starts[at], self.dues[at])

    def lengths(self) -> list[int]:
        """Return the days of every row."""
        count = self.terms.day_count
        if count is DayCount.THIRTY_360_US or count is DayCount.THIRTY_E_360:
            return [self.days(at) for at in range(len(self))]
        return [(due - start).days for start, due in zip(self.starts, self.dues, strict=True)]

    def row_due_after(self, day: date) -> int:
        """Return which row is the first to fall due after a day; the number of rows when none is."""
        return bisect_right(self.dues, day)

    def steps(self, line: RateLine) -> Steps:
        """Return every row's rate under a line, as whole numerators over one scale."""
        if line not in self.known:
            self.known[line] = self._steps(line)
        return self.known[line]

    def _steps(self, line: RateLine) -> Steps:
        plain = self._plain_steps(line)
        if plain is not None:
            return plain
        rows = [self._pieces(at, self.starts[at], line) for at in range(len(self))]
        draws = {at: [self._pieces(at, day, line) for day, _ in found] for at, found in self.draws.items()}
        every = [*rows, *(pieces for found in draws.values() for pieces in found)]
        scale = lcm(*{part.denominator for pieces in every for _, part in pieces})

        def over(pieces: list[tuple[int, Fraction]]) -> int:
            return sum(ppm * part.numerator * (scale // part.denominator) for ppm, part in pieces)

        return Steps(
            tuple(map(over, rows)),
            {at: tuple(map(over, found)) for at, found in draws.items()},
            scale * PPM,
        )

    def _plain_steps(self, line: RateLine) -> Steps | None:
        """Return the steps where one rate holds throughout and nothing is drawn inside a row."""
        terms = self.terms
        if self.draws or len(line.ppm) > 1 or terms.interest_free_rows:
            return None
        ppm = line.ppm[0]
        if terms.basis is InterestBasis.ACTUAL_DAYS:
            year = FIXED_YEAR.get(terms.day_count)
            if year is None:
                return None
            return Steps(tuple(ppm * length for length in self.lengths()), {}, year * PPM)
        if not self._is_regular():
            return None
        part = self._equal(terms.frequency)
        return Steps((ppm * part.numerator,) * len(self), {}, part.denominator * PPM)

    def _is_regular(self) -> bool:
        return not self._has_odd_start() and self.terms.final_due_date is None

    def _has_odd_start(self) -> bool:
        """Tell whether the first row may be other than one period long."""
        terms = self.terms
        moved = terms.anchor_day is not None and terms.anchor_day != self.starts[0].day
        return terms.single or terms.first_due_date is not None or moved

    def _pieces(self, at: int, since: date, line: RateLine) -> list[tuple[int, Fraction]]:
        """Return what one unit owed from `since` to the end of a row bears: rates and parts of a year."""
        if at + 1 in self.terms.interest_free_rows:
            return []
        due = self.dues[at]
        first, last = line.at(since), line.at(due - ONE_DAY)
        if first == last and since == self.starts[at]:
            return [(line.ppm[first], self._span(at))]
        found, before = [], self._elapsed(at, since)
        for piece in range(first, last + 1):
            after = self._elapsed(at, due if piece == last else line.since[piece + 1])
            found.append((line.ppm[piece], after - before))
            before = after
        return found

    def _elapsed(self, at: int, day: date) -> Fraction:
        """Return which part of a year has gone by from the start of a row to a day in it."""
        start, due = self.starts[at], self.dues[at]
        if day == start:
            return NOTHING
        if day == due:
            return self._span(at)
        if self.terms.basis is InterestBasis.ACTUAL_DAYS:
            return self._fraction(start, day)
        return self._span(at) * Fraction((day - start).days, (due - start).days)

    def _span(self, at: int) -> Fraction:
        """Return which part of a year a whole row is; the same whatever the rates."""
        found = self.spans.get(at)
        if found is None:
            by_day = self.terms.basis is InterestBasis.ACTUAL_DAYS
            found = self._fraction(self.starts[at], self.dues[at]) if by_day else self._period(at)
            self.spans[at] = found
        return found

    def _period(self, at: int) -> Fraction:
        """Return what a row counts for under equal periods: whole ones, and odd days by the day count."""
        end = self.nominal[at]
        start = self.nominal[at - 1] if at else self.starts[0]
        terms = self.terms
        is_cut = at == len(self) - 1 and terms.final_due_date is not None
        if not is_cut and not (at == 0 and self._has_odd_start()):
            return self._equal(terms.frequency)
        anchor = start.day if _steps_to(start, end, terms.frequency) else None
        if not is_cut and terms.anchor_day is not None:
            anchor = terms.anchor_day
        number, reached = back_from(end, start=start, frequency=terms.frequency, anchor_day=anchor)
        odd = Fraction(0) if reached == start else self._fraction(start, reached)
        return number * self._equal(terms.frequency) + odd

    def _equal(self, frequency: Frequency) -> Fraction:
        if frequency.unit is Unit.DAY:
            return Fraction(frequency.every, FIXED_YEAR.get(self.terms.day_count, DAYS_OF_YEAR))
        return 1 / frequency.per_year

    def _fraction(self, start: date, end: date) -> Fraction:
        if self.terms.day_count is not DayCount.ACT_ACT_ICMA:
            return year_fraction(self.terms.day_count, start, end)
        frequency = self.terms.frequency
        if frequency.days:  # every coupon period is as long, wherever it lies
            return Fraction((end - start).days, frequency.days) / frequency.per_year
        self.grid = self.grid or _grid(self.terms, self.starts[0], max(self.dues[-1], self.nominal[-1]))
        per_year = frequency.per_year
        return year_fraction(self.terms.day_count, start, end, periods=self.grid, per_year=per_year)


def _steps_to(start: date, end: date, frequency: Frequency) -> bool:
    """Tell whether a whole number of periods leads from the day of the month of `start` to `end`."""
    if frequency.unit is not Unit.MONTH:
        return False
    months = (end.year - start.year) * 12 + end.month - start.month
    number, rest = divmod(months, frequency.every)
    return not rest and date_at(anchor=start, frequency=frequency, number=number) == end


def _anchor_day(terms: ScheduleTerms, start: date) -> int | None:
    """Return the day of the month that is meant: the start's, where the first due date is one period on."""
    first = terms.first_due_date
    if terms.anchor_day is None and first is not None and _steps_to(start, first, terms.frequency):
        return start.day
    return terms.anchor_day


def _grid(terms: ScheduleTerms, start: date, end: date) -> tuple[date, ...]:
    """Return the bounds of the coupon periods around the schedule, on the days its due dates fall on."""
    anchor, day = terms.first_due_date or start, _anchor_day(terms, start)
    before, after = [anchor], [anchor]
    while before[-1] > start:
        number = -len(before)
        before.append(date_at(anchor=anchor, frequency=terms.frequency, number=number, anchor_day=day))
    while after[-1] < end:
        number = len(after)
        after.append(date_at(anchor=anchor, frequency=terms.frequency, number=number, anchor_day=day))
    return (*before[:0:-1], *after)


def lay_out(terms: ScheduleTerms) -> Timeline:
    """Return the periods of the terms; refuses dates that run backwards and draws outside of them."""
    start = terms.start_date
    nominal = _nominal(terms, start)
    dues = nominal
    if terms.due_dates:
        if len(terms.due_dates) != len(nominal):
            rows = len(nominal)
            raise CountInvalid(at="due_dates", given=len(terms.due_dates), low=rows, high=rows)
        dues = terms.due_dates
        in_order(dues, start, "due_dates")
    bounds = (start, *dues)
    if terms.payments:
        dues = _with_payments(terms, start, dues[-1])
        nominal, bounds = dues, (start, *dues)
    return Timeline(terms, bounds[:-1], dues, nominal, _draws(terms, start, dues))


def _nominal(terms: ScheduleTerms, start: date) -> tuple[date, ...]:
    """Return the due dates before anybody rolled them."""
    first, day = terms.first_due_date, _anchor_day(terms, start)
    if first is not None:
        in_order([first], start, "first_due_date")
    found = due_dates(start=start, frequency=terms.frequency, count=terms.count, first=first, anchor_day=day)
    if terms.final_due_date is not None:
        in_order([*found[:-1], terms.final_due_date], start, "final_due_date")
        found = (*found[:-1], terms.final_due_date)
    in_order(found, start, "anchor_day")
    return found[-1:] if terms.single else found


def _with_payments(terms: ScheduleTerms, start: date, maturity: date) -> tuple[date, ...]:
    """Return the days on which a daily-interest loan is paid: the payments', and its last."""
    for at, payment in enumerate(terms.payments):
        if not start < payment.day < maturity:
            raise DateOutsideSchedule(at=f"payments/{at}/date", given=payment.day, first=start, last=maturity)
    return (*sorted({payment.day for payment in terms.payments}), maturity)


def _draws(
    terms: ScheduleTerms, start: date, dues: Sequence[date]
) -> dict[int, tuple[tuple[date, int], ...]]:
    """Return the later advances by row; one on a due date belongs to the next row."""
    found: dict[int, list[tuple[date, int]]] = {}
    for at, tranche in enumerate(terms.tranches):
        if tranche.day >= dues[-1]:
            raise DateOutsideSchedule(at=f"tranches/{at}/date", given=tranche.day, first=start, last=dues[-1])
        if tranche.day > start:
            found.setdefault(bisect_right(dues, tranche.day), []).append((tranche.day, tranche.minor))
    return {row: tuple(sorted(draws)) for row, draws in found.items()}
