"""Measures the ledger against the same guarantees written by hand in SQL, and django-hordak, in the same run.

    python -m testkit.bench_ledger [--seconds 0.5] [--rounds 7] [--connections 1 8] [--json FILE]

Makes databases of its own beside the configured one and drops them. Prints a table, then JSON. A figure of
another machine means nothing: read the ratios. Every connection of every side is a process of its own
(`testkit.posting_side`, `testkit.bench_hordak`), there from the start; the sides take turns in short
stretches, each round in the other order, so whoever else uses the machine slows all of them. A ratio is taken
within its round, between neighbours; the median of the rounds counts, and the quartiles say how far they
spread. `hordak` runs where that package is installed (`./sluice bench money` brings it); it has no guarded
accounts. CPU is processor time an entry, client and server together: it hardly feels the others.

Refuses a server that does not write durably: the fsync, full_page_writes and synchronous_commit it runs with
are part of the figures.
"""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import django
import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from ledger.balances import operations as balances  # noqa: E402
from ledger.chart import operations as chart  # noqa: E402
from ledger.chart.models import Guard, Kind, NormalSide  # noqa: E402
from ledger.journal import operations as journal  # noqa: E402
from ledger.proofs.queries import check_books  # noqa: E402
from plumbing.schemas import bank_schema  # noqa: E402
from plumbing.sql import pin_functions  # noqa: E402
from testkit.posting_side import ACCOUNTS, DAY, SCHEMA, Workload, address, use_database  # noqa: E402
from testkit.scratch import address_of  # noqa: E402

BATCH: Final = 1_000
ROOMS: Final = ("chart", "journal", "balances", "seals")
YARDSTICK: Final = Path(__file__).parent / "sql" / "bench_ledger_raw.sql"
DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")


class NotDurable(SystemExit):
    """The server may lose what it has confirmed: nothing measured on it could be compared."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times one side is as fast as another: median of the rounds, and their quartiles."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, ones: Sequence[float], others: Sequence[float]) -> "Ratio":
        """Return the ratio round by round."""
        found = [one / other for one, other in zip(ones, others, strict=True)]
        low, median, high = statistics.quantiles(found, n=4) if len(found) > 1 else found * 3
        return cls(round(median, 2), round(low, 2), round(high, 2))

    def __format__(self, spec: str) -> str:
        """Return the median and, in brackets, the quartiles."""
        return format(f"{self.median:5.2f} ({self.low:.2f}-{self.high:.2f})", spec)


@dataclass(frozen=True, slots=True)
class Result:
    """One workload: entries per second and microseconds of processor time an entry (medians), and ratios."""

    workload: str
    speeds: dict[str, float]
    cpu: dict[str, float]
    to_raw: Ratio
    to_hordak: Ratio | None
    to_uniform: Ratio | None
    cpu_to_raw: Ratio


class Side:
    """The processes of one side, one a connection, all there before the first stretch."""

    def __init__(self, name: str, command: Sequence[str], connections: int) -> None:
        self.name = name
        self.processes = [
            subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(connections)
        ]

    def ready(self) -> None:
        """Wait until every process has its connection."""
        for process in self.processes:
            if _answer(process) != "ready\n":
                raise SystemExit(f"{self.name} did not start")

    def takes(self, workload: Workload) -> bool:
        """Tell whether this side can do the workload."""
        return bool(self.processes) and not (workload.guarded and self.name == "hordak")

    def post(self, workload: Workload, seconds: float) -> tuple[float, float]:
        """Return entries per second, and processor microseconds an entry, of as many connections as asked."""
        asked = self.processes[: workload.connections]
        for process in asked:
            if process.stdin is not None:
                process.stdin.write(json.dumps({**asdict(workload), "seconds": seconds}) + "\n")
                process.stdin.flush()
        spent = [json.loads(_answer(process)) for process in asked]
        cost = sum(one["cpu"] for one in spent) / sum(one["count"] for one in spent) * 1e6
        return sum(one["count"] / one["seconds"] for one in spent), cost

    def close(self) -> None:
        """End the processes."""
        for process in self.processes:
            process.communicate()


def _answer(process: "subprocess.Popen[str]") -> str:
    return process.stdout.readline() if process.stdout is not None else ""


@contextmanager
def sides(database: str, connections: int) -> Iterator[list[Side]]:
    """Hold the processes of all sides."""
    hordak: list[str] = []
    if importlib.util.find_spec("hordak") is not None:
        hordak = ["testkit.bench_hordak", address_of(f"{database}_hordak")]
        subprocess.run([sys.executable, "-m", *hordak, "migrate"], check=True)  # noqa: S603
    held = [
        Side("product", ["testkit.posting_side", database, "product"], connections),
        Side("raw", ["testkit.posting_side", database, "raw"], connections),
        Side("hordak", [*hordak, "work"], connections if hordak else 0),
    ]
    try:
        for side in held:
            side.ready()
        yield held
    finally:
        for side in held:
            side.close()


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
            "INSERT INTO raw_account (id, code, currency, opened_date, guarded)"
            " SELECT n, code, 'CNY', %s, left(code, 1) = 'G'"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS t(code, n)",
            [DAY, names],
        )
        cursor.execute("INSERT INTO raw_period (month) VALUES (%s)", [DAY.replace(day=1)])


def measure(held: Sequence[Side], group: Sequence[Workload], asked: argparse.Namespace) -> list[Result]:
    """Let all sides post in turn, several rounds; return the medians and what they make of each other.

    The workloads of a group take turns too: the first is what the others are compared with.
    """
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    turns = [(side, workload) for workload in group for side in held if side.takes(workload)]
    for number in range(asked.rounds):
        for side, workload in turns if number % 2 else reversed(turns):
            spent = side.post(workload, asked.seconds)
            found.setdefault((workload.name, side.name), []).append(spent)
    uniform = [speed for speed, _ in found[group[0].name, "product"]]
    results = []
    for workload in group:
        names = [side.name for side in held if side.takes(workload)]
        speeds = {name: [speed for speed, _ in found[workload.name, name]] for name in names}
        costs = {name: [cost for _, cost in found[workload.name, name]] for name in names}
        results.append(
            Result(
                workload=workload.name,
                speeds={name: round(statistics.median(paces)) for name, paces in speeds.items()},
                cpu={name: round(statistics.median(spent), 1) for name, spent in costs.items()},
                to_raw=Ratio.of(speeds["product"], speeds["raw"]),
                to_hordak=Ratio.of(speeds["product"], speeds["hordak"]) if "hordak" in speeds else None,
                to_uniform=None if workload == group[0] else Ratio.of(speeds["product"], uniform),
                cpu_to_raw=Ratio.of(costs["raw"], costs["product"]),
            )
        )
    return results


def workloads(connections: Sequence[int]) -> list[list[Workload]]:
    """Return the rows of the table in groups: accounts in turn, one hot account, guarded accounts.

    A single posting is a transaction by itself, as the peers' are, or the one act of a door's transaction.
    """
    groups = []
    for batch, shape in ((1, "single"), (BATCH, f"batches of {BATCH:,}")):
        for many in connections:
            name = f"{shape}, {many} connection{'s' if many > 1 else ''}"
            groups.append(
                [Workload(name, many, batch), Workload(f"{name}, hot account", many, batch, hot=True)]
            )
        groups[-1].append(Workload(f"{name}, guarded", many, batch, guarded=True))
        if batch == 1:
            groups[-1].append(Workload(f"{name}, within a door's", many, batch, within=True))
    return groups


def durability() -> dict[str, str]:
    """Return what the server promises about a commit; refuses one that promises too little."""
    with psycopg.connect(**address("postgres"), autocommit=True) as beside:
        names = (*DURABLE, "server_version", "wal_sync_method", "data_directory")
        rows = beside.execute("SELECT name, setting FROM pg_settings WHERE name = ANY (%s)", [list(names)])
        found = {str(name): str(setting) for name, setting in rows}
    for name in DURABLE:
        if found[name] != "on":
            raise NotDurable(f"{name} is {found[name]}: the transfers are measured with durable commits")
    return found


def main() -> int:
    """Run every workload; the status is 1 when the books do not hold afterwards."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=0.5, help="of one stretch")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args()
    server = durability()
    home = str(settings.DATABASES["default"]["NAME"])
    database = f"{home}_bench_{os.getpid()}"
    names = [sql.Identifier(database), sql.Identifier(f"{database}_hordak")]
    with psycopg.connect(**address("postgres"), autocommit=True) as beside:
        for name in names:
            beside.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            figures = {"server": server, **run(database, asked)}
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
    load = [os.getloadavg()[0]]
    with sides(database, max(asked.connections)) as held:
        rows = [row for group in workloads(asked.connections) for row in measure(held, group, asked)]
    load.append(os.getloadavg()[0])
    with bank_schema(SCHEMA), transaction.atomic():
        started = time.perf_counter()
        folded = balances.fold(now=datetime.now(UTC))
        fold_seconds = time.perf_counter() - started
        sound = all(finding.ok for finding in check_books())
    show(rows)
    sys.stdout.write(
        f"fold: {folded:,} lines in {fold_seconds:.2f} s; books {'hold' if sound else 'DO NOT HOLD'};"
        f" load of the machine {load[0]:.1f} before, {load[1]:.1f} after, {os.cpu_count()} processors\n"
    )
    return {
        "results": [asdict(row) for row in rows],
        "load": load,
        "folded": folded,
        "fold_seconds": fold_seconds,
        "books_hold": sound,
    }


def show(rows: Sequence[Result]) -> None:
    """Print the table."""
    ratios = f"{'of raw':18} {'times hordak':18} {'of uniform':18}"
    speeds = f"{'product':>8} {'raw':>8} {'hordak':>8}"
    out = [
        f"{'entries per second; CPU: us an entry':46} {speeds}  {ratios} {'CPU':>6} {'raw':>6} {'hordak':>6}"
    ]
    names = ("product", "raw", "hordak")
    for row in rows:
        speeds = " ".join(f"{row.speeds.get(name, 0):8,.0f}" for name in names)
        costs = " ".join(f"{row.cpu.get(name, 0):6,.0f}" for name in names)
        ratios = " ".join(f"{one or '':<18}" for one in (row.to_raw, row.to_hordak, row.to_uniform))
        out.append(f"{row.workload:46} {speeds}  {ratios} {costs}")
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    sys.exit(main())
