"""Migrating schemas one after another, with the time each took; a stopped run goes on where it was."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from interfaces.door import now
from kernel.refusals import Kind, Refusal
from plumbing.schemas import PUBLIC, bank_schema, public_schema
from plumbing.sql import pin_functions
from tenants.banks import operations as banks
from tenants.banks.models import Bank

LOCK: Final = "sluice.migrations"


class MigrationRunning(Refusal):
    """Somebody else is migrating or creating a bank on this database."""

    code = "banks.migration_running"
    kind = Kind.CONFLICT
    message = "Another migration or creation of a bank is running."


@dataclass(frozen=True, slots=True)
class Migrated:
    """How it went for one schema; no applied migrations means that it was up to date."""

    schema_name: str
    applied_count: int
    milliseconds: int
    error: str = ""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keep other migrations and creations out, on every machine; raises `MigrationRunning`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [LOCK])
        if not cursor.fetchone()[0]:
            raise MigrationRunning
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [LOCK])


def migrate_schema(schema_name: str) -> int:
    """Bring one schema up to date and pin its functions; return how many migrations were applied.

    Each migration is one transaction, so a run that died goes on with the first that is missing. Content
    types and permissions are not written: nothing here uses them.
    """
    with public_schema() if schema_name == PUBLIC else bank_schema(schema_name):
        executor = MigrationExecutor(connection)
        executor.loader.check_consistent_history(connection)
        targets = executor.loader.graph.leaf_nodes()
        plan = executor.migration_plan(targets)
        if plan:
            executor.migrate(targets, plan)
        pin_functions(schema_name)
    return len(plan)


def is_up_to_date(schema_name: str) -> bool:
    """Return whether a bank's schema lacks no migration."""
    with bank_schema(schema_name):
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def migrate_all(*, stop_at_error: bool, progress: Callable[[Migrated], None]) -> tuple[Migrated, ...]:
    """Migrate the public schema, then every bank; a bank that fails does not keep the others from going on.

    Banks whose creation has not reached its schema yet are left to their creation.
    """
    results = []
    with one_at_a_time():
        results.append(_timed(PUBLIC, progress))
        for schema_name in _schemas() if not results[0].error else ():
            results.append(_timed(schema_name, progress))
            if results[-1].error and stop_at_error:
                break
    return tuple(results)


def _schemas() -> tuple[str, ...]:
    with public_schema():
        done = Bank.objects.filter(setup_steps__name="schema", setup_steps__finished_at__isnull=False)
        return tuple(done.order_by("schema_name").values_list("schema_name", flat=True))


def _timed(schema_name: str, progress: Callable[[Migrated], None]) -> Migrated:
    started = time.monotonic()
    applied, error = 0, ""
    try:
        applied = migrate_schema(schema_name)
    except Exception as failure:  # whatever it was, the other banks go on and the report says it
        error = f"{type(failure).__name__}: {failure}".splitlines()[0]
    result = Migrated(schema_name, applied, round((time.monotonic() - started) * 1000), error)
    if not (schema_name == PUBLIC and error):
        _record(result)
    progress(result)
    return result


def _record(result: Migrated) -> None:
    with public_schema(), transaction.atomic():
        banks.record_migration(
            schema=result.schema_name,
            applied_count=result.applied_count,
            milliseconds=result.milliseconds,
            error=result.error,
            now=now(),
        )
