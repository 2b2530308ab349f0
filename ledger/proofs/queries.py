"""Proofs: every promise of the ledger, recomputed from the postings and held against what the tables say.

Each check is one statement, so one snapshot; it returns a finding whether or not it holds, and names what is
wrong by date and row. `sluice audit` proves the whole history, sealed lines included; the day-end what was
booked since its last proof, and the rest by the account days.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.db import connection

from kernel.money import Money
from kernel.refusals import Refusal
from ledger.journal.entry import EntryDraft, Line, Side
from ledger.journal.models import EntryState
from ledger.proofs.finding import Finding, finding
from ledger.proofs.sealed import as_sealed, chained
from ledger.proofs.statements import BALANCES_BY_DAYS, CHECKS, CONTENTS, PENDING, RECENT, STALE_DAYS, WHOLE

__all__ = ["Finding", "check_books", "check_contents"]

CHUNK: Final = 2_000


def check_books(*, booked_from: date | None = None, together: bool = False) -> tuple[Finding, ...]:
    """Return a finding for every promise of the ledger in this bank's schema.

    With `booked_from`, only entries booked on that day and later are read, and balances are held against the
    account days: the time it takes does not grow with the history. What was altered before is then not seen,
    nor are sealed lines read again. `together` asks for all counts in one trip: for a bank so small that
    the trips are what costs.
    """
    statements = dict(CHECKS)
    if booked_from is not None:
        statements["balances equal the postings"] = BALANCES_BY_DAYS
    return (
        *_all_counted(statements, booked_from, together=together),
        _still_pending(),
        chained(),
        *(() if booked_from is not None else (as_sealed(),)),
        check_contents(booked_from=booked_from),
    )


def _still_pending() -> Finding:
    """Report what waits for an outcome, and how much of it for long: open items for people, not a break."""
    with connection.cursor() as cursor:
        cursor.execute(PENDING)
        count, stale = (int(figure) for figure in cursor.fetchone())
    detail = f"{count:,} pending, {stale:,} of them for more than {STALE_DAYS} days"
    return Finding(
        "what is pending is known", ok=True, detail=detail, figures={"checked": count, "stale": stale}
    )


def _scoped(statement: str, booked_from: date | None) -> str:
    return statement.format(**(WHOLE if booked_from is None else RECENT))


def check_contents(*, booked_from: date | None = None) -> Finding:
    """Recompute the content hash of every entry from its lines, a few thousand at a time."""
    checked, wrong = 0, []
    with connection.chunked_cursor() as cursor:
        cursor.execute(_scoped(CONTENTS, booked_from), {"booked_from": booked_from})
        for entry_id, lines in groupby(_rows(cursor), key=itemgetter(0)):
            checked += 1
            rows = list(lines)
            if not _untouched(rows):
                wrong.append(f"{rows[0][2]} entry {entry_id}")
    return finding("content hashes match the contents", checked, wrong)


def _untouched(rows: Sequence[tuple[Any, ...]]) -> bool:
    """Return whether an entry's rows still make the draft whose hash is stored."""
    head = rows[0]
    try:
        draft = EntryDraft(
            kind=head[1],
            booking_date=head[2],
            value_date=head[3],
            idempotency_key=head[4],
            reference=head[5],
            description=head[6],
            pending=head[7] != EntryState.POSTED,
            reverses=head[8],
            expires_at=None if head[7] == EntryState.POSTED else head[10],
            lines=tuple(Line(row[11], Side(row[12]), Money(row[13], row[14])) for row in rows),
        )
    except Refusal:  # what was stored could never have been posted
        return False
    return draft.content_hash == bytes(head[9])


def _rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(CHUNK):
        yield from rows


def _all_counted(
    statements: Mapping[str, str], booked_from: date | None, *, together: bool
) -> Iterator[Finding]:
    """Count what each statement finds wrong, one after another, or all of them as one statement."""
    if not together:
        yield from (
            _counted(invariant, statement, booked_from) for invariant, statement in statements.items()
        )
        return
    arms = (f"SELECT * FROM ({_scoped(statement, booked_from)}) x" for statement in statements.values())
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arms), {"booked_from": booked_from})
        rows = cursor.fetchall()
    for invariant, (checked, wrong, named) in zip(statements, rows, strict=True):
        yield finding(invariant, int(checked), named or (), wrong_count=int(wrong))


def _counted(invariant: str, statement: str, booked_from: date | None) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(_scoped(statement, booked_from), {"booked_from": booked_from})
        checked, wrong, named = cursor.fetchone()
    return finding(invariant, int(checked), named or (), wrong_count=int(wrong))
