"""A report as CSV for a spreadsheet and as plain values for JSON. Pure.

CSV is UTF-8 with a byte order mark, as spreadsheets on Chinese desktops expect, lines end in CRLF (RFC 4180),
money is in yuan without separators. A text that a spreadsheet would take for a formula is made a text with an
apostrophe.
"""

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from ledger.reports.report import Cell, Column, Named, Report

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # full width counts too
Say = Callable[[str], str]


def unspoken(text: str) -> str:
    """Return a text as it is: what a script reads."""
    return text


def to_csv(report: Report, *, language: str = "en", say: Say = unspoken) -> bytes:
    """Return the report as a CSV file; `say` puts headings and codes into the reader's language."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(harmless(say(column.name) if column.said else column.name) for column in report.columns)
    for row in report.rows:
        writer.writerow(
            _written(column, cell, language, say, total=row.total)
            for column, cell in zip(report.columns, row.cells, strict=True)
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def harmless(text: str) -> str:
    """Return a text that no spreadsheet computes."""
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def _written(column: Column, cell: Cell, language: str, say: Say, *, total: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return str(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Named):
        return harmless(cell.en if language == "en" else cell.zh)
    return harmless(spoken(column, cell, say, total=total))


def spoken(column: Column, text: str, say: Say, *, total: bool) -> str:
    """Return a text cell: codes said, entries by their public id."""
    if column.kind == "entry" and text:
        return entry_reference(text)
    return say(text) if text and (column.kind == "label" or total) else text


def entry_reference(text: str) -> str:
    """Return the public id of an entry from its UUID."""
    return public_id("jrn", UUID(text))


def to_values(report: Report) -> Mapping[str, Any]:
    """Return the report as plain values: rows by column, money as `Money`, names in both languages."""
    return {
        "report": report.name,
        "from_date": report.from_date,
        "to_date": report.to_date,
        "by": report.by,
        "rows": [
            {
                "is_total": row.total,
                **{
                    _key(column): _value(column, cell)
                    for column, cell in zip(report.columns, row.cells, strict=True)
                },
            }
            for row in report.rows
        ],
        "checks": [
            {"name": check.name, "ok": check.ok, "difference": check.difference} for check in report.checks
        ],
        "next": report.after or None,
    }


def _key(column: Column) -> str:
    if not column.said:  # a product's code: apart from our own names, whatever a bank calls it
        return f"product:{column.name}"
    return column.name.lower().replace(",", "").replace(" ", "_").replace("-", "_")


def _value(column: Column, cell: Cell) -> Any:
    if isinstance(cell, Named):
        return {"zh": cell.zh, "en": cell.en}
    if column.kind == "entry" and isinstance(cell, str):
        return entry_reference(cell) if cell else None
    return cell
