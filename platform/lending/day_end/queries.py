"""Reads of day-ends."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from kernel.refusals import Kind, Refusal
from lending.day_end.models import DayEndRun, DayEndStep, RunStatus, StepStatus
from plumbing.clock.queries import business_date


class RunNotFound(Refusal):
    """No such run."""

    code = "lending.day_end_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no day-end {run}."


@dataclass(frozen=True, slots=True)
class StepView:
    """A step: how far it is, how long it took, how often it was begun, and what it left behind."""

    name: str
    position: int
    status: str
    figures: dict[str, Any]
    rows_done: int
    rows_total: int | None
    begun_count: int
    milliseconds: int
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunView:
    """The day-end of one business date."""

    id: UUID
    business_date: date
    until_date: date | None
    status: str
    started_at: datetime
    finished_at: datetime | None
    steps: tuple[StepView, ...]

    @property
    def steps_done(self) -> int:
        """How many steps are done."""
        return sum(step.status == StepStatus.DONE for step in self.steps)

    @property
    def milliseconds(self) -> int:
        """How long the steps have worked, commits and waiting not counted."""
        return sum(step.milliseconds for step in self.steps)

    @property
    def current(self) -> StepView | None:
        """The first step that is not done."""
        return next((step for step in self.steps if step.status != StepStatus.DONE), None)


@dataclass(frozen=True, slots=True)
class DaySeconds:
    """How long a day's end worked."""

    business_date: date
    milliseconds: int


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Days that were asked for and are not ended, while nobody seems to be at work on them."""

    business_date: date
    until_date: date | None


def step_view(row: DayEndStep) -> StepView:
    """Return the frozen view of a step."""
    return StepView(
        name=row.name,
        position=row.position,
        status=row.status,
        figures=row.figures,
        rows_done=row.rows_done,
        rows_total=row.rows_total,
        begun_count=row.begun_count,
        milliseconds=row.milliseconds,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def view_of(row: DayEndRun) -> RunView:
    """Return the frozen view of a run with its steps."""
    steps = tuple(step_view(step) for step in sorted(row.steps.all(), key=lambda step: step.position))
    return RunView(
        id=row.id,
        business_date=row.business_date,
        until_date=row.until_date,
        status=row.status,
        started_at=row.started_at,
        finished_at=row.finished_at,
        steps=steps,
    )


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
    row = _unfinished().first()
    return None if row is None else view_of(row)


def _unfinished() -> QuerySet[DayEndRun]:
    return DayEndRun.objects.exclude(status=RunStatus.FINISHED).order_by("business_date")


def seconds_by_day(*, days: int = 120) -> tuple[DaySeconds, ...]:
    """Return how long the latest finished day-ends worked, oldest first."""
    rows = (
        DayEndRun.objects.filter(status=RunStatus.FINISHED)
        .annotate(worked=Sum("steps__milliseconds"))
        .order_by("-business_date")
        .values_list("business_date", "worked")[:days]
    )
    return tuple(DaySeconds(day, worked or 0) for day, worked in reversed(rows))


def left_behind(*, touched_before: datetime) -> LeftBehind | None:
    """Return the days that somebody asked for and nobody has worked on since; None when there are none.

    A run whose proof failed waits for people, not for another try.
    """
    last = DayEndRun.objects.order_by("-business_date").first()
    if last is None or last.status == RunStatus.FAILED or last.touched_at >= touched_before:
        return None
    if last.status == RunStatus.RUNNING:
        return LeftBehind(last.business_date, last.until_date)
    current = business_date()
    wanted = last.until_date is not None and last.until_date > current
    return LeftBehind(current, last.until_date) if wanted else None
