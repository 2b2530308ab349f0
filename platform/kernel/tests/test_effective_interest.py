from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.apr import CashFlow, CashFlowsInvalid
from kernel.effective_interest import EstimateInvalid, effective_interest, re_estimate
from kernel.money import Money
from kernel.periods import Period
from kernel.revenue_share import RevenueShare, follow

START = date(2026, 1, 20)
PRINCIPAL, FEE, INSTALMENT = 100_000_00, 2_000_00, 8_661_90


def due(month: int) -> date:
    year, at = divmod(START.month - 1 + month, 12)
    return date(START.year + year, at + 1, START.day)


def flow(day: date, minor: int) -> CashFlow:
    return CashFlow(day, Money(minor))


LOAN = [flow(START, PRINCIPAL - FEE), *(flow(due(n), -INSTALMENT) for n in range(1, 13))]


def days(first: date, last: date) -> list[Period]:
    return [
        Period(first + timedelta(days=n), first + timedelta(days=n + 1)) for n in range((last - first).days)
    ]


def test_a_life_of_daily_income_adds_up_to_the_fen() -> None:
    estimate = effective_interest(LOAN)
    income = [estimate.income(day) for day in days(START, due(12))]
    assert sum(income) == 12 * INSTALMENT - (PRINCIPAL - FEE)  # interest 3,942.80 and the fee of 2,000.00
    assert all(minor >= 0 for minor in income)
    assert (estimate.carrying(START), estimate.carrying(due(12))) == (PRINCIPAL - FEE, 0)
    assert income == sorted(income[:31]) + income[31:]  # within a period it only grows


def test_the_adjustment_uses_up_the_fee_and_no_more() -> None:
    estimate = effective_interest(LOAN)
    balance, adjusted = PRINCIPAL, []
    for month in range(12):
        contractual = round(Fraction(balance * 72_000, 12 * 10**6))
        adjusted.append(estimate.adjustment(Period(due(month), due(month + 1)), contractual=contractual))
        balance -= INSTALMENT - contractual
    # The last row of the plan takes the remainder; here every instalment is alike, so it shows as balance.
    assert sum(adjusted) == FEE - balance
    assert adjusted[0] > adjusted[5] > adjusted[11]  # more is outstanding, more of the fee is earned


def test_the_rate_is_that_of_the_flows() -> None:
    """Checked by bisection over fractions: no solver in common."""
    low, high = Fraction(0), Fraction(1, 1000)
    for _ in range(60):
        middle = (low + high) / 2
        growth, standing, at = 1 + middle, Fraction(PRINCIPAL - FEE), START
        for each in LOAN[1:]:
            factor = Fraction(float(growth) ** (each.day - at).days).limit_denominator(10**18)
            standing, at = standing * factor + each.amount.minor, each.day
        low, high = (low, middle) if standing > 0 else (middle, high)
    assert abs(float(effective_interest(LOAN).daily_rate_exact) - float(low)) < 1e-12


def test_payoff_releases_what_is_still_deferred() -> None:
    estimate = effective_interest(LOAN)
    on_date = due(3)
    carrying_before = estimate.carrying(on_date) + INSTALMENT  # before the third instalment
    payoff = 76_500_00
    caught = re_estimate(estimate, on_date=on_date, moved=-payoff, flows=[])
    assert caught.amount == payoff - carrying_before
    assert caught.estimate.carrying(on_date) == 0
    assert caught.estimate.carrying(on_date + timedelta(days=400)) == 0
    total = sum(estimate.income(day) for day in days(START, on_date)) + caught.amount
    assert total == 2 * INSTALMENT + payoff - (PRINCIPAL - FEE)


def test_partial_prepayment_catches_up_at_the_original_rate() -> None:
    estimate = effective_interest(LOAN)
    on_date = due(6)
    later = [flow(due(n), -4_200_00) for n in range(7, 13)]
    caught = re_estimate(estimate, on_date=on_date, moved=-INSTALMENT - 26_000_00, flows=later)
    after = caught.estimate
    assert after.daily_rate_exact == estimate.daily_rate_exact
    earned = sum(estimate.income(day) for day in days(START, on_date))
    rest = sum(after.income(day) for day in days(on_date, due(12)))
    assert earned + caught.amount + rest == 6 * INSTALMENT + 26_000_00 + 6 * 4_200_00 - (PRINCIPAL - FEE)
    assert abs(after.carrying_exact(due(12))) < 1e-9
    unchanged = re_estimate(
        estimate, on_date=on_date, moved=-INSTALMENT, flows=[each for each in LOAN if each.day > on_date]
    )
    assert unchanged.amount == 0


def test_a_loan_without_cost_earns_nothing() -> None:
    estimate = effective_interest([flow(START, 1_200), *(flow(due(n), -100) for n in range(1, 13))])
    assert estimate.income(Period(START, due(12))) == 0


def test_refusals() -> None:
    estimate = effective_interest(LOAN)
    with pytest.raises(EstimateInvalid):
        estimate.carrying_exact(START - timedelta(days=1))
    with pytest.raises(EstimateInvalid):
        re_estimate(estimate, on_date=START - timedelta(days=1), moved=0, flows=[])
    with pytest.raises(EstimateInvalid):
        re_estimate(estimate, on_date=due(2), moved=0, flows=[flow(due(2), -1)])
    with pytest.raises(CashFlowsInvalid):
        effective_interest([flow(START, 100), flow(due(1), -99)])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(1_000, 10**7)), min_size=1, max_size=8),
    st.integers(0, 10**6),
    st.lists(st.integers(0, 400), min_size=2, max_size=5),
)
def test_any_cuts_of_any_life_add_up(paid: list[tuple[int, int]], cost: int, cuts: list[int]) -> None:
    at, flows = START, []
    for gap, minor in paid:
        at += timedelta(days=gap)
        flows.append(flow(at, -minor))
    total = sum(minor for _, minor in paid)
    lent = total - min(cost, total // 4)
    estimate = effective_interest([flow(START, lent), *flows])
    marks = sorted({START, at, *(START + timedelta(days=cut) for cut in cuts)})
    marks = [day for day in marks if day <= at]
    income = [estimate.income(Period(early, late)) for early, late in pairwise(marks)]
    assert sum(income) == total - lent
    assert estimate.carrying(at) == 0


def test_a_revenue_share_earns_its_discount_as_the_money_comes_back() -> None:
    """Expected from the base path of receipts, caught up when a faster month comes, waived to the fen."""
    terms = RevenueShare(
        paid_out=100_000_00,
        start_date=START,
        tenor_days=365,
        share_ppm=100_000,
        cost_cap=Decimal("0.24"),
        discount=8_000_00,
    )
    base = {START + timedelta(days=n): 3_500_00 for n in range(1, 366)}
    fast = base | {START + timedelta(days=n): 20_000_00 for n in range(31, 366)}
    expected, real = follow(terms, base), follow(terms, fast)
    estimate = effective_interest([flow(START, terms.paid_out), *(flow(d, -m) for d, m in expected.payments)])
    assert estimate.earned(estimate.end_date) == expected.paid - terms.paid_out
    turn = START + timedelta(days=31)
    paid_that_day = sum(minor for day, minor in real.payments if day == turn)
    later = [flow(day, -minor) for day, minor in real.payments if day > turn]
    caught = re_estimate(estimate, on_date=turn, moved=-paid_that_day, flows=later)
    assert caught.amount > 0  # the same discount is earned sooner
    whole = (
        estimate.earned(turn)
        + caught.amount
        + caught.estimate.income(Period(turn, START + timedelta(days=366)))
    )
    assert whole == real.paid - terms.paid_out
    assert caught.estimate.carrying(real.payments[-1][0]) == 0
