"""Measures the graph: an applicant's figures over a large made-up graph, and the reckoning of a whole night.

    python -m testkit.bench_graph [--entities 1000000] [--queries 2000]

Makes a database of its own beside the configured one and drops it. A figure of another machine means nothing.
"""

import argparse
import json
import os
import statistics
import sys
import time
from datetime import UTC, date, datetime
from typing import Any, Final

import django
import numpy as np
import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
django.setup()

from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from plumbing.schemas import bank_schema  # noqa: E402
from plumbing.sql import pin_functions  # noqa: E402
from risk.graph import operations as graph  # noqa: E402
from risk.graph.contagion import ContagionPolicy, reckon  # noqa: E402
from risk.graph.drafts import Node  # noqa: E402
from risk.graph.kinds import EntityKind  # noqa: E402
from risk.graph.network import read_network  # noqa: E402
from risk.graph.queries import applicant_facts, last_night  # noqa: E402

SCHEMA: Final = "bench"
DAY: Final = date(2026, 11, 2)
NOW: Final = datetime(2026, 11, 2, 3, tzinfo=UTC)
# Of each kind so many relations a hundred entities; partners of trade gather around hubs.
DENSITY: Final = {"guarantees": 15, "owns": 20, "controls": 25, "core_of": 10, "pays": 60, "trades_with": 40}
HUBBED: Final = frozenset({"pays", "trades_with", "core_of"})
USES: Final = 50
RING: Final = 5  # members of a planted ring; one ring a thousand entities
_ENTITIES: Final = """
INSERT INTO graph_entity (id, kind, ref, known_at)
SELECT n, CASE WHEN n %% 10 < 6 THEN 'enterprise' WHEN n %% 10 < 8 THEN 'person'
               ELSE (ARRAY['device', 'phone', 'account', 'address'])[1 + n %% 4] END, 'n' || n, %(now)s
  FROM generate_series(1, %(count)s) n
"""
_OWED: Final = """
SELECT kind, ref, (1 + id %% 500) * 10000 AS exposure, (id %% 97) / 1000.0 AS pd
  FROM graph_entity WHERE kind = 'enterprise' AND id %% 3 = 0
"""


def made_relations(count: int, rng: np.random.Generator) -> list[str]:
    """Return COPY lines of relations between made-up entities, planted guarantee rings among them."""
    lines: list[str] = []
    everyone = np.arange(1, count + 1)
    firms, people, things = (
        everyone[(everyone % 10 >= a) & (everyone % 10 < b)] for a, b in ((0, 6), (6, 8), (8, 10))
    )
    for kind, density in {**DENSITY, "uses": USES}.items():
        size = count * density // 100
        source = rng.choice(people if kind == "controls" else firms, size)
        if kind in HUBBED:  # the cube of a uniform draw gathers near the first
            source = firms[(rng.random(size) ** 3 * firms.size).astype(np.int64)]
        target = rng.choice(things if kind == "uses" else firms, size)
        pairs = np.unique(np.stack((source, target))[:, source != target], axis=1)
        weights = [number / 1_000_000 for number in rng.integers(100_000, 1_000_000, (pairs.shape[1],))]
        rows = zip(pairs.T.tolist(), weights, strict=True)
        lines.append("".join(line(kind, a, b, weight) for (a, b), weight in rows))
    planted = firms[: count // 1000 * RING].reshape(-1, RING)
    pairs = np.stack((planted.ravel(), np.roll(planted, -1, axis=1).ravel()))
    return [*lines, "".join(line("guarantees", a, b, 0.5) for a, b in pairs.T.tolist())]


def line(kind: str, source: int, target: int, weight: float) -> str:
    """Return a relation as COPY reads it."""
    return f"{kind}\t{source}\t{target}\t2026-01-01\t{weight:.6f}\tbench\t{NOW.isoformat()}\t\n"


def recall(count: int) -> dict[str, float]:
    """Return the part of the planted rings' members that the night, and their own figures, find in a ring."""
    everyone = np.arange(1, count + 1)
    members = everyone[everyone % 10 < 6][: count // 1000 * RING]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM graph_standing WHERE ring_size >= %s AND entity_id = ANY (%s)",
            [RING, members.tolist()],
        )
        by_night = int(cursor.fetchone()[0]) / members.size
    sample = members[:: max(members.size // 500, 1)]
    nodes = [Node(EntityKind.ENTERPRISE, f"n{number}") for number in sample]
    found = [applicant_facts(node=node, on_date=DAY, known_by=NOW)["graph.ring_size"] for node in nodes]
    at_once = sum(int(str(size)) >= RING for size in found) / sample.size
    return {"by_night": by_night, "at_once": at_once}


def fill(count: int) -> int:
    """Write the graph, its bad ones and its book; return how many relations it has."""
    lines = made_relations(count, np.random.default_rng(7))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ENTITIES, {"count": count, "now": NOW})
        columns = "kind, source_id, target_id, valid_from, weight, learned_from, known_at, ended_because"
        with cursor.copy(f"COPY graph_relation ({columns}) FROM STDIN") as copy:
            for part in lines:
                copy.write(part)
        cursor.execute(
            "INSERT INTO graph_bad_flag"
            " (entity_id, reason, valid_from, learned_from, known_at, ended_because)"
            " SELECT id, 'overdue', '2026-06-01', 'bench', %s, '' FROM graph_entity"
            " WHERE kind IN ('enterprise', 'person') AND id %% 50 = 3",
            [NOW],
        )
    with transaction.atomic():
        graph.record_book_of(book=_OWED, as_of_date=DAY, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT count(*) FROM graph_relation")
        return int(cursor.fetchone()[0])


def measure_queries(count: int, queries: int) -> dict[str, float]:
    """Return the milliseconds of an applicant's figures: firms drawn at random, hubs among them."""
    rng = np.random.default_rng(11)
    taken = []
    for number in rng.integers(1, count, queries) // 10 * 10 + 1:
        node = Node(EntityKind.ENTERPRISE, f"n{number}")
        begun = time.perf_counter()
        facts = applicant_facts(node=node, on_date=DAY, known_by=NOW)
        taken.append((time.perf_counter() - begun) * 1000)
        assert facts
    cuts = statistics.quantiles(taken, n=100)
    return {"p50_ms": round(cuts[49], 2), "p95_ms": round(cuts[94], 2), "p99_ms": round(cuts[98], 2)}


def measure_night() -> dict[str, Any]:
    """Return the seconds of one night, by part, and what it found."""
    marks = [time.perf_counter()]
    with transaction.atomic():
        view = graph.begin_night(as_of_date=DAY, now=NOW)
    with transaction.atomic():
        network = read_network(on_date=DAY, known_by=NOW)
    marks.append(time.perf_counter())
    standings = reckon(network, ContagionPolicy())
    marks.append(time.perf_counter())
    while view.finished_at is None:
        with transaction.atomic():
            view = graph.write_portion(night_id=view.id, standings=standings, now=NOW)
    marks.append(time.perf_counter())
    found = last_night()
    assert found is not None
    kept = ("rings", "largest_ring", "largest_cluster", "expected_default")
    parts = zip(("read_s", "reckon_s", "write_s"), marks, marks[1:], strict=False)
    return {
        **{name: round(end - begin, 2) for name, begin, end in parts},
        "total_s": round(marks[-1] - marks[0], 2),
        "rows": len(standings),
        **{name: found.figures[name] for name in kept},
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure and print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="bench_graph")
    parser.add_argument("--entities", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=2_000)
    options = parser.parse_args(arguments)
    server: dict[str, Any] = dict(settings.DATABASES["default"])
    name = f"{server['NAME']}_bench_graph"
    with psycopg.connect(
        host=server["HOST"] or None,
        port=server["PORT"] or None,
        user=server["USER"] or None,
        password=server["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as beside:
        beside.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        beside.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            connection.close()
            connection.settings_dict["NAME"] = name
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE SCHEMA {SCHEMA}")
            with bank_schema(SCHEMA):
                executor = MigrationExecutor(connection)
                executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] == "graph"])
                pin_functions(SCHEMA)
                figures: dict[str, Any] = {"entities": options.entities, "relations": fill(options.entities)}
                figures["applicant"] = measure_queries(options.entities, options.queries)
                figures["night"] = measure_night()
                figures["recall_of_planted_rings"] = recall(options.entities)
                figures["applicant_with_night"] = measure_queries(options.entities, options.queries)
        finally:
            connection.close()
            beside.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
