"""Running day-ends: a loop of small transactions, safe to kill, to run twice and to run beside business."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from interfaces.door import enqueue, now
from interfaces.jobs.sealing import seal_decisions
from kernel.refusals import Refusal
from lending.day_end import operations as day_end
from lending.day_end.at_once import for_nobody, run_at_once
from lending.day_end.queries import StepView, get_run, left_behind, unfinished_run
from lending.day_end.steps import ProofFailed
from plumbing.clock.queries import business_date
from plumbing.schemas import current_schema

log = structlog.get_logger(__name__)

NOBODY_AT_WORK_AFTER: Final = timedelta(seconds=10)
AFTERWARDS: Final = ("jobs.reckon_graph", "jobs.oversee")  # no part of a day-end waits for these
Watcher = Callable[[date, StepView], None]


def unwatched(day: date, step: StepView) -> None:
    """Watch nothing: who wants to see a day-end reads its steps."""


def end_days(until_date: date | None = None, *, watcher: Watcher = unwatched) -> tuple[date, StepView | None]:
    """End business days until the books are open for `until_date` (by default, just the open day).

    A run that was left behind is finished first. Missed days follow one another. Returns the business date
    reached and, if a proof did not hold, the failed step: the date has not moved past that day. The workers
    are handed what looks at ended days, whoever ended them.
    """
    ended = _end_each(until_date, watcher)
    look_back()
    return ended


def look_back() -> None:
    """Hand what looks at ended days to the workers, and seal the decisions of those days."""
    for name in AFTERWARDS:
        enqueue(name, schema=current_schema())
    seal_decisions(sweep=True)


def _end_each(until_date: date | None, watcher: Watcher) -> tuple[date, StepView | None]:
    left = unfinished_run()
    if left is None and until_date is None:
        until_date = business_date() + timedelta(days=1)
    while True:
        left = unfinished_run()
        if left is None and (until_date is None or business_date() >= until_date):
            return business_date(), None
        day = left.business_date if left is not None else business_date()
        try:
            failed = end_day(day, until_date=until_date, watcher=watcher)
        except day_end.DayEndOutOfOrder:  # another worker went on in between: look again
            continue
        if failed is not None:
            return business_date(), failed


def end_day(day: date, *, until_date: date | None = None, watcher: Watcher = unwatched) -> StepView | None:
    """Run every step of one day that is not done; return the step that failed, if one did.

    The watcher is told when a step begins and after each portion of it. One transaction a portion: it also
    says that the next step has begun.
    """
    with transaction.atomic(durable=True):
        run = day_end.begin_day_end(business_date=day, now=now(), until_date=until_date)
        announced = day_end.announce_next_step(run_id=run.id, now=now())
    while True:
        if announced is not None:
            watcher(day, announced)
        step = _portions(run.id, day, watcher)
        if step is None:
            return None
        if step.status == "failed":
            log.error("day_end_failed", business_date=day.isoformat(), step=step.name, figures=step.figures)
            return step
        announced = None if watcher is unwatched else get_run(run_id=run.id).current


def end_small_days(
    day: date, *, before_date: date | None = None, waits: Callable[[date], bool] = for_nobody
) -> StepView | None:
    """End a day of a small bank in one transaction, with those after it up to a date.

    `waits` says of an open day whether somebody has to act before it ends. Step by step, and this day alone,
    where that fails; returns the failed step.
    """
    try:
        with transaction.atomic(durable=True):
            done = run_at_once(business_date=day, now=now(), before_date=before_date, waits=waits)
    except (ProofFailed, Refusal):
        done = 0
    return None if done else end_day(day)


def _portions(run_id: UUID, day: date, watcher: Watcher) -> StepView | None:
    """Do the portions of the first step that is not done; return it as it ended, None when all are done."""
    while True:
        try:
            with transaction.atomic(durable=True):
                step = day_end.run_next_step(run_id=run_id, now=now(), goes_on=True)
        except Refusal as refusal:  # the step's transaction is undone: say why, and wait for people
            with transaction.atomic(durable=True):
                step = day_end.record_refusal(run_id=run_id, code=refusal.code, text=str(refusal), now=now())
        if step is None:
            return None
        watcher(day, step)
        if step.status != "running":
            return step


def take_up() -> int:
    """Go on where a dead worker stopped: finish its day and the days it was still to end; return how many."""
    left = left_behind(touched_before=now() - NOBODY_AT_WORK_AFTER)
    if left is None:
        return 0
    log.warning("day_end_taken_up", business_date=left.business_date.isoformat())
    reached, _ = end_days(left.until_date)
    return max(1, (reached - left.business_date).days)
