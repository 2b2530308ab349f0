"""One connection that posts for `bench_ledger`: through the public operation, or through the raw design.

    python -m testkit.posting_side DATABASE product|raw

Reads workloads from standard input, one as JSON a line, and answers each with entries, seconds and processor
seconds of both ends, as JSON. `product` is one transaction a call: `post_entry` as a sole act, or within a
transaction that a door opens for it, and for batches `post_entries`; `raw` is one call of
`sql/bench_ledger_raw.sql`, prepared, by psycopg.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import django
import psycopg
from django.conf import settings
from django.db import connection, transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from kernel.ids import new_id  # noqa: E402
from kernel.money import Money  # noqa: E402
from ledger.journal import operations as journal  # noqa: E402
from ledger.journal.digest import sm3  # noqa: E402
from ledger.journal.entry import EntryDraft, Line  # noqa: E402
from plumbing.arrays import bytes_array, plain_array  # noqa: E402
from plumbing.schemas import bank_schema  # noqa: E402
from plumbing.sql import sole_act  # noqa: E402

SCHEMA: Final = "bench"
DAY: Final = date(2026, 11, 2)
ACCOUNTS: Final = 200
WARM_CALLS: Final = 6  # psycopg prepares a statement after five
TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Workload:
    """What is posted, and how."""

    name: str
    connections: int
    batch: int
    hot: bool = False
    guarded: bool = False
    within: bool = False


def accounts_of(workload: Workload, number: int) -> tuple[str, str]:
    """Return the debit and credit account of the n-th entry."""
    debit = f"G{number % 10}" if workload.guarded else f"A{number % ACCOUNTS}"
    return debit, "H" if workload.hot else f"B{number * 7 % ACCOUNTS}"


def new_key() -> str:
    """Return an idempotency key as callers make them: random, of 32 digits."""
    return os.urandom(16).hex()


def drafts(workload: Workload, start: int) -> list[EntryDraft]:
    """Return one call's entries."""
    made = []
    for number in range(start, start + workload.batch):
        debit, credit = accounts_of(workload, number)
        amount = Money(100 + number % 900)
        lines = (Line.debit(debit, amount), Line.credit(credit, amount))
        made.append(EntryDraft("bench.transfer", DAY, DAY, lines, new_key(), reference=f"ref-{number}"))
    return made


def post_product(workload: Workload, start: int) -> None:
    """Post one call's entries through the public operation, in a transaction of its own."""
    made = drafts(workload, start)
    if workload.batch == 1 and not workload.within:
        sole_act(journal.post_entry, entry=made[0], now=datetime.now(UTC))
        return
    with transaction.atomic():
        if workload.batch == 1:
            journal.post_entry(entry=made[0], now=datetime.now(UTC))
        else:
            journal.post_entries(entries=made, now=datetime.now(UTC))


def post_raw(workload: Workload, start: int) -> None:
    """Post the same entries through the raw design, in a transaction of its own."""
    rows = []
    for number in range(start, start + workload.batch):
        key, amount = new_key(), 100 + number % 900
        debit, credit = accounts_of(workload, number)
        content = (
            f"sluice-entry-1\tposted\tbench.transfer\t{DAY}\t{DAY}\t{key}\tref-{number}\t\t\n"
            f"{debit}\tdebit\t{amount}\tCNY\n{credit}\tcredit\t{amount}\tCNY"
        )
        rows.append((new_id(), key, sm3(content.encode()), f"ref-{number}", debit, credit, amount))
    if workload.batch == 1:
        raw_connection().execute(RAW_ONE, (*rows[0], DAY), prepare=True)
        return
    ids, keys, hashes, *others = zip(*rows, strict=True)
    arrays = (plain_array(ids), plain_array(keys), bytes_array(hashes), *map(plain_array, others))
    raw_connection().execute(RAW_MANY, (*arrays, DAY), prepare=True)


RAW_ONE: Final = "SELECT raw_post_one(%s, %s, %s, %s, %s, %s, %s, %s)"
RAW_MANY: Final = (
    "SELECT raw_post(%s::text::uuid[], %s::text::text[], %s::text::bytea[], %s::text::text[],"
    " %s::text::text[], %s::text::text[], %s::text::bigint[], %s)"
)
POSTING: Final[dict[str, Callable[[Workload, int], None]]] = {"product": post_product, "raw": post_raw}
_RAW: list[psycopg.Connection[Any]] = []


def raw_connection() -> psycopg.Connection[Any]:
    """Return the one connection of the raw design, which commits every call by itself."""
    if not _RAW:
        _RAW.append(psycopg.connect(**address(settings.DATABASES["default"]["NAME"]), autocommit=True))
        _RAW[0].execute(f"SET search_path = {SCHEMA}")
    return _RAW[0]


def address(name: Any) -> dict[str, Any]:
    """Return how psycopg reaches a database beside the configured one."""
    known = settings.DATABASES["default"]
    return {
        "dbname": name,
        "host": known["HOST"] or None,
        "port": known["PORT"] or None,
        "user": known["USER"] or None,
        "password": known.get("PASSWORD") or None,
    }


def use_database(name: str) -> None:
    """Turn Django to the benchmark's database."""
    if settings.DATABASES["default"]["NAME"] != name:
        connection.close()
        settings.DATABASES["default"]["NAME"] = name
        connection.settings_dict["NAME"] = name


def server_cpu(pid: int) -> float:
    """Return the processor seconds of a server process of this machine; nothing of another's."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def work(workload: Workload, which: str, seconds: float) -> dict[str, float]:
    """Post for some seconds, after a few calls that do not count."""
    post = POSTING[which]
    first = uuid4().int % 10**9
    for warm in range(WARM_CALLS if workload.batch == 1 else 1):
        post(workload, first + warm)
    pid = (connection.connection if which == "product" else raw_connection()).info.backend_pid
    count, started, cpu = 0, time.perf_counter(), time.process_time() + server_cpu(pid)
    while time.perf_counter() - started < seconds:
        post(workload, first + count * workload.batch)
        count += 1
    elapsed = time.perf_counter() - started
    cpu = time.process_time() + server_cpu(pid) - cpu
    return {"count": count * workload.batch, "seconds": elapsed, "cpu": cpu}


def main(database: str, which: str) -> int:
    """Post what standard input asks for, until it ends."""
    use_database(database)
    with bank_schema(SCHEMA):
        connection.ensure_connection()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for line in sys.stdin:
            asked = json.loads(line)
            seconds = asked.pop("seconds")
            sys.stdout.write(json.dumps(work(Workload(**asked), which, seconds)) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
