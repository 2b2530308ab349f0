"""Income by product: no fen of what was earned is without one, and the products add up to the accounts."""

from datetime import date, timedelta

from kernel.ids import new_id
from kernel.money import Money
from kernel.rates import AnnualRate
from ledger.balances.queries import account_balance
from ledger.journal import operations as journal
from ledger.journal.models import Entry
from ledger.reports.income import income_statement
from lending.credit_lines import operations as lines
from lending.loans.accrual import accrue
from lending.products.operations import FIRST_PRODUCT, TERM_PRODUCT
from lending.products.queries import current_product
from plumbing.clock import operations as clock
from testkit.servicing import NOON, Borrower, at_the_counter, balance, borrower, broken, fund, lend

TODAY = date(2026, 11, 2)
INCOME = ("6011.01", "6011.02", "6011.03")


def accrued(day: date) -> None:
    accrue(business_date=day, now=NOON)
    journal.open_period(month=day + timedelta(1))
    clock.roll(from_date=day, to_date=day + timedelta(1))


def test_every_accrual_and_correction_is_some_products(qinglan: str) -> None:
    fund("1000000.00")
    who = borrower(limit="300000.00")
    line = lines.grant_line(
        enterprise_id=who.enterprise_id,
        scene_id=who.scene_id,
        application_id=new_id(),
        agreement_id=new_id(),
        product=current_product(code=TERM_PRODUCT, on_date=TODAY),
        limit=Money.parse("100000.00"),
        annual_rate=AnnualRate.parse("0.072000"),
        now=NOON,
        business_date=TODAY,
    )
    daily = lend(who, "30000.00", tenor_days=3)
    lend(Borrower(who.scene_id, who.enterprise_id, who.bank_account_id, line.id), "100000.00", tenor_days=365)
    for offset in range(5):  # the daily loan falls due on the 5th: penalty from then on
        accrued(TODAY + timedelta(offset))
    at_the_counter(daily, "10000.00", received_date=TODAY + timedelta(2), receipt_no="C-1")
    report = income_statement(from_date=TODAY, to_date=TODAY + timedelta(5))
    assert [column.name for column in report.columns[2:]] == [FIRST_PRODUCT, TERM_PRODUCT, "Total"]
    assert report.ok
    by_account = {row.cells[0]: row.cells[2:] for row in report.rows}
    earned = [account_balance(code=code) for code in INCOME]
    assert [by_account[code][-1] for code in INCOME if balance(code) != "0.00"] == [
        one for one in earned if one
    ]
    first, term, total = report.amounts("income")
    assert first + term == total == Money.total(earned)
    assert str(term) == "100.00"  # five days of 7.2 % on 100,000.00, exempt (T-01)
    entries = Entry.objects.filter(kind__startswith="day_end.", booking_date=TODAY).values_list(
        "reference", flat=True
    )
    assert sorted(entries) == [f"product:{FIRST_PRODUCT}", f"product:{TERM_PRODUCT}"]
    assert broken() == []
