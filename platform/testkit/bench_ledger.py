"""Measures the ledger against the same guarantees written by hand in SQL, and django-hordak, in the same run.

    python -m testkit.bench_ledger [--seconds 0.5] [--rounds 5] [--connections 1 8] [--json FILE]

Makes a database of its own beside the configured one and drops it. Prints a table, then JSON. A figure of
another machine means nothing: read the ratios. All sides take turns in short stretches, and the median of
the rounds counts. `product` posts through the public operation (`post_entry`, for batches `post_entries`),
one transaction a call; `raw` calls `sql/bench_ledger_raw.sql` with psycopg, one transaction a call, with a
content hash over the same bytes; `hordak` is `testkit.bench_hordak`, where that package is installed
(`--group bench`). The second figure is processor time an entry, client and server: it does not feel who else
uses the machine.
"""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
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
from ledger.journal.digest import sm3  # noqa: E402
from ledger.journal.entry import EntryDraft, Line  # noqa: E402
from ledger.proofs.queries import check_books  # noqa: E402
from plumbing.schemas import bank_schema  # noqa: E402
from plumbing.sql import pin_functions  # noqa: E402

SCHEMA: Final = "bench"
DAY: Final = date(2026, 11, 2)
ACCOUNTS: Final = 200
BATCH: Final = 1_000
ROOMS: Final = ("chart", "journal", "balances", "seals")
YARDSTICK: Final = Path(__file__).parent / "sql" / "bench_ledger_raw.sql"
TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Workload:
    """What is posted, and how."""

    name: str
    connections: int
    batch: int
    hot: bool = False
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """What one stretch on one connection did: entries, seconds, processor seconds of both ends."""

    count: int
    seconds: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Result:
    """Medians of the rounds: entries per second, and microseconds of processor time an entry."""

    workload: str
    product: float
    raw: float
    hordak: float | None
    ratio: float
    product_cpu: float
    raw_cpu: float
    cpu_ratio: float


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
    made = drafts(workload, start)
    with transaction.atomic():
        if workload.batch == 1:
            journal.post_entry(entry=made[0], now=datetime.now(UTC))
        else:
            journal.post_entries(entries=made, now=datetime.now(UTC))


def post_raw(workload: Workload, start: int) -> None:
    """Post the same entries through the raw design, in a transaction of its own."""
    rows = []
    for number in range(start, start + workload.batch):
        key, amount = uuid4().hex, 100 + number % 900
        debit, credit = accounts_of(workload, number)
        content = (
            f"sluice-entry-1\tposted\tbench.transfer\t{DAY}\t{DAY}\t{key}\tref-{number}\t\t\n"
            f"{debit}\tdebit\t{amount}\tCNY\n{credit}\tcredit\t{amount}\tCNY"
        )
        rows.append((key, sm3(content.encode()), debit, credit, amount))
    arguments = (*map(list, zip(*rows, strict=True)), DAY)
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


def work(database: str, workload: Workload, which: str, seconds: float, worker: int) -> Spent:
    """Post for some seconds on one connection. Runs in a process of its own."""
    use_database(database)
    post: Callable[[Workload, int], None] = post_product if which == "product" else post_raw
    with bank_schema(SCHEMA):
        for warm in range(5 if workload.batch == 1 else 1):
            post(workload, warm)
        connection.ensure_connection()
        pid = (connection.connection if which == "product" else _raw_connection()).info.backend_pid
        count, started, cpu = 0, time.perf_counter(), time.process_time() + _server_cpu(pid)
        while time.perf_counter() - started < seconds:
            post(workload, worker * 1_000_003 + count * workload.batch)
            count += 1
        cpu = time.process_time() + _server_cpu(pid) - cpu
        return Spent(count * workload.batch, time.perf_counter() - started, cpu)


def _server_cpu(pid: int) -> float:
    """Return the processor seconds of a server process of this machine; nothing of another's."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


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
            "INSERT INTO raw_account SELECT n, code, 'CNY', %s, NULL, left(code, 1) = 'G'"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS t(code, n)",
            [DAY, names],
        )
        cursor.execute("INSERT INTO raw_period (month) VALUES (%s)", [DAY.replace(day=1)])


class Hordak:
    """Processes that post through django-hordak, one a connection; none where it is not installed."""

    def __init__(self, database: str, connections: int) -> None:
        self.running: list[subprocess.Popen[str]] = []
        if importlib.util.find_spec("hordak") is None:
            return
        known = _address(database)
        user, password = quote(known["user"] or ""), quote(known["password"] or "")
        url = f"postgres://{user}:{password}@{known['host'] or ''}"
        command = [sys.executable, "-m", "testkit.bench_hordak", f"{url}:{known['port'] or ''}/{database}"]
        subprocess.run([*command, "migrate"], check=True)  # noqa: S603
        for _ in range(connections):
            self.running.append(
                subprocess.Popen(  # noqa: S603
                    [*command, "work"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                )
            )
        for process in self.running:
            self._answer(process)

    def post(self, workload: Workload, seconds: float) -> float | None:
        """Return entries per second of as many connections as the workload has."""
        if not self.running or workload.guarded or workload.hot:
            return None
        asked = self.running[: workload.connections]
        for process in asked:
            if process.stdin is not None:
                process.stdin.write(f"{'single' if workload.batch == 1 else 'bulk'} {seconds}\n")
                process.stdin.flush()
        spent = [json.loads(self._answer(process)) for process in asked]
        return float(sum(one["count"] / one["seconds"] for one in spent))

    def _answer(self, process: "subprocess.Popen[str]") -> str:
        return process.stdout.readline() if process.stdout is not None else ""

    def close(self) -> None:
        """End the processes."""
        for process in self.running:
            process.communicate()


def measure(
    pool: ProcessPoolExecutor, hordak: Hordak, database: str, workload: Workload, asked: argparse.Namespace
) -> Result:
    """Let all sides post in turn, several rounds; return the medians and what they make of each other."""
    speeds: dict[str, list[float]] = {"product": [], "raw": []}
    costs: dict[str, list[float]] = {"product": [], "raw": []}
    others = []
    for _ in range(asked.rounds):
        for which, found in speeds.items():
            runs = [
                pool.submit(work, database, workload, which, asked.seconds, worker)
                for worker in range(workload.connections)
            ]
            spent = [run.result() for run in runs]
            found.append(sum(one.count / one.seconds for one in spent))
            costs[which].append(sum(one.cpu for one in spent) / sum(one.count for one in spent) * 1e6)
        others.append(hordak.post(workload, asked.seconds))
    pace = {which: statistics.median(found) for which, found in speeds.items()}
    cost = {which: statistics.median(found) for which, found in costs.items()}
    known = [one for one in others if one is not None]
    return Result(
        workload=workload.name,
        product=round(pace["product"]),
        raw=round(pace["raw"]),
        hordak=round(statistics.median(known)) if known else None,
        ratio=round(statistics.median(a / b for a, b in zip(*speeds.values(), strict=True)), 2),
        product_cpu=round(cost["product"], 1),
        raw_cpu=round(cost["raw"], 1),
        cpu_ratio=round(cost["raw"] / cost["product"], 2),
    )


def workloads(connections: list[int]) -> list[Workload]:
    """Return the rows of the table."""
    rows = []
    for many in connections:
        name = f"{many} connection{'s' if many > 1 else ''}"
        rows.append(Workload(f"single, {name}", many, 1))
        rows.append(Workload(f"single, {name}, one hot account", many, 1, hot=True))
    rows.append(Workload(f"single, {many} connections, guarded", many, 1, guarded=True))
    rows.append(Workload(f"batches of {BATCH}, 1 connection", 1, BATCH))
    rows.append(Workload(f"batches of {BATCH}, one hot account", 1, BATCH, hot=True))
    rows.append(Workload(f"batches of {BATCH}, guarded", 1, BATCH, guarded=True))
    return rows


def main() -> int:
    """Run every workload; the status is 1 when the books do not hold afterwards."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=0.5, help="of one stretch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args()
    home = str(settings.DATABASES["default"]["NAME"])
    database = f"{home}_bench_{os.getpid()}"
    names = [sql.Identifier(database), sql.Identifier(f"{database}_hordak")]
    with psycopg.connect(**_address("postgres"), autocommit=True) as beside:
        for name in names:
            beside.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            figures = run(database, asked)
        finally:
            connection.close()
            for name in names:
                beside.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0 if figures["books_hold"] else 1


def run(database: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Build the books, measure every workload, then fold and prove what was posted."""
    build(database)
    many = max(asked.connections)
    hordak = Hordak(f"{database}_hordak", many)
    try:
        with ProcessPoolExecutor(many, mp_context=get_context("spawn")) as pool:
            rows = [measure(pool, hordak, database, one, asked) for one in workloads(asked.connections)]
    finally:
        hordak.close()
    with bank_schema(SCHEMA), transaction.atomic():
        started = time.perf_counter()
        folded = balances.fold(now=datetime.now(UTC))
        fold_seconds = time.perf_counter() - started
        sound = all(finding.ok for finding in check_books())
    show(rows, folded, fold_seconds, sound)
    return {
        "results": [asdict(row) for row in rows],
        "folded": folded,
        "fold_seconds": fold_seconds,
        "books_hold": sound,
    }


def show(rows: list[Result], folded: int, fold_seconds: float, sound: bool) -> None:
    """Print the table."""
    title = f"{'entries per second; CPU: us an entry':42} {'product':>8} {'raw':>8} {'ratio':>6}"
    out = [f"{title} {'hordak':>8} {'times':>6} {'CPU':>7} {'raw CPU':>8} {'ratio':>6}"]
    for row in rows:
        beside = f"{row.hordak:8,.0f} {row.product / row.hordak:6.1f}" if row.hordak else f"{'':8} {'':6}"
        out.append(
            f"{row.workload:42} {row.product:8,.0f} {row.raw:8,.0f} {row.ratio:6.2f} {beside}"
            f" {row.product_cpu:7,.0f} {row.raw_cpu:8,.0f} {row.cpu_ratio:6.2f}"
        )
    out.append(f"fold: {folded:,} lines in {fold_seconds:.2f} s; books {'hold' if sound else 'DO NOT HOLD'}")
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    sys.exit(main())
