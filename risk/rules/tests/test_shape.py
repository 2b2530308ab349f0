from decimal import Decimal
from typing import Any

import pytest

from risk.rules.numbers import NumberInvalid, number, shown, whole
from risk.rules.shape import MAX_NESTING, MAX_TEXT, MAX_VALUES, shape_problem


def nested(depth: int) -> Any:
    document: Any = 1
    for _ in range(depth):
        document = [document]
    return document


CIRCLE: dict[str, Any] = {"facts": {}}
CIRCLE["facts"]["again"] = CIRCLE


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"admit": {"rules": [{"value": 0.5}]}}, "admit.rules.0.value"),
        ({"a": float("nan")}, "a"),
        ({"a": float("-inf")}, "a"),
        ({"a": 10**13}, "a"),
        ({"a": 10**5_000}, "a"),
        ({"a": "x" * (MAX_TEXT + 1)}, "a"),
        ({"a": {1: 2}}, "a"),
        ({"a": {"x" * (MAX_TEXT + 1): 2}}, "a"),
        ({"a": {1, 2}}, "a"),
        ({"a": object()}, "a"),
        ({"a": b"x"}, "a"),
        ({"a": Decimal(1)}, "a"),
        ([1] * (MAX_VALUES + 1), "document"),
        (nested(MAX_NESTING + 1), "document" + ".0" * (MAX_NESTING + 1)),
    ],
)
def test_what_is_not_plain_json_is_named_with_its_place(document: object, where: str) -> None:
    found = shape_problem(document)

    assert found is not None
    assert found[0] == where


def test_a_document_that_goes_round_in_a_circle_is_refused() -> None:
    found = shape_problem(CIRCLE)
    assert found is not None and "circle" in found[1]


def test_shared_parts_that_unfold_without_end_are_refused() -> None:
    wide: Any = [1]
    for _ in range(30):
        wide = [wide, wide]  # thirty lines of code, a thousand million values
    assert shape_problem(wide) is not None


def test_plain_documents_pass() -> None:
    assert shape_problem({"a": [1, "x", None, True, {"b": [-3]}]}) is None
    assert shape_problem(nested(MAX_NESTING)) is None


@pytest.mark.parametrize(
    "text", ["1e3", "NaN", "Infinity", "", " 1", "1.", ".5", "+1", "1_0", "١", "0" * 16, "1\n", 1, 0.5, None]
)
def test_numbers_are_written_one_way(text: object) -> None:
    with pytest.raises(NumberInvalid):
        number(text, -10, 10)


def test_numbers_keep_their_digits_and_their_span() -> None:
    assert str(number("0.10", 0, 1)) == "0.10"
    assert number("-1.5", -2, 0) == Decimal("-1.5")
    for text in ("-0.01", "1.01"):
        with pytest.raises(NumberInvalid):
            number(text, 0, 1)
    assert whole(3) == 3
    for value in (-1, True, "3", Decimal(3), 10**20):
        with pytest.raises(NumberInvalid):
            whole(value)
    assert shown(10**5_000) == "a number beyond reason"
