"""Verbs: take in a batch of receipts under a consent."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from openbanking.consents.operations import hold_consent
from openbanking.receipts.models import DataBatch
from openbanking.receipts.queries import BatchView, batch_view
from openbanking.receipts.rows import ReceiptRow, RowCount, RowError, copy_chunks
from plumbing.outbox.operations import emit
from plumbing.sql import in_transaction

PURPOSE: Final = "credit_assessment"
DATA_CLASS: Final = "receipts"
MAX_ROWS: Final = 1_000_000
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_FAR: Final = datetime(2100, 1, 1, tzinfo=UTC)
_SQL: Final = Path(__file__).with_name("sql")
_INCOMING: Final = (_SQL / "incoming.sql").read_text(encoding="utf-8")
_FOLD_BATCH: Final = (_SQL / "fold_batch.sql").read_text(encoding="utf-8")
_CHANGED_ROWS: Final = (_SQL / "changed_rows.sql").read_text(encoding="utf-8")


class BatchEmpty(Refusal):
    """There is not one row in the batch."""

    code = "receipts.batch_empty"
    kind = Kind.INVALID
    message = "The batch holds no rows."


class BatchTooLarge(Refusal):
    """The batch holds more rows than one transaction takes."""

    code = "receipts.batch_too_large"
    kind = Kind.INVALID
    message = "A batch holds at most {limit} rows: send it in parts."


@in_transaction
def ingest_batch(
    *,
    enterprise_id: UUID,
    scene_id: UUID,
    consent_id: UUID,
    rows: Iterable[ReceiptRow] | Iterable[bytes] | Iterable[str],
    now: datetime,
    business_date: date | None = None,
) -> BatchView:
    """Write receipts and their days, and return how many rows were new, known already and refused.

    `rows` are NDJSON lines or `ReceiptRow`s. A row that breaks a rule is counted and, among the first
    hundred, kept with its line and code; the others are written. The same receipt again is a duplicate,
    with other content it is refused as `receipts.receipt_changed`. Receipts after `business_date` (when
    given) are refused. Without a consent in force for credit_assessment of receipts nothing is written.
    """
    hold_consent(
        consent_id=consent_id,
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        purpose=PURPOSE,
        data_class=DATA_CLASS,
        now=now,
    )
    count = RowCount()
    latest = _FAR if business_date is None else _end_of(business_date)
    fresh, changed = _write(
        _at_most(copy_chunks(rows, count=count, latest=latest), count), enterprise_id, scene_id, count
    )
    for line in changed:
        count.refuse(RowError(line, "receipts.receipt_changed", "receipt_no"))
    batch = DataBatch.objects.create(
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        consent_id=consent_id,
        rows_read=count.read,
        rows_accepted=fresh,
        rows_rejected=count.rejected,
        rows_duplicate=count.sound - fresh - len(changed),
        errors=[{"line": error.line, "code": error.code, "field": error.field} for error in count.errors],
        created_at=now,
    )
    return _told(batch, now=now)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=SHANGHAI)


def _at_most(chunks: Iterator[str], count: RowCount) -> Iterator[str]:
    for chunk in chunks:
        if count.read > MAX_ROWS:
            raise BatchTooLarge(limit=MAX_ROWS)
        yield chunk
    if count.read > MAX_ROWS:
        raise BatchTooLarge(limit=MAX_ROWS)
    if count.read == 0:
        raise BatchEmpty


def _write(
    chunks: Iterator[str], enterprise_id: UUID, scene_id: UUID, count: RowCount
) -> tuple[int, list[int]]:
    """Copy the chunks in, fold them, and return how many receipts were new and which lines differed."""
    whose = {"enterprise_id": enterprise_id, "scene_id": scene_id}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.receipts_incoming")
        cursor.execute(_INCOMING)
        with cursor.copy("COPY pg_temp.receipts_incoming FROM STDIN") as copy:
            for chunk in chunks:
                copy.write(chunk)
        cursor.execute("ANALYZE pg_temp.receipts_incoming")
        cursor.execute("SELECT set_config('work_mem', '64MB', true)")  # large sorts in memory
        cursor.execute(_FOLD_BATCH, whose)
        fresh: int = cursor.fetchone()[0]
        changed: list[int] = []
        if fresh < count.sound:
            cursor.execute(_CHANGED_ROWS, whose)
            changed = [line for (line,) in cursor.fetchall()]
        cursor.execute("DROP TABLE pg_temp.receipts_incoming")
    return fresh, changed


def _told(batch: DataBatch, *, now: datetime) -> BatchView:
    view = batch_view(batch)
    subject = public_id("bat", batch.pk)
    emit(
        type="data_batch.completed",
        subject=subject,
        data={
            "id": subject,
            "object": "data_batch",
            "status": "completed",
            "business": public_id("biz", batch.enterprise_id),
            "rows_accepted": view.rows_accepted,
            "rows_rejected": view.rows_rejected,
            "rows_duplicate": view.rows_duplicate,
        },
        scene_id=batch.scene_id,
        now=now,
    )
    return view
