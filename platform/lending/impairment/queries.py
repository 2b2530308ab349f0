"""Reads of frozen populations and of the statistics over them, and of loans that stop accruing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.impairment.inclusive import InclusiveReport, Population, inclusive_report
from lending.impairment.models import InclusiveSnapshot
from regulation import queries as regulation


class SnapshotMissing(Refusal):
    """Nothing was frozen on that day."""

    code = "impairment.snapshot_missing"
    kind = Kind.NOT_FOUND
    message = "No population was frozen on {as_of_date}."


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """A frozen population."""

    id: UUID
    as_of_date: date
    loan_count: int
    sha256: str
    rule: str
    frozen_at: datetime


_POPULATION = """
SELECT coalesce(sum(balance) FILTER (WHERE is_inclusive), 0),
       coalesce(sum(balance), 0),
       count(DISTINCT enterprise_id) FILTER (WHERE is_inclusive AND balance > 0),
       coalesce(sum(balance) FILTER (WHERE is_inclusive AND is_non_performing), 0),
       coalesce(sum(balance) FILTER (WHERE is_non_performing), 0),
       coalesce(sum(principal) FILTER (WHERE is_inclusive AND value_date >= %(since)s), 0),
       coalesce(sum(principal * annual_rate) FILTER (WHERE is_inclusive AND value_date >= %(since)s), 0)
  FROM inclusive_row WHERE snapshot_id = %(snapshot)s
"""
_LABELS = """
SELECT label, count(*), sum(balance), count(DISTINCT enterprise_id)
  FROM inclusive_row, unnest(labels) AS label
 WHERE snapshot_id = %s AND is_inclusive GROUP BY label ORDER BY label
"""


def snapshot_view(row: InclusiveSnapshot) -> SnapshotView:
    """Return the frozen view of a row."""
    return SnapshotView(row.id, row.as_of_date, row.loan_count, row.sha256, row.rule, row.frozen_at)


def get_snapshot(*, as_of_date: date) -> SnapshotView:
    """Return the population of a day; raises `SnapshotMissing`."""
    row = InclusiveSnapshot.objects.filter(as_of_date=as_of_date).first()
    if row is None:
        raise SnapshotMissing(as_of_date=as_of_date.isoformat())
    return snapshot_view(row)


def population(*, as_of_date: date) -> Population:
    """Return a frozen population's sums; new loans are those drawn since the year began."""
    snapshot = get_snapshot(as_of_date=as_of_date)
    parameters: dict[str, Any] = {"snapshot": snapshot.id, "since": as_of_date.replace(month=1, day=1)}
    with connection.cursor() as cursor:
        cursor.execute(_POPULATION, parameters)
        balance, all_loans, borrowers, npl, all_npl, drawn, weighted = cursor.fetchone()
    return Population(
        inclusive_balance=Money(int(balance)),
        all_balance=Money(int(all_loans)),
        borrower_count=int(borrowers),
        inclusive_npl=Money(int(npl)),
        all_npl=Money(int(all_npl)),
        new_rate_exact=weighted / drawn if drawn else None,
    )


def labels(*, as_of_date: date) -> dict[str, tuple[int, Money, int]]:
    """Return by label (I-04) the inclusive loans of a frozen population: loans, balance, borrowers."""
    snapshot = get_snapshot(as_of_date=as_of_date)
    with connection.cursor() as cursor:
        cursor.execute(_LABELS, [snapshot.id])
        return {row[0]: (int(row[1]), Money(int(row[2])), int(row[3])) for row in cursor.fetchall()}


def two_increases_two_controls(*, as_of_date: date, base_date: date) -> InclusiveReport:
    """Return 两增两控 between two frozen populations, by the indicators in force on the later day (I-03)."""
    rule = regulation.rule("I-02", as_of_date)
    return inclusive_report(
        base=population(as_of_date=base_date), now=population(as_of_date=as_of_date), standard=rule.parameters
    )
