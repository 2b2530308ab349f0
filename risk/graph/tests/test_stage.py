"""The graph stage: rings and bad neighbours end it, the room left is for the limit; no unknown passes."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.features.facts import CATALOGUE, FactType, FactValue
from risk.graph.stage import compile_graph
from risk.rules.sections import SEVERITY
from risk.rules.stages import StageInvalid, StageResult

TYPES: dict[str, FactType] = {name: row.type for name, row in CATALOGUE.items() if name.startswith("graph.")}
SECTION: dict[str, Any] = {
    "signals": [
        {
            "fact": "graph.ring_size",
            "reason": "graph_ring",
            "on_unknown": "refer",
            "bands": [{"from": 2, "outcome": "refer"}, {"from": 3, "outcome": "decline"}],
        },
        {
            "fact": "graph.bad_ratio_2hop",
            "reason": "graph_bad_neighbours",
            "on_unknown": "refer",
            "enough": {"fact": "graph.neighbours_2hop", "from": 3},
            "bands": [{"from": "0.20", "outcome": "refer"}, {"from": "0.50", "outcome": "decline"}],
        },
        {
            "fact": "graph.is_bad",
            "reason": "graph_bad_neighbours",
            "on_unknown": "decline",
            "bands": [{"from": 1, "outcome": "decline"}],
        },
    ],
    "caps": {"ring": "500.00", "group": "300.00", "core": "2000.00"},
}
CLEAR: dict[str, FactValue] = {
    "graph.ring_size": 0,
    "graph.ring_exposure": Decimal("0.00"),
    "graph.bad_ratio_2hop": Decimal("0.100000"),
    "graph.neighbours_2hop": 9,
    "graph.is_bad": False,
    "graph.group_exposure": Decimal("120.00"),
    "graph.core_enterprises": 0,
    "graph.core_exposure": None,
    "graph.core_headroom": None,
}
STAGE = compile_graph(SECTION, TYPES, path="graph")


def severity(result: StageResult) -> int:
    return max((SEVERITY[finding.outcome] for finding in result.findings), default=0)


def test_nothing_is_found_and_the_least_room_is_derived() -> None:
    result = STAGE.run(CLEAR)
    assert result.findings == ()
    assert result.derived == {
        "graph.ring_room": Decimal("500.00"),
        "graph.group_room": Decimal("180.00"),
        "graph.core_room": Decimal("2000.00"),
        "graph.headroom": Decimal("180.00"),
    }
    assert dict(STAGE.derives) == {name: CATALOGUE[name].type for name in result.derived}
    assert set(CLEAR) == set(STAGE.reads)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"graph.ring_size": 2}, [("refer", "graph_ring")]),
        ({"graph.ring_size": 5}, [("decline", "graph_ring")]),
        ({"graph.ring_size": None}, [("refer", "fact_unknown")] * 2),
        ({"graph.bad_ratio_2hop": Decimal("0.5")}, [("decline", "graph_bad_neighbours")]),
        ({"graph.bad_ratio_2hop": None, "graph.neighbours_2hop": 0}, []),
        ({"graph.bad_ratio_2hop": None, "graph.neighbours_2hop": None}, [("refer", "fact_unknown")]),
        ({"graph.is_bad": True}, [("decline", "graph_bad_neighbours")]),
        ({"graph.is_bad": None}, [("decline", "graph_bad_neighbours")]),
        ({"graph.group_exposure": None}, [("refer", "fact_unknown")]),
        ({"graph.core_enterprises": 1}, [("refer", "fact_unknown")]),
    ],
)
def test_what_is_found(facts: dict[str, FactValue], expected: list[tuple[str, str]]) -> None:
    assert [(one.outcome, one.reason) for one in STAGE.run(CLEAR | facts).findings] == expected


def test_the_banks_own_ceiling_counts_beside_the_cap() -> None:
    around = {"graph.core_enterprises": 1, "graph.core_exposure": Decimal("1500.00")}
    assert STAGE.run(CLEAR | around).derived["graph.core_room"] == Decimal("500.00")
    tight = around | {"graph.core_headroom": Decimal("-10.00")}
    assert STAGE.run(CLEAR | tight).derived["graph.headroom"] == Decimal("0.00")


MAYBE_COUNT = st.none() | st.integers(0, 8)
MAYBE_MONEY = st.none() | st.integers(0, 60_000).map(lambda fen: Decimal(fen).scaleb(-2))
SHEETS = st.fixed_dictionaries(
    {
        "graph.ring_size": MAYBE_COUNT,
        "graph.ring_exposure": MAYBE_MONEY,
        "graph.bad_ratio_2hop": st.none() | st.integers(0, 100).map(lambda part: Decimal(part) / 100),
        "graph.neighbours_2hop": st.just(9),
        "graph.is_bad": st.none() | st.booleans(),
        "graph.group_exposure": MAYBE_MONEY,
        "graph.core_enterprises": MAYBE_COUNT,
        "graph.core_exposure": MAYBE_MONEY,
        "graph.core_headroom": MAYBE_MONEY,
    }
)
WORSE = ("graph.ring_size", "graph.ring_exposure", "graph.bad_ratio_2hop", "graph.group_exposure")


@settings(max_examples=150, deadline=None)
@given(SHEETS, st.sampled_from(WORSE))
def test_worse_evidence_never_ends_better_and_never_leaves_more_room(
    facts: dict[str, FactValue], worse: str
) -> None:
    value = facts[worse]
    if value is None:
        return
    before, after = STAGE.run(facts), STAGE.run(facts | {worse: value + 1})  # type: ignore[operator]
    assert severity(after) >= severity(before)
    rooms = [result.derived["graph.headroom"] for result in (before, after)]
    if None not in rooms:
        assert rooms[1] <= rooms[0]  # type: ignore[operator]


@settings(max_examples=150, deadline=None)
@given(SHEETS, st.sampled_from(sorted(CLEAR)))
def test_not_knowing_never_passes_and_never_leaves_more_room(facts: dict[str, FactValue], lost: str) -> None:
    before, after = STAGE.run(facts), STAGE.run(facts | {lost: None})
    room = after.derived["graph.headroom"]
    assert severity(after) >= min(severity(before), SEVERITY["refer"]) or lost == "graph.core_headroom"
    if room is not None and lost != "graph.core_headroom":
        assert before.derived["graph.headroom"] == room


def changed(place: str, value: object) -> dict[str, Any]:
    section = deepcopy(SECTION)
    *inner, last = place.split(".")
    node: Any = section
    for part in inner:
        node = node[int(part)] if part.isdigit() else node[part]
    node[last if not last.isdigit() else int(last)] = value
    return section


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        ("signals.0.fact", "graph.unheard", "graph.signals.0.fact: the strategy declares no fact"),
        ("signals.0.reason", "none", "graph.signals.0.reason: there is no reason"),
        ("signals.0.on_unknown", "note", "graph.signals.0.on_unknown: note is none of refer, decline"),
        ("signals.0.bands", [], "graph.signals.0.bands: 1 to 64 rows"),
        ("signals.0.bands.1.from", 2, "graph.signals.0.bands.1: bands climb"),
        ("signals.0.bands.1.outcome", "note", "graph.signals.0.bands.1: a worse figure never ends better"),
        ("signals.1.bands.0.from", 0.2, "graph.signals.1.bands.0.from"),
        ("signals.1.bands.0.from", "NaN", "graph.signals.1.bands.0.from"),
        ("signals.1.bands.0.from", "1e999999999", "graph.signals.1.bands.0.from"),
        ("signals.1.bands.0.from", True, "graph.signals.1.bands.0.from"),
        ("signals.1.enough.fact", "graph.is_bad", "graph.signals.1.enough.fact: graph.is_bad is flag"),
        ("caps.ring", "500.001", "graph.caps.ring"),
        ("caps.village", "1.00", "graph.caps.village: there is no such part"),
        ("caps", [], "graph.caps: it is no section"),
        ("signals", {}, "graph.signals: 0 to 64 rows"),
    ],
)
def test_a_bad_section_is_refused_with_its_place(place: str, value: object, says: str) -> None:
    with pytest.raises(StageInvalid) as refused:
        compile_graph(changed(place, value), TYPES, path="graph")
    assert refused.value.text().startswith(says)


def test_a_strategy_that_does_not_declare_what_a_cap_reads_is_refused() -> None:
    fewer = {name: kind for name, kind in TYPES.items() if name != "graph.core_exposure"}
    with pytest.raises(StageInvalid, match=r"graph\.caps\.core"):
        compile_graph(SECTION, fewer, path="graph")
    with pytest.raises(StageInvalid, match="signals, caps or both"):
        compile_graph({}, TYPES, path="graph")
