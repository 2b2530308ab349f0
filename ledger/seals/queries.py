"""Reads of the seals: the lines they cover, the daily root, the export that the offline verifier checks."""

import base64
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from django.db import connection

from ledger.seals.models import Seal
from ledger.seals.tree import LINE_FIELDS, NO_ROOT, instant

Format = Literal["ndjson", "csv"]
EXPORT_VERSION: Final = "sluice-journal-1"
CHUNK: Final = 5_000

# One row a line: its position and its canonical text. `concat_ws` skips NULL, so nothing here may be NULL.
_LINES_WITH: Final = r"""
    SELECT p.position, concat_ws(E'\t', p.position, p.entry_id, p.line_no, coalesce(a.code, ''),
           coalesce(a.currency, ''), p.side, p.amount, to_char(p.booking_date, 'YYYY-MM-DD'),
           to_char(p.value_date, 'YYYY-MM-DD'), coalesce(e.kind, ''), coalesce(e.reference, ''),
           coalesce(e.description, ''), coalesce(e.idempotency_key, ''), coalesce(e.reverses_id::text, ''),
           coalesce(encode(e.content_hash, 'hex'), '')){columns}
      FROM ledger_posting p
      LEFT JOIN ledger_entry e ON e.id = p.entry_id
      LEFT JOIN ledger_account a ON a.id = p.account_id
     WHERE p.position >= %s AND p.position < %s
     ORDER BY p.position, p.entry_id, p.line_no LIMIT %s
"""
_LINES: Final = _LINES_WITH.format(columns="")
_DATED_LINES: Final = _LINES_WITH.format(columns=", p.booking_date")
_SEAL_FIELDS: Final = (
    "number",
    "business_date",
    "first_position",
    "before_position",
    "line_count",
    "sealed_at",
    "merkle_root",
    "previous_root",
    "root",
    "leaves",
)
COLUMNS: Final = ("record", "version", *_SEAL_FIELDS, *LINE_FIELDS)


@dataclass(frozen=True, slots=True)
class SealView:
    """A seal, without its leaves."""

    number: int
    business_date: date
    first_position: int
    before_position: int
    line_count: int
    merkle_root: bytes
    previous_root: bytes
    root: bytes
    sealed_at: datetime


def view_of(row: Seal) -> SealView:
    """Return the frozen view of a row."""
    return SealView(
        number=row.number,
        business_date=row.business_date,
        first_position=row.first_position,
        before_position=row.before_position,
        line_count=row.line_count,
        merkle_root=bytes(row.merkle_root),
        previous_root=bytes(row.previous_root),
        root=bytes(row.root),
        sealed_at=row.sealed_at,
    )


def lines(
    *, first_position: int, before_position: int, limit: int | None = None
) -> Iterator[tuple[int, str]]:
    """Yield the position and the canonical text of each line of a run, as they stand now."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, (first_position, before_position, limit))
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def dated_lines(*, first_position: int, before_position: int) -> list[tuple[int, str, date]]:
    """Return the same with the day each line was booked on; for a run that is short."""
    with connection.cursor() as cursor:
        cursor.execute(_DATED_LINES, (first_position, before_position, None))
        return list(cursor.fetchall())


def seals(*, from_date: date | None = None, to_date: date | None = None) -> tuple[SealView, ...]:
    """Return the seals of business dates from `from_date` up to, but without, `to_date`, in order."""
    rows = Seal.objects.defer("leaves").order_by("number")
    if from_date is not None:
        rows = rows.filter(business_date__gte=from_date)
    if to_date is not None:
        rows = rows.filter(business_date__lt=to_date)
    return tuple(view_of(row) for row in rows)


def current_root() -> bytes:
    """Return the root of the last seal, or 32 zero bytes before the first."""
    last = Seal.objects.defer("leaves").order_by("-number").first()
    return NO_ROOT if last is None else bytes(last.root)


def daily_root(*, business_date: date) -> bytes:
    """Return the root as of the end of a business date: what the bank was handed that day."""
    rows = Seal.objects.defer("leaves").filter(business_date__lte=business_date)
    last = rows.order_by("-number").first()
    return NO_ROOT if last is None else bytes(last.root)


def export(*, from_date: date, to_date: date, form: Format = "ndjson") -> Iterator[str]:
    """Yield the journal sealed on business dates from `from_date` up to, but without, `to_date`, row by row.

    A first row, then each seal followed by its lines, every value a text. What was booked back in time
    stands with the day on which it was sealed.
    """
    if form == "csv":
        yield _written(dict(zip(COLUMNS, COLUMNS, strict=True)), form)
    chosen = seals(from_date=from_date, to_date=to_date)
    first = chosen[0].previous_root if chosen else current_root()
    head = {"record": "journal", "version": EXPORT_VERSION, "previous_root": first.hex()}
    yield _written(head, form)
    for view in chosen:
        yield _written(_seal_record(view), form)
        found = lines(first_position=view.first_position, before_position=view.before_position)
        for _, text in found:
            # A text altered to hold a tab has a field too many: exported all the same, to be named.
            fields = dict(zip(LINE_FIELDS, text.split("\t", len(LINE_FIELDS) - 1), strict=True))
            yield _written({"record": "line", **fields}, form)


def _seal_record(view: SealView) -> dict[str, str]:
    leaves = Seal.objects.values_list("leaves", flat=True).get(number=view.number)
    facts = (
        view.number,
        view.business_date,
        view.first_position,
        view.before_position,
        view.line_count,
        instant(view.sealed_at),
        view.merkle_root.hex(),
        view.previous_root.hex(),
        view.root.hex(),
        base64.b64encode(bytes(leaves)).decode(),
    )
    return {"record": "seal", **dict(zip(_SEAL_FIELDS, map(str, facts), strict=True))}


def _written(record: dict[str, str], form: Format) -> str:
    """Return a record as one row, its end included."""
    if form == "ndjson":
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
    row = io.StringIO()
    csv.writer(row, lineterminator="\n").writerow([record.get(name, "") for name in COLUMNS])
    return row.getvalue()
