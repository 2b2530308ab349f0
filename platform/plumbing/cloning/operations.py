"""A schema written down as statements that make it again: tables, functions, triggers and the rows it holds.

Read from PostgreSQL's own catalogue, so nothing is renamed and a later migration finds what it expects (a
clone by `CREATE TABLE ... LIKE` gives constraints other names). Made for a template of which copies are
wanted in a fraction of the time that migrations take: its statements are replayed as one script.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import connection

from plumbing.schemas import PUBLIC, BankSchemaMissing, bank_schema, schema_exists
from plumbing.sql import in_transaction

_HERE: Final = Path(__file__).parent / "sql"


@dataclass(frozen=True, slots=True)
class Script:
    """What makes a copy: statements with names that the search path resolves, and which tables to fill."""

    source: str
    shapes: str
    filled: tuple[tuple[str, str], ...]  # a table and its columns, as SQL
    guards: str


@in_transaction
def script_of(*, source: str, with_rows: bool = True) -> Script:
    """Write a schema down. Raises `BankSchemaMissing`.

    The rows themselves are not in it: they are read from the source when the script is replayed, by the
    server. Without rows only what the migrations noted of themselves is copied.
    """
    with bank_schema(source), connection.cursor() as cursor:
        cursor.execute((_HERE / "schema_as_statements.sql").read_text(encoding="utf-8"), [source])
        parts = list(cursor.fetchall())
        filled = tuple(_filled(cursor, with_rows))
    shapes = ";\n".join(_renamed(text, source) for order, text in parts if order < _GUARDS)
    guards = ";\n".join(_renamed(text, source) for order, text in parts if order >= _GUARDS)
    return Script(source, shapes, filled, guards)


_GUARDS: Final = 50  # from here on: what would refuse or answer the rows that are copied
_MIGRATIONS: Final = "django_migrations"
_SPELLING: Final = re.compile(r"::(?:character varying|text)(?:\[\])?|[()]")
_NAMED: Final = "%(schema)s"
_COLUMNS: Final = """SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""


def _renamed(text: str, source: str) -> str:
    """Return a statement with a mark where the catalogue spells the schema's name out."""
    quoted = connection.ops.quote_name(source)
    for spelled in (f"{quoted}.", f"{source}."):
        text = text.replace(spelled, f"{_NAMED}.")
    for spelled in (f"search_path TO '{source}'", f"search_path TO {quoted}", f"search_path TO {source}"):
        text = text.replace(spelled, f"search_path TO {_NAMED}")
    return text


def _filled(cursor: Any, with_rows: bool) -> Iterator[tuple[str, str]]:
    cursor.execute((_HERE / "columns_of_tables.sql").read_text(encoding="utf-8"))
    for table, columns in cursor.fetchall():
        if table != _MIGRATIONS and not with_rows:
            continue
        cursor.execute(f"SELECT EXISTS (SELECT FROM {connection.ops.quote_name(table)})")
        if cursor.fetchone()[0]:
            yield str(table), str(columns)


@in_transaction
def replay(*, script: Script, schema: str) -> None:
    """Make a schema as a script says; the source must not have changed its shape since."""
    if not schema_exists(script.source):
        raise BankSchemaMissing(script.source)
    quote = connection.ops.quote_name
    target, source = quote(schema), quote(script.source)
    copies = [
        f"INSERT INTO {target}.{quote(table)} ({columns}) OVERRIDING SYSTEM VALUE"
        f" SELECT {columns} FROM {source}.{quote(table)}"
        for table, columns in script.filled
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path'), current_setting('check_function_bodies')")
        path, bodies = cursor.fetchone()
        cursor.execute(f"CREATE SCHEMA {target}")
        cursor.execute(f"SET LOCAL search_path = {target}; SET LOCAL check_function_bodies = off")
        text = ";\n".join((script.shapes, *copies, script.guards))
        cursor.execute(text.replace(_NAMED, target))
        cursor.execute((_HERE / "move_sequences_on.sql").read_text(encoding="utf-8"))
        cursor.execute(
            "SELECT set_config('search_path', %s, true), set_config('check_function_bodies', %s, true)",
            [path, bodies],
        )


@in_transaction
def replay_anew(*, script: Script, schema: str, kept: Mapping[str, str]) -> None:
    """Make a copy anew under its name; the one before goes, but for rows of some tables.

    `kept` is, by table, the condition (SQL) on the rows that stay. The old copy is there until the commit,
    and after it only the new one.
    """
    quote = connection.ops.quote_name
    aside = f"{schema}_before"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SCHEMA {quote(schema)} RENAME TO {quote(aside)}")
        replay(script=script, schema=schema)
        for table, condition in kept.items():
            named = f"{quote(schema)}.{quote(table)}"
            cursor.execute(_COLUMNS, [named])
            (columns,) = cursor.fetchone()
            cursor.execute(
                f"INSERT INTO {named} ({columns}) SELECT {columns}"
                f" FROM {quote(aside)}.{quote(table)} WHERE {condition}"
            )
    drop_copy(schema=aside)


@in_transaction
def drop_copy(*, schema: str) -> None:
    """Drop a schema with everything in it; one that is not there is dropped already."""
    if schema == PUBLIC:
        raise BankSchemaMissing(schema)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {connection.ops.quote_name(schema)} CASCADE")


def differences(*, one: str, other: str) -> tuple[str, ...]:
    """Return what the catalogue says of one schema and not of the other; empty when they are alike."""
    said = []
    for schema in (one, other):
        with bank_schema(schema), connection.cursor() as cursor:
            cursor.execute((_HERE / "schema_as_statements.sql").read_text(encoding="utf-8"), [schema])
            said.append({_as_spelled(_renamed(text, schema)) for _, text in cursor.fetchall()})
    return tuple(sorted(said[0] ^ said[1]))


def _as_spelled(text: str) -> str:
    """Return a statement without casts of texts: PostgreSQL writes those of a list in one of two ways."""
    return _SPELLING.sub("", text)
