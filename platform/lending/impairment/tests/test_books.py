"""The bank's own loans: classified at night, provided for in the books, frozen for the statistics."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from kernel.money import Money
from ledger.journal.queries import find_entry
from ledger.proofs.queries import check_books
from ledger.reports.impairment import roll_forward
from lending.impairment.models import InclusiveRow
from lending.impairment.operations import classify_day, freeze_population, run_ecl
from lending.impairment.queries import (
    SnapshotMissing,
    get_snapshot,
    labels,
    population,
    two_increases_two_controls,
)
from lending.loans.models import Loan
from risk.classification.operations import ClassifyFigures, sign_overlay
from risk.classification.queries import standing
from risk.classification.tiers import Tier
from testkit.servicing import NOON, Borrower, balance, borrower, fund, lend

TODAY = date(2026, 11, 2)


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("1000000.00")
    return borrower(limit="100000.00")


def test_the_books_hold_what_the_run_asks_for(who: Borrower) -> None:
    loan = lend(who, "60000.00", tenor_days=30)
    run, moved = run_ecl(as_of_date=TODAY, now=NOON)
    # 60,000 x 0.90 % and half of the 40,000 that may still be drawn
    assert (run.allowance(1), run.commitment) == (54_000, 18_000)
    assert (balance("1304.01"), balance("2801"), balance("6702")) == ("540.00", "180.00", "720.00")
    assert moved.net_charge == 72_000
    assert run_ecl(as_of_date=TODAY, now=NOON)[1].net_charge == 0
    assert balance("6702") == "720.00"
    due = Loan.objects.get(id=loan.id).oldest_due_date
    assert due is not None
    assert classify_day(business_date=due, now=NOON) == ClassifyFigures(0, 0, 0, 0)
    assert classify_day(business_date=due + timedelta(days=91), now=NOON).tier_changes == 1
    found = standing(exposure_id=loan.id)
    assert found is not None
    assert (found.tier, found.stage) == (Tier.SUBSTANDARD, 3)


def test_a_loan_that_moves_takes_its_allowance_along(who: Borrower) -> None:
    first, second = lend(who, "60000.00", tenor_days=30), lend(who, "40000.00", tenor_days=200)
    run_ecl(as_of_date=TODAY, now=NOON)
    assert balance("1304.01") == "900.00"
    due = Loan.objects.get(id=first.id).oldest_due_date
    assert due is not None
    classify_day(business_date=due + timedelta(days=31), now=NOON)
    sign_overlay(
        code="region",
        stage=2,
        amount=Money.parse("100"),
        reason="one street is closed",
        effective_from=TODAY,
        effective_to=TODAY + timedelta(days=30),
        signed_by=("a", "b"),
        now=NOON,
    )
    run, moved = run_ecl(as_of_date=TODAY + timedelta(days=1), now=NOON)
    assert moved.transferred == {"from_1_to_2": 54_000}
    assert run.allowance(2) == 243_000 + 10_000
    assert (balance("1304.01"), balance("1304.02")) == ("360.00", "2530.00")
    assert balance("6702") == "2890.00"
    assert all(finding.ok for finding in check_books())
    report = roll_forward(from_date=TODAY, to_date=TODAY + timedelta(days=1))
    assert all(check.ok for check in report.checks)
    assert find_entry(idempotency_key="ecl:2026-11-03:stage.transferred") is not None
    assert standing(exposure_id=second.id) is None


def test_a_frozen_population_answers_alike_for_ever(who: Borrower) -> None:
    lend(who, "60000.00", tenor_days=30)
    lend(borrower(limit="20000000.00"), "40000.00")
    snapshot = freeze_population(as_of_date=TODAY, now=NOON)
    assert (snapshot.loan_count, len(snapshot.sha256), snapshot.rule) == (2, 64, "I-01@2019-03-01/1")
    base = population(as_of_date=TODAY)
    assert (base.inclusive_balance, base.all_balance, base.borrower_count) == (
        Money.parse("60000"),
        Money.parse("100000"),
        1,
    )
    assert base.new_rate_exact == Decimal("0.072")
    lend(who, "15100.00", tenor_days=30)
    assert freeze_population(as_of_date=TODAY, now=NOON) == snapshot
    assert population(as_of_date=TODAY) == base
    freeze_population(as_of_date=TODAY + timedelta(days=1), now=NOON)
    report = two_increases_two_controls(as_of_date=TODAY + timedelta(days=1), base_date=TODAY)
    growth = report.get("balance_growth")
    assert (growth.found_exact, growth.against_exact) == (Decimal(15_100) / 60_000, Decimal(15_100) / 100_000)
    assert (growth.demand, report.passes) == ("should", True)
    found = labels(as_of_date=TODAY + timedelta(days=1))
    assert found["credit"] == (2, Money.parse("75100"), 1)
    assert found["first_loan"][0] == 1
    with pytest.raises(SnapshotMissing):
        get_snapshot(as_of_date=TODAY - timedelta(days=1))
    with pytest.raises(DatabaseError), transaction.atomic():
        InclusiveRow.objects.update(is_inclusive=True)
