"""Verbs: take in a batch of a stream's records under a consent."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from openbanking.batches.operations import Delivery, at_most, begin_batch, finish_batch
from openbanking.batches.queries import BatchView
from openbanking.batches.rows import RowCount, RowError
from openbanking.streams.catalogue import STREAMS, Stream
from openbanking.streams.reading import copy_chunks
from openbanking.streams.statements import STATEMENTS
from plumbing.sql import erasing, in_transaction

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_ERASE: Final = "DELETE FROM {table} WHERE enterprise_id = %s AND scene_id = %s"
_ERASE_PARTIES: Final = f"{_ERASE.format(table='streams_partyday')} AND stream = %s"
_OUTSIDE: Final = "DELETE FROM pg_temp.streams_incoming WHERE NOT day <@ daterange(%s, %s) RETURNING line"


class StreamUnknown(Refusal):
    """There is no such stream."""

    code = "streams.stream_unknown"
    kind = Kind.INVALID
    message = "{stream} is not a stream of data."


@in_transaction
def erase_records(*, enterprise_id: UUID, scene_id: UUID, data_classes: Collection[str]) -> int:
    """Delete what a scene sent of an enterprise in these data classes, and all that was folded from it.

    Returns how many records there were. What decisions were made on stays in their own record.
    """
    whose, count = [enterprise_id, scene_id], 0
    with erasing(enterprise_id), connection.cursor() as cursor:
        for stream in (one for one in STREAMS.values() if one.data_class in data_classes):
            cursor.execute(_ERASE_PARTIES, [*whose, stream.code])
            cursor.execute(_ERASE.format(table=stream.day_table), whose)
            cursor.execute(_ERASE.format(table=stream.table), whose)
            count += cursor.rowcount
    return count


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
    period: Period | None = None,
    batch_id: UUID | None = None,
) -> BatchView:
    """Write records and their days, and return how many rows were new, known already and refused.

    `rows` are NDJSON lines or mappings: `record_no`, `revision` (0 if absent) and the stream's fields. A row
    that breaks a rule is counted and kept with its line and field; the others are written. A higher revision
    corrects a record; the same revision again is a duplicate, with other content it is refused as
    `streams.record_changed`. Days after `business_date` (the day of `now` if not given) or outside `period`
    are refused. Without a consent in force for the stream's data nothing is written.
    """
    if stream not in STREAMS:
        raise StreamUnknown(stream=stream[:40])
    chosen, today = STREAMS[stream], now.astimezone(SHANGHAI).date()
    delivery = Delivery(
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        consent_id=consent_id,
        cluster=chosen.cluster,
        data_class=chosen.data_class,
        period=period,
        batch_id=batch_id,
    )
    begin_batch(delivery=delivery, now=now)
    count = RowCount()
    readers = {name: reader for name, (_, reader) in chosen.fields.items()}
    chunks = copy_chunks(rows, readers, count=count, latest=business_date or today)
    values: dict[str, Any] = {**delivery.whom, "stream": stream, "now": now, "known_day": today}
    fresh, changed = _write(chosen, at_most(chunks, count), values, period, count)
    return finish_batch(delivery=delivery, count=count, fresh=fresh, changed=changed, now=now)


def _write(
    stream: Stream, chunks: Iterator[str], values: dict[str, Any], period: Period | None, count: RowCount
) -> tuple[int, list[RowError]]:
    """Copy the chunks in, fold them, and return how many records were new and which lines differed."""
    statements = STATEMENTS[stream.code]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.streams_incoming")
        cursor.execute(statements.incoming)
        with cursor.copy("COPY pg_temp.streams_incoming FROM STDIN") as copy:
            for chunk in chunks:
                copy.write(chunk)
        if stream.rule:
            cursor.execute(statements.unruly)
            _refuse(cursor.fetchall(), "streams.field_invalid", stream.rule[0], count)
        if period is not None:
            cursor.execute(_OUTSIDE, [period.start_date, period.end_date])
            _refuse(cursor.fetchall(), "streams.outside_period", "day", count)
        cursor.execute("ANALYZE pg_temp.streams_incoming")
        cursor.execute(statements.fold, values)
        fresh: int = cursor.fetchone()[0]
        changed: list[RowError] = []
        if fresh < count.sound:
            cursor.execute(statements.changed, values)
            changed = [RowError(line, "streams.record_changed", "record_no") for (line,) in cursor.fetchall()]
        cursor.execute("DROP TABLE pg_temp.streams_incoming")
    return fresh, changed


def _refuse(lines: Iterable[tuple[int]], code: str, field: str, count: RowCount) -> None:
    """Refuse rows that were taken out of the staging table again."""
    for (line,) in lines:
        count.sound -= 1
        count.refuse(RowError(line, code, field))
