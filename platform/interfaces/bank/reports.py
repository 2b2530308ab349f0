"""Reports from the books: as of any date, by booking or value date, on the page, as CSV and as JSON."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from interfaces.bank import report_charts
from interfaces.bank.books import day_of
from interfaces.bank.frame import framed
from interfaces.bank.templatetags.house import yuan
from interfaces.door import StaffView
from interfaces.pages import refused, shown
from interfaces.problems import wire
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.balances.queries import Basis
from ledger.chart.queries import accounts, accounts_of
from ledger.chart.roles import Role
from ledger.reports.balances import balance_sheet, trial_balance
from ledger.reports.control import SubLedgerFigure, control
from ledger.reports.export import entry_reference, to_csv, to_values
from ledger.reports.impairment import roll_forward
from ledger.reports.income import income_statement
from ledger.reports.report import Cell, Column, Named, Report, Row
from ledger.reports.statement import LINES_MAX, account_statement
from ledger.reports.vat import vat_workbook
from lending.impairment.coverage import coverage
from lending.proofs import loan_totals
from plumbing.clock.queries import business_date

PAGE_LINES: Final = 100
FIRST_ACCOUNT: Final = "1003"
_MONTH: Final = re.compile(r"\d{4}-\d\d")


class StatementTooLong(Refusal):
    """A statement with more lines than one file takes."""

    code = "reports.statement_too_long"
    kind = Kind.INVALID
    message = "The statement has more than {limit} lines: choose a shorter period."


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: dates, basis, account, and the place to read on from."""

    from_date: date
    to_date: date
    by: Basis
    account: str
    after: str
    limit: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A report of the list: its texts, which dates it takes, how it is made and drawn."""

    title: Any
    about: Any
    dates: str  # "as_of", "period", or "now"
    make: Callable[[Asked], Report]
    chart: Callable[[Report], dict[str, Any]] | None = None
    with_account: bool = False


def _control(asked: Asked) -> Report:
    """Hold the books against what all loans amount to, as of now."""
    principal, interest, penalty = loan_totals(accrued_through=asked.to_date)
    figures = [
        SubLedgerFigure("loans.principal", accounts_of(Role.LOANS, Role.LOANS_OVERDUE), principal),
        SubLedgerFigure("loans.accrued_interest", accounts_of(Role.INTEREST_ACCRUED), interest),
        SubLedgerFigure("loans.penalty_receivable", accounts_of(Role.PENALTY_RECEIVABLE), penalty),
    ]
    return control(figures=figures, as_of_date=asked.to_date)


REPORTS: Final[Mapping[str, Listed]] = {
    "balance-sheet": Listed(
        _("Balance sheet"),
        _("Assets, liabilities, equity and what was earned, as of any date."),
        "as_of",
        lambda asked: balance_sheet(as_of_date=asked.to_date, by=asked.by),
        report_charts.balance_chart,
    ),
    "income-statement": Listed(
        _("Income statement by product"),
        _("What was earned and spent in a period, told apart by product."),
        "period",
        lambda asked: income_statement(from_date=asked.from_date, to_date=asked.to_date, by=asked.by),
        report_charts.income_chart,
    ),
    "trial-balance": Listed(
        _("Trial balance"),
        _("Every account that ever moved, with turnover and balance."),
        "as_of",
        lambda asked: trial_balance(as_of_date=asked.to_date, by=asked.by),
    ),
    "account-statement": Listed(
        _("Account statement"),
        _("Opening, every line with its entry and the running balance, closing."),
        "period",
        lambda asked: account_statement(
            code=asked.account,
            from_date=asked.from_date,
            to_date=asked.to_date,
            by=asked.by,
            after=asked.after,
            limit=asked.limit,
        ),
        report_charts.statement_chart,
        with_account=True,
    ),
    "control": Listed(
        _("General ledger = sub-ledger"),
        _("What the accounts say beside what all loans amount to, now."),
        "now",
        _control,
    ),
    "vat-workbook": Listed(
        _("VAT workbook"),
        _("Exempt and taxable income accounted for apart, month by month, and output VAT."),
        "period",
        lambda asked: vat_workbook(from_date=asked.from_date, to_date=asked.to_date, by=asked.by),
        report_charts.vat_chart,
    ),
    "ecl-roll-forward": Listed(
        _("Allowance roll-forward"),
        _("How expected credit losses came from their opening to their closing, by stage."),
        "period",
        lambda asked: roll_forward(from_date=asked.from_date, to_date=asked.to_date, by=asked.by),
        report_charts.allowance_chart,
    ),
    "loss-coverage": Listed(
        _("Loss coverage"),
        _("What is provided beside what is non-performing, by product and stage, and the floors."),
        "as_of",
        lambda asked: coverage(as_of_date=asked.to_date),
    ),
}


class Reports(StaffView):
    """The list of reports."""

    capability = "trial_balance.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        body = {"reports": list(REPORTS)}
        return shown(request, "bank/reports.html", framed(request, "reports", reports=REPORTS), body)


class ReportPage(StaffView):
    """One report: a page, a CSV file, or JSON."""

    capability = "trial_balance.view"

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        """Show it, or say why it cannot be made."""
        if name not in REPORTS:
            raise Http404
        listed, wanted = REPORTS[name], request.GET.get("format", "")
        if wanted not in {"", "csv", "json"}:
            raise Http404
        asked = _asked(request, listed, whole=bool(wanted))
        try:
            report = listed.make(asked)
            if wanted == "csv":
                return _file(name, report)
        except Refusal as refusal:
            return refused(request, refusal, request.path if request.GET else "/reports")
        if wanted == "json":
            return JsonResponse(wire(to_values(report)), json_dumps_params={"ensure_ascii": False})
        return shown(request, "bank/report.html", _page(request, name, asked, report), to_values(report))


def _asked(request: HttpRequest, listed: Listed, *, whole: bool) -> Asked:
    today = business_date()
    first = today.replace(month=1, day=1)
    by: Basis = "value" if request.GET.get("by") == "value" else "booking"
    return Asked(
        from_date=day_of(request, "from", first),
        to_date=today if listed.dates == "now" else day_of(request, "to", today),
        by="booking" if listed.dates == "now" else by,
        account=request.GET.get("account", FIRST_ACCOUNT)[:32],
        after="" if whole else request.GET.get("after", ""),
        limit=LINES_MAX if whole else PAGE_LINES,
    )


def _file(name: str, report: Report) -> HttpResponse:
    """Return the report as a CSV file in the reader's language."""
    if report.after:
        raise StatementTooLong(limit=LINES_MAX)
    data = to_csv(report, language=get_language() or "en", say=_say)
    answer = HttpResponse(data, content_type="text/csv; charset=utf-8")
    since = f"{report.from_date}-" if report.from_date else ""
    answer["Content-Disposition"] = f'attachment; filename="{name}-{since}{report.to_date}.csv"'
    return answer


def _page(request: HttpRequest, name: str, asked: Asked, report: Report) -> dict[str, Any]:
    listed = REPORTS[name]
    return framed(
        request,
        "reports",
        listed=listed,
        report=report,
        asked=asked,
        headings=[(_say(one.name) if one.said else one.name, one.kind == "money") for one in report.columns],
        lines=_lines(report, may_open="journal.view" in _granted(request)),
        chart=listed.chart(report) if listed.chart else None,
        accounts=accounts() if listed.with_account else (),
        csv=_link(request.GET, format="csv"),
        json=_link(request.GET, format="json"),
        next=_link(request.GET, after=report.after) if report.after else "",
    )


def _granted(request: Any) -> frozenset[str]:
    return getattr(request.user, "capabilities", frozenset())


def _link(asked: QueryDict, **changes: str) -> str:
    kept: dict[str, Any] = {
        key: value for key, value in asked.dict().items() if key not in {"format", "after"}
    }
    return "?" + urlencode({**kept, **changes})


def _say(text: str) -> str:
    """Say a code or a heading; a month says itself."""
    return text if _MONTH.fullmatch(text) else report_charts.worded(text)


def _lines(report: Report, *, may_open: bool) -> list[dict[str, Any]]:
    return [_cells(report.columns, row, may_open=may_open) for row in report.rows]


def _cells(columns: tuple[Column, ...], row: Row, *, may_open: bool) -> dict[str, Any]:
    """Return a row as the page shows it: text, whether it is a figure, and where it leads."""
    cells = [
        {
            "text": _text(column, cell, row),
            "figure": column.kind == "money",
            "kind": column.kind,
            "href": _href(column, cell, row) if may_open else "",
        }
        for column, cell in zip(columns, row.cells, strict=True)
    ]
    return {"total": row.total, "cells": cells}


def _text(column: Column, cell: Cell, row: Row) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return yuan(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Named):
        return cell.en if get_language() == "en" else cell.zh
    if column.kind == "entry":
        return entry_reference(cell)[-8:] if cell else ""
    return _say(cell) if column.kind == "label" or row.total else cell


def _href(column: Column, cell: Cell, row: Row) -> str:
    if not isinstance(cell, str) or not cell or row.total:
        return ""
    if column.kind == "entry":
        return f"/accounting/entries/{entry_reference(cell)}"
    return f"/accounting/accounts/{cell}" if column.kind == "account" else ""
