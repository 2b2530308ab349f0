"""The statements behind the proofs: how much was looked at, how much is wrong, and the first offenders.

An offender is named by its booking date, then by what it is: an entry with its line, an account, a seal.
"""

from collections.abc import Mapping
from typing import Final

STALE_DAYS: Final = 7
NAMED: Final = 3

_SIGNED: Final = "CASE side WHEN 'debit' THEN amount ELSE -amount END"
_DEBIT: Final = "coalesce(sum(amount) FILTER (WHERE side = 'debit'), 0)"
_CREDIT: Final = "coalesce(sum(amount) FILTER (WHERE side = 'credit'), 0)"
_CURSOR: Final = """
    (SELECT coalesce((SELECT before_position FROM ledger_fold_cursor), 1) AS before_position) c"""

# What a proof looks at: the tables, or their part from a booking date on, read through indexes.
WHOLE: Final = {
    "postings": "ledger_posting",
    "entries": "ledger_entry",
    "held": "ledger_pending_line",
    "days": "ledger_account_day",
    "tail": "true",
}
RECENT: Final = {
    "postings": """(SELECT x.* FROM ledger_account y JOIN ledger_posting x ON x.account_id = y.id
                     WHERE x.booking_date >= %(booked_from)s)""",
    "entries": "(SELECT x.* FROM ledger_entry x WHERE x.booking_date >= %(booked_from)s)",
    "held": """(SELECT x.* FROM ledger_entry y JOIN ledger_pending_line x ON x.entry_id = y.id
                 WHERE y.booking_date >= %(booked_from)s)""",
    "days": "(SELECT x.* FROM ledger_account_day x WHERE x.booking_date >= %(booked_from)s)",
    "tail": "booking_date >= %(booked_from)s",
}


def _told(label: str, wrong: str) -> str:
    """Return what every statement selects: checked, wrong, and the first few that are wrong by name."""
    return (
        f"SELECT count(*), count(*) FILTER (WHERE {wrong}),"
        f" (array_agg({label} ORDER BY {label}) FILTER (WHERE {wrong}))[1:{NAMED}]"
    )


_ENTRY: Final = "concat(booking_date, ' entry ', id)"
_ACCOUNT: Final = "concat('account ', a.code)"

CHECKS: Final[Mapping[str, str]] = {
    "debits equal credits on every booking date, per currency": f"""
        {_told("concat(booking_date, ' ', currency, ' out by ', net, ' in minor units')", "net <> 0")} FROM (
            SELECT p.booking_date, a.currency, sum({_SIGNED}) AS net
              FROM {{postings}} p JOIN ledger_account a ON a.id = p.account_id
             GROUP BY p.booking_date, a.currency) t""",
    "every posted entry balances, with the lines and dates it announces": f"""
        {_told(_ENTRY, "net <> 0 OR lines IS DISTINCT FROM line_count OR dates IS NOT TRUE")}
          FROM (SELECT e.id, e.booking_date, e.line_count, count(p.line_no) AS lines,
                       coalesce(max(abs(n.net)), 0) AS net,
                       bool_and(p.booking_date = e.booking_date AND p.value_date = e.value_date) AS dates
                  FROM {{entries}} e
                  LEFT JOIN ledger_posting p ON p.entry_id = e.id
                  LEFT JOIN (SELECT entry_id, a.currency, sum({_SIGNED}) AS net
                               FROM {{postings}} q JOIN ledger_account a ON a.id = q.account_id
                              GROUP BY entry_id, a.currency HAVING sum({_SIGNED}) <> 0) n ON n.entry_id = e.id
                 WHERE e.state = 'posted' GROUP BY e.id, e.booking_date, e.line_count) t""",
    "every posting belongs to a posted entry and an account": f"""
        {
        _told(
            "concat(p.booking_date, ' entry ', p.entry_id, ' line ', p.line_no)",
            "e.id IS NULL OR a.id IS NULL",
        )
    }
          FROM {{postings}} p
          LEFT JOIN ledger_entry e ON e.id = p.entry_id AND e.state = 'posted'
          LEFT JOIN ledger_account a ON a.id = p.account_id""",
    "balances equal the postings": f"""
        {
        _told(
            _ACCOUNT,
            "b.account_id IS NULL OR b.posted_debits + coalesce(t.debits, 0) <> coalesce(p.debits, 0)"
            " OR b.posted_credits + coalesce(t.credits, 0) <> coalesce(p.credits, 0)",
        )
    }
          FROM ledger_account a
          LEFT JOIN ledger_balance b ON b.account_id = a.id AND b.guard = a.guard
          LEFT JOIN (SELECT account_id, {_DEBIT} AS debits, {_CREDIT} AS credits
                       FROM ledger_posting GROUP BY account_id) p ON p.account_id = a.id
          LEFT JOIN (SELECT account_id, {_DEBIT} AS debits, {_CREDIT} AS credits
                       FROM ledger_posting, {_CURSOR}
                      WHERE position >= c.before_position GROUP BY account_id) t
                 ON t.account_id = a.id AND a.guard = 'none'""",
    "guarded accounts hold what is pending": f"""
        {
        _told(
            _ACCOUNT,
            "b.pending_debits <> coalesce(h.debits, 0) OR b.pending_credits <> coalesce(h.credits, 0)",
        )
    }
          FROM ledger_balance b
          JOIN ledger_account a ON a.id = b.account_id
          LEFT JOIN (SELECT account_id, {_DEBIT} AS debits, {_CREDIT} AS credits
                       FROM ledger_pending_line l
                       JOIN ledger_entry e ON e.id = l.entry_id AND e.state = 'pending'
                      GROUP BY account_id) h ON h.account_id = b.account_id
         WHERE b.guard <> 'none'""",
    "account days equal the postings": f"""
        {
        _told(
            "concat(booking_date, ' account ', coalesce(a.code, account_id::text))",
            "coalesce(d.debits, 0) + coalesce(t.debits, 0) <> coalesce(p.debits, 0)"
            " OR coalesce(d.credits, 0) + coalesce(t.credits, 0) <> coalesce(p.credits, 0)",
        )
    }
          FROM (SELECT account_id, booking_date, {_DEBIT} AS debits, {_CREDIT} AS credits
                  FROM {{postings}} q GROUP BY account_id, booking_date) p
          FULL JOIN {{days}} d USING (account_id, booking_date)
          LEFT JOIN (SELECT account_id, booking_date, {_DEBIT} AS debits, {_CREDIT} AS credits
                       FROM ledger_posting, {_CURSOR} WHERE position >= c.before_position AND {{tail}}
                      GROUP BY account_id, booking_date) t USING (account_id, booking_date)
          LEFT JOIN ledger_account a ON a.id = account_id""",
    "closings run on from day to day": f"""
        {
        _told(
            "concat(booking_date, ' account ', coalesce(a.code, account_id::text))",
            "closing <> run",
        )
    }
          FROM (
            SELECT account_id, booking_date, closing,
                   sum(debits - credits) OVER (PARTITION BY account_id ORDER BY booking_date) AS run
              FROM ledger_account_day) d
          LEFT JOIN ledger_account a ON a.id = account_id
         WHERE closing IS NOT NULL""",
    "nothing was posted into a closed period or before the books began": f"""
        {
        _told(
            "concat(e.booking_date, ' entry ', e.id)",
            "e.posted_at > p.closed_at OR e.booking_date < (SELECT min(month) FROM ledger_period)",
        )
    }
          FROM {{entries}} e
          LEFT JOIN ledger_period p
                 ON p.month = date_trunc('month', e.booking_date)::date AND p.state = 'closed'
         WHERE e.state = 'posted'""",
    "a reversal mirrors what it reverses": f"""
        {_told(_ENTRY, "NOT ledger_is_mirror(id, reverses_id)")}
          FROM {{entries}} e WHERE reverses_id IS NOT NULL AND state = 'posted'""",
}

# The balances of all time without all postings: the days hold them, and the tail what is not folded yet.
BALANCES_BY_DAYS: Final = f"""
    {
    _told(
        _ACCOUNT,
        "b.account_id IS NULL OR b.posted_debits <> coalesce(d.debits, 0) + coalesce(t.debits, 0)"
        " OR b.posted_credits <> coalesce(d.credits, 0) + coalesce(t.credits, 0)",
    )
}
      FROM ledger_account a
      LEFT JOIN ledger_balance b ON b.account_id = a.id AND b.guard = a.guard
      LEFT JOIN (SELECT account_id, sum(debits) AS debits, sum(credits) AS credits
                   FROM ledger_account_day GROUP BY account_id) d ON d.account_id = a.id
      LEFT JOIN (SELECT account_id, {_DEBIT} AS debits, {_CREDIT} AS credits
                   FROM ledger_posting, {_CURSOR}
                  WHERE position >= c.before_position GROUP BY account_id) t
             ON t.account_id = a.id AND a.guard <> 'none'"""
PENDING: Final = f"""
    SELECT count(*),
           count(*) FILTER (WHERE booking_date < (SELECT closed_through_date - {STALE_DAYS}
                                                    FROM ledger_fold_cursor))
      FROM ledger_entry WHERE state = 'pending'"""

CONTENTS: Final = """
    SELECT e.id, e.kind, e.booking_date, e.value_date, e.idempotency_key, e.reference, e.description, e.state,
           e.reverses_id, e.content_hash, e.expires_at, a.code, l.side, l.amount, a.currency
      FROM {entries} e
      JOIN (SELECT entry_id, line_no, account_id, side, amount, true AS posted FROM {postings} p
            UNION ALL
            SELECT entry_id, line_no, account_id, side, amount, false FROM {held} h) l
        ON l.entry_id = e.id AND l.posted = (e.state = 'posted')
      JOIN ledger_account a ON a.id = l.account_id
     ORDER BY e.id, l.line_no
"""
