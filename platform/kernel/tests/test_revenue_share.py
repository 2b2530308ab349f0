from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.rates import AnnualRate
from kernel.revenue_share import (
    Breach,
    RevenueShare,
    RevenueShareInvalid,
    RevenueShareTooDear,
    Standing,
    annual_cost_of,
    breach_on,
    disclosed_maximum,
    follow,
)

START = date(2026, 1, 1)
BY_INTEREST = RevenueShare(
    paid_out=100_000_00,
    start_date=START,
    tenor_days=365,
    share_ppm=100_000,
    cost_cap=Decimal("0.24"),
    annual_rate=AnnualRate.parse("0.108"),
)
BY_DISCOUNT = replace(BY_INTEREST, annual_rate=AnnualRate(0), discount=8_000_00)


def path(minor: int, every: int = 1) -> dict[date, int]:
    return {START + timedelta(days=n): minor for n in range(1, 366, every)}


SLOW, BASE, FAST = path(500_00), path(3_000_00), path(60_000_00)


class TestThreePaths:
    """Beyond 1: slow, base and fast receipts, proven at disclosure."""

    @pytest.mark.parametrize("terms", [BY_INTEREST, BY_DISCOUNT])
    def test_no_path_costs_more_than_the_cap_or_the_maximum(self, terms: RevenueShare) -> None:
        most = disclosed_maximum(terms)
        ends = [follow(terms, receipts) for receipts in (SLOW, BASE, FAST)]
        assert all(end.is_settled for end in ends)
        assert all(annual_cost_of(end) <= terms.cost_cap for end in ends)
        assert [end.paid for end in ends] == sorted((end.paid for end in ends), reverse=True)
        assert ends[0].paid <= most

    def test_by_interest_the_cost_is_the_nominal_rate_on_365_days(self) -> None:
        costs = [annual_cost_of(follow(BY_INTEREST, receipts)) for receipts in (BASE, FAST)]
        assert all(abs(cost - Decimal("0.1095")) < Decimal("0.00001") for cost in costs)

    def test_a_fast_path_waives_what_the_cap_does_not_allow(self) -> None:
        end = follow(BY_DISCOUNT, FAST)
        # 6,000 a day: repaid in 17 days, of 8,000.00 only this much can be earned at 24 %.
        assert (end.payments[-1][0] - START).days == 17
        assert end.paid - BY_DISCOUNT.paid_out == 585_39
        assert Decimal("0.2399") < annual_cost_of(end) <= Decimal("0.24")
        assert disclosed_maximum(BY_DISCOUNT) == 108_000_00


class TestDue:
    """What a day's receipts make due."""

    def test_the_share_rounded_down_and_never_more_than_the_payoff(self) -> None:
        standing = Standing.opened(BY_INTEREST)
        standing.advance(START + timedelta(days=10))
        assert standing.interest_owed == 300_00
        assert standing.due_from(1_460_09) == 146_00
        assert standing.due_from(0) == standing.due_from(-500) == 0
        assert standing.due_from(10**12) == standing.payoff == 100_300_00

    def test_interest_is_paid_first_and_too_much_comes_back(self) -> None:
        standing = Standing.opened(BY_INTEREST)
        standing.advance(START + timedelta(days=10))
        assert standing.pay(500_00) == 0
        assert (standing.principal, standing.interest_owed) == (99_800_00, 0)
        assert standing.pay(100_000_00) == 200_00
        assert standing.is_settled
        assert standing.payoff == 0

    def test_no_interest_runs_after_the_maturity(self) -> None:
        standing = Standing.opened(BY_INTEREST)
        standing.advance(START + timedelta(days=365))
        owed = standing.payoff
        standing.advance(START + timedelta(days=700))
        assert standing.payoff == owed == disclosed_maximum(BY_INTEREST)  # not even the floors were paid


class TestFloor:
    """Overdue is judged by the floor alone."""

    def test_floors_are_a_fraction_of_the_level_plan(self) -> None:
        assert BY_INTEREST.floors() == (
            (date(2026, 4, 1), 9_863_02),  # 40 % of 90/365, rounded up
            (date(2026, 7, 1), 19_835_62),
            (date(2026, 10, 1), 29_917_81),
            (date(2027, 1, 1), 100_000_00),
        )

    def test_a_missed_floor_is_a_breach_from_the_next_day_until_it_is_reached(self) -> None:
        standing = Standing.opened(BY_INTEREST)
        standing.advance(date(2026, 4, 1))
        assert standing.top_up() == 9_863_02
        standing.pay(9_000_00)
        assert breach_on(standing) == Breach(0, 0)
        standing.advance(date(2026, 4, 2))
        assert breach_on(standing) == Breach(863_02, 1)
        standing.advance(date(2026, 7, 2))
        assert breach_on(standing) == Breach(10_835_62, 92)  # more than 90 days: never normal (C-02)
        standing.pay(863_02)
        assert breach_on(standing) == Breach(9_972_60, 1)
        standing.pay(9_972_60)
        assert not breach_on(standing).is_breach

    def test_at_the_end_everything_is_the_floor(self) -> None:
        standing = Standing.opened(BY_INTEREST)
        standing.advance(date(2026, 12, 31))
        standing.pay(99_000_00)
        standing.advance(date(2027, 1, 3))
        assert breach_on(standing) == Breach(standing.payoff, 2)
        assert standing.top_up() == standing.payoff
        standing.pay(standing.payoff)
        assert not breach_on(standing).is_breach


class TestRefusals:
    """Terms that do not hold together."""

    @pytest.mark.parametrize(
        "change",
        [
            {"paid_out": 0},
            {"discount": -1},
            {"tenor_days": 0},
            {"share_ppm": 0},
            {"share_ppm": 1_000_001},
            {"floor_ppm": -1},
            {"cost_cap": Decimal(0)},
        ],
    )
    def test_faulty_terms(self, change: Any) -> None:
        with pytest.raises(RevenueShareInvalid):
            replace(BY_INTEREST, **change)

    def test_a_discount_no_path_can_earn_within_the_cap(self) -> None:
        dear = replace(BY_DISCOUNT, discount=26_000_00)
        with pytest.raises(RevenueShareTooDear) as refused:
            Standing.opened(dear)
        assert refused.value.params["cap_percent"] == "24.00"
        assert Decimal(str(refused.value.params["cost_percent"])) > 24

    def test_time_and_money_run_forwards(self) -> None:
        standing = Standing.opened(BY_INTEREST)
        with pytest.raises(RevenueShareInvalid):
            standing.advance(START - timedelta(days=1))
        with pytest.raises(RevenueShareInvalid):
            standing.pay(-1)
        assert (standing.day, standing.paid) == (START, 0)


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.integers(1, 400), st.integers(0, 3_000_000_00), max_size=20),
    st.integers(0, 15_000_00),
    st.sampled_from(["0", "0.072", "0.108", "0.18"]),
    st.sampled_from([30, 91, 200, 365]),
    st.integers(0, 1_000_000),
)
def test_every_path_keeps_both_promises(
    receipts: dict[int, int], discount: int, rate: str, tenor: int, floor: int
) -> None:
    terms = replace(
        BY_INTEREST,
        annual_rate=AnnualRate.parse(rate),
        discount=discount,
        tenor_days=tenor,
        floor_ppm=floor,
    )
    try:
        most = disclosed_maximum(terms)
    except RevenueShareTooDear:
        return
    end = follow(terms, {START + timedelta(days=n): minor for n, minor in receipts.items()})
    assert end.is_settled
    assert terms.paid_out <= end.paid <= most
    assert annual_cost_of(end) <= terms.cost_cap
    assert not breach_on(end).is_breach
