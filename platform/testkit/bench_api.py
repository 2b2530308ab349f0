"""Measures the road from an offer to money over HTTP, with 100 borrowers on it at once.

    python -m testkit.bench_api [--borrowers 100] [--rounds 3] [--journey 60] [--loop 15] [--json FILE]

Makes a database of its own beside the configured one, in it a bank and its merchants (each with 200 days of
receipts under a consent), starts web server, worker and clock on it as `./sluice serve` does, and drops it.

* With time to think: `--borrowers` are on their way at any moment, each from the first question to the money
  at the (simulated) rail in about `--journey` seconds, `--rounds` times. A person takes three minutes, and
  less is more load. Five times a second beside them: an answer that reads nothing, a call that reads only its
  token, a bare insert with its commit: what the same machine can do at all in that minute.
* Without: the same borrowers as fast as they are answered, one kind of call at a time. Its throughput is what
  the machine holds; its times are those of a queue that is always full.

Times are the client's, from the first byte out. A decision and a rail's message are seen in the tables, at
most 4 ms late. Human touches are counted in the bank's tables after it all.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from django.conf import settings
from django.db import connection, transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from connectors.payment_rails.models import PaymentInstruction  # noqa: E402
from interfaces.ops.bank_setup import create_bank  # noqa: E402
from interfaces.ops.migrations import migrate_schema  # noqa: E402
from kernel.ids import public_id  # noqa: E402
from lending.applications.models import Application  # noqa: E402
from plumbing.schemas import bank_schema  # noqa: E402
from risk.cases.models import Case  # noqa: E402
from sluice.stack import application as stack  # noqa: E402
from sluice.stack.places import Places  # noqa: E402
from sluice.stack.processes import PROC, free_port  # noqa: E402
from sluice.stack.supervisor import Stack  # noqa: E402
from testkit.applicants import admit  # noqa: E402
from testkit.banks import FIRST_BUSINESS_DATE, QINGLAN  # noqa: E402
from testkit.load_client import Line  # noqa: E402
from testkit.load_journeys import Borrower, Figures, Shop, Watcher, again, together  # noqa: E402
from testkit.scenes import SceneAccess, open_scene  # noqa: E402
from testkit.scratch import scratch_database  # noqa: E402
from testkit.servicing import add_account, fund  # noqa: E402

GOALS: Final = {
    "prequalify_facts": 100.0,
    "prequalify_business": 100.0,
    "application_to_decision": 300.0,
    "draw_accepted_to_rail": 200.0,
}
STEPS: Final = 4  # thinking steps of a journey, besides the reading
PROBES_A_SECOND: Final = 5
UNLIMITED: Final = "default=100000000/60 money=100000000/60 token=100000000/60 token_address=100000000/60"
BARE: Final = "/.well-known/oauth-authorization-server"


def build(shops: int) -> tuple[SceneAccess, list[Shop]]:
    """Make a bank with money, a scene, and so many merchants that are ready to ask."""
    migrate_schema("public")
    create_bank(QINGLAN)
    scene, found = open_scene("bench", banks=[QINGLAN.schema]), []
    instant = datetime.now(UTC)
    with bank_schema(QINGLAN.schema):
        with transaction.atomic():
            fund("900000000.00", now=instant)
        for number in range(1, shops + 1):
            with transaction.atomic():
                made = admit(
                    now=instant,
                    business_date=FIRST_BUSINESS_DATE,
                    scene_id=scene.scene_id,
                    number=number,
                )
                account = add_account(made.enterprise_id, ending="0000", now=instant)
            found.append(Shop(public_id("biz", made.enterprise_id), public_id("acc", account)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return scene, found


@contextmanager
def serving(database: str) -> Iterator[tuple[int, dict[str, int]]]:
    """Serve this database as `./sluice serve` does, with a queue of its own; yield port and processes.

    The processes are named by what they are; each leads a group.
    """
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as folder:
        places = Places(Path(folder))
        places.logs.mkdir(parents=True)
        queue = urlsplit(settings.REDIS_URL)
        other = (int(queue.path.strip("/") or 0) + 6) % 16
        env = {
            **os.environ,
            "SLUICE_STATE_DIR": folder,
            "SLUICE_RATE_LIMITS": UNLIMITED,
            "DATABASE_URL": database,
            "REDIS_URL": urlunsplit(queue._replace(path=f"/{other}")),
        }
        held, port = Stack(places, env), free_port()
        try:
            stack.start(held, port)
            yield port, {one.name: one.child.process.pid for one in held.servers if one.child is not None}
        finally:
            held.close()


class Bench:
    """One run: its server, its borrowers, and the merchants nobody has used yet."""

    def __init__(
        self, port: int, token: str, shops: Sequence[Shop], watcher: Watcher, groups: dict[str, int]
    ) -> None:
        self.port, self.token, self.watcher, self.groups = port, token, watcher, groups
        self.fresh = iter(shops)
        self.rng = random.Random(20261122)

    def borrower(self, figures: Figures, step_seconds: float = 0.0) -> Borrower:
        """Return a borrower whose merchant nobody has used, on a connection of its own."""
        return Borrower(
            line=Line(self.port, self.token),
            watcher=self.watcher,
            figures=figures,
            shop=next(self.fresh),
            host=f"{QINGLAN.hosts[0]}:{self.port}",
            rng=random.Random(self.rng.random()),
            step_seconds=step_seconds,
        )

    async def thinking(
        self, *, borrowers: int, rounds: int, journey: float
    ) -> tuple[Figures, list[Borrower]]:
        """Let so many borrowers be on their way at any moment; return the figures and who has a line."""
        figures, holders = Figures(), []
        step = max(0.0, (journey - 10.5) / STEPS)

        async def one() -> None:
            await asyncio.sleep(self.rng.uniform(0, journey / STEPS))
            for _ in range(rounds):
                walker = self.borrower(figures, step)
                try:
                    await walker.journey()
                    await walker.think()
                finally:
                    await walker.line.close()
                holders.append(walker)

        probes = asyncio.create_task(self.probes(figures))
        await together([one() for _ in range(borrowers)], figures)
        probes.cancel()
        return figures, holders

    async def probes(self, figures: Figures) -> None:
        """Ask for next to nothing, and write next to nothing, at an even rate beside the borrowers."""
        line = Line(self.port, self.token)
        address = self.watcher.address
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as beside:
            await beside.execute("DROP TABLE IF EXISTS public.bench_raw")
            await beside.execute("CREATE TABLE public.bench_raw (number bigint PRIMARY KEY)")
            for number in count():
                figures.note("raw_http", (await line.call("GET", BARE, host="api.localhost")).seconds)
                figures.note("raw_token", (await line.call("GET", "/v1/me")).seconds)
                began = time.monotonic()
                await beside.execute("INSERT INTO public.bench_raw VALUES (%s)", [number])
                figures.note("raw_insert", time.monotonic() - began)
                await asyncio.sleep(1 / PROBES_A_SECOND)

    async def loops(self, holders: Sequence[Borrower], seconds: float) -> dict[str, Any]:
        """Return what each kind of call does without a pause, one kind after the other."""
        found: dict[str, Any] = {}
        kinds: tuple[tuple[str, Callable[[Borrower], Callable[[], Awaitable[None]]]], ...] = (
            ("raw_http", lambda one: _bare(one, BARE, "raw_http", host="api.localhost")),
            ("raw_token", lambda one: _bare(one, "/v1/me", "raw_token")),
            ("prequalify_facts", lambda one: lambda: one.ask(stated=True)),
            ("prequalify_business", lambda one: lambda: one.ask(stated=False)),
            ("draw_accepted_to_rail", lambda one: lambda: one.draw("100.00")),
        )
        for kind, act in kinds:
            figures = Figures()
            for one in holders:
                one.figures = figures
            used, began = processor_seconds(self.groups), time.monotonic()
            await together([again(began + seconds, act(one)) for one in holders], figures)
            found[kind] = self._said(figures, kind, began, used)
        return found

    async def burst(self, borrowers: int) -> dict[str, Any]:
        """Return what becomes of so many applications sent at the same instant."""
        figures = Figures()
        everybody = [self.borrower(figures) for _ in range(borrowers)]

        async def one(walker: Borrower) -> None:
            await walker.apply()

        used, began = processor_seconds(self.groups), time.monotonic()
        await together([one(walker) for walker in everybody], figures)
        return self._said(figures, "application_to_decision", began, used)

    def _said(self, figures: Figures, kind: str, began: float, used: dict[str, float]) -> dict[str, Any]:
        """Return how a loop went: how many a second, and what each took of a processor, by process."""
        times, took = figures.seconds[kind], time.monotonic() - began
        now = processor_seconds(self.groups)
        each = {name: round((now[name] - used[name]) / max(1, len(times)) * 1e3, 2) for name in now}
        return spread(times) | {
            "per_second": round(len(times) / took, 1),
            "cpu_ms_each": each,
            "failures": figures.failures[:5],
        }


def _bare(one: Borrower, path: str, kind: str, *, host: str = "") -> Callable[[], Awaitable[None]]:
    async def act() -> None:
        one.figures.note(kind, (await one.line.call("GET", path, host=host)).seconds)

    return act


def processor_seconds(groups: dict[str, int]) -> dict[str, float]:
    """Return what our processes have used of the processors, by name; a busy machine hardly changes it."""
    names, ticks = {group: name for name, group in groups.items()}, os.sysconf("SC_CLK_TCK")
    used = dict.fromkeys(groups, 0.0)
    for entry in PROC.glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[2]) in names:
                used[names[int(fields[2])]] += (int(fields[11]) + int(fields[12])) / ticks
    return used


def spread(times: Sequence[float]) -> dict[str, Any]:
    """Return count, median, 99th percentile and the worst, in milliseconds."""
    if len(times) < 2:
        return {"count": len(times)}
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {
        "count": len(times),
        "p50_ms": round(cuts[49] * 1e3, 1),
        "p99_ms": round(cuts[98] * 1e3, 1),
        "max_ms": round(max(times) * 1e3, 1),
    }


async def run(bench: Bench, asked: argparse.Namespace) -> dict[str, Any]:
    """Measure with thinking, then without."""
    watching = asyncio.create_task(bench.watcher.watch())
    await bench.thinking(borrowers=8, rounds=1, journey=12.0)  # everything compiled, every plan made
    say(f"{asked.borrowers} borrowers, {asked.rounds} journeys of about {asked.journey:g} s each")
    began = time.monotonic()
    figures, holders = await bench.thinking(
        borrowers=asked.borrowers, rounds=asked.rounds, journey=asked.journey
    )
    took = time.monotonic() - began
    say("the same without thinking")
    loops = await bench.loops(holders[: asked.borrowers], asked.loop) if asked.loop else {}
    burst = await bench.burst(asked.borrowers) if asked.loop else {}
    watching.cancel()
    return {
        "borrowers": asked.borrowers,
        "journey_seconds": asked.journey,
        "seconds": round(took, 1),
        "journeys": figures.journeys,
        "failures": figures.failures,
        "thinking": {kind: spread(times) for kind, times in sorted(figures.seconds.items())},
        "closed_loop": {**loops, "application_to_decision": burst} if asked.loop else {},
    }


def touches() -> dict[str, int]:
    """Return how often a person had to touch a journey, and how much went through without."""
    with bank_schema(QINGLAN.schema):
        rows = Application.objects
        return {
            "human_touches": sum(rows.values_list("human_touch_count", flat=True)),
            "in_review": rows.filter(status="in_review").count(),
            "cases": Case.objects.count(),
            "applications": rows.count(),
            "contracted": rows.filter(status="contracted").count(),
            "payments_sent": PaymentInstruction.objects.filter(attempt_count__gt=0).count(),
            "payments_unfinished": PaymentInstruction.objects.filter(finished_at=None).count(),
        }


def table(figures: dict[str, Any]) -> str:
    """Return the figures as lines a person reads, with the goal beside each that has one."""
    head = f"{'with time to think':<28}{'count':>8}{'p50 ms':>10}{'p99 ms':>10}{'max ms':>10}"
    rows = [head]
    for kind, said in figures["thinking"].items():
        goal = GOALS.get(kind)
        late = goal is not None and said.get("p99_ms", goal) > goal
        mark = "" if goal is None else f"  {'MISSED' if late else 'reached'}: p99 <= {goal:g}"
        cells = "".join(f"{said.get(name, ''):>10}" for name in ("p50_ms", "p99_ms", "max_ms"))
        rows.append(f"{kind:<28}{said['count']:>8}{cells}{mark}")
    rows += ["", f"{'without':<28}{'a second':>8}{'p50 ms':>10}{'p99 ms':>10}{'max ms':>10}"]
    for kind, said in figures["closed_loop"].items():
        cells = "".join(f"{said.get(name, ''):>10}" for name in ("p50_ms", "p99_ms", "max_ms"))
        each = ", ".join(f"{name} {spent}" for name, spent in said["cpu_ms_each"].items() if spent)
        rows.append(f"{kind:<28}{said['per_second']:>8}{cells}  CPU ms each: {each}")
    rows += ["", *(f"{name:<28}{number:>8}" for name, number in figures["counted"].items())]
    rows.append(f"{'journeys':<28}{figures['journeys']:>8}")
    rows.append(f"{'failures':<28}{len(figures['failures']):>8}")
    return "\n".join(rows)


def say(text: str) -> None:
    """Say how far it has come, beside the figures."""
    sys.stderr.write(f"{text}\n")


def address_of(database: str) -> str:
    """Return the address of a database on the configured server."""
    known = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/sluice")
    return urlunsplit(urlsplit(known)._replace(path=f"/{database}"))


def main() -> int:
    """Make the database, measure, drop it; the status is 1 when something failed or a person was needed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--borrowers", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--journey", type=float, default=60.0, help="seconds; at least 12")
    parser.add_argument("--loop", type=float, default=15.0, help="seconds of each closed loop; 0: none")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever stops us has our servers stopped too
    with scratch_database("api") as database:
        say("a bank and its merchants")
        scene, shops = build(8 + asked.borrowers * (asked.rounds + 1))
        late = datetime.now(UTC) + timedelta(hours=1)
        token = scene.token(QINGLAN.schema, now=late)  # it outlives the run
        connection.close()
        watcher = Watcher(address_of(database), QINGLAN.schema)
        with serving(address_of(database)) as (port, groups):
            figures = asyncio.run(run(Bench(port, token, shops, watcher, groups), asked))
        figures["counted"] = touches()
    figures |= {"processors": os.cpu_count(), "load": os.getloadavg()[0]}
    text = json.dumps(figures, indent=1, ensure_ascii=False)
    sys.stdout.write(f"{table(figures)}\n\n{text}\n")
    if asked.json is not None:
        asked.json.write_text(text + "\n", encoding="utf-8")
    return 1 if figures["failures"] or figures["counted"]["human_touches"] else 0


if __name__ == "__main__":
    sys.exit(main())
