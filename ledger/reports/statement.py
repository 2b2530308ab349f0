"""An account statement: opening, every line with its entry and the running balance, closing; page by page."""

import re
from datetime import date
from typing import Any, Final

from django.db import connection

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.balances import queries as balances
from ledger.balances.queries import Basis
from ledger.chart.models import NormalSide
from ledger.chart.queries import AccountView, get_account
from ledger.reports.report import Check, Column, Report, Row, check_dates, day_before

LINES_MAX: Final = 50_000  # of one page; a screen asks for a hundred, an export for all
_CURSOR: Final = re.compile(r"(\d{4}-\d\d-\d\d)\.(\d{1,18})")
_LINES: Final = """
SELECT p.{day}, p.position, p.entry_id, e.kind, e.reference, p.booking_date, p.value_date, p.side, p.amount
  FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
 WHERE p.account_id = %(account)s AND p.{day} BETWEEN %(first)s AND %(last)s
   AND (p.{day}, p.position) > (%(after_day)s, %(after)s)
 ORDER BY p.{day}, p.position LIMIT %(limit)s
"""
_BEFORE: Final = """
SELECT coalesce(sum(CASE side WHEN 'debit' THEN amount ELSE -amount END), 0)::bigint FROM ledger_posting
 WHERE account_id = %(account)s AND {day} = %(after_day)s AND position <= %(after)s
"""


class CursorInvalid(Refusal):
    """The place to read on from is none that a page of this statement has named."""

    code = "ledger.statement_cursor_invalid"
    kind = Kind.INVALID
    message = "There is no page of the statement after {after}."


def account_statement(
    *, code: str, from_date: date, to_date: date, by: Basis = "booking", after: str = "", limit: int = 100
) -> Report:
    """Return a page of an account's lines in a period, both days included, oldest first, with balances.

    The first row is the balance the page opens with, the last the one it closes with; on the last page that
    is the account's balance as of `to_date`, which a check holds. Balances are positive on the account's
    normal side.
    """
    check_dates(from_date, to_date)
    account, limit = get_account(code=code), max(1, min(limit, LINES_MAX))
    day, position = _place(after, from_date, to_date)
    opening = balances.account_balance(code=code, as_of_date=day_before(day), by=by)
    given = {"account": account.id, "first": from_date, "last": to_date, "after_day": day, "after": position}
    column = "value_date" if by == "value" else "booking_date"
    found = _rows(_LINES.format(day=column), {**given, "limit": limit + 1})
    if after:
        before = _signed(account, _rows(_BEFORE.format(day=column), given)[0][0])
        opening = opening + Money(before, account.currency)
    running, rows = opening, [_edge("opening", opening)]
    for _, _, entry_id, kind, reference, booked, valued, side, amount in found[:limit]:
        money = Money(amount, account.currency)
        running = running + (money if side == account.normal_side else -money)
        sides = (money, None) if side == NormalSide.DEBIT else (None, money)
        rows.append(Row((str(entry_id), kind, reference, booked, valued, *sides, running)))
    rows.append(_edge("closing", running))
    more = len(found) > limit
    columns = (
        Column("Entry", "entry"),
        Column("Kind", "label"),
        Column("Reference", "text"),
        Column("Booked", "date"),
        Column("Valued", "date"),
        *(Column(name, "money") for name in ("Debit", "Credit", "Balance")),
    )
    return Report(
        name="account_statement",
        from_date=from_date,
        to_date=to_date,
        by=by,
        columns=columns,
        rows=tuple(rows),
        checks=() if more else _closes(code, to_date, by, running),
        after=f"{found[limit - 1][0]}.{found[limit - 1][1]}" if more else "",
    )


def _closes(code: str, to_date: date, by: Basis, running: Money) -> tuple[Check, ...]:
    difference = running - balances.account_balance(code=code, as_of_date=to_date, by=by)
    return (Check("The lines lead to the balance", not difference, difference),)


def _edge(name: str, balance: Money) -> Row:
    return Row(("", name, "", None, None, None, None, balance), total=True)


def _place(after: str, from_date: date, to_date: date) -> tuple[date, int]:
    """Return the day and position after which a page starts."""
    if not after:
        return from_date, 0
    found = _CURSOR.fullmatch(after)
    try:
        day = date.fromisoformat(found[1]) if found else None
    except ValueError:
        day = None
    if found is None or day is None or not from_date <= day <= to_date:
        raise CursorInvalid(after=after[:40])
    return day, int(found[2])


def _signed(account: AccountView, net_debit: int) -> int:
    return net_debit if account.normal_side == NormalSide.DEBIT else -net_debit


def _rows(statement: str, given: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())
