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


TAX: dict[str, Any] = {
    "grade_fact": "taxes.credit_class",
    "paid_fact": "taxes.paid_365d",
    "filed_fact": "taxes.months_filed_365d",
    "months": 12,
    "multiples": {"A": "8.00", "B": "5.00", "M": "3.00", "C": "1.00"},
}
CAPACITY: dict[str, Any] = {
    "cash_fact": "cash.net_monthly",
    "service_fact": "bureau.debt_service_monthly",
    "cover": "1.25",
    "stress": "0.20",
    "monthly_rate": "0.01",
    "months": 12,
}
LEVERAGE = {"base_fact": "cash.net_monthly", "debt_fact": "bureau.debt_total", "times": "24"}
OWNER: dict[str, Any] = {
    "income_fact": "owner.income_monthly",
    "income_months": 10,
    "proofs": [
        {"fact": "owner.policy_value", "share": "0.80"},
        {"fact": "owner.property_value", "share": "0.50"},
    ],
    "debt_fact": "owner.debt_total",
}


def taxes(grade: str | None, paid: str = "30000.00", filed: int | None = 12) -> Facts:
    return {
        "taxes.credit_class": grade,
        "taxes.paid_365d": Decimal(paid),
        "taxes.months_filed_365d": filed,
    }


@pytest.mark.parametrize(
    ("facts", "figure"),
    [
        (taxes("A"), "240000"),
        (taxes("B"), "150000"),
        (taxes("M"), "90000"),
        (taxes("C"), "30000"),
        (taxes("D"), "0"),  # a class that the document does not list carries nothing
        (taxes("A", filed=9), "180000"),  # three months without a filing
        (taxes("A", filed=14), "240000"),
        (taxes("A", filed=None), None),
        (taxes(None), None),  # no tax data is a state, not zero (S4-04)
    ],
)
def test_the_tax_cap_by_class_taxes_paid_and_continuity(facts: Facts, figure: str | None) -> None:
    """S2-24."""
    found = cap("tax_multiple", TAX).figure_exact(facts, "A")
    assert found == (None if figure is None else Decimal(figure))


def test_without_tax_data_receipts_still_carry_a_limit() -> None:
    """S4-04: the best of the recipes that are known."""
    parts = [
        {"recipe": "receipts_multiple", "parameters": RECEIPTS},
        {"recipe": "tax_multiple", "parameters": TAX},
    ]
    it = cap("best_of", {"of": parts})

    assert it.figure_exact(facts("500.00"), "A") == Decimal(22_500)
    assert it.figure_exact(dict(facts("500.00")) | dict(taxes("A")), "A") == Decimal(240_000)
    assert it.figure_exact({}, "A") is None
    assert it.tolerates == set(it.reads)


def test_what_can_be_repaid_is_what_stressed_cash_covers() -> None:
    """S2-42: 15,000 / (1.2 x 1.25) - 2,000 = 8,000 a month; a level loan of twelve at 1 % a month."""
    it = cap("repayment_capacity", CAPACITY)
    known: dict[str, Any] = {
        "cash.net_monthly": Decimal("15000.00"),
        "bureau.debt_service_monthly": Decimal("2000.00"),
        "application.tenor_days": 365,
    }
    worth = sum(1 / Decimal("1.01") ** month for month in range(1, 13))

    found = it.figure_exact(known, "A")

    assert found is not None and abs(found - 8000 * worth) < Decimal("1e-15")
    assert it.figure_exact(known | {"application.tenor_days": 29}, "A") == pytest.approx(
        8000 / Decimal("1.01")
    )
    assert it.figure_exact(known | {"bureau.debt_service_monthly": Decimal(10_001)}, "A") == 0
    assert it.figure_exact(known | {"bureau.debt_service_monthly": None}, "A") is None
    with pytest.raises(RecipeInvalid, match="at least once"):
        cap("repayment_capacity", CAPACITY | {"cover": "0.80"})


def test_leverage_counts_every_debt() -> None:
    it = cap("leverage", LEVERAGE)
    known = {"cash.net_monthly": Decimal("15000.00"), "bureau.debt_total": Decimal("300000.00")}

    assert it.figure_exact(known, "A") == 60_000
    assert it.figure_exact(known | {"bureau.debt_total": Decimal(400_000)}, "A") == 0
    assert it.figure_exact(known | {"bureau.debt_total": None}, "A") is None


def test_the_owners_own_means_less_debts() -> None:
    """S2-36: income, policy and property proofs; a proof that is not there counts for nothing."""
    it = cap("owner_credit", OWNER)
    known: dict[str, Any] = {
        "owner.income_monthly": Decimal("8000.00"),
        "owner.policy_value": Decimal("50000.00"),
        "owner.property_value": None,
        "owner.debt_total": Decimal("20000.00"),
    }

    assert it.figure_exact(known, "A") == 100_000
    assert it.figure_exact(known | {"owner.property_value": Decimal(100_000)}, "A") == 150_000
    assert it.figure_exact(known | {"owner.debt_total": None}, "A") is None
    assert it.figure_exact({"owner.debt_total": Decimal(0)}, "A") is None


def test_collateral_counts_after_its_haircut_and_headroom_never_below_nothing() -> None:
    it = cap("of_fact", {"fact": "collateral.value", "share": "0.80"})

    assert it.figure_exact({"collateral.value": Decimal("1000000.00")}, "A") == 800_000
    assert cap("of_fact", {"fact": "partner.headroom"}).figure_exact(
        {"partner.headroom": Decimal("-5.00")}, "A"
    ) == Decimal(0)


def test_a_formula_is_money_and_receipts_never_stand_against_the_borrower() -> None:
    receipts, debt = {"fact": "receipts.total_90d"}, {"fact": "bureau.debt_total"}
    value = {"op": "-", "of": [{"op": "*", "of": [receipts, {"ratio": "0.30"}]}, debt]}
    it = cap("formula", {"value": value})

    known = {"receipts.total_90d": Decimal("90000.00"), "bureau.debt_total": Decimal("7000.00")}
    assert it.figure_exact(known, "A") == 20_000
    assert it.figure_exact(known | {"bureau.debt_total": Decimal(30_000)}, "A") == 0
    assert it.figure_exact(known | {"bureau.debt_total": None}, "A") is None
    with pytest.raises(RecipeInvalid, match=r"more receipts\.total_90d would lower the limit"):
        cap("formula", {"value": {"op": "-", "of": [debt, receipts]}})
    with pytest.raises(RecipeInvalid, match="a cap is money, and this is ratio"):
        cap("formula", {"value": {"ratio": "0.5"}})


BETTER = ("taxes.paid_365d", "cash.net_monthly", "owner.income_monthly", "collateral.value")
WORSE = ("bureau.debt_total", "bureau.debt_service_monthly", "owner.debt_total")
ALL = [
    cap("tax_multiple", TAX),
    cap("repayment_capacity", CAPACITY),
    cap("leverage", LEVERAGE),
    cap("owner_credit", OWNER),
    cap("of_fact", {"fact": "collateral.value", "share": "0.70"}),
]


@settings(deadline=None, max_examples=60)
@given(yuan, yuan, st.sampled_from((*BETTER, *WORSE)), st.sampled_from("ABMCD"))
def test_better_figures_never_lower_a_cap_and_debts_never_raise_one(
    one: Decimal, other: Decimal, name: str, grade: str
) -> None:
    base: dict[str, Any] = {fact: Decimal("9000.00") for fact in (*BETTER, *WORSE)}
    base |= dict(taxes(grade, "9000.00", 11)) | {"application.tenor_days": 180}
    less, more = sorted((one, other))

    for it in ALL:
        low, high = (it.figure_exact(base | {name: figure}, "A") for figure in (less, more))
        assert low is not None and high is not None
        assert low <= high if name in BETTER else low >= high


@pytest.mark.parametrize(
    ("recipe", "parameters"),
    [
        ("tax_multiple", TAX | {"multiples": {"A": "-1.00"}}),
        ("tax_multiple", TAX | {"months": 0}),
        ("tax_multiple", TAX | {"grade_fact": "taxes.paid_365d"}),
        ("leverage", LEVERAGE | {"times": "NaN"}),
        ("owner_credit", OWNER | {"proofs": [{"fact": "owner.policy_value", "share": "1.01"}]}),
        ("of_fact", {"fact": "collateral.value", "share": "80"}),
        ("best_of", {"of": [{"recipe": "fixed", "parameters": {"amount": "1.00"}}]}),
        ("best_of", {"of": [{"recipe": "best_of", "parameters": {}}] * 2}),
        (["fixed"], {"amount": "1.00"}),
    ],
)
def test_odd_parameters_of_the_other_recipes_are_refused(recipe: Any, parameters: object) -> None:
    with pytest.raises(RecipeInvalid):
        cap(recipe, parameters)
