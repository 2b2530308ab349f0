"""Reads of day-ends."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kernel.refusals import Kind, Refusal
from lending.day_end.models import DayEndRun, DayEndStep, RunStatus


class RunNotFound(Refusal):
    """No such run."""

    code = "lending.day_end_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no day-end {run}."


@dataclass(frozen=True, slots=True)
class StepView:
    """A step and what it left behind."""

    name: str
    position: int
    status: str
    figures: dict[str, Any]
    milliseconds: int | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunView:
    """The day-end of one business date."""

    id: UUID
    business_date: date
    status: str
    started_at: datetime
    finished_at: datetime | None
    steps: tuple[StepView, ...]


def step_view(row: DayEndStep) -> StepView:
    """Return the frozen view of a step."""
    return StepView(row.name, row.position, row.status, row.figures, row.milliseconds, row.finished_at)


def view_of(row: DayEndRun) -> RunView:
    """Return the frozen view of a run with its steps."""
    steps = tuple(step_view(step) for step in row.steps.order_by("position"))
    return RunView(row.id, row.business_date, row.status, row.started_at, row.finished_at, steps)


def get_run(*, run_id: UUID) -> RunView:
    """Return one run."""
    row = DayEndRun.objects.filter(id=run_id).first()
    if row is None:
        raise RunNotFound(run=str(run_id))
    return view_of(row)


def last_runs(*, limit: int = 10) -> tuple[RunView, ...]:
    """Return the latest runs, newest first."""
    rows = DayEndRun.objects.prefetch_related("steps").order_by("-business_date")[:limit]
    return tuple(view_of(row) for row in rows)


def unfinished_run() -> RunView | None:
    """Return the run that is under way or failed its proof, if there is one."""
    row = DayEndRun.objects.exclude(status=RunStatus.FINISHED).order_by("business_date").first()
    return None if row is None else view_of(row)
