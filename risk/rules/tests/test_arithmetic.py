from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.features.facts import Facts, FactType
from risk.rules.expressions import (
    MAX_NODES,
    ExpressionInvalid,
    compile_condition,
    compile_formula,
    passes_by_absence,
)

TYPES = {
    "m": FactType.MONEY,
    "n": FactType.MONEY,
    "r": FactType.RATIO,
    "c": FactType.COUNT,
    "t": FactType.TEXT,
    "f": FactType.FLAG,
}
M, N, R, C, T, F = ({"fact": name} for name in "mnrctf")
FACTS: Facts = {"m": Decimal("1000.01"), "n": Decimal("3.00"), "r": Decimal("0.333333"), "c": 7}


def of(op: str, *parts: object, **more: object) -> dict[str, Any]:
    return {"op": op, "of": list(parts), **more}


@pytest.mark.parametrize(
    ("node", "unit", "figure"),
    [
        (of("+", M, N, {"money": "0.01"}), FactType.MONEY, "1003.02"),
        (of("-", N, M), FactType.MONEY, "-997.01"),
        (of("*", M, R), FactType.MONEY, "333.33633333"),  # exact: nothing rounds but / and round
        (of("*", M, R, C, {"count": 90}), FactType.MONEY, "210001.88999790"),
        (of("*", R, R), FactType.RATIO, "0.111110888889"),
        (of("*", C, {"count": 6}), FactType.COUNT, "42"),
        (of("/", M, N, round="half_even"), FactType.RATIO, "333.336667"),
        (of("/", M, N, round="floor"), FactType.RATIO, "333.336666"),
        (of("/", M, C, round="ceiling"), FactType.MONEY, "142.86"),
        (of("/", C, {"count": 2}, round="half_up"), FactType.RATIO, "3.500000"),
        (of("min", M, N), FactType.MONEY, "3.00"),
        (of("max", C, {"count": 9}), FactType.COUNT, "9"),
        (of("round", of("*", M, R), round="floor", to="100.00"), FactType.MONEY, "300.00"),
        (of("round", C, round="half_even", to=2), FactType.COUNT, "8"),
        (of("/", M, of("-", N, N), round="floor"), FactType.RATIO, None),  # by zero: not known
        (of("+", M, of("*", N, {"ratio": "1"}, {"fact": "r2"})), FactType.MONEY, None),
    ],
)
def test_arithmetic_is_exact_and_keeps_its_units(node: object, unit: FactType, figure: str | None) -> None:
    formula = compile_formula(node, TYPES | {"r2": FactType.RATIO}, path="x")

    assert formula.type is unit
    found = formula.evaluate(FACTS)
    assert found is None if figure is None else str(found) == figure


@pytest.mark.parametrize(
    ("node", "clash"),
    [
        (of("+", M, C), "money and count have no sum"),
        (of("-", M, R), "money and ratio have no difference"),
        (of("*", M, N), "money and money have no product"),
        (of("/", R, M, round="floor"), "ratio and money have no quotient"),
        (of("/", C, M, round="floor"), "count and money have no quotient"),
        (of("min", M, C), "money and count have no min"),
        (of("+", T, T), "text and text have no sum"),
        (of("+", F, F), "flag and flag have no sum"),
        (of("*", M, T), "money and text have no product"),
    ],
)
def test_units_that_do_not_go_together_are_refused_and_named(node: object, clash: str) -> None:
    with pytest.raises(ExpressionInvalid, match=f"x: unit mismatch: {clash}"):
        compile_formula(node, TYPES, path="x")


def test_a_comparison_of_two_units_is_refused_where_it_stands() -> None:
    node = of("all", {"op": "known", "fact": "m"}, {"op": ">", "left": M, "right": {"count": 3}})

    with pytest.raises(ExpressionInvalid, match=r"x\.1: unit mismatch: money is never compared with count"):
        compile_condition(node, TYPES, path="x")


@pytest.mark.parametrize(
    "node",
    [
        of("+", M),
        of("-", M, N, N),
        of("/", M, N),
        of("/", M, N, round="somehow"),
        of("/", M, N, round=["floor"]),
        of("+", M, N, round="floor"),
        of("round", M, round="floor", to="0"),
        of("round", M, round="floor", to="0.001"),
        of("round", M, round="floor", to=100),
        of("round", C, round="floor", to="2"),
        of("**", C, C),
        of("+", *[C] * 33),
        of("+", M, N, name=3),
        {"fact": "m", "money": "1.00"},
        {"money": "1.001"},
        {"money": "1e3"},
        {"money": "NaN"},
        {"ratio": "Infinity"},
        {"ratio": "-Infinity"},
        {"ratio": "sNaN"},
        {"ratio": "0.1234567"},
        {"ratio": 0.5},
        {"money": "1_000"},
        {"money": "１２"},
        {"money": "9" * 1_000_000},
        {"count": 10**5_000},
        {"count": float("nan")},
        {"count": True},
        {"text": "x" * 1_000},
        {"lambda": "x"},
        {"fact": "__class__"},
        {"fact": "m.__class__"},
        {"fact": ["m"]},
        {"op": "__import__('os').system('true')", "of": [M, N]},
        {"op": "+", "of": [M, "__import__('os')"]},
        {1: 2},
    ],
)
def test_what_is_no_value_is_refused_at_check(node: object) -> None:
    with pytest.raises(ExpressionInvalid):
        compile_formula(node, TYPES, path="x")


def test_a_text_with_code_in_it_is_a_text() -> None:
    hostile = "'); __import__('os').abort() #\n\\"
    condition = compile_condition({"op": "in", "fact": "t", "values": [hostile, "b"]}, TYPES, path="x")

    assert condition.evaluate({"t": hostile}) is True
    assert condition.evaluate({"t": "a"}) is False


def test_generated_code_sees_no_builtins_and_no_attributes() -> None:
    judge = compile_condition({"op": ">", "left": of("+", M, N), "right": M}, TYPES, path="x").evaluate
    inner = judge.__closure__[0].cell_contents  # type: ignore[attr-defined]

    assert inner.__globals__["__builtins__"] == {}
    assert set(inner.__code__.co_names) <= {"get"} | {name for name in inner.__globals__ if name[0] == "k"}


def test_circles_and_unfolding_giants_are_refused() -> None:
    circle: dict[str, Any] = {"op": "not"}
    circle["of"] = circle
    wide: Any = M
    for _ in range(10):
        wide = of("+", wide, wide, wide, wide)  # ten levels share their parts: a million when unfolded

    for node in (circle, of("all", circle)):
        with pytest.raises(ExpressionInvalid, match="deep"):
            compile_condition(node, TYPES, path="x")
    with pytest.raises(ExpressionInvalid, match=f"{MAX_NODES} parts"):
        compile_formula(wide, TYPES, path="x")


def test_the_trace_shows_facts_and_the_values_that_were_named() -> None:
    share = of("/", N, M, round="floor", name="debt_share")
    condition = compile_condition({"op": "<=", "left": share, "right": {"ratio": "0.5"}}, TYPES, path="x")

    assert condition.read(FACTS) == {"n": "3.00", "m": "1000.01", "debt_share": "0.002999"}
    assert condition.read({"m": Decimal("1.00")}) == {"n": None, "m": "1.00", "debt_share": None}


def test_only_known_can_be_passed_by_leaving_a_fact_out() -> None:
    known = {"op": "known", "fact": "m"}
    plain = {"op": ">", "fact": "c", "value": 1}

    def absent(node: object, *, when: bool) -> frozenset[str]:
        return passes_by_absence(compile_condition(node, TYPES, path="x").node, when=when)

    assert absent(known, when=True) == frozenset()
    assert absent(of("any", {"op": "not", "of": known}, plain), when=True) == {"m"}
    assert absent(of("all", known, plain), when=False) == {"m"}
    assert absent({"op": "not", "of": known}, when=False) == frozenset()


fen = st.integers(-(10**12), 10**12)


@given(fen, fen, st.integers(-(10**9), 10**9))
@settings(deadline=None)
def test_results_are_those_of_fractions(left: int, right: int, ppm: int) -> None:
    m, n, r = Decimal(left) / 100, Decimal(right) / 100, Decimal(ppm) / 1_000_000
    facts: Facts = {"m": m, "n": n, "r": r}

    exact = compile_formula(of("+", of("*", M, R), N), TYPES, path="x").evaluate(facts)
    quotient = compile_formula(of("/", M, N, round="floor"), TYPES, path="x").evaluate(facts)

    assert Fraction(str(exact)) == Fraction(left, 100) * Fraction(ppm, 10**6) + Fraction(right, 100)
    if right == 0:
        assert quotient is None
    else:
        assert Fraction(str(quotient)) * 10**6 == Fraction(left * 10**6, right).__floor__()
