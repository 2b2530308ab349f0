"""Verbs: take in a batch of receipts under a consent, and say which payers are the shop itself."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from kernel.refusals import Kind, Refusal
from openbanking.consents.operations import hold_consent
from openbanking.receipts.models import DataBatch, OwnPayer
from openbanking.receipts.queries import SIGN_COLUMNS, BatchView, batch_view
from openbanking.receipts.rows import ReceiptRow, RowCount, RowError, RowRefused, checked_payer, copy_chunks
from openbanking.receipts.telling import tell_completed
from plumbing.sql import in_transaction

PURPOSE: Final = "credit_assessment"
DATA_CLASS: Final = "receipts"
MAX_ROWS: Final = 1_000_000
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_FAR: Final = datetime(2100, 1, 1, tzinfo=UTC)
_SQL: Final = Path(__file__).with_name("sql")
_INCOMING: Final = (_SQL / "incoming.sql").read_text(encoding="utf-8")
_FOLD_BATCH: Final = (_SQL / "fold_batch.sql").read_text(encoding="utf-8")
_SIGNS: Final = (
    (_SQL / "signs.sql")
    .read_text(encoding="utf-8")
    .replace("/* columns */", ", ".join(("sale_count", *SIGN_COLUMNS)))
    .replace("/* values */", ", ".join(f"coalesce({name}, 0)" for name in ("sale_count", *SIGN_COLUMNS)))
    .replace(
        "/* updates */", ", ".join(f"{name} = EXCLUDED.{name}" for name in ("sale_count", *SIGN_COLUMNS))
    )
)
_DAYS_OF_BATCH: Final = (
    "SELECT DISTINCT (paid_at AT TIME ZONE 'Asia/Shanghai')::date AS day FROM receipts_incoming"
)
_DAYS_OF_PAYERS: Final = """SELECT DISTINCT day FROM receipts_receiptpayer
WHERE enterprise_id = %(enterprise_id)s AND scene_id = %(scene_id)s AND payer_ref = ANY (%(new)s)"""
_KEEP_MONTHS: Final = """SELECT receipts_keep_months(%(enterprise_id)s, %(scene_id)s, ARRAY(
SELECT DISTINCT date_trunc('month', day)::date FROM (/* touched */) AS touched))"""
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
) -> BatchView:
    """Write receipts and their days, and return how many rows were new, known already and refused.

    `rows` are NDJSON lines or `ReceiptRow`s. A row that breaks a rule is counted and, among the first
    hundred, kept with its line and code; the others are written. The same receipt again is a duplicate,
    with other content it is refused as `receipts.receipt_changed`. Receipts after `business_date` (when
    given) are refused. Without a consent in force for credit_assessment of receipts nothing is written.
    """
    whom = {"enterprise_id": enterprise_id, "scene_id": scene_id}
    hold_consent(consent_id=consent_id, **whom, purpose=PURPOSE, data_class=DATA_CLASS, now=now)
    count = RowCount()
    latest = _FAR if business_date is None else _end_of(business_date)
    fresh, changed = _write(
        _at_most(copy_chunks(rows, count=count, latest=latest), count), enterprise_id, scene_id, count, now
    )
    for line in changed:
        count.refuse(RowError(line, "receipts.receipt_changed", "receipt_no"))
    became = {
        "rows_accepted": fresh,
        "rows_rejected": count.rejected,
        "rows_duplicate": count.sound - fresh - len(changed),
    }
    batch = DataBatch.objects.create(
        **whom,
        **became,
        consent_id=consent_id,
        rows_read=count.read,
        errors=[{"line": error.line, "code": error.code, "field": error.field} for error in count.errors],
        created_at=now,
    )
    tell_completed(batch_id=batch.pk, **whom, became=became, now=now)
    return batch_view(batch)


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
    whose: dict[str, Any] = {"enterprise_id": enterprise_id, "scene_id": scene_id, "now": now, "new": new}
    own = sorted(known | named)
    with connection.cursor() as cursor:
        cursor.execute(_SIGNS.replace("/* touched */", _DAYS_OF_PAYERS), {**whose, "own": own})
        cursor.execute(_KEEP_MONTHS.replace("/* touched */", _DAYS_OF_PAYERS), whose)
    return len(new)


def _own_payers(enterprise_id: UUID, scene_id: UUID) -> list[str]:
    own = OwnPayer.objects.filter(enterprise_id=enterprise_id, scene_id=scene_id)
    return list(own.values_list("payer_ref", flat=True))


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
    chunks: Iterator[str], enterprise_id: UUID, scene_id: UUID, count: RowCount, now: datetime
) -> tuple[int, list[int]]:
    """Copy the chunks in, fold them, and return how many receipts were new and which lines differed."""
    whose: dict[str, Any] = {"enterprise_id": enterprise_id, "scene_id": scene_id, "now": now}
    own = _own_payers(enterprise_id, scene_id)
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
        if fresh:
            cursor.execute(_SIGNS.replace("/* touched */", _DAYS_OF_BATCH), {**whose, "own": own})
            cursor.execute(_KEEP_MONTHS.replace("/* touched */", _DAYS_OF_BATCH), whose)
        changed: list[int] = []
        if fresh < count.sound:
            cursor.execute(_CHANGED_ROWS, whose)
            changed = [line for (line,) in cursor.fetchall()]
        cursor.execute("DROP TABLE pg_temp.receipts_incoming")
    return fresh, changed
