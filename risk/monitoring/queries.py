"""Reads: vintages, stability, the monitors' evidence by day, and the stressed portfolio."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import connection

from kernel.money import Money
from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from risk.classification.queries import loss_slices
from risk.features.facts import CATALOGUE
from risk.monitoring.discrimination import (
    CurvePoint,
    Estimate,
    Group,
    RankBreak,
    calibration_curve,
    calibration_slope,
    gini,
    kolmogorov_smirnov,
    rank_order_breaks,
)
from risk.monitoring.horizons import HORIZONS, Horizon
from risk.monitoring.intervals import Interval, ObservedToExpected, exact_interval, observed_to_expected
from risk.monitoring.models import MonitorReading, MonitorReference
from risk.monitoring.stability import Stability, stability
from risk.monitoring.stress import Slice, StressReport, stress
from risk.strategies.queries import strategy_to_run

SCORE: Final = "score"
CALIBRATION: Final = "calibration"
REFERENCE_LEAST: Final = 1000  # cases; below it the reference is noise and would alarm by itself
REFERENCE_DAYS: Final = 28  # four whole weeks, so that no day of the week weighs more than another
_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


class HorizonUnknown(Refusal):
    """There is no such horizon."""

    code = "monitoring.horizon_unknown"
    kind = Kind.INVALID
    message = "There is no horizon {horizon}."


class ReferenceMissing(Refusal):
    """The monitor has nothing to compare with."""

    code = "monitoring.reference_missing"
    kind = Kind.NOT_FOUND
    message = "There is no reference for {monitor} of {strategy}."


@dataclass(frozen=True, slots=True)
class Vintage:
    """One month's decisions at a horizon; `month` is its first day, or None for all months together."""

    month: date | None
    loans: int
    bads: int
    rate: float
    interval: Interval
    loss: Money
    expected: ObservedToExpected | None
    gini: Estimate | None
    ks: Estimate | None
    slope: Estimate | None
    breaks: tuple[RankBreak, ...]


@dataclass(frozen=True, slots=True)
class VintageReport:
    """A horizon by vintage as of a day, all vintages together, and the calibration curve of them all."""

    horizon: Horizon
    as_of_date: date
    vintages: tuple[Vintage, ...]
    total: Vintage | None
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class ReferenceView:
    """What a monitor compares with; `id` is None until it is set."""

    strategy_code: str
    monitor: str
    version: int
    is_text: bool
    edges: tuple[Decimal, ...]
    shares: Mapping[str, float]
    case_count: int
    source: str
    effective_from: date
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReadingView:
    """One day of a monitor; `log_evidence` from `log_threshold` on is an alarm."""

    monitor: str
    on_date: date
    case_count: int
    log_evidence: float
    log_threshold: float
    leading: str
    alarm: bool


@dataclass(frozen=True, slots=True)
class Prospect:
    """How far a monitor is from a reference of its own: its cases before a day, and the days they took."""

    monitor: str
    first_date: date | None
    days: int
    count: int

    @property
    def is_due(self) -> bool:
        """Whether a reference can be learned of them."""
        return self.count >= REFERENCE_LEAST and self.days >= REFERENCE_DAYS


@dataclass(frozen=True, slots=True)
class _Counted:
    month: date
    grade: str
    group: Group
    loss: int


@cache
def statement(name: str) -> str:
    """Return a statement of the room's `sql` folder."""
    return (Path(__file__).parent / "sql" / name).read_text(encoding="utf-8")


def rows_of(name: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return a statement's rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), dict(parameters))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def get_horizon(code: str) -> Horizon:
    """Return a horizon; raises `HorizonUnknown`."""
    if code not in HORIZONS:
        raise HorizonUnknown(horizon=code[:40])
    return HORIZONS[code]


def vintage_report(
    *,
    horizon: str,
    as_of_date: date,
    known_at: datetime = _EVER,
    strategy_code: str | None = None,
    pd_share: Decimal | None = None,
) -> VintageReport:
    """Return how each month's decisions turned out at a horizon, with what had matured by `as_of_date`.

    `known_at` leaves out what was recorded later: a report of the past can be had again. `pd_share` is the
    part of a PD expected by then, the horizon's own if not given.
    """
    found = get_horizon(horizon)
    share = float(found.pd_share if pd_share is None else pd_share)
    counted = _counted(found, as_of_date, known_at, strategy_code)
    vintages = tuple(
        _vintage(month, list(rows), share) for month, rows in groupby(counted, key=lambda row: row.month)
    )
    curve = calibration_curve([_expected(row.group, share) for row in counted])
    return VintageReport(
        found, as_of_date, vintages, _vintage(None, counted, share) if counted else None, curve
    )


def _counted(
    horizon: Horizon, as_of: date, known_at: datetime, strategy: str | None, matured_from: date | None = None
) -> list[_Counted]:
    rows = rows_of(
        "groups.sql",
        {
            "bad_from_days": horizon.bad_from_days,
            "horizon": horizon.code,
            "as_of": as_of,
            "known_at": known_at,
            "matured_from": matured_from,
            "strategy": strategy,
        },
    )
    return [
        _Counted(month, grade, Group(float(pd), loans, bads), loss)
        for month, grade, pd, loans, bads, loss in rows
    ]


def matured_groups(*, horizon: str, on_date: date, strategy_code: str) -> tuple[Group, ...]:
    """Return the outcomes that matured on one day, by stated PD."""
    found = _counted(get_horizon(horizon), on_date, _EVER, strategy_code, matured_from=on_date)
    return tuple(row.group for row in found)


def _expected(group: Group, share: float) -> Group:
    return Group(group.pd * share, group.loans, group.bads)


def _vintage(month: date | None, rows: list[_Counted], share: float) -> Vintage:
    groups = [_expected(row.group, share) for row in rows]
    loans, bads = sum(group.loans for group in groups), sum(group.bads for group in groups)
    return Vintage(
        month,
        loans,
        bads,
        bads / loans,
        exact_interval(bads, loans),
        Money(sum(row.loss for row in rows)),
        observed_to_expected(bads, loans, sum(group.pd * group.loans for group in groups)),
        gini(groups),
        kolmogorov_smirnov(groups),
        calibration_slope(groups),
        rank_order_breaks(_grades(rows)),
    )


def _grades(rows: list[_Counted]) -> list[tuple[str, int, int]]:
    """Return (grade, loans, bads), the grade with the lowest PDs first."""
    totals: dict[str, tuple[float, int, int]] = {}
    for row in rows:
        stated, loans, bads = totals.get(row.grade, (0.0, 0, 0))
        group = row.group
        totals[row.grade] = (stated + group.pd * group.loans, loans + group.loans, bads + group.bads)
    ordered = sorted(totals.items(), key=lambda item: item[1][0] / item[1][1])
    return [(grade or "-", loans, bads) for grade, (_, loans, bads) in ordered]


def bad_by_decision(*, period: Period) -> dict[UUID, bool]:
    """Return, of the period's decisions with any outcome, whether one of their horizons was bad."""
    parameters = {
        "start": period.start_date,
        "end": period.end_date,
        "bad_from": json.dumps({row.code: row.bad_from_days for row in HORIZONS.values()}),
    }
    return dict(rows_of("bad.sql", parameters))


def stressed_portfolio(*, as_of_date: date) -> StressReport:
    """Return what nine quarters of stress would make of the expected loss of a day's run (S3-16).

    Raises `EclRunMissing` when nothing was reckoned as of that day.
    """
    slices = [
        Slice(
            f"{row.segment} {row.stage}",
            Money(row.exposure),
            Money(row.ecl),
            row.loss_given_default,
            defaulted=row.stage == 3,
        )
        for row in loss_slices(as_of_date=as_of_date)
    ]
    return stress(slices)


def references_on(on_date: date, *, strategy_code: str) -> tuple[ReferenceView, ...]:
    """Return the newest reference of each monitor of a strategy on a day."""
    rows = MonitorReference.objects.filter(strategy_code=strategy_code, effective_from__lte=on_date)
    newest = {row.monitor: row for row in rows.order_by("monitor", "effective_from", "version")}
    return tuple(reference_view(row) for row in newest.values())


def bin_counts(reference: ReferenceView, period: Period) -> dict[str, int]:
    """Return the decisions of a period by the bins of a reference."""
    parameters = {
        "monitor": reference.monitor,
        "strategy": reference.strategy_code,
        "start": period.start_date,
        "end": period.end_date,
        "edges": list(reference.edges),
    }
    return dict(rows_of("texts.sql" if reference.is_text else "bins.sql", parameters))


def stability_report(*, strategy_code: str, period: Period, on_date: date) -> dict[str, Stability | None]:
    """Return, by monitor, PSI of the score and CSI of each fact that has a reference; None without cases."""
    return {
        reference.monitor: stability(reference.shares, bin_counts(reference, period))
        for reference in references_on(on_date, strategy_code=strategy_code)
    }


def readings(*, strategy_code: str, monitor: str, period: Period) -> tuple[ReadingView, ...]:
    """Return a monitor's days of a period, oldest first: the chart of its evidence."""
    rows = MonitorReading.objects.filter(
        strategy_code=strategy_code,
        monitor=monitor,
        on_date__gte=period.start_date,
        on_date__lt=period.end_date,
    )
    return tuple(reading_view(row) for row in rows.order_by("on_date"))


def monitored_strategies() -> tuple[str, ...]:
    """Return the codes of the strategies that have a reference."""
    codes = MonitorReference.objects.order_by("strategy_code").values_list("strategy_code", flat=True)
    return tuple(codes.distinct())


def deciding_strategies() -> tuple[str, ...]:
    """Return the codes of the strategies that have decided anything."""
    return tuple(code for (code,) in rows_of("deciding.sql", {}))


def monitors_of(strategy_code: str, *, on_date: date) -> tuple[str, ...]:
    """Return what is watched of a strategy: its score and the facts that its card reads.

    Raises `StrategyMissing` when none is in force.
    """
    parts = strategy_to_run(on_date, code=strategy_code).strategy.card.characteristics
    return (SCORE, *(name for name in dict.fromkeys(part.fact for part in parts) if name in CATALOGUE))


def reference_prospects(
    *, strategy_code: str, monitors: Sequence[str], before: date, start: date | None = None
) -> dict[str, Prospect]:
    """Return how many cases each monitor has before a day, from `start` or its first decision on."""
    scope = {"strategy": strategy_code, "monitors": list(monitors), "start": start, "end": before}
    return {
        monitor: Prospect(monitor, first, 0 if first is None else (before - first).days, count)
        for monitor, first, count in rows_of("prospect.sql", scope)
    }


def last_read_date(*, strategy_code: str) -> date | None:
    """Return the last day that the monitors of a strategy have read."""
    rows = MonitorReading.objects.filter(strategy_code=strategy_code, monitor=CALIBRATION)
    return rows.order_by("-on_date").values_list("on_date", flat=True).first()


def reference_view(row: MonitorReference) -> ReferenceView:
    """Return the frozen view of a row."""
    return ReferenceView(
        row.strategy_code,
        row.monitor,
        row.version,
        row.is_text,
        tuple(Decimal(edge) for edge in row.edges),
        row.shares,
        row.case_count,
        row.source,
        row.effective_from,
        row.id,
    )


def reading_view(row: MonitorReading) -> ReadingView:
    """Return the frozen view of a row."""
    return ReadingView(
        row.monitor,
        row.on_date,
        row.case_count,
        row.log_evidence,
        row.log_threshold,
        row.leading,
        row.alarm,
    )
