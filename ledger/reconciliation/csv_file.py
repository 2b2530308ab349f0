"""Statements as CSV, UTF-8, one movement a row, under a fixed heading.

The first row names the file: `statement`, its reference, its date and, if known, its two balances. Then the
heading `entry_reference,message_id,direction,amount,currency,booking_date,value_date,state,failure_code`;
`direction` is `in` or `out` as our account moves, `state` is `settled` or `refused`.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from kernel.money import Money
from kernel.refusals import Refusal
from ledger.reconciliation.statement import (
    LARGEST_FILE_BYTES,
    TEXT_LENGTH,
    BadRow,
    StatementFile,
    StatementRow,
    StatementUnreadable,
    made,
    once,
    printable,
    size,
)

COLUMNS: Final = (
    "entry_reference",
    "message_id",
    "direction",
    "amount",
    "currency",
    "booking_date",
    "value_date",
    "state",
    "failure_code",
)


def read_csv(content: bytes) -> StatementFile:
    """Return what a CSV statement says; a row that cannot be used is named, the others count."""
    if len(content) > LARGEST_FILE_BYTES:
        raise StatementUnreadable(reason="it is too large")
    try:
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        head = next(lines, [])
        if next(lines, []) != list(COLUMNS) or len(head) != 5 or head[0] != "statement":
            raise StatementUnreadable(reason="its first two rows are not the expected ones")
        rows, bad_rows = once(_rows(lines))
    except (UnicodeDecodeError, csv.Error) as error:
        raise StatementUnreadable(reason="it is not CSV in UTF-8") from error
    try:
        return StatementFile(
            reference=printable(head[1], TEXT_LENGTH),
            statement_date=date.fromisoformat(head[2]),
            rows=rows,
            bad_rows=bad_rows,
            opening=Money.parse(head[3]) if head[3] else None,
            closing=Money.parse(head[4]) if head[4] else None,
        )
    except ValueError as error:
        raise StatementUnreadable(reason="its date is not one") from error
    except StatementUnreadable:
        raise
    except Refusal as error:
        raise StatementUnreadable(reason="a balance is not an amount") from error


def _rows(lines: Iterator[list[str]]) -> Iterator[StatementRow | BadRow]:
    for row_no, cells in enumerate(lines, 1):
        if len(cells) != len(COLUMNS):
            yield BadRow(row_no, f"it has {len(cells)} columns")
            continue
        cell = dict(zip(COLUMNS, cells, strict=True))
        direction = cell.pop("direction")
        if direction not in ("in", "out"):
            yield BadRow(row_no, f"its direction is {printable(direction, 20)}")
            continue
        yield made(row_no=row_no, is_in=direction == "in", **cell)


def write_csv(
    *,
    reference: str,
    statement_date: date,
    rows: Sequence[StatementRow],
    opening: Money | None = None,
    closing: Money | None = None,
) -> bytes:
    """Return a statement as CSV: the file that `read_csv` reads."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    balances = ("" if balance is None else str(balance) for balance in (opening, closing))
    writer.writerow(("statement", reference, statement_date.isoformat(), *balances))
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            (
                row.entry_reference,
                row.message_id,
                "in" if row.effect.minor > 0 else "out",
                str(size(row.effect)),
                row.effect.currency,
                row.booking_date.isoformat(),
                row.value_date.isoformat(),
                row.state.value,
                row.failure_code,
            )
        )
    return text.getvalue().encode()
