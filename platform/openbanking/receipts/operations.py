"""Verbs: take in a batch of receipts under a consent, and say which payers are the shop itself."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from openbanking.batches.operations import PURPOSE, Delivery, at_most, begin_batch, finish_batch
from openbanking.batches.queries import BatchView
from openbanking.batches.rows import RowCount, RowError, RowRefused, checked_payer
from openbanking.consents.operations import hold_consent
from openbanking.receipts.models import OwnPayer, Receipt, ReceiptDay, ReceiptMonth, ReceiptSigns
from openbanking.receipts.queries import SIGN_COLUMNS
from openbanking.receipts.rows import ReceiptRow, copy_chunks
from plumbing.sql import in_transaction

CLUSTER: Final = "receipts"
DATA_CLASS: Final = "receipts"
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_FAR: Final = datetime(2100, 1, 1, tzinfo=UTC)
_SQL: Final = Path(__file__).with_name("sql")
_INCOMING: Final = (_SQL / "incoming.sql").read_text(encoding="utf-8")
_KEEP: Final = (_SQL / "keep.sql").read_text(encoding="utf-8")
_FOLD: Final = (
    (_SQL / "fold.sql")
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
_DAYS_OF_PAYERS: Final = """SELECT DISTINCT day FROM receipts_receipt
WHERE enterprise_id = %(enterprise_id)s AND scene_id = %(scene_id)s AND payer_ref = ANY (%(new)s)"""
_KEEP_MONTHS: Final = """SELECT receipts_keep_months(%(enterprise_id)s, %(scene_id)s, ARRAY(
SELECT DISTINCT date_trunc('month', day)::date FROM (/* touched */) AS touched))"""
_OUTSIDE: Final = """DELETE FROM pg_temp.receipts_incoming
WHERE NOT (paid_at AT TIME ZONE 'Asia/Shanghai')::date <@ daterange(%s, %s) RETURNING line"""
_CHANGED_ROWS: Final = (_SQL / "changed_rows.sql").read_text(encoding="utf-8")


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
    latest = _FAR if business_date is None else _end_of(business_date)
    fresh, changed = _write(
        at_most(copy_chunks(rows, count=count, latest=latest), count), delivery, count, now
    )
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
    whose: dict[str, Any] = {"enterprise_id": enterprise_id, "scene_id": scene_id, "now": now, "new": new}
    own = sorted(known | named)
    with connection.cursor() as cursor:
        cursor.execute(_FOLD.replace("/* touched */", _DAYS_OF_PAYERS), {**whose, "own": own})
        cursor.execute(_KEEP_MONTHS.replace("/* touched */", _DAYS_OF_PAYERS), whose)
    return len(new)


@in_transaction
def erase_receipts(*, enterprise_id: UUID, scene_id: UUID) -> int:
    """Delete the receipts a scene sent of an enterprise, and all that was folded from them; return how many.

    What decisions were made on stays in their own record.
    """
    for folded in (ReceiptMonth, ReceiptSigns, ReceiptDay, OwnPayer):
        folded.objects.filter(enterprise_id=enterprise_id, scene_id=scene_id).delete()
    count, _ = Receipt.objects.filter(enterprise_id=enterprise_id, scene_id=scene_id).delete()
    return count


def _own_payers(enterprise_id: UUID, scene_id: UUID) -> list[str]:
    own = OwnPayer.objects.filter(enterprise_id=enterprise_id, scene_id=scene_id)
    return list(own.values_list("payer_ref", flat=True))


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=SHANGHAI)


def _write(
    chunks: Iterator[str], delivery: Delivery, count: RowCount, now: datetime
) -> tuple[int, list[RowError]]:
    """Copy the chunks in, keep and fold them; return how many receipts were new and which lines differed."""
    whose: dict[str, Any] = {**delivery.whom, "now": now}
    own = _own_payers(delivery.enterprise_id, delivery.scene_id)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.receipts_incoming")
        cursor.execute(_INCOMING)
        with cursor.copy("COPY pg_temp.receipts_incoming FROM STDIN") as copy:
            for chunk in chunks:
                copy.write(chunk)
        if delivery.period is not None:
            _refuse_outside(delivery.period, count)
        cursor.execute("ANALYZE pg_temp.receipts_incoming (receipt_no, kind, paid_at)")
        cursor.execute("SELECT set_config('work_mem', '64MB', true)")  # large sorts in memory
        cursor.execute(_KEEP, whose)
        fresh = cursor.rowcount
        if fresh:
            cursor.execute(_FOLD.replace("/* touched */", _DAYS_OF_BATCH), {**whose, "own": own})
            cursor.execute(_KEEP_MONTHS.replace("/* touched */", _DAYS_OF_BATCH), whose)
        changed: list[RowError] = []
        if fresh < count.sound:
            cursor.execute(_CHANGED_ROWS, whose)
            changed = [
                RowError(line, "receipts.receipt_changed", "receipt_no") for (line,) in cursor.fetchall()
            ]
        cursor.execute("DROP TABLE pg_temp.receipts_incoming")
    return fresh, changed


def _refuse_outside(period: Period, count: RowCount) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_OUTSIDE, [period.start_date, period.end_date])
        for (line,) in cursor.fetchall():
            count.sound -= 1
            count.refuse(RowError(line, "receipts.outside_period", "paid_at"))
