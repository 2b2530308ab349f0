from datetime import date

import pytest

from ledger.chart.models import Account
from ledger.chart.queries import AccountUnknown, get_account
from ledger.journal import operations as journal
from ledger.journal import queries
from ledger.journal.entry import EntryDraft
from ledger.journal.models import Period
from ledger.journal.tests.books import CASH, DAY, DEPOSITS, INCOME, LOANS, NOW, counts, entry, fund

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def test_nothing_posts_into_a_closed_period(books: str) -> None:
    journal.close_period(month=DAY, closed_by="accountant", now=NOW)
    before = counts()
    with pytest.raises(journal.PeriodClosed) as refused:
        journal.post_entry(entry=entry(LOANS, DEPOSITS, "1.00", "k"), now=NOW)
    assert refused.value.params == {"booking_date": "2026-11-10"}
    assert counts() == before
    later = entry(LOANS, DEPOSITS, "1.00", "k", booking_date=DECEMBER, value_date=DAY)
    assert journal.post_entry(entry=later, now=NOW).value_date == DAY


def test_a_batch_of_several_months_and_shapes_is_written_as_asked_or_not_at_all(books: str) -> None:
    plain = entry(LOANS, DEPOSITS, "1.00", "a")
    legs = (
        *plain.lines,
        *entry(CASH, INCOME, "2.00", "x").lines[:1],
        *entry(LOANS, INCOME, "2.00", "x").lines[1:],
    )
    drafts = [
        plain,
        EntryDraft("other", DECEMBER, DAY, legs, "b", description='of "three" \\ kinds'),
        entry(LOANS, DEPOSITS, "3.00", "c", booking_date=DECEMBER),
    ]
    posted = journal.post_entries(entries=drafts, now=NOW)
    assert [queries.get_entry(view.id).draft() for view in posted] == drafts
    journal.close_period(month=DAY, closed_by="accountant", now=NOW)
    before = counts()
    with pytest.raises(journal.PeriodClosed) as refused:
        journal.post_entries(
            entries=[
                entry(LOANS, DEPOSITS, "1.00", f"later {day}", booking_date=day) for day in (DECEMBER, DAY)
            ],
            now=NOW,
        )
    assert refused.value.params == {"booking_date": "2026-11-10"}
    assert counts() == before


def test_what_was_posted_before_is_still_answered(books: str) -> None:
    draft = entry(LOANS, DEPOSITS, "1.00", "k")
    posted = journal.post_entry(entry=draft, now=NOW)
    journal.close_period(month=DAY, closed_by="accountant", now=NOW)
    assert journal.post_entry(entry=draft, now=NOW) == posted


def test_the_books_begin_with_the_first_month_opened(books: str) -> None:
    before = counts()
    first = Period.objects.order_by("month").first().month
    with pytest.raises(journal.PeriodClosed):
        journal.post_entry(
            entry=entry(LOANS, DEPOSITS, "1.00", "k", booking_date=first.replace(year=first.year - 1)),
            now=NOW,
        )
    assert counts() == before


def test_a_month_with_something_pending_stays_open(books: str) -> None:
    fund("1.00")
    held = journal.post_entry(entry=entry(LOANS, CASH, "1.00", "k", pending=True), now=NOW)
    before = queries.periods()
    with pytest.raises(journal.PeriodPending) as refused:
        journal.close_period(month=DAY, closed_by="accountant", now=NOW)
    assert refused.value.params == {"month": "2026-11", "count": 1}
    assert queries.periods() == before
    assert journal.close_ended_periods(before_date=DECEMBER, closed_by="clock", now=NOW) == ()
    journal.void_pending(entry_id=held.id, now=NOW)
    assert journal.close_ended_periods(before_date=DAY, closed_by="clock", now=NOW) == ()
    (closed,) = journal.close_ended_periods(before_date=DECEMBER, closed_by="clock", now=NOW)
    assert (closed.month, closed.state) == (NOVEMBER, "closed")


def test_a_pending_entry_is_not_settled_into_a_closed_period(books: str) -> None:
    fund("1.00")
    draft = entry(LOANS, CASH, "1.00", "k", pending=True, booking_date=DECEMBER)
    held = journal.post_entry(entry=draft, now=NOW)
    journal.close_period(month=DAY, closed_by="accountant", now=NOW)
    before = counts()
    with pytest.raises(journal.PeriodClosed):
        journal.settle_pending(entry_id=held.id, booking_date=DAY, value_date=DAY, now=NOW)
    assert counts() == before
    assert queries.get_entry(held.id) == held
    settled = journal.settle_pending(entry_id=held.id, booking_date=DECEMBER, value_date=DAY, now=NOW)
    assert settled.booking_date == DECEMBER


def test_months_close_in_order_and_for_good(books: str) -> None:
    journal.open_period(month=DECEMBER)
    with pytest.raises(journal.PeriodOutOfOrder):
        journal.close_period(month=DECEMBER, closed_by="accountant", now=NOW)
    assert not Period.objects.filter(state="closed").exists()
    closed = journal.close_period(month=NOVEMBER, closed_by="accountant", now=NOW)
    assert (closed.state, closed.closed_by, closed.closed_at) == ("closed", "accountant", NOW)
    assert journal.close_period(month=NOVEMBER, closed_by="somebody", now=NOW) == closed
    with pytest.raises(journal.PeriodClosed):
        journal.open_period(month=DAY)
    assert queries.periods()[-2:] == (closed, queries.PeriodView(DECEMBER, "open", "", None))


def test_an_account_takes_nothing_before_it_opens_or_after_it_closes(books: str) -> None:
    opened = get_account(code=LOANS).opened_date
    journal.close_account(code=DEPOSITS, closed_date=date(2026, 11, 20))
    before = counts()
    for day in (opened.replace(day=1), date(2026, 11, 20), date(2026, 11, 21)):
        with pytest.raises(journal.AccountClosed):
            journal.post_entry(entry=entry(LOANS, DEPOSITS, "1.00", f"k{day}", booking_date=day), now=NOW)
    with pytest.raises(journal.AccountClosed):
        journal.post_entry(
            entry=entry(LOANS, DEPOSITS, "1.00", "p", booking_date=date(2026, 11, 20), pending=True), now=NOW
        )
    for day in (opened.replace(day=1), date(2026, 11, 20)):  # among days that are open
        days = (date(2026, 11, 18), day, date(2026, 11, 19))
        batch = [entry(LOANS, DEPOSITS, "1.00", f"b{each}", booking_date=each) for each in days]
        with pytest.raises(journal.AccountClosed):
            journal.post_entries(entries=batch, now=NOW)
    assert counts() == before
    journal.post_entry(entry=entry(LOANS, DEPOSITS, "1.00", "k", booking_date=date(2026, 11, 19)), now=NOW)


def test_an_account_closes_empty_and_once(books: str) -> None:
    def close(code: str, day: date = date(2026, 11, 20)) -> None:
        journal.close_account(code=code, closed_date=day)

    fund("1.00")
    held = journal.post_entry(entry=entry(LOANS, CASH, "1.00", "k", pending=True), now=NOW)
    booked = journal.post_entry(entry=entry(INCOME, DEPOSITS, "1.00", "l"), now=NOW)
    with pytest.raises(journal.AccountInUse, match="not empty"):
        close(DEPOSITS)
    with pytest.raises(journal.AccountInUse, match="pending"):
        close(LOANS)
    with pytest.raises(journal.AccountInUse, match="opened later"):
        close(LOANS, date(2026, 11, 1))
    journal.void_pending(entry_id=held.id, now=NOW)
    journal.reverse_entry(entry_id=booked.id, booking_date=DAY, value_date=DAY, idempotency_key="r", now=NOW)
    with pytest.raises(journal.AccountInUse, match="booked later"):
        close(INCOME, DAY)
    with pytest.raises(AccountUnknown):
        close("nothing")
    assert not Account.objects.exclude(closed_date=None).exists()
    close(INCOME)
    close(INCOME)
    assert get_account(code=INCOME).closed_date == date(2026, 11, 20)
    with pytest.raises(journal.AccountInUse, match="closed already"):
        close(INCOME, date(2026, 11, 21))


def test_nothing_is_held_in_a_closed_month(books: str) -> None:
    fund("5.00")
    journal.close_period(month=DAY, closed_by="accountant", now=NOW)
    before = counts()
    with pytest.raises(journal.PeriodClosed):
        journal.post_entry(entry=entry(LOANS, DEPOSITS, "1.00", "k", pending=True), now=NOW)
    assert counts() == before
