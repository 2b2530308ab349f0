"""Measures the decision engine: pure runs a second, recorded decisions a second, and a replay of all of them.

    python -m testkit.bench_risk [--runs 20000] [--records 2000]

Makes a database of its own beside the configured one and drops it. A figure of another machine means nothing.
The status is 1 when a single replayed decision differs.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import django
import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from plumbing.schemas import bank_schema  # noqa: E402
from plumbing.sql import pin_functions  # noqa: E402
from regulation import operations as regulation  # noqa: E402
from regulation.packs import RuleDraft  # noqa: E402
from risk.decisions.flow import read_facts, run  # noqa: E402
from risk.decisions.operations import decide  # noqa: E402
from risk.decisions.queries import replay_all  # noqa: E402
from risk.features.facts import FactValue  # noqa: E402
from risk.strategies.document import Strategy, read_document  # noqa: E402
from risk.strategies.operations import first_document, seed_first_strategy  # noqa: E402

SCHEMA: Final = "bench"
DAY: Final = date(2026, 11, 2)
NOW: Final = datetime(2026, 11, 2, 3, tzinfo=UTC)
RULES: Final = (
    ("R-11", {"annual_cost_cap": "0.240000"}),
    ("S3-07", {"online_unsecured_max": "1000000.00"}),
)
ROOMS: Final = ("audit", "regulation", "decisions")
SECTORS: Final = ("retail", "wholesale", "accommodation_food", "health", None)


def applicant(rng: random.Random) -> dict[str, FactValue]:
    """Return the facts of a made-up applicant; one in ten has a fact missing."""
    daily = Decimal(rng.randint(10_000, 300_000)) / 100
    facts: dict[str, FactValue] = {
        "receipts.median_daily_90d": daily,
        "receipts.median_calendar_90d": daily,
        "receipts.median_calendar_prior_90d": daily,
        "receipts.credited_daily_90d": (daily * 9 / 10).quantize(Decimal("0.01")),
        "receipts.credited_daily_prior_90d": (daily * 8 / 10).quantize(Decimal("0.01")),
        "receipts.active_days_90d": rng.randint(50, 90),
        "receipts.refund_rate_90d": Decimal(rng.randint(0, 120_000)) / 1_000_000,
        "receipts.growth_90d": Decimal(rng.randint(-600_000, 600_000)) / 1_000_000,
        "receipts.payer_share_90d": Decimal(rng.randint(250_000, 1_000_000)) / 1_000_000,
        "receipts.history_days": rng.randint(150, 400),
        "receipts.days_since_last": rng.randint(1, 9),
        "enterprise.months_open": rng.randint(3, 90),
        "enterprise.employees": rng.choice([None, 1, 3, 12]),
        "enterprise.industry_sector": rng.choice(SECTORS),
        "enterprise.area_ok": True,
        "application.amount": Decimal(rng.randint(5, 300) * 1000),
        "application.tenor_days": 180,
        "application.revolving": True,
        "product.limit_max": Decimal(300_000),
    }
    if rng.random() < 0.1:
        facts[rng.choice(sorted(facts))] = None
    return facts


def spread(times: list[float], cpu_seconds: float) -> dict[str, Any]:
    """Return the figures of one series; the CPU's share is what a busy machine does not change."""
    cuts = statistics.quantiles(times, n=100)
    return {
        "count": len(times),
        "p50_ms": round(cuts[49] * 1e3, 3),
        "p99_ms": round(cuts[98] * 1e3, 3),
        "cpu_ms_each": round(cpu_seconds / len(times) * 1e3, 3),
        "per_cpu_second": round(len(times) / cpu_seconds),
    }


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


def build() -> None:
    """Make one bank's risk tables, its two rules and its first strategy."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCHEMA)))
    with bank_schema(SCHEMA):
        executor = MigrationExecutor(connection)
        executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] in ROOMS])
        pin_functions(SCHEMA)
        drafts = [
            RuleDraft(code, date(2025, 1, 1), None, code, code, "bench", "BLOCK", "V", parameters)
            for code, parameters in RULES
        ]
        with transaction.atomic():
            regulation.adopt_pack(rules=drafts, holidays=(), adopted_by="bench", now=NOW)
            seed_first_strategy(signed_by=("bench one", "bench two"), effective_from=DAY, now=NOW)


def measure_recorded(count: int) -> dict[str, Any]:
    """Return figures of deciding with a commit each, and of running all of them again."""
    rng, verdicts, times = random.Random(11), dict.fromkeys(("approve", "refer", "decline"), 0), []
    cpu = time.process_time()
    with bank_schema(SCHEMA):
        for number in range(count):
            facts = applicant(rng)
            started = time.perf_counter()
            with transaction.atomic():
                view = decide(subject=f"app_{number}", facts=facts, on_date=DAY, now=NOW)
            times.append(time.perf_counter() - started)
            verdicts[view.verdict] += 1
        cpu = time.process_time() - cpu
        started = time.process_time()
        report = replay_all()
        seconds = time.process_time() - started
    return {
        **spread(times, cpu),
        **verdicts,
        "replayed": report.count,
        "mismatches": len(report.mismatches),
        "replays_per_cpu_second": round(report.count / seconds),
    }


def main() -> int:
    """Run both parts and print them as JSON; the status is 1 on any mismatch."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--records", type=int, default=2_000)
    asked = parser.parse_args()
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
            build()
            figures["recorded"] = measure_recorded(asked.records)
        finally:
            connection.close()
            beside.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    return 1 if figures["recorded"]["mismatches"] else 0


if __name__ == "__main__":
    sys.exit(main())
