from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.features.facts import FactType
from risk.pricing.breakeven import Costs, Point, best_point, breakeven_rate, worth_exact
from risk.pricing.stage import PriceStage, compile_price
from risk.rules.stages import StageInvalid

COSTS: dict[str, Any] = {
    "day_basis": 365,
    "cost_of_funds": "0.0250",
    "operating_cost": "0",
    "capital_charge": "0",
    "loss_given_default": "0.60",
}
CURVE = [["0.0500", "0.10"], ["0.0700", "0.30"], ["0.0900", "0.45"], ["0.1200", "0.80"]]
FUNDS = Costs(Decimal("0.025"), Decimal(0), Decimal(0), Decimal("0.60"))
KNOWN: dict[str, Any] = {
    "pd.probability": Decimal("0.02"),
    "grade.grade": "A",
    "rules.annual_cost_cap": Decimal("0.24"),
    "product.annual_rate": None,
}
TYPES = {"product.annual_rate": FactType.RATIO, "rules.annual_cost_cap": FactType.RATIO}


def stage(**change: object) -> PriceStage:
    return compile_price(COSTS | {"churn": {"A": CURVE}} | change, TYPES, path="price", grades=("A",))


def smoothed(bad: int, of: int) -> Decimal:
    return (bad + Decimal("0.5")) / (of + 1)


@pytest.mark.parametrize(
    ("pd", "floor"), [(smoothed(0, 27), "0.0364"), (smoothed(1, 38), "0.0500"), (smoothed(2, 34), "0.0731")]
)
def test_the_floor_of_the_three_ratings(pd: Decimal, floor: str) -> None:
    """The design's check on real rates of default: funds 2.5 %, loss given default 60 %."""
    assert breakeven_rate(FUNDS, pd).quantize(Decimal("0.0001")) == Decimal(floor)


def test_at_the_floor_nothing_is_lost_and_nothing_earned() -> None:
    pd = Decimal("0.02")
    floor = breakeven_rate(FUNDS, pd)

    assert 0 <= worth_exact(Point(floor, Decimal(0)), FUNDS, pd) < Decimal("0.000001")
    assert worth_exact(Point(floor - Decimal("0.000001"), Decimal(0)), FUNDS, pd) < 0
    assert breakeven_rate(FUNDS, Decimal(1)) > 1


def test_the_price_is_the_seen_rate_of_most_worth() -> None:
    """S0-11: floor 3.78 %; (1 - churn) x (0.98 rate - 0.037) is greatest at 9 %: 0.55 x 0.0512."""
    result = stage().run(KNOWN)

    assert result.derived["price.annual_rate"] == Decimal("0.0900")
    assert dict(result.trace) == {
        "floor": "0.037756",
        "churn": "0.45",
        "worth": "0.028160",
        "cap": "0.240000",
        "rate": "0.0900",
    }
    assert result.findings == ()


def test_the_legal_cap_leaves_only_the_rates_below_it() -> None:
    assert stage().run(KNOWN | {"rules.annual_cost_cap": Decimal("0.08")}).derived == {
        "price.annual_rate": Decimal("0.0700")
    }


def test_a_floor_above_every_seen_rate_is_the_price_until_the_cap_and_then_a_decline() -> None:
    """A clash declines; the rate is never cut down to the cap."""
    risky = KNOWN | {"pd.probability": Decimal("0.15")}

    priced, clash = stage().run(risky), stage().run(risky | {"rules.annual_cost_cap": Decimal("0.13")})

    assert priced.derived["price.annual_rate"] == Decimal("0.135295")
    assert clash.derived["price.annual_rate"] is None
    assert [(one.outcome, one.reason) for one in clash.findings] == [("decline", "price_clash")]


def test_a_products_own_rate_wins_but_not_below_the_floor() -> None:
    own = stage().run(KNOWN | {"product.annual_rate": Decimal("0.06")})
    cheap = stage().run(KNOWN | {"product.annual_rate": Decimal("0.03")})

    assert own.derived["price.annual_rate"] == Decimal("0.06")
    assert [one.reason for one in cheap.findings] == ["price_clash"]


@pytest.mark.parametrize("name", ["pd.probability", "grade.grade", "rules.annual_cost_cap"])
def test_without_what_it_needs_there_is_no_price(name: str) -> None:
    result = stage().run(KNOWN | {name: None})

    assert [(one.outcome, one.reason) for one in result.findings] == [("refer", "fact_unknown")]
    assert result.derived == {"price.annual_rate": None}


ppm = st.integers(0, 300_000).map(lambda value: Decimal(value) / 1_000_000)


@given(st.lists(st.tuples(ppm, ppm), min_size=1, max_size=12), ppm, ppm, ppm)
@settings(deadline=None)
def test_no_seen_rate_within_the_bounds_is_worth_more(
    points: list[tuple[Decimal, Decimal]], pd: Decimal, one: Decimal, other: Decimal
) -> None:
    curve = [Point(rate, churn) for rate, churn in points]
    floor, cap = sorted((one, other))

    best = best_point(curve, FUNDS, pd, floor=floor, cap=cap)

    within = [point for point in curve if floor <= point.rate <= cap]
    assert (best is None) is not bool(within)
    if best is not None:
        assert floor <= best.rate <= cap
        assert all(worth_exact(point, FUNDS, pd) <= worth_exact(best, FUNDS, pd) for point in within)


@pytest.mark.parametrize(
    "change",
    [
        {"day_basis": 364},
        {"cost_of_funds": "NaN"},
        {"cost_of_funds": "1e-3"},
        {"churn": {}},
        {"churn": {"A": []}},
        {"churn": {"A": CURVE, "B": CURVE}},
        {"churn": {"A": CURVE[::-1]}},
        {"churn": {"A": [["0.05", "1.01"]]}},
        {"churn": {"A": [["0.0500001", "0"]]}},
        {"churn": {"A": [["0.05"]]}},
        {"churn": {"A": "cheap"}},
        {"rates": {"A": "0.05"}},
    ],
)
def test_an_odd_section_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(StageInvalid, match="price: "):
        stage(**change)
