"""A small set of books for the ledger's tests: accounts and a month of their own, entries in one line."""

from datetime import UTC, date, datetime

from kernel.money import Money
from ledger.chart import operations as chart
from ledger.chart.models import Guard, Kind, NormalSide
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from ledger.journal.models import Entry, PendingLine, Posting

OPENED = date(2026, 11, 2)
DAY = date(2026, 11, 10)
NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)

CASH, LOANS, DEPOSITS, INCOME = (
    "T1.cash",
    "T1.loans",
    "T2.deposits",
    "T6.income",
)  # CASH may never be overdrawn


def open_books() -> None:
    """Open the accounts and the month of `DAY`."""
    for code, kind, side, guard in (
        (CASH, Kind.ASSET, NormalSide.DEBIT, Guard.NO_CREDIT_BALANCE),
        (LOANS, Kind.ASSET, NormalSide.DEBIT, Guard.NONE),
        (DEPOSITS, Kind.LIABILITY, NormalSide.CREDIT, Guard.NONE),
        (INCOME, Kind.INCOME, NormalSide.CREDIT, Guard.NONE),
    ):
        chart.open_account(
            code=code,
            name_zh=code,
            name_en=code,
            kind=kind,
            normal_side=side,
            guard=guard,
            opened_date=OPENED,
        )
    journal.open_period(month=DAY)


def entry(
    debit: str,
    credit: str,
    amount: str,
    key: str,
    *,
    booking_date: date = DAY,
    value_date: date | None = None,
    pending: bool = False,
    reference: str = "",
) -> EntryDraft:
    """Return a two-legged entry."""
    lines = (Line.debit(debit, Money.parse(amount)), Line.credit(credit, Money.parse(amount)))
    return EntryDraft(
        "test", booking_date, value_date or booking_date, lines, key, pending=pending, reference=reference
    )


def fund(amount: str, key: str = "fund") -> None:
    """Put cash into the guarded account."""
    journal.post_entry(entry=entry(CASH, DEPOSITS, amount, key), now=NOW)


def counts() -> tuple[int, int, int]:
    """Return how many entries, postings and pending lines there are: what a refusal must not change."""
    return Entry.objects.count(), Posting.objects.count(), PendingLine.objects.count()
