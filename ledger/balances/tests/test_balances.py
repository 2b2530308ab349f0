"""Exact reads, the fold and closings, with real commits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.money import Money
from ledger.balances import operations as balances
from ledger.balances.models import AccountDay, Balance
from ledger.balances.queries import account_balance, available, trial_balance, unfolded_count
from ledger.chart.queries import get_account
from ledger.journal import operations as journal
from ledger.journal.tests.books import CASH, DAY, DEPOSITS, INCOME, LOANS, NOW, entry, open_books
from ledger.proofs.queries import check_books
from plumbing.schemas import bank_schema

NEXT, LATER = date(2026, 11, 11), date(2026, 11, 12)


@pytest.fixture
def books(committed_qinglan: str) -> str:
    with transaction.atomic():
        open_books()
    return committed_qinglan


def post(*drafts: Any) -> Any:
    with transaction.atomic():
        return journal.post_entries(entries=drafts, now=NOW)


def fold() -> Any:
    with transaction.atomic():
        return balances.fold(now=NOW)


def close(through: Any) -> Any:
    with transaction.atomic():
        return balances.close_days(through_date=through)


def rows(as_of: Any, by: Any = "booking") -> Any:
    found = trial_balance(as_of_date=as_of, by=by)
    assert found.balanced
    return {row.code: str(row.balance) for row in found.rows if row.code.startswith("T")}


def closings(code: Any) -> Any:
    days = AccountDay.objects.filter(account_id=get_account(code=code).id).order_by("booking_date")
    return list(days.values_list("booking_date", "debits", "credits", "closing"))


def test_a_balance_is_exact_before_and_after_the_fold(books: str) -> None:
    post(entry(LOANS, DEPOSITS, "5.00", "a"), entry(LOANS, INCOME, "1.00", "b"))
    expected = {LOANS: "6.00", DEPOSITS: "5.00", INCOME: "1.00"}
    assert rows(DAY) == expected
    assert unfolded_count() == 4
    assert fold() == 4
    assert rows(DAY) == expected
    post(entry(LOANS, DEPOSITS, "2.00", "c"))
    assert rows(DAY) == {**expected, LOANS: "8.00", DEPOSITS: "7.00"}
    assert Balance.objects.get(account_id=get_account(code=LOANS).id).posted_debits == 600
    assert (fold(), fold()) == (2, 0)
    assert Balance.objects.get(account_id=get_account(code=LOANS).id).posted_debits == 800


def test_guarded_accounts_are_not_folded_twice(books: str) -> None:
    post(entry(CASH, DEPOSITS, "5.00", "a"))
    fold()
    assert Balance.objects.get(account_id=get_account(code=CASH).id).posted_debits == 500
    assert available(code=CASH) == account_balance(code=CASH) == Money.parse("5.00")
    assert available(code=DEPOSITS) == Money.parse("5.00")
    assert all(finding.ok for finding in check_books())


@pytest.mark.parametrize("folded", [False, True])
def test_any_day_is_a_query_by_booking_and_by_value_date(books: str, folded: bool) -> None:
    post(
        entry(LOANS, DEPOSITS, "1.00", "a"),
        entry(LOANS, DEPOSITS, "10.00", "b", booking_date=LATER, value_date=DAY),  # back-dated
        entry(LOANS, DEPOSITS, "100.00", "c", booking_date=NEXT, value_date=DAY),
        entry(LOANS, DEPOSITS, "1000.00", "d", booking_date=NEXT),
    )
    if folded:
        fold()
    at = {
        by: [rows(day, by).get(LOANS) for day in (date(2026, 11, 9), DAY, NEXT, LATER)]
        for by in ("booking", "value")
    }
    assert at["booking"] == [None, "1.00", "1101.00", "1111.00"]
    assert at["value"] == [None, "111.00", "1111.00", "1111.00"]
    assert account_balance(code=LOANS, as_of_date=DAY, by="value") == Money.parse("111.00")
    assert account_balance(code=LOANS, as_of_date=NEXT) == Money.parse("1101.00")
    assert account_balance(code=LOANS) == Money.parse("1111.00")


def test_a_balance_is_signed_to_the_normal_side(books: str) -> None:
    post(entry(DEPOSITS, LOANS, "3.00", "a"))
    assert rows(DAY) == {LOANS: "-3.00", DEPOSITS: "-3.00"}


def test_a_slow_transaction_is_never_skipped(books: str) -> None:
    """It posts first and commits last; a cursor over ids would have passed it by."""
    posted, go = Event(), Event()

    def slow() -> None:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "slow"), now=NOW)
                posted.set()
                assert go.wait(timeout=60)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow)
        assert posted.wait(timeout=60)
        post(entry(LOANS, DEPOSITS, "2.00", "quick"))
        assert (fold(), fold(), unfolded_count()) == (0, 0, 2)
        assert account_balance(code=LOANS) == Money.parse("2.00")
        go.set()
        running.result()
    assert account_balance(code=LOANS) == Money.parse("7.00")
    assert fold() == 4
    assert account_balance(code=LOANS) == Money.parse("7.00")
    assert all(finding.ok for finding in check_books())


def test_the_fold_moves_on_though_somebody_is_always_posting(books: str) -> None:
    """What was under way at one fold is settled at the next, whoever has begun since."""
    posted = {name: Event() for name in "ab"}
    go = {name: Event() for name in "ab"}

    def slow(name: str) -> None:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", name), now=NOW)
                posted[name].set()
                assert go[name].wait(timeout=60)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(slow, "a")
        assert posted["a"].wait(timeout=60)
        assert fold() == 0
        second = pool.submit(slow, "b")
        assert posted["b"].wait(timeout=60)
        go["a"].set()
        first.result()
        assert (fold(), unfolded_count()) == (2, 0)
        assert account_balance(code=LOANS) == Money.parse("5.00")
        go["b"].set()
        second.result()
    assert account_balance(code=LOANS) == Money.parse("10.00")
    assert (fold(), unfolded_count()) == (2, 0)
    assert all(finding.ok for finding in check_books())


def test_folds_at_the_same_time_count_everything_once(books: str) -> None:
    post(*(entry(LOANS, DEPOSITS, "1.00", f"k{n}") for n in range(50)))

    def run(_: Any) -> Any:
        try:
            with bank_schema("qinglan"):
                return fold()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        folded = list(pool.map(run, range(6)))
    assert sum(folded) == 100
    assert account_balance(code=LOANS) == Money.parse("50.00")


def test_closings_run_from_day_to_day_and_a_late_posting_corrects_them(books: str) -> None:
    post(entry(LOANS, DEPOSITS, "1.00", "a"), entry(LOANS, DEPOSITS, "10.00", "b", booking_date=LATER))
    fold()
    assert close(DAY) == 2
    assert closings(LOANS) == [(DAY, 100, 0, 100), (LATER, 1000, 0, None)]
    assert (close(LATER), close(LATER)) == (2, 0)
    assert closings(LOANS) == [(DAY, 100, 0, 100), (LATER, 1000, 0, 1100)]
    post(entry(DEPOSITS, LOANS, "0.50", "late", booking_date=NEXT))
    fold()
    assert closings(LOANS) == [(DAY, 100, 0, 100), (NEXT, 0, 50, 50), (LATER, 1000, 0, 1050)]
    assert closings(DEPOSITS)[-1] == (LATER, 0, 1000, -1050)
    assert all(finding.ok for finding in check_books())


def test_what_the_own_transaction_posted_is_folded_with_it(books: str) -> None:
    with transaction.atomic():
        journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "a"), now=NOW)
        assert balances.fold(now=NOW) == 2
        assert account_balance(code=LOANS) == Money.parse("5.00")
        transaction.set_rollback(True)
    assert account_balance(code=LOANS) == Money.zero()
    post(entry(LOANS, DEPOSITS, "7.00", "a"))
    assert fold() == 2
    assert account_balance(code=LOANS) == Money.parse("7.00")


def test_an_older_snapshot_may_neither_post_nor_fold(books: str) -> None:
    for act in (
        lambda: journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "a"), now=NOW),
        lambda: balances.fold(now=NOW),
    ):
        with pytest.raises(DatabaseError, match=r"ledger\.isolation"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            act()
    assert account_balance(code=LOANS) == Money.zero()
