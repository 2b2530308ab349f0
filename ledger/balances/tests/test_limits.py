"""Limits of guarded accounts: data on the account, held by PostgreSQL."""

from datetime import date

import pytest

from kernel.money import CurrencyMismatch, Money
from ledger.balances import operations as balances
from ledger.balances.queries import available, limits_of
from ledger.chart import operations as chart
from ledger.chart.models import Guard, Kind, NormalSide
from ledger.journal import operations as journal
from ledger.journal.tests.books import CASH, DEPOSITS, LOANS, NOW, OPENED, counts, entry, fund, open_books
from ledger.proofs.queries import check_books

POOL = "T2.pool"  # may never turn into a debit balance


@pytest.fixture
def books(qinglan: str) -> str:
    open_books()
    chart.open_account(
        code=POOL,
        name_zh=POOL,
        name_en=POOL,
        kind=Kind.LIABILITY,
        normal_side=NormalSide.CREDIT,
        guard=Guard.NO_DEBIT_BALANCE,
        opened_date=OPENED,
    )
    fund("100.00")
    return qinglan


def test_an_agreed_overdraft_is_drawn_to_its_last_fen_and_no_further(books: str) -> None:
    set_to = balances.set_limits(code=CASH, minimum=Money.parse("-50.00"))
    assert limits_of(code=CASH) == set_to
    assert available(code=CASH) == Money.parse("150.00")
    journal.post_entry(entry=entry(LOANS, CASH, "149.99", "a", pending=True), now=NOW)
    before = counts()
    with pytest.raises(journal.InsufficientFunds):
        journal.post_entry(entry=entry(LOANS, CASH, "0.02", "b"), now=NOW)
    assert counts() == before
    journal.post_entry(entry=entry(LOANS, CASH, "0.01", "b"), now=NOW)
    assert available(code=CASH) == Money.zero()
    assert all(finding.ok for finding in check_books())


def test_a_ceiling_counts_what_is_on_its_way_in(books: str) -> None:
    balances.set_limits(code=POOL, minimum=Money.zero(), maximum=Money.parse("10.00"))
    journal.post_entry(entry=entry(LOANS, POOL, "6.00", "a", pending=True), now=NOW)
    before = counts()
    with pytest.raises(journal.BalanceLimitReached) as refused:
        journal.post_entry(entry=entry(LOANS, POOL, "4.01", "b"), now=NOW)
    assert refused.value.params == {"account": POOL}
    assert counts() == before
    journal.post_entry(entry=entry(LOANS, POOL, "4.00", "b"), now=NOW)


def test_limits_that_cannot_be_are_refused(books: str) -> None:
    zero, hundred = Money.zero(), Money.parse("100.00")
    before = limits_of(code=CASH)
    for code, minimum, maximum in (
        (LOANS, zero, None),  # not guarded
        (CASH, hundred, Money.parse("99.99")),  # floor above ceiling
        (CASH, Money.parse("100.01"), None),  # it holds less
        (CASH, zero, Money.parse("99.99")),  # it holds more
    ):
        with pytest.raises(balances.LimitsNotPossible):
            balances.set_limits(code=code, minimum=minimum, maximum=maximum)
    with pytest.raises(CurrencyMismatch):
        balances.set_limits(code=CASH, minimum=Money(0, "USD"))
    assert limits_of(code=CASH) == before
    assert balances.set_limits(code=CASH, minimum=hundred, maximum=hundred).maximum == hundred
    with pytest.raises(journal.InsufficientFunds):
        journal.post_entry(entry=entry(DEPOSITS, CASH, "0.01", "k", booking_date=date(2026, 11, 10)), now=NOW)
