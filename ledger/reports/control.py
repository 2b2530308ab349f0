"""GL = sub-ledger: what accounts say against the figures that the ledger's user hands in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kernel.money import Money
from ledger.balances import queries as balances
from ledger.balances.queries import Basis
from ledger.reports.report import Check, Column, Report, Row, check_dates


@dataclass(frozen=True, slots=True)
class SubLedgerFigure:
    """What a sub-ledger amounts to, and the accounts that should say the same between them.

    `amount` is positive on the first account's normal side; an account counts once.
    """

    name: str
    accounts: tuple[str, ...]
    amount: Money


def control(*, figures: Sequence[SubLedgerFigure], as_of_date: date, by: Basis = "booking") -> Report:
    """Return each figure beside the GL and their difference; a check fails where they differ."""
    check_dates(None, as_of_date)
    found = {row.code: row for row in balances.trial_balance(as_of_date=as_of_date, by=by).rows}
    rows, checks = [], []
    for figure in figures:
        held = [found[code] for code in dict.fromkeys(figure.accounts) if code in found]
        side = held[0].normal_side if held else ""
        booked = Money.total(row.balance if row.normal_side == side else -row.balance for row in held)
        difference = booked - figure.amount
        rows.append(Row((figure.name, ", ".join(figure.accounts), booked, figure.amount, difference)))
        checks.append(Check(figure.name, not difference, difference))
    columns = (
        Column("Control", "label"),
        Column("Accounts", "text"),
        Column("General ledger", "money"),
        Column("Sub-ledger", "money"),
        Column("Difference", "money"),
    )
    return Report("control", None, as_of_date, by, columns, tuple(rows), tuple(checks))
