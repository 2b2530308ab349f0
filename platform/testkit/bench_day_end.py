"""Measures the day-end over a generated book of loans, against bare scans of the same table in the same run.

    python -m testkit.bench_day_end [--loans 1000000] [--small 5000] [--days 3] [--json FILE]

Makes a database of its own beside the configured one, creates two banks in it by the real operation, fills
one with many loans and the other with few, set-based (`sql/bench_loans.sql`), runs real day-ends and drops
the database. Prints a table, then JSON. The proof runs inside every day-end, so a figure is only printed for
books that agree. On a machine that others use too, look at the ratio to the bare scan and at the CPU seconds.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import django
import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from interfaces.jobs.day_ends import end_day  # noqa: E402
from interfaces.ops.bank_setup import create_bank  # noqa: E402
from interfaces.ops.migrations import migrate_schema  # noqa: E402
from kernel.ids import new_id  # noqa: E402
from kernel.money import Money  # noqa: E402
from ledger.balances import operations as balances  # noqa: E402
from ledger.journal import operations as journal  # noqa: E402
from ledger.journal.entry import EntryDraft, Line  # noqa: E402
from lending import proofs  # noqa: E402
from lending.day_end.queries import last_runs  # noqa: E402
from lending.loans import accrual, entries  # noqa: E402
from lending.products.operations import FIRST_PRODUCT  # noqa: E402
from lending.products.queries import current_product  # noqa: E402
from plumbing.clock.queries import business_date  # noqa: E402
from plumbing.schemas import bank_schema  # noqa: E402
from testkit.banks import LIAN, QINGLAN  # noqa: E402

BARE: Final = {
    "bare scan: count and sum of outstanding": (
        "SELECT count(*), sum(outstanding) FROM loans_loan WHERE status = 'active'"
    ),
    "bare arithmetic: one day, unrounded": (
        "SELECT sum(outstanding * annual_rate / day_basis) FROM loans_loan WHERE status = 'active'"
    ),
}
CORE: Final = ("accrue_interest", "fold", "prove", "roll_date", "close_account_days")
GOALS: Final = {"whole": 60.0, "core": 10.0, "small": 1.0, "python_mb": 300.0}
HERTZ: Final = os.sysconf("SC_CLK_TCK")
PROC: Final = Path("/proc")


def generate(loans: int) -> None:
    """Fill the bank with loans and book what they amount to in one opening entry."""
    today, now = business_date(), datetime.now(UTC)
    facts: dict[str, Any] = {
        "loans": loans,
        "today": today,
        "now": now,
        "scene": new_id(),
        "product": current_product(code=FIRST_PRODUCT, on_date=today).id,
    }
    with transaction.atomic():
        accrual.hold_book(business_date=today)
        with connection.cursor() as cursor:
            cursor.execute((Path(__file__).parent / "sql" / "bench_loans.sql").read_text(), facts)
        open_books(today, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_stat_user_tables WHERE schemaname = current_schema()")
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))
    with transaction.atomic():
        balances.fold(now=now)


def open_books(today: date, now: datetime) -> None:
    """Post the opening entry: principal, interest and penalty of the generated loans against capital."""
    principal, interest, penalty = proofs.loan_totals(accrued_through=today)
    sums = (
        (entries.PRINCIPAL, principal),
        (entries.ACCRUED_INTEREST, interest),
        (entries.PENALTY_RECEIVABLE, penalty),
    )
    lines = [Line.debit(account, amount) for account, amount in sums if amount]
    capital = Line.credit("4001", Money.total(amount for _, amount in sums))
    opening = EntryDraft("bench.opening", today, today, (*lines, capital), "bench:opening")
    journal.post_entry(entry=opening, now=now)


def seconds(act: Callable[[], object]) -> float:
    """Return how long an act takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def scan(statement: str) -> Callable[[], None]:
    """Return an act that runs a statement and reads its one row."""

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.fetchone()

    return run


def backend() -> int | None:
    """Return the process of this connection's PostgreSQL backend, if it runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = int(cursor.fetchone()[0])
    try:
        return pid if (PROC / str(pid) / "comm").read_text().startswith("postgres") else None
    except OSError:
        return None


def processor_seconds(pid: int | None) -> float:
    """Return what a process has used of the processors so far; parallel workers are not counted."""
    if pid is None:
        return 0.0
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / HERTZ


def memory_mb(pid: int | None, name: str) -> float | None:
    """Return a figure of a process's memory: `VmHWM` its peak with shared buffers, `RssAnon` its own."""
    if pid is None:
        return None
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return None


def measure(days: int) -> dict[str, Any]:
    """Run day-ends and bare scans; return seconds, medians, and what the processes used."""
    walls, processors = [], []
    steps: dict[str, list[float]] = {}
    pid = backend()
    for _ in range(days):
        used, started = time.process_time() + processor_seconds(pid), time.perf_counter()
        failed = end_day(business_date())
        walls.append(time.perf_counter() - started)
        processors.append(time.process_time() + processor_seconds(pid) - used)
        if failed is not None:
            raise SystemExit(f"the proof does not hold: {failed}")
        for step in last_runs(limit=1)[0].steps:
            steps.setdefault(step.name, []).append(step.milliseconds / 1000)
    bare = {name: statistics.median(seconds(scan(text)) for _ in range(3)) for name, text in BARE.items()}
    medians = {name: statistics.median(times) for name, times in steps.items()}
    return {
        "day_end_seconds": statistics.median(walls),
        "slowest_seconds": max(walls),
        "processor_seconds": statistics.median(processors),
        "core_seconds": sum(medians.get(name, 0.0) for name in CORE),
        "steps": medians,
        "bare": bare,
        "python_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "backend_peak_mb": memory_mb(pid, "VmHWM"),
        "backend_own_mb": memory_mb(pid, "RssAnon"),
        "last_run": {step.name: step.figures for step in last_runs(limit=1)[0].steps},
    }


def show(loans: int, generated: float, result: dict[str, Any]) -> list[str]:
    """Return the table of one bank."""
    rows = ["", f"{'day-end of ' + format(loans, ',') + ' loans':44} {'seconds':>9}"]
    rows += [f"  {name:42} {took:9.3f}" for name, took in result["steps"].items()]
    whole = result["day_end_seconds"]
    rows.append(f"{'whole, median (with commits)':44} {whole:9.3f}  {loans / whole:,.0f} loans/s")
    rows.append(f"{'whole, slowest':44} {result['slowest_seconds']:9.3f}")
    rows.append(f"{'accounting core of it':44} {result['core_seconds']:9.3f}")
    rows.append(f"{'CPU: Python and its PostgreSQL backend':44} {result['processor_seconds']:9.3f}")
    accrued = result["steps"]["accrue_interest"]
    rows += [
        f"{name:44} {took:9.3f}  accrual is x{accrued / took:.1f}, all of it x{whole / took:.0f}"
        for name, took in result["bare"].items()
    ]
    memory = [("Python's peak, MB", "python_peak_mb"), ("the backend's peak, MB", "backend_peak_mb")]
    rows += [f"{name:44} {result[key]:9.0f}" for name, key in memory if result[key] is not None]
    rows.append(f"{'generated in':44} {generated:9.3f}")
    return rows


def judged(large: dict[str, Any], small: dict[str, Any] | None) -> list[str]:
    """Return what was aimed at and what was reached; a smaller book than a million is not judged."""
    reached = {
        "whole": large["day_end_seconds"],
        "core": large["core_seconds"],
        "python_mb": large["python_peak_mb"],
    }
    if small is not None:
        reached["small"] = small["day_end_seconds"]
    return [
        f"{'reached' if value <= GOALS[name] else 'MISSED':8} {name:12} {value:8.2f} of {GOALS[name]:g}"
        for name, value in reached.items()
    ]


def main() -> int:
    """Build, measure, drop."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--loans", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=5_000, help="loans of the second bank; 0 leaves it out")
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args()
    known = connection.settings_dict
    database = f"{known['NAME']}_day_end_{os.getpid()}"
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
            rows, figures = measured(asked)
        finally:
            connection.close()
            beside.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join([*rows, "", json.dumps(figures)]) + "\n")
    return 0


def measured(asked: argparse.Namespace) -> tuple[list[str], dict[str, Any]]:
    """Measure the small bank and the large one; return the table and the figures."""
    rows: list[str] = []
    figures: dict[str, Any] = {"processors": os.cpu_count(), "measured_at": datetime.now(UTC).isoformat()}
    for name, order, loans in (("small", LIAN, asked.small), ("large", QINGLAN, asked.loans)):
        if not loans:
            continue
        create_bank(order)
        with bank_schema(order.schema):
            end_day(business_date())  # of an empty bank: from here on a proof reads what changed since
            generated = seconds(partial(generate, loans))
            result = measure(asked.days)
        figures[name] = {"loans": loans, "generated_seconds": generated, **result}
        rows += show(loans, generated, result)
    if "large" in figures:
        rows += ["", *judged(figures["large"], figures.get("small"))]
    return rows, figures


if __name__ == "__main__":
    sys.exit(main())
