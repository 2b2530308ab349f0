"""Measures the day-end over a generated book of loans, against bare scans of the same table in the same run.

    python -m testkit.bench_day_end [--loans 1000000] [--small 5000] [--days 4] [--json FILE]

Makes a database of its own beside the configured one, creates two banks in it by the real operation, fills
one with many loans and the other with few (`testkit.bench_book`: 12 instalments a loan), runs real day-ends
and drops the database. The first day classifies the whole book and is told apart; the days after it are
ordinary ones and a month's end with its expected loss. Before each of them borrowers pay at the counter, by
the real operation. Prints a table, then JSON. The proof runs inside every day-end, so a figure is only shown
for books that agree; the small bank's whole log is proven too. On a machine that others use as well, look at
the ratio to the bare scan and at the CPU seconds.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import django
from django.db import connection, transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from interfaces.jobs.day_ends import end_day  # noqa: E402
from interfaces.ops.bank_setup import create_bank  # noqa: E402
from interfaces.ops.migrations import migrate_schema  # noqa: E402
from kernel.money import Money  # noqa: E402
from lending.day_end.queries import last_runs  # noqa: E402
from lending.day_end.steps import ends_month  # noqa: E402
from lending.loans.queries import overdue_loans  # noqa: E402
from lending.proofs import check_loans  # noqa: E402
from lending.repayments import operations as repayments  # noqa: E402
from plumbing.clock.queries import business_date  # noqa: E402
from plumbing.schemas import bank_schema  # noqa: E402
from testkit.banks import LIAN, QINGLAN  # noqa: E402
from testkit.bench_book import generate  # noqa: E402
from testkit.bench_quotes import quotes  # noqa: E402
from testkit.scratch import scratch_database  # noqa: E402

FIRST_DAY: Final = date(
    2026, 11, 26
)  # an empty day, the first with loans, then four: the third ends the month
PAID: Final = Money.parse("500.00")  # by each borrower who pays at the counter
BARE: Final = {
    "bare scan: count and sum of outstanding": (
        "SELECT count(*), sum(outstanding) FROM loans_loan WHERE status = 'active'"
    ),
    "bare arithmetic: one day, unrounded": (
        "SELECT sum(outstanding * annual_rate / day_basis) FROM loans_loan WHERE status = 'active'"
    ),
    "bare scan: sum of what instalments lack": (
        "SELECT count(*), sum(principal_due - principal_paid) FROM loans_instalment"
    ),
}
CORE: Final = ("accrue_interest", "fold", "prove", "roll_date", "close_account_days")
GOALS: Final = {"whole": 60.0, "month_end": 60.0, "core": 10.0, "small": 1.0, "python_mb": 300.0}
HERTZ: Final = os.sysconf("SC_CLK_TCK")
PROC: Final = Path("/proc")


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


def pay(count: int) -> None:
    """Let borrowers who are late pay at the counter, each in a transaction of its own."""
    today = business_date()
    for number, loan in enumerate(overdue_loans(on_date=today, limit=count), 1):
        with transaction.atomic():
            repayments.record_counter_receipt(
                loan_id=loan.id,
                amount=PAID,
                received_date=today,
                receipt_no=f"bench-{today}-{number}",
                recorded_by="counter@bench.example",
                now=datetime.now(UTC),
                business_date=today,
            )


def one_day(payments: int, pid: int | None) -> dict[str, Any]:
    """Take payments, end the day and return its figures; stop where the proof does not hold."""
    day = business_date()
    pay(payments)
    used, started = time.process_time() + processor_seconds(pid), time.perf_counter()
    failed = end_day(day)
    wall = time.perf_counter() - started
    if failed is not None:
        raise SystemExit(f"the proof does not hold: {failed}")
    steps = last_runs(limit=1)[0].steps
    return {
        "date": day.isoformat(),
        "ends_month": ends_month(day),
        "seconds": wall,
        "processor_seconds": time.process_time() + processor_seconds(pid) - used,
        "steps": {step.name: step.milliseconds / 1000 for step in steps},
        "figures": {step.name: step.figures for step in steps if step.name != "prove"},
        "load": os.getloadavg()[0],
    }


def measure(days: int, payments: int) -> dict[str, Any]:
    """Run day-ends and bare scans; return every day, medians of the ordinary ones, and the memory used."""
    pid = backend()
    first = one_day(payments, pid)
    run = [one_day(payments, pid) for _ in range(days)]
    ordinary = [day for day in run if not day["ends_month"]] or run
    names = ordinary[0]["steps"]
    medians = {name: statistics.median(day["steps"][name] for day in ordinary) for name in names}
    months = [day for day in run if day["ends_month"]]
    bare = {name: statistics.median(seconds(scan(text)) for _ in range(3)) for name, text in BARE.items()}
    return {
        "day_end_seconds": statistics.median(day["seconds"] for day in ordinary),
        "processor_seconds": statistics.median(day["processor_seconds"] for day in ordinary),
        "core_seconds": sum(medians.get(name, 0.0) for name in CORE),
        "steps": medians,
        "month_end": months[0] if months else None,
        "first_day": first,
        "days": run,
        "bare": bare,
        "payments_a_day": payments,
        "python_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "backend_peak_mb": memory_mb(pid, "VmHWM"),
        "backend_own_mb": memory_mb(pid, "RssAnon"),
    }


def show(loans: int, result: dict[str, Any]) -> list[str]:
    """Return the table of one bank: an ordinary day, its month's end and the first day beside it."""
    month, first, whole = result["month_end"], result["first_day"], result["day_end_seconds"]
    names = list(month["steps"]) if month else list(result["steps"])
    title = f"day-end of {loans:,} loans, seconds"
    rows = ["", f"{title:44} {'a day':>9} {'month end':>9} {'first':>9}"]
    for name in names:
        beside = [f"{day['steps'].get(name, 0):9.3f}" if day else f"{'':9}" for day in (month, first)]
        rows.append(f"  {name:42} {result['steps'].get(name, 0):9.3f} {' '.join(beside)}")
    beside = [f"{day['seconds']:9.3f}" if day else f"{'':9}" for day in (month, first)]
    rows.append(f"{'whole, with commits':44} {whole:9.3f} {' '.join(beside)}  {loans / whole:,.0f} loans/s")
    rows.append(f"{'accounting core of it':44} {result['core_seconds']:9.3f}")
    rows.append(f"{'CPU: Python and its PostgreSQL backend':44} {result['processor_seconds']:9.3f}")
    accrued = result["steps"]["accrue_interest"]
    rows += [
        f"{name:44} {took:9.3f}  accrual is x{accrued / took:.1f}, all of it x{whole / took:.0f}"
        for name, took in result["bare"].items()
    ]
    memory = [("Python's peak, MB", "python_peak_mb"), ("the backend's peak, MB", "backend_peak_mb")]
    rows += [f"{name:44} {result[key]:9.0f}" for name, key in memory if result[key] is not None]
    rows += [f"{name:44} {took:9,.0f}" for name, took in result["quotes"].items()]
    rows.append(f"{'generated in':44} {result['generated_seconds']:9.3f}")
    return rows


def judged(large: dict[str, Any], small: dict[str, Any] | None) -> list[str]:
    """Return what was aimed at and what was reached; a smaller book than a million is not judged."""
    reached = {
        "whole": large["day_end_seconds"],
        "month_end": large["month_end"]["seconds"] if large["month_end"] else 0.0,
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
    parser.add_argument(
        "--days", type=int, default=4, help="measured after the first; the third ends the month"
    )
    parser.add_argument("--payments", type=int, default=500, help="at the counter, before each day-end")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args()
    with scratch_database("day_end"):
        migrate_schema("public")
        rows, figures = measured(asked)
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
        create_bank(replace(order, first_business_date=FIRST_DAY))
        with bank_schema(order.schema):
            end_day(business_date())  # of an empty bank: from here on a proof reads what changed since
            generated = seconds(partial(generate, loans))
            if name == "small":
                prove()
            result = measure(asked.days, min(asked.payments, loans // 100))
            result |= {"quotes": quotes(), "loans": loans, "generated_seconds": generated}
        figures[name] = result
        rows += show(loans, result)
    if "large" in figures:
        rows += ["", *judged(figures["large"], figures.get("small"))]
    return rows, figures


def prove() -> None:
    """Prove every loan against its log, as the audit does; stop where one differs."""
    with transaction.atomic():
        broken = [found for found in check_loans(business_date=business_date()) if not found.ok]
    if broken:
        raise SystemExit(f"the generated book is not what its log says: {broken}")


if __name__ == "__main__":
    sys.exit(main())
