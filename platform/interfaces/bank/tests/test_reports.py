"""The reports' pages: what people see, what scripts read, what a spreadsheet gets, what is refused."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from interfaces.bank.reports import REPORTS
from interfaces.middleware import BankFromHostMiddleware
from interfaces.tests.portal import HOST, PEOPLE, signed_in
from kernel.money import Money
from ledger.journal.models import Entry
from ledger.journal.tests.books import counts
from lending.deferrals.queries import deferred_fee
from lending.deferrals.tests.test_fees import with_fee
from lending.products.operations import TERM_PRODUCT
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from testkit.scenes import open_scene
from testkit.servicing import borrower, fund, lend
from testkit.worlds import build


@pytest.fixture(scope="module")
def accountant(module_database: str) -> Iterator[Client]:
    BankFromHostMiddleware.forget_hosts()
    cache.clear()
    scene = open_scene("portal", banks=["qinglan"])
    with bank_schema("qinglan"), transaction.atomic():
        build(scene)
    yield signed_in(HOST, PEOPLE["accounts"])
    BankFromHostMiddleware.forget_hosts()


def table(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_every_report_is_a_page_a_file_and_json(accountant: Client) -> None:
    for name in REPORTS:
        page = accountant.get(f"/reports/{name}")
        text = page.content.decode()
        assert page.status_code == 200, text[:300]
        assert 'class="badge bad"' not in text, name
        sheet = accountant.get(f"/reports/{name}?format=csv")
        assert sheet["Content-Type"] == "text/csv; charset=utf-8"
        assert re.fullmatch(rf'attachment; filename="{name}-[0-9-]+\.csv"', sheet["Content-Disposition"])
        values = accountant.get(f"/reports/{name}?format=json").json()
        assert len(table(sheet)) == len(values["rows"]) + 1
        assert all(check["ok"] for check in values["checks"])
    principal = accountant.get("/reports/control?format=json").json()["rows"][0]
    assert principal["general_ledger"] == principal["sub_ledger"] == {"amount": "3000.00", "currency": "CNY"}


def test_a_statement_goes_on_where_the_page_ends(accountant: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interfaces.bank.reports.PAGE_LINES", 2)
    path, seen = "/reports/account-statement?account=1303.01", 0
    while path:
        text = accountant.get(path).content.decode()
        seen += text.count('href="/accounting/entries/')
        found = re.search(r'class="pager"><a class="button plain" href="(\?[^"]+)"', text)
        path = "/reports/account-statement" + found[1].replace("&amp;", "&") if found else ""
    whole = accountant.get("/reports/account-statement?account=1303.01&format=csv")
    assert seen == len(table(whole)) - 3 > 2  # less heading, opening and closing
    monkeypatch.setattr("interfaces.bank.reports.LINES_MAX", 2)
    refused = accountant.get("/reports/account-statement?account=1303.01&format=csv", follow=True)
    assert "choose a shorter period" in refused.content.decode()


def test_what_cannot_be_reported_is_said_in_words(accountant: Client) -> None:
    script = signed_in(HOST, PEOPLE["accounts"], json=True)
    with bank_schema("qinglan"):
        before, entries = counts(), Entry.objects.count()
    for query, code in (
        ("income-statement?from=2026-12-01&to=2026-11-01", "ledger.report_dates_invalid"),
        ("balance-sheet?to=9999-12-31", "ledger.report_dates_invalid"),
        ("account-statement?account=nothing", "ledger.account_unknown"),
        ("account-statement?after=x", "ledger.statement_cursor_invalid"),
    ):
        person = accountant.get(f"/reports/{query}", follow=True)
        assert person.redirect_chain == [(f"/reports/{query.partition('?')[0]}", 302)]
        assert 'class="notice bad"' in person.content.decode()
        assert script.get(f"/reports/{query}").json()["code"] == code
    for missing in ("income-statement?from=soon", "nothing", "control?format=xml"):
        assert accountant.get(f"/reports/{missing}").status_code == 404
    assert signed_in(HOST, PEOPLE["product"]).get("/reports/balance-sheet").status_code == 403
    with bank_schema("qinglan"):
        assert (counts(), Entry.objects.count()) == (before, entries)


def test_a_loans_page_tells_its_fee(accountant: Client) -> None:
    with bank_schema("qinglan"), transaction.atomic():
        fund("200000.00")
        loan = lend(with_fee(borrower(), TERM_PRODUCT, "term_with_fee"), "100000.00", tenor_days=365)
        fee = deferred_fee(loan_id=loan.id, on_date=business_date())
    assert fee is not None and fee.fee == Money.parse("1200.00") == fee.left + fee.vat
    text = accountant.get(f"/loans/{loan.public_id}").content.decode()
    for words, amount in (("Fee held back from the payout", fee.fee), ("Fee still to be earned", fee.left)):
        assert re.search(rf"<dt>{words}</dt><dd>[^<]*{amount.minor // 100:,}\.{amount.minor % 100:02}", text)
