"""The day-end (日终): a row of small steps, each done once, in transactions of its own (see `steps`).

Kill it anywhere: a step, or a portion of one, is recorded in the transaction that does its work, so the next
call goes on where it stopped and a second run of a finished day changes nothing. Business goes on meanwhile;
what keeps the figures exact while it does is said in `lending.loans.accrual`. No loan is locked.
"""

import time
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from kernel.refusals import Kind, Refusal
from lending.day_end.models import DayEndRun, DayEndStep, RunStatus, StepStatus
from lending.day_end.queries import RunNotFound, RunView, StepView, step_view, view_of
from lending.day_end.steps import STEPS, Portion, ProofFailed, Work, steps_of
from lending.proofs import Since
from plumbing.clock import queries as clock_queries
from plumbing.sql import in_transaction


class DayEndOutOfOrder(Refusal):
    """Days end in order, and only the day that is open."""

    code = "lending.day_end_out_of_order"
    kind = Kind.CONFLICT
    message = "The books are open for {current}; {given} cannot be ended now."


@in_transaction
def begin_day_end(*, business_date: date, now: datetime, until_date: date | None = None) -> RunView:
    """Return the run of a business date, begun now if it was not before.

    Only the open day can begin, and only after the day before has finished; an existing run is returned.
    `until_date` is remembered: whoever takes a dead run up knows how many days were wanted.
    """
    existing = DayEndRun.objects.filter(business_date=business_date).first()
    if existing is not None:
        if until_date is not None and (existing.until_date is None or existing.until_date < until_date):
            DayEndRun.objects.filter(id=existing.id).update(until_date=until_date)
        return view_of(existing)
    current = clock_queries.business_date()
    unfinished = DayEndRun.objects.exclude(status=RunStatus.FINISHED).exists()
    if unfinished or current != business_date:
        raise DayEndOutOfOrder(current=current, given=business_date)
    run, created = DayEndRun.objects.get_or_create(
        business_date=business_date,
        defaults={"started_at": now, "touched_at": now, "until_date": until_date},
    )
    if created:
        DayEndStep.objects.bulk_create(
            DayEndStep(run=run, position=position, name=step.name)
            for position, step in enumerate(steps_of(business_date), 1)
        )
    return view_of(run)


@in_transaction
def announce_next_step(*, run_id: UUID, now: datetime) -> StepView | None:
    """Say that the first step not done is being worked on, for people to see; None when all are done.

    It counts how often a step was begun: a kill in the middle leaves a second beginning behind.
    """
    run, left = _next(run_id)
    if not left:
        return None
    _announce(left[0], now)
    run.status, run.touched_at = RunStatus.RUNNING, now
    run.save(update_fields=["status", "touched_at"])
    return step_view(left[0])


def _announce(step: DayEndStep, now: datetime) -> None:
    if step.status == StepStatus.FAILED:  # tried anew, not gone on with
        step.figures, step.rows_done = {}, 0
    step.status, step.begun_count = StepStatus.RUNNING, step.begun_count + 1
    step.started_at = step.started_at or now
    step.save(update_fields=["status", "begun_count", "started_at", "figures", "rows_done"])


@in_transaction
def run_next_step(*, run_id: UUID, now: datetime, goes_on: bool = False) -> StepView | None:
    """Do the next portion of the first step that is not done; None when all are. Two callers take turns.

    Who waited for a turn brought the time from before it: nothing is done earlier than what was done last.
    A step with more portions is returned as running. A proof that does not hold is recorded as a failed step
    with its findings, and the run as failed; calling again tries it again. Who `goes_on` at once has the step
    that follows a finished one announced in the same transaction.
    """
    run, left = _next(run_id)
    now = max(now, run.touched_at)
    if not left:
        if run.status != RunStatus.FINISHED:
            _finish(run, now)
        return None
    step, *others = left
    started = time.perf_counter()
    if step.status == StepStatus.FAILED:
        step.figures, step.rows_done = {}, 0
    step.begun_count, step.started_at = step.begun_count or 1, step.started_at or now
    try:
        portion = _work(run, step, now)
    except ProofFailed as failure:
        step.figures, step.status = {"findings": failure.findings}, StepStatus.FAILED
    else:
        step.figures, step.rows_done = portion.figures, portion.rows_done
        step.rows_total = portion.rows_total
        step.status = StepStatus.DONE if portion.finished else StepStatus.RUNNING
    step.milliseconds += round((time.perf_counter() - started) * 1000)
    step.finished_at = now if step.status == StepStatus.DONE else None
    step.save()
    if step.status == StepStatus.DONE and not others:
        _finish(run, now)
        return step_view(step)
    if step.status == StepStatus.DONE and goes_on:
        _announce(others[0], now)
    run.status = RunStatus.FAILED if step.status == StepStatus.FAILED else RunStatus.RUNNING
    run.touched_at = now
    run.save(update_fields=["status", "touched_at"])
    return step_view(step)


@in_transaction
def record_refusal(*, run_id: UUID, code: str, text: str, now: datetime) -> StepView | None:
    """Record that the first step not done was refused, after its transaction was undone; the run has failed.

    The run waits for people, as after a proof that does not hold; `run_next_step` tries it again.
    """
    run, left = _next(run_id)
    if not left:
        return None
    step = left[0]
    step.status, step.figures = StepStatus.FAILED, {"refusal": code, "reason": text}
    step.save(update_fields=["status", "figures"])
    run.status, run.touched_at = RunStatus.FAILED, now
    run.save(update_fields=["status", "touched_at"])
    return step_view(step)


def _next(run_id: UUID) -> tuple[DayEndRun, list[DayEndStep]]:
    """Return the run, locked, and its steps that are not done, in their order."""
    run = DayEndRun.objects.select_for_update().filter(id=run_id).first()
    if run is None:
        raise RunNotFound(run=str(run_id))
    return run, list(run.steps.exclude(status=StepStatus.DONE).order_by("position"))


def _finish(run: DayEndRun, now: datetime) -> None:
    run.status, run.finished_at, run.touched_at = RunStatus.FINISHED, now, now
    run.save(update_fields=["status", "finished_at", "touched_at"])


def _work(run: DayEndRun, step: DayEndStep, now: datetime) -> Portion:
    """Call a step's act with memory to sort in, and what it needs to know."""
    known = STEPS[step.name]
    if known.work_memory:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('work_mem', %s, true)", [known.work_memory])
    return known.act(Work(run.business_date, now, step.figures, _since))


def _since() -> Since | None:
    """Return from where a proof reads on: the last run that was proven."""
    last = DayEndRun.objects.filter(status=RunStatus.FINISHED).order_by("-business_date").first()
    return None if last is None else Since(last.business_date, last.started_at)
