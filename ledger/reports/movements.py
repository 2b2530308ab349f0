"""What moved on accounts in a period: from the account days, the tail, and what is valued on another date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from ledger.balances.queries import Basis
from ledger.chart.queries import AccountView, accounts

CURRENCY: Final = "CNY"  # of the reports that add up accounts; another currency has its account statements

# Booked sums come from the days; by value date, postings whose two dates differ leave one day for the other.
_DAYS: Final = """
WITH cursor AS (SELECT coalesce((SELECT before_position FROM ledger_fold_cursor), 1) AS before_position),
moved AS (
    SELECT account_id, booking_date AS day, debits, credits FROM ledger_account_day
     WHERE account_id = ANY(%(accounts)s) AND booking_date BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT account_id, booking_date, CASE side WHEN 'debit' THEN amount ELSE 0 END,
           CASE side WHEN 'credit' THEN amount ELSE 0 END
      FROM ledger_posting, cursor
     WHERE position >= cursor.before_position AND account_id = ANY(%(accounts)s)
       AND booking_date BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT p.account_id, turn.day, CASE p.side WHEN 'debit' THEN p.amount ELSE 0 END * turn.sign,
           CASE p.side WHEN 'credit' THEN p.amount ELSE 0 END * turn.sign
      FROM ledger_posting p
     CROSS JOIN LATERAL (VALUES (p.booking_date, -1), (p.value_date, 1)) AS turn(day, sign)
     WHERE %(by_value)s AND p.value_date <> p.booking_date AND p.account_id = ANY(%(accounts)s)
       AND turn.day BETWEEN %(first)s AND %(last)s
)
SELECT account_id, date_trunc('month', day)::date, sum(debits)::bigint, sum(credits)::bigint
  FROM moved GROUP BY 1, 2
"""
_KINDS: Final = """
SELECT p.account_id, e.kind, sum(CASE p.side WHEN 'debit' THEN p.amount ELSE 0 END)::bigint,
       sum(CASE p.side WHEN 'credit' THEN p.amount ELSE 0 END)::bigint
  FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
 WHERE p.account_id = ANY(%(accounts)s)
   AND p.{day} BETWEEN %(first)s AND %(last)s
 GROUP BY 1, 2
"""
_PRODUCTS: Final = """
SELECT p.account_id,
       coalesce(t.product, CASE WHEN e.reference LIKE 'product:%%' THEN substr(e.reference, 9) END, ''),
       sum(CASE p.side WHEN 'debit' THEN p.amount ELSE 0 END)::bigint,
       sum(CASE p.side WHEN 'credit' THEN p.amount ELSE 0 END)::bigint
  FROM ledger_posting p
  JOIN ledger_entry e ON e.id = p.entry_id
  LEFT JOIN ledger_reference_product t ON t.reference = e.reference
 WHERE p.account_id = ANY(%(accounts)s)
   AND p.{day} BETWEEN %(first)s AND %(last)s
 GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """Debits and credits of an account, in fen, under a month, an entry's kind or a product."""

    account: AccountView
    under: str
    debits: int
    credits: int

    @property
    def credit_net(self) -> int:
        """Credits less debits."""
        return self.credits - self.debits


def by_month(codes: Iterable[str], *, from_date: date, to_date: date, by: Basis) -> tuple[Moved, ...]:
    """Return what moved in each month of a period (both days included), as `YYYY-MM`."""
    return _moved(_DAYS, codes, from_date, to_date, by)


def by_kind(codes: Iterable[str], *, from_date: date, to_date: date, by: Basis) -> tuple[Moved, ...]:
    """Return what moved in a period under each kind of entry."""
    return _moved(_KINDS, codes, from_date, to_date, by)


def by_product(codes: Iterable[str], *, from_date: date, to_date: date, by: Basis) -> tuple[Moved, ...]:
    """Return what moved under each product: of the reference's tag, of `product:<code>`, or none."""
    return _moved(_PRODUCTS, codes, from_date, to_date, by)


def _moved(
    statement: str, codes: Iterable[str], from_date: date, to_date: date, by: Basis
) -> tuple[Moved, ...]:
    wanted = set(codes)
    views = {view.id: view for view in accounts() if view.code in wanted and view.currency == CURRENCY}
    given: dict[str, Any] = {
        "accounts": list(views),
        "first": from_date,
        "last": to_date,
        "by_value": by == "value",
    }
    with connection.cursor() as cursor:
        cursor.execute(statement.format(day="value_date" if by == "value" else "booking_date"), given)
        rows = cursor.fetchall()
    found = [
        Moved(views[row[0]], f"{row[1]:%Y-%m}" if isinstance(row[1], date) else row[1], row[2], row[3])
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.account.code, one.under)))
