"""One call of a bank's function and the beginning of its transaction in one round trip.

Django's transaction begins on the server with its first statement, as a round trip of its own: half of what a
short posting costs. Here BEGIN travels with the call; whoever opened the transaction still ends it. The
function is named with its schema: which bank is written to never hangs on what the search path of this
connection, or of the one that a pooler lent for this transaction, happens to be.
"""

from typing import Any, Final, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import pq

_ROWS: Final = pq.ExecStatus.TUPLES_OK


def of_this_bank(function: str) -> str:
    """Return a function's name with the schema of the bank that the connection works in."""
    wrapper: Any = connections[DEFAULT_DB_ALIAS]
    return f"{wrapper.ops.quote_name(wrapper.schema_name)}.{function}"


def one_trip(function: str, arguments: tuple[str | None, ...]) -> str | None:
    """Call a function of the current bank that returns one value, and return it as PostgreSQL spells it.

    Errors are Django's, as from a cursor, and so is what follows them. Where somebody watches Django's
    cursors (a query log, a wrapper), or the transaction asks for more than the server's default, the call
    goes the ordinary way.
    """
    wrapper: Any = connections[DEFAULT_DB_ALIAS]  # looked up once: every look at `connection` costs a little
    wrapper.validate_no_broken_transaction()
    called = f"SELECT {of_this_bank(function)}"
    server = wrapper.connection
    if not _plain(wrapper, server):
        with wrapper.cursor() as cursor:
            cursor.execute(f"{called}({', '.join(['%s'] * len(arguments))})::text", arguments)
            return cast("str | None", cursor.fetchone()[0])
    with wrapper.wrap_database_errors:
        quote = pq.Escaping(server.pgconn).escape_literal
        values = [b"NULL" if value is None else quote(value.encode()) for value in arguments]
        text = b"%s(%s)::text" % (called.encode(), b", ".join(values))
        if server.pgconn.transaction_status == pq.TransactionStatus.IDLE:
            text = b"BEGIN; " + text
        result = server.pgconn.exec_(text)
        if result.status != _ROWS:
            raise _error(result)
    found = result.get_value(0, 0)
    return None if found is None else found.decode()


def _plain(wrapper: Any, server: Any) -> bool:
    """Return whether the connection is open and unwatched, its transactions of the default kind."""
    return (
        isinstance(server, psycopg.Connection)
        and not wrapper.execute_wrappers
        and not wrapper.queries_logged
        and server.isolation_level is None
        and server.read_only is None
        and server.deferrable is None
    )


def _error(result: Any) -> psycopg.Error:
    """Return what PostgreSQL said as psycopg would raise it."""
    state = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"08006").decode()
    return psycopg.errors.lookup(state)(result.error_message.decode(errors="replace"))
