"""What the portal and the console show of day-ends: the latest runs, one of them live, and past seconds."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from lending.day_end.queries import DaySeconds, RunView, last_runs, seconds_by_day, unfinished_run
from plumbing.clock.queries import business_date

RUNS: Final = 7
POLL_SECONDS: Final = 1
IDLE_SECONDS: Final = 10
NOTHING_NEW: Final = 204


def context_of(live_url: str) -> dict[str, Any]:
    """Return what a page about a bank's day-ends shows, in the bank's schema."""
    runs, today = last_runs(limit=RUNS), business_date()
    return {
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "runs": runs[1:],
        "chart": seconds_chart(seconds_by_day()),
        **live_of(runs[0] if runs else None, live_url),
    }


def live_of(run: RunView | None, live_url: str) -> dict[str, Any]:
    """Return what the part of the page shows that renews itself: the latest run, as far as it is."""
    running = run is not None and run.status == "running"
    return {
        "run": run,
        "running": running,
        "live_url": f"{live_url}?seen={seen(run)}",
        "poll_seconds": POLL_SECONDS if running else IDLE_SECONDS,
    }


def seen(run: RunView | None) -> str:
    """Return a word that changes when something about a run has changed that a person would see."""
    if run is None:
        return "none"
    step = run.current
    at = f"{step.begun_count}.{step.rows_done}.{step.milliseconds}" if step is not None else "end"
    return f"{run.business_date:%Y%m%d}-{run.status}-{run.steps_done}-{at}"


def live(request: HttpRequest, live_url: str) -> HttpResponse:
    """Return the part that renews itself, or nothing when its reader has seen it already."""
    runs = last_runs(limit=1)
    run = runs[0] if runs else None
    if request.GET.get("seen") == seen(run):
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "day_end_live.html", live_of(run, live_url))


def body_of() -> dict[str, Any]:
    """Return the same for a script: the business date, whether a run is under way, and the last run."""
    runs = last_runs(limit=1)
    return {
        "business_date": business_date(),
        "running": unfinished_run() is not None,
        "last_run": asdict(runs[0]) if runs else None,
    }


def seconds_chart(days: tuple[DaySeconds, ...]) -> dict[str, Any] | None:
    """Return how long past day-ends worked, as a chart; None while there is nothing to compare."""
    if len(days) < 2:
        return None
    return {
        "xAxis": {"type": "category", "data": [day.business_date.isoformat() for day in days]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "name": _("Seconds"),
                "type": "bar",
                "data": [round(day.milliseconds / 1000, 3) for day in days],
            }
        ],
    }
