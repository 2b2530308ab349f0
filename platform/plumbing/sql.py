"""What operations demand of the database: an open transaction, and SQL that belongs to a migration."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from django.db import connection
from django.db.migrations.operations import RunSQL

P = ParamSpec("P")
R = TypeVar("R")


class TransactionMissing(RuntimeError):
    """An operation was called without the transaction that a door opens. A programmer's mistake."""


def in_transaction(operation: Callable[P, R]) -> Callable[P, R]:
    """Mark an operation as one that demands an open transaction and never opens one (house, rule 3)."""

    @functools.wraps(operation)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not connection.in_atomic_block:
            raise TransactionMissing(f"{operation.__module__}.{operation.__qualname__} needs a transaction")
        return operation(*args, **kwargs)

    return guarded


def sql_file(anchor: str, name: str, reverse: str = "") -> RunSQL:
    """Return a migration operation that runs `sql/<name>` of the room whose migration is `anchor` (`__file__`)."""
    path = Path(anchor).resolve().parents[1] / "sql" / name
    return RunSQL(path.read_text(encoding="utf-8"), reverse or RunSQL.noop)
