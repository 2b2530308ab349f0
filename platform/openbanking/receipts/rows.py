"""Receipt rows: NDJSON in, checked row by row, lines for COPY out. Pure; the hot path of the feed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

import orjson

from openbanking.batches.rows import PIECE_BYTES, RowCount, RowRefused, checked_payer, chunked
from openbanking.receipts.forms import CHANNELS, KINDS, SHANGHAI, Forms, Intake

_FIELDS: Final = frozenset({"receipt_no", "paid_at", "amount", "kind", "payer_ref", "channel"})
_RECEIPT_NO: Final = re.compile(r"[0-9A-Za-z._:/#-]{1,64}").fullmatch
_AMOUNT: Final = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2}))?").fullmatch
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One receipt: amount a plain decimal in yuan, `payer_ref` a hash or nothing, never a phone (D-09)."""

    receipt_no: str
    paid_at: str
    amount: str
    kind: str
    payer_ref: str | None
    channel: str


def _parsed(row: object) -> dict[str, object]:
    if isinstance(row, ReceiptRow):
        return {name: getattr(row, name) for name in _FIELDS}
    try:
        found = orjson.loads(row)  # type: ignore[arg-type]  # bytes or str; anything else fails to decode
    except orjson.JSONDecodeError:
        raise RowRefused("malformed_json", "") from None
    if not isinstance(found, dict):
        raise RowRefused("malformed_json", "")
    if not found.keys() <= _FIELDS:  # neither a score (D-10) nor anything unasked for (D-03)
        raise RowRefused("field_unknown", min(found.keys() - _FIELDS)[:40])
    return found


def _instant(text: object, latest: datetime) -> datetime:
    if not isinstance(text, str) or len(text) > 40:
        raise RowRefused("paid_at_invalid", "paid_at")
    try:
        paid_at = datetime.fromisoformat(text)
    except ValueError:
        raise RowRefused("paid_at_invalid", "paid_at") from None
    if paid_at.tzinfo is None:
        raise RowRefused("paid_at_without_zone", "paid_at")
    if paid_at < _EARLIEST:
        raise RowRefused("paid_at_invalid", "paid_at")
    if paid_at >= latest:
        raise RowRefused("paid_at_in_future", "paid_at")
    return paid_at


def _fen(text: object) -> int:
    found = _AMOUNT(text) if isinstance(text, str) else None
    if found is None:
        raise RowRefused("amount_invalid", "amount")
    yuan, fraction = found.groups()
    fen = int(yuan) * 100 + (int(fraction.ljust(2, "0")) if fraction else 0)
    if fen == 0:
        raise RowRefused("amount_invalid", "amount")
    return fen


def copy_line(row: object, *, line: int, intake: Intake) -> str:
    """Return one line of COPY text (`forms.COLUMNS`; the amount in fen), and note its day.

    Every value is matched against an alphabet without tabs and backslashes, so nothing needs escaping.
    """
    found = _parsed(row)
    get = found.get
    receipt_no, kind, channel, payer_ref = get("receipt_no"), get("kind"), get("channel"), get("payer_ref")
    if not isinstance(receipt_no, str) or not _RECEIPT_NO(receipt_no):
        raise RowRefused("receipt_no_invalid", "receipt_no")
    if not isinstance(kind, str) or kind not in KINDS:
        raise RowRefused("kind_unknown", "kind")
    if not isinstance(channel, str) or channel not in CHANNELS:
        raise RowRefused("channel_unknown", "channel")
    payer = "\\N" if payer_ref is None else checked_payer(payer_ref)
    paid_at = _instant(get("paid_at"), intake.latest)
    amount = _fen(get("amount"))
    day = paid_at.astimezone(SHANGHAI).date().isoformat()
    if not intake.takes((day,)):
        raise RowRefused("outside_period", "paid_at")
    return (
        f"{intake.lead}\t{line}\t{receipt_no}\t{KINDS[kind]}\t{paid_at.isoformat()}\t{day}\t{amount}\t"
        f"{payer}\t{CHANNELS[channel]}\n"
    )


def copy_chunks(rows: Iterable[object], *, count: RowCount, intake: Intake) -> Iterator[str]:
    """Yield the sound rows as COPY text in chunks, filling `count`.

    `rows` are `ReceiptRow`s, NDJSON lines, or pieces of whole lines. Pieces whose lines all have one form go
    through one expression (`forms`); every other line is read by itself, with the same result.
    """
    forms = Forms(intake)
    to_line = partial(copy_line, intake=intake)
    for piece in pieces(rows):
        if isinstance(piece, str):
            lines = piece.count("\n")
            passed = forms.copy_lines(piece, first=count.read + 1, lines=lines)
            if passed is not None:
                count.read += lines
                count.sound += lines
                yield "".join(passed)
                continue
        yield from chunked([piece], to_line, room="receipts", count=count)


def pieces(rows: Iterable[object]) -> Iterator[object]:
    """Yield ASCII lines together as text, each ended by a newline, and every other row as it is."""
    held: list[str] = []
    size = 0
    for row in rows:
        text = row if isinstance(row, str) else _ascii(row)
        if text is None or not text.isascii():
            if held:
                yield "".join(held)
                held, size = [], 0
            yield row
            continue
        held.append(text if text.endswith("\n") else text + "\n")
        size += len(text)
        if size >= PIECE_BYTES // 2:
            yield "".join(held)
            held, size = [], 0
    if held:
        yield "".join(held)


def _ascii(row: object) -> str | None:
    return row.decode("ascii") if isinstance(row, bytes) and row.isascii() else None
