"""Charts of the reports: options for ECharts, built from a report's figures."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from interfaces.bank.templatetags.house import said
from kernel.money import Money
from ledger.reports.report import Named, Report, Row


def _pixels(cell: Any) -> float:
    """Return money as a number for a chart's pixels; nothing is reckoned with it."""
    return float(cell.major) if isinstance(cell, Money) else 0.0


def worded(text: str) -> str:
    """Return a code or a heading in the reader's language, with a capital where it is a word of ours."""
    spoken = said(text)
    return spoken if "." in spoken else spoken[:1].upper() + spoken[1:]


def _name(cell: Any) -> str:
    if isinstance(cell, Named):
        return cell.en if get_language() == "en" else cell.zh
    return worded(str(cell or ""))


def _bars(labels: Sequence[str], series: Iterable[tuple[str, Sequence[float]]]) -> dict[str, Any]:
    return {
        "xAxis": {"type": "category", "data": list(labels)},
        "yAxis": {"type": "value"},
        "series": [{"name": name, "type": "bar", "data": list(data)} for name, data in series],
    }


def _plain(report: Report) -> list[Row]:
    return [row for row in report.rows if not row.total]


def balance_chart(report: Report) -> dict[str, Any]:
    """Return the balance sheet's sums side by side."""
    wanted = {"assets", "liabilities", "equity"}
    totals = [row for row in report.rows if row.total and row.cells[0] in wanted]
    values = [_pixels(row.cells[-1]) for row in totals]
    return _bars([_name(row.cells[0]) for row in totals], [(_("Balance"), values)])


def income_chart(report: Report) -> dict[str, Any]:
    """Return income, expense and result of each product."""
    products = report.columns[2:-1]
    rows = [row for row in report.rows if row.total]
    labels = [worded(column.name) if column.said else column.name for column in products]
    return _bars(labels, [(_name(row.cells[0]), [_pixels(cell) for cell in row.cells[2:-1]]) for row in rows])


def vat_chart(report: Report) -> dict[str, Any]:
    """Return exempt and taxable interest and VAT charged of each month."""
    rows = [row for row in _plain(report) if isinstance(row.cells[1], Money)]
    wanted = (1, 2, 5)
    return _bars(
        [str(row.cells[0]) for row in rows],
        [(worded(report.columns[n].name), [_pixels(row.cells[n]) for row in rows]) for n in wanted],
    )


def allowance_chart(report: Report) -> dict[str, Any]:
    """Return the allowance of each stage at the opening and the closing."""
    edges = [row for row in report.rows if row.cells[0] in {"opening", "closing"}]
    labels = [worded(column.name) for column in report.columns[1:-1]]
    return _bars(
        labels, [(_name(row.cells[0]), [_pixels(cell) for cell in row.cells[1:-1]]) for row in edges]
    )


def statement_chart(report: Report) -> dict[str, Any]:
    """Return the balance as it ran from line to line: the last of each day."""
    by_day = {str(row.cells[3]): _pixels(row.cells[-1]) for row in _plain(report)}
    series = {"name": _("Balance"), "type": "line", "step": "end", "showSymbol": len(by_day) < 3}
    return {
        "xAxis": {"type": "category", "data": list(by_day)},
        "yAxis": {"type": "value"},
        "series": [{**series, "data": list(by_day.values())}],
    }
