from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.features.enterprise import sector_of_industry, with_derived
from risk.features.facts import CATALOGUE, FactInvalid, FactType, FactValue, coerce, decode, encode
from risk.scoring.sba import USED


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FactType.MONEY, Decimal("1.001")),
        (FactType.MONEY, True),
        (FactType.MONEY, "1.00"),
        (FactType.MONEY, Decimal("NaN")),
        (FactType.RATIO, Decimal("Infinity")),
        (FactType.COUNT, Decimal(1)),
        (FactType.COUNT, True),
        (FactType.TEXT, 1),
        (FactType.FLAG, 1),
    ],
)
def test_a_value_of_another_type_is_refused(kind: FactType, value: FactValue) -> None:
    with pytest.raises(FactInvalid):
        coerce("x", kind, value)


def test_a_float_is_refused() -> None:
    with pytest.raises(FactInvalid):
        coerce("x", FactType.RATIO, 0.1)  # type: ignore[arg-type]


@settings(deadline=None)
@given(
    st.one_of(
        st.tuples(st.just(FactType.MONEY), st.decimals(-(10**9), 10**9, places=2)),
        st.tuples(st.just(FactType.RATIO), st.decimals(-10, 10, places=6)),
        st.tuples(st.just(FactType.COUNT), st.integers(-(10**9), 10**9)),
        st.tuples(st.just(FactType.TEXT), st.text()),
        st.tuples(st.just(FactType.FLAG), st.booleans()),
        st.tuples(st.sampled_from(FactType), st.none()),
    )
)
def test_what_is_stored_reads_back_the_same(pair: tuple[FactType, FactValue]) -> None:
    kind, value = pair
    fact = coerce("x", kind, value)

    assert decode("x", kind, encode(fact)) == fact
    assert encode(decode("x", kind, encode(fact))) == encode(fact)


def test_one_amount_has_one_form() -> None:
    written = {encode(coerce("x", FactType.MONEY, Decimal(text))) for text in ("5", "5.0", "5.00", "0.5E1")}

    assert written == {"5.00"}
    assert encode(coerce("x", FactType.RATIO, Decimal("-0"))) == "0.000000"


def test_decode_refuses_a_float() -> None:
    with pytest.raises(FactInvalid):
        decode("x", FactType.MONEY, 1.5)


def test_the_catalogue_is_whole() -> None:
    assert set(USED.values()) <= set(CATALOGUE)
    assert all(entry.text_en and entry.text_zh for entry in CATALOGUE.values())


@pytest.mark.parametrize(
    ("code", "sector"),
    [
        ("F5227", "retail"),
        ("F5112", "wholesale"),
        ("H6210", "accommodation_food"),
        ("S9100", None),
        ("", None),
    ],
)
def test_industry_codes_have_sectors(code: str, sector: str | None) -> None:
    assert sector_of_industry(code) == sector


def test_derived_facts_never_replace_given_ones() -> None:
    facts = with_derived({"enterprise.months_open": 24, "enterprise.industry": "H6210"})
    assert facts["enterprise.is_new"] is True
    assert facts["enterprise.industry_sector"] == "accommodation_food"
    assert with_derived({"enterprise.months_open": 25})["enterprise.is_new"] is False
    assert (
        with_derived({"enterprise.months_open": 1, "enterprise.is_new": False})["enterprise.is_new"] is False
    )
    assert with_derived({}) == {}
