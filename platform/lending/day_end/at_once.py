"""The same day-end for a bank so small that saying what is done costs more than doing it: one transaction.

The steps, their order, their acts and what they leave behind are those of `operations`; only the
announcements between them are left out. Days that follow one another are committed together as long as
nobody outside has to act first, and proven together behind the last of them: no day is committed that no
proof covers. Those of them on which nothing but interest happens are not even gone through one by one
(`stretches`). Whatever fails undoes all of it, and the caller goes step by step, which says what failed.

It keeps the accrual book closed until the commit, so business waits that long: for sandboxes, not for others.
"""

import json
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from kernel.ids import new_id
from lending.day_end.models import DayEndRun, RunStatus, StepStatus
from lending.day_end.operations import DayEndOutOfOrder
from lending.day_end.steps import MOVES_DATE, PROVES, ROLLS, STEPS, Portion, Step, Work, steps_of
from lending.day_end.stretches import Ahead, Done, end_stretch, look_ahead
from lending.loans import accrual
from lending.loans.non_accrual import knowing_stopped
from lending.proofs import Since
from plumbing.clock import queries as clock_queries
from plumbing.sql import in_transaction

_ONE_DAY: Final = timedelta(days=1)
DAYS_TOGETHER: Final = 62
# The rows are many and alike: as one value they cost a fraction of what as many rows of Django's do.
_WRITE: Final = """
INSERT INTO day_end_dayendstep
       (id, run_id, position, name, status, figures, rows_done, rows_total, begun_count, milliseconds,
        started_at, finished_at)
SELECT id, run_id, position, name, %(done)s, figures, rows_done, rows_total, 1, milliseconds, %(now)s, %(now)s
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (id uuid, run_id uuid, position smallint, name text,
       figures jsonb, rows_done bigint, rows_total bigint, milliseconds integer)
"""
_WITH_LATER: Final = Portion({"findings": [], "with_later_day": True}, 0, 0)


def for_nobody(_: date) -> bool:
    """Wait for nobody: nothing happens between two days but what their ends do."""
    return False


@in_transaction
def run_at_once(
    *,
    business_date: date,
    now: datetime,
    before_date: date | None = None,
    waits: Callable[[date], bool] = for_nobody,
) -> int:
    """Do all steps of a day in this one transaction, and of the days after it up to a date; return how many.

    `waits` says of an open day whether somebody outside has to act before it can end; it is asked of each but
    the first day, and once of days that leave everything as it is. 0, and nothing done, when a day-end was
    begun before: that one is gone on with. A proof that does not hold raises `ProofFailed`, a refusal itself.
    """
    last = DayEndRun.objects.order_by("-business_date").first()
    if last is not None and last.status != RunStatus.FINISHED:
        return 0
    current = clock_queries.business_date()
    if current != business_date or (last is not None and last.business_date >= business_date):
        raise DayEndOutOfOrder(current=current, given=business_date)
    since = None if last is None else Since(last.business_date, last.started_at)
    end = business_date + _ONE_DAY
    if since is not None and before_date is not None:
        end = max(end, min(before_date, business_date + DAYS_TOGETHER * _ONE_DAY))
    days = _DaysTogether(business_date, now, since)
    with accrual.closed_book(business_date=business_date), knowing_stopped():
        days.end(end, waits)
        days.prove()
    days.write_down()
    return len(days.runs)


class _DaysTogether:
    """Ends days one after another and keeps what is to be written down of them."""

    def __init__(self, day: date, now: datetime, since: Since | None) -> None:
        self.day, self.now, self.since = day, now, since
        self.before = since  # the last day that ended, of these too
        self.runs: list[DayEndRun] = []
        self.rows: list[dict[str, Any]] = []

    def end(self, end: date, waits: Callable[[date], bool]) -> None:
        """End days up to one, or until somebody has to act."""
        while not self.runs or (self.day < end and not waits(self.day)):
            started, ahead = dict[str, Done](), self._ahead(end)
            if ahead is not None and ahead.rolls_on is not None and ahead.rolls_on <= self.day:
                started, ahead = {ROLLS: self._act(STEPS[ROLLS], self.day)}, self._ahead(end)
            last = None if ahead is None else ahead.last_day(self.day, end)
            if ahead is None or last is None:
                self._note(self.day, self._steps_done(started))
                last = self.day
            else:
                if last > self.day and waits(self.day + _ONE_DAY):
                    last = self.day
                for day, left in end_stretch(
                    from_date=self.day, to_date=last + _ONE_DAY, ahead=ahead, act=self._act, now=self.now
                ):
                    self._note(day, started | left)
                    started = {}
            self.before, self.day = Since(last, self.now), last + _ONE_DAY

    def _ahead(self, end: date) -> Ahead | None:
        """Look ahead; None before a first proof."""
        if self.before is None:
            return None
        return look_ahead(business_date=self.day, since=self.before, before_date=end)

    def _act(self, step: Step, day: date) -> Done:
        return self._done(step, day, self.before)

    def _steps_done(self, started: dict[str, Done]) -> dict[str, Done]:
        """Do the steps of a day that are not done, but for the proof."""
        done = dict(started)
        for step in steps_of(self.day):
            if step.name != PROVES and step.name not in done:
                done[step.name] = self._act(step, self.day)
            if step.name == MOVES_DATE:
                accrual.move_closed_book(business_date=self.day + _ONE_DAY)
        return done

    def _done(self, step: Step, day: date, last: Since | None) -> Done:
        """Do all portions of a step; return the last and the milliseconds they took."""
        started = time.perf_counter()
        portion = Portion(finished=False)
        while not portion.finished:
            portion = step.act(Work(day, self.now, portion.figures, lambda: last, alone=True))
        return portion, round((time.perf_counter() - started) * 1000)

    def _note(self, day: date, done: Mapping[str, Done]) -> None:
        """Keep what is to be written down of a day."""
        now = self.now
        run = DayEndRun(
            business_date=day, status=RunStatus.FINISHED, started_at=now, touched_at=now, finished_at=now
        )
        self.runs.append(run)
        for position, step in enumerate(steps_of(day), 1):
            portion, milliseconds = done.get(step.name) or (_idle(step), 0)
            self.rows.append(_row(run, position, step.name, portion, milliseconds))

    def prove(self) -> None:
        """Prove all of it, as of the end of the last day."""
        portion, milliseconds = self._done(STEPS[PROVES], self.day - _ONE_DAY, self.since)
        place = next(n for n, row in reversed(list(enumerate(self.rows))) if row["name"] == PROVES)
        run, position = self.runs[-1], self.rows[place]["position"]
        self.rows[place] = _row(run, position, PROVES, portion, milliseconds)

    def write_down(self) -> None:
        """Write the runs and their steps."""
        DayEndRun.objects.bulk_create(self.runs)
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, {"rows": json.dumps(self.rows), "now": self.now, "done": StepStatus.DONE})


def _row(run: DayEndRun, position: int, name: str, portion: Portion, milliseconds: int) -> dict[str, Any]:
    """Return what differs from step to step; the names are columns."""
    return {
        "id": new_id().hex,
        "run_id": run.id.hex,
        "position": position,
        "name": name,
        "figures": portion.figures,
        "rows_done": portion.rows_done,
        "rows_total": portion.rows_total,
        "milliseconds": milliseconds,
    }


def _idle(step: Step) -> Portion:
    return _WITH_LATER if step.name == PROVES else Portion(step.when_calm or {}, 0, 0)
