"""Measures test clocks: a sandbox bank made from its template, and a loan of 24 months lived in one call.

    python -m testkit.bench_clocks [--kills 3] [--json FILE]

Makes a database of its own beside the configured one, in it a bank (whose shape the template copies), the
template and three sandboxes with the same loan, which misses an instalment. One is moved past its last due
date in one call; one day by day and step by step, as any bank ends its days; one in one call whose worker is
killed again and again. Their books and events are held against each other, and the webhooks of the first
against the order in which they happened. Drops the database. The goals: a sandbox in 2 s, the 24 months in
10 s. On a machine that others use as well, look at the CPU seconds.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from celery import current_app  # noqa: E402

from interfaces.jobs import day_ends, sandbox_clocks  # noqa: E402
from interfaces.ops.bank_setup import create_bank  # noqa: E402
from interfaces.ops.migrations import migrate_schema  # noqa: E402
from interfaces.ops.sandbox_template import prepare_template  # noqa: E402
from lending.day_end.queries import StepView  # noqa: E402
from testkit import clock_lives as lives  # noqa: E402
from testkit.banks import QINGLAN  # noqa: E402
from testkit.bench_rate import server_seconds  # noqa: E402
from testkit.scenes import open_scene  # noqa: E402
from testkit.scratch import scratch_database  # noqa: E402

GOALS: Final = {"sandbox_seconds": 2.0, "life_seconds": 10.0}
BETWEEN_KILLS: Final = timedelta(days=180)
PAUSE_SECONDS: Final = 0.02


def measured(database: str, kills: int) -> dict[str, Any]:
    """Live the lives; return what the first took, and whether it is the life that the others are."""
    create_bank(replace(QINGLAN, first_business_date=lives.FIRST_DAY))
    took = {"template_seconds": _seconds(prepare_template)}
    scene = open_scene("bench", banks=[QINGLAN.schema]).scene_id
    started = time.perf_counter()
    at_once, by_days, killed = (lives.sandbox(scene, name) for name in ("once", "days", "killed"))
    took["sandbox_seconds"] = (time.perf_counter() - started) / 3
    lives.listen(at_once)
    used, server = time.process_time(), server_seconds() or 0.0
    took["life_seconds"] = _seconds(lambda: lives.move(at_once))
    took["client_cpu_seconds"] = time.process_time() - used
    took["server_cpu_seconds"] = (server_seconds() or 0.0) - server  # 0 where it runs elsewhere
    end = lives.today(at_once)
    took["by_days_seconds"] = _seconds(lambda: _by_steps(by_days, end))
    struck = _killed(killed, database, kills)
    books = [lives.books(life) for life in (at_once, by_days, killed)]
    heard = lives.heard(at_once)
    return {
        **took,
        "days": (end - lives.FIRST_DAY).days,
        "still_owed": str(lives.owed(at_once)),
        "entries": len(books[0]["entries"]),
        "webhooks": len(heard),
        "webhooks_in_order": "yes" if lives.in_order(heard) else "no",
        "books_equal_day_by_day": _equal(books[0], books[1]),
        "kills": struck,
        "books_equal_killed": _equal(books[0], books[2]),
        "load": os.getloadavg()[0],
    }


def _equal(one: dict[str, Any], other: dict[str, Any]) -> str:
    differing = [name for name in one if one[name] != other[name]]
    return f"no: {', '.join(differing)}" if differing else "yes"


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _by_steps(life: lives.Sandbox, end: date) -> None:
    """Move a clock one day a call, each day ended step by step, in transactions of its own."""
    together = day_ends.end_small_days

    def step_by_step(day: date, **_: object) -> StepView | None:
        return day_ends.end_day(day)

    day_ends.end_small_days = step_by_step
    try:
        lives.move_by_days(life, end)
    finally:
        day_ends.end_small_days = together


def _killed(life: lives.Sandbox, database: str, kills: int) -> int:
    """Move a clock in one call whose worker is killed every half a year; return how often it was at work."""
    lives.begin_move(life)
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
    struck = 0
    for number in range(1, kills + 1):
        worker = subprocess.Popen(  # noqa: S603 - this module itself
            [sys.executable, "-m", "testkit.bench_clocks", "--advance", str(life.clock.id)],
            env=os.environ | {"DATABASE_URL": address},
        )
        while lives.today(life) < lives.FIRST_DAY + number * BETWEEN_KILLS and worker.poll() is None:
            time.sleep(PAUSE_SECONDS)
        struck += worker.poll() is None
        worker.kill()
        worker.wait()
    while sandbox_clocks.advance(life.clock.id) == "advancing":  # the server has yet to see that it is gone
        time.sleep(PAUSE_SECONDS)
    return struck


def main() -> int:
    """Make the database, measure, drop it; the status is 1 when the lives differ."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--advance", type=UUID, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    current_app.conf.update(broker_url="memory://")  # nothing is left in a real queue
    if asked.advance is not None:
        sandbox_clocks.advance(asked.advance)
        return 0
    with scratch_database("clocks") as database:
        migrate_schema("public")
        figures = measured(database, asked.kills)
    rows = [f"{name:24} {figure}" for name, figure in figures.items()]
    rows += [
        f"{'reached' if figures[name] <= goal else 'MISSED':8} {name:16} {figures[name]:6.2f} of {goal:g}"
        for name, goal in GOALS.items()
    ]
    sys.stdout.write("\n".join(rows) + "\n")
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    agreed = (figures[name] for name in ("webhooks_in_order", "books_equal_day_by_day", "books_equal_killed"))
    return 0 if set(agreed) == {"yes"} else 1


if __name__ == "__main__":
    sys.exit(main())
