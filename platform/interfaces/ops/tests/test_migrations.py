"""Many banks are migrated one after another; what failed or was not reached is taken up by the next run."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from interfaces.ops import migrations
from interfaces.ops.migrations import Migrated, migrate_all, migrate_schema
from kernel.money import Money
from plumbing.schemas import bank_schema, current_schema
from tenants.banks.models import BankMigration
from tenants.banks.operations import register_bank
from testkit.clock import NOON


def forget_last_migration(schema: str) -> None:
    """Make a bank look as if the audit room's triggers had never been migrated."""
    with bank_schema(schema), connection.cursor() as cursor:
        for trigger in ("append_only", "no_delete", "no_truncate"):
            cursor.execute(f"DROP TRIGGER audit_record_{trigger} ON audit_record")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit' AND name = '0002_append_only'")


def has_trigger(schema: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s",
            [f"{schema}.audit_record", "audit_record_append_only"],
        )
        return bool(cursor.fetchone()[0])


def quiet(result: Migrated) -> None:
    """Say nothing."""


def test_schemas_that_are_up_to_date_take_no_migration(fresh_database: str) -> None:
    seen: list[Migrated] = []
    results = migrate_all(stop_at_error=False, progress=seen.append)
    assert [result.schema_name for result in results] == ["public", "lian", "qinglan"]
    assert [result.applied_count for result in results] == [0, 0, 0]
    assert list(results) == seen


def test_only_the_bank_that_is_behind_is_migrated(fresh_database: str) -> None:
    forget_last_migration("qinglan")
    results = {result.schema_name: result for result in migrate_all(stop_at_error=False, progress=quiet)}
    applied = {name: result.applied_count for name, result in results.items()}
    assert applied == {
        "public": 0,
        "lian": 0,
        "qinglan": 1,
    }
    assert has_trigger("qinglan")
    assert BankMigration.objects.get(schema_name="qinglan").applied_count == 1


def test_a_bank_that_fails_does_not_stop_the_others_and_the_next_run_takes_it_up(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for schema in ("lian", "qinglan"):
        forget_last_migration(schema)
    real = migrations.migrate_schema

    def failing(schema_name: str) -> int:
        if schema_name == "lian":
            raise ConnectionError("the server went away")
        return real(schema_name)

    monkeypatch.setattr(migrations, "migrate_schema", failing)
    out = StringIO()
    with pytest.raises(CommandError, match="failed: lian"):
        call_command("migrate_banks", stdout=out)
    assert "ConnectionError: the server went away" in out.getvalue()
    assert "3 schemas, 1 migrated, 1 failed" in out.getvalue()
    assert (has_trigger("lian"), has_trigger("qinglan")) == (False, True)
    assert BankMigration.objects.get(schema_name="lian").error.startswith("ConnectionError")
    monkeypatch.undo()
    again = StringIO()
    call_command("migrate_banks", stdout=again)
    assert has_trigger("lian")
    assert "3 schemas, 1 migrated, 0 failed" in again.getvalue()
    assert BankMigration.objects.get(schema_name="lian").error == ""


def test_stopping_at_the_first_error(fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "migrate_schema", lambda name: 0 if name == "public" else 1 // 0)
    results = migrate_all(stop_at_error=True, progress=quiet)
    assert [result.schema_name for result in results] == ["public", "lian"]


def test_a_bank_whose_creation_has_no_schema_yet_is_left_alone(fresh_database: str) -> None:

    with transaction.atomic():
        register_bank(
            schema="third",
            name_zh="三",
            name_en="Third",
            kind="rural_commercial",
            area_prefixes=["33"],
            tier1_capital=Money(1),
            brand={},
            hosts=["third.localhost"],
            now=NOON,
        )
    results = migrate_all(stop_at_error=False, progress=quiet)
    assert "third" not in {result.schema_name for result in results}
    assert not any(result.error for result in results)


def test_a_migration_leaves_the_connection_where_it_was(fresh_database: str) -> None:
    migrate_schema("qinglan")
    assert current_schema() == "public"


def test_every_change_of_a_model_has_its_migration(banks: tuple[str, str]) -> None:
    out = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=out)
    except SystemExit:
        pytest.fail(out.getvalue())
