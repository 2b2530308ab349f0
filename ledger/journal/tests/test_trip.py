"""A posting's one round trip: BEGIN travels with it, and everything Django does afterwards still holds."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from kernel.refusals import Refusal
from ledger.chart.queries import AccountUnknown
from ledger.journal import operations as journal
from ledger.journal.models import Entry
from ledger.journal.tests.books import CASH, DAY, DEPOSITS, LOANS, NOW, entry, open_books
from plumbing.schemas import bank_schema
from plumbing.sql import TransactionGoesOn, sole_act
from plumbing.trip import one_trip


def post(key: str, amount: str = "5.00") -> Any:
    return journal.post_entry(entry=entry(LOANS, DEPOSITS, amount, key), now=NOW)


def keys() -> set[str]:
    return set(Entry.objects.filter(kind="test").values_list("idempotency_key", flat=True))


@pytest.fixture
def two_banks(committed_qinglan: str) -> None:
    for schema in ("qinglan", "lian"):
        with bank_schema(schema), transaction.atomic():
            open_books()


def test_a_transaction_that_begins_with_a_posting_ends_as_any_other(
    two_banks: None,
) -> None:
    with transaction.atomic():
        post("first")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        post("undone")
        raise ZeroDivisionError
    with transaction.atomic():  # usable, though it began with what was refused
        with pytest.raises(journal.IdempotencyConflict):
            post("first", "6.00")
        post("after a refusal")
        with pytest.raises(Refusal), transaction.atomic():
            post("in a savepoint")
            post("first", "6.00")
        post("after a savepoint")
    with pytest.raises(DatabaseError), transaction.atomic():
        one_trip("ledger_post_one", ("no id", *("",) * 13))
    with pytest.raises(DatabaseError, match="NUL"), transaction.atomic():
        one_trip("ledger_post_one", ("cut\0off", *("",) * 13))
    assert connection.get_autocommit()
    assert keys() == {"first", "after a refusal", "after a savepoint"}


def test_one_connection_posts_into_two_banks_whatever_its_search_path_says(two_banks: None) -> None:
    with transaction.atomic():
        post("here")
    with connection.cursor() as cursor:
        cursor.execute("SET search_path = lian")  # as left behind on a connection that a pooler lends out
    with transaction.atomic():
        post("here too")
        made = journal.post_entries(entries=[entry(LOANS, DEPOSITS, "1.00", key) for key in "ab"], now=NOW)
    assert len(made) == 2
    with bank_schema("lian"):
        with transaction.atomic():
            post("there")
        assert keys() == {"there"}
    assert keys() == {"here", "here too", "a", "b"}


def test_nothing_is_posted_in_a_transaction_that_has_to_roll_back(two_banks: None) -> None:
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic(savepoint=False):
            raise ZeroDivisionError
        with pytest.raises(TransactionManagementError):
            post("too late")
        transaction.set_rollback(True)
    assert keys() == set()


def post_alone(key: str, amount: str = "5.00", **more: Any) -> Any:
    return sole_act(journal.post_entry, entry=entry(LOANS, DEPOSITS, amount, key, **more), now=NOW)


def test_a_posting_alone_is_one_statement_that_commits_itself(two_banks: None) -> None:
    seen: list[str] = []

    def watch(execute: Any, statement: str, *rest: Any) -> Any:
        seen.append(statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(watch):  # the ordinary way, seen from outside
        post_alone("watched")
    assert [statement.partition("(")[0] for statement in seen if "search_path" not in statement] == [
        'SELECT "qinglan".ledger_write_one'
    ]
    made = post_alone("alone")
    connection.close()  # whatever was not committed is gone; the next call opens a connection again
    assert post_alone("after a new connection").id != made.id
    assert keys() == {"watched", "alone", "after a new connection"}
    assert Entry.objects.get(idempotency_key="alone").id == made.id


def test_a_posting_alone_says_what_refuses_it_and_leaves_nothing(two_banks: None) -> None:
    made = post_alone("first")
    again = post_alone("first")
    assert (again.id, again.recorded_at) == (made.id, made.recorded_at)
    with pytest.raises(journal.IdempotencyConflict):
        post_alone("first", "6.00")
    with pytest.raises(AccountUnknown):
        sole_act(journal.post_entry, entry=entry(LOANS, "no.such", "5.00", "lost"), now=NOW)
    with pytest.raises(journal.PeriodClosed):
        post_alone("too early", booking_date=DAY.replace(year=DAY.year - 1))
    with pytest.raises(journal.InsufficientFunds):
        sole_act(journal.post_entry, entry=entry(LOANS, CASH, "5.00", "empty"), now=NOW)
    with pytest.raises(journal.InsufficientFunds):
        sole_act(journal.post_entry, entry=entry(LOANS, CASH, "5.00", "held", pending=True), now=NOW)
    assert connection.get_autocommit()
    assert keys() == {"first"}


def test_what_goes_on_is_not_a_sole_act(two_banks: None) -> None:
    with transaction.atomic():
        with pytest.raises(TransactionGoesOn):
            post_alone("nested")
        post("the transaction lives on")
    assert keys() == {"the transaction lives on"}
