"""Loss coverage by product and stage beside the floors of E-03, and what a floor missed looks like."""

from datetime import date, timedelta
from decimal import Decimal

from kernel.money import Money
from ledger.reports.report import Report
from lending.impairment.coverage import Covered, coverage
from lending.impairment.operations import classify_day, run_ecl
from lending.loans.models import Loan
from testkit.servicing import NOON, borrower, fund, lend

TODAY = date(2026, 11, 2)


def shown(report: Report) -> dict[str, tuple[str, ...]]:
    return {str(row.cells[0]): tuple(str(cell) for cell in row.cells[1:]) for row in report.rows}


def test_ratios_and_what_lacks_to_a_floor() -> None:
    found = Covered(owed=10_000_000, non_performing=200_000, allowance=240_000)
    assert (found.coverage, found.provision_ratio) == (Decimal("1.2"), Decimal("0.024"))
    floors = {"coverage_min": Decimal("1.2"), "provision_min": Decimal("0.015")}
    assert found.short_of(**floors) == (0, 0)
    assert Covered(10_000_001, 200_001, 100_000).short_of(**floors) == (140_002, 50_001)  # up to the fen
    assert Covered(10, 0, 0).coverage is None


def test_coverage_is_that_of_the_last_reckoning_and_the_books_hold_it(qinglan: str) -> None:
    assert coverage(as_of_date=TODAY).rows == ()
    fund("1000000.00")
    who = borrower(limit="100000.00")
    bad = lend(who, "20000.00", tenor_days=30)
    lend(who, "80000.00", tenor_days=365)
    due = Loan.objects.get(id=bad.id).oldest_due_date
    assert due is not None
    late = due + timedelta(91)
    run_ecl(as_of_date=TODAY, now=NOON)
    young = coverage(as_of_date=TODAY)
    assert shown(young)["total"] == ("100000.00", "0.00", "900.00", "", "0.90 %")
    assert [(check.ok, str(check.difference)) for check in young.checks] == [
        (True, "0.00"),
        (True, "0.00"),
        (False, "600.00"),  # 1.5 % of 100,000.00 (E-03)
    ]
    classify_day(business_date=late, now=NOON)
    run_ecl(as_of_date=late, now=NOON)
    report = coverage(as_of_date=late + timedelta(3))
    assert (report.to_date, coverage(as_of_date=TODAY)) == (late, young)
    rows = shown(report)
    assert rows["receipts_revolving"] == rows["total"]
    assert rows["stage_3"][:2] == ("20000.00", "20000.00")
    assert rows["floor"][-2:] == ("120.00 %", "1.50 %")
    parts = [Money.parse(rows[f"stage_{stage}"][2]) for stage in (1, 2, 3)]
    assert Money.total(parts) == Money.parse(rows["total"][2])
    assert coverage(as_of_date=late).checks[0].ok
