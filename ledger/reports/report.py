"""What a report is: columns, rows, and the checks it has to pass. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.balances.queries import Basis

FIRST_DATE: Final = date(1990, 1, 1)
LAST_DATE: Final = date(2200, 12, 31)
ColumnKind = Literal["text", "label", "money", "date", "entry", "account"]


class ReportDatesInvalid(Refusal):
    """A period that ends before it begins, or dates that no books have."""

    code = "ledger.report_dates_invalid"
    kind = Kind.INVALID
    message = "There is no report from {from_date} to {to_date}."


@dataclass(frozen=True, slots=True)
class Named:
    """A name in both languages."""

    zh: str
    en: str


Cell = str | Named | Money | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading (a code or an English text, said by the door) and what its cells hold.

    `label` cells are codes to be said in the reader's language, `entry` cells the id of a journal entry.
    """

    name: str
    kind: ColumnKind
    said: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in the order of the columns; a total is set apart from the rows it adds up."""

    cells: tuple[Cell, ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """Something that has to hold in the report."""

    name: str
    ok: bool
    difference: Money


@dataclass(frozen=True, slots=True)
class Report:
    """A report over a period, or as of `to_date` if it has no `from_date`; `after` leads to the next page."""

    name: str
    from_date: date | None
    to_date: date
    by: Basis
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    checks: tuple[Check, ...] = ()
    after: str = ""

    @property
    def ok(self) -> bool:
        """Whether every check holds."""
        return all(check.ok for check in self.checks)

    def amounts(self, label: str) -> tuple[Money, ...]:
        """Return the figures of the first row whose first cell is a text."""
        found = next(row for row in self.rows if row.cells and row.cells[0] == label)
        return tuple(cell for cell in found.cells if isinstance(cell, Money))


def check_dates(from_date: date | None, to_date: date) -> None:
    """Refuse a period that ends before it begins, or that lies outside what books can hold."""
    first = to_date if from_date is None else from_date
    if not FIRST_DATE <= first <= to_date <= LAST_DATE:
        raise ReportDatesInvalid(from_date=first, to_date=to_date)


def day_before(day: date) -> date:
    """Return the day before: as of its end, a period opens."""
    return day - timedelta(days=1)


def total_of(amounts: Iterable[Money]) -> Money:
    """Return the sum."""
    return Money.total(amounts)


def column_totals(rows: Sequence[Sequence[Money]]) -> tuple[Money, ...]:
    """Return the sum of each column of figures."""
    return tuple(total_of(column) for column in zip(*rows, strict=True))
