"""Verbs: take in a batch of a stream's records under a consent."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from kernel.refusals import Kind, Refusal
from openbanking.consents.operations import hold_consent
from openbanking.receipts.rows import RowCount, RowError
from openbanking.receipts.telling import tell_completed
from openbanking.streams.catalogue import STREAMS, Stream
from openbanking.streams.models import StreamBatch
from openbanking.streams.queries import StreamBatchView, batch_view
from openbanking.streams.reading import copy_chunks
from openbanking.streams.statements import STATEMENTS
from plumbing.sql import in_transaction

PURPOSE: Final = "credit_assessment"
MAX_ROWS: Final = 1_000_000
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


class StreamUnknown(Refusal):
    """There is no such stream."""

    code = "streams.stream_unknown"
    kind = Kind.INVALID
    message = "{stream} is not a stream of data."


class StreamBatchEmpty(Refusal):
    """There is not one record in the batch."""

    code = "streams.batch_empty"
    kind = Kind.INVALID
    message = "The batch holds no records."


class StreamBatchTooLarge(Refusal):
    """The batch holds more records than one transaction takes."""

    code = "streams.batch_too_large"
    kind = Kind.INVALID
    message = "A batch holds at most {limit} records: send it in parts."


@in_transaction
def ingest_records(
    *,
    stream: str,
    enterprise_id: UUID,
    scene_id: UUID,
    consent_id: UUID,
    rows: Iterable[Mapping[str, object]] | Iterable[bytes] | Iterable[str],
    now: datetime,
    business_date: date | None = None,
) -> StreamBatchView:
    """Write records and their days, and return how many rows were new, known already and refused.

    `rows` are NDJSON lines or mappings: `record_no`, `revision` (0 if absent) and the stream's fields. A row
    that breaks a rule is counted and, among the first hundred, kept with its line and field; the others are
    written. A higher revision corrects a record; the same revision again is a duplicate, with other content
    it is refused as `streams.record_changed`. Days after `business_date` (the day of `now` if not given) are
    refused. Without a consent in force for the stream's data nothing is written.
    """
    if stream not in STREAMS:
        raise StreamUnknown(stream=stream[:40])
    chosen, whom = STREAMS[stream], {"enterprise_id": enterprise_id, "scene_id": scene_id}
    hold_consent(consent_id=consent_id, **whom, purpose=PURPOSE, data_class=chosen.data_class, now=now)
    count, today = RowCount(), now.astimezone(SHANGHAI).date()
    readers = {name: reader for name, (_, reader) in chosen.fields.items()}
    chunks = copy_chunks(rows, readers, count=count, latest=business_date or today)
    values: dict[str, Any] = {**whom, "stream": stream, "now": now, "known_day": today}
    fresh, changed = _write(chosen, _at_most(chunks, count), values, count)
    for line in changed:
        count.refuse(RowError(line, "streams.record_changed", "record_no"))
    became = {
        "rows_accepted": fresh,
        "rows_rejected": count.rejected,
        "rows_duplicate": count.sound - fresh - len(changed),
    }
    batch = StreamBatch.objects.create(
        **whom,
        **became,
        consent_id=consent_id,
        stream=stream,
        rows_read=count.read,
        errors=[{"line": error.line, "code": error.code, "field": error.field} for error in count.errors],
        received_at=now,
    )
    tell_completed(batch_id=batch.pk, **whom, became=became, now=now)
    return batch_view(batch)


def _at_most(chunks: Iterator[str], count: RowCount) -> Iterator[str]:
    for chunk in chunks:
        if count.read > MAX_ROWS:
            raise StreamBatchTooLarge(limit=MAX_ROWS)
        yield chunk
    if count.read == 0:
        raise StreamBatchEmpty


def _write(
    stream: Stream, chunks: Iterator[str], values: dict[str, Any], count: RowCount
) -> tuple[int, list[int]]:
    """Copy the chunks in, fold them, and return how many records were new and which lines differed."""
    statements = STATEMENTS[stream.code]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.streams_incoming")
        cursor.execute(statements.incoming)
        with cursor.copy("COPY pg_temp.streams_incoming FROM STDIN") as copy:
            for chunk in chunks:
                copy.write(chunk)
        cursor.execute("ANALYZE pg_temp.streams_incoming")
        cursor.execute(statements.fold, values)
        fresh: int = cursor.fetchone()[0]
        changed: list[int] = []
        if fresh < count.sound:
            cursor.execute(statements.changed, values)
            changed = [line for (line,) in cursor.fetchall()]
        cursor.execute("DROP TABLE pg_temp.streams_incoming")
    return fresh, changed
