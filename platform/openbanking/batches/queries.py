"""Reads: batches and the rows that were refused."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Sum

from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from openbanking.batches.models import BatchStatus, DataBatch, RowFault
from openbanking.batches.rows import RowError

SHOWN_ERRORS = 100


class BatchNotFound(Refusal):
    """There is no such batch, or another scene sent it: the answer is the same."""

    code = "batches.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no such data batch."


@dataclass(frozen=True, slots=True)
class BatchView:
    """What became of a batch; `errors` are the first hundred, `faults` reads them all."""

    id: UUID
    enterprise_id: UUID
    scene_id: UUID
    consent_id: UUID
    cluster: str
    period: Period | None
    status: str
    byte_count: int
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int
    errors: tuple[RowError, ...]
    created_at: datetime
    completed_at: datetime | None


def batch_view(batch: DataBatch, errors: tuple[RowError, ...] = ()) -> BatchView:
    """Return the batch as a frozen value."""
    start, end = batch.period_start_date, batch.period_end_date
    return BatchView(
        id=batch.pk,
        enterprise_id=batch.enterprise_id,
        scene_id=batch.scene_id,
        consent_id=batch.consent_id,
        cluster=batch.cluster,
        period=None if start is None or end is None else Period(start, end),
        status=batch.status,
        byte_count=batch.byte_count,
        rows_read=batch.rows_read,
        rows_accepted=batch.rows_accepted,
        rows_rejected=batch.rows_rejected,
        rows_duplicate=batch.rows_duplicate,
        errors=errors,
        created_at=batch.created_at,
        completed_at=batch.completed_at,
    )


def get_batch(*, batch_id: UUID, scene_id: UUID | None) -> BatchView:
    """Return a batch with its first errors; a scene sees only its own, the bank (None) all."""
    rows = DataBatch.objects.filter(pk=batch_id)
    if scene_id is not None:
        rows = rows.filter(scene_id=scene_id)
    found = rows.first()
    if found is None:
        raise BatchNotFound(batch_id=batch_id)
    return batch_view(found, _faults(batch_id, after_line=0, limit=SHOWN_ERRORS))


def batches(*, enterprise_id: UUID | None = None, limit: int = 50) -> tuple[BatchView, ...]:
    """Return the newest batches, of one enterprise or of all, without their errors."""
    rows = DataBatch.objects.order_by("-id")
    if enterprise_id is not None:
        rows = rows.filter(enterprise_id=enterprise_id)
    return tuple(batch_view(row) for row in rows[:limit])


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh a cluster of an enterprise's data is, and what became of its rows."""

    enterprise_id: UUID
    cluster: str
    batch_count: int
    last_completed_at: datetime | None
    last_day: date | None
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int
    newest_id: UUID


def is_any_sent(*, scene_id: UUID) -> bool:
    """Return whether a scene ever delivered a batch."""
    return DataBatch.objects.filter(scene_id=scene_id, status=BatchStatus.COMPLETED).exists()


def freshness(*, scene_id: UUID, enterprise_ids: Collection[UUID]) -> tuple[Freshness, ...]:
    """Return, for each enterprise and cluster that a scene delivered, how fresh it is and its rows' fate."""
    rows = DataBatch.objects.filter(
        scene_id=scene_id, enterprise_id__in=enterprise_ids, status=BatchStatus.COMPLETED
    )
    figures = (
        rows.order_by("enterprise_id", "cluster")
        .values("enterprise_id", "cluster")
        .annotate(
            batch_count=Count("id"),
            last_completed_at=Max("completed_at"),
            period_end=Max("period_end_date"),
            accepted=Sum("rows_accepted"),
            rejected=Sum("rows_rejected"),
            duplicate=Sum("rows_duplicate"),
        )
    )
    newest = {
        (row.enterprise_id, row.cluster): row.pk
        for row in rows.order_by("enterprise_id", "cluster", "-completed_at", "-id").distinct(
            "enterprise_id", "cluster"
        )
    }
    return tuple(
        Freshness(
            enterprise_id=row["enterprise_id"],
            cluster=row["cluster"],
            batch_count=row["batch_count"],
            last_completed_at=row["last_completed_at"],
            last_day=None if row["period_end"] is None else row["period_end"] - timedelta(days=1),
            rows_accepted=row["accepted"],
            rows_rejected=row["rejected"],
            rows_duplicate=row["duplicate"],
            newest_id=newest[row["enterprise_id"], row["cluster"]],
        )
        for row in figures
    )


def faults(
    *, batch_id: UUID, scene_id: UUID | None, after_line: int = 0, limit: int = 100
) -> tuple[RowError, ...]:
    """Return the refused rows behind a line, in the order of the lines; refuses like `get_batch`."""
    rows = DataBatch.objects.filter(pk=batch_id)
    if scene_id is not None:
        rows = rows.filter(scene_id=scene_id)
    if not rows.exists():
        raise BatchNotFound(batch_id=batch_id)
    return _faults(batch_id, after_line=after_line, limit=limit)


def _faults(batch_id: UUID, *, after_line: int, limit: int) -> tuple[RowError, ...]:
    rows = RowFault.objects.filter(batch_id=batch_id, line__gt=after_line).order_by("line")
    return tuple(RowError(*row) for row in rows.values_list("line", "code", "field")[:limit])
