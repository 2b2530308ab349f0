"""Receipt rows: NDJSON in, checked row by row, lines for COPY out. Pure; the hot path of the feed."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Final

import orjson

MAX_ERRORS_KEPT: Final = 100
KINDS: Final = ("sale", "refund")
CHANNELS: Final = ("merchant_code", "personal_code", "card", "cash")
_FIELDS: Final = frozenset({"receipt_no", "paid_at", "amount", "kind", "payer_ref", "channel"})
_RECEIPT_NO: Final = re.compile(r"[0-9A-Za-z._:/#-]{1,64}").fullmatch
_AMOUNT: Final = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2}))?").fullmatch
_PAYER_REF: Final = re.compile(r"[0-9A-Za-z_=-]{8,64}").fullmatch
_IN_CLEAR: Final = re.compile(r"1[3-9][0-9]{9}|[0-9]{17}[0-9Xx]|[0-9]{16,19}").fullmatch
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


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was refused; `line` counts from 1."""

    line: int
    code: str
    field: str


class RowRefused(Exception):
    """A row breaks a rule; caught within this room and counted."""

    def __init__(self, code: str, field_name: str) -> None:
        self.code, self.field_name = code, field_name
        super().__init__(code)


@dataclass(slots=True)
class RowCount:
    """What reading a batch has met so far."""

    read: int = 0
    sound: int = 0
    errors: list[RowError] = field(default_factory=list)
    rejected: int = 0

    def refuse(self, error: RowError) -> None:
        """Count a refused row and keep the first hundred."""
        self.rejected += 1
        if len(self.errors) < MAX_ERRORS_KEPT:
            self.errors.append(error)


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


def checked_payer(payer_ref: object) -> str:
    """Return a blinded reference to a payer; refuses one that is not, or that is a number in clear."""
    if not isinstance(payer_ref, str) or not _PAYER_REF(payer_ref):
        raise RowRefused("payer_ref_invalid", "payer_ref")
    if _IN_CLEAR(payer_ref):
        raise RowRefused("payer_ref_in_clear", "payer_ref")
    return payer_ref


def copy_line(row: object, *, line: int, latest: datetime) -> str:
    """Return one line of COPY text (line, receipt_no, kind, paid_at, amount in fen, payer_ref, channel).

    Every value is matched against an alphabet without tabs and backslashes, so nothing needs escaping.
    """
    found = _parsed(row)
    get = found.get
    receipt_no, kind, channel, payer_ref = get("receipt_no"), get("kind"), get("channel"), get("payer_ref")
    if not isinstance(receipt_no, str) or not _RECEIPT_NO(receipt_no):
        raise RowRefused("receipt_no_invalid", "receipt_no")
    if kind not in KINDS:
        raise RowRefused("kind_unknown", "kind")
    if channel not in CHANNELS:
        raise RowRefused("channel_unknown", "channel")
    payer = "\\N" if payer_ref is None else checked_payer(payer_ref)
    paid_at = _instant(get("paid_at"), latest)
    amount = _fen(get("amount"))
    return f"{line}\t{receipt_no}\t{kind}\t{paid_at.isoformat()}\t{amount}\t{payer}\t{channel}\n"


def copy_chunks(
    rows: Iterable[object], *, count: RowCount, latest: datetime, chunk_rows: int = 2000
) -> Iterator[str]:
    """Yield the sound rows as COPY text in chunks, filling `count`."""
    to_line = partial(copy_line, latest=latest)
    return chunked(rows, to_line, room="receipts", count=count, chunk_rows=chunk_rows)


def chunked(
    rows: Iterable[object],
    to_line: Callable[..., str],
    *,
    room: str,
    count: RowCount,
    chunk_rows: int = 2000,
) -> Iterator[str]:
    """Yield what `to_line(row, line=number)` makes of each sound row in chunks, filling `count`.

    Blank lines are skipped, not counted; a row that `to_line` refuses is kept under the room's code.
    """
    chunk: list[str] = []
    for row in rows:
        if isinstance(row, bytes | str) and not row.strip():
            continue
        count.read += 1
        try:
            chunk.append(to_line(row, line=count.read))
        except RowRefused as refused:
            count.refuse(RowError(count.read, f"{room}.{refused.code}", refused.field_name))
            continue
        if len(chunk) == chunk_rows:
            count.sound += chunk_rows
            yield "".join(chunk)
            chunk.clear()
    count.sound += len(chunk)
    yield "".join(chunk)
