"""What changes when a provisional year becomes official (M-07, J7 F). Pure.

Only due dates that lie ahead and are unpaid move; what has fallen due stays as it was lived. Whoever owns the
instalments passes the dates before the roll and rewrites those that come back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.calendars import LONGEST_CLOSURE_DAYS, Calendar


@dataclass(frozen=True, slots=True)
class DueDateMove:
    """A due date before the roll, where the old calendar had put it and where the new one puts it."""

    unrolled_date: date
    was_date: date
    becomes_date: date


def due_date_moves(
    *, unrolled_dates: Iterable[date], on_date: date, before: Calendar, after: Calendar
) -> tuple[DueDateMove, ...]:
    """Return the unpaid due dates that a new calendar moves, by date; none that fell due by `on_date`.

    A date never moves to a day gone by: one whose new day has passed already stays where it was.
    """
    moves = []
    for unrolled in sorted(set(unrolled_dates)):
        was, becomes = before.next_workday(unrolled), after.next_workday(unrolled)
        if was != becomes and was > on_date and becomes > on_date:
            moves.append(DueDateMove(unrolled, was, becomes))
    return tuple(moves)


def changed_days(*, year: int, before: Calendar, after: Calendar) -> tuple[date, ...]:
    """Return the days of a year on which the two calendars disagree whether banks work."""
    first = date(year, 1, 1)
    days = (first + timedelta(days=count) for count in range((date(year + 1, 1, 1) - first).days))
    return tuple(day for day in days if before.is_workday(day) != after.is_workday(day))


def rolled_anew(*, before: Calendar, after: Calendar) -> tuple[date, ...]:
    """Return the dates that two calendars roll to different workdays, in order."""
    listed = (before.holidays ^ after.holidays) | (before.makeup_workdays ^ after.makeup_workdays)
    behind = [timedelta(days=count) for count in range(LONGEST_CLOSURE_DAYS + 1)]
    near = {day - back for day in listed for back in behind}
    return tuple(sorted(day for day in near if before.next_workday(day) != after.next_workday(day)))
