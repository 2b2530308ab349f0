"""What terms cost in a year: the vectors of rules 2.2, with and without instalments. Pure."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kernel.money import Money
from kernel.rates import AnnualRate
from lending.products.costs import cost_of, dearest_cost_of
from lending.products.publish_check import (
    CostCapExceeded,
    FlatRateRefused,
    PublishRules,
    require_at_most,
    require_publishable,
)
from lending.products.terms import Collector, Fee, Payer, ProductTerms

LINE = ProductTerms(
    code="tea_house",
    name_zh="茶馆贷",
    name_en="Tea house line",
    limit_min=Money.parse("5000"),
    limit_max=Money.parse("100000"),
    draw_min=Money.parse("100"),
    annual_rate=AnnualRate.parse("0.072"),
    overdue_uplift=Decimal("0.400000"),
)
TERM = replace(
    LINE, repayment_method="level_instalment", instalment_count=12, revolving=False, day_count="ACT/360"
)
RULES = PublishRules(
    annual_cost_cap=Decimal("0.24"),
    overdue_uplift_min=Decimal("0.3"),
    overdue_uplift_max=Decimal("0.5"),
    online_unsecured_max=Money.parse("300000"),
)


def fee(rate: str, collector: Collector = Collector.GUARANTOR) -> Fee:
    return Fee("fee", "Fee", "费用", collector, Payer.BORROWER, Decimal(rate))


def percent(cost: Decimal) -> str:
    return f"{cost * 100:.2f}"


def publish(terms: ProductTerms) -> Decimal:
    return require_publishable(terms=terms, rules=RULES, on_date="2026-11-02")


class TestVectors:
    """Rules 2.2: A, B, E and F as products; C and D have a monthly fee, which no product of ours has."""

    def test_a_level_instalments_cost_their_rate(self) -> None:
        assert publish(TERM) == Decimal("0.072")

    def test_b_two_percent_upfront(self) -> None:
        terms = replace(TERM, fees=(fee("0.02", Collector.BANK),))
        assert percent(publish(terms)) == "11.01"

    def test_a_guarantor_can_break_the_cap_as_well_as_the_bank(self) -> None:
        terms = replace(TERM, annual_rate=AnnualRate.parse("0.18"), fees=(fee("0.04"),))
        with pytest.raises(CostCapExceeded) as refused:
            publish(terms)
        assert refused.value.params == {
            "cost_percent": percent(dearest_cost_of(terms)),
            "cap_percent": "24.00",
            "on_date": "2026-11-02",
        }

    def test_e_a_flat_rate_is_refused_with_what_it_really_costs(self) -> None:
        flat = replace(TERM, repayment_method="flat", annual_rate=AnnualRate.parse("0.12"))
        with pytest.raises(FlatRateRefused) as refused:
            publish(flat)
        assert refused.value.params == {"label_percent": "12.00", "cost_percent": "21.46"}

    @pytest.mark.parametrize("rate", ["0.236700", "0.236712"])
    def test_f_the_highest_nominal_rate_on_360_days(self, rate: str) -> None:
        assert publish(replace(LINE, annual_rate=AnnualRate.parse(rate))) <= Decimal("0.24")

    @pytest.mark.parametrize(("rate", "cost"), [("0.238", "24.13"), ("0.236713", "24.000068")])
    def test_f_and_the_first_above_it(self, rate: str, cost: str) -> None:
        with pytest.raises(CostCapExceeded) as refused:
            publish(replace(LINE, annual_rate=AnnualRate.parse(rate)))
        assert refused.value.params["cost_percent"] == cost


@pytest.mark.parametrize("method", ["level_instalment", "level_principal", "interest_first"])
@pytest.mark.parametrize("amount", ["5000", "99999.99"])
def test_at_the_very_cap_rounding_is_no_price(method: str, amount: str) -> None:
    terms = replace(TERM, repayment_method=method, annual_rate=AnnualRate.parse("0.24"))
    assert cost_of(terms, amount=Money.parse(amount), days=1) == Decimal("0.24")
    assert publish(terms) == Decimal("0.24")
    with pytest.raises(CostCapExceeded):
        publish(replace(terms, annual_rate=AnnualRate.parse("0.240001")))


def test_a_fee_weighs_most_on_the_shortest_draw() -> None:
    """1 % out of 10,000 for 100 days: (300 + 100) / 9,900 x 365 / 100."""
    terms = replace(LINE, annual_rate=AnnualRate.parse("0.108"), fees=(fee("0.01"),))
    cost = cost_of(terms, amount=Money.parse("10000"), days=100)
    assert cost == (Decimal(400) / 9_900 * 365 / 100).quantize(Decimal("1E-9"))
    assert dearest_cost_of(replace(terms, tenor_days_min=10)) > dearest_cost_of(
        replace(terms, tenor_days_min=100)
    )


def test_weekly_instalments_are_reckoned_by_days() -> None:
    weekly = replace(TERM, period_unit="week", instalment_count=26)
    assert Decimal("0.0720") < cost_of(weekly, amount=Money.parse("10000"), days=1) < Decimal("0.0725")


def test_a_line_may_have_another_rate_than_its_product() -> None:
    dear = AnnualRate.parse("0.25")
    assert cost_of(LINE, amount=Money.parse("100"), days=1, annual_rate=dear) == dear.on_basis(365)


def test_two_figures_that_look_alike_are_told_apart() -> None:
    require_at_most(cost_exact=Decimal("0.24"), cap=Decimal("0.24"), on_date="2026-11-02")
    with pytest.raises(CostCapExceeded) as refused:
        require_at_most(cost_exact=Decimal("0.240004"), cap=Decimal("0.24"), on_date="2026-11-02")
    assert refused.value.params["cost_percent"] == "24.000400"
