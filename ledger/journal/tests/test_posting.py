from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.money import Money
from ledger.balances.queries import account_balance, available
from ledger.chart.queries import AccountUnknown
from ledger.journal import operations as journal
from ledger.journal import queries
from ledger.journal.entry import EntryDraft, Line
from ledger.journal.tests.books import CASH, DAY, DEPOSITS, INCOME, LOANS, NOW, counts, entry, fund
from ledger.proofs.queries import check_books
from plumbing.sql import TransactionMissing


def test_a_posted_entry_is_read_back_as_it_was_posted(books: str) -> None:
    draft = EntryDraft(
        kind="loan.repaid",
        booking_date=DAY,
        value_date=date(2026, 11, 9),
        lines=(
            Line.debit(DEPOSITS, Money.parse("10060.00")),
            Line.credit(LOANS, Money.parse("10000.00")),
            Line.credit(INCOME, Money.parse("60.00")),
        ),
        idempotency_key="rpy_1",
        reference="lon_1",
        description="还款",
    )
    posted = journal.post_entry(entry=draft, now=NOW)
    assert queries.get_entry(posted.id) == posted
    assert queries.entries(reference="lon_1") == (posted,)
    assert queries.find_entry(idempotency_key="rpy_1") == posted
    assert (posted.state, posted.posted_at, posted.total) == ("posted", NOW, Money.parse("10060.00"))
    assert posted.draft() == draft


def test_many_entries_are_posted_in_the_order_given(books: str) -> None:
    drafts = [entry(LOANS, DEPOSITS, f"{n}.00", f"k{9 - n}") for n in range(1, 9)]
    drafts[3] = entry(LOANS, DEPOSITS, "4.00", "held", pending=True)
    posted = journal.post_entries(entries=drafts, now=NOW)
    assert [view.draft() for view in posted] == drafts
    assert [view.state for view in posted].count("pending") == 1
    assert journal.post_entries(entries=(), now=NOW) == ()


def test_what_a_batch_returns_reads_as_a_tuple_of_what_stands(books: str) -> None:
    there = journal.post_entry(entry=entry(LOANS, DEPOSITS, "9.00", "there"), now=NOW)
    drafts = [entry(LOANS, DEPOSITS, f"{n}.00", f"k{n}") for n in range(1, 4)]
    asked = [*drafts, entry(LOANS, DEPOSITS, "9.00", "there")]
    later = NOW + timedelta(hours=1)
    posted = journal.post_entries(entries=asked, now=later)
    asked.clear()  # the caller's list is the caller's
    stored = tuple(queries.get_entry(view.id) for view in posted)
    assert (posted, stored) == (stored, posted)
    assert hash(posted) == hash(stored)
    assert repr(posted) == repr(tuple(posted))
    assert (len(posted), posted[0], posted[-1], posted[1:3]) == (4, stored[0], there, stored[1:3])
    assert list(reversed(posted)) == [*stored[::-1]]
    assert there in posted
    assert posted != stored[:3]
    assert posted != list(stored)
    assert [view.content_hash for view in posted[:3]] == [draft.content_hash for draft in drafts]
    assert [view.recorded_at for view in posted] == [later, later, later, NOW]
    with pytest.raises(IndexError):
        posted[4]


def test_the_same_key_and_content_is_the_same_entry(books: str) -> None:
    first = journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "k"), now=NOW)
    before = counts()
    again = journal.post_entries(
        entries=(entry(LOANS, DEPOSITS, "5.00", "k"), entry(LOANS, DEPOSITS, "5.00", "k")), now=NOW
    )
    assert again == (first, first)
    assert counts() == before


def test_the_same_key_with_other_content_is_refused(books: str) -> None:
    journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "k"), now=NOW)
    before = counts()
    with pytest.raises(journal.IdempotencyConflict) as refused:
        journal.post_entries(
            entries=(entry(LOANS, DEPOSITS, "1.00", "new"), entry(LOANS, DEPOSITS, "5.01", "k")), now=NOW
        )
    assert refused.value.params == {"key": "k"}
    assert counts() == before


def test_a_guarded_account_refuses_the_last_fen_too_many(books: str) -> None:
    fund("100.00")
    before = counts()
    with pytest.raises(journal.InsufficientFunds) as refused:
        journal.post_entry(entry=entry(LOANS, CASH, "100.01", "k"), now=NOW)
    assert refused.value.params == {"account": CASH}
    assert counts() == before
    assert available(code=CASH) == Money.parse("100.00")
    journal.post_entry(entry=entry(LOANS, CASH, "100.00", "k"), now=NOW)
    assert available(code=CASH) == Money.zero()


def test_a_refused_entry_takes_the_whole_call_with_it(books: str) -> None:
    before = counts()
    with pytest.raises(journal.InsufficientFunds):
        journal.post_entries(
            entries=(entry(LOANS, DEPOSITS, "1.00", "a"), entry(LOANS, CASH, "0.01", "b")), now=NOW
        )
    assert counts() == before


def test_a_refused_hold_takes_the_postings_with_it(books: str) -> None:
    before = counts()
    with pytest.raises(journal.InsufficientFunds):
        journal.post_entries(
            entries=(entry(LOANS, DEPOSITS, "1.00", "a"), entry(LOANS, CASH, "0.01", "b", pending=True)),
            now=NOW,
        )
    assert counts() == before


def test_the_transaction_lives_on_after_a_refusal(books: str) -> None:
    with pytest.raises(journal.InsufficientFunds):
        journal.post_entry(entry=entry(LOANS, CASH, "1.00", "a"), now=NOW)
    posted = journal.post_entry(entry=entry(LOANS, DEPOSITS, "1.00", "b"), now=NOW)
    assert queries.get_entry(posted.id) == posted


def test_an_unknown_account_is_refused(books: str) -> None:
    before = counts()
    with pytest.raises(AccountUnknown) as refused:
        journal.post_entry(entry=entry(LOANS, "9876", "1.00", "a"), now=NOW)
    assert refused.value.params == {"account": "9876"}
    assert counts() == before


def test_an_account_of_another_currency_is_refused(books: str) -> None:
    before = counts()
    lines = (Line.debit(LOANS, Money(1, "USD")), Line.credit(DEPOSITS, Money(1, "USD")))
    with pytest.raises(AccountUnknown):
        journal.post_entry(entry=EntryDraft("test", DAY, DAY, lines, "k"), now=NOW)
    assert counts() == before


def test_any_text_survives_the_way_into_the_table(books: str) -> None:
    text = 'quote " back\\slash {brace}, comma NULL 贷款'
    draft = EntryDraft(
        kind="a,b",
        booking_date=DAY,
        value_date=DAY,
        lines=entry(LOANS, DEPOSITS, "1.00", "x").lines,
        idempotency_key=text,
        reference="NULL",
        description=text,
    )
    posted = journal.post_entry(entry=draft, now=NOW)
    assert queries.get_entry(posted.id).draft() == draft


def test_posting_is_the_same_where_somebody_watches_the_cursors(books: str) -> None:
    with CaptureQueriesContext(connection) as seen:
        watched = journal.post_entry(entry=entry(LOANS, DEPOSITS, "1.00", "a"), now=NOW)
    assert len(seen) == 1
    assert queries.get_entry(watched.id) == watched
    assert journal.post_entry(entry=watched.draft(), now=NOW) == watched


def test_posting_demands_a_transaction(committed_qinglan: str) -> None:
    with pytest.raises(TransactionMissing):
        journal.post_entry(entry=entry(LOANS, DEPOSITS, "1.00", "k"), now=NOW)


class TestPending:
    def test_it_holds_funds_and_books_nothing(self, books: str) -> None:
        fund("100.00")
        held = journal.post_entry(entry=entry(LOANS, CASH, "60.00", "k", pending=True), now=NOW)
        assert held.state == "pending"
        assert available(code=CASH) == Money.parse("40.00")
        assert account_balance(code=CASH) == Money.parse("100.00")
        assert account_balance(code=LOANS) == Money.zero()
        assert queries.pending_entries() == (held,)

    def test_what_it_holds_cannot_be_spent_twice(self, books: str) -> None:
        fund("100.00")
        journal.post_entry(entry=entry(LOANS, CASH, "60.00", "k", pending=True), now=NOW)
        before = counts()
        for pending in (True, False):
            with pytest.raises(journal.InsufficientFunds):
                journal.post_entry(entry=entry(LOANS, CASH, "40.01", "l", pending=pending), now=NOW)
        assert counts() == before

    def test_settling_posts_what_was_held_on_the_dates_of_the_outcome(self, books: str) -> None:
        fund("100.00")
        held = journal.post_entry(entry=entry(LOANS, CASH, "100.00", "k", pending=True), now=NOW)
        booked, valued = date(2026, 11, 12), date(2026, 11, 11)
        settled = journal.settle_pending(entry_id=held.id, booking_date=booked, value_date=valued, now=NOW)
        assert (settled.state, settled.booking_date, settled.value_date) == ("posted", booked, valued)
        assert settled.lines == held.lines
        assert settled.content_hash == settled.draft().content_hash
        assert available(code=CASH) == account_balance(code=CASH) == Money.zero()
        assert account_balance(code=LOANS) == Money.parse("100.00")

    def test_settling_twice_is_settling_once(self, books: str) -> None:
        fund("100.00")
        held = journal.post_entry(entry=entry(LOANS, CASH, "60.00", "k", pending=True), now=NOW)
        once = journal.settle_pending(entry_id=held.id, booking_date=DAY, value_date=DAY, now=NOW)
        before = counts()
        assert journal.settle_pending(entry_id=held.id, booking_date=DAY, value_date=DAY, now=NOW) == once
        with pytest.raises(journal.NotPending):
            journal.settle_pending(entry_id=held.id, booking_date=DAY, value_date=date(2026, 11, 9), now=NOW)
        with pytest.raises(journal.NotPending):
            journal.void_pending(entry_id=held.id, now=NOW)
        assert counts() == before

    def test_voiding_releases_what_was_held(self, books: str) -> None:
        fund("100.00")
        held = journal.post_entry(entry=entry(LOANS, CASH, "60.00", "k", pending=True), now=NOW)
        voided = journal.void_pending(entry_id=held.id, now=NOW)
        assert (voided.state, voided.lines) == ("voided", held.lines)
        assert journal.void_pending(entry_id=held.id, now=NOW) == voided
        assert available(code=CASH) == account_balance(code=CASH) == Money.parse("100.00")
        with pytest.raises(journal.NotPending):
            journal.settle_pending(entry_id=held.id, booking_date=DAY, value_date=DAY, now=NOW)

    def test_asking_again_returns_it_whatever_became_of_it(self, books: str) -> None:
        fund("100.00")
        draft = entry(LOANS, CASH, "60.00", "k", pending=True)
        held = journal.post_entry(entry=draft, now=NOW)
        settled = journal.settle_pending(
            entry_id=held.id, booking_date=date(2026, 11, 12), value_date=DAY, now=NOW
        )
        assert journal.post_entry(entry=draft, now=NOW) == settled

    def test_an_unknown_entry_is_refused(self, books: str) -> None:
        with pytest.raises(queries.EntryUnknown):
            journal.settle_pending(entry_id=UUID(int=1), booking_date=DAY, value_date=DAY, now=NOW)
        with pytest.raises(queries.EntryUnknown):
            journal.void_pending(entry_id=UUID(int=1), now=NOW)


class TestExpiry:
    EXPIRES = NOW + timedelta(hours=1)

    def hold(self, key: str = "k", expires_at: datetime | None = EXPIRES) -> queries.EntryView:
        draft = replace(entry(LOANS, CASH, "60.00", key, pending=True), expires_at=expires_at)
        held = journal.post_entry(entry=draft, now=NOW)
        assert held.draft() == draft
        return held

    def test_what_has_expired_is_swept_and_holds_nothing(self, books: str) -> None:
        fund("130.00")
        held, lasting = self.hold(), self.hold("l", None)
        assert queries.get_entry(held.id) == held
        assert journal.void_expired(now=self.EXPIRES - timedelta(seconds=1)) == 0
        assert journal.void_expired(now=self.EXPIRES) == 1
        assert journal.void_expired(now=self.EXPIRES) == 0
        assert queries.get_entry(held.id).state == "voided"
        assert queries.pending_entries() == (lasting,)
        assert available(code=CASH) == Money.parse("70.00")
        assert all(finding.ok for finding in check_books())

    def test_the_sweep_takes_the_oldest_in_bounded_portions(self, books: str) -> None:
        fund("180.00")
        late = self.hold("late", self.EXPIRES + timedelta(minutes=1))
        early = self.hold("early")
        assert journal.void_expired(now=self.EXPIRES + timedelta(hours=1), limit=1) == 1
        assert queries.get_entry(early.id).state == "voided"
        assert queries.get_entry(late.id).state == "pending"

    def test_it_is_no_longer_settled_though_nobody_swept_yet(self, books: str) -> None:
        fund("60.00")
        held = self.hold()
        before = counts()
        with pytest.raises(journal.PendingExpired) as refused:
            journal.settle_pending(entry_id=held.id, booking_date=DAY, value_date=DAY, now=self.EXPIRES)
        assert refused.value.params["entry_id"] == held.id
        assert (counts(), queries.get_entry(held.id)) == (before, held)
        just_before = self.EXPIRES - timedelta(microseconds=1)
        settled = journal.settle_pending(entry_id=held.id, booking_date=DAY, value_date=DAY, now=just_before)
        assert settled.state == "posted"
        assert settled.content_hash == settled.draft().content_hash
        assert journal.void_expired(now=self.EXPIRES) == 0
        assert all(finding.ok for finding in check_books())

    def test_another_expiry_is_another_request(self, books: str) -> None:
        fund("120.00")
        self.hold()
        with pytest.raises(journal.IdempotencyConflict):
            self.hold(expires_at=None)


class TestReversal:
    def reverse(self, entry_id: Any, key: str = "r") -> Any:
        return journal.reverse_entry(
            entry_id=entry_id, booking_date=DAY, value_date=DAY, idempotency_key=key, now=NOW
        )

    def test_it_is_the_mirror(self, books: str) -> None:
        posted = journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "k", reference="lon_1"), now=NOW)
        mirror = self.reverse(posted.id)
        assert mirror.reverses == posted.id
        assert mirror.lines == tuple(line.opposite for line in posted.lines)
        assert account_balance(code=LOANS) == account_balance(code=DEPOSITS) == Money.zero()
        assert queries.entries(reference="lon_1") == (posted, mirror)
        assert self.reverse(posted.id) == mirror

    def test_it_happens_once(self, books: str) -> None:
        posted = journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "k"), now=NOW)
        mirror = self.reverse(posted.id)
        before = counts()
        with pytest.raises(journal.AlreadyReversed):
            self.reverse(posted.id, key="s")
        with pytest.raises(journal.NotReversible):
            self.reverse(mirror.id, key="t")
        assert counts() == before

    def test_what_is_pending_is_voided_instead(self, books: str) -> None:
        fund("1.00")
        held = journal.post_entry(entry=entry(LOANS, CASH, "1.00", "k", pending=True), now=NOW)
        before = counts()
        with pytest.raises(journal.NotReversible):
            self.reverse(held.id)
        assert counts() == before

    def test_something_else_cannot_pass_for_a_reversal(self, books: str) -> None:
        posted = journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "k"), now=NOW)
        before = counts()
        lines = (Line.debit(DEPOSITS, Money.parse("4.00")), Line.credit(LOANS, Money.parse("4.00")))
        with pytest.raises(journal.NotReversible):
            journal.post_entry(entry=EntryDraft("test", DAY, DAY, lines, "r", reverses=posted.id), now=NOW)
        assert counts() == before


def test_the_settlement_account_is_funded_by_capital(qinglan: str) -> None:
    opened = queries.Account.objects.get(code="1003").opened_date
    before = account_balance(code="4001")
    amount = Money.parse("5000000.00")
    for _ in range(2):
        journal.fund_settlement_account(
            amount=amount, booking_date=opened, idempotency_key="capital", now=NOW
        )
    assert account_balance(code="4001") - before == amount
    assert available(code="1003") >= amount


def test_the_journal_is_paged_newest_first(books: str) -> None:
    drafts = [entry(LOANS, DEPOSITS, f"{n}.00", f"k{n}", reference="lon_9") for n in range(1, 6)]
    drafts.append(entry(LOANS, INCOME, "7.00", "late", booking_date=date(2026, 11, 11)))
    posted = [journal.post_entry(entry=draft, now=NOW) for draft in drafts]
    first = queries.journal_page(limit=4)
    assert [view.id for view in first.entries] == [view.id for view in posted[:1:-1]]
    assert first.next_before == posted[2].id
    second = queries.journal_page(limit=4, before=first.next_before, reference="lon_9")
    assert ([view.id for view in second.entries], second.next_before) == (
        [posted[1].id, posted[0].id],
        None,
    )
    by_account = queries.journal_page(account=INCOME)
    assert [view.id for view in by_account.entries] == [posted[5].id]
    by_date = queries.journal_page(from_date=date(2026, 11, 11), to_date=date(2026, 11, 11), kind="test")
    assert [view.id for view in by_date.entries] == [posted[5].id]
