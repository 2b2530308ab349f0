"""Shared fixtures: two banks made once by the real operation, in a template database that tests copy.

* `banks`: both banks, whatever schema the test works in.
* `qinglan`, `lian`: work in that bank's schema, in a transaction that is rolled back.
* `committed_qinglan`: the same with real commits, for tests with threads or on_commit; the database is
  copied afresh from the template afterwards (about half a second).
* `fresh_database`: real commits in the public schema, for tests that create banks or use several;
  `module_database`: one such for a whole module, for pages that a browser opens.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from celery import current_app
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import cache
from django.db import connection, connections, transaction
from psycopg import sql

from plumbing.schemas import bank_schema
from sluice.stack.catalogues import compile_catalogues
from sluice.stack.processes import TOKEN_NAME
from sluice.verbs.stages import STAGES, bears


def pytest_configure() -> None:
    """Write no call log beside the tests' transactions: those that read it write it when they ask."""
    settings.CALL_LOG_SECONDS = 0


@pytest.fixture(scope="session")
def run_id() -> str:
    """One name for this run, the same in every worker of pytest-xdist and in every stage of the launcher."""
    named = os.environ.get(TOKEN_NAME) or os.environ.get("PYTEST_XDIST_TESTRUNUID")
    return named or uuid4().hex


@contextmanager
def maintenance() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Open a connection beside the test's own, for CREATE and DROP DATABASE."""
    server = connection.settings_dict
    with psycopg.connect(
        host=server["HOST"] or None,
        port=server["PORT"] or None,
        user=server["USER"] or None,
        password=server["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as beside:
        yield beside


def recreate(name: str, template: str | None = None) -> None:
    """Make a database afresh, as a copy of a template if one is named."""
    source = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
    with maintenance() as beside:
        beside.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        beside.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + source)


def connect_to(name: str) -> None:
    """Turn Django to another database."""
    connections.close_all()
    connection.settings_dict["NAME"] = name


def build_template(name: str) -> None:
    """Make the template: the public schema and two banks."""
    # Imported here because pytest reads this file before Django is ready.
    from interfaces.ops.migrations import migrate_schema  # noqa: PLC0415
    from testkit.banks import create_banks  # noqa: PLC0415

    recreate(name)
    connect_to(name)
    migrate_schema("public")
    create_banks()
    connections.close_all()


@pytest.fixture(scope="session")
def template_database(run_id: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """Return the template's name; the first worker of a run builds it, all others copy it."""
    real = connection.settings_dict["NAME"]
    name = f"test_{real}_template"
    with django_db_blocker.unblock(), maintenance() as beside:
        beside.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
        comment = beside.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if comment != (run_id,):
            build_template(name)
            beside.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(run_id))
            )
        beside.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
    yield name
    connection.settings_dict["NAME"] = real


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    quick_passwords: None,
    template_database: str,
    django_db_blocker: pytest.FixtureRequest,
) -> Iterator[None]:
    """Replace pytest-django's database: this worker's own copy of the template."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = template_database.removesuffix("_template") + (f"_{worker}" if worker else "")
    with django_db_blocker.unblock():
        recreate(name, template_database)
        connect_to(name)
    current_app.conf.broker_url = "memory://"  # a test that hands a job over leaves nothing in a real queue
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        with maintenance() as beside:
            beside.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            if not worker:
                beside.execute(
                    sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(template_database))
                )


@pytest.fixture(scope="session", autouse=True)
def static_root(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give whitenoise a folder: without one it warns, and a warning is an error."""
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hash the passwords of tests with few rounds: a guess that costs half a second teaches nothing here."""
    PBKDF2PasswordHasher.iterations = 1_000


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """Compile the translations, as the launcher does before it starts the application."""
    compile_catalogues()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse what a stage would miss, and truncating databases: they would empty the banks for others."""
    refuse_unfound(items)
    for item in items:
        marker = item.get_closest_marker("django_db")
        truncating = {"transactional_db", "live_server", "django_db_reset_sequences"}
        if (marker and marker.kwargs.get("transaction")) or truncating & set(
            getattr(item, "fixturenames", ())
        ):
            raise pytest.UsageError(f"{item.nodeid}: use committed_qinglan or fresh_database instead")


def refuse_unfound(items: list[pytest.Item]) -> None:
    """Refuse a test with the mark of a stage in a file that this stage would not read."""
    for mark in filter(None, (stage.mark for stage in STAGES)):
        marked = {item.path: item for item in items if item.get_closest_marker(mark)}
        for path, item in marked.items():
            if not bears(path, mark):
                raise pytest.UsageError(f"{item.nodeid}: write pytest.mark.{mark} into its own file")


@pytest.fixture
def empty_cache() -> None:
    """Begin with nothing in the cache (which needs the servers, and so puts a test among the rooms)."""
    cache.clear()


@pytest.fixture
def banks(db: None) -> tuple[str, str]:
    """Both banks' schemas; the test starts in the public schema, in a transaction that is rolled back."""
    return "qinglan", "lian"


@pytest.fixture
def qinglan(banks: tuple[str, str]) -> Iterator[str]:
    """Work in 青澜's schema."""
    with bank_schema("qinglan"):
        yield "qinglan"


@pytest.fixture
def lian(banks: tuple[str, str]) -> Iterator[str]:
    """Work in 漓岸's schema."""
    with bank_schema("lian"):
        yield "lian"


@pytest.fixture
def fresh_database(
    django_db_setup: None, template_database: str, django_db_blocker: pytest.FixtureRequest
) -> Iterator[str]:
    """Commit for real; afterwards the database is copied afresh from the template."""
    with committed(template_database, django_db_blocker) as name:
        yield name


@pytest.fixture(scope="module")
def module_database(
    django_db_setup: None, template_database: str, django_db_blocker: pytest.FixtureRequest
) -> Iterator[str]:
    """Do the same for all tests of a module: they share what one of them, or a fixture, has committed."""
    with committed(template_database, django_db_blocker) as name:
        yield name


@contextmanager
def committed(template: str, blocker: Any) -> Iterator[str]:
    """Let tests commit, and copy the database afresh from its template afterwards."""
    name = connection.settings_dict["NAME"]
    with blocker.unblock():
        connection.set_schema_to_public()
        try:
            yield name
        finally:
            while connection.in_atomic_block:
                transaction.rollback()
                connection.in_atomic_block = False
            connections.close_all()
            recreate(name, template)
            cache.clear()


@pytest.fixture
def committed_qinglan(fresh_database: str) -> Iterator[str]:
    """Work in 青澜's schema with real commits."""
    with bank_schema("qinglan"):
        yield "qinglan"
