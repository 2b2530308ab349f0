"""Reports over a small set of books, reckoned by hand; each holds before and after the fold."""

import csv
import io
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from kernel.money import Money
from ledger.balances import operations as balances
from ledger.balances.queries import account_balance
from ledger.chart import operations as chart
from ledger.chart.models import Kind, NormalSide
from ledger.chart.posting_rules import compose
from ledger.chart.queries import AccountUnknown
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from ledger.journal.queries import find_entry
from ledger.journal.tests.books import NOW, counts
from ledger.reports.balances import balance_sheet, trial_balance
from ledger.reports.control import SubLedgerFigure, control
from ledger.reports.export import harmless, to_csv, to_values
from ledger.reports.impairment import roll_forward
from ledger.reports.income import income_statement
from ledger.reports.report import Report, ReportDatesInvalid
from ledger.reports.statement import CursorInvalid, account_statement
from ledger.reports.vat import vat_workbook

FIRST, LAST = date(2026, 11, 2), date(2026, 12, 31)
DAY = date(2026, 11, 10)
DUE = {"vat_point": "due"}
# booked on, valued days before, reference, event, policy, figures
ENTRIES = (
    (0, 0, "", "capital.paid_in", {}, {"amount": "200000.00"}),
    (0, 0, "lon_1", "loan.drawn_net_of_fee", {}, {"principal": "100000.00", "fee": "1200.00"}),
    (0, 0, "lon_1", "payout.confirmed", {"payee": "rail"}, {"amount": "98800.00"}),
    (1, 0, "product:revolving", "interest.accrued", DUE, {"exempt": "20.00", "taxable": "40.00"}),
    (1, 0, "product:term", "interest.accrued", DUE, {"exempt": "5.00"}),
    (2, 0, "lon_1", "deferred.amortised", {}, {"exempt": "3.29"}),
    (2, 1, "", "ecl.charged", {}, {"stage_1": "900.00", "commitment": "126.00"}),
    (3, 0, "lon_1", "interest.fell_due", DUE, {"interest": "40.00", "vat": "2.26"}),
    (3, 0, "lon_1", "stage.transferred", {}, {"from_1_to_2": "300.00"}),
    (4, 4, "lon_2", "penalty.accrued", {}, {"penalty": "3.00", "vat": "0.18"}),
    (30, 25, "lon_1", "loan.repaid", {"gl_split": "no"}, {"interest_due": "40.00", "principal": "9960.00"}),
    (31, 0, "", "ecl.released", {}, {"stage_1": "100.00"}),
    (31, 0, "lon_1", "facility.effective", {}, {"limit": "5000.00"}),
    (32, 0, "scn_1", "scene_fee.accrued", {}, {"fee": "60.00"}),
)


def yuan(*amounts: str) -> tuple[Money, ...]:
    return tuple(Money.parse(amount) for amount in amounts)


@pytest.fixture
def books(qinglan: str) -> str:
    for month in (FIRST, LAST):
        journal.open_period(month=month)
    chart.tag_references(products={"lon_1": "revolving"})
    made = []
    for number, (days, back, reference, event, policy, amounts) in enumerate(ENTRIES):
        booked = DAY + timedelta(days=days)
        figures = {name: Money.parse(amount) for name, amount in amounts.items()}
        made.append(
            EntryDraft(
                kind=event,
                booking_date=booked,
                value_date=booked - timedelta(days=back),
                lines=compose(event, figures, on_date=booked, policy=policy),
                idempotency_key=f"reports:{number}",
                reference=reference,
            )
        )
    journal.post_entries(entries=made, now=NOW)
    return qinglan


@pytest.fixture(params=["tail", "folded"])
def either(request: pytest.FixtureRequest, books: str) -> str:
    """The books with everything in the tail, and with everything folded and closed."""
    if request.param == "folded":
        balances.fold(now=NOW)
        balances.close_days(through_date=LAST)
    return books


def test_the_balance_sheet_balances_on_every_date_by_both_dates(either: str) -> None:
    for days in range(-1, 34, 5):
        for by in ("booking", "value"):
            sheet = balance_sheet(as_of_date=DAY + timedelta(days=days), by=by)
            assert sheet.ok, (days, by, sheet.checks)
            assert trial_balance(as_of_date=DAY + timedelta(days=days), by=by).ok
    sheet = balance_sheet(as_of_date=LAST)
    rows = {row.cells[0]: row.cells[2] for row in sheet.rows}
    assert (rows["1003"], rows["1303.01"], rows["1303.03"]) == yuan("111200.00", "90040.00", "-1196.71")
    assert (rows["1304.01"], rows["9001"]) == yuan("-500.00", "5000.00")
    assert rows[""] == Money.parse("-916.97")  # 65 + 3.29 + 3 - 2.26 - 1,026 + 100 - 60
    assert rows["liabilities_and_equity"] == rows["assets"]


def test_income_is_told_apart_by_product(either: str) -> None:
    report = income_statement(from_date=FIRST, to_date=LAST)
    assert [column.name for column in report.columns[2:]] == ["revolving", "term", "no product", "Total"]
    rows = {row.cells[0]: row.cells[2:] for row in report.rows}
    assert rows["6011.01"] == yuan("23.29", "5.00", "0", "28.29")
    assert rows["6011.02"] == yuan("37.74", "0", "0", "37.74")
    assert rows["6702"] == yuan("0", "0", "-926.00", "-926.00")
    assert rows["result"] == yuan("61.03", "5.00", "-983.00", "-916.97")
    assert report.ok
    november = income_statement(from_date=FIRST, to_date=date(2026, 11, 30))
    assert november.amounts("result")[-1] == Money.parse("-956.97")
    by_value = income_statement(from_date=DAY, to_date=DAY, by="value")
    assert by_value.amounts("result")[-1] == Money.parse("3.00")
    assert by_value.ok


def test_the_vat_workbook_keeps_exempt_and_taxable_apart(either: str) -> None:
    report = vat_workbook(from_date=FIRST, to_date=LAST)
    assert report.amounts("2026-11") == yuan("28.29", "37.74", "3.00", "0", "2.44", "0")
    assert report.amounts("interest.fell_due") == yuan("2.26", "0")
    assert report.amounts("total")[-2] == Money.parse("2.44")
    assert report.ok


def test_the_allowance_rolls_forward(either: str) -> None:
    report = roll_forward(from_date=DAY + timedelta(days=3), to_date=LAST)
    assert report.amounts("opening") == yuan("900.00", "0", "0", "126.00", "1026.00")
    assert report.amounts("stage_transfer") == yuan("-300.00", "300.00", "0", "0", "0")
    assert report.amounts("release") == yuan("-100.00", "0", "0", "0", "-100.00")
    assert report.amounts("closing") == yuan("500.00", "300.00", "0", "126.00", "926.00")
    assert report.ok
    by_value = roll_forward(from_date=FIRST, to_date=DAY + timedelta(days=1), by="value")
    assert by_value.amounts("charge")[-1] == by_value.amounts("closing")[-1] == Money.parse("1026.00")


def test_a_reversal_counts_where_what_it_reverses_does(books: str) -> None:
    charged = find_entry(idempotency_key="reports:6")
    assert charged is not None
    journal.reverse_entry(
        entry_id=charged.id, booking_date=LAST, value_date=LAST, idempotency_key="reports:back", now=NOW
    )
    report = roll_forward(from_date=FIRST, to_date=LAST)
    assert report.amounts("charge")[-1] == Money.parse("0")
    assert report.ok


def pages(**asked: Any) -> list[Report]:
    after, found = "", []
    while True:
        page = account_statement(**asked, after=after)
        found.append(page)
        after = page.after
        if not after:
            return found


def test_a_statement_read_page_by_page_is_the_statement(either: str) -> None:
    for code in ("1303.01", "6011.01", "1304.01", "1003"):
        for by in ("booking", "value"):
            asked = {"code": code, "from_date": DAY, "to_date": LAST, "by": by}
            whole = account_statement(**asked)
            small = pages(**asked, limit=1)
            lines = [row for page in small for row in page.rows if not row.total]
            assert [row for row in whole.rows if not row.total] == lines
            assert whole.ok
            assert small[-1].checks
            assert small[-1].ok
            for page, following in pairwise(small):
                assert page.rows[-1].cells[-1] == following.rows[0].cells[-1]
            assert whole.rows[-1].cells[-1] == account_balance(code=code, as_of_date=LAST, by=by)
    principal = account_statement(code="1303.01", from_date=DAY + timedelta(days=1), to_date=LAST)
    assert [row.cells[-1] for row in principal.rows] == list(yuan("100000.00", "90040.00", "90040.00"))


def test_the_control_names_the_difference(books: str) -> None:
    figures = [
        SubLedgerFigure("principal", ("1303.01",), Money.parse("90040.00")),
        SubLedgerFigure("interest", ("1303.02", "1132", "1132"), Money.parse("28.19")),
        SubLedgerFigure("nothing", ("1441",), Money(0)),
    ]
    report = control(figures=figures, as_of_date=LAST)
    assert [check.ok for check in report.checks] == [True, False, True]
    assert report.checks[1].difference == Money.parse("-0.01")
    assert not report.ok


def test_what_no_report_can_be_made_of_is_refused(books: str) -> None:
    before = counts()
    later, earlier = date(2026, 12, 1), date(2026, 11, 1)
    for make in (income_statement, vat_workbook, roll_forward):
        for first, last in ((later, earlier), (date.min, LAST), (FIRST, date.max)):
            with pytest.raises(ReportDatesInvalid):
                make(from_date=first, to_date=last)
    with pytest.raises(ReportDatesInvalid):
        balance_sheet(as_of_date=date.max)
    with pytest.raises(AccountUnknown):
        account_statement(code="nothing", from_date=FIRST, to_date=LAST)
    for after in ("x", "2026-13-01.1", "2027-01-01.1", "2026-11-10.9999999999999999999"):
        with pytest.raises(CursorInvalid):
            account_statement(code="1003", from_date=FIRST, to_date=LAST, after=after)
    assert counts() == before


def test_an_export_is_a_file_a_spreadsheet_cannot_run(books: str) -> None:
    chart.tag_references(products={"lon_2": '=HYPERLINK("x","y")'})
    report = income_statement(from_date=FIRST, to_date=LAST)
    data = to_csv(report)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data[3:].decode())))
    assert rows[0][:2] == ["Account", "Name"]
    assert '\'=HYPERLINK("x","y")' in rows[0]
    assert rows[-1][-1] == "-916.97"  # money stays a number
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    assert [harmless(text) for text in ("=1", "+1", "-1", "@x", "\tx", "x")][:4] == [
        "'=1",
        "'+1",
        "'-1",
        "'@x",
    ]
    assert "贷款" in to_csv(balance_sheet(as_of_date=LAST), language="zh-hans").decode()
    values = to_values(account_statement(code="1003", from_date=FIRST, to_date=LAST))
    assert values["rows"][1]["entry"].startswith("jrn_")
    assert values["rows"][1]["balance"] == Money.parse("200000.00")


def test_values_keep_their_names_apart_whatever_a_product_is_called(books: str) -> None:
    chart.tag_references(products={"lon_2": "total"})
    values = to_values(income_statement(from_date=FIRST, to_date=LAST))["rows"]
    assert [row["is_total"] for row in values][-1] is True
    assert (values[-1]["product:total"], values[-1]["total"]) == yuan("3.00", "-916.97")


def test_another_currency_has_its_statement_and_stays_out_of_sums(books: str) -> None:
    for code, kind, side in (("U1", "asset", "debit"), ("U6", "income", "credit")):
        chart.open_account(
            code=code,
            name_zh=code,
            name_en=code,
            kind=Kind(kind),
            normal_side=NormalSide(side),
            opened_date=FIRST,
            currency="USD",
        )
    for n in range(3):
        lines = (Line.debit("U1", Money(100, "USD")), Line.credit("U6", Money(100, "USD")))
        journal.post_entry(entry=EntryDraft("fx", DAY, DAY, lines, f"fx:{n}"), now=NOW)
    asked = {"code": "U1", "from_date": FIRST, "to_date": LAST, "limit": 2}
    second = account_statement(**asked, after=account_statement(**asked).after)
    assert (second.ok, second.rows[-1].cells[-1]) == (True, Money(300, "USD"))
    assert income_statement(from_date=FIRST, to_date=LAST).amounts("result")[-1] == Money.parse("-916.97")
    assert balance_sheet(as_of_date=LAST).ok


def test_no_disguise_makes_a_formula(books: str) -> None:
    for text in ("＝1+1", "＋1", "－1", "＠x", "  =1", "\u3000=1", "\u00a0@x"):
        assert harmless(text) == f"'{text}", text
