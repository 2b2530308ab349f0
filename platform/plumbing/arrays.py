"""PostgreSQL array literals: a batch of a thousand entries crosses the wire as a few strings.

Several times cheaper than adapting every element; PostgreSQL still parses each one as its column's type.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

T = TypeVar("T")


def shared(values: Sequence[T]) -> Sequence[T]:
    """Return one value for all where all are the same."""
    return values[:1] if values.count(values[0]) == len(values) else values


def plain_array(values: Iterable[object]) -> str:
    """Return an array of values whose text needs no quoting: numbers, dates, ids, NULL."""
    return f"{{{','.join(map(str, values))}}}"


def date_array(values: Iterable[date]) -> str:
    """Return an array of dates; a batch has few different ones."""
    known: dict[date, str] = {}
    return plain_array([known.get(day) or known.setdefault(day, str(day)) for day in values])


def text_array(values: Iterable[str]) -> str:
    """Return an array of any texts."""
    texts = list(values)
    joined = "".join(texts)
    if "\\" in joined or '"' in joined:  # few batches hold either
        texts = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
    return '{"' + '","'.join(texts) + '"}' if texts else "{}"


def bytes_array(values: Iterable[bytes]) -> str:
    """Return an array of binary values, as hexadecimal digits."""
    digits = '","\\\\x'.join([value.hex() for value in values])
    return f'{{"\\\\x{digits}"}}' if digits else "{}"
