"""Measures test clocks: a sandbox bank made from its template, and a loan of 24 months lived in one call.

    python -m testkit.bench_clocks [--json FILE]

Makes a database of its own beside the configured one, in it a bank (whose shape the template copies), the
template and two sandboxes. One loan misses an instalment and is moved past its last due date in one call; the
other in one call a month. Their books and events are held against each other. Drops the database. The goals:
a sandbox in 2 s, the 24 months in 10 s.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import django
import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from celery import current_app  # noqa: E402

from interfaces.ops.bank_setup import create_bank  # noqa: E402
from interfaces.ops.migrations import migrate_schema  # noqa: E402
from interfaces.ops.sandbox_template import prepare_template  # noqa: E402
from testkit import clock_lives as lives  # noqa: E402
from testkit.banks import QINGLAN  # noqa: E402
from testkit.scenes import open_scene  # noqa: E402

GOALS: Final = {"sandbox_seconds": 2.0, "life_seconds": 10.0}
MONTH: Final = timedelta(days=30)


def measured() -> dict[str, Any]:
    """Live the two lives; return what they took and whether their books are the same."""
    create_bank(replace(QINGLAN, first_business_date=lives.FIRST_DAY))
    took = {"template_seconds": _seconds(prepare_template)}
    scene = open_scene("bench", banks=[QINGLAN.schema]).scene_id
    started = time.perf_counter()
    at_once, by_months = lives.sandbox(scene, "once"), lives.sandbox(scene, "months")
    took["sandbox_seconds"] = (time.perf_counter() - started) / 2
    used = time.process_time()
    took["life_seconds"] = _seconds(lambda: lives.move(at_once))
    took["python_seconds"] = time.process_time() - used
    end = lives.today(at_once)
    while (day := lives.today(by_months)) < end:
        lives.move(by_months, min(end, day + MONTH))
    one, other = lives.books(at_once), lives.books(by_months)
    days = (end - lives.FIRST_DAY).days
    return {
        **took,
        "days": days,
        "milliseconds_a_day": took["life_seconds"] / days * 1000,
        "still_owed": str(lives.owed(at_once)),
        "events": len(one["events"]),
        "entries": len(one["entries"]),
        "differing": [name for name in one if one[name] != other[name]],
        "load": os.getloadavg()[0],
    }


def _seconds(act: Any) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def main() -> int:
    """Make the database, measure, drop it; the status is 1 when the two lives differ."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args()
    current_app.conf.update(broker_url="memory://")  # nothing is left in a real queue
    known = connection.settings_dict
    database = f"{known['NAME']}_clocks_{os.getpid()}"
    address: dict[str, Any] = {
        "host": known["HOST"] or None,
        "port": known["PORT"] or None,
        "user": known["USER"] or None,
    }
    with psycopg.connect(
        dbname="postgres", password=known["PASSWORD"] or None, autocommit=True, **address
    ) as beside:
        beside.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        try:
            connection.close()
            settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = database
            migrate_schema("public")
            figures = measured()
        finally:
            connection.close()
            beside.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))
    rows = [f"{name:24} {figure}" for name, figure in figures.items()]
    rows += [
        f"{'reached' if figures[name] <= goal else 'MISSED':8} {name:16} {figures[name]:6.2f} of {goal:g}"
        for name, goal in GOALS.items()
    ]
    sys.stdout.write("\n".join(rows) + "\n")
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if figures["differing"] else 0


if __name__ == "__main__":
    sys.exit(main())
