"""What PostgreSQL refuses by itself: every statement here is raw SQL, past all of our Python."""

from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from kernel.money import Money
from ledger.balances.queries import account_balance
from ledger.chart import operations as chart
from ledger.chart.models import Kind, NormalSide
from ledger.chart.queries import get_account
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line, ValuedAhead
from ledger.journal.queries import get_entry
from ledger.journal.tests.books import CASH, DAY, DEPOSITS, INCOME, LOANS, NOW, counts, entry, fund

INSERT = """
WITH made AS (
    INSERT INTO ledger_entry (id, kind, booking_date, value_date, reference, description, idempotency_key,
                              content_hash, state, line_count, recorded_at, posted_at)
    VALUES (%(id)s, 'raw', %(booking_date)s, %(booking_date)s, '', '', %(id)s, '', 'posted', %(line_count)s,
            now(), now())
    RETURNING id, booking_date)
INSERT INTO ledger_posting (entry_id, line_no, account_id, side, amount, booking_date, value_date)
SELECT made.id, l.line_no, a.id, l.side, l.amount, %(line_date)s, %(line_date)s
  FROM made CROSS JOIN unnest(%(codes)s::text[], %(sides)s::text[], %(amounts)s::bigint[])
       WITH ORDINALITY AS l(code, side, amount, line_no)
  JOIN ledger_account a ON a.code = l.code
"""


def insert(*lines: Any, line_count: Any = None, booking_date: Any = DAY, line_date: Any = None) -> None:
    codes, sides, amounts = zip(*lines, strict=True) if lines else ((), (), ())
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "id": str(uuid4()),
                "booking_date": booking_date,
                "line_date": line_date or booking_date,
                "line_count": len(lines) if line_count is None else line_count,
                "codes": list(codes),
                "sides": list(sides),
                "amounts": list(amounts),
            },
        )


@contextmanager
def refused(error: Any = IntegrityError, match: Any = None) -> Any:
    """The statement raises and leaves nothing."""
    before = counts()
    with pytest.raises(error, match=match), transaction.atomic():
        yield
    assert counts() == before


def execute(statement: str, *arguments: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)


def test_a_balanced_entry_is_let_in(books: str) -> None:
    insert((LOANS, "debit", 1000), (DEPOSITS, "credit", 940), (INCOME, "credit", 60))
    assert account_balance(code=LOANS) == Money(1000)


@pytest.mark.parametrize(
    "lines",
    [
        ((LOANS, "debit", 1001), (DEPOSITS, "credit", 1000)),
        ((LOANS, "debit", 1000), (DEPOSITS, "debit", 1000)),
        ((LOANS, "debit", 1000), (DEPOSITS, "credit", 1000), (INCOME, "credit", 1)),
    ],
)
def test_an_entry_out_by_a_fen_is_refused(books: str, lines: Any) -> None:
    with refused(match=r"ledger\.unbalanced"):
        insert(*lines)


def test_each_currency_balances_by_itself(books: str) -> None:
    """Lines of one currency make one sum; an entry of several is looked at currency by currency."""
    dollars = {"kind": Kind.ASSET, "normal_side": NormalSide.DEBIT, "currency": "USD", "opened_date": DAY}
    for code in ("T1.usd", "T2.usd"):
        chart.open_account(code=code, name_zh=code, name_en=code, **dollars)  # type: ignore[arg-type]
    pair, other = ((LOANS, "debit", 5), (DEPOSITS, "credit", 5)), ("T1.usd", "debit", 3)
    insert(*pair, other, ("T2.usd", "credit", 3))
    for lines in (
        (*pair, other, ("T2.usd", "credit", 2)),
        ((LOANS, "debit", 5), ("T2.usd", "credit", 5)),
        ((LOANS, "debit", 5), (DEPOSITS, "credit", 2), ("T2.usd", "credit", 3)),
    ):
        with refused(match=r"ledger\.unbalanced"):
            insert(*lines)
    with refused(match=r"ledger\.line_misplaced"):
        insert(*pair, other, ("T2.usd", "credit", 3), line_count=5)
    lines = (Line.debit(LOANS, Money(5)), Line.credit(DEPOSITS, Money(5)))
    foreign = (Line.debit("T1.usd", Money(3, "USD")), Line.credit("T2.usd", Money(3, "USD")))
    drafts = [EntryDraft("test", DAY, DAY, lines + foreign * (n % 2), f"key {n}") for n in range(5)]
    assert len(journal.post_entries(entries=drafts, now=NOW)) == 5


def test_an_entry_needs_the_lines_it_announces(books: str) -> None:
    pair = ((LOANS, "debit", 5), (DEPOSITS, "credit", 5))
    for line_count in (3, 1):
        with refused():
            insert(*pair, line_count=line_count)
    with refused(match=r"ledger\.line_misplaced"):
        insert(line_count=2)
    with refused():
        insert((LOANS, "debit", 5))


def test_lines_carry_the_dates_of_their_entry(books: str) -> None:
    with refused(match=r"ledger\.line_misplaced"):
        insert((LOANS, "debit", 5), (DEPOSITS, "credit", 5), line_date=DAY.replace(day=11))


def test_no_entry_counts_from_a_day_after_its_booking(books: str) -> None:
    held = journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "k", pending=True), now=NOW)
    with refused(match="ledger_entry_not_valued_ahead"):
        execute(
            "UPDATE ledger_entry SET value_date = %s, state = 'posted', posted_at = now() WHERE id = %s",
            DAY.replace(day=11),
            held.id,
        )
    with refused(ValuedAhead):
        journal.settle_pending(entry_id=held.id, booking_date=DAY, value_date=DAY.replace(day=11), now=NOW)
    assert get_entry(held.id) == held


def test_nothing_joins_an_entry_later(books: str) -> None:
    posted = journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "k"), now=NOW)
    add = """
        INSERT INTO ledger_posting (entry_id, line_no, account_id, side, amount, booking_date, value_date)
        SELECT %s, no, %s, side, 1, %s, %s FROM (VALUES (3, 'debit'), (4, 'credit')) AS l(no, side)"""
    with refused(match=r"ledger\.line_misplaced"):
        execute(add, posted.id, get_account(code=LOANS).id, DAY, DAY)
    with refused(match="ledger_posting_pkey"):
        execute(
            add.replace("(3,", "(1,").replace("(4,", "(2,"), posted.id, get_account(code=LOANS).id, DAY, DAY
        )


def test_a_line_without_an_entry_or_an_account_is_refused(books: str) -> None:
    add = """
        INSERT INTO ledger_posting (entry_id, line_no, account_id, side, amount, booking_date, value_date)
        SELECT %s, no, %s, side, 1, %s, %s FROM (VALUES (1, 'debit'), (2, 'credit')) AS l(no, side)"""
    with refused(match=r"ledger\.line_misplaced"):
        execute(add, uuid4(), get_account(code=LOANS).id, DAY, DAY)
    # only so can an account vanish, and even then nothing is booked to it
    execute("SET LOCAL session_replication_role = replica")
    execute("DELETE FROM ledger_account WHERE code = %s", LOANS)
    execute("SET LOCAL session_replication_role = origin")
    with refused():
        insert((LOANS, "debit", 5), (DEPOSITS, "credit", 5))


def test_amounts_are_positive(books: str) -> None:
    for amount in (0, -5):
        with refused(match="ledger_posting_amount"):
            insert((LOANS, "debit", amount), (DEPOSITS, "credit", amount))


def test_a_line_stands_on_one_of_two_sides(books: str) -> None:
    with refused(match="ledger_posting_side"):
        insert((LOANS, "debit", 5), (DEPOSITS, "kredit", 5))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("now(), now())", "now(), NULL)"),  # posted at no time
        ("'posted', %(line_count)s", "'draft', %(line_count)s"),
        ("posted_at)\n    VALUES (", "posted_at, expires_at)\n    VALUES ("),
        ("posted_at)\n    VALUES (", "posted_at, voided_at)\n    VALUES ("),
    ],
)
def test_an_entry_is_all_of_one_state(books: str, was: str, becomes: str) -> None:
    statement = INSERT.replace(was, becomes)
    if "_at, " in becomes:
        statement = statement.replace("now(), now())", "now(), now(), now())")
    lines = {"codes": [LOANS, DEPOSITS], "sides": ["debit", "credit"], "amounts": [5, 5], "line_count": 2}
    given = {"id": str(uuid4()), "booking_date": DAY, "line_date": DAY, **lines}
    with refused(match=r"ledger\.(entry_malformed|line_misplaced)"), connection.cursor() as cursor:
        cursor.execute(statement, given)


@pytest.mark.parametrize("table", ["ledger_posting", "ledger_pending_line"])
@pytest.mark.parametrize("change", ["UPDATE {} SET amount = 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_lines_never_change(books: str, table: str, change: str) -> None:
    fund("9.00")
    journal.post_entry(entry=entry(LOANS, CASH, "5.00", "k", pending=True), now=NOW)
    with refused(match=r"ledger\.append_only"):
        execute(change.format(table))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_entry SET description = 'x'",
        "UPDATE ledger_entry SET state = 'voided', posted_at = NULL, voided_at = now(), request_hash = ''",
        "UPDATE ledger_entry SET state = 'pending', posted_at = NULL, request_hash = ''",
        "UPDATE ledger_entry SET booking_date = booking_date + 1",
        "UPDATE ledger_entry SET content_hash = ''",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry CASCADE",
    ],
)
def test_posted_entries_never_change(books: str, change: str) -> None:
    journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "k"), now=NOW)
    with refused():
        execute(change)


@pytest.mark.parametrize(
    "change",
    [
        "SET description = 'x'",
        "SET booking_date = booking_date + 1",
        "SET state = 'posted', posted_at = now()",  # without its postings
        "SET state = 'posted', posted_at = now(), kind = 'x'",
        "SET state = 'voided', voided_at = now(), request_hash = 'x'",
    ],
)
def test_pending_entries_change_only_by_their_outcome(books: str, change: str) -> None:
    fund("9.00")
    held = journal.post_entry(entry=entry(LOANS, CASH, "5.00", "k", pending=True), now=NOW)
    with refused():
        execute(f"UPDATE ledger_entry {change} WHERE id = %s", held.id)


def test_a_settled_entry_posts_exactly_what_it_held(books: str) -> None:
    fund("9.00")
    held = journal.post_entry(entry=entry(LOANS, CASH, "5.00", "k", pending=True), now=NOW)
    with refused(match=r"ledger\.line_misplaced"):
        execute(
            """
            WITH s AS (UPDATE ledger_entry SET state = 'posted', posted_at = now() WHERE id = %s
                       RETURNING id, booking_date)
            INSERT INTO ledger_posting (entry_id, line_no, account_id, side, amount, booking_date, value_date)
            SELECT s.id, l.line_no, l.account_id, l.side, l.amount - 1, s.booking_date, s.booking_date
              FROM s JOIN ledger_pending_line l ON l.entry_id = s.id""",
            held.id,
        )


def test_a_guard_holds_against_raw_postings(books: str) -> None:
    fund("9.00")
    with refused(match="ledger_balance_no_credit"):
        insert((LOANS, "debit", 901), (CASH, "credit", 901))
    insert((LOANS, "debit", 900), (CASH, "credit", 900))
    with refused(match="ledger_balance_no_credit"):
        execute("UPDATE ledger_balance SET posted_debits = posted_debits - 1 WHERE guard <> 'none'")


def test_an_account_is_never_deleted_and_keeps_its_nature(books: str) -> None:
    for change in (
        "DELETE FROM ledger_account WHERE code = %s",
        "UPDATE ledger_account SET guard = 'none' WHERE code = %s",
        "UPDATE ledger_account SET currency = 'USD' WHERE code = %s",
        "UPDATE ledger_account SET normal_side = 'credit' WHERE code = %s",
    ):
        with refused(DatabaseError, match=r"ledger\.account_immutable"):
            execute(change, CASH)


def test_one_bank_never_reaches_anothers_books(banks: tuple[str, str]) -> None:
    """A statement that names another bank's table runs that bank's triggers on that bank's tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = lian")
        cursor.execute("SELECT count(*) FROM lian.ledger_posting")
        before = cursor.fetchone()
        cursor.execute("SELECT to_char(min(opened_date), 'YYYY-MM-DD') FROM qinglan.ledger_account")
        day = cursor.fetchone()[0]
        with transaction.atomic():
            cursor.execute(
                INSERT.replace("INTO ledger_", "INTO qinglan.ledger_").replace(
                    "JOIN ledger_", "JOIN qinglan.ledger_"
                ),
                {
                    "id": str(uuid4()),
                    "booking_date": day,
                    "line_date": day,
                    "line_count": 2,
                    "codes": ["1003", "4001"],
                    "sides": ["debit", "credit"],
                    "amounts": [700, 700],
                },
            )
        balance = (
            "SELECT posted_debits FROM {0}.ledger_balance b JOIN {0}.ledger_account a ON a.id = b.account_id"
        )
        cursor.execute(balance.format("qinglan") + " WHERE a.code = '1003'")
        assert cursor.fetchone()[0] >= 700
        cursor.execute("SELECT count(*) FROM lian.ledger_posting")
        assert cursor.fetchone() == before


def test_voiding_changes_nothing_else(books: str) -> None:
    fund("9.00")
    held = journal.post_entry(entry=entry(LOANS, CASH, "5.00", "k", pending=True), now=NOW)
    void = "UPDATE ledger_entry SET state = 'voided', voided_at = now()%s WHERE id = %%s"
    for change in (", booking_date = booking_date + 1", ", content_hash = ''"):
        with refused(match=r"ledger\.entry_immutable"):
            execute(void % change, held.id)
    execute(void % "", held.id)


def test_a_guard_cannot_be_taken_away(books: str) -> None:
    for change in (
        "UPDATE ledger_balance SET guard = 'none', posted_debits = 0",
        "DELETE FROM ledger_balance",
        "TRUNCATE ledger_balance",
    ):
        with refused(match=r"ledger\.balance_kept"):
            execute(change)
