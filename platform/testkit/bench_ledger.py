"""Measures the ledger against the same guarantees written by hand in SQL, in the same run.

    python -m testkit.bench_ledger [--seconds 4] [--connections 4]

Makes a database of its own beside the configured one and drops it. Prints a table, then JSON. A figure of
another machine means nothing: read the ratios. `product` posts through `post_entries`, one transaction each;
`raw` calls `sql/bench_ledger_raw.sql` with psycopg, one transaction each.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import django
import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from kernel.money import Money  # noqa: E402
from ledger.balances import operations as balances  # noqa: E402
from ledger.chart import operations as chart  # noqa: E402
from ledger.chart.models import Guard, Kind, NormalSide  # noqa: E402
from ledger.journal import operations as journal  # noqa: E402
from ledger.journal.entry import EntryDraft, Line  # noqa: E402
from ledger.proofs.queries import check_books  # noqa: E402
from plumbing.schemas import bank_schema  # noqa: E402
from plumbing.sql import pin_functions  # noqa: E402

SCHEMA: Final = "bench"
DAY: Final = date(2026, 11, 2)
ACCOUNTS: Final = 200
BATCH: Final = 1_000
ROUNDS: Final = 3
ROOMS: Final = ("chart", "journal", "balances")
YARDSTICK: Final = Path(__file__).parent / "sql" / "bench_ledger_raw.sql"


@dataclass(frozen=True, slots=True)
class Workload:
    """What is posted, and how."""

    name: str
    connections: int
    batch: int
    hot: bool = False
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """Entries per second, the median of the rounds."""

    workload: str
    product: float
    raw: float
    ratio: float


def accounts_of(workload: Workload, number: int) -> tuple[str, str]:
    """Return the debit and credit account of the n-th entry."""
    debit = f"G{number % 10}" if workload.guarded else f"A{number % ACCOUNTS}"
    return debit, "H" if workload.hot else f"B{number * 7 % ACCOUNTS}"


def drafts(workload: Workload, start: int) -> list[EntryDraft]:
    """Return one call's entries."""
    made = []
    for number in range(start, start + workload.batch):
        debit, credit = accounts_of(workload, number)
        lines = (Line.debit(debit, Money(100 + number % 900)), Line.credit(credit, Money(100 + number % 900)))
        made.append(EntryDraft("bench.transfer", DAY, DAY, lines, uuid4().hex, reference=f"ref-{number}"))
    return made


def post_product(workload: Workload, start: int) -> None:
    """Post one call's entries through the public operation, in a transaction of its own."""
    with transaction.atomic():
        journal.post_entries(entries=drafts(workload, start), now=datetime.now(UTC))


def post_raw(workload: Workload, start: int) -> None:
    """Post the same entries through the raw design, in a transaction of its own."""
    pairs = [accounts_of(workload, number) for number in range(start, start + workload.batch)]
    keys = [uuid4().hex for _ in pairs]
    arguments = (
        keys,
        [key.encode() for key in keys],
        [pair[0] for pair in pairs],
        [pair[1] for pair in pairs],
        [100 + number % 900 for number in range(start, start + workload.batch)],
        DAY,
    )
    _raw_connection().execute(
        "SELECT raw_post(%s::text[], %s::bytea[], %s::text[], %s::text[], %s::bigint[], %s)", arguments
    )


_RAW: list[psycopg.Connection[Any]] = []


def _raw_connection() -> psycopg.Connection[Any]:
    if not _RAW:
        _RAW.append(psycopg.connect(**_address(settings.DATABASES["default"]["NAME"]), autocommit=True))
        _RAW[0].execute(f"SET search_path = {SCHEMA}")
    return _RAW[0]


def _address(name: Any) -> dict[str, Any]:
    known = settings.DATABASES["default"]
    return {
        "dbname": name,
        "host": known["HOST"] or None,
        "port": known["PORT"] or None,
        "user": known["USER"] or None,
        "password": known.get("PASSWORD") or None,
    }


def work(database: str, workload: Workload, which: str, seconds: float, worker: int) -> float:
    """Post for some seconds on one connection; return entries per second. Runs in a process of its own."""
    use_database(database)
    post: Callable[[Workload, int], None] = post_product if which == "product" else post_raw
    with bank_schema(SCHEMA):
        for warm in range(5):
            post(workload, warm)
        count, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            post(workload, worker * 1_000_003 + count * workload.batch)
            count += 1
        return count * workload.batch / (time.perf_counter() - started)


def use_database(name: str) -> None:
    """Turn Django to the benchmark's database."""
    if settings.DATABASES["default"]["NAME"] != name:
        connection.close()
        settings.DATABASES["default"]["NAME"] = name
        connection.settings_dict["NAME"] = name


def build(name: str) -> None:
    """Make the schema with the ledger's tables and the raw design side by side."""
    use_database(name)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
    with bank_schema(SCHEMA):
        executor = MigrationExecutor(connection)
        executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] in ROOMS])
        pin_functions(SCHEMA)
        with connection.cursor() as cursor:
            cursor.execute(YARDSTICK.read_text(encoding="utf-8"))
        with transaction.atomic():
            _open_accounts()
            journal.open_period(month=DAY)


def _open_accounts() -> None:
    ordinary = [f"{letter}{n}" for letter in "AB" for n in range(ACCOUNTS)]
    names = [*ordinary, *(f"G{n}" for n in range(10)), "H"]
    for code in names:
        guard = Guard.NO_CREDIT_BALANCE if code.startswith("G") else Guard.NONE
        chart.open_account(
            code=code,
            name_zh=code,
            name_en=code,
            kind=Kind.ASSET,
            normal_side=NormalSide.DEBIT,
            guard=guard,
            opened_date=DAY,
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO raw_account SELECT n, code, left(code, 1) = 'G' FROM unnest(%s::text[])"
            " WITH ORDINALITY AS t(code, n)",
            [names],
        )


def measure(database: str, workload: Workload, seconds: float) -> Result:
    """Run product and raw in turn, several rounds; return the medians and their ratio."""
    speeds: dict[str, list[float]] = {"product": [], "raw": []}
    with ProcessPoolExecutor(workload.connections, mp_context=get_context("spawn")) as pool:
        for _ in range(ROUNDS):
            for which, found in speeds.items():
                runs = [
                    pool.submit(work, database, workload, which, seconds, worker)
                    for worker in range(workload.connections)
                ]
                found.append(sum(run.result() for run in runs))
    product, raw = statistics.median(speeds["product"]), statistics.median(speeds["raw"])
    return Result(workload.name, round(product), round(raw), round(product / raw, 2))


def main() -> int:
    """Run every workload; the status is 1 when the books do not hold afterwards."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--connections", type=int, default=4)
    asked = parser.parse_args()
    many = asked.connections
    workloads = (
        Workload("single, 1 connection", 1, 1),
        Workload(f"single, {many} connections", many, 1),
        Workload(f"single, {many} connections, one hot account", many, 1, hot=True),
        Workload(f"single, {many} connections, guarded", many, 1, guarded=True),
        Workload(f"batches of {BATCH}, 1 connection", 1, BATCH),
        Workload(f"batches of {BATCH}, guarded", 1, BATCH, guarded=True),
    )
    home = str(settings.DATABASES["default"]["NAME"])
    database = f"{home}_bench_{os.getpid()}"
    with psycopg.connect(**_address("postgres"), autocommit=True) as beside:
        beside.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        try:
            build(database)
            results = [measure(database, workload, asked.seconds) for workload in workloads]
            with bank_schema(SCHEMA), transaction.atomic():
                started = time.perf_counter()
                folded = balances.fold(now=datetime.now(UTC))
                fold_seconds = time.perf_counter() - started
                sound = all(finding.ok for finding in check_books())
        finally:
            connection.close()
            beside.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))
    show(results, folded, fold_seconds, sound)
    return 0 if sound else 1


def show(results: list[Result], folded: int, fold_seconds: float, sound: bool) -> None:
    """Print the table, then the same as JSON."""
    out = [f"{'entries per second':44} {'product':>9} {'raw':>9} {'ratio':>6}"]
    out += [f"{row.workload:44} {row.product:9,.0f} {row.raw:9,.0f} {row.ratio:6.2f}" for row in results]
    out.append(f"fold: {folded:,} lines in {fold_seconds:.2f} s; books {'hold' if sound else 'DO NOT HOLD'}")
    figures = {"results": [asdict(row) for row in results], "folded": folded, "fold_seconds": fold_seconds}
    sys.stdout.write("\n".join(out) + "\n" + json.dumps({**figures, "books_hold": sound}) + "\n")


if __name__ == "__main__":
    sys.exit(main())
