"""Threads and real commits: each thread is a connection of its own and enters the bank itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from queue import SimpleQueue
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections, transaction

from kernel.money import Money
from kernel.refusals import Refusal
from ledger.balances.queries import account_balance, available
from ledger.chart import operations as chart
from ledger.chart.models import Guard, Kind, NormalSide
from ledger.journal import operations as journal
from ledger.journal.models import Entry, Posting
from ledger.journal.tests.books import CASH, DAY, DEPOSITS, LOANS, NOW, OPENED, entry, fund, open_books
from ledger.proofs.queries import check_books
from plumbing.schemas import bank_schema


@pytest.fixture
def books(committed_qinglan: str) -> Any:
    with transaction.atomic():
        open_books()
    return committed_qinglan


def at_once(count: int, act: Any) -> Any:
    """Run `act(n)` in `count` threads that start together; return what each returned or refused."""
    barrier = Barrier(count)

    def run(n: int) -> Any:
        try:
            with bank_schema("qinglan"):
                connection.ensure_connection()
                barrier.wait(timeout=30)
                with transaction.atomic():
                    return act(n)
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_thirty_threads_with_one_key_make_one_entry(books: str) -> None:
    draft = entry(LOANS, DEPOSITS, "5.00", "once")
    made = at_once(30, lambda n: journal.post_entry(entry=draft, now=NOW))
    assert {view.id for view in made} == {Entry.objects.get(idempotency_key="once").id}
    assert Posting.objects.filter(entry_id=made[0].id).count() == 2
    assert account_balance(code=LOANS) == Money.parse("5.00")


def test_one_key_with_different_contents_has_one_winner(books: str) -> None:
    made = at_once(
        12, lambda n: journal.post_entry(entry=entry(LOANS, DEPOSITS, f"{n + 1}.00", "once"), now=NOW)
    )
    winners = [view for view in made if not isinstance(view, Refusal)]
    assert len(winners) == 1
    assert all(isinstance(lost, journal.IdempotencyConflict) for lost in made if lost not in winners)
    assert account_balance(code=LOANS) == winners[0].total


def pooled(count: int, connections_count: int, act: Any) -> Any:
    """Run `act(n)` in `count` threads that start together and take turns on a few connections."""
    pool: SimpleQueue[Any] = SimpleQueue()
    opened = [connections.create_connection("default") for _ in range(connections_count)]
    barrier = Barrier(count)
    for one in opened:
        one.inc_thread_sharing()
        pool.put(one)

    def run(n: int) -> Any:
        barrier.wait(timeout=60)
        mine = pool.get()
        connections["default"] = mine
        try:
            with bank_schema("qinglan"), transaction.atomic():
                return act(n)
        except Refusal as refusal:
            return refusal
        finally:
            pool.put(mine)

    try:
        with ThreadPoolExecutor(count) as threads:
            return list(threads.map(run, range(count)))
    finally:
        for one in opened:
            one.close()


def test_two_hundred_threads_never_overdraw_a_guarded_account(books: str) -> None:
    with transaction.atomic():
        fund("1000.00")
    made = pooled(
        200,
        8,
        lambda n: journal.post_entry(entry=entry(LOANS, CASH, "7.00", f"k{n}", pending=n % 2 == 0), now=NOW),
    )
    lost = [refusal for refusal in made if isinstance(refusal, Refusal)]
    assert len(made) - len(lost) == 142
    assert all(isinstance(refusal, journal.InsufficientFunds) for refusal in lost)
    assert available(code=CASH) == Money.parse("6.00")
    assert all(finding.ok for finding in check_books())


def test_guarded_accounts_in_opposite_orders_do_not_deadlock(books: str) -> None:
    till = "T1.till"
    with transaction.atomic():
        chart.open_account(
            code=till,
            name_zh=till,
            name_en=till,
            kind=Kind.ASSET,
            normal_side=NormalSide.DEBIT,
            guard=Guard.NO_CREDIT_BALANCE,
            opened_date=OPENED,
        )
        journal.post_entry(entry=entry(CASH, DEPOSITS, "100.00", "cash"), now=NOW)
        journal.post_entry(entry=entry(till, DEPOSITS, "100.00", "till"), now=NOW)

    def act(n: int) -> Any:
        debit, credit = (CASH, till) if n % 2 else (till, CASH)
        drafts = [entry(debit, credit, "1.00", f"{n}-1"), entry(LOANS, debit, "1.00", f"{n}-2")]
        return journal.post_entries(entries=drafts, now=NOW)

    assert not [one for one in at_once(16, act) if isinstance(one, Refusal)]
    assert available(code=CASH) + available(code=till) == Money.parse("184.00")


def test_one_settlement_wins_over_one_void(books: str) -> None:
    with transaction.atomic():
        fund("100.00")
        held = journal.post_entry(entry=entry(LOANS, CASH, "60.00", "k", pending=True), now=NOW)

    def act(n: int) -> Any:
        if n % 2:
            return journal.void_pending(entry_id=held.id, now=NOW)
        return journal.settle_pending(entry_id=held.id, booking_date=DAY, value_date=DAY, now=NOW)

    made = at_once(10, act)
    state = Entry.objects.get(id=held.id).state
    agreeing = [view for view in made if not isinstance(view, Refusal)]
    assert {view.state for view in agreeing} == {state}
    assert len(agreeing) == 5
    assert available(code=CASH) == Money.parse("100.00" if state == "voided" else "40.00")
    assert all(finding.ok for finding in check_books())


def test_closing_a_month_and_posting_into_it_never_cross(books: str) -> None:
    def act(n: int) -> Any:
        if n == 5:
            return journal.close_period(month=DAY, closed_by="accountant", now=NOW)
        return journal.post_entry(entry=entry(LOANS, DEPOSITS, "1.00", f"k{n}"), now=NOW)

    made = at_once(12, act)
    posted = [n for n, one in enumerate(made) if n != 5 and not isinstance(one, Refusal)]
    assert all(isinstance(one, journal.PeriodClosed) for one in made if isinstance(one, Refusal))
    assert account_balance(code=LOANS) == Money(100 * len(posted))
    with transaction.atomic(), pytest.raises(journal.PeriodClosed):
        journal.post_entry(entry=entry(LOANS, DEPOSITS, "1.00", "after"), now=NOW)
    with transaction.atomic():
        journal.post_entry(
            entry=entry(LOANS, DEPOSITS, "1.00", "next", booking_date=date(2026, 12, 1)), now=NOW
        )
