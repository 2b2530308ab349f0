"""Records as they arrive: NDJSON in, checked field by field, lines for COPY out. Pure.

Every value is matched against an alphabet without tabs and backslashes, so nothing needs escaping.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Final

import orjson

from openbanking.batches.rows import RowCount, RowRefused, checked_payer, chunked

Reader = Callable[[object, date], str]
_RECORD_NO: Final = re.compile(r"[0-9A-Za-z._:/#-]{1,64}").fullmatch
_AMOUNT: Final = re.compile(r"(-?)([0-9]{1,10})(?:\.([0-9]{1,2}))?").fullmatch
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_EARLIEST: Final = date(2000, 1, 1)
_ABSENT: Final = "\\N"


class FieldInvalid(Exception):
    """A field breaks its rule; caught within this room and counted."""


def signed_fen(value: object, _latest: date) -> str:
    """Return fen from a plain decimal in yuan, which may be below zero."""
    found = _AMOUNT(value) if isinstance(value, str) else None
    if found is None:
        raise FieldInvalid
    sign, yuan, fraction = found.groups()
    return f"{sign}{int(yuan) * 100 + (int(fraction.ljust(2, '0')) if fraction else 0)}"


def fen(value: object, latest: date) -> str:
    """Return fen from a plain decimal in yuan, zero or more."""
    text = signed_fen(value, latest)
    if text.startswith("-"):
        raise FieldInvalid
    return text


def any_day(value: object, _latest: date) -> str:
    """Return a calendar day from 2000 on."""
    if not isinstance(value, str) or not _DAY(value):
        raise FieldInvalid
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise FieldInvalid from None
    if found < _EARLIEST:
        raise FieldInvalid
    return value


def day(value: object, latest: date) -> str:
    """Return a calendar day that is not after the latest."""
    text = any_day(value, latest)
    if date.fromisoformat(text) > latest:
        raise FieldInvalid
    return text


def flag(value: object, _latest: date) -> str:
    """Return a truth value."""
    if not isinstance(value, bool):
        raise FieldInvalid
    return "t" if value else "f"


def blinded(value: object, _latest: date) -> str:
    """Return a blinded reference; a number in clear is refused (D-09)."""
    try:
        return checked_payer(value)
    except RowRefused:
        raise FieldInvalid from None


def one_of(*codes: str) -> Reader:
    """Return the reader of one of these codes."""

    def read(value: object, _latest: date) -> str:
        if not isinstance(value, str) or value not in codes:
            raise FieldInvalid
        return value

    return read


def whole(least: int, most: int) -> Reader:
    """Return the reader of a whole number within bounds, both allowed."""

    def read(value: object, _latest: date) -> str:
        if type(value) is not int or not least <= value <= most:
            raise FieldInvalid
        return str(value)

    return read


def optional(reader: Reader) -> Reader:
    """Return the reader of the same or nothing."""
    return lambda value, latest: _ABSENT if value is None else reader(value, latest)


def _parsed(row: object) -> Mapping[str, object]:
    if isinstance(row, Mapping):
        return row
    try:
        found = orjson.loads(row)  # type: ignore[arg-type]  # bytes or str; anything else fails to decode
    except orjson.JSONDecodeError:
        raise RowRefused("malformed_json", "") from None
    if not isinstance(found, dict):
        raise RowRefused("malformed_json", "")
    return found


def copy_line(row: object, fields: Mapping[str, Reader], *, line: int, latest: date) -> str:
    """Return one line of COPY text: line, record_no, revision, then the fields in order."""
    found = _parsed(row)
    unknown = found.keys() - fields.keys() - {"record_no", "revision"}
    if unknown:  # nothing unasked for (D-03)
        raise RowRefused("field_unknown", min(unknown)[:40])
    record_no, revision = found.get("record_no"), found.get("revision", 0)
    if not isinstance(record_no, str) or not _RECORD_NO(record_no):
        raise RowRefused("field_invalid", "record_no")
    if type(revision) is not int or not 0 <= revision <= 10_000:
        raise RowRefused("field_invalid", "revision")
    values = [str(line), record_no, str(revision)]
    for name, reader in fields.items():
        try:
            values.append(reader(found.get(name), latest))
        except FieldInvalid:
            raise RowRefused("field_invalid", name) from None
    return "\t".join(values) + "\n"


def copy_chunks(
    rows: Iterable[object], fields: Mapping[str, Reader], *, count: RowCount, latest: date
) -> Iterator[str]:
    """Yield the sound rows as COPY text in chunks, filling `count`."""
    return chunked(rows, partial(copy_line, fields=fields, latest=latest), room="streams", count=count)
