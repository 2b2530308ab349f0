"""What was measured: backtest reports, and a shadow beside the decisions that it ran along with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from risk.verification.intervals import wilson
from risk.verification.models import BacktestReport

ROWS: Final = 50


class BacktestUnknown(Refusal):
    """There is no such report."""

    code = "verification.backtest_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no backtest {report_id}."


@dataclass(frozen=True, slots=True)
class BacktestView:
    """One report; `figures` as `risk.verification.report` writes them."""

    id: UUID
    strategy_code: str
    old_id: UUID
    new_id: UUID
    from_date: date
    to_date: date
    count: int
    figures: Mapping[str, Any]
    sha256: str
    asked_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ShadowCell:
    """Decisions decided so live and so in the shadow; the limits are sums over approvals."""

    live: str
    shadow: str
    count: int
    live_limit: Money
    shadow_limit: Money


@dataclass(frozen=True, slots=True)
class ShadowComparison:
    """A shadow and the decisions beside which it ran; shares of agreement with their Wilson interval."""

    assignment_id: UUID
    count: int
    cells: tuple[ShadowCell, ...]
    agreed_share: Decimal | None
    agreed_low: float
    agreed_high: float
    failure_count: int
    changed: tuple[UUID, ...]


def backtest_view(row: BacktestReport) -> BacktestView:
    """Return the frozen view of a report."""
    return BacktestView(
        id=row.id,
        strategy_code=row.strategy_code,
        old_id=row.old_id,
        new_id=row.new_id,
        from_date=date.fromisoformat(row.population["from_date"]),
        to_date=date.fromisoformat(row.population["to_date"]),
        count=row.count,
        figures=row.figures,
        sha256=row.sha256,
        asked_by=row.asked_by,
        made_at=row.made_at,
    )


def get_backtest(report_id: UUID) -> BacktestView:
    """Return one report; raises `BacktestUnknown`."""
    row = BacktestReport.objects.filter(id=report_id).first()
    if row is None:
        raise BacktestUnknown(report_id=report_id)
    return backtest_view(row)


def backtests(*, document_id: UUID | None = None, limit: int = ROWS) -> tuple[BacktestView, ...]:
    """Return reports, newest first; of a document, those in which it was the new one."""
    rows = BacktestReport.objects.order_by("-id")
    if document_id is not None:
        rows = rows.filter(new_id=document_id)
    return tuple(backtest_view(row) for row in rows[:limit])


def shadow_comparison(assignment_id: UUID) -> ShadowComparison:
    """Return what a shadow said beside what was decided; zero rows before it has run."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT l.verdict, s.verdict, count(*), coalesce(sum(l."limit"), 0), '
            'coalesce(sum(s."limit"), 0) '
            "FROM decisions_decision s JOIN decisions_decision l ON l.id = s.beside_id "
            "WHERE s.role = 'shadow' AND s.assignment ->> 'shadow' = %s GROUP BY 1, 2 ORDER BY 1, 2",
            [str(assignment_id)],
        )
        cells = tuple(
            ShadowCell(live, shadow, count, Money(int(old)), Money(int(new)))
            for live, shadow, count, old, new in cursor.fetchall()
        )
        cursor.execute(
            "SELECT l.id FROM decisions_decision s JOIN decisions_decision l ON l.id = s.beside_id "
            "WHERE s.role = 'shadow' AND s.assignment ->> 'shadow' = %s "
            'AND (s.verdict, s."limit", s.annual_rate) IS DISTINCT FROM '
            '(l.verdict, l."limit", l.annual_rate) '
            "ORDER BY l.id DESC LIMIT %s",
            [str(assignment_id), ROWS],
        )
        changed = tuple(row[0] for row in cursor.fetchall())
        cursor.execute(
            "SELECT count(*) FROM decisions_shadowfailure WHERE assignment_id = %s", [assignment_id]
        )
        failures = int(cursor.fetchone()[0])
    count = sum(cell.count for cell in cells)
    agreed = sum(cell.count for cell in cells if cell.live == cell.shadow)
    low, high = wilson(agreed, count)
    share = None if not count else (Decimal(agreed) / count).quantize(Decimal("0.000001"))
    return ShadowComparison(assignment_id, count, cells, share, low, high, failures, changed)
