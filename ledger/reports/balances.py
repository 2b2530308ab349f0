"""What stands at the end of a date: the trial balance and the balance sheet."""

from datetime import date
from typing import Final

from kernel.money import Money
from ledger.balances import queries as balances
from ledger.balances.queries import AccountBalance, Basis
from ledger.chart.models import Kind, NormalSide
from ledger.reports.report import Check, Column, Named, Report, Row, check_dates, total_of

_ACCOUNT: Final = (Column("Account", "account"), Column("Name", "text"))


def trial_balance(*, as_of_date: date, by: Basis = "booking") -> Report:
    """Return every account that ever moved, with turnover since the books began; both sides have to agree."""
    check_dates(None, as_of_date)
    found = balances.trial_balance(as_of_date=as_of_date, by=by)
    rows = [
        Row((row.code, Named(row.name_zh, row.name_en), row.debits, row.credits, row.balance))
        for row in found.rows
    ]
    rows.append(Row(("total", None, found.debits, found.credits, None), total=True))
    difference = found.debits - found.credits
    columns = (*_ACCOUNT, Column("Debits", "money"), Column("Credits", "money"), Column("Balance", "money"))
    check = Check("Debits = credits", not difference, difference)
    return Report("trial_balance", None, as_of_date, by, columns, tuple(rows), (check,))


def balance_sheet(*, as_of_date: date, by: Basis = "booking") -> Report:
    """Return assets, liabilities and equity, with what was earned and not yet distributed, and memo accounts.

    Allowances and deferred income stand against the assets they belong to. The result is income less expense
    since the books began: the books are not closed into equity at the year's end.
    """
    check_dates(None, as_of_date)
    found = balances.trial_balance(as_of_date=as_of_date, by=by).rows
    income = total_of(_on_credit(row) for row in found if row.kind in {Kind.INCOME, Kind.EXPENSE})
    assets, liabilities, equity = (
        [row for row in found if row.kind == kind and row.balance]
        for kind in (Kind.ASSET, Kind.LIABILITY, Kind.EQUITY)
    )
    rows = _section("assets", assets, -1)
    rows += _section("liabilities", liabilities, 1)
    rows += _section(
        "equity", equity, 1, Row(("", Named("未分配损益", "Result since the books began"), income))
    )
    owed = total_of(_on_credit(row) for row in [*liabilities, *equity]) + income
    owned = total_of(-_on_credit(row) for row in assets)
    rows.append(Row(("liabilities_and_equity", None, owed), total=True))
    memo = [
        Row((row.code, Named(row.name_zh, row.name_en), row.balance))
        for row in found
        if row.kind == Kind.MEMO and row.normal_side == NormalSide.DEBIT and row.balance
    ]
    rows += [Row(("off_balance_sheet", None, None), total=True), *memo] if memo else []
    check = Check("Assets = liabilities + equity", owned == owed, owned - owed)
    columns = (*_ACCOUNT, Column("Balance", "money"))
    return Report("balance_sheet", None, as_of_date, by, columns, tuple(rows), (check,))


def _on_credit(row: AccountBalance) -> Money:
    return row.credits - row.debits


def _section(name: str, found: list[AccountBalance], sign: int, *more: Row) -> list[Row]:
    rows = [Row((row.code, Named(row.name_zh, row.name_en), _on_credit(row) * sign)) for row in found]
    rows += more
    total = total_of(cell for row in rows for cell in row.cells if isinstance(cell, Money))
    return [*rows, Row((name, None, total), total=True)]
