"""Reads of the balances: exact at any moment, as of any booking or value date."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from django.db import connection

from kernel.money import Money
from ledger.balances.models import Balance
from ledger.chart.models import Guard, NormalSide
from ledger.chart.queries import AccountView, accounts, accounts_by_code, get_account

Basis = Literal["booking", "value"]

_REFERENCED: Final = """
SELECT coalesce(sum(p.amount) FILTER (WHERE p.side = 'debit'), 0),
       coalesce(sum(p.amount) FILTER (WHERE p.side = 'credit'), 0)
  FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
 WHERE p.account_id = %(account)s AND starts_with(e.reference, %(prefix)s)
"""
# One statement, so one snapshot: folded days + the tail the fold has not reached yet, and, by value date, the
# postings whose two dates fall on different sides of the day asked for (few, and indexed).
_MOVED: Final = """
WITH cursor AS (SELECT coalesce((SELECT before_position FROM ledger_fold_cursor), 1) AS before_position),
moved AS (
    SELECT account_id, debits, credits FROM ledger_account_day
     WHERE booking_date <= %(as_of)s AND (%(accounts)s::uuid[] IS NULL OR account_id = ANY (%(accounts)s))
    UNION ALL
    SELECT account_id,
           CASE side WHEN 'debit' THEN amount ELSE 0 END,
           CASE side WHEN 'credit' THEN amount ELSE 0 END
      FROM ledger_posting, cursor
     WHERE position >= cursor.before_position AND booking_date <= %(as_of)s
       AND (%(accounts)s::uuid[] IS NULL OR account_id = ANY (%(accounts)s))
    UNION ALL
    SELECT account_id,
           CASE side WHEN 'debit' THEN amount ELSE 0 END * turn.sign,
           CASE side WHEN 'credit' THEN amount ELSE 0 END * turn.sign
      FROM ledger_posting
     CROSS JOIN LATERAL (SELECT CASE WHEN booking_date > %(as_of)s THEN 1 ELSE -1 END AS sign) turn
     WHERE %(by_value)s AND value_date <> booking_date
       AND (booking_date > %(as_of)s) <> (value_date > %(as_of)s)
       AND (%(accounts)s::uuid[] IS NULL OR account_id = ANY (%(accounts)s))
)
SELECT account_id, sum(debits)::bigint, sum(credits)::bigint FROM moved GROUP BY account_id
"""


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """One row of the trial balance; `balance` is signed: positive on the account's normal side."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    normal_side: str
    debits: Money
    credits: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account that ever moved, with turnover since the books began, as of a date."""

    as_of_date: date
    by: Basis
    rows: tuple[AccountBalance, ...]
    debits: Money
    credits: Money

    @property
    def balanced(self) -> bool:
        """Whether debits equal credits, as the database sees to."""
        return self.debits == self.credits


@dataclass(frozen=True, slots=True)
class LimitsView:
    """Between what a guarded account is kept, on the side its guard protects; no `maximum`, no ceiling."""

    code: str
    minimum: Money
    maximum: Money | None


def limits_of(*, code: str) -> LimitsView:
    """Return an account's limits; of an ordinary one they are nothing and none, and not enforced."""
    account = get_account(code=code)
    row = Balance.objects.get(account_id=account.id)
    maximum = None if row.maximum is None else Money(row.maximum, account.currency)
    return LimitsView(code, Money(row.minimum, account.currency), maximum)


def unfolded_count() -> int:
    """Return how many lines the fold has not reached yet: the tail that exact reads add."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_posting"
            " WHERE position >= coalesce((SELECT before_position FROM ledger_fold_cursor), 1)"
        )
        return int(cursor.fetchone()[0])


def _moved(
    *, as_of_date: date, by: Basis, account_ids: list[UUID] | None = None
) -> dict[UUID, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"as_of": as_of_date, "by_value": by == "value", "accounts": account_ids})
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def _signed(account: AccountView, debits: int, credits: int) -> Money:
    net = debits - credits if account.normal_side == NormalSide.DEBIT else credits - debits
    return Money(net, account.currency)


def trial_balance(*, as_of_date: date, by: Basis = "booking", currency: str = "CNY") -> TrialBalance:
    """Return the trial balance as of the end of a date, by booking or value date; exact at any moment."""
    moved = _moved(as_of_date=as_of_date, by=by)
    rows = tuple(
        AccountBalance(
            code=account.code,
            name_zh=account.name_zh,
            name_en=account.name_en,
            kind=account.kind,
            normal_side=account.normal_side,
            debits=Money(moved[account.id][0], currency),
            credits=Money(moved[account.id][1], currency),
            balance=_signed(account, *moved[account.id]),
        )
        for account in accounts()
        if account.currency == currency and account.id in moved
    )
    return TrialBalance(
        as_of_date=as_of_date,
        by=by,
        rows=rows,
        debits=Money.total((row.debits for row in rows), currency),
        credits=Money.total((row.credits for row in rows), currency),
    )


def account_balance(*, code: str, as_of_date: date | None = None, by: Basis = "booking") -> Money:
    """Return an exact balance, positive on the account's normal side, to the end of a date or of all time."""
    account = get_account(code=code)
    moved = _moved(as_of_date=as_of_date or date.max, by=by, account_ids=[account.id])
    return _signed(account, *moved.get(account.id, (0, 0)))


def account_balances(*, codes: Collection[str]) -> dict[str, Money]:
    """Return the exact balances of all time of several accounts at one moment; refuses an unknown code."""
    wanted = accounts_by_code(codes=codes)
    moved = _moved(as_of_date=date.max, by="booking", account_ids=[each.id for each in wanted.values()])
    return {code: _signed(each, *moved.get(each.id, (0, 0))) for code, each in wanted.items()}


def referenced_balance(*, code: str, prefix: str) -> Money:
    """Return what entries whose reference begins so have left on an account, positive on its normal side.

    Several parties may share an account; it reads every line of it, so it is for proofs of quiet accounts.
    """
    account = get_account(code=code)
    with connection.cursor() as cursor:
        cursor.execute(_REFERENCED, {"account": account.id, "prefix": prefix})
        return _signed(account, *(int(each) for each in cursor.fetchone()))


def available(*, code: str) -> Money:
    """Return what may still leave a guarded account, down to its limit: posted less pending. Else all."""
    account = get_account(code=code)
    if account.guard == Guard.NONE:
        return account_balance(code=code)
    row = Balance.objects.get(account_id=account.id)
    if account.guard == Guard.NO_CREDIT_BALANCE:
        held = row.posted_debits - row.posted_credits - row.pending_credits
    else:
        held = row.posted_credits - row.posted_debits - row.pending_debits
    return Money(held - row.minimum, account.currency)
