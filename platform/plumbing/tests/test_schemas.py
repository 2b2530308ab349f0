"""A connection is in one schema, knows which, and comes back from it whatever happens."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.utils import DataError, ProgrammingError

from plumbing.schemas import (
    BankSchemaMissing,
    bank_schema,
    current_schema,
    public_schema,
    return_to_public,
    schema_exists,
)


def search_path() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return str(cursor.fetchone()[0])


def in_thread(work: Callable[[], object]) -> object:
    results: list[object] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results[0]


def test_entering_and_leaving(banks: tuple[str, str]) -> None:
    assert (current_schema(), search_path()) == ("public", "public")
    with bank_schema("qinglan"):
        assert (current_schema(), search_path()) == ("qinglan", "qinglan")
        with bank_schema("lian"):
            assert (current_schema(), search_path()) == ("lian", "lian")
        with public_schema():
            assert (current_schema(), search_path()) == ("public", "public")
        assert (current_schema(), search_path()) == ("qinglan", "qinglan")
    assert (current_schema(), search_path()) == ("public", "public")


def test_a_missing_schema_is_said_and_never_falls_through_to_public(banks: tuple[str, str]) -> None:
    for name in ("no_such_bank", "public", "", 'x"; DROP SCHEMA qinglan CASCADE; --'):
        with pytest.raises(BankSchemaMissing), bank_schema(name):
            pytest.fail("entered")
    assert current_schema() == "public"
    assert schema_exists("qinglan")


def test_a_table_that_only_public_has_is_not_found_in_a_bank(banks: tuple[str, str]) -> None:
    missing = pytest.raises(ProgrammingError, match='"banks_bank" does not exist')
    with bank_schema("qinglan"), missing, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM banks_bank")


def test_leaving_after_a_python_error(banks: tuple[str, str]) -> None:
    with pytest.raises(ZeroDivisionError), bank_schema("qinglan"):
        1 / 0  # noqa: B018
    assert (current_schema(), search_path()) == ("public", "public")


def test_leaving_after_a_database_error(banks: tuple[str, str]) -> None:
    wrong = pytest.raises(DataError)
    with wrong, transaction.atomic(), bank_schema("qinglan"), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    assert (current_schema(), search_path()) == ("public", "public")


def test_a_rollback_inside_a_bank_stays_in_the_bank(banks: tuple[str, str]) -> None:
    with bank_schema("qinglan"):
        with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert (current_schema(), search_path()) == ("qinglan", "qinglan")


def test_a_savepoint_that_saw_the_switch_and_is_rolled_back_leaves_no_path_behind(
    banks: tuple[str, str],
) -> None:
    with bank_schema("qinglan"):
        with pytest.raises(ZeroDivisionError), transaction.atomic(), bank_schema("lian"):
            assert search_path() == "lian"
            1 / 0  # noqa: B018
        assert search_path() == "qinglan"


def test_a_thread_of_ones_own_starts_in_public(banks: tuple[str, str]) -> None:
    with bank_schema("qinglan"):
        assert in_thread(lambda: (current_schema(), search_path())) == ("public", "public")


def test_a_thread_enters_a_bank_by_itself_and_two_do_not_disturb_each_other(banks: tuple[str, str]) -> None:
    both_inside = threading.Barrier(2, timeout=10)
    seen: dict[str, str] = {}

    def work(name: str) -> None:
        try:
            with bank_schema(name):
                both_inside.wait()
                seen[name] = search_path()
                both_inside.wait()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("qinglan", "lian")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {"qinglan": "qinglan", "lian": "lian"}
    assert search_path() == "public"


def test_returning_to_public_from_whatever_was_left_behind(banks: tuple[str, str]) -> None:
    connection.set_schema("qinglan")  # type: ignore[attr-defined]
    return_to_public()
    assert (current_schema(), search_path()) == ("public", "public")
