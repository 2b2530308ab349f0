from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.money import MAX_MINOR, CurrencyMismatch, Money, MoneyInvalid, Rounding, round_minor

VERY_LONG = pytest.param(10**5_000, id="5001 digits")  # Python refuses to write such a number
minors = st.integers(min_value=-(10**14), max_value=10**14)
weights = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=40).filter(any)


@settings(max_examples=40)
@given(minors, weights)
def test_a_split_always_adds_up_and_is_fair(minor: int, shares: list[int]) -> None:
    parts = Money(minor).split(shares)
    assert Money.total(parts) == Money(minor)
    assert len(parts) == len(shares)
    for part, share in zip(parts, shares, strict=True):
        assert abs(Decimal(part.minor) - Decimal(minor) * share / sum(shares)) < 1
        assert share or not part


@settings(max_examples=40)
@given(minors, weights)
def test_a_split_mirrors_with_the_sign(minor: int, shares: list[int]) -> None:
    assert Money(-minor).split(shares) == tuple(-part for part in Money(minor).split(shares))


@pytest.mark.parametrize("shares", [[], [0], [0, 0], [1, -1], [-1, 3], [0.5, 0.5], [True, True]])
def test_a_split_needs_weights(shares: list[Any]) -> None:
    with pytest.raises(MoneyInvalid):
        Money(100).split(shares)


def test_the_odd_fen_goes_to_the_largest_remainder_first() -> None:
    assert [part.minor for part in Money(100).split([1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in Money(101).split([1, 2])] == [34, 67]
    assert [part.minor for part in Money(10_000_001).split([70, 30])] == [7_000_001, 3_000_000]


@settings(max_examples=40)
@given(minors, minors, minors)
def test_addition_is_that_of_whole_numbers(a: Any, b: Any, c: Any) -> None:
    assert (Money(a) + Money(b)) + Money(c) == Money(a) + (Money(b) + Money(c)) == Money(a + b + c)
    assert Money(a) - Money(b) == -(Money(b) - Money(a))
    assert (Money(a) < Money(b)) == (a < b)
    assert (Money(a) >= Money(b)) == (a >= b)
    assert bool(Money(a)) == bool(a)
    assert Money(a) * 3 == Money(a) + Money(a) + Money(a)


@settings(max_examples=40)
@given(minors, st.sampled_from(["CNY", "USD", "JPY", "KWD"]))
def test_its_text_is_parsed_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(str(money), currency) == money
    assert Money.parse(money.major, currency) == money


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("1.005", "CNY"),
        ("0.001", "CNY"),
        ("1.5", "JPY"),
        ("1.0005", "KWD"),
        ("NaN", "CNY"),
        ("Infinity", "CNY"),
        ("-Infinity", "CNY"),
        ("", "CNY"),
        ("12,5", "CNY"),
        ("1e30", "CNY"),
        ("1e5", "CNY"),
        ("1e999999999", "CNY"),
        ("1e-999999999", "CNY"),
        (Decimal("1E+400000"), "CNY"),
        (Decimal("1E-400000"), "CNY"),
        pytest.param(10**5_000, "CNY", id="5001 digits"),
        ("9" * 5_000, "CNY"),
        ("1." + "0" * 33 + "1", "CNY"),
        (Decimal("1." + "0" * 33 + "1"), "CNY"),
        ("1_000", "CNY"),
        (" 100", "CNY"),
        ("１００", "CNY"),
        ("sNaN", "CNY"),
        ("1", ["CNY"]),
        (1.5, "CNY"),
        (True, "CNY"),
        (None, "CNY"),
        ("1", "XAU"),
    ],
)
def test_what_is_no_amount_is_refused(amount: Any, currency: str) -> None:
    with pytest.raises(MoneyInvalid):
        Money.parse(amount, currency)


@pytest.mark.parametrize("minor", [1.0, True, "1", MAX_MINOR + 1, -MAX_MINOR - 1, Decimal(1), VERY_LONG])
def test_only_whole_fen_within_bounds(minor: int) -> None:
    with pytest.raises(MoneyInvalid):
        Money(minor)


def test_currencies_do_not_mix() -> None:
    for act in (
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a <= b,
        lambda a, b: a > b,
        lambda a, b: a >= b,
        lambda a, b: Money.total([a, b]),
    ):
        with pytest.raises(CurrencyMismatch):
            act(Money(1), Money(1, "USD"))
    assert Money(1) != Money(1, "USD")


def test_it_is_multiplied_by_whole_counts_only() -> None:
    for count in (1.5, Decimal(2), True):
        with pytest.raises(MoneyInvalid):
            Money(1) * count


@settings(max_examples=40)
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_rounding_is_never_a_fen_away(exact: Any) -> None:
    for rounding in Rounding:
        assert abs(round_minor(exact, rounding) - exact) < 1
    assert abs(round_minor(exact, Rounding.HALF_UP) - exact) <= Decimal("0.5")
    assert abs(round_minor(exact, Rounding.DOWN)) <= abs(exact) <= abs(round_minor(exact, Rounding.UP))


def test_the_rules_of_rounding_differ_at_the_half() -> None:
    halves = {rounding: round_minor(Decimal("2.5"), rounding) for rounding in Rounding}
    assert halves == {Rounding.HALF_UP: 3, Rounding.HALF_EVEN: 2, Rounding.DOWN: 2, Rounding.UP: 3}


def test_reading_and_showing_do_not_depend_on_the_callers_decimals() -> None:
    with localcontext(prec=4):
        assert Money.parse("123456.78") == Money(12_345_678)
        assert str(Money(12_345_678)) == "123456.78"
        assert f"{Money(-12_345_678):,}" == "-123,456.78"
        assert Money(12_345_678).major == Decimal("123456.78")


def test_it_is_shown_in_major_units() -> None:
    assert (str(Money(123450)), f"{Money(123456789):,}", str(Money(-5)), str(Money(7, "JPY"))) == (
        "1234.50",
        "1,234,567.89",
        "-0.05",
        "7",
    )
    assert f"{Money(5):>8}" == "    0.05"
