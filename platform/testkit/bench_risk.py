"""Measures the decision engine: in process, whole with PostgreSQL, replayed, sealed, two strategies compared.

    python -m testkit.bench_risk [--runs 20000] [--seconds 20] [--rate 100] [--stored 100000] [--json FILE]

Makes a database of its own beside the configured one, with a bank made by the real operation, and drops it.
A whole decision is what an assessment does: ask what is live and wanted that day, read what the scene knows
under the consent as of now, work out the features, ask the graph, run the strategy in force, and record it
with a commit; the application's own rows (enterprise, product) are at hand. It is measured three times: under
the strategy in force alone, whose facts come of one read and no graph, as an act of its own; the same within
a transaction, as of a door that has more to write; and with a draft beside that declares every fact there is.
It is asked for at an even rate whether or not the one before has ended (open loop); its time counts from when
it was due, beside what a bare insert with its commit takes here. CPU is processor time of this process from
the first question to the commit; the waiting for its turn and the server's own share are told beside.
Prints a table, then JSON. The status is 1 when a replayed decision differs or the chain does not hold.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
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
from kernel.money import Money  # noqa: E402
from lending.applications import facts as gathered  # noqa: E402
from lending.applications.observed import Observed, ask_and_observe  # noqa: E402
from lending.applications.relations import graph_facts  # noqa: E402
from lending.products.queries import current_product  # noqa: E402
from lending.products.terms import ProductView  # noqa: E402
from plumbing.heap import settle  # noqa: E402
from plumbing.schemas import bank_schema  # noqa: E402
from plumbing.sql import sole_act  # noqa: E402
from risk.decisions import queries  # noqa: E402
from risk.decisions.flow import read_facts, run  # noqa: E402
from risk.decisions.operations import decide, seal_decisions  # noqa: E402
from risk.features.facts import CATALOGUE, FactValue  # noqa: E402
from risk.features.wanted import Wanted  # noqa: E402
from risk.graph.drafts import Node, RelationDraft  # noqa: E402
from risk.graph.kinds import EntityKind, RelationKind  # noqa: E402
from risk.graph.operations import relate  # noqa: E402
from risk.strategies.document import Strategy, read_document  # noqa: E402
from risk.strategies.operations import draft_strategy, first_document  # noqa: E402
from risk.strategies.queries import strategy_in_force  # noqa: E402
from risk.verification.operations import run_backtest  # noqa: E402
from testkit.applicants import Applicant, Takings, admit, list_scene  # noqa: E402
from testkit.banks import QINGLAN  # noqa: E402
from testkit.bench_rate import evenly, measure_raw_insert, server_seconds, spread  # noqa: E402
from testkit.made_up import applicant  # noqa: E402

DAY: Final = date(2026, 11, 3)
NOW: Final = datetime(2026, 11, 3, 3, tzinfo=UTC)
MERCHANTS: Final = 40
REQUEST: Final = gathered.Request(amount=Money.parse("30000.00"), tenor_days=180)
BORN: Final = date(1990, 1, 1)
BATCH: Final = 500


def measure_pure(count: int) -> dict[str, Any]:
    """Return what one decision takes in process, facts to verdict."""
    strategy = read_document(first_document())
    assert isinstance(strategy, Strategy)
    rules: dict[str, FactValue] = {
        "rules.annual_cost_cap": Decimal("0.24"),
        "rules.online_unsecured_max": Decimal(1_000_000),
    }
    rng = random.Random(7)
    sheets = [applicant(rng) | rules for _ in range(count)]
    times, cpu = [], time.process_time()
    for facts in sheets:
        started = time.perf_counter()
        run(strategy, read_facts(strategy, facts))
        times.append(time.perf_counter() - started)
    return spread(times, time.process_time() - cpu)


def build() -> list[Applicant]:
    """Make a bank and its merchants, each with half a year of receipts under a consent."""
    migrate_schema("public")
    create_bank(QINGLAN)
    with bank_schema(QINGLAN.schema), transaction.atomic():
        scene_id = list_scene(now=NOW, listed_from=DAY)
        merchants = [
            admit(
                now=NOW,
                business_date=DAY,
                scene_id=scene_id,
                number=number,
                takings=Takings(sales_a_day=3 + number % 8),
            )
            for number in range(1, MERCHANTS + 1)
        ]
        nodes = [_node(merchant) for merchant in merchants]
        guarantees = [
            RelationDraft(
                source=one,
                kind=RelationKind.GUARANTEES,
                target=other,
                valid_from=DAY - timedelta(days=90),
                learned_from="bench",
                amount=Money.parse("50000.00"),
            )
            for one, other in pairwise(nodes)
        ]
        relate(relations=guarantees, now=NOW)
        return merchants


def _node(merchant: Applicant) -> Node:
    return Node(EntityKind.ENTERPRISE, merchant.enterprise.registration_no)


def features(
    merchant: Applicant, product: ProductView, observed: Observed, wanted: Wanted
) -> dict[str, FactValue]:
    """Return what is wanted of a merchant as of now: streams under consent, registration, graph."""
    return gathered.gather(
        observed=observed,
        graph=graph_facts(
            registration_no=merchant.enterprise.registration_no, on_date=DAY, now=NOW, wanted=wanted
        ),
        enterprise=merchant.enterprise,
        request=REQUEST,
        product=product,
        area_ok=True,
        born_date=BORN,
        first_time=True,
        as_of_date=DAY,
        wanted=wanted,
    )


def measure_whole(
    merchants: Sequence[Applicant], *, rate: int, seconds: int, in_door: bool = False
) -> dict[str, Any]:
    """Return figures of whole decisions asked for at an even rate, each durable by itself."""
    act = _in_door if in_door else _whole
    gathering = deciding = 0.0
    product = current_product(code="receipts_revolving", on_date=DAY)
    for number in range(2 * MERCHANTS):  # everything compiled, every plan made
        act(merchants[number % MERCHANTS], product, f"warm_{number}")

    def one(number: int) -> None:
        nonlocal gathering, deciding
        for_features, for_decision = act(merchants[number % MERCHANTS], product, f"app_{number}")
        gathering += for_features
        deciding += for_decision

    cpu, server = time.process_time(), server_seconds()
    times = evenly(one, rate=rate, seconds=seconds)
    cpu, after = time.process_time() - cpu, server_seconds()
    spent = None if server is None or after is None else (after - server) / len(times) * 1e3
    return {
        **spread(times, gathering + deciding),
        "pace_cpu_ms_each": round((cpu - gathering - deciding) / len(times) * 1e3, 3),
        "features_cpu_ms_each": round(gathering / len(times) * 1e3, 3),
        "decide_cpu_ms_each": round(deciding / len(times) * 1e3, 3),
        "server_cpu_ms_each": None if spent is None else round(spent, 3),
        "rate": rate,
    }


def want_everything() -> None:
    """Keep a draft that declares every fact there is, so that decisions gather and record them all."""
    document = first_document() | {"facts": {name: fact.type.value for name, fact in CATALOGUE.items()}}
    with transaction.atomic():
        draft_strategy(document=document, note="bench: everything", drafted_by="bench", now=NOW)


def _whole(
    merchant: Applicant, product: ProductView, subject: str, *, alone: bool = True
) -> tuple[float, float]:
    """Decide once, alone or in a transaction; return the CPU seconds of gathering and of the rest."""
    started = time.process_time()
    borrower = public_id("biz", merchant.enterprise_id)
    asking, observed = ask_and_observe(
        subject=subject,
        borrower=borrower,
        enterprise_id=merchant.enterprise_id,
        scene_id=merchant.scene_id,
        purpose="credit_assessment",
        as_of_date=DAY,
        now=NOW,
    )
    facts = features(merchant, product, observed, asking.wanted)
    between = time.process_time()
    about: dict[str, Any] = {"subject": subject, "borrower": borrower, "facts": facts, "asking": asking}
    if alone:
        sole_act(decide, **about, on_date=DAY, now=NOW)
    else:
        decide(**about, on_date=DAY, now=NOW)
    return between - started, time.process_time() - between


def _in_door(merchant: Applicant, product: ProductView, subject: str) -> tuple[float, float]:
    """Decide once within the transaction of a door, which has more to write."""
    started = time.process_time()
    with transaction.atomic():
        _whole(merchant, product, subject, alone=False)
    return 0.0, time.process_time() - started


def store(count: int) -> float:
    """Decide until so many decisions are stored, in larger transactions; return their CPU milliseconds."""
    rng, cpu = random.Random(11), time.process_time()
    for start in range(0, count, BATCH):
        with transaction.atomic():
            for number in range(start, min(start + BATCH, count)):
                decide(subject=f"stored_{number}", facts=applicant(rng), on_date=DAY, now=NOW)
        if start % 10_000 == 0:
            say(f"{start} of {count} stored")
    return (time.process_time() - cpu) / max(count, 1) * 1e3


def timed(act: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return what an act returns, its seconds and its CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = act()
    return found, time.perf_counter() - wall, time.process_time() - cpu


def measure_stored(count: int) -> dict[str, Any]:
    """Return figures of replaying, sealing and comparing so many stored decisions."""
    each = store(count)
    say("replaying")
    replayed, seconds, cpu = timed(lambda: queries.replay_all(progress=_told))
    sealed, seal_seconds, _ = timed(_seal_all)
    chain, verify_seconds, _ = timed(queries.verify_chain)
    say("comparing two strategies")
    report, backtest_seconds, _ = timed(_backtest)
    return {
        "store_cpu_ms_each": round(each, 3),
        "replay": {
            "count": replayed.count,
            "mismatches": replayed.mismatch_count,
            "seconds": round(seconds, 1),
            "per_second": round(replayed.count / seconds),
            "per_cpu_second": round(replayed.count / cpu),
        },
        "chain": {
            "links": sealed,
            "intact": chain.intact and not chain.unsealed_count,
            "seal_seconds": round(seal_seconds, 1),
            "verify_seconds": round(verify_seconds, 1),
        },
        "backtest": {
            "count": report.count,
            "runs": 2 * report.count,
            "seconds": round(backtest_seconds, 1),
            "approved_old": report.figures["overall"]["approved_old"]["share"],
            "approved_new": report.figures["overall"]["approved_new"]["share"],
        },
    }


def _told(count: int) -> None:
    if count % 20_000 == 0:
        say(f"{count} replayed")


def _seal_all() -> int:
    count = 0
    while True:
        with transaction.atomic():
            sealed = seal_decisions(now=NOW)
        count += sealed.count
        if sealed.finished:
            return count


def _backtest() -> Any:
    document = first_document()
    document["limit"]["caps"][0]["parameters"]["multiple"]["C"] = "0.20"
    document["admit"]["rules"][1]["require"]["value"] = 240
    old: UUID = strategy_in_force(DAY).id
    with transaction.atomic():
        draft = draft_strategy(document=document, note="bench", drafted_by="bench", now=NOW)
        return run_backtest(
            old_id=old,
            new_id=draft.id,
            from_date=DAY,
            to_date=DAY + timedelta(days=1),
            asked_by="bench",
            now=NOW,
        )


def durability() -> str:
    """Return how the server was told to keep what it confirms."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        fsync, commit = cursor.fetchone()
    return f"fsync {fsync}, synchronous_commit {commit}"


def table(figures: dict[str, Any]) -> str:
    """Return the figures as lines a person reads, with the goal beside each that has one."""
    pure, whole, stored = figures["in_process"], figures["whole"], figures["stored"]
    everything, raw = figures["whole_all"], figures["raw_insert"]
    server, back = whole["server_cpu_ms_each"], stored["backtest"]
    rows = [
        ("engine in process, p50 ms", pure["p50_ms"], ""),
        ("engine in process, p99 ms", pure["p99_ms"], "<= 1"),
        ("engine in process, CPU ms", pure["cpu_ms_each"], ""),
        (f"whole decision at {whole['rate']}/s, p50 ms", whole["p50_ms"], ""),
        (f"whole decision at {whole['rate']}/s, p99 ms", whole["p99_ms"], "<= 10"),
        ("  a raw insert with a commit at the same rate, p50 ms", raw["p50_ms"], ""),
        ("  and its p99 ms", raw["p99_ms"], ""),
        ("whole decision, CPU ms", whole["cpu_ms_each"], "<= 1.5"),
        ("  of it features and graph", whole["features_cpu_ms_each"], ""),
        ("  of it deciding and recording", whole["decide_cpu_ms_each"], ""),
        ("  beside it this measurement's waiting for its turn", whole["pace_cpu_ms_each"], ""),
        ("  and PostgreSQL's own", "not visible" if server is None else server, ""),
        ("the same within a door's transaction, p99 ms", figures["in_door"]["p99_ms"], ""),
        ("  CPU ms", figures["in_door"]["cpu_ms_each"], ""),
        ("the same with every fact there is, p99 ms", everything["p99_ms"], ""),
        ("  CPU ms", everything["cpu_ms_each"], ""),
        ("  and PostgreSQL's own", everything["server_cpu_ms_each"] or "not visible", ""),
        ("decisions replayed", stored["replay"]["count"], ""),
        ("  that differ", stored["replay"]["mismatches"], "0"),
        ("  a second", stored["replay"]["per_second"], ""),
        ("chain sealed, seconds", stored["chain"]["seal_seconds"], ""),
        ("chain verified, seconds", stored["chain"]["verify_seconds"], ""),
        (f"{back['count']} applications x 2 strategies, seconds", back["seconds"], "<= 60"),
    ]
    return "\n".join(f"{name:<52} {value!s:>12}   {goal}" for name, value, goal in rows)


def say(text: str) -> None:
    """Say how far it has come, beside the figures."""
    sys.stderr.write(f"{text}\n")


def main() -> int:
    """Measure everything, print the table and the JSON; the status is 1 when something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    settle()  # as the web server does
    figures: dict[str, Any] = {"in_process": measure_pure(asked.runs)}
    base: dict[str, Any] = settings.DATABASES["default"]
    database = f"{base['NAME']}_bench_{os.getpid()}"
    beside = psycopg.connect(
        dbname="postgres",
        host=base["HOST"] or None,
        port=base["PORT"] or None,
        user=base["USER"] or None,
        password=base["PASSWORD"] or None,
        autocommit=True,
    )
    with beside:
        beside.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        try:
            connection.settings_dict["NAME"] = database
            merchants = build()
            figures["durability"] = durability()
            with bank_schema(QINGLAN.schema):
                figures["whole"] = measure_whole(merchants, rate=asked.rate, seconds=asked.seconds)
                figures["in_door"] = measure_whole(
                    merchants, rate=asked.rate, seconds=asked.seconds, in_door=True
                )
                figures["raw_insert"] = measure_raw_insert(rate=asked.rate, seconds=asked.seconds)
                want_everything()
                figures["whole_all"] = measure_whole(merchants, rate=asked.rate, seconds=asked.seconds)
                figures["stored"] = measure_stored(asked.stored)
        finally:
            connection.close()
            beside.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))
    text = json.dumps(figures, indent=1)
    sys.stdout.write(f"{table(figures)}\n{figures['durability']}\n\n{text}\n")
    if asked.json is not None:
        asked.json.write_text(text + "\n", encoding="utf-8")
    return int(figures["stored"]["replay"]["mismatches"] > 0 or not figures["stored"]["chain"]["intact"])


if __name__ == "__main__":
    sys.exit(main())
