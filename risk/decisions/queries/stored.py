"""Stored decisions as they are run again: read in batches by key, so that any number of them streams.

JSON arrives as text and is parsed once; nothing of Django's rows is made on the way.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection

from risk.decisions.record import Setting
from risk.features.facts import FactValue, decode
from risk.strategies.document import Strategy

BATCH: Final = 1_000
_COLUMNS: Final = (
    "d.id, d.subject, d.borrower, d.on_date, d.decided_at, d.role, d.beside_id, d.strategy_version_id, "
    "d.strategy_draft_id, d.strategy_sha256, d.assignment::text, d.deviations::text, d.facts::text, "
    'd.result::text, d.verdict, d."limit", d.annual_rate, d.pd, d.grade, d.reasons, d.sha256'
)


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """One row: the documents parsed, the columns that repeat them as they stand in the table."""

    id: UUID
    setting: Setting
    strategy_version_id: UUID | None
    strategy_draft_id: UUID | None
    facts: Mapping[str, Any]
    result: Mapping[str, Any]
    verdict: str
    limit: int | None
    annual_rate: Decimal | None
    pd: Decimal | None
    grade: str
    reasons: list[str]
    sha256: str


def stored_decisions(where: str = "TRUE", **values: Any) -> Iterator[StoredDecision]:
    """Yield decisions in the order of their ids; `where` is SQL of this room over `d`, with named values."""
    after = UUID(int=0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {_COLUMNS} FROM decisions_decision d WHERE d.id > %(after)s AND ({where}) "
                "ORDER BY d.id LIMIT %(batch)s",
                {**values, "after": after, "batch": BATCH},
            )
            rows = cursor.fetchall()
        yield from map(stored, rows)
        if len(rows) < BATCH:
            return
        after = rows[-1][0]


def stored(row: tuple[Any, ...]) -> StoredDecision:
    """Return the decision of a row of `_COLUMNS`."""
    setting = Setting(
        strategy_sha256=row[9],
        subject=row[1],
        borrower=row[2],
        on_date=row[3],
        decided_at=row[4],
        role=row[5],
        beside=row[6],
        assignment=orjson.loads(row[10]),
        deviations=orjson.loads(row[11]),
    )
    facts, result = orjson.loads(row[12]), orjson.loads(row[13])
    return StoredDecision(row[0], setting, row[7], row[8], facts, result, *row[14:])


def columns_sql() -> str:
    """Return the columns that `stored` reads, over the alias `d`."""
    return _COLUMNS


def stored_facts(strategy: Strategy, sheet: Mapping[str, Any]) -> dict[str, FactValue]:
    """Return the facts that a strategy reads, from a stored sheet; what is not there is not known."""
    return {name: decode(name, kind, sheet.get(name)) for name, kind in strategy.types.items()}


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """A live decision as proof: the facts as they were then, and what was decided."""

    facts: Mapping[str, Any]
    verdict: str


def recent_portfolio(*, code: str, from_date: date, limit: int) -> tuple[PortfolioRow, ...]:
    """Return the newest live decisions of a strategy's borrowers, its challengers' included, since a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.facts::text, d.verdict FROM decisions_decision d "
            "WHERE d.role IN ('champion', 'challenger') AND d.on_date >= %s "
            "AND (d.strategy_code = %s OR d.assignment ->> 'champion' = %s) ORDER BY d.id DESC LIMIT %s",
            [from_date, code, code, limit],
        )
        return tuple(PortfolioRow(orjson.loads(facts), verdict) for facts, verdict in cursor.fetchall())


_HISTORY: Final = (
    "d.role IN ('champion', 'challenger') AND d.strategy_code = %s AND d.on_date >= %s AND d.on_date < %s"
)


def history_count(*, code: str, from_date: date, to_date: date) -> int:
    """Return how many live decisions of a strategy there are from a day up to, but without, another."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM decisions_decision d WHERE {_HISTORY}", [code, from_date, to_date]
        )
        return int(cursor.fetchone()[0])


def history(*, code: str, from_date: date, to_date: date) -> Iterator[list[tuple[UUID, str]]]:
    """Yield the same decisions in batches, oldest first: each its id and the JSON of its facts."""
    after = UUID(int=0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT d.id, d.facts::text FROM decisions_decision d WHERE {_HISTORY} AND d.id > %s "
                "ORDER BY d.id LIMIT %s",
                [code, from_date, to_date, after, BATCH],
            )
            rows = cursor.fetchall()
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        after = rows[-1][0]
