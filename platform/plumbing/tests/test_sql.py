"""Operations demand a transaction, tables that may only grow refuse change, functions stay in their bank."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from plumbing.audit import operations as audit
from plumbing.audit.models import AuditRecord
from plumbing.outbox.operations import emit
from plumbing.schemas import bank_schema
from plumbing.sql import TransactionMissing, append_only, in_transaction, pin_functions
from testkit.clock import NOON


@in_transaction
def act(*, given: int) -> int:
    return given + 1


def test_an_operation_runs_inside_a_transaction(qinglan: str) -> None:
    assert act(given=1) == 2


def test_an_operation_outside_a_transaction_is_a_programmers_mistake(committed_qinglan: str) -> None:
    with pytest.raises(TransactionMissing, match=r"test_sql\.act needs a transaction"):
        act(given=1)
    with pytest.raises(TransactionMissing):
        audit.record(actor="a", action="b", subject="c", detail={}, now=NOON)
    assert AuditRecord.objects.filter(subject="c").count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_record SET actor = 'somebody else'",
        "DELETE FROM audit_record",
        "TRUNCATE audit_record",
        "UPDATE outbox_event SET data = '{}'",
        "DELETE FROM outbox_event",
        "TRUNCATE outbox_event CASCADE",
        "UPDATE adopted_rule SET parameters = '{}'",
        "DELETE FROM adopted_rule",
        "TRUNCATE adopted_rule",
    ],
)
def test_what_may_only_grow_refuses_change(qinglan: str, statement: str) -> None:
    audit.record(actor="risk@qinglan.example", action="test", subject="x", detail={}, now=NOON)
    emit(type="test.happened", subject="tst_1", data={}, scene_id=None, now=NOON)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE trips over pending checks first
    with (
        pytest.raises(DatabaseError, match="may only grow"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditRecord.objects.get(subject="x").actor == "risk@qinglan.example"


def test_every_function_of_both_banks_is_pinned_to_its_bank(banks: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, p.proname, p.proconfig FROM pg_proc p"
            " JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('qinglan', 'lian')"
        )
        functions = cursor.fetchall()
    assert len(functions) >= 2
    unpinned = [
        (schema, name)
        for schema, name, settings in functions
        if f"search_path={schema}, pg_temp" not in (settings or [])
    ]
    assert unpinned == []


def test_a_pinned_function_writes_in_its_own_bank_whoever_calls(banks: tuple[str, str]) -> None:
    with bank_schema("lian"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE note (text text)")
    with bank_schema("qinglan"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE note (text text)")
        cursor.execute(
            "CREATE FUNCTION write_note() RETURNS void LANGUAGE sql AS $$ INSERT INTO note VALUES ('here') $$"
        )
        assert pin_functions("qinglan") == 1
        assert pin_functions("qinglan") == 0
    with bank_schema("lian"), connection.cursor() as cursor:
        cursor.execute("SELECT qinglan.write_note()")
        cursor.execute("SELECT (SELECT count(*) FROM qinglan.note), (SELECT count(*) FROM lian.note)")
        assert cursor.fetchone() == (1, 0)


def test_append_only_can_be_taken_back_by_a_migration(qinglan: str) -> None:
    operation = append_only("note")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE note (text text)")
        cursor.execute("INSERT INTO note VALUES ('first')")
        cursor.execute(str(operation.sql))
        cursor.execute(str(operation.reverse_sql))
        cursor.execute("DELETE FROM note")
        assert cursor.rowcount == 1
