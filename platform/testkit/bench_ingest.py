"""Measures how fast receipts come in: raw COPY, the bulk path and HTTP, beside each other in the same run.

    python -m testkit.bench_ingest [--rows 200000] [--rounds 3] [--senders 2] [--json FILE]

Makes a database of its own beside the configured one, with one bank made by the real operation, and
drops it. Every other delivery is a year of receipts of one business that has none yet. `raw` copies rows that
are ready made into a table with the same columns, constraints and indexes as the receipts, and nothing
else: no parsing, no checks, no days, no signs. `bulk` is the operation over a file of NDJSON: parse,
check, keep, fold. `http` is the same file sent to the real web server. `later` is the bulk path for a
business that has sent its year already: another year, whose first twentieth is known. Each sender is a
process of its own, all send at once; the sides take turns, each round in the other order, and a ratio is
taken within its round. CPU is processor time a row: of PostgreSQL (all its processes), of the senders
where they do our work, and of the web server; `rows/2 CPU s` is what two processors to themselves would
do. Refuses a server that does not write durably. Fails unless every row arrived and the days equal a
recount.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import django
import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from interfaces.ops.bank_setup import create_bank  # noqa: E402
from interfaces.ops.migrations import migrate_schema  # noqa: E402
from kernel.ids import public_id  # noqa: E402
from openbanking.consents.operations import grant_consent  # noqa: E402
from openbanking.receipts.forms import CHANNELS, KINDS  # noqa: E402
from openbanking.receipts.queries import day_differences  # noqa: E402
from parties.enterprises.operations import register_enterprise  # noqa: E402
from parties.enterprises.views import PersonDraft  # noqa: E402
from plumbing.schemas import bank_schema  # noqa: E402
from sluice.stack.processes import free_port  # noqa: E402
from testkit.banks import QINGLAN  # noqa: E402
from testkit.bench_ledger import Ratio, durability  # noqa: E402
from testkit.identities import credit_code, mobile_number, resident_number  # noqa: E402
from testkit.ingest_side import BANK, RAW  # noqa: E402
from testkit.posting_side import TICKS, address, use_database  # noqa: E402
from testkit.scenes import SceneAccess, open_scene  # noqa: E402
from testkit.scratch import address_of  # noqa: E402

SIDES: Final = ("raw", "bulk", "http", "later")
KNOWN_SHARE: Final = 20  # one in so many of a later delivery
DAYS: Final = 365
FIRST_DAY: Final = date(2024, 10, 1)
FIRST_BORN: Final = date(1990, 1, 1)
HERE: Final = "@delivery@\t@feed@"


@dataclass(frozen=True, slots=True)
class Business:
    """Whose receipts, and under which consent."""

    enterprise_id: UUID
    consent_id: UUID


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one side did in one round: rows a second by the clock, processor microseconds a row by owner."""

    speed: float
    cpu: dict[str, float]


def receipts(count: int, *, until: int) -> Iterator[tuple[str, str]]:
    """Yield a shop's receipts, so many a year: the line of JSON, and the same as a row of the table."""
    rng = random.Random(count)
    for number in range(until):
        day = FIRST_DAY + timedelta(days=number * DAYS // count)
        second = 7 * 3600 + number * 997 % (15 * 3600)
        at = f"{day}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+08:00"
        fen = max(100, int(3_800 * rng.lognormvariate(-0.2, 0.6)))
        kind = "refund" if rng.random() < 0.01 else "sale"
        channel = "personal_code" if rng.random() < 0.2 else "merchant_code"
        payer = f"p{rng.randrange(count // 3):016d}x"
        yield (
            f'{{"receipt_no":"R-{number:09d}","paid_at":"{at}","amount":"{fen // 100}.{fen % 100:02d}",'
            f'"kind":"{kind}","payer_ref":"{payer}","channel":"{channel}"}}\n',
            f"{HERE}\t{number + 1}\tR-{number:09d}\t{KINDS[kind]}\t{at}\t{day}\t{fen}\t{payer}\t"
            f"{CHANNELS[channel]}\n",
        )


def build(database: str, folder: Path, asked: argparse.Namespace) -> SceneAccess:
    """Make the bank, the scene, the raw table and the files."""
    use_database(database)
    migrate_schema("public")
    create_bank(QINGLAN)
    scene = open_scene("bench", banks=[BANK])
    with bank_schema(BANK), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {RAW} (LIKE receipts_receipt INCLUDING ALL)")
    from_row = asked.rows - asked.rows // KNOWN_SHARE
    with (
        (folder / "lines").open("w") as lines,
        (folder / "rows").open("w") as rows,
        (folder / "later").open("w") as later,
    ):
        for number, (line, row) in enumerate(receipts(asked.rows, until=from_row + asked.rows)):
            if number < asked.rows:
                lines.write(line)
                rows.write(row)
            if number >= from_row:
                later.write(line)
    return scene


def introduce(scene: SceneAccess, number: int) -> Business:
    """Register a business and take its consent."""
    now = datetime.now(UTC)
    with bank_schema(BANK), transaction.atomic():
        enterprise = register_enterprise(
            scene_id=scene.scene_id,
            external_id=f"bench-{number}",
            legal_name=f"示例商户{number}",
            registration_no=credit_code(number, area_code="331002"),
            industry="H6210",
            area_code="331002",
            opened_date=date(2021, 4, 1),
            representative=PersonDraft(
                "示例店主",
                resident_number(
                    area_code="330106", born=FIRST_DAY.replace(year=1990) + timedelta(days=number)
                ),
                mobile_number(number),
            ),
            now=now,
        )
        consent = grant_consent(
            enterprise_id=enterprise.id,
            scene_id=scene.scene_id,
            purpose="credit_assessment",
            data_classes=("receipts",),
            recipient=BANK,
            text_version="2026-11",
            text_sha256="ab" * 32,
            expires_at=now + timedelta(days=400),
            evidence={"channel": "bench"},
            now=now,
        )
    return Business(enterprise.id, consent.id)


def cpu_of(pid: int, *, with_children: bool = True) -> float:
    """Return the processor seconds of a process, and of its children that are there or have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    except OSError:
        return 0.0
    ended = sum(map(int, fields[11:15])) / TICKS
    return ended + (sum(cpu_of(int(child)) for child in children) if with_children else 0.0)


def highest_memory(pid: int) -> int:
    """Return the most memory that the children of a process ever held, in bytes."""
    most = 0
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split():
        for line in Path(f"/proc/{child}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                most = max(most, int(line.split()[1]) * 1024)
    return most


@contextmanager
def web_server(database: str, port: int) -> Iterator[int]:
    """Hold the real web server on a port; yield its process id."""
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    command = [
        sys.executable,
        "-m",
        "granian",
        *options,
        "--blocking-threads",
        "8",
        "sluice.wsgi:application",
    ]
    with subprocess.Popen(  # noqa: S603  our own command
        command,
        env={**os.environ, "DATABASE_URL": address_of(database)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            time.sleep(5)
            yield process.pid
        finally:
            process.terminate()


class Bench:
    """The senders, the server, and what is sent."""

    def __init__(
        self, scene: SceneAccess, folder: Path, web: tuple[int, int], asked: argparse.Namespace
    ) -> None:
        self.scene, self.folder, self.asked = scene, folder, asked
        self.port, self.web_pid = web
        self.number = 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        self.postmaster = int(status[1])
        command = [sys.executable, "-m", "testkit.ingest_side", str(settings.DATABASES["default"]["NAME"])]
        self.senders = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
            for _ in range(asked.senders)
        ]
        for sender in self.senders:
            self._heard(sender)

    def close(self) -> None:
        """End the senders."""
        for sender in self.senders:
            sender.communicate()

    @staticmethod
    def _heard(sender: "subprocess.Popen[str]") -> str:
        line = sender.stdout.readline() if sender.stdout is not None else ""
        if not line:
            raise SystemExit("a sender ended")
        return line

    def delivery(self, side: str, sender: int) -> dict[str, Any]:
        """Return one delivery of a business that has none yet, or is given its first one."""
        self.number += 1
        if side == "raw":
            file = self.folder / f"rows-{sender}"
            whose = f"{self.number}\t{self.number}"
            file.write_text((self.folder / "rows").read_text().replace(HERE, whose))
            return {"side": side, "file": str(file)}
        business = introduce(self.scene, self.number)
        query = {
            "business": public_id("biz", business.enterprise_id),
            "consent": public_id("cns", business.consent_id),
        }
        return {
            "side": side,
            "file": str(self.folder / "lines"),
            "enterprise": str(business.enterprise_id),
            "scene": str(self.scene.scene_id),
            "consent": str(business.consent_id),
            "port": self.port,
            "path": f"/v1/data_batches?{urlencode(query)}",
            "token": self.scene.token(BANK, now=datetime.now(UTC)),
        }

    def send(self, deliveries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Let every sender send one delivery at the same time; return their answers."""
        for sender, delivery in zip(self.senders, deliveries, strict=True):
            if sender.stdin is not None:
                sender.stdin.write(json.dumps(delivery) + "\n")
                sender.stdin.flush()
        return [json.loads(self._heard(sender)) for sender in self.senders]

    def stretch(self, side: str) -> Stretch:
        """Measure one delivery of every sender, all at the same time."""
        deliveries = [self.delivery(side, number) for number in range(len(self.senders))]
        if side == "later":
            self.send(deliveries)
            deliveries = [{**one, "file": str(self.folder / "later")} for one in deliveries]
        before = (cpu_of(self.postmaster), cpu_of(self.web_pid))
        began = time.perf_counter()
        answers = self.send(deliveries)
        took = time.perf_counter() - began
        rows = sum(answer["rows"] for answer in answers)
        if rows != self.asked.rows * len(self.senders):
            raise SystemExit(f"{side}: {rows} rows arrived")
        spent = {"postgres": cpu_of(self.postmaster) - before[0]}
        if side == "http":
            spent["web"] = cpu_of(self.web_pid) - before[1]
        else:
            spent["sender"] = sum(answer["cpu"] for answer in answers)
        return Stretch(rows / took, {owner: seconds / rows * 1e6 for owner, seconds in spent.items()})


def measure(bench: Bench, rounds: int) -> dict[str, Any]:
    """Let the sides take turns; return the medians and the ratios within the rounds."""
    found: dict[str, list[Stretch]] = {side: [] for side in SIDES}
    for side in SIDES:
        bench.stretch(side)  # the first of each fills caches and extends files: it does not count
    for number in range(rounds):
        for side in SIDES if number % 2 else reversed(SIDES):
            found[side].append(bench.stretch(side))
    figures: dict[str, Any] = {}
    for side, stretches in found.items():
        owners = stretches[0].cpu
        cpu = {owner: statistics.median(one.cpu[owner] for one in stretches) for owner in owners}
        figures[side] = {
            "rows_per_second": round(statistics.median(one.speed for one in stretches)),
            "best_rows_per_second": round(max(one.speed for one in stretches)),
            "cpu_us": {owner: round(cost, 2) for owner, cost in cpu.items()},
            "rows_per_two_processor_seconds": round(2e6 / sum(cpu.values())),
        }
    for side in SIDES[1:]:
        pairs = [[one.speed for one in found[name]] for name in (side, "raw")]
        ratio = Ratio.of(*pairs)
        figures[side]["of_raw"] = {"median": ratio.median, "low": ratio.low, "high": ratio.high}
    return figures


def run(database: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Build, measure, and prove the days."""
    port = free_port()
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        scene = build(database, folder, asked)
        load = [round(os.getloadavg()[0], 1)]
        with web_server(database, port) as pid:
            bench = Bench(scene, folder, (port, pid), asked)
            try:
                figures = measure(bench, asked.rounds)
            finally:
                bench.close()
            figures["web_memory_bytes"] = highest_memory(pid)
        figures["body_bytes"] = (folder / "lines").stat().st_size
    load.append(round(os.getloadavg()[0], 1))
    with bank_schema(BANK):
        figures["differences"] = len(day_differences())
    return {**figures, "load": load, "processors": os.cpu_count(), "senders": asked.senders}


def show(figures: dict[str, Any], out: Sequence[str] = SIDES) -> None:
    """Print the table."""
    lines = [f"{'':6}{'rows/s':>10}{'best':>10}{'of raw':>20}{'rows/2 CPU s':>14}  CPU us a row"]
    for side in out:
        one = figures[side]
        ratio = one.get("of_raw")
        said = f"{ratio['median']:.2f} ({ratio['low']:.2f}-{ratio['high']:.2f})" if ratio else ""
        cpu = ", ".join(f"{owner} {cost}" for owner, cost in one["cpu_us"].items())
        lines.append(
            f"{side:6}{one['rows_per_second']:>10,}{one['best_rows_per_second']:>10,}{said:>20}"
            f"{one['rows_per_two_processor_seconds']:>14,}  {cpu}"
        )
    memory, body = figures["web_memory_bytes"] / 2**20, figures["body_bytes"] / 2**20
    lines.append(f"the web server never held more than {memory:.0f} MB; a body has {body:.0f} MB")
    lines.append(f"days that differ from a recount: {figures['differences']}; load {figures['load']}")
    sys.stdout.write("\n".join(lines) + "\n")


def main() -> int:
    """Measure and print; the status is 1 when the days do not equal a recount."""
    parser = argparse.ArgumentParser(prog="bench ingest", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=200_000, help="of one delivery")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--senders", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args()
    server = durability()
    database = f"{settings.DATABASES['default']['NAME']}_ingest_{os.getpid()}"
    name = sql.Identifier(database)
    with psycopg.connect(**address("postgres"), autocommit=True) as beside:
        beside.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            figures = {"server": server, **run(database, asked)}
        finally:
            connection.close()
            beside.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
    show(figures)
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0 if figures["differences"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
