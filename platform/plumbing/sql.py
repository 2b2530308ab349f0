"""What operations demand of the database: an open transaction, and SQL that belongs to a migration.

For whoever writes SQL in a room's `sql/` folder:

* Write unqualified names. Migrations run with the search path set to the one bank being migrated.
* Names inside a function are looked up when it runs, in the caller's search path: a write that crosses
  schemas would land in the wrong bank. After every migration run, `pin_functions` therefore fixes
  `search_path = <schema>, pg_temp` on each function of the schema (a `post_migrate` handler in
  `plumbing.outbox.apps`, so it also happens in tests). There is nothing to call, and nothing to write
  in the function. `public` is not on that path: functions in a bank never see public tables.
* For a table that may only grow, add `append_only("<table>")` to the migration: no trigger of your own.
* For one that grows seldom and is read all the time, add `stamped("<table>")` as well: a new stamp with every
  new row. What was read beside a stamp still holds wherever the same stamp is read again.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar, cast

from django.db import connection, transaction
from django.db.migrations.operations import RunSQL

from plumbing.schemas import current_schema, this_connection

P = ParamSpec("P")
R = TypeVar("R")

ERASING: Final = "sluice.erasing"
REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '% may only grow: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Correct by a new row that reverses the old one.';
END
$body$;
"""

# A stamp is never used twice: nobody takes what was read in one bank for another's, nor what a transaction
# saw that was undone for what holds. A row for each table: who adds to one waits for nobody at another.
STAMP: Final = """
CREATE TABLE IF NOT EXISTS change_stamp (name text PRIMARY KEY, stamp uuid NOT NULL);
CREATE OR REPLACE FUNCTION stamp_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO change_stamp (name, stamp) VALUES (TG_TABLE_NAME, gen_random_uuid())
        ON CONFLICT (name) DO UPDATE SET stamp = EXCLUDED.stamp;
    RETURN NULL;
END
$body$;
"""


class TransactionMissing(RuntimeError):
    """An operation was called without the transaction that a door opens. A programmer's mistake."""


def in_transaction(operation: Callable[P, R]) -> Callable[P, R]:
    """Mark an operation as one that demands an open transaction and never opens one (house, rule 3)."""

    @functools.wraps(operation)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not this_connection().in_atomic_block:
            raise TransactionMissing(f"{operation.__module__}.{operation.__qualname__} needs a transaction")
        return operation(*args, **kwargs)

    return guarded


@contextmanager
def savepoint() -> Iterator[None]:
    """Undo what happens inside when it fails, and only that: the open transaction goes on.

    For what runs beside an act and must never be worth it. Refuses, as an operation does, to begin one.
    """
    if not connection.in_atomic_block:
        raise TransactionMissing("a savepoint needs a transaction")
    with transaction.atomic():
        yield


class TransactionGoesOn(RuntimeError):
    """A sole act was called within a transaction, which would outlive it. A programmer's mistake."""


def as_statement(statement: Callable[P, R | None]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say how an operation is done as one statement of PostgreSQL, which is a transaction by itself.

    `statement` takes the operation's arguments. It returns what the operation returns, or None when it
    changed nothing: then, and within a transaction that goes on, the operation itself is called.
    """

    def marked(operation: Callable[P, R]) -> Callable[P, R]:
        cast("Any", operation).statement = statement
        return operation

    return marked


def sole_act(operation: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Call one operation as a whole transaction, for a door that does nothing else beside it.

    The same as `with transaction.atomic(durable=True)` around the call. Where the operation is one statement
    (`as_statement`), the statement commits itself: one round trip, of which nothing is left when it fails.
    """
    wrapper = this_connection()
    if wrapper.in_atomic_block or not (wrapper.autocommit or wrapper.get_autocommit()):
        raise TransactionGoesOn(f"{operation.__module__}.{operation.__qualname__} is not alone")
    statement: Callable[P, R | None] | None = getattr(operation, "statement", None)
    done = None if statement is None else statement(*args, **kwargs)
    if done is not None:
        return done
    with transaction.atomic(durable=True):
        return operation(*args, **kwargs)


def hold_name(*parts: object) -> None:
    """Wait for a name in this bank and keep it until the transaction ends.

    For acts that must take turns on something no row stands for yet. Take it after the rows' locks.
    """
    _advisory("pg_advisory_xact_lock", parts)


def hold_name_if_free(*parts: object) -> bool:
    """Keep a name in this bank until the transaction ends; False at once if another transaction has it."""
    return bool(_advisory("pg_try_advisory_xact_lock", parts))


def _advisory(function: str, parts: tuple[object, ...]) -> object:
    # Advisory locks are one space for the whole database: the bank is part of the lock's name.
    name = "\x1f".join((current_schema(), *map(str, parts)))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [name])
        return cursor.fetchone()[0]


def sql_file(anchor: str, name: str, reverse: str = "") -> RunSQL:
    """Return a migration operation that runs `sql/<name>` of the room of a migration (`__file__`)."""
    path = Path(anchor).resolve().parents[1] / "sql" / name
    return RunSQL(path.read_text(encoding="utf-8"), reverse or RunSQL.noop)


def append_only(table: str, *, erased_by: str = "") -> RunSQL:
    """Return a migration operation after which PostgreSQL refuses UPDATE, DELETE and TRUNCATE on a table.

    With `erased_by`, a column, DELETE is let through inside `erasing` for the rows of that value (D-05).
    """
    erasable = f" WHEN (current_setting('{ERASING}', true) IS DISTINCT FROM OLD.{erased_by}::text)"
    forward = f"""{REFUSE_CHANGE}
CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
    FOR EACH ROW{erasable if erased_by else ""} EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
    reverse = f"""
DROP TRIGGER {table}_append_only ON {table};
DROP TRIGGER {table}_no_delete ON {table};
DROP TRIGGER {table}_no_truncate ON {table};
"""
    return RunSQL(forward, reverse)


@contextmanager
def erasing(value: object) -> Iterator[None]:
    """Let rows of a value be deleted from tables that may otherwise only grow, until the block ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [ERASING, str(value)])
        yield
        cursor.execute("SELECT set_config(%s, '', true)", [ERASING])


def stamped(table: str) -> RunSQL:
    """Return a migration operation after which every statement that adds to a table renews its stamp."""
    return RunSQL(
        f"""{STAMP}
CREATE TRIGGER {table}_stamped AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION stamp_change();
""",
        f"DROP TRIGGER {table}_stamped ON {table};",
    )


def pin_functions(schema_name: str) -> int:
    """Fix the search path of every function of a schema to that schema; return how many were pinned now.

    Functions that belong to an extension are left alone, and so are those already pinned.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.oid::regprocedure::text
              FROM pg_catalog.pg_proc p
              JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
             WHERE n.nspname = %s AND p.prokind IN ('f', 'p')
               AND NOT EXISTS (SELECT 1 FROM unnest(p.proconfig) setting WHERE setting LIKE 'search_path=%%')
               AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
            """,
            [schema_name],
        )
        signatures = [row[0] for row in cursor.fetchall()]
        quoted = connection.ops.quote_name(schema_name)
        for signature in signatures:
            cursor.execute(f"ALTER ROUTINE {signature} SET search_path = {quoted}, pg_temp")
    return len(signatures)
