"""Verbs: take in a batch of receipts under a consent, and say which payers are the shop itself."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final
from uuid import UUID

from django.db import connection
from psycopg.errors import UniqueViolation

from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from openbanking.batches.operations import PURPOSE, Delivery, at_most, begin_batch, finish_batch
from openbanking.batches.queries import BatchView
from openbanking.batches.rows import RowCount, RowError, RowRefused, checked_payer
from openbanking.consents.operations import hold_consent
from openbanking.receipts.forms import COLUMNS, SHANGHAI, Intake
from openbanking.receipts.models import (
    OwnPayer,
    Receipt,
    ReceiptDay,
    ReceiptDelivery,
    ReceiptFeed,
    ReceiptMonth,
    ReceiptSigns,
)
from openbanking.receipts.queries import SIGN_COLUMNS
from openbanking.receipts.rows import ReceiptRow, copy_chunks
from plumbing.sql import in_transaction, savepoint

CLUSTER: Final = "receipts"
DATA_CLASS: Final = "receipts"
_FAR: Final = datetime(2100, 1, 1, tzinfo=UTC)
_SQL: Final = Path(__file__).with_name("sql")
_COLUMNS: Final = ", ".join(COLUMNS)
_COPY: Final = f"COPY receipts_receipt ({_COLUMNS}) FROM STDIN"
_COPY_ASIDE: Final = f"COPY pg_temp.receipts_incoming ({_COLUMNS}) FROM STDIN"
_INCOMING: Final = (_SQL / "incoming.sql").read_text(encoding="utf-8")
_KEEP: Final = (_SQL / "keep.sql").read_text(encoding="utf-8").replace("/* columns */", _COLUMNS)
_FOLD: Final = (
    (_SQL / "fold.sql")
    .read_text(encoding="utf-8")
    .replace("/* columns */", ", ".join(("sale_count", *SIGN_COLUMNS)))
    .replace("/* values */", ", ".join(f"coalesce({name}, 0)" for name in ("sale_count", *SIGN_COLUMNS)))
    .replace(
        "/* updates */", ", ".join(f"{name} = EXCLUDED.{name}" for name in ("sale_count", *SIGN_COLUMNS))
    )
)
_DAYS_OF_PAYERS: Final = """SELECT DISTINCT day FROM receipts_receipt
WHERE feed_id = %(feed_id)s AND payer_ref = ANY (%(new)s)"""
_KEEP_MONTHS: Final = "SELECT receipts_keep_months(%(enterprise_id)s, %(scene_id)s, %(months)s)"
_CHANGED_ROWS: Final = (_SQL / "changed_rows.sql").read_text(encoding="utf-8")
_IN_MEMORY_BYTES: Final = 4 * 1024 * 1024
_PIECE_BYTES: Final = 256 * 1024


class PayerInvalid(Refusal):
    """A reference to a payer is not blinded, or not one."""

    code = "receipts.payer_invalid"
    kind = Kind.INVALID
    message = "A payer is named by a blinded reference of 8 to 64 characters."


@in_transaction
def ingest_batch(
    *,
    enterprise_id: UUID,
    scene_id: UUID,
    consent_id: UUID,
    rows: Iterable[ReceiptRow] | Iterable[bytes] | Iterable[str],
    now: datetime,
    business_date: date | None = None,
    period: Period | None = None,
    batch_id: UUID | None = None,
) -> BatchView:
    """Write receipts and their days, and return how many rows were new, known already and refused.

    `rows` are `ReceiptRow`s, NDJSON lines, or pieces of whole lines (`batches.rows.pieces_of`). A row that
    breaks a rule is counted and kept with its line and code; the others are written. The same receipt again
    is a duplicate, with other content it is refused as `receipts.receipt_changed`. Receipts after
    `business_date` or outside `period` (when given) are refused. Without a consent in force for
    credit_assessment of receipts, from the first row to the last, nothing is written.
    """
    delivery = Delivery(
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        consent_id=consent_id,
        cluster=CLUSTER,
        data_class=DATA_CLASS,
        period=period,
        batch_id=batch_id,
    )
    begin_batch(delivery=delivery, now=now)
    count = RowCount()
    feed, _ = ReceiptFeed.objects.get_or_create(enterprise_id=enterprise_id, scene_id=scene_id)
    came = ReceiptDelivery.objects.create(feed=feed, received_at=now)
    intake = Intake(
        lead=f"{came.pk}\t{feed.pk}",
        latest=_FAR if business_date is None else _end_of(business_date),
        period=period,
    )
    chunks = at_most(copy_chunks(rows, count=count, intake=intake), count)
    fresh, changed = _write(chunks, feed, count)
    if fresh:
        _fold(feed, map(date.fromisoformat, intake.days), now)
    return finish_batch(delivery=delivery, count=count, fresh=fresh, changed=changed, now=now)


@in_transaction
def declare_own_payers(
    *, enterprise_id: UUID, scene_id: UUID, consent_id: UUID, payer_refs: tuple[str, ...], now: datetime
) -> int:
    """Note payers who are the shop itself and judge their days again; return how many were new (S1-04).

    What they pay counts for nothing, from the day this is known. Needs the consent to receipts; refuses a
    reference that is not blinded.
    """
    hold_consent(
        consent_id=consent_id,
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        purpose=PURPOSE,
        data_class=DATA_CLASS,
        now=now,
    )
    try:
        named = {checked_payer(payer_ref) for payer_ref in payer_refs}
    except RowRefused:
        raise PayerInvalid from None
    known = set(_own_payers(enterprise_id, scene_id))
    new = sorted(named - known)
    OwnPayer.objects.bulk_create(
        OwnPayer(enterprise_id=enterprise_id, scene_id=scene_id, payer_ref=payer_ref, declared_at=now)
        for payer_ref in new
    )
    feed = ReceiptFeed.objects.filter(enterprise_id=enterprise_id, scene_id=scene_id).first()
    if feed is not None:
        with connection.cursor() as cursor:
            cursor.execute(_DAYS_OF_PAYERS, {"feed_id": feed.pk, "new": new})
            days = [day for (day,) in cursor.fetchall()]
        _fold(feed, days, now)
    return len(new)


@in_transaction
def erase_receipts(*, enterprise_id: UUID, scene_id: UUID) -> int:
    """Delete the receipts a scene sent of an enterprise, and all that was folded from them; return how many.

    What decisions were made on stays in their own record. The number of the feed stays: it says nothing.
    """
    for folded in (ReceiptMonth, ReceiptSigns, ReceiptDay, OwnPayer):
        folded.objects.filter(enterprise_id=enterprise_id, scene_id=scene_id).delete()
    feeds = ReceiptFeed.objects.filter(enterprise_id=enterprise_id, scene_id=scene_id).values("pk")
    count, _ = Receipt.objects.filter(feed_id__in=feeds).delete()
    ReceiptDelivery.objects.filter(feed_id__in=feeds).delete()
    return count


def _own_payers(enterprise_id: UUID, scene_id: UUID) -> list[str]:
    own = OwnPayer.objects.filter(enterprise_id=enterprise_id, scene_id=scene_id)
    return list(own.values_list("payer_ref", flat=True))


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=SHANGHAI)


def _write(chunks: Iterator[str], feed: ReceiptFeed, count: RowCount) -> tuple[int, list[RowError]]:
    """Write the chunks; return how many receipts were new and which lines differ from what is known.

    They go straight into the table, and aside of it only once one of them turns out to be known: then nothing
    of the first attempt is left.
    """
    with SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as spool:
        try:
            with savepoint(), connection.cursor() as cursor:
                with cursor.copy(_COPY) as copy:
                    for chunk in chunks:
                        content = chunk.encode()
                        spool.write(content)
                        copy.write(content)
                return cursor.rowcount, []
        except UniqueViolation:
            spool.seek(0)
            return _write_new(spool, feed, count)


def _write_new(lines: IO[bytes], feed: ReceiptFeed, count: RowCount) -> tuple[int, list[RowError]]:
    """Write those of the lines whose receipt is not known; the first of each holds."""
    whose = {"feed_id": feed.pk}
    changed: list[RowError] = []
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.receipts_incoming")
        cursor.execute(_INCOMING)
        with cursor.copy(_COPY_ASIDE) as copy:
            while content := lines.read(_PIECE_BYTES):
                copy.write(content)
        cursor.execute("ANALYZE pg_temp.receipts_incoming (receipt_no, kind)")
        _sort_in_memory(cursor)
        cursor.execute(_KEEP, whose)
        fresh: int = cursor.rowcount
        if fresh < count.sound:
            cursor.execute(_CHANGED_ROWS, whose)
            changed = [
                RowError(line, "receipts.receipt_changed", "receipt_no") for (line,) in cursor.fetchall()
            ]
        cursor.execute("DROP TABLE pg_temp.receipts_incoming")
    return fresh, changed


def _fold(feed: ReceiptFeed, days: Iterable[date], now: datetime) -> None:
    """Judge the days anew, from every receipt of them, and keep their months."""
    touched = sorted(days)
    whose: dict[str, Any] = {
        "feed_id": feed.pk,
        "enterprise_id": feed.enterprise_id,
        "scene_id": feed.scene_id,
        "days": touched,
        "months": sorted({day.replace(day=1) for day in touched}),
        "own": _own_payers(feed.enterprise_id, feed.scene_id),
        "now": now,
    }
    with connection.cursor() as cursor:
        _sort_in_memory(cursor)
        cursor.execute(_FOLD, whose)
        cursor.execute(_KEEP_MONTHS, whose)


def _sort_in_memory(cursor: Any) -> None:
    cursor.execute("SELECT set_config('work_mem', '64MB', true)")
