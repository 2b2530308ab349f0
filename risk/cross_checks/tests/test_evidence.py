"""Estimates, verdicts and the cross stage: worse or less evidence never credits more and never passes."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.cross_checks.evidence import (
    Reading,
    Tolerance,
    Verdict,
    check,
    deviation_of,
    equity_gap,
    weighted_median,
)
from risk.cross_checks.stage import FIGURES, compile_cross
from risk.features.facts import CATALOGUE, FactType, FactValue, coerce
from risk.rules.sections import SEVERITY
from risk.rules.stages import StageInvalid, StageResult

TYPES: dict[str, FactType] = {name: row.type for name, row in CATALOGUE.items()}
RESPONSE = {"conflict": "refer", "soft": "note", "unverifiable": "refer"}
SECTION: dict[str, Any] = {
    "checks": [
        {
            "figure": "turnover",
            "minimum_sources": 2,
            "sources": [
                {"fact": "receipts.total_90d", "scale": "4", "weight": 3},
                {"fact": "observed.bank_inflow_12m", "weight": 2},
            ],
            "tolerance": {"soft": "0.15", "conflict": "0.35"},
            "reason": "cross_conflict",
            "on": RESPONSE,
        },
        {
            "figure": "output",
            "minimum_sources": 2,
            "sources": [
                {"fact": "observed.power_12m", "scale": "25", "weight": 1},
                {"fact": "observed.water_12m", "scale": "400", "weight": 1},
            ],
            "tolerance": {"soft": "0.20", "conflict": "0.50"},
            "reason": "cross_meters",
            "on": RESPONSE,
        },
    ],
    "equity": {
        "tolerance": {"soft": "0.05", "conflict": "0.15"},
        "reason": "cross_equity",
        "on": RESPONSE,
    },
    "conflicts": {"reason": "cross_conflict", "bands": [{"from": 2, "outcome": "decline"}]},
    "pre_screen": [
        {
            "code": "open_long_enough",
            "reason": "cross_pre_screen",
            "require": {"op": ">=", "fact": "enterprise.months_open", "value": 6},
        }
    ],
}
STAGE = compile_cross(SECTION, TYPES, path="cross")
SOUND: dict[str, FactValue] = {
    "declared.turnover_12m": Decimal("1000.00"),
    "receipts.total_90d": Decimal("245.00"),
    "observed.bank_inflow_12m": Decimal("1100.00"),
    "declared.output_12m": Decimal("2000.00"),
    "observed.power_12m": 80,
    "observed.water_12m": 5,
    "declared.equity_opening": Decimal("500.00"),
    "declared.profit_period": Decimal("200.00"),
    "declared.drawings_period": Decimal("100.00"),
    "declared.injections_period": Decimal("0.00"),
    "declared.equity_closing": Decimal("600.00"),
    "enterprise.months_open": 6,
}


def readings(*implied: int | None, weights: tuple[int, ...] = ()) -> list[Reading]:
    weights = weights or (1,) * len(implied)
    return [
        Reading(f"s{index}", None if value is None else Decimal(value), weight)
        for index, (value, weight) in enumerate(zip(implied, weights, strict=True))
    ]


def severity(result: StageResult) -> int:
    return max((SEVERITY[finding.outcome] for finding in result.findings), default=0)


@pytest.mark.parametrize(
    ("implied", "weights", "low", "high"),
    [
        ((100, 200), (1, 1), 100, 200),
        ((100, 200, 9_000), (1, 1, 1), 200, 200),
        ((100, 200, 9_000), (1, 1, 5), 9_000, 9_000),
        ((100, None, 300), (1, 1, 1), 100, 300),
        ((100, None), (1, 1), None, None),
        ((100, 300, None), (1, 3, 2), 100, 300),
    ],
)
def test_one_wild_source_does_not_move_the_estimate_and_a_silent_one_never_helps(
    implied: tuple[int | None, ...], weights: tuple[int, ...], low: int | None, high: int | None
) -> None:
    rows = readings(*implied, weights=weights)
    assert weighted_median(rows) == low
    assert weighted_median(rows, high_is_careful=True) == high


@pytest.mark.parametrize(
    ("declared", "verdict", "credited"),
    [
        (90, "confirmed", 90),
        (115, "confirmed", 100),
        (116, "soft", 100),
        (135, "soft", 100),
        (136, "conflict", 100),
    ],
)
def test_the_edges_of_the_tolerance(declared: int, verdict: str, credited: int) -> None:
    found = check(
        declared=Decimal(declared),
        readings=readings(100, 100),
        tolerance=Tolerance(Decimal("0.15"), Decimal("0.35")),
        minimum_sources=2,
    )
    assert (found.verdict.value, found.credited) == (verdict, Decimal(credited))


def test_debt_is_credited_at_the_higher_figure_and_understating_it_is_the_conflict() -> None:
    tolerance = Tolerance(Decimal("0.1"), Decimal("0.3"))
    kept = {
        "readings": readings(100, 100),
        "tolerance": tolerance,
        "minimum_sources": 2,
        "high_is_careful": True,
    }
    over, under = (check(declared=Decimal(figure), **kept) for figure in (400, 60))  # type: ignore[arg-type]
    assert (over.verdict, over.credited) == (Verdict.CONFIRMED, Decimal(400))
    assert (under.verdict, under.credited) == (Verdict.CONFLICT, Decimal(100))
    assert deviation_of(Decimal(5), Decimal(0), high_is_careful=False) == 1


VALUES = st.none() | st.integers(0, 400)


@settings(max_examples=120, deadline=None)
@given(
    st.integers(0, 400),
    st.lists(st.tuples(VALUES, st.integers(1, 4)), min_size=2, max_size=6),
    st.data(),
)
def test_less_or_worse_evidence_never_credits_more_nor_reads_better(
    declared: int, rows: list[tuple[int | None, int]], data: st.DataObject
) -> None:
    """A source falls, or falls silent: the figure credited never rises, no verdict turns to a pass."""
    index = data.draw(st.integers(0, len(rows) - 1))
    value, weight = rows[index]
    if value is None:
        return
    worse = data.draw(st.none() | st.integers(0, value))
    after_rows = [*rows[:index], (worse, weight), *rows[index + 1 :]]
    before, after = (
        check(
            declared=Decimal(declared),
            readings=readings(*(row[0] for row in group), weights=tuple(row[1] for row in group)),
            tolerance=Tolerance(Decimal("0.15"), Decimal("0.35")),
            minimum_sources=2,
        )
        for group in (rows, after_rows)
    )
    order = list(Verdict)
    assert after.evidence <= before.evidence
    assert after.credited is None or (before.credited is not None and after.credited <= before.credited)
    assert order.index(after.verdict) >= min(order.index(before.verdict), order.index(Verdict.UNVERIFIABLE))
    if worse is not None and before.verdict is Verdict.CONFLICT:
        assert after.verdict is Verdict.CONFLICT


def test_the_equity_identity() -> None:
    names = ("opening", "profit", "drawings", "injections", "closing")
    figures = [(500, 200, 100, 50, 650), (500, 200, 100, 0, 500), (0, 5, 0, 0, 0), (-5, 5, 0, 0, 0)]
    gaps = [equity_gap(**{name: Decimal(x) for name, x in zip(names, row, strict=True)}) for row in figures]
    assert gaps == [Decimal(0), Decimal("0.2"), Decimal(1), Decimal(0)]


def test_sound_figures_pass_and_what_evidence_bears_out_is_derived() -> None:
    result = STAGE.run(SOUND)
    assert result.findings == ()
    assert result.derived == {
        "cross.turnover_verdict": "confirmed",
        "cross.turnover_evidence": Decimal("1.000000"),
        "cross.turnover_credited": Decimal("980.00"),
        "cross.output_verdict": "confirmed",
        "cross.output_evidence": Decimal("1.000000"),
        "cross.output_credited": Decimal("2000.00"),
        "cross.equity_gap": Decimal("0.000000"),
        "cross.conflicts": 0,
        "cross.soft": 0,
        "cross.unverifiable": 0,
    }
    assert {name: CATALOGUE[name].type for name in result.derived} == dict(STAGE.derives)
    assert {
        name: coerce(name, CATALOGUE[name].type, value) for name, value in result.derived.items()
    } == dict(result.derived)
    assert set(STAGE.reads) == set(SOUND)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"observed.power_12m": 20}, [("refer", "cross_meters")]),  # S2-22: power for a quarter of the output
        ({"observed.power_12m": None}, [("refer", "cross_unverifiable")]),
        ({"declared.turnover_12m": None}, [("refer", "cross_unverifiable")]),
        ({"declared.turnover_12m": Decimal("1200.00")}, [("note", "cross_conflict")]),
        (
            {"declared.turnover_12m": Decimal("5000.00"), "observed.power_12m": 20},
            [("refer", "cross_conflict"), ("refer", "cross_meters"), ("decline", "cross_conflict")],
        ),
        ({"declared.equity_closing": Decimal("900.00")}, [("refer", "cross_equity")]),
        ({"declared.profit_period": None}, [("refer", "cross_unverifiable")]),
        ({"enterprise.months_open": 5}, [("decline", "cross_pre_screen")]),
        ({"enterprise.months_open": None}, [("decline", "cross_pre_screen")]),
    ],
)
def test_what_the_stage_finds(facts: dict[str, FactValue], expected: list[tuple[str, str]]) -> None:
    assert [(one.outcome, one.reason) for one in STAGE.run(SOUND | facts).findings] == expected


@settings(max_examples=120, deadline=None)
@given(st.sets(st.sampled_from(sorted(SOUND)), min_size=1))
def test_what_is_not_known_never_passes(lost: set[str]) -> None:
    result = STAGE.run(SOUND | dict.fromkeys(lost))
    assert severity(result) >= SEVERITY["refer"]
    for figure in FIGURES:
        credited = result.derived.get(f"cross.{figure}_credited")
        assert credited is None or credited <= STAGE.run(SOUND).derived[f"cross.{figure}_credited"]  # type: ignore[operator]


def changed(place: str, value: object) -> dict[str, Any]:
    section = deepcopy(SECTION)
    *inner, last = place.split(".")
    node: Any = section
    for part in inner:
        node = node[int(part)] if part.isdigit() else node[part]
    node[int(last) if last.isdigit() else last] = value
    return section


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        ("checks", [], "cross.checks: 1 to 64 rows"),
        ("checks.0.figure", "luck", "cross.checks.0.figure: no such figure"),
        ("checks.1.figure", "turnover", "cross.checks: each figure is checked once"),
        ("checks.0.minimum_sources", 1, "cross.checks.0.minimum_sources"),
        ("checks.0.minimum_sources", 3, "cross.checks.0.minimum_sources"),
        ("checks.0.sources", [SECTION["checks"][0]["sources"][0]], "cross.checks.0.sources: 2 to 64 rows"),
        (
            "checks.0.sources.1",
            SECTION["checks"][0]["sources"][0],
            "cross.checks.0.sources: a source counts once",
        ),
        ("checks.0.sources.1.fact", "declared.debt", "cross.checks.0.sources.1.fact: what is declared"),
        ("checks.0.sources.1.fact", "enterprise.area_ok", "cross.checks.0.sources.1.fact"),
        ("checks.0.sources.1.weight", 1.5, "cross.checks.0.sources.1.weight"),
        ("checks.0.sources.1.scale", "Infinity", "cross.checks.0.sources.1.scale"),
        ("checks.0.tolerance.soft", "0.4", "cross.checks.0.tolerance: soft is below conflict"),
        ("checks.0.on.conflict", "note", "cross.checks.0.on.conflict"),
        ("checks.0.on.unverifiable", "note", "cross.checks.0.on.unverifiable"),
        ("equity.reason", "none", "cross.equity.reason: there is no reason"),
        ("conflicts.bands.0.from", None, "cross.conflicts.bands.0.from"),
        ("pre_screen.0.code", "", "cross.pre_screen.0.code"),
    ],
)
def test_a_bad_section_is_refused_with_its_place(place: str, value: object, says: str) -> None:
    with pytest.raises(StageInvalid) as refused:
        compile_cross(changed(place, value), TYPES, path="cross")
    assert refused.value.text().startswith(says)
