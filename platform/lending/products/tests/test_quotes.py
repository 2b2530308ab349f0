"""Quotes and the all-in cost: worked figures, pure."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.calendars import Calendar
from kernel.money import Money
from kernel.rates import AnnualRate
from lending.products.publish_check import (
    CostCapExceeded,
    LimitAboveRule,
    PenaltyOutOfBand,
    PublishRules,
    PurposeForbidden,
    PurposeUnknown,
    SceneFeeOnBorrower,
    require_publishable,
)
from lending.products.quotes import AmountNotOffered, Quote, TenorNotOffered, reckon
from lending.products.terms import Collector, Fee, Payer, ProductTerms, ProductView

PRODUCT = ProductView(
    id=UUID(int=1),
    version=1,
    status="published",
    effective_date=date(2026, 11, 2),
    all_in_cost=Decimal("0.109500"),
    drafted_by="a@bank.example",
    published_by="b@bank.example",
    code="receipts_revolving",
    name_zh="收单贷",
    name_en="Receipts credit line",
    limit_min=Money.parse("5000"),
    limit_max=Money.parse("300000"),
    draw_min=Money.parse("100"),
    annual_rate=AnnualRate.parse("0.108000"),
    overdue_uplift=Decimal("0.5"),
)
RULES = PublishRules(
    annual_cost_cap=Decimal("0.24"),
    overdue_uplift_min=Decimal("0.30"),
    overdue_uplift_max=Decimal("0.50"),
    online_unsecured_max=Money.parse("1000000"),
)
OPEN_ALWAYS = Calendar(frozenset(), frozenset(), frozenset({2026}))
NATIONAL_DAY = Calendar(
    frozenset(date(2026, 10, day) for day in range(1, 8)), frozenset({date(2026, 10, 10)}), frozenset({2026})
)


def quote(
    amount: str,
    tenor_days: int,
    draw_date: date,
    product: ProductView = PRODUCT,
    calendar: Calendar = OPEN_ALWAYS,
) -> Quote:
    return reckon(
        product=product,
        amount=Money.parse(amount),
        tenor_days=tenor_days,
        draw_date=draw_date,
        calendar=calendar,
    )


def test_thirty_days_of_twelve_thousand_cost_one_hundred_and_eight() -> None:
    """J3: 12,000 at 10.8 % for 30 days."""
    result = quote("12000", 30, date(2026, 11, 4))
    assert result.due_date == date(2026, 12, 4)
    assert (str(result.interest), str(result.total_repayable)) == ("108.00", "12108.00")
    assert result.nominal_360 == Decimal("0.108")
    assert result.nominal_365 == Decimal("0.1095")
    assert result.all_in_cost == Decimal("0.109500000000")
    assert result.apr_method == "simple_365"
    assert [str(row.total) for row in result.rows] == ["12108.00"]
    assert result.valid_until == date(2026, 11, 11)


def test_the_rate_of_the_other_bank_is_data() -> None:
    """S0-01: 30,000 at 7.2 % for 10 days is 60.00."""
    cheaper = replace(PRODUCT, annual_rate=AnnualRate.parse("0.072000"))
    assert str(quote("30000", 10, date(2026, 11, 3), cheaper).interest) == "60.00"


def test_a_due_date_in_the_golden_week_rolls_and_interest_runs_through_it() -> None:
    """L-07 rolls 2026-10-01 to 10-08; M-08: interest runs on calendar days."""
    result = quote("12000", 30, date(2026, 9, 1), calendar=NATIONAL_DAY)
    assert (result.due_date, result.days) == (date(2026, 10, 8), 37)
    assert str(result.interest) == "133.20"
    assert result.all_in_cost == Decimal("0.109500000000")


def test_a_make_up_saturday_is_not_rolled() -> None:
    assert quote("12000", 9, date(2026, 10, 1), calendar=NATIONAL_DAY).due_date == date(2026, 10, 10)


def test_a_contract_may_say_that_nothing_rolls() -> None:
    fixed = replace(PRODUCT, due_date_roll="none")
    assert quote("12000", 30, date(2026, 9, 1), fixed, NATIONAL_DAY).due_date == date(2026, 10, 1)


def test_a_date_in_a_year_without_an_official_list_is_marked() -> None:
    assert quote("12000", 90, date(2026, 11, 2)).due_date_is_provisional
    assert not quote("12000", 30, date(2026, 11, 2)).due_date_is_provisional


@pytest.mark.parametrize("amount", ["99.99", "300000.01"])
def test_amounts_outside_the_product_are_refused(amount: str) -> None:
    with pytest.raises(AmountNotOffered):
        quote(amount, 30, date(2026, 11, 4))


@pytest.mark.parametrize("tenor_days", [0, 366])
def test_tenors_outside_the_product_are_refused(tenor_days: int) -> None:
    with pytest.raises(TenorNotOffered):
        quote("12000", tenor_days, date(2026, 11, 4))


def guarantee(rate: str, payer: Payer = Payer.BORROWER, collector: Collector = Collector.GUARANTOR) -> Fee:
    return Fee("guarantee", "Guarantee fee", "担保费", collector, payer, Decimal(rate))


def test_a_fee_of_a_third_party_is_inside_the_all_in_cost() -> None:
    """R-10, R-11: 1 % taken out of 10,000 for 100 days: (300 + 100) / 9,900 x 365 / 100."""
    with_fee = replace(PRODUCT, fees=(guarantee("0.01"),))
    result = quote("10000", 100, date(2026, 3, 2), with_fee)
    assert [str(amount) for _, amount in result.fees] == ["100.00"]
    assert str(result.total_repayable) == "10400.00"
    assert round(result.all_in_cost, 6) == Decimal("0.147475")


def test_a_fee_the_bank_bears_costs_the_borrower_nothing() -> None:
    with_fee = replace(PRODUCT, fees=(guarantee("0.006", Payer.BANK, Collector.SCENE),))
    result = quote("10000", 100, date(2026, 3, 2), with_fee)
    assert str(result.total_repayable) == "10300.00"
    assert result.all_in_cost == Decimal("0.109500000000")


@given(fen=st.integers(10_000, 30_000_000), tenor_days=st.integers(1, 365), ppm=st.integers(1, 236_000))
def test_every_quote_adds_up_and_its_cost_is_the_rate_within_a_fen(
    fen: int, tenor_days: int, ppm: int
) -> None:
    product = replace(PRODUCT, annual_rate=AnnualRate(ppm))
    result = reckon(
        product=product,
        amount=Money(fen),
        tenor_days=tenor_days,
        draw_date=date(2026, 11, 2),
        calendar=OPEN_ALWAYS,
    )
    assert (
        result.total_repayable
        == result.amount + result.interest
        == Money.total(row.total for row in result.rows)
    )
    one_fen = Decimal(365) / (fen * result.days)
    assert abs(result.all_in_cost - result.nominal_365) <= one_fen


def terms(**changes: object) -> ProductTerms:
    return replace(PRODUCT, **changes)


def test_nominal_23_8_percent_is_refused_at_24_13() -> None:
    """J1 F(a), 2.2 F."""
    with pytest.raises(CostCapExceeded) as refusal:
        require_publishable(
            terms=terms(annual_rate=AnnualRate.parse("0.238000")), rules=RULES, on_date="2026-11-02"
        )
    assert refusal.value.params == {"cost_percent": "24.13", "cap_percent": "24.00", "on_date": "2026-11-02"}


def test_the_highest_nominal_rate_passes_and_the_next_does_not() -> None:
    """2.2 F: 23.67 % is the highest nominal at a 24 % cap."""
    assert require_publishable(
        terms=terms(annual_rate=AnnualRate.parse("0.236700")), rules=RULES, on_date="2026-11-02"
    ) <= Decimal("0.24")
    with pytest.raises(CostCapExceeded):
        require_publishable(
            terms=terms(annual_rate=AnnualRate.parse("0.236800")), rules=RULES, on_date="2026-11-02"
        )


def test_the_cost_of_10_8_percent_is_10_95() -> None:
    assert require_publishable(terms=PRODUCT, rules=RULES, on_date="2026-11-02") == Decimal("0.1095")


def test_a_borrower_fee_counts_on_the_shortest_loan() -> None:
    """A cheap rate with a fee of 1 % for a single day is far beyond the cap."""
    with pytest.raises(CostCapExceeded):
        require_publishable(terms=terms(fees=(guarantee("0.01"),)), rules=RULES, on_date="2026-11-02")
    monthly = terms(fees=(guarantee("0.01"),), tenor_days_min=30)
    assert (
        Decimal("0.23")
        < require_publishable(terms=monthly, rules=RULES, on_date="2026-11-02")
        < Decimal("0.24")
    )


def test_a_scene_fee_on_the_borrower_is_refused() -> None:
    """J1 F(b), R-10."""
    scene_fee = guarantee("0.001", Payer.BORROWER, Collector.SCENE)
    with pytest.raises(SceneFeeOnBorrower):
        require_publishable(terms=terms(fees=(scene_fee,)), rules=RULES, on_date="2026-11-02")


@pytest.mark.parametrize(
    ("uplift", "allowed"), [("0.29", False), ("0.30", True), ("0.50", True), ("0.51", False)]
)
def test_the_penalty_band(uplift: str, allowed: bool) -> None:
    """P-04."""
    changed = terms(overdue_uplift=Decimal(uplift))
    if allowed:
        require_publishable(terms=changed, rules=RULES, on_date="2026-11-02")
    else:
        with pytest.raises(PenaltyOutOfBand):
            require_publishable(terms=changed, rules=RULES, on_date="2026-11-02")


def test_forbidden_and_unknown_purposes_are_refused() -> None:
    """R-08; a bank's own rule may forbid more."""
    with pytest.raises(PurposeForbidden):
        require_publishable(terms=terms(purposes=("securities",)), rules=RULES, on_date="2026-11-02")
    with pytest.raises(PurposeUnknown):
        require_publishable(terms=terms(purposes=("wishes",)), rules=RULES, on_date="2026-11-02")
    stricter = replace(RULES, forbidden_purposes=frozenset({"stock_purchase"}))
    with pytest.raises(PurposeForbidden):
        require_publishable(terms=terms(purposes=("stock_purchase",)), rules=stricter, on_date="2026-11-02")


def test_a_limit_above_the_online_maximum_is_refused() -> None:
    """S3-07."""
    with pytest.raises(LimitAboveRule):
        require_publishable(
            terms=terms(limit_max=Money.parse("1000000.01")), rules=RULES, on_date="2026-11-02"
        )


def test_the_overdue_rate_is_half_again() -> None:
    assert str(PRODUCT.overdue_rate) == "0.162000"
