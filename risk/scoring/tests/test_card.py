import copy
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.features.facts import FactValue
from risk.rules.reasons import REASONS
from risk.scoring.card import (
    MAX_CHARACTERISTICS,
    CardInvalid,
    card_from,
    default_probability,
    load_card,
    score,
)
from risk.scoring.train import HERE

COMMITTED = load_card(HERE / "cards" / "sba_card_v1.json")
SMALL: dict[str, Any] = {
    "code": "small",
    "scale": {"base": 500, "offset": "487.1229", "factor": "28.8539"},
    "characteristics": [
        {
            "fact": "enterprise.employees",
            "reason": "card_employees",
            "bins": [{"up_to": 2, "points": -5}, {"up_to": 9, "points": 0}, {"up_to": None, "points": 20}],
            "unknown": {"points": -1},
        },
        {
            "fact": "enterprise.area_kind",
            "reason": "card_area_kind",
            "bins": [{"values": ["urban"], "points": -2}, {"values": ["rural"], "points": 7}],
            "unknown": {"points": -3},
        },
    ],
}


def points(**facts: FactValue) -> int:
    named = {f"enterprise.{name}": value for name, value in facts.items()}
    return score(card_from(SMALL), named).points


def test_points_by_bin() -> None:
    assert points(employees=2, area_kind="urban") == 493
    assert points(employees=3, area_kind="urban") == 498
    assert points(employees=9, area_kind="rural") == 507
    assert points(employees=10_000, area_kind="rural") == 527
    assert points() == 496
    assert points(employees=10, area_kind="moon") == 517  # a value no bin lists scores as unknown


def test_reasons_are_the_points_lost_most_first() -> None:
    result = score(card_from(SMALL), {"enterprise.employees": 3, "enterprise.area_kind": "urban"})

    assert [(part.fact, part.lost) for part in result.parts] == [
        ("enterprise.employees", 20),
        ("enterprise.area_kind", 9),
    ]
    assert result.reasons == ("card_employees", "card_area_kind")
    best = score(card_from(SMALL), {"enterprise.employees": 30, "enterprise.area_kind": "rural"})
    assert best.reasons == ()
    assert best.unknown_count == 0
    assert score(card_from(SMALL), {}).unknown_count == 2


def test_probability_is_exact_and_agrees_with_the_formula() -> None:
    result = score(card_from(SMALL), {"enterprise.employees": 10, "enterprise.area_kind": "rural"})

    assert result.pd_exact == Decimal("0.200682")
    assert float(result.pd_exact) == pytest.approx(1 / (1 + math.exp(-(487.1229 - 527) / 28.8539)), abs=1e-6)


@settings(deadline=None)
@given(st.decimals(-30, 30, places=6), st.decimals(-30, 30, places=6))
def test_more_log_odds_more_probability(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))

    assert 0 <= default_probability(low) <= default_probability(high) <= 1


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "enterprise.employees": st.none() | st.integers(0, 500),
            "enterprise.industry_sector": st.none() | st.sampled_from(["retail", "health", "moon"]),
            "enterprise.area_kind": st.none() | st.sampled_from(["urban", "rural"]),
            "application.revolving": st.none() | st.booleans(),
            "enterprise.area_ok": st.none() | st.booleans(),
        }
    ),
    st.integers(0, 100),
)
def test_the_committed_card_is_monotone_and_adds_up(facts: dict[str, FactValue], more: int) -> None:
    card = card_from(COMMITTED)
    result = score(card, facts)

    assert result.points == card.base + sum(part.points for part in result.parts)
    assert all(part.lost >= 0 for part in result.parts)
    staff = facts["enterprise.employees"]
    if isinstance(staff, int):
        assert score(card, facts | {"enterprise.employees": staff + more}).points >= result.points


def test_the_committed_card_is_small_and_its_reasons_are_registered() -> None:
    card = card_from(COMMITTED)

    assert 1 <= len(card.characteristics) <= MAX_CHARACTERISTICS
    assert {part.reason for part in card.characteristics} <= set(REASONS)
    assert all(part.unknown <= 0 for part in card.characteristics)


def broken(change: str) -> dict[str, Any]:
    document = copy.deepcopy(SMALL)
    first, second = document["characteristics"]
    match change:
        case "not monotone":
            first["bins"][1]["points"] = 30
        case "bins out of order":
            first["bins"][0]["up_to"] = 9
        case "no open end":
            first["bins"][2]["up_to"] = 20
        case "unknown rewarded":
            second["unknown"]["points"] = 1
        case "unknown fact":
            first["fact"] = "enterprise.star_sign"
        case "fraction of a point":
            second["bins"][0]["points"] = 1.5
        case "twice":
            document["characteristics"].append(first)
        case "too many":
            document["characteristics"] = [first] * (MAX_CHARACTERISTICS + 1)
        case "none":
            document["characteristics"] = []
        case "factor":
            document["scale"]["factor"] = "-1"
        case "scale missing":
            del document["scale"]
        case "empty bin":
            second["bins"][0]["values"] = []
    return document


@pytest.mark.parametrize(
    "change",
    [
        "not monotone",
        "bins out of order",
        "no open end",
        "unknown rewarded",
        "unknown fact",
        "fraction of a point",
        "twice",
        "too many",
        "none",
        "factor",
        "scale missing",
        "empty bin",
    ],
)
def test_a_broken_card_is_refused(change: str) -> None:
    with pytest.raises(CardInvalid):
        card_from(broken(change))
