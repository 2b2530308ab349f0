"""Seals end to end: sealed beside posting, exported, checked by the verifier that knows nothing of us."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.money import Money
from ledger.balances import operations as balances
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from ledger.journal.tests.books import CASH, DAY, DEPOSITS, INCOME, LOANS, NOW, entry, fund, open_books
from ledger.seals import operations as seals
from ledger.seals import queries
from ledger.seals.models import Seal
from ledger.seals.tree import NO_ROOT, leaf_digest, merkle_root
from ledger.verifier import verify_journal

NEXT = date(2026, 11, 11)


@pytest.fixture
def books(qinglan: str) -> str:
    """Two sealed days: five entries in seals of at most four lines, then one that is booked back in time."""
    open_books()
    fund("100.00")
    posted = journal.post_entry(entry=entry(LOANS, CASH, "30.00", "draw", reference="lon_1"), now=NOW)
    journal.post_entry(
        entry=EntryDraft(
            kind="loan.repaid",
            booking_date=DAY,
            value_date=DAY,
            lines=(
                Line.debit(CASH, Money(1060)),
                Line.credit(LOANS, Money(1000)),
                Line.credit(INCOME, Money(60)),
            ),
            idempotency_key='rpy "1", \\ é',
            description="还款, «quoted»",
        ),
        now=NOW,
    )
    journal.reverse_entry(
        entry_id=posted.id, booking_date=DAY, value_date=DAY, idempotency_key="undo", now=NOW
    )
    balances.fold(now=NOW)
    seal_all(DAY)
    journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "late"), now=NOW)
    balances.fold(now=NOW)
    seal_all(NEXT)
    return qinglan


def seal_all(day: date) -> seals.SealedDay:
    while not (done := seals.seal_day(business_date=day, now=NOW, limit=4)).finished:
        pass
    return done


def exported(form: Any = "ndjson") -> list[bytes]:
    rows = queries.export(from_date=DAY, to_date=date(2026, 12, 1), form=form)
    return [row.encode() for row in rows]


def wrong(rows: list[bytes]) -> list[str]:
    return verify_journal.Verifier().read(rows)  # type: ignore[arg-type]


def test_days_are_sealed_in_bounded_runs_that_chain(books: str) -> None:
    made = queries.seals()
    assert [(one.number, one.line_count, one.business_date) for one in made] == [
        (1, 4, DAY),
        (2, 4, DAY),
        (3, 1, DAY),
        (4, 2, NEXT),
    ]
    assert [one.previous_root for one in made] == [NO_ROOT, *(one.root for one in made[:-1])]
    assert queries.daily_root(business_date=DAY) == made[2].root
    assert queries.daily_root(business_date=NEXT) == queries.current_root() == made[3].root
    assert queries.daily_root(business_date=date(2026, 11, 1)) == NO_ROOT
    assert seals.seal(business_date=NEXT, now=NOW) is None
    done = seals.seal_day(business_date=NEXT, now=NOW)
    assert (done.line_count, done.root, done.finished) == (0, made[3].root, True)


def test_what_the_fold_has_not_passed_is_not_sealed(books: str) -> None:
    journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "fresh"), now=NOW)
    assert seals.seal(business_date=NEXT, now=NOW) is None
    balances.fold(now=NOW)
    made = seals.seal(business_date=NEXT, now=NOW)
    assert made is not None
    assert made.line_count == 2


def test_a_seal_never_changes(books: str) -> None:
    for change in ("UPDATE ledger_seal SET root = ''", "DELETE FROM ledger_seal", "TRUNCATE ledger_seal"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    assert Seal.objects.count() == 4


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_an_export_is_intact_and_any_altered_byte_is_named(books: str, form: Any, tmp_path: Path) -> None:
    rows = exported(form)
    heading = form == "csv"
    assert len(rows) == 1 + 4 + 11 + heading
    assert wrong(rows) == []
    journal_file = tmp_path / f"journal.{form}"
    journal_file.write_bytes(b"".join(rows))
    handed_over = queries.daily_root(business_date=NEXT).hex()
    assert verify_journal.main([str(journal_file), "--root", handed_over]) == 0
    assert verify_journal.main([str(journal_file), "--root", "00" * 32]) == 1
    assert verify_journal.main([str(tmp_path / "nothing")]) == 2
    for number, row in enumerate(rows, 1):
        for at in range(0, len(row), max(1, len(row) // 12)):
            altered = row[:at] + bytes([row[at] ^ 1]) + row[at + 1 :]
            found = wrong([*rows[: number - 1], altered, *rows[number:]])
            assert found, (number, at)
            named = (f"row {number}:", f"row {number + 1}:")
            assert any(what.startswith(named) for what in found), (altered, found)


def test_an_altered_figure_names_its_line(books: str) -> None:
    rows = exported()
    at = next(n for n, row in enumerate(rows) if b'"loan.repaid"' in row)
    rows[at] = rows[at].replace(b'"amount":"1060"', b'"amount":"1061"')
    (found,) = wrong(rows)
    assert f"row {at + 1}: line 1 of entry" in found
    assert f"debit 1061 {CASH}) was altered" in found


def test_a_line_left_out_put_in_or_moved_is_named(books: str) -> None:
    rows = exported()
    (left_out,) = wrong([*rows[:2], *rows[3:]])
    assert "was left out" in left_out
    assert "put in, moved or repeated" in wrong([*rows[:3], rows[2], *rows[3:]])[0]
    assert "was moved" in wrong([*rows[:2], rows[3], rows[2], *rows[4:]])[0]
    other_seal = [n for n, row in enumerate(rows) if b'"record":"seal"' in row]
    dropped = [*rows[: other_seal[1]], *rows[other_seal[2] :]]
    assert "does not follow the seal before it" in wrong(dropped)[0]
    assert wrong(rows[: other_seal[3]]) == []  # a whole day cut off at the end: only its root can tell


def test_a_day_is_exported_by_itself(books: str) -> None:
    rows = [row.encode() for row in queries.export(from_date=NEXT, to_date=date(2026, 11, 12))]
    assert len(rows) == 4
    assert wrong(rows) == []
    assert wrong([row.encode() for row in queries.export(from_date=DAY, to_date=DAY)]) == []


def test_the_verifier_reckons_as_we_do(books: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verify_journal.sm3(b"abc").hex().startswith("66c7f0f462eeedd9d1f2d46bdc10e4e2")
    digests = [bytes(8) + leaf_digest(str(n)) for n in range(7)]
    for count in range(8):
        assert verify_journal.merkle_root(digests[:count]) == merkle_root(digests[:count])
    monkeypatch.setattr(verify_journal, "OPENSSL", None)
    assert verify_journal.sm3(b"x" * 119) == leaf_digest.__globals__["sm3"](b"x" * 119)
    assert wrong(exported()) == []


def test_the_verifier_stands_alone_and_is_short() -> None:
    text = Path(verify_journal.__file__).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 200
    assert not [name for name in ("kernel", "ledger", "django", "cryptography") if f"import {name}" in text]


def test_a_text_altered_to_break_the_export_is_exported_and_named(books: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE ledger_entry SET description = E'a\\tb' WHERE kind = 'loan.repaid'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    found = wrong(exported())
    assert len(found) == 3
    assert all("was altered" in what for what in found)
    assert "cannot be read" in wrong([*exported()[:3], b"[" * 100_000 + b"\n"])[0]
