"""A drawdown's tag is frozen on its day, with the evidence it was decided on (T-01 to T-03)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from kernel.ids import new_id
from kernel.money import Money
from kernel.rates import AnnualRate
from ledger.journal import operations as journal
from lending.credit_lines.queries import total_credit
from lending.loans.accrual import accrue
from lending.loans.models import Loan, LoanTransaction
from lending.loans.operations import reverse_receipt
from lending.tax.models import DrawdownTax
from lending.tax.operations import record_size_figures, tax_tag
from lending.tax.queries import TaxTagMissing, evidence, size_on, tag_in_year
from lending.tax.tagging import TaxTag, Treatment
from plumbing.clock import operations as clock
from regulation.enterprise_size import SizeFigures
from regulation.operations import VatMethodLocked, choose_vat_method
from testkit.servicing import NOON, at_the_counter, balance, borrower, broken, fund, lend

TODAY = date(2026, 11, 2)


def tag(
    *,
    drawdown: UUID | None = None,
    enterprise: UUID | None = None,
    kind: str = "individual",
    credit: str = "3000000",
    rate: str = "0.060000",
    tenor: int = 365,
    on_date: date = TODAY,
) -> TaxTag:
    return tax_tag(
        drawdown_id=drawdown or new_id(),
        enterprise_id=enterprise or new_id(),
        borrower_kind=kind,
        total_credit=Money.parse(credit),
        annual_rate=AnnualRate.parse(rate),
        tenor_days=tenor,
        drawdown_date=on_date,
        now=NOON,
    )


def figures(
    enterprise: UUID, *, employees: int, revenue: str, months: int = 12, on_date: date = TODAY
) -> None:
    record_size_figures(
        enterprise_id=enterprise,
        figures=SizeFigures("F5211", employees, Money.parse(revenue), None, months),
        as_of_date=on_date,
        source="declaration",
        recorded_by="credit@x.example",
        now=NOON,
    )


def test_a_loan_accrues_where_its_tag_says_and_keeps_the_evidence(qinglan: str) -> None:
    fund("1000000.00")
    small, large = borrower(limit="800000.00"), borrower(limit="1000001.00")
    loans = [Loan.objects.get(id=lend(who, "10000.00").id) for who in (small, large)]
    assert [loan.income_account for loan in loans] == ["6011.01", "6011.02"]
    found = evidence(drawdown_id=loans[0].drawdown_id)
    assert (found.borrower, found.total_credit, found.rule) == ("individual", Money.parse("800000"), "T-01")
    assert found.rules[0] == "T-01@2023-08-02/1"
    assert evidence(drawdown_id=loans[1].drawdown_id).reason == "method_not_chosen"
    assert total_credit(enterprise_id=large.enterprise_id) == Money.parse("1000001")


@pytest.mark.long
def test_vat_is_booked_with_every_day_and_undone_with_it(qinglan: str) -> None:
    """300,000 at 6 % for 360 days, 18,000.00: exempt whole, in part up to 4.5 %, or taxed whole (T-02)."""
    choose_vat_method(year=2026, method=2, chosen_by="tax@x.example", now=NOON)
    fund("1000000.00")
    limits = ("800000.00", "3000000.00", "10000001.00")
    whos = [borrower(limit=limit, rate=AnnualRate.parse("0.060000")) for limit in limits]
    loans = [lend(who, "300000.00", tenor_days=365) for who in whos]
    last = TODAY + timedelta(days=359)
    journal.open_period(month=last)
    clock.roll(from_date=TODAY, to_date=last)
    assert accrue(business_date=last, now=NOON).vat == 25_472 + 101_887
    assert balance("6011.01") == str(Money.parse("18000") + Money.parse("13500"))
    assert balance("6011.02") == str(Money.parse("4245.28") + Money.parse("16981.13"))
    assert (balance("2221.01"), balance("1303.02"), broken()) == ("1273.59", "54000.00", [])
    paid = at_the_counter(loans[1], "100000.00", received_date=TODAY + timedelta(10), receipt_no="C-1")
    assert balance("2221.01") == "1191.45"
    assert broken() == []
    transaction_id = LoanTransaction.objects.get(loan_id=loans[1].id, kind="counter_receipt").id
    reverse_receipt(transaction_id=transaction_id, business_date=last, now=NOON)
    assert (balance("2221.01"), balance("1303.02"), broken()) == ("1273.59", "54000.00", [])
    Loan.objects.filter(id=loans[2].id).update(vat_ppm=0)
    assert [line.split(":")[0] for line in broken()] == ["loans.output_vat"]
    with pytest.raises(VatMethodLocked), transaction.atomic():
        choose_vat_method(year=2026, method=1, chosen_by="tax@x.example", now=NOON)
    assert str(paid.amount) == "100000.00"


def test_the_same_drawdown_keeps_its_tag_and_the_year_its_method(qinglan: str) -> None:
    choose_vat_method(year=2026, method=2, chosen_by="tax@x.example", now=NOON)
    drawdown = new_id()
    first = tag(drawdown=drawdown)
    assert (first.treatment, first.rule, first.exempt_ppm) == (Treatment.SPLIT, "T-02/2", 45_000)
    assert tag(drawdown=drawdown, credit="800000") == first
    assert DrawdownTax.objects.filter(drawdown_id=drawdown).count() == 1
    with pytest.raises(VatMethodLocked), transaction.atomic():
        choose_vat_method(year=2026, method=1, chosen_by="tax@x.example", now=NOON)
    choose_vat_method(year=2027, method=1, chosen_by="tax@x.example", now=NOON)
    assert tag_in_year(drawdown_id=drawdown, year=2027).rule == "T-02/1"
    assert tag_in_year(drawdown_id=drawdown, year=2026) == first


def test_the_size_is_that_of_the_drawdowns_day(qinglan: str) -> None:
    firm = new_id()
    assert size_on(enterprise_id=firm, on_date=TODAY) == ("unknown", None)
    assert tag(enterprise=firm, kind="firm", credit="800000").reason == "borrower_unknown"
    figures(firm, employees=10, revenue="600000", months=7)  # 1,028,571.43 a year: small
    figures(firm, employees=60, revenue="6000000", on_date=TODAY + timedelta(days=10))
    assert size_on(enterprise_id=firm, on_date=TODAY)[0] == "small"
    assert tag(enterprise=firm, kind="firm", credit="800000").rule == "T-01"
    later = tag(enterprise=firm, kind="firm", credit="800000", on_date=TODAY + timedelta(days=10))
    assert (later.treatment, later.reason) == (Treatment.TAXABLE, "borrower_medium")
    assert (
        size_on(enterprise_id=firm, on_date=TODAY + timedelta(days=400))[0] == "unknown"
    )  # no fresh figures


def test_the_same_loan_before_and_after_the_exemption_ends(qinglan: str) -> None:
    assert tag(credit="800000", on_date=date(2027, 12, 31)).treatment is Treatment.EXEMPT
    assert tag(credit="800000", on_date=date(2028, 1, 1)).treatment is Treatment.TAXABLE


def test_a_long_loan_is_held_against_the_long_prime_rate(qinglan: str) -> None:
    choose_vat_method(year=2026, method=1, chosen_by="tax@x.example", now=NOON)
    assert tag(rate="0.050000", tenor=365).treatment is Treatment.TAXABLE
    assert tag(rate="0.050000", tenor=2_000).treatment is Treatment.EXEMPT


def test_the_evidence_may_only_grow(qinglan: str) -> None:
    tag()
    with pytest.raises(DatabaseError), transaction.atomic():
        DrawdownTax.objects.update(treatment="exempt")
    with pytest.raises(TaxTagMissing):
        evidence(drawdown_id=new_id())
