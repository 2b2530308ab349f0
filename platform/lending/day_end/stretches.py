"""Days on which nothing but interest happens, ended together: what each would do alone, in one act for all.

A stretch is such days with the first day that instalments fall due on at its beginning, or the first on
whose end something else happens at its end (`sql/ahead.sql`). What it leaves behind is what each day would
have left by itself: the same entries on the same days in the same order, a seal for each day, the same
account days. The steps that have something to do are those of `steps`; those that would find nothing are
left out.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import connection

from connectors.payment_rails.queries import OpenItems
from kernel.money import Money
from ledger.balances import operations as balances
from ledger.seals import operations as seals
from ledger.seals.queries import SealView, current_root
from lending.day_end.steps import (
    CLOSES,
    FOLDS,
    MOVES_DATE,
    SEALS,
    Portion,
    Step,
    accrued,
    cut_off_of,
    date_moved,
    days_closed,
    folded,
    lines_sealed,
    steps_of,
)
from lending.loans.accrual import move_closed_book
from lending.loans.accrual_days import accrue_days
from lending.loans.watch import REMINDED_DAYS_BEFORE
from lending.proofs import Since
from plumbing.clock import operations as clock
from regulation import queries as regulation
from risk.classification.queries import policy_on

_ONE_DAY: Final = timedelta(days=1)
_NONE_LATE: Final = (1,)
_WITH_LATER: Final = Portion({"with_later_day": True}, 0, 0)
_NOTHING_OPEN: Final = OpenItems(0, Money(0))
# Which of what lies ahead each step waits for; those not named find nothing while nothing else is ahead.
_WAITS_FOR: Final = {
    "classify": "classed_on",
    "switch_accrual": "classed_on",
    "run_ecl": "month_ends_on",
    "issue_statements": "stated_on",
    MOVES_DATE: "month_ends_on",
    "close_month": "month_ends_on",
    "roll_overdue": "late_on",
    "emit_reminders": "told_on",
    "close_lines": "lines_end_on",
}
Done = tuple[Portion, int]  # what a step left behind, and the milliseconds it took
Act = Callable[[Step, date], Done]


@dataclass(frozen=True, slots=True)
class Ahead:
    """The columns of `ahead.sql`, and whether some loan is late now."""

    rolls_on: date | None
    rates_change_on: date | None
    classed_on: date | None
    month_ends_on: date
    stated_on: date | None
    late_on: date | None
    told_on: date | None
    lines_end_on: date | None
    anything_goes: bool
    is_late: bool

    def last_day(self, business_date: date, before_date: date) -> date | None:
        """Return the last day of the stretch that begins here and ends before a date; None: there is none.

        The day on which something is due begins one of its own: who pays on that day has to be asked first.
        """
        starts_other = [day for day in (self.rolls_on, self.rates_change_on) if day is not None]
        if self.late_on is not None and self.late_on > business_date:
            starts_other.append(self.late_on)
        ends = [day for name in set(_WAITS_FOR.values()) if (day := getattr(self, name)) is not None]
        last = min([*ends, *(day - _ONE_DAY for day in starts_other), before_date - _ONE_DAY])
        return None if self.anything_goes or last < business_date else last

    def has_work(self, step: Step, day: date) -> bool:
        """Tell whether a step finds something to do on a stretch's last day."""
        name = _WAITS_FOR.get(step.name)
        return name is not None and getattr(self, name) == day


def look_ahead(*, business_date: date, since: Since, before_date: date) -> Ahead | None:
    """Return what lies ahead of a business date; None where a loan is late and the rules change on the way.

    The thresholds are asked for where some loan is late, and only there: they stand in many rules.
    """
    found = _looked(business_date, since, (_NONE_LATE, _NONE_LATE))
    if not found.is_late:
        return found
    known = [_thresholds(day) for day in (business_date, before_date)]
    return _looked(business_date, since, known[0]) if known[0] == known[1] else None


def _looked(day: date, since: Since, thresholds: tuple[Sequence[int], Sequence[int]]) -> Ahead:
    steps, (stops_after,) = thresholds
    known: dict[str, Any] = {
        "day": day,
        "soon": REMINDED_DAYS_BEFORE,
        "since": since.finished_from,
        "steps": list(steps),
        "stops_after": stops_after,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), known)
        return Ahead(*cursor.fetchone())


def _thresholds(day: date) -> tuple[Sequence[int], Sequence[int]]:
    """Return the days past due at which something happens to a loan, and that at which its accrual stops."""
    stops_after = int(regulation.rule("E-04", day).parameters["vat_deferred_after_days"])
    return policy_on(day)[0].day_steps, (stops_after,)


@functools.cache
def _statement() -> str:
    return (Path(__file__).parent / "sql" / "ahead.sql").read_text(encoding="utf-8")


def end_stretch(
    *, from_date: date, to_date: date, ahead: Ahead, act: Act, now: datetime
) -> Iterator[tuple[date, dict[str, Done]]]:
    """End the days from one up to another; yield what each step of each day left behind.

    `act` does a step. The caller keeps the book closed, and has rolled what falls due on the first day.
    """
    last = to_date - _ONE_DAY
    accruals = accrue_days(from_date=from_date, to_date=to_date, now=now)
    opened = from_date
    if last > from_date and any(ahead.has_work(step, last) for step in steps_of(last)):
        clock.roll(from_date=from_date, to_date=last)
        move_closed_book(business_date=last)
        opened = last
    sealed: dict[date, SealView] = {}
    done: dict[str, Done] = {}
    for step in steps_of(last):
        if ahead.has_work(step, last):
            done[step.name] = act(step, last)
        elif step.name == MOVES_DATE:
            clock.roll(from_date=opened, to_date=to_date)
        elif step.name == FOLDS:
            done[step.name] = folded(balances.fold(now=now)), 0
        elif step.name == CLOSES:
            done[step.name] = days_closed(balances.close_days(through_date=last)), 0
        elif step.name == SEALS:
            sealed = seals.seal_days(from_date=from_date, to_date=to_date, now=now)
        if step.name == MOVES_DATE:
            move_closed_book(business_date=to_date)
    first = next(iter(sealed.values()), None)
    root = current_root() if first is None else first.previous_root
    for day, posted in accruals.items():
        seal = sealed.get(day)
        root = root if seal is None else seal.root
        every = {
            "cut_off": cut_off_of(day, _NOTHING_OPEN, _NOTHING_OPEN),
            "accrue_interest": accrued(posted),
            FOLDS: _WITH_LATER,
            MOVES_DATE: date_moved(day + _ONE_DAY),
            CLOSES: _WITH_LATER,
            SEALS: lines_sealed(0 if seal is None else seal.line_count, root),
        }
        left = {name: (portion, 0) for name, portion in every.items()}
        yield day, left | done if day == last else left
