"""One call of a bank's function and the beginning of its transaction in one round trip.

Django's transaction begins on the server with its first statement, as a round trip of its own: half of what a
short posting costs. Here BEGIN travels with the call; whoever opened the transaction still ends it. The
function is named with its schema: which bank is written to never hangs on what the search path of this
connection, or of the one that a pooler lent for this transaction, happens to be.
"""

import functools
from collections.abc import Iterable, Sequence
from typing import Any, Final

import psycopg
from psycopg import pq

from plumbing.schemas import this_connection

Call = tuple[str, tuple[str | None, ...]]  # a function and its arguments
_ROWS: Final = pq.ExecStatus.TUPLES_OK
_IDLE: Final = pq.TransactionStatus.IDLE


def of_this_bank(function: str) -> str:
    """Return a function's name with the schema of the bank that the connection works in."""
    wrapper = this_connection()
    return f"{wrapper.ops.quote_name(wrapper.schema_name)}.{function}"


def one_trip(function: str, arguments: tuple[str | None, ...]) -> str | None:
    """Call a function of the current bank that returns one value, and return it as PostgreSQL spells it.

    Outside a transaction the call is one by itself. Errors are Django's, as from a cursor, and so is what
    follows them. Where somebody watches Django's cursors (a query log, a wrapper), or the transaction asks
    for more than the server's default, the call goes the ordinary way.
    """
    return in_one_trip((function, arguments))[0]


def in_one_trip(*calls: Call) -> tuple[str | None, ...]:
    """Call several such functions in one statement, in this order; the first may begin the transaction."""
    wrapper = _opened()
    server = wrapper.connection
    schema = wrapper.ops.quote_name(wrapper.schema_name)
    begun = _begun(wrapper, server)
    if begun is None:
        heads = [f"{schema}.{name}({', '.join(['%s'] * len(values))})::text" for name, values in calls]
        with wrapper.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(heads)}", [value for _, values in calls for value in values])
            return tuple(cursor.fetchone())
    try:
        quote = pq.Escaping(server.pgconn).escape_literal
        called = []
        for name, arguments in calls:
            _demand_text(arguments)
            values = [b"NULL" if value is None else quote(value.encode()) for value in arguments]
            called.append(b"%s(%s)::text" % (f"{schema}.{name}".encode(), b", ".join(values)))
        return _rows(server.pgconn.exec_(begun + b"SELECT " + b", ".join(called)))[0]
    except psycopg.Error:
        with wrapper.wrap_database_errors:
            raise


def rows_of(function: str, columns: str, arguments: Sequence[str | None]) -> list[tuple[str | None, ...]]:
    """Call a function of the current bank that returns rows; return those columns as PostgreSQL spells them.

    For long arguments, which travel beside the statement: nobody quotes them here or scans them there for
    the end of a text. Errors, and the ordinary way, as with `one_trip`.
    """
    return _beside(f"SELECT {columns} FROM ", function, arguments)


def call(function: str, arguments: Sequence[str | bytes | None]) -> None:
    """Call a function of the current bank that returns nothing; for long arguments, as `rows_of`.

    Bytes are a text that somebody has encoded already, and that holds no NUL.
    """
    _beside("SELECT ", function, arguments)


def _opened() -> Any:
    """Return the connection, open and sound, as a cursor would find it."""
    wrapper = this_connection()
    if wrapper.needs_rollback:
        wrapper.validate_no_broken_transaction()
    if not wrapper.in_atomic_block:
        if wrapper.health_check_enabled and not wrapper.health_check_done:
            wrapper.close_if_health_check_failed()
        if wrapper.connection is None:
            wrapper.ensure_connection()
    return wrapper


def _beside(
    head: str, function: str, arguments: Sequence[str | bytes | None]
) -> list[tuple[str | None, ...]]:
    wrapper = _opened()
    server = wrapper.connection
    begun = _begun(wrapper, server)
    if begun is None:
        called = f"{head}{of_this_bank(function)}({', '.join(['%s'] * len(arguments))})"
        texts = [value.decode() if isinstance(value, bytes) else value for value in arguments]
        with wrapper.cursor() as cursor:
            cursor.execute(called, texts)
            return [tuple(row) for row in cursor.fetchall()]
    try:
        if begun:
            _rows(server.pgconn.exec_(begun))
        _demand_text([value for value in arguments if isinstance(value, str)])
        values = [value.encode() if isinstance(value, str) else value for value in arguments]
        statement = _marked(head, wrapper.schema_name, function, len(values))
        return _rows(server.pgconn.exec_params(statement, values))
    except psycopg.Error:
        with wrapper.wrap_database_errors:
            raise


@functools.lru_cache(maxsize=1024)
def _marked(head: str, schema: str, function: str, count: int) -> bytes:
    """Return the statement with a mark for each argument; the same text for every call of a bank's."""
    marks = ", ".join([f"${number}" for number in range(1, count + 1)])
    return f"{head}{this_connection().ops.quote_name(schema)}.{function}({marks})".encode()


def _demand_text(values: Iterable[str | None]) -> None:
    """Refuse, as a cursor does, what libpq would cut off without a word."""
    if "\0" in "".join(filter(None, values)):
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")


def _rows(result: Any) -> list[tuple[str | None, ...]]:
    if result.status not in (_ROWS, pq.ExecStatus.COMMAND_OK):
        raise _error(result)
    found, columns = [], range(result.nfields)
    for row in range(result.ntuples):
        values = [result.get_value(row, column) for column in columns]
        found.append(tuple([None if value is None else value.decode() for value in values]))
    return found


def _begun(wrapper: Any, server: Any) -> bytes | None:
    """Return what begins the transaction, nothing where none is to begin; None for the ordinary way.

    That is the way where somebody watches, or asks for more than the server's default.
    """
    if not isinstance(server, psycopg.Connection) or wrapper.execute_wrappers or wrapper.queries_logged:
        return None
    if server.autocommit or server.pgconn.transaction_status != _IDLE:
        return b""
    asked = (server.isolation_level, server.read_only, server.deferrable)
    return b"BEGIN; " if asked == (None, None, None) else None


def _error(result: Any) -> psycopg.Error:
    """Return what PostgreSQL said as psycopg would raise it."""
    state = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"08006").decode()
    return psycopg.errors.lookup(state)(result.error_message.decode(errors="replace"))
