"""The roll-forward of the allowance: opening, what raised and lowered it, closing, by stage (E-01 to E-05).

Read from the postings on the accounts that play the allowance's roles, by the kind of their entries; a
reversal counts where the entry it reverses does. What no line claims stands under `other`, so that nothing is
lost.
"""

from datetime import date
from typing import Final

from kernel.money import Money
from ledger.balances import queries as balances
from ledger.balances.queries import Basis
from ledger.chart.models import NormalSide
from ledger.chart.queries import accounts_of
from ledger.chart.roles import ALLOWANCES, Role
from ledger.reports.movements import by_kind
from ledger.reports.report import Check, Column, Report, Row, check_dates, column_totals, day_before, total_of

_LINE_OF: Final = {
    "ecl.charged": "charge",
    "non_accrual.entered": "charge",
    "ecl.released": "release",
    "stage.transferred": "stage_transfer",
    "loan.written_off": "write_off",
    "loan.write_off": "write_off",
    "deferred.written_off": "write_off",
    "loan.recovered": "recovery",
    "loan.recovery": "recovery",
    "first_loss.called": "first_loss",
}
_ORDER: Final = ("charge", "release", "stage_transfer", "write_off", "recovery", "first_loss", "other")
_COLUMNS: Final = (
    ("Stage 1", ALLOWANCES[0]),
    ("Stage 2", ALLOWANCES[1]),
    ("Stage 3", ALLOWANCES[2]),
    ("Commitments", Role.PROVISION),
)


def line_of(kind: str) -> str:
    """Return the line of the roll-forward that an entry's kind belongs to."""
    return _LINE_OF.get(kind.removesuffix(".reversed"), "other")


def roll_forward(*, from_date: date, to_date: date, by: Basis = "booking") -> Report:
    """Return opening, movements and closing of the allowance in a period, both days included, by stage.

    An allowance is positive. The checks: each column closes where the books do, and transfers between the
    stages cancel out.
    """
    check_dates(from_date, to_date)
    codes = [accounts_of(role) for _, role in _COLUMNS]
    every = sorted({code for column in codes for code in column})
    opening, closing = _standing(codes, day_before(from_date), by), _standing(codes, to_date, by)
    lines = {name: [0] * len(codes) for name in _ORDER}
    for moved in by_kind(every, from_date=from_date, to_date=to_date, by=by):
        column = next(n for n, column in enumerate(codes) if moved.account.code in column)
        lines[line_of(moved.under)][column] += moved.credit_net
    cells = [opening, *(tuple(Money(figure) for figure in lines[name]) for name in _ORDER)]
    rows = [
        Row((name, *row, total_of(row)), total=name == "opening")
        for name, row in zip(("opening", *_ORDER), cells, strict=True)
        if name not in {"first_loss", "other"} or any(row)
    ]
    rows.append(Row(("closing", *closing, total_of(closing)), total=True))
    difference = total_of(closing) - total_of(column_totals(cells))
    moved_between = Money(sum(lines["stage_transfer"]))
    columns = (Column("Line", "label"), *(Column(name, "money") for name, _ in _COLUMNS))
    agrees = all(sum_ == stands for sum_, stands in zip(column_totals(cells), closing, strict=True))
    checks = (
        Check("Opening + movements = closing", agrees, difference),
        Check("Transfers between stages cancel out", not moved_between, moved_between),
    )
    return Report(
        "ecl_roll_forward", from_date, to_date, by, (*columns, Column("Total", "money")), tuple(rows), checks
    )


def _standing(codes: list[tuple[str, ...]], as_of_date: date, by: Basis) -> tuple[Money, ...]:
    found = {
        row.code: row.balance if row.normal_side == NormalSide.CREDIT else -row.balance
        for row in balances.trial_balance(as_of_date=as_of_date, by=by).rows
    }
    return tuple(total_of(found[code] for code in column if code in found) for column in codes)
