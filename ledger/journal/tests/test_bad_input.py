"""Bad input at the posting operations: a coded refusal each, alone or among good entries, nothing written."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from kernel.money import Money
from kernel.refusals import Refusal
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from ledger.journal.tests.books import DAY, DEPOSITS, LOANS, NOW, counts, entry

LAST_MONTH = date(2026, 10, 20)


def dollars() -> EntryDraft:
    lines = (Line.debit(LOANS, Money(500, "USD")), Line.credit(DEPOSITS, Money(500, "USD")))
    return EntryDraft("test", DAY, DAY, lines, "bad")


BAD: dict[str, tuple[str, Callable[[], EntryDraft]]] = {
    "negative": ("ledger.entry_invalid", lambda: entry(LOANS, DEPOSITS, "-5.00", "bad")),
    "nothing": ("ledger.entry_invalid", lambda: entry(LOANS, DEPOSITS, "0.00", "bad")),
    "not a number": ("money_invalid", lambda: entry(LOANS, DEPOSITS, "NaN", "bad")),
    "19 digits": ("money_invalid", lambda: entry(LOANS, DEPOSITS, "1234567890123456789", "bad")),
    "finer than a fen": ("money_invalid", lambda: entry(LOANS, DEPOSITS, "5.001", "bad")),
    "another currency": ("ledger.account_unknown", dollars),
    "31 February": (
        "ledger.entry_invalid",
        lambda: entry(LOANS, DEPOSITS, "5.00", "bad", booking_date="2026-02-31"),  # type: ignore[arg-type]
    ),
    "31 February, to count from": (
        "ledger.entry_invalid",
        lambda: entry(LOANS, DEPOSITS, "5.00", "bad", value_date="2026-02-31"),  # type: ignore[arg-type]
    ),
    "a closed period": (
        "ledger.period_closed",
        lambda: entry(LOANS, DEPOSITS, "5.00", "bad", booking_date=LAST_MONTH),
    ),
    "a day to come, to count from": (
        "ledger.valued_ahead",
        lambda: entry(LOANS, DEPOSITS, "5.00", "bad", value_date=DAY + timedelta(1)),
    ),
    "a used key": ("ledger.idempotency_conflict", lambda: entry(LOANS, DEPOSITS, "6.00", "used")),
}


@pytest.mark.parametrize("which", BAD)
def test_bad_input_is_refused_with_a_code_and_writes_nothing(books: str, which: str) -> None:
    code, make = BAD[which]
    journal.post_entry(entry=entry(LOANS, DEPOSITS, "5.00", "used"), now=NOW)
    good = [entry(LOANS, DEPOSITS, "1.00", key) for key in ("good", "better")]
    ways: list[Callable[[], Any]] = [
        lambda: journal.post_entry(entry=make(), now=NOW),
        lambda: journal.post_entries(entries=[good[0], make(), good[1]], now=NOW),
    ]
    for way in ways:
        before = counts()
        with pytest.raises(Refusal) as refused:
            way()
        assert (refused.value.code, counts()) == (code, before)


def test_known_keys_in_a_batch_answer_with_what_there_is_and_the_rest_is_posted(books: str) -> None:
    (known,) = journal.post_entries(entries=[entry(LOANS, DEPOSITS, "5.00", "used")], now=NOW)
    before = counts()
    asked = [entry(LOANS, DEPOSITS, "5.00", key) for key in ("z", "used", "a")]
    first, second, third = journal.post_entries(entries=asked, now=NOW)
    assert second == known
    assert [first.idempotency_key, third.idempotency_key] == ["z", "a"]
    assert counts() == (before[0] + 2, before[1] + 4, before[2])
    assert journal.post_entries(entries=asked, now=NOW) == (first, second, third)
    assert counts() == (before[0] + 2, before[1] + 4, before[2])
