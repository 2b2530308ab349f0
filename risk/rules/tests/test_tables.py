from copy import deepcopy
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.features.facts import Facts, FactType
from risk.rules.expressions import ExpressionInvalid
from risk.rules.stages import Finding, StageInvalid
from risk.rules.tables import MAX_COLUMNS, Table, compile_table

TYPES = {"c": FactType.COUNT, "m": FactType.MONEY, "t": FactType.TEXT, "f": FactType.FLAG}
YOUNG = {"outcome": "decline", "reason": "enterprise_young"}
LOW = {"outcome": "refer", "reason": "receipts_low"}
PASS = {"outcome": "pass"}


def row(code: str, then: object, *cells: object) -> dict[str, Any]:
    return {"row": code, "cells": list(cells), "then": then}


FIRST: dict[str, Any] = {
    "table": "size",
    "hit": "first",
    "on_unknown": "refer",
    "columns": [{"fact": "c"}, {"fact": "m"}],
    "rows": [
        row("young", YOUNG, {"below": 12}, None),
        row("low", LOW, {"from": 12}, {"up_to": "100.00"}),
        row("rest", PASS, {"from": 12}, {"over": "100.00"}),
    ],
}


def table(document: object) -> Table:
    return compile_table(document, TYPES, path="admit")


def changed(**change: object) -> dict[str, Any]:
    return deepcopy(FIRST) | change


def says(document: object, facts: Facts) -> list[tuple[str, str]]:
    return [(finding.outcome, finding.reason) for finding in table(document).run(facts).findings]


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"c": 11, "m": None}, [("decline", "enterprise_young")]),  # decided whatever m is
        ({"c": 12, "m": Decimal("100.00")}, [("refer", "receipts_low")]),
        ({"c": 12, "m": Decimal("100.01")}, []),
        ({"c": 12, "m": None}, [("refer", "fact_unknown")]),
        ({"c": None, "m": Decimal("200.00")}, [("refer", "fact_unknown")]),
    ],
)
def test_the_first_row_that_holds_decides_and_unknown_never_passes(
    facts: Facts, found: list[tuple[str, str]]
) -> None:
    assert says(FIRST, facts) == found


def test_the_trace_tells_every_rows_status_and_what_was_read() -> None:
    assert table(FIRST).run({"c": 12, "m": Decimal("5.00")}).trace == {
        "table": "size",
        "rows": [
            {"row": "young", "status": "miss"},
            {"row": "low", "status": "hit"},
            {"row": "rest", "status": "miss"},
        ],
        "outcome": ["refer"],
        "read": {"c": 12, "m": "5.00"},
    }


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"rows": FIRST["rows"][:2]}, r"a gap: no row answers c = 12, m = 100\.01"),
        ({"rows": FIRST["rows"][1:]}, r"a gap: no row answers c = 11"),
        ({"rows": [*FIRST["rows"], row("again", PASS, {"from": 20}, None)]}, "rows low and again overlap"),
        ({"rows": [*FIRST["rows"], row("never", PASS, {"from": 20, "below": 20}, None)]}, "never is dead"),
        ({"overlaps": [["young", "low"]]}, "young and low do not overlap"),
        ({"overlaps": [["young", "nobody"]]}, "overlaps lists pairs"),
        ({"overlaps": "all"}, "overlaps lists pairs"),
        ({"hit": "last"}, "hit is one of"),
        ({"hit": "sum"}, "name their unit"),
        ({"unit": "money"}, "name their unit"),
        ({"on_unknown": "pass"}, "unknown never approves"),
        ({"columns": [{"fact": "c"}]}, "one cell a column"),
        ({"columns": [{"fact": "c"}] * (MAX_COLUMNS + 1)}, "1 to 8 columns"),
        ({"columns": [{"fact": "c"}, {"fact": "x"}]}, "declares no fact 'x'"),
        ({"rows": []}, "1 to 200 rows"),
        ({"rows": [row("all", PASS, None, None)]}, "one of them at least not empty"),
        ({"rows": [*FIRST["rows"], FIRST["rows"][0]]}, "two rows are called 'young'"),
        ({"rows": [row("a", {"outcome": "approve"}, {"below": 3}, None)]}, "then passes"),
        ({"rows": [row("a", YOUNG | {"reason": "because"}, {"below": 3}, None)]}, "there is no reason"),
        ({"rows": [row("a", PASS, {"below": "3"}, None)]}, "not a number"),
        ({"rows": [row("a", PASS, {"below": 3, "up_to": 4}, None)]}, "does not read like"),
        ({"rows": [row("a", PASS, {"near": 3}, None)]}, "does not read like"),
        ({"table": "no-name"}, "plain letters"),
        ({"colour": "red"}, "means nothing here"),
    ],
)
def test_what_is_wrong_with_a_table_is_refused_before_it_is_signed(
    change: dict[str, Any], problem: str
) -> None:
    with pytest.raises((StageInvalid, ExpressionInvalid), match=problem):
        table(changed(**change))


def test_otherwise_closes_every_gap() -> None:
    document = changed(rows=FIRST["rows"][:2], otherwise=LOW)

    assert says(document, {"c": 12, "m": Decimal("100.01")}) == [("refer", "receipts_low")]


def test_an_overlap_is_declared_with_the_stronger_row_first() -> None:
    rows = [FIRST["rows"][0], row("poor", LOW, None, {"up_to": "100.00"}), FIRST["rows"][2]]

    with pytest.raises(StageInvalid, match="rows young and poor overlap: declare which is stronger"):
        table(changed(rows=rows))
    declared = changed(rows=rows, overlaps=[["young", "poor"]])
    assert says(declared, {"c": 1, "m": Decimal("1.00")}) == [("decline", "enterprise_young")]
    with pytest.raises(StageInvalid, match="young is declared stronger than poor but stands after it"):
        table(declared | {"rows": [rows[1], rows[0], rows[2]]})


def test_texts_flags_and_formulas_are_columns_too() -> None:
    share = {"value": {"op": "/", "of": [{"fact": "m"}, {"fact": "c"}], "round": "floor"}}
    document = changed(
        columns=[{"fact": "t"}, {"fact": "f"}, share],
        rows=[
            row("farm", LOW, {"in": ["rural", "village"]}, None, None),
            row("known", PASS, {"is": "urban"}, {"is": True}, None),
            row("rich", PASS, {"is": "urban"}, {"is": False}, {"over": "50.00"}),
            row("poor", LOW, {"is": "urban"}, {"is": False}, {"up_to": "50.00"}),
        ],
        otherwise=YOUNG,
    )

    assert says(document, {"t": "moon"}) == [("decline", "enterprise_young")]
    assert says(document, {"t": "rural"}) == [("refer", "receipts_low")]
    assert says(document, {"t": "urban", "f": False, "m": Decimal("100.00"), "c": 1}) == []
    assert says(document, {"t": "urban", "f": False, "m": Decimal("100.00"), "c": 0}) == [
        ("refer", "fact_unknown")
    ]


FIGURES: dict[str, Any] = {
    "table": "points",
    "unit": "count",
    "on_unknown": "refer",
    "columns": [{"fact": "c"}, {"fact": "f"}],
    "rows": [
        row("old", {"value": 5}, {"from": 24}, None),
        row("kept", {"value": 3}, {"from": 12}, {"is": True}),
    ],
}


@pytest.mark.parametrize(
    ("hit", "facts", "value"),
    [
        ("sum", {"c": 30, "f": True}, 8),
        ("sum", {"c": 30, "f": False}, 5),
        ("sum", {"c": 1, "f": False}, 0),
        ("sum", {"c": 30, "f": None}, None),
        ("max", {"c": 30, "f": True}, 5),
        ("max", {"c": 13, "f": True}, 3),
        ("max", {"c": 1, "f": True}, 1),
    ],
)
def test_sum_and_max_make_one_figure_or_none(hit: str, facts: Facts, value: int | None) -> None:
    document = FIGURES | {"hit": hit} | ({"otherwise": {"value": 1}} if hit == "max" else {})
    result = table(document).run(facts)

    assert result.value == value
    assert result.findings == (() if value is not None else (Finding("refer", "fact_unknown"),))


def test_a_maximum_of_nothing_is_a_gap() -> None:
    with pytest.raises(StageInvalid, match="a gap"):
        table(FIGURES | {"hit": "max"})


def test_collect_lets_every_row_have_its_say() -> None:
    document = changed(
        hit="collect",
        rows=[row("young", YOUNG, {"below": 12}, None), row("low", LOW, None, {"below": "100.00"})],
    )

    assert says(document, {"c": 1, "m": Decimal("1.00")}) == [
        ("decline", "enterprise_young"),
        ("refer", "receipts_low"),
    ]
    assert says(document, {"c": 1}) == [("decline", "enterprise_young"), ("refer", "fact_unknown")]
    assert says(document, {"c": 12, "m": Decimal("100.00")}) == []


CELLS = st.one_of(
    st.none(),
    st.builds(lambda low, up: {"from": low, "below": low + up}, st.integers(0, 4), st.integers(1, 3)),
    st.builds(lambda low: {"from": low}, st.integers(0, 5)),
    st.builds(lambda up: {"up_to": up}, st.integers(0, 5)),
)
THENS = (YOUNG, LOW, PASS)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """Tables of three rows over two counts, with whatever overlaps they need declared in their own order."""
    rows = [
        row(code, draw(st.sampled_from(THENS)), *draw(st.tuples(CELLS, CELLS).filter(any)))
        for code in ("one", "two", "three")
    ]
    document = changed(columns=[{"fact": "c"}, {"fact": "d"}], rows=rows, otherwise=YOUNG)
    codes = [("one", "two"), ("one", "three"), ("two", "three")]
    overlapping = [list(pair) for pair in codes if overlap(rows, pair)]
    return document | {"overlaps": overlapping}


def overlap(rows: list[dict[str, Any]], pair: tuple[str, str]) -> bool:
    """Whether two rows hold together somewhere, by trying every value there is."""
    both = [row for row in rows if row["row"] in pair]
    return any(all(inside(one, c, d) for one in both) for c in range(12) for d in range(12))


def inside(one: dict[str, Any], *values: int) -> bool:
    return all(
        cell is None
        or (cell.get("from", 0) <= value < cell.get("below", 99) and value <= cell.get("up_to", 99))
        for cell, value in zip(one["cells"], values, strict=True)
    )


@given(tables())
@settings(max_examples=60, deadline=None)
def test_no_order_of_rows_changes_an_outcome_silently(document: dict[str, Any]) -> None:
    """Reordered rows are refused, or answer every case as before; and as a plain reading of the rows does."""
    types = TYPES | {"d": FactType.COUNT}
    compiled = []
    for rows in permutations(document["rows"]):
        try:
            compiled.append(compile_table(document | {"rows": list(rows)}, types, path="x"))
        except StageInvalid:
            continue
    for c in range(8):
        for d in range(8):
            answers = {one.run({"c": c, "d": d}).findings for one in compiled}
            assert len(answers) <= 1
            held = next((one["then"] for one in document["rows"] if inside(one, c, d)), YOUNG)
            plain = () if held == PASS else (Finding(held["outcome"], held["reason"]),)
            assert answers in (set(), {plain})
