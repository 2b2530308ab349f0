"""Reads: batches and the rows that were refused."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from openbanking.batches.models import DataBatch, RowFault
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
