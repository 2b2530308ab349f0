"""Rows of whatever cluster: who counts them, why one is refused, NDJSON in pieces of whole lines. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Final

MAX_ERRORS_KEPT: Final = 10_000
MAX_LINE_BYTES: Final = 64 * 1024
PIECE_BYTES: Final = 64 * 1024
_PAYER_REF: Final = re.compile(r"[0-9A-Za-z_=-]{8,64}").fullmatch
_IN_CLEAR: Final = re.compile(r"1[3-9][0-9]{9}|[0-9]{17}[0-9Xx]|[0-9]{16,19}").fullmatch


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was refused; `line` counts from 1."""

    line: int
    code: str
    field: str


class RowRefused(Exception):
    """A row breaks a rule; caught within this floor and counted."""

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
        """Count a refused row and keep the first ten thousand."""
        self.rejected += 1
        if len(self.errors) < MAX_ERRORS_KEPT:
            self.errors.append(error)


def checked_payer(payer_ref: object) -> str:
    """Return a blinded reference to a payer; refuses one that is not, or that is a number in clear."""
    if not isinstance(payer_ref, str) or not _PAYER_REF(payer_ref):
        raise RowRefused("payer_ref_invalid", "payer_ref")
    if _IN_CLEAR(payer_ref):
        raise RowRefused("payer_ref_in_clear", "payer_ref")
    return payer_ref


def pieces_of(body: IO[bytes]) -> Iterator[bytes]:
    """Yield a file of NDJSON in pieces of whole lines, about 64 KB each; memory holds one of them.

    Of a line longer than 64 KB only its beginning comes, which is no JSON: one row, refused.
    """
    rest = b""
    while chunk := body.read(PIECE_BYTES):
        whole, newline, tail = chunk.rpartition(b"\n")
        if not newline:
            rest = _kept(rest + tail)
            continue
        head, _, more = whole.partition(b"\n")
        yield _kept(rest + head) + b"\n" + more + (b"\n" if more else b"")
        rest = tail
    if rest:
        yield rest


def _kept(line: bytes) -> bytes:
    return line if len(line) <= MAX_LINE_BYTES else line[:MAX_LINE_BYTES] + b"\0"  # no JSON ends so


def lines_of(rows: Iterable[object]) -> Iterator[object]:
    """Yield rows one by one: a piece of bytes or text may hold many lines; blank ones are left out."""
    for row in rows:
        if isinstance(row, bytes):
            yield from (line for line in row.split(b"\n") if line.strip())
        elif isinstance(row, str):
            yield from (line for line in row.split("\n") if line.strip())
        else:
            yield row


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
    for row in lines_of(rows):
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
