"""Measures what many banks cost: creating each; migrating all, killed half-way and taken up again.

    python -m testkit.bench_banks [--banks 50]

Makes a database of its own beside the configured one, creates the banks by the real operation, takes one real
migration back in every bank, starts `migrate_banks`, kills it (SIGKILL) after a third of the banks, runs it
again, and drops the database. Prints a table, then JSON; fails when a bank is left behind or done twice.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import django
import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from interfaces.ops.bank_setup import create_bank  # noqa: E402
from interfaces.ops.migrations import migrate_schema  # noqa: E402
from plumbing.schemas import bank_schema  # noqa: E402
from testkit.banks import QINGLAN  # noqa: E402
from testkit.scratch import address_of  # noqa: E402

DATABASE: Final = "sluice_bench_banks"
TAKEN_BACK: Final = ("audit", "0001_initial")
APPLIED: Final = "1 applied"


def maintenance() -> "psycopg.Connection[tuple[Any, ...]]":
    """Open a connection to the server's own database."""
    its = connection.settings_dict
    return psycopg.connect(
        host=its["HOST"] or None,
        port=its["PORT"] or None,
        user=its["USER"] or None,
        password=its["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    )


def recreate() -> None:
    """Make the bench's database afresh and turn Django to it."""
    with maintenance() as beside:
        drop(beside)
        beside.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    connection.close()
    connection.settings_dict["NAME"] = DATABASE


def drop(beside: "psycopg.Connection[tuple[Any, ...]]") -> None:
    """Drop the bench's database."""
    beside.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE)))


def create_banks(count: int) -> list[float]:
    """Create the banks; return the seconds each took."""
    migrate_schema("public")
    took = []
    for number in range(1, count + 1):
        name = f"bank{number:03d}"
        began = time.monotonic()
        create_bank(replace(QINGLAN, schema=name, name_en=name, hosts=(f"{name}.localhost",)))
        took.append(time.monotonic() - began)
        say(f"{name} open after {took[-1]:.1f} s")
    return took


def take_back(count: int) -> None:
    """Undo one migration in every bank, so that there is one to apply."""
    for number in range(1, count + 1):
        with bank_schema(f"bank{number:03d}"):
            MigrationExecutor(connection).migrate([TAKEN_BACK])


def migrate(kill_after: int | None = None) -> tuple[float, list[str], int]:
    """Run `migrate_banks` as a process; return its seconds, the banks it said it migrated, its status."""
    manage = Path(settings.ROOT) / "manage.py"
    began, done = time.monotonic(), []
    with subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, str(manage), "migrate_banks"],
        env={**os.environ, "DATABASE_URL": address_of(DATABASE)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if APPLIED in line:
                done.append(line.split()[0])
            if kill_after is not None and len(done) == kill_after:
                process.kill()
                break
    return time.monotonic() - began, done, process.returncode


def say(text: str) -> None:
    """Write a line at once."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def measure(count: int) -> dict[str, Any]:
    """Take all measurements; raises AssertionError when a bank was left behind or migrated twice."""
    took = create_banks(count)
    nothing, none, _ = migrate()
    take_back(count)
    killed, first, status = migrate(kill_after=count // 3)
    resumed, rest, _ = migrate()
    assert not none and status != 0, (none, status)
    # The bank in whose migration the process died may have been finished without being said.
    assert len(first) + len(rest) in (count, count - 1) and not set(first) & set(rest), (first, rest)
    again, left, _ = migrate()
    assert not left, left
    return {
        "banks": count,
        "create_seconds_median": round(statistics.median(took), 2),
        "create_seconds_max": round(max(took), 2),
        "migrate_nothing_to_do_seconds": round(nothing, 2),
        "migrate_killed_after_banks": len(first),
        "migrate_killed_seconds": round(killed, 2),
        "migrate_resumed_banks": len(rest),
        "migrate_resumed_seconds": round(resumed, 2),
        "migrate_again_seconds": round(again, 2),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench banks", description=__doc__)
    parser.add_argument("--banks", type=int, default=50)
    options = parser.parse_args()
    recreate()
    try:
        figures = measure(options.banks)
    finally:
        connection.close()
        with maintenance() as beside:
            drop(beside)
    for name, value in figures.items():
        sys.stdout.write(f"{name.replace('_', ' '):<34} {value}\n")
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
