"""Owner and enterprise in one matrix; person, house and enterprise in one score: withholding never helps."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.features.facts import CATALOGUE, FactType, FactValue, coerce
from risk.rules.sections import SEVERITY
from risk.rules.stages import StageInvalid, StageResult
from risk.scoring.dual import compile_dual
from risk.scoring.house import compile_house

TYPES: dict[str, FactType] = {name: row.type for name, row in CATALOGUE.items()}
SCALE = {"base": 500, "offset": "487.1229", "factor": "28.8539"}


def card(code: str, *rows: tuple[str, int, int, int]) -> dict[str, Any]:
    """Return a card of counts: more is better; fact, bound, points up to it, points above."""
    parts = [
        {
            "fact": fact,
            "reason": "card_employees",
            "bins": [{"up_to": bound, "points": low}, {"up_to": None, "points": high}],
            "unknown": {"points": 0},
        }
        for fact, bound, low, high in rows
    ]
    return {"code": code, "scale": SCALE, "characteristics": parts}


BANDS = [{"band": "A", "from": 530}, {"band": "B", "from": 490}, {"band": "C"}]
MATRIX = {
    "A": {"A": ("pass", "1"), "B": ("pass", "0.8"), "C": ("refer", "0.5")},
    "B": {"A": ("pass", "0.8"), "B": ("note", "0.6"), "C": ("refer", "0.3")},
    "C": {"A": ("refer", "0.5"), "B": ("refer", "0.3"), "C": ("decline", "0")},
}
DUAL: dict[str, Any] = {
    "owner": {
        "card": card("owner", ("representative.age", 25, -30, 20), ("bank.loans_settled", 0, -10, 25)),
        "bands": BANDS,
    },
    "enterprise": {
        "card": card("firm", ("enterprise.months_open", 24, -30, 20), ("enterprise.employees", 2, -10, 25)),
        "bands": BANDS,
    },
    "matrix": {
        row: {column: {"outcome": cell[0], "limit_factor": cell[1]} for column, cell in line.items()}
        for row, line in MATRIX.items()
    },
    "reason": "dual_matrix",
    "unknown": {"most": 1, "outcome": "refer"},
}
HOUSE: dict[str, Any] = {
    "factors": {
        "person": [
            {
                "fact": "bank.loans_settled",
                "weight": 1,
                "bins": [{"up_to": 0, "score": 40}, {"up_to": None, "score": 90}],
            }
        ],
        "house": [
            {
                "fact": "collateral.ltv",
                "weight": 1,
                "bins": [
                    {"up_to": "0.70", "score": 100},
                    {"up_to": "0.80", "score": 60},
                    {"up_to": None, "score": 0},
                ],
            },
            {
                "fact": "collateral.community_listed",
                "weight": 1,
                "values": [{"value": True, "score": 100}, {"value": False, "score": 30}],
            },
        ],
        "enterprise": [
            {
                "fact": "enterprise.months_open",
                "weight": 1,
                "bins": [{"up_to": 24, "score": 30}, {"up_to": None, "score": 80}],
            }
        ],
    },
    "factor_weights": {
        "secured": {"person": 20, "house": 50, "enterprise": 30},
        "*": {"person": 40, "house": 0, "enterprise": 60},
    },
    "bands": [{"below": "60", "outcome": "refer"}, {"below": "40", "outcome": "decline"}],
    "reason": "house_score",
    "on_unknown": "refer",
}
DUAL_STAGE = compile_dual(DUAL, TYPES, path="dual")
HOUSE_STAGE = compile_house(HOUSE, TYPES, path="house")
GOOD: dict[str, FactValue] = {
    "representative.age": 40,
    "bank.loans_settled": 3,
    "enterprise.months_open": 60,
    "enterprise.employees": 9,
}
SECURED: dict[str, FactValue] = {
    "product.code": "secured",
    "bank.loans_settled": 3,
    "collateral.ltv": Decimal("0.650000"),
    "collateral.community_listed": True,
    "enterprise.months_open": 60,
}


def severity(result: StageResult) -> int:
    return max((SEVERITY[finding.outcome] for finding in result.findings), default=0)


def said(result: StageResult) -> list[tuple[str, str]]:
    return [(one.outcome, one.reason) for one in result.findings if one.outcome != "note"]


@pytest.mark.parametrize(
    ("changes", "bands", "factor", "expected"),
    [
        ({}, "AA", "1", []),
        ({"enterprise.employees": 1}, "AB", "0.8", []),
        ({"representative.age": 20, "bank.loans_settled": 0}, "CA", "0.5", [("refer", "dual_matrix")]),
        (dict.fromkeys(GOOD, 0), "CC", "0", [("decline", "dual_matrix")]),
        ({"enterprise.employees": None}, "AB", "0.8", []),
        (
            {"enterprise.employees": None, "enterprise.months_open": None},
            "AC",
            "0.5",
            [("refer", "dual_matrix"), ("refer", "fact_unknown")],
        ),
    ],
)
def test_the_matrix_of_owner_and_enterprise(
    changes: dict[str, FactValue], bands: str, factor: str, expected: list[tuple[str, str]]
) -> None:
    """S3-15: the matrix test."""
    result = DUAL_STAGE.run(GOOD | changes)
    assert f"{result.derived['dual.owner_band']}{result.derived['dual.enterprise_band']}" == bands
    assert result.derived["dual.limit_factor"] == Decimal(factor)
    assert said(result) == expected
    assert ("card_employees" in {one.reason for one in result.findings}) == bool(said(result))


@pytest.mark.parametrize(
    ("changes", "score", "expected"),
    [
        ({}, "92", []),
        ({"collateral.ltv": Decimal("0.800001")}, "67", []),
        (
            {"collateral.ltv": Decimal("0.9"), "collateral.community_listed": False},
            "49.5",
            [("refer", "house_score")],
        ),
        ({"collateral.ltv": None}, "67", []),
        (
            {"collateral.ltv": None, "collateral.community_listed": None},
            "42",
            [("refer", "house_score"), ("refer", "fact_unknown")],
        ),
        ({"product.code": "other", "collateral.ltv": None}, "84", []),
        ({"product.code": None}, None, [("refer", "fact_unknown")]),
        (
            {"bank.loans_settled": 0, "collateral.ltv": Decimal(1), "enterprise.months_open": 3},
            "42",
            [("refer", "house_score")],
        ),
    ],
)
def test_the_weights_of_a_product_make_the_score(
    changes: dict[str, FactValue], score: str | None, expected: list[tuple[str, str]]
) -> None:
    """S2-21: the trace shows three sub-scores."""
    result = HOUSE_STAGE.run(SECURED | changes)
    assert result.derived["house.score"] == (None if score is None else Decimal(score))
    assert said(result) == expected
    assert set(result.trace["factors"]) == {"person", "house", "enterprise"}


def test_what_is_derived_is_in_the_catalogue() -> None:
    for stage, facts in ((DUAL_STAGE, GOOD), (HOUSE_STAGE, SECURED)):
        derived = stage.run(facts).derived
        assert {name: CATALOGUE[name].type for name in derived} == dict(stage.derives)
        assert {name: coerce(name, stage.derives[name], value) for name, value in derived.items()} == derived
        assert set(stage.reads) == set(facts)


COUNTS = st.none() | st.integers(0, 70)


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(GOOD, COUNTS)), st.sampled_from(sorted(GOOD)), st.data())
def test_a_worse_or_withheld_fact_never_scores_more(
    facts: dict[str, FactValue], name: str, data: st.DataObject
) -> None:
    value = facts[name]
    if value is None:
        return
    worse = facts | {name: data.draw(st.none() | st.integers(0, int(str(value))))}
    before, after = DUAL_STAGE.run(facts), DUAL_STAGE.run(worse)
    for derived in ("dual.owner_score", "dual.enterprise_score", "dual.limit_factor"):
        assert after.derived[derived] <= before.derived[derived]  # type: ignore[operator]
    assert severity(after) >= severity(before)


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "product.code": st.sampled_from(["secured", "other"]),
            "bank.loans_settled": st.none() | st.integers(0, 3),
            "collateral.ltv": st.none() | st.integers(50, 95).map(lambda part: Decimal(part) / 100),
            "collateral.community_listed": st.none() | st.booleans(),
            "enterprise.months_open": COUNTS,
        }
    ),
    st.sampled_from(sorted(set(SECURED) - {"product.code"})),
)
def test_a_withheld_fact_never_raises_the_house_score(facts: dict[str, FactValue], name: str) -> None:
    before, after = HOUSE_STAGE.run(facts), HOUSE_STAGE.run(facts | {name: None})
    assert after.derived["house.score"] <= before.derived["house.score"]  # type: ignore[operator]
    assert severity(after) >= severity(before)


def changed(section: dict[str, Any], place: str, value: object) -> dict[str, Any]:
    section = deepcopy(section)
    *inner, last = place.split("/")
    node: Any = section
    for part in inner:
        node = node[int(part)] if part.isdigit() else node[part]
    node[int(last) if last.isdigit() else last] = value
    return section


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        ("matrix/C/C/outcome", "pass", "dual.matrix.C.C: a worse band never ends better"),
        ("matrix/B/B/limit_factor", "0.9", "dual.matrix.B.B: a worse band never ends better"),
        ("matrix/A/A/limit_factor", "1.1", "dual.matrix.A.A.limit_factor"),
        ("matrix/B", {}, "dual.matrix.B: A is missing"),
        ("owner/bands/1/from", 530, "dual.owner.bands: named once, falling"),
        ("owner/bands/2/from", 1, "dual.owner.bands.2.from: there is no such part"),
        (
            "owner/card/characteristics/0/reason",
            "none",
            "dual.owner.card.representative.age: there is no reason",
        ),
        ("owner/card/characteristics/0/unknown", {"points": 9}, "dual.owner.card: The card is not valid"),
        ("unknown/outcome", "note", "dual.unknown.outcome"),
        ("unknown/most", "0.5", "dual.unknown.most"),
    ],
)
def test_a_bad_dual_section_is_refused_with_its_place(place: str, value: object, says: str) -> None:
    with pytest.raises(StageInvalid) as refused:
        compile_dual(changed(DUAL, place, value), TYPES, path="dual")
    assert refused.value.text().startswith(says)


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        ("factors/person/0/fact", "product.code", "house.factors.person.0.fact"),
        (
            "factors/person/0/bins/0/up_to",
            None,
            "house.factors.person.0.bins.0.up_to: only the last bin is open",
        ),
        ("factors/house/0/bins/1/score", 100.0, "house.factors.house.0.bins.1.score"),
        ("factors/house/0/bins/2/score", 80, "house.factors.house.0.bins: scores go one way"),
        ("factors/house/1/fact", "collateral.ltv", "house.factors.house.1.fact"),
        ("factors/house/1/values/1/value", True, "house.factors.house.1.values.1.value"),
        ("factors/house/1/values/1/value", 1, "house.factors.house.1.values.1.value"),
        ("factors/house", [], "house.factor_weights.secured.house: this factor has no evidence"),
        ("factor_weights/secured/house", 51, "house.factor_weights.secured: weights add up to 100"),
        ("factor_weights", {}, "house.factor_weights"),
        ("bands/1/below", "70", "house.bands: bands fall"),
        ("bands/1/outcome", "note", "house.bands: a worse score never ends better"),
        ("on_unknown", "note", "house.on_unknown"),
    ],
)
def test_a_bad_house_section_is_refused_with_its_place(place: str, value: object, says: str) -> None:
    with pytest.raises(StageInvalid) as refused:
        compile_house(changed(HOUSE, place, value), TYPES, path="house")
    assert refused.value.text().startswith(says)
