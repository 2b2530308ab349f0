"""Proofs: every promise of the ledger, recomputed from the postings and held against what the tables say.

Each check is one statement, so one snapshot; it returns a finding whether or not it holds. `sluice audit`
proves the whole history; the day-end what was booked since its last proof, and the rest by the account days.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.db import connection

from kernel.money import Money
from kernel.refusals import Refusal
from ledger.journal.entry import EntryDraft, Line, Side
from ledger.journal.models import EntryState

CHUNK: Final = 2_000
STALE_DAYS: Final = 7

_SIGNED: Final = "CASE side WHEN 'debit' THEN amount ELSE -amount END"
_DEBIT: Final = "coalesce(sum(amount) FILTER (WHERE side = 'debit'), 0)"
_CREDIT: Final = "coalesce(sum(amount) FILTER (WHERE side = 'credit'), 0)"
_CURSOR: Final = """
    (SELECT coalesce((SELECT before_position FROM ledger_fold_cursor), 1) AS before_position) c"""

# What a proof looks at: the tables, or their part from a booking date on, read through indexes.
_WHOLE: Final = {
    "postings": "ledger_posting",
    "entries": "ledger_entry",
    "held": "ledger_pending_line",
    "days": "ledger_account_day",
    "tail": "true",
}
_RECENT: Final = {
    "postings": """(SELECT x.* FROM ledger_account y JOIN ledger_posting x ON x.account_id = y.id
                     WHERE x.booking_date >= %(booked_from)s)""",
    "entries": "(SELECT x.* FROM ledger_entry x WHERE x.booking_date >= %(booked_from)s)",
    "held": """(SELECT x.* FROM ledger_entry y JOIN ledger_pending_line x ON x.entry_id = y.id
                 WHERE y.booking_date >= %(booked_from)s)""",
    "days": "(SELECT x.* FROM ledger_account_day x WHERE x.booking_date >= %(booked_from)s)",
    "tail": "booking_date >= %(booked_from)s",
}

# Each statement returns (checked, wrong): how many things were looked at and how many break the promise.
_CHECKS: Final[Mapping[str, str]] = {
    "debits equal credits on every booking date, per currency": f"""
        SELECT count(*), count(*) FILTER (WHERE net <> 0) FROM (
            SELECT sum({_SIGNED}) AS net FROM {{postings}} p JOIN ledger_account a ON a.id = p.account_id
             GROUP BY p.booking_date, a.currency) t""",
    "every posted entry balances, with the lines and dates it announces": f"""
        SELECT count(*),
               count(*) FILTER (WHERE net <> 0 OR lines IS DISTINCT FROM line_count OR dates IS NOT TRUE)
          FROM (SELECT e.id, e.line_count, count(p.line_no) AS lines, coalesce(max(abs(n.net)), 0) AS net,
                       bool_and(p.booking_date = e.booking_date AND p.value_date = e.value_date) AS dates
                  FROM {{entries}} e
                  LEFT JOIN ledger_posting p ON p.entry_id = e.id
                  LEFT JOIN (SELECT entry_id, a.currency, sum({_SIGNED}) AS net
                               FROM {{postings}} q JOIN ledger_account a ON a.id = q.account_id
                              GROUP BY entry_id, a.currency HAVING sum({_SIGNED}) <> 0) n ON n.entry_id = e.id
                 WHERE e.state = 'posted' GROUP BY e.id, e.line_count) t""",
    "every posting belongs to a posted entry and an account": """
        SELECT count(*), count(*) FILTER (WHERE e.id IS NULL OR a.id IS NULL)
          FROM {postings} p
          LEFT JOIN ledger_entry e ON e.id = p.entry_id AND e.state = 'posted'
          LEFT JOIN ledger_account a ON a.id = p.account_id""",
    "balances equal the postings": f"""
        SELECT count(*), count(*) FILTER (WHERE b.account_id IS NULL
               OR b.posted_debits + coalesce(t.debits, 0) <> coalesce(p.debits, 0)
               OR b.posted_credits + coalesce(t.credits, 0) <> coalesce(p.credits, 0))
          FROM ledger_account a
          LEFT JOIN ledger_balance b ON b.account_id = a.id AND b.guard = a.guard
          LEFT JOIN (SELECT account_id, {_DEBIT} AS debits, {_CREDIT} AS credits
                       FROM ledger_posting GROUP BY account_id) p ON p.account_id = a.id
          LEFT JOIN (SELECT account_id, {_DEBIT} AS debits, {_CREDIT} AS credits
                       FROM ledger_posting, {_CURSOR}
                      WHERE position >= c.before_position GROUP BY account_id) t
                 ON t.account_id = a.id AND a.guard = 'none'""",
    "guarded accounts hold what is pending": f"""
        SELECT count(*), count(*) FILTER (WHERE b.pending_debits <> coalesce(h.debits, 0)
                                             OR b.pending_credits <> coalesce(h.credits, 0))
          FROM ledger_balance b
          LEFT JOIN (SELECT account_id, {_DEBIT} AS debits, {_CREDIT} AS credits
                       FROM ledger_pending_line l
                       JOIN ledger_entry e ON e.id = l.entry_id AND e.state = 'pending'
                      GROUP BY account_id) h ON h.account_id = b.account_id
         WHERE b.guard <> 'none'""",
    "account days equal the postings": f"""
        SELECT count(*), count(*) FILTER (WHERE coalesce(d.debits, 0) + coalesce(t.debits, 0)
                                                <> coalesce(p.debits, 0)
                                             OR coalesce(d.credits, 0) + coalesce(t.credits, 0)
                                                <> coalesce(p.credits, 0))
          FROM (SELECT account_id, booking_date, {_DEBIT} AS debits, {_CREDIT} AS credits
                  FROM {{postings}} q GROUP BY account_id, booking_date) p
          FULL JOIN {{days}} d USING (account_id, booking_date)
          LEFT JOIN (SELECT account_id, booking_date, {_DEBIT} AS debits, {_CREDIT} AS credits
                       FROM ledger_posting, {_CURSOR} WHERE position >= c.before_position AND {{tail}}
                      GROUP BY account_id, booking_date) t USING (account_id, booking_date)""",
    "closings run on from day to day": """
        SELECT count(*), count(*) FILTER (WHERE closing <> run) FROM (
            SELECT closing, sum(debits - credits) OVER (PARTITION BY account_id ORDER BY booking_date) AS run
              FROM ledger_account_day) d
         WHERE closing IS NOT NULL""",
    "nothing was posted into a closed period or before the books began": """
        SELECT count(*), count(*) FILTER (WHERE e.posted_at > p.closed_at
                                             OR e.booking_date < (SELECT min(month) FROM ledger_period))
          FROM {entries} e
          LEFT JOIN ledger_period p
                 ON p.month = date_trunc('month', e.booking_date)::date AND p.state = 'closed'
         WHERE e.state = 'posted'""",
    "a reversal mirrors what it reverses": """
        SELECT count(*), count(*) FILTER (WHERE NOT ledger_is_mirror(id, reverses_id))
          FROM {entries} e WHERE reverses_id IS NOT NULL AND state = 'posted'""",
}

# The balances of all time without all postings: the days hold them, and the tail what is not folded yet.
_BALANCES_BY_DAYS: Final = f"""
    SELECT count(*), count(*) FILTER (WHERE b.account_id IS NULL
           OR b.posted_debits <> coalesce(d.debits, 0) + coalesce(t.debits, 0)
           OR b.posted_credits <> coalesce(d.credits, 0) + coalesce(t.credits, 0))
      FROM ledger_account a
      LEFT JOIN ledger_balance b ON b.account_id = a.id AND b.guard = a.guard
      LEFT JOIN (SELECT account_id, sum(debits) AS debits, sum(credits) AS credits
                   FROM ledger_account_day GROUP BY account_id) d ON d.account_id = a.id
      LEFT JOIN (SELECT account_id, {_DEBIT} AS debits, {_CREDIT} AS credits
                   FROM ledger_posting, {_CURSOR}
                  WHERE position >= c.before_position GROUP BY account_id) t
             ON t.account_id = a.id AND a.guard <> 'none'"""
_PENDING: Final = f"""
    SELECT count(*),
           count(*) FILTER (WHERE booking_date < (SELECT closed_through_date - {STALE_DAYS}
                                                    FROM ledger_fold_cursor))
      FROM ledger_entry WHERE state = 'pending'"""

_CONTENTS: Final = """
    SELECT e.id, e.kind, e.booking_date, e.value_date, e.idempotency_key, e.reference, e.description, e.state,
           e.reverses_id, e.content_hash, a.code, l.side, l.amount, a.currency
      FROM {entries} e
      JOIN (SELECT entry_id, line_no, account_id, side, amount, true AS posted FROM {postings} p
            UNION ALL
            SELECT entry_id, line_no, account_id, side, amount, false FROM {held} h) l
        ON l.entry_id = e.id AND l.posted = (e.state = 'posted')
      JOIN ledger_account a ON a.id = l.account_id
     ORDER BY e.id, l.line_no
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether an invariant holds, and over how much."""

    invariant: str
    ok: bool
    detail: str
    figures: Mapping[str, int]


def check_books(*, booked_from: date | None = None) -> tuple[Finding, ...]:
    """Return a finding for every promise of the ledger in this bank's schema.

    With `booked_from`, only entries booked on that day and later are read, and balances are held against the
    account days: the time it takes does not grow with the history. What was altered before is then not seen.
    """
    statements = dict(_CHECKS)
    if booked_from is not None:
        statements["balances equal the postings"] = _BALANCES_BY_DAYS
    return (
        *(_counted(invariant, statement, booked_from) for invariant, statement in statements.items()),
        _still_pending(),
        check_contents(booked_from=booked_from),
    )


def _still_pending() -> Finding:
    """Report what waits for an outcome, and how much of it for long: open items for people, not a break."""
    with connection.cursor() as cursor:
        cursor.execute(_PENDING)
        count, stale = (int(figure) for figure in cursor.fetchone())
    detail = f"{count:,} pending, {stale:,} of them for more than {STALE_DAYS} days"
    return Finding(
        "what is pending is known", ok=True, detail=detail, figures={"checked": count, "stale": stale}
    )


def _scoped(statement: str, booked_from: date | None) -> str:
    return statement.format(**(_WHOLE if booked_from is None else _RECENT))


def check_contents(*, booked_from: date | None = None) -> Finding:
    """Recompute the content hash of every entry from its lines, a few thousand at a time."""
    checked, wrong = 0, []
    with connection.chunked_cursor() as cursor:
        cursor.execute(_scoped(_CONTENTS, booked_from), {"booked_from": booked_from})
        for entry_id, lines in groupby(_rows(cursor), key=itemgetter(0)):
            checked += 1
            if not _untouched(list(lines)):
                wrong.append(str(entry_id))
    return _finding("content hashes match the contents", checked, len(wrong), ", ".join(wrong[:3]))


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
            lines=tuple(Line(row[10], Side(row[11]), Money(row[12], row[13])) for row in rows),
        )
    except Refusal:  # what was stored could never have been posted
        return False
    return draft.content_hash == bytes(head[9])


def _rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(CHUNK):
        yield from rows


def _counted(invariant: str, statement: str, booked_from: date | None) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(_scoped(statement, booked_from), {"booked_from": booked_from})
        checked, wrong = cursor.fetchone()
    return _finding(invariant, int(checked), int(wrong))


def _finding(invariant: str, checked: int, wrong: int, example: str = "") -> Finding:
    detail = f"{checked:,} checked" if not wrong else f"{wrong:,} of {checked:,} wrong {example}".rstrip()
    return Finding(invariant, wrong == 0, detail, {"checked": checked, "wrong": wrong})
