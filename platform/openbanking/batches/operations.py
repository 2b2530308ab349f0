"""Verbs: begin and finish a batch of rows; receive an upload piece by piece; let go of what was given up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Final
from uuid import UUID

from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from openbanking.batches.models import BatchStatus, DataBatch, RowFault, UploadPart
from openbanking.batches.queries import SHOWN_ERRORS, BatchNotFound, BatchView, batch_view
from openbanking.batches.rows import RowCount, RowError
from openbanking.batches.telling import tell_completed, tell_failed
from openbanking.consents.operations import hold_consent
from openbanking.consents.queries import consent_in_force
from plumbing.sql import hold_name, in_transaction

PURPOSE: Final = "credit_assessment"
MAX_ROWS: Final = 2_000_000
PART_BYTES: Final = 1024 * 1024
UPLOAD_KEPT: Final = timedelta(days=3)
_GIVEN_UP: Final = """SELECT b.* FROM batches_databatch b LEFT JOIN consents_consent c ON c.id = b.consent_id
 WHERE b.status = 'receiving' AND (b.created_at < %s OR c.status IS DISTINCT FROM 'authorised')
 ORDER BY b.id LIMIT 100 FOR UPDATE OF b SKIP LOCKED"""


class BatchEmpty(Refusal):
    """There is not one row in the batch."""

    code = "batches.batch_empty"
    kind = Kind.INVALID
    message = "The batch holds no rows."


class BatchTooLarge(Refusal):
    """The batch holds more rows than one transaction takes."""

    code = "batches.batch_too_large"
    kind = Kind.INVALID
    message = "A batch holds at most {limit} rows: send it in parts."


class UploadTooLong(Refusal):
    """The upload has more bytes than a batch may have."""

    code = "batches.upload_too_long"
    kind = Kind.INVALID
    message = "A batch has at most {limit} bytes: begin another one."


class BatchCompleted(Refusal):
    """The upload is completed: it takes no more bytes."""

    code = "batches.batch_completed"
    kind = Kind.CONFLICT
    message = "The data batch is completed."


class OffsetMismatch(Refusal):
    """The bytes do not begin where those received end."""

    code = "batches.offset_mismatch"
    kind = Kind.CONFLICT
    message = "{received} bytes have been received: go on from there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What is delivered: of whom, under which consent, which cluster, for which days, by which upload."""

    enterprise_id: UUID
    scene_id: UUID
    consent_id: UUID
    cluster: str
    data_class: str
    period: Period | None = None
    batch_id: UUID | None = None

    @property
    def whom(self) -> dict[str, UUID]:
        """Return whose rows these are, and who sends them."""
        return {"enterprise_id": self.enterprise_id, "scene_id": self.scene_id}

    @property
    def terms(self) -> dict[str, UUID | str]:
        """Return what the consent has to say."""
        return {
            **self.whom,
            "consent_id": self.consent_id,
            "purpose": PURPOSE,
            "data_class": self.data_class,
        }


@in_transaction
def begin_batch(*, delivery: Delivery, now: datetime) -> None:
    """Refuse a delivery without a consent in force; then take turns with others about the same business.

    The consent is not locked while rows are written: a withdrawal never waits for a long batch. It is asked
    again, and held, at the end (`finish_batch`).
    """
    consent_in_force(**delivery.terms, now=now)  # type: ignore[arg-type]
    hold_name("batches", delivery.enterprise_id, delivery.scene_id, delivery.cluster)


@in_transaction
def finish_batch(
    *, delivery: Delivery, count: RowCount, fresh: int, changed: Iterable[RowError], now: datetime
) -> BatchView:
    """Note what became of the rows, tell the scene, and hold the consent until the transaction ends.

    Refuses, and so undoes the batch, when the consent was withdrawn while it was written.
    """
    hold_consent(**delivery.terms, now=now)  # type: ignore[arg-type]
    differing = list(changed)
    duplicate = count.sound - fresh - len(differing)
    for error in differing:
        count.refuse(error)
    became = {"rows_accepted": fresh, "rows_rejected": count.rejected, "rows_duplicate": duplicate}
    kept = {"status": BatchStatus.COMPLETED, "completed_at": now, "rows_read": count.read, **became}
    if delivery.batch_id is None:
        batch = DataBatch(**_head(delivery), created_at=now, **kept)
        batch.save(force_insert=True)
    else:
        batch = DataBatch.objects.get(pk=delivery.batch_id)
        for name, value in kept.items():
            setattr(batch, name, value)
        batch.save(update_fields=list(kept))
    errors = sorted(count.errors, key=lambda error: error.line)
    RowFault.objects.bulk_create(
        (RowFault(batch=batch, line=error.line, code=error.code, field=error.field) for error in errors),
        batch_size=1000,
    )
    tell_completed(batch_id=batch.pk, **delivery.whom, became=became, now=now)
    return batch_view(batch, tuple(errors[:SHOWN_ERRORS]))


def _head(delivery: Delivery) -> dict[str, object]:
    period = delivery.period
    return {
        **delivery.whom,
        "consent_id": delivery.consent_id,
        "cluster": delivery.cluster,
        "period_start_date": None if period is None else period.start_date,
        "period_end_date": None if period is None else period.end_date,
    }


def at_most(chunks: Iterator[str], count: RowCount, *, limit: int = 0) -> Iterator[str]:
    """Pass chunks on; refuses when there are too many rows, or none."""
    most = limit or MAX_ROWS
    for chunk in chunks:
        if count.read > most:
            raise BatchTooLarge(limit=most)
        yield chunk
    if count.read > most:
        raise BatchTooLarge(limit=most)
    if count.read == 0:
        raise BatchEmpty


@in_transaction
def open_upload(*, delivery: Delivery, now: datetime) -> BatchView:
    """Begin an upload whose bytes may come in several calls; nothing is visible before it completes."""
    consent_in_force(**delivery.terms, now=now)  # type: ignore[arg-type]
    batch = DataBatch(**_head(delivery), created_at=now, status=BatchStatus.RECEIVING)
    batch.save(force_insert=True)
    return batch_view(batch)


@in_transaction
def receive_bytes(
    *, batch_id: UUID, scene_id: UUID, start_byte: int, body: IO[bytes], most: int
) -> BatchView:
    """Keep more bytes of an upload, `most` in all; they begin where those received end, or are refused.

    The consent is asked by whoever completes the upload; bytes of a withdrawn one are let go by the sweep.
    """
    batch = _receiving(batch_id, scene_id)
    if start_byte != batch.byte_count:
        raise OffsetMismatch(received=batch.byte_count)
    while content := body.read(PART_BYTES):
        UploadPart.objects.create(batch=batch, start_byte=batch.byte_count, content=content)
        batch.byte_count += len(content)
        if batch.byte_count > most:
            raise UploadTooLong(limit=most)
    batch.save(update_fields=["byte_count"])
    return batch_view(batch)


@in_transaction
def take_bytes(*, batch_id: UUID, scene_id: UUID, into: IO[bytes]) -> BatchView:
    """Write the bytes of an upload into a file, in order, and let go of them."""
    batch = _receiving(batch_id, scene_id)
    parts = UploadPart.objects.filter(batch_id=batch.pk).order_by("start_byte")
    at = 0
    while part := parts.filter(start_byte__gte=at).first():
        into.write(part.content)
        at = part.start_byte + 1
    into.seek(0)
    parts.delete()
    return batch_view(batch)


def _receiving(batch_id: UUID, scene_id: UUID) -> DataBatch:
    batch = DataBatch.objects.select_for_update().filter(pk=batch_id, scene_id=scene_id).first()
    if batch is None:
        raise BatchNotFound(batch_id=batch_id)
    if batch.status != BatchStatus.RECEIVING:
        raise BatchCompleted
    return batch


@in_transaction
def forget_uploads(*, now: datetime) -> int:
    """Delete up to a hundred uploads that nobody completed in three days, or whose consent ended.

    Their scenes are told that nothing of them was taken in.
    """
    given_up = list(DataBatch.objects.raw(_GIVEN_UP, [now - UPLOAD_KEPT]))
    ids = [batch.pk for batch in given_up]
    UploadPart.objects.filter(batch_id__in=ids).delete()
    DataBatch.objects.filter(pk__in=ids).delete()
    for batch, key in zip(given_up, ids, strict=True):
        tell_failed(batch_id=key, enterprise_id=batch.enterprise_id, scene_id=batch.scene_id, now=now)
    return len(ids)
