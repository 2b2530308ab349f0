"""What a transaction has read and may read again without asking PostgreSQL.

The memory hangs on the transaction itself, among what is to happen on commit: a rollback, also one to a
savepoint, takes it away together with whatever was written, and the next transaction starts with none.
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from django.db import connection

from plumbing.schemas import current_schema

T = TypeVar("T")


class _Remembered(Generic[T]):
    """What was read under a name, in one bank's schema."""

    def __init__(self, name: str, schema: str, value: T) -> None:
        self.name, self.schema, self.value = name, schema, value
        self.valid = True

    def __call__(self) -> None:
        """Do nothing on commit: the memory simply ends."""


def once_a_transaction(name: str, load: Callable[[], T]) -> T:
    """Return what `load` returns, reading it once a transaction and bank; outside one, every time."""
    if not connection.in_atomic_block:
        return load()
    schema = current_schema()
    for remembered in _all():
        if remembered.valid and (remembered.name, remembered.schema) == (name, schema):
            known: T = remembered.value
            return known
    value = load()
    connection.on_commit(_Remembered(name, schema, value))
    return value


def forget(name: str) -> None:
    """Read anew from here on: this transaction has changed it."""
    for remembered in _all():
        if remembered.name == name:
            remembered.valid = False


def _all() -> Iterator[_Remembered[Any]]:
    callbacks: list[Any] = connection.run_on_commit  # (savepoints, callback, robust)
    yield from (item[1] for item in callbacks if isinstance(item[1], _Remembered))
