from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.apr import (
    CashFlow,
    CashFlowsInvalid,
    annual_by_days,
    annual_by_months,
    effective_by_days,
    effective_by_months,
    monthly_rate,
    simple_by_days,
)
from kernel.money import CurrencyMismatch, Money
from kernel.rates import AnnualRate

START = date(2026, 1, 1)


def percent(rate: Decimal) -> str:
    return str((rate * 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def instalment(principal: int, annual: str, months: int = 12) -> Money:
    """The level instalment, rounded to the fen."""
    rate = Decimal(annual) / 12
    exact = principal * rate * (1 + rate) ** months / ((1 + rate) ** months - 1)
    return Money.parse(exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def flows(received: str, paid: Money, months: int = 12) -> list[Money]:
    return [Money.parse(received), *[-paid] * months]


class TestVectors:
    """Rules 2.2: principal 100,000, twelve equal monthly instalments."""

    @pytest.mark.parametrize(
        ("nominal", "fee", "received", "paid", "annual", "effective"),
        [
            ("0.072", "0.00", "100000.00", "8661.90", "7.20", "7.44"),  # A
            ("0.072", "0.00", "98000.00", "8661.90", "11.01", "11.58"),  # B: 2 % upfront
            ("0.150", "450.00", "100000.00", "9475.83", "24.41", "27.34"),  # C: blocked at 24 %
            ("0.180", "500.00", "100000.00", "9668.00", "28.36", "32.35"),  # D: blocked
        ],
    )
    def test_a_to_d(
        self, nominal: Any, fee: Any, received: Any, paid: Any, annual: Any, effective: Any
    ) -> None:
        monthly = instalment(100_000, nominal) + Money.parse(fee)
        assert str(monthly) == paid
        made = flows(received, monthly)
        assert (percent(annual_by_months(made)), percent(effective_by_months(made))) == (annual, effective)

    def test_e_one_percent_flat_is_not_twelve(self) -> None:
        made = flows("100000.00", Money.parse("9333.33"))
        assert (percent(annual_by_months(made)), percent(effective_by_months(made))) == ("21.46", "23.70")

    def test_f_a_revolving_rate_on_360_days_is_more_on_365(self) -> None:
        assert percent(AnnualRate.parse("0.238").on_basis(365)) == "24.13"
        assert (
            AnnualRate.parse("0.236700").on_basis(365)
            < Decimal("0.24")
            < AnnualRate.parse("0.236800").on_basis(365)
        )
        month = Money.parse("100000.00") * 1
        interest = Money.parse("1983.33")  # 100,000 x 23.8 % x 30 / 360
        made = [CashFlow(START, month), CashFlow(START + timedelta(days=30), -(month + interest))]
        assert percent(simple_by_days(made)) == "24.13"

    def test_g_a_daily_rate_is_shown_by_the_year(self) -> None:
        daily = AnnualRate.parse(Decimal("0.00033") * 360)
        assert (percent(daily.fraction), percent(daily.on_basis(365))) == ("11.88", "12.05")


def test_a_day_is_a_day() -> None:
    made = [
        CashFlow(START, Money.parse("10000.00")),
        CashFlow(START + timedelta(days=1), -Money.parse("10010.00")),
    ]
    assert annual_by_days(made) == simple_by_days(made) == Decimal("0.365")
    assert percent(effective_by_days(made)) == "44.03"


def test_the_order_and_the_splitting_of_flows_do_not_matter() -> None:
    whole = [
        CashFlow(START, Money.parse("30000.00")),
        CashFlow(START + timedelta(days=10), -Money.parse("10060.00")),
        CashFlow(START + timedelta(days=27), -Money.parse("20068.00")),
    ]
    split = [
        whole[2],
        CashFlow(whole[1].day, -Money.parse("60.00")),
        CashFlow(whole[1].day, -Money.parse("10000.00")),
        whole[0],
    ]
    assert annual_by_days(split) == annual_by_days(whole)
    # 7.2 % on 360 days is 7.30 % on 365; compounding takes a little.
    assert percent(annual_by_days(whole)) == "7.29"


def test_a_loan_without_cost_costs_nothing() -> None:
    made = flows("1200.00", Money.parse("100.00"))
    assert monthly_rate(made) == annual_by_months(made) == effective_by_months(made) == 0


@pytest.mark.parametrize(
    "amounts",
    [
        [],
        [100],
        [-100],
        [0, 0],
        [100, -99],  # less is paid than received
        [-100, 110],  # the borrower pays first
        [-10, 100, -95],
        [100, -150, 200, -160],  # paid off, then owed again: two rates fit
        [1, -(10**15)],  # no loan costs that
    ],
)
def test_flows_without_one_rate_are_refused(amounts: Any) -> None:
    with pytest.raises(CashFlowsInvalid):
        monthly_rate([Money(amount) for amount in amounts])
    with pytest.raises(CashFlowsInvalid):
        annual_by_days(
            [CashFlow(START + timedelta(days=n), Money(amount)) for n, amount in enumerate(amounts)]
        )


def test_simple_interest_needs_something_outstanding_for_a_while() -> None:
    for made in ([], [CashFlow(START, Money(100)), CashFlow(START, -Money(100))]):
        with pytest.raises(CashFlowsInvalid):
            simple_by_days(made)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        monthly_rate([Money(100), Money(-110, "USD")])
    with pytest.raises(CurrencyMismatch):
        annual_by_days([CashFlow(START, Money(100)), CashFlow(START, Money(-110, "USD"))])


parts = st.lists(st.integers(min_value=100, max_value=10**7), min_size=1, max_size=36)


@given(parts, st.integers(min_value=0, max_value=10**6))
def test_the_rate_makes_the_flows_worth_nothing(repaid: list[int], cost: int) -> None:
    received = sum(repaid)
    amounts = [Money(received), *(-Money(part) for part in repaid[:-1]), -Money(repaid[-1] + cost)]
    rate = monthly_rate(amounts)
    worth = sum(amount.minor / (1 + rate) ** n for n, amount in enumerate(amounts))
    assert rate >= 0
    assert abs(worth) <= Decimal("1E-6") * received
    assert (rate == 0) == (cost == 0)


@given(parts, st.integers(min_value=1, max_value=10**6), st.integers(min_value=1, max_value=10**6))
def test_a_dearer_loan_has_a_higher_rate(repaid: list[int], cost: int, more: int) -> None:
    def rate(total: Any) -> Any:
        amounts = [Money(sum(repaid)), *(-Money(part) for part in repaid[:-1]), -Money(repaid[-1] + total)]
        return annual_by_months(amounts)

    assert rate(cost) < rate(cost + more)


@given(st.integers(min_value=1, max_value=3_650), st.integers(min_value=0, max_value=240_000))
def test_one_draw_and_one_repayment_give_the_nominal_rate_back(day_count: int, ppm: int) -> None:
    principal = 10**12
    exact = Decimal(principal) * ppm * day_count / (365 * 10**6)
    paid = -Money(principal + int(exact))
    made = [CashFlow(START, Money(principal)), CashFlow(START + timedelta(days=day_count), paid)]
    assert abs(simple_by_days(made) - Decimal(ppm).scaleb(-6)) < Decimal("1E-9")
    assert annual_by_days(made) <= simple_by_days(made)
