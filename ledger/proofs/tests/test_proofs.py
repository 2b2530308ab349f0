"""Every check has a corruption that it finds: planted past the triggers, as only a superuser can."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, transaction

from kernel.money import Money
from ledger.balances import operations as balances
from ledger.journal import operations as journal
from ledger.journal.entry import Line
from ledger.journal.queries import find_entry
from ledger.journal.tests.books import CASH, DAY, INCOME, LOANS, NOW, entry, fund, open_books
from ledger.proofs.queries import check_books
from ledger.seals import operations as seals


@pytest.fixture
def books(qinglan: str) -> str:
    """Books with a bit of everything."""
    open_books()
    fund("100.00")
    journal.post_entry(entry=entry(LOANS, CASH, "30.00", "draw", reference="lon_1"), now=NOW)
    journal.post_entry(entry=entry(LOANS, CASH, "20.00", "held", pending=True), now=NOW)
    posted = journal.post_entry(entry=entry(LOANS, INCOME, "1.00", "wrong"), now=NOW)
    journal.reverse_entry(
        entry_id=posted.id, booking_date=DAY, value_date=DAY, idempotency_key="right", now=NOW
    )
    balances.fold(now=NOW)
    balances.close_days(through_date=DAY)
    assert seals.seal_day(business_date=DAY, now=NOW).finished
    return qinglan


def corrupt(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def examples() -> str:
    """Return what the full proof names as wrong."""
    return "; ".join(name for finding in check_books() for name in finding.examples)


def broken(booked_from: date | None = None) -> set[str]:
    return {finding.invariant for finding in check_books(booked_from=booked_from) if not finding.ok}


def test_sound_books_pass_every_check(books: str) -> None:
    findings = check_books()
    assert [finding for finding in findings if not finding.ok] == []
    assert len({finding.invariant for finding in findings}) == len(findings) == 13
    assert findings[-1].figures == {"checked": 5, "wrong": 0}
    assert findings[-1].detail == "5 checked"


POSTING = "(SELECT id FROM ledger_entry WHERE idempotency_key = 'draw')"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            f"UPDATE ledger_posting SET amount = amount + 1 WHERE line_no = 1 AND entry_id = {POSTING}",
            {
                "debits equal credits on every booking date, per currency",
                "every posted entry balances, with the lines and dates it announces",
                "content hashes match the contents",
            },
        ),
        (
            f"DELETE FROM ledger_posting WHERE entry_id = {POSTING}",
            {
                "every posted entry balances, with the lines and dates it announces",
                "balances equal the postings",
            },
        ),
        (
            f"UPDATE ledger_entry SET description = 'x' WHERE id = {POSTING}",
            {"content hashes match the contents"},
        ),
        (
            f"UPDATE ledger_posting SET entry_id = gen_random_uuid() WHERE entry_id = {POSTING}",
            {"every posting belongs to a posted entry and an account"},
        ),
        (
            "UPDATE ledger_balance SET posted_debits = posted_debits + 1 WHERE guard <> 'none'",
            {"balances equal the postings"},
        ),
        (
            "UPDATE ledger_balance SET pending_credits = 0",
            {"guarded accounts hold what is pending"},
        ),
        (
            f"INSERT INTO ledger_account_day (account_id, booking_date, debits, credits)"
            f" SELECT account_id, '{DAY:%Y-%m-%d}', 1, 0 FROM ledger_balance WHERE guard <> 'none' LIMIT 1",
            {"account days equal the postings"},
        ),
        (
            "INSERT INTO ledger_account_day (account_id, booking_date, debits, credits, closing)"
            " SELECT account_id, '2026-11-09', 0, 0, 5 FROM ledger_balance LIMIT 1",
            {"closings run on from day to day"},
        ),
        (
            "INSERT INTO ledger_period (month, state, closed_by, closed_at)"
            " VALUES ('2026-11-01', 'closed', 'x', '2026-11-01')"
            " ON CONFLICT (month) DO UPDATE SET state = 'closed', closed_at = '2026-11-01'",
            {"nothing was posted into a closed period or before the books began"},
        ),
        (
            f"UPDATE ledger_entry SET reverses_id = {POSTING} WHERE reverses_id IS NOT NULL",
            {"a reversal mirrors what it reverses"},
        ),
    ],
)
def test_a_planted_corruption_is_found(books: str, statement: str, found: set[str]) -> None:
    corrupt(statement)
    assert found <= broken()
    assert broken(booked_from=DAY)  # the day-end sees it too, if perhaps by another invariant


ONE = f"entry_id = {POSTING} AND line_no = 1"
LAST = "(SELECT max(number) FROM ledger_seal)"


def test_one_row_edited_by_sql_is_named_with_its_date(books: str) -> None:
    view = find_entry(idempotency_key="draw")
    assert view is not None
    line, entry_, day = f"{DAY} entry {view.id} line 1", f"{DAY} entry {view.id}", f"{DAY}"
    income = f"(SELECT id FROM ledger_account WHERE code = '{INCOME}')"
    edits = {
        f"UPDATE ledger_posting SET amount = amount + 1 WHERE {ONE}": (line, f"{DAY} account {LOANS}"),
        f"UPDATE ledger_posting SET account_id = {income} WHERE {ONE}": (line, f"{DAY} account {INCOME}"),
        f"UPDATE ledger_posting SET side = 'credit' WHERE {ONE}": (line, f"{DAY} CNY out by"),
        f"UPDATE ledger_posting SET booking_date = '2026-11-09' WHERE {ONE}": (
            f"2026-11-09 entry {view.id} line 1",
            entry_,
        ),
        f"UPDATE ledger_posting SET value_date = '2026-11-09' WHERE {ONE}": (line, entry_),
        f"DELETE FROM ledger_posting WHERE {ONE}": (f"{DAY} seal 1: the line at", entry_),
        f"""INSERT INTO ledger_posting (entry_id, line_no, account_id, side, amount, booking_date, value_date)
            SELECT entry_id, 3, account_id, side, 1, booking_date, value_date
              FROM ledger_posting WHERE {ONE}""": (entry_,),
        f"UPDATE ledger_entry SET kind = 'other' WHERE id = {POSTING}": (line, entry_),
        f"UPDATE ledger_entry SET content_hash = '' WHERE id = {POSTING}": (line, entry_),
        f"DELETE FROM ledger_entry WHERE id = {POSTING}": (line,),
        f"UPDATE ledger_account_day SET debits = debits + 1, closing = closing + 1"
        f" WHERE account_id = {income}": (f"{day} account {INCOME}",),
        f"UPDATE ledger_seal SET root = merkle_root WHERE number = {LAST}": (f"{DAY} seal 1",),
        f"UPDATE ledger_seal SET merkle_root = root WHERE number = {LAST}": (f"{DAY} seal 1: its leaves",),
    }
    for statement, named in edits.items():
        with transaction.atomic():
            corrupt(statement)
            told = examples()
            assert [name for name in named if name not in told] == [], (statement, told)
            transaction.set_rollback(True)
    assert examples() == ""


def test_a_rewriting_that_agrees_with_itself_is_told_by_the_seal_alone(books: str) -> None:
    view = find_entry(idempotency_key="draw")
    assert view is not None
    lines = (Line.debit(LOANS, Money(2900)), Line.credit(CASH, Money(2900)))
    forged = replace(view.draft(), lines=lines).content_hash.hex()
    accounts = f"(SELECT account_id FROM ledger_posting WHERE entry_id = {POSTING} AND side = '%s')"
    corrupt(f"UPDATE ledger_posting SET amount = 2900 WHERE entry_id = {POSTING}")
    corrupt(f"UPDATE ledger_entry SET content_hash = '\\x{forged}' WHERE id = {POSTING}")
    for side, sign in (("debit", 1), ("credit", -1)):
        which = accounts % side
        corrupt(f"UPDATE ledger_balance SET posted_{side}s = posted_{side}s - 100 WHERE account_id = {which}")
        corrupt(
            f"UPDATE ledger_account_day SET {side}s = {side}s - 100, closing = closing - {100 * sign}"
            f" WHERE account_id = {which}"
        )
    assert broken() == {"sealed lines stand as they were sealed"}
    assert examples() == f"{DAY} entry {view.id} line 1; {DAY} entry {view.id} line 2"


def test_what_was_booked_before_is_left_to_the_audit(books: str) -> None:
    corrupt(f"UPDATE ledger_entry SET description = 'x' WHERE id = {POSTING}")
    assert broken() == {"content hashes match the contents", "sealed lines stand as they were sealed"}
    assert broken(booked_from=date(2027, 1, 1)) == set()
    assert check_books(booked_from=date(2027, 1, 1))[-1].figures["checked"] == 0


def test_what_has_no_outcome_for_long_is_an_open_item_and_no_break(books: str) -> None:
    corrupt("UPDATE ledger_fold_cursor SET closed_through_date = '2026-12-31'")
    (found,) = (finding for finding in check_books() if finding.invariant == "what is pending is known")
    assert (found.ok, found.figures) == (True, {"checked": 1, "stale": 1})
    assert found.detail == "1 pending, 1 of them for more than 7 days"


def test_the_checks_say_how_many_are_wrong(books: str) -> None:
    corrupt(f"UPDATE ledger_entry SET description = 'x' WHERE id = {POSTING}")
    finding = check_books()[-1]
    assert (finding.figures["wrong"], finding.detail[:12]) == (1, "1 of 5 wrong")


def test_the_checks_do_not_write(books: str) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        assert broken() == set()
        transaction.set_rollback(True)
