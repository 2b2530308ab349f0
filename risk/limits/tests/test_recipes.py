from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.features.facts import CATALOGUE, Facts
from risk.limits.recipes import Cap, RecipeInvalid, compile_cap, floor_to_step

TYPES = {name: entry.type for name, entry in CATALOGUE.items()}
GRADES = ("A", "B")
RECEIPTS: dict[str, Any] = {
    "daily_fact": "receipts.credited_daily_90d",
    "fallback_fact": "receipts.median_calendar_90d",
    "fallback_factor": "0.80",
    "days": 90,
    "multiple": {"A": "0.50", "B": "0.25"},
    "uplift": "0.00",
}
RUNGS = [{"from": 0, "amount": "12000.00"}, {"from": 2, "amount": "50000.00"}]


def cap(recipe: str, parameters: object) -> Cap:
    row = {"cap": "it", "recipe": recipe, "parameters": parameters, "reason": "limit_receipts"}
    return compile_cap(row, GRADES, TYPES)


def facts(daily: str | None, refunds: str = "0", plain: str = "500.00") -> Facts:
    return {
        "receipts.credited_daily_90d": None if daily is None else Decimal(daily),
        "receipts.median_calendar_90d": Decimal(plain),
        "receipts.refund_rate_90d": Decimal(refunds),
    }


def test_the_receipts_cap_to_the_fen() -> None:
    it = cap("receipts_multiple", RECEIPTS)

    assert it.figure_exact(facts("500.00"), "A") == Decimal(22_500)  # 500 x 90 x 0.5
    assert it.figure_exact(facts("500.00", "0.1"), "B") == Decimal(10_125)
    assert it.figure_exact(facts(None), "A") == Decimal(18_000)  # payers not known: 0.8 of the plain median
    assert (
        cap("receipts_multiple", RECEIPTS | {"uplift": "0.30"}).figure_exact(facts("500.00"), "A") == 29_250
    )


def test_unknown_receipts_make_an_unknown_cap() -> None:
    it = cap("receipts_multiple", RECEIPTS)

    assert it.figure_exact({}, "A") is None
    assert it.figure_exact(dict(facts("500.00")) | {"receipts.refund_rate_90d": None}, "A") is None
    assert cap("of_fact", {"fact": "product.limit_max"}).figure_exact({}, "A") is None


yuan = st.decimals(0, 10**7, places=2)


@settings(deadline=None)
@given(yuan, yuan, st.decimals(0, 2, places=6), st.decimals(0, 2, places=6), st.sampled_from(GRADES))
def test_more_receipts_never_lower_and_more_refunds_never_raise(
    one: Decimal, other: Decimal, refunds: Decimal, more_refunds: Decimal, grade: str
) -> None:
    it = cap("receipts_multiple", RECEIPTS)
    less, more = sorted((one, other))
    few, many = sorted((refunds, more_refunds))

    low, high = (it.figure_exact(facts(str(daily), str(few)), grade) for daily in (less, more))
    refunded = it.figure_exact(facts(str(more), str(many)), grade)
    unknown = [it.figure_exact(facts(None, str(few), str(plain)), grade) for plain in (less, more)]

    assert low is not None and high is not None and refunded is not None
    assert low <= high
    assert refunded <= high
    assert refunded >= 0
    assert unknown[0] <= unknown[1]  # type: ignore[operator]


def test_the_ladder_climbs_with_loans_settled_and_unknown_is_the_first_rung() -> None:
    """S1-06: a first limit of 12,000, more once loans are repaid."""
    it = cap("ladder", {"fact": "bank.loans_settled", "rungs": RUNGS})

    found = [it.figure_exact({"bank.loans_settled": count}, "A") for count in (None, 0, 1, 2, 9)]

    assert found == [Decimal(12_000)] * 3 + [Decimal(50_000)] * 2


@settings(deadline=None)
@given(yuan, st.sampled_from([Decimal("0.01"), Decimal(100), Decimal(1000)]))
def test_rounding_is_down_to_whole_steps(exact: Decimal, step: Decimal) -> None:
    rounded = floor_to_step(exact, step)

    assert rounded <= exact < rounded + step
    assert rounded % step == 0


@pytest.mark.parametrize(
    ("recipe", "parameters"),
    [
        ("eval", {}),
        ("receipts_multiple", {}),
        ("receipts_multiple", RECEIPTS | {"multiple": {"A": "0.5"}}),
        ("receipts_multiple", RECEIPTS | {"multiple": {"A": "0.5", "B": 0.25}}),
        ("receipts_multiple", RECEIPTS | {"multiple": {"A": "-0.5", "B": "0.2"}}),
        ("receipts_multiple", RECEIPTS | {"days": 0}),
        ("receipts_multiple", RECEIPTS | {"daily_fact": "receipts.history_days"}),
        ("receipts_multiple", RECEIPTS | {"fallback_factor": "1.5"}),
        ("ladder", {"fact": "bank.loans_settled", "rungs": []}),
        ("ladder", {"fact": "bank.loans_settled", "rungs": RUNGS[1:]}),
        ("ladder", {"fact": "bank.loans_settled", "rungs": RUNGS[::-1]}),
        ("ladder", {"fact": "bank.overdue_now", "rungs": RUNGS}),
        ("fixed", {"amount": "1.001"}),
        ("fixed", {"amount": 1}),
        ("of_fact", {"fact": "enterprise.employees"}),
    ],
)
def test_what_is_not_a_recipe_is_refused(recipe: str, parameters: object) -> None:
    with pytest.raises(RecipeInvalid):
        cap(recipe, parameters)


def test_a_fact_that_the_strategy_does_not_declare_is_refused() -> None:
    row = {"cap": "it", "recipe": "of_fact", "parameters": {"fact": "product.limit_max"}, "reason": "x"}
    with pytest.raises(RecipeInvalid):
        compile_cap(row, GRADES, {})
