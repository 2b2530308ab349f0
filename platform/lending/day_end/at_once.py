"""The same day-end for a bank so small that saying what is done costs more than doing it: one transaction.

The steps, their order, their acts and what they leave behind are those of `operations`; only the
announcements between them are left out. Days on which nothing but interest happens (`sql/calm_until.sql`) are
committed together, and proven together by the last of them: no day is committed that no proof covers.
Whatever fails undoes all of it, and the caller goes step by step, which says what failed.

It keeps the accrual book closed until the commit, so business waits that long: for sandboxes, not for others.
"""

import functools
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import connection

from lending.day_end.models import DayEndRun, DayEndStep, RunStatus, StepStatus
from lending.day_end.operations import DayEndOutOfOrder
from lending.day_end.steps import MOVES_DATE, PROVES, Step, Work, steps_of
from lending.loans import accrual
from lending.loans.non_accrual import knowing_stopped
from lending.loans.watch import REMINDED_DAYS_BEFORE
from lending.proofs import Since
from plumbing.clock import queries as clock_queries
from plumbing.sql import in_transaction

_ONE_DAY: Final = timedelta(days=1)
DAYS_TOGETHER: Final = 31


@in_transaction
def run_at_once(*, business_date: date, now: datetime, before_date: date | None = None) -> int:
    """Do all steps of a day in this one transaction, or of calm days up to a date; return how many days.

    0, and nothing done, when a day-end was begun before: that one is gone on with. A proof that does not hold
    raises `ProofFailed`, a refusal itself.
    """
    last = DayEndRun.objects.order_by("-business_date").first()
    if last is not None and last.status != RunStatus.FINISHED:
        return 0
    current = clock_queries.business_date()
    if current != business_date or (last is not None and last.business_date >= business_date):
        raise DayEndOutOfOrder(current=current, given=business_date)
    since = None if last is None else Since(last.business_date, last.started_at)
    days = _DaysTogether(now, since)
    with accrual.closed_book(business_date=business_date), knowing_stopped():
        calm_days = _calm_days(business_date, since, before_date)
        for number in range(calm_days):
            day = business_date + number * _ONE_DAY
            days.end(day, calm=True, proven=number == calm_days - 1)
        if not calm_days:
            days.end(business_date, calm=False, proven=True)
    days.write_down()
    return max(1, calm_days)


def _calm_days(day: date, since: Since | None, before_date: date | None) -> int:
    """Return how many days from this one on are calm, at most up to a date; none before a first proof."""
    if since is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"day": day, "soon": REMINDED_DAYS_BEFORE, "since": since.finished_from})
        first_other: date = cursor.fetchone()[0]
    until = min(first_other, before_date or day + _ONE_DAY)
    return min(DAYS_TOGETHER, max(0, (until - day).days))


@functools.cache
def _statement() -> str:
    return (Path(__file__).parent / "sql" / "calm_until.sql").read_text(encoding="utf-8")


class _DaysTogether:
    """Ends days one after another and keeps what is to be written down of them."""

    def __init__(self, now: datetime, since: Since | None) -> None:
        self.now, self.since = now, since
        self.runs: list[DayEndRun] = []
        self.rows: list[DayEndStep] = []

    def end(self, day: date, *, calm: bool, proven: bool) -> None:
        """Do the steps of a day."""
        run = DayEndRun(
            business_date=day,
            status=RunStatus.FINISHED,
            started_at=self.now,
            touched_at=self.now,
            finished_at=self.now,
        )
        self.runs.append(run)
        for position, step in enumerate(steps_of(day), 1):
            idle = step.when_calm if calm else None
            if step.name == PROVES and not proven:
                idle = {"findings": [], "with_later_day": True}
            self.rows.append(self._row(run, position, step, idle, calm))
            if step.name == MOVES_DATE:
                accrual.move_closed_book(business_date=day + _ONE_DAY)

    def _row(
        self, run: DayEndRun, position: int, step: Step, idle: dict[str, Any] | None, calm: bool
    ) -> DayEndStep:
        """Do all portions of a step, if it has anything to do, and return its row."""
        started, figures, done, total = time.perf_counter(), dict[str, Any](), 0, 0
        finished = idle is not None
        while not finished:
            portion = step.act(
                Work(run.business_date, self.now, figures, lambda: self.since, alone=True, calm=calm)
            )
            figures, finished = portion.figures, portion.finished
            done, total = portion.rows_done, portion.rows_total or 0
        return DayEndStep(
            run=run,
            position=position,
            name=step.name,
            status=StepStatus.DONE,
            figures=figures if idle is None else idle,
            rows_done=done,
            rows_total=total,
            begun_count=1,
            milliseconds=round((time.perf_counter() - started) * 1000),
            started_at=self.now,
            finished_at=self.now,
        )

    def write_down(self) -> None:
        """Write the runs and their steps."""
        DayEndRun.objects.bulk_create(self.runs)
        DayEndStep.objects.bulk_create(self.rows)
