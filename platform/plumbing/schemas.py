"""Which schema a connection works in: one bank's, or the public one.

Entering a bank's schema leaves `public` out of the search path, so that a table which is missing in the
bank is an error instead of a silent read of the public one; code that needs the public schema enters it
by name, in a transaction of its own. The schema belongs to the connection, and a connection to a thread:
a thread starts in `public` and enters the bank itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections

PUBLIC: Final = "public"


class _Mine(local):
    """What a thread holds: its connection, once it was looked up."""

    connection: Any = None


_MINE: Final = _Mine()


class BankSchemaMissing(RuntimeError):
    """There is no schema of this name: the bank was never created, or lives on another node."""


def current_schema() -> str:
    """Return the schema that this thread's connection works in."""
    return str(this_connection().schema_name)


@contextmanager
def bank_schema(schema_name: str) -> Iterator[None]:
    """Work in a bank's schema; afterwards, also after an error, in the one before.

    Raises `BankSchemaMissing` when PostgreSQL has no such schema, or when the name is the public one.
    """
    if schema_name == PUBLIC or not schema_exists(schema_name):
        raise BankSchemaMissing(schema_name)
    with _entered(schema_name, include_public=False):
        yield


@contextmanager
def public_schema() -> Iterator[None]:
    """Work in the public schema; afterwards in the one before."""
    with _entered(PUBLIC, include_public=True):
        yield


def schema_exists(schema_name: str) -> bool:
    """Return whether PostgreSQL has a schema of this name."""
    with this_connection().cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s", [schema_name])
        return cursor.fetchone() is not None


def return_to_public() -> None:
    """Turn this thread's connection to the public schema, whatever was left behind on it."""
    this_connection().set_schema_to_public()


@contextmanager
def _entered(schema_name: str, *, include_public: bool) -> Iterator[None]:
    wrapper = this_connection()
    before, before_public = wrapper.tenant, wrapper.include_public_schema
    wrapper.set_schema(schema_name, include_public=include_public)
    try:
        yield
    finally:
        wrapper.set_tenant(before, include_public=before_public)


def this_connection() -> Any:
    """Return the thread's connection, typed loosely: its schema methods come from django-tenants.

    A thread keeps the one it has. Django asks at every look whether there is an event loop: a call that has
    ten looks at its connection would pay a twentieth of its time for that.
    """
    mine = _MINE.connection
    if mine is None:
        mine = _MINE.connection = connections[DEFAULT_DB_ALIAS]
    return mine
