"""Measures the day-end over a generated book of loans, against bare scans of the same table in the same run.

    python -m testkit.bench_day_end [--loans 100000] [--days 3]

Makes a database of its own beside the configured one, creates a bank in it by the real operation, fills the
bank with loans set-based (`sql/bench_loans.sql`), runs real day-ends and drops the database. Prints a table,
then JSON. The proof runs inside every day-end, so a figure is only printed for books that agree.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
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
from lending.day_end.operations import STEPS  # noqa: E402
from lending.day_end.queries import last_runs  # noqa: E402
from lending.loans import accrual, entries  # noqa: E402
from lending.products.operations import FIRST_PRODUCT  # noqa: E402
from lending.products.queries import current_product  # noqa: E402
from plumbing.clock.queries import business_date  # noqa: E402
from plumbing.schemas import bank_schema  # noqa: E402
from testkit.banks import QINGLAN  # noqa: E402

BARE: Final = {
    "bare scan: count and sum of outstanding": (
        "SELECT count(*), sum(outstanding) FROM loans_loan WHERE status = 'active'"
    ),
    "bare arithmetic: one day, unrounded": (
        "SELECT sum(outstanding * annual_rate / day_basis) FROM loans_loan WHERE status = 'active'"
    ),
}
TABLES: Final = (
    "credit_lines_creditline",
    "drawdowns_drawdown",
    "loans_loan",
    "loans_loantransaction",
    "payment_rails_paymentinstruction",
)


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
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
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


def measure(days: int) -> dict[str, Any]:
    """Run day-ends and bare scans; return seconds, medians."""
    walls: list[float] = []
    steps: dict[str, list[float]] = {name: [] for name in STEPS}
    for _ in range(days):
        started = time.perf_counter()
        failed = end_day(business_date())
        walls.append(time.perf_counter() - started)
        if failed is not None:
            raise SystemExit(f"the proof does not hold: {failed}")
        for step in last_runs()[0].steps:
            steps[step.name].append((step.milliseconds or 0) / 1000)
    bare = {name: statistics.median(seconds(scan(text)) for _ in range(3)) for name, text in BARE.items()}
    figures = {step.name: step.figures for step in last_runs()[0].steps}
    return {
        "day_end_seconds": statistics.median(walls),
        "slowest_seconds": max(walls),
        "steps": {name: statistics.median(times) for name, times in steps.items()},
        "bare": bare,
        "last_run": figures,
    }


def show(loans: int, generated: float, result: dict[str, Any]) -> None:
    """Print the table, then the same as JSON."""
    rows = [f"{'day-end of ' + format(loans, ',') + ' loans':44} {'seconds':>9}"]
    rows += [f"  {name:42} {took:9.3f}" for name, took in result["steps"].items()]
    rows.append(f"{'whole, median (with commits)':44} {result['day_end_seconds']:9.3f}")
    rows.append(f"{'whole, slowest':44} {result['slowest_seconds']:9.3f}")
    accrued = result["steps"]["accrue_interest"]
    rows += [
        f"{name:44} {took:9.3f}  accrual is x{accrued / took:.1f}" for name, took in result["bare"].items()
    ]
    rows.append(f"{'generated in':44} {generated:9.3f}")
    figures = {"loans": loans, "processors": os.cpu_count(), "generated_seconds": generated, **result}
    sys.stdout.write("\n".join(rows) + "\n" + json.dumps(figures) + "\n")


def main() -> int:
    """Build, measure, drop."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--loans", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=3)
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
            create_bank(QINGLAN)
            with bank_schema(QINGLAN.schema):
                generated = seconds(lambda: generate(asked.loans))
                result = measure(asked.days)
        finally:
            connection.close()
            beside.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))
    show(asked.loans, generated, result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
