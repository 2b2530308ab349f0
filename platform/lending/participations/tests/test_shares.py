"""The split of a joint loan: parts add up for any shares and sums; the rule on the partner's share. Pure."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.money import Money
from lending.participations.shares import (
    PartnerShareTooSmall,
    booked_parts,
    first_loss,
    grown,
    require_share,
    split,
)

R_02 = Decimal("0.300000")
SEVENTY_THIRTY = {"bank:qinglan": 7_000_000, "bank:lian": 3_000_000}


def yuan(amount: str) -> Money:
    return Money.parse(amount)


def test_the_first_instalment_of_j9_to_the_fen() -> None:
    left = grown(yuan("100000.00"), yuan("91938.10"), weights=SEVENTY_THIRTY)
    assert {party: str(part) for party, part in left.items()} == {
        "bank:qinglan": "-5643.33",
        "bank:lian": "-2418.57",
    }
    interest = grown(yuan("0.00"), yuan("600.00"), weights=SEVENTY_THIRTY)
    assert [str(interest[party]) for party in ("bank:qinglan", "bank:lian")] == ["420.00", "180.00"]


@given(
    weights=st.dictionaries(
        st.text(min_size=1, max_size=4), st.integers(min_value=1, max_value=10**9), min_size=1, max_size=5
    ),
    sums=st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_parts_add_up_whatever_happens_in_whatever_order(weights: dict[str, int], sums: list[int]) -> None:
    path = [Money(0), *map(Money, sums), Money(0)]
    had = dict.fromkeys(weights, Money(0))
    for before, after in pairwise(path):
        parts = grown(before, after, weights=weights)
        assert Money.total(parts.values()) == after - before
        had = {party: had[party] + parts[party] for party in weights}
        assert had == split(after, weights=weights)  # where it stands does not depend on how it came there
        reversed_parts = {party: -part for party, part in grown(after, before, weights=weights).items()}
        assert reversed_parts == parts
    assert set(had.values()) == {Money(0)}


@given(
    total=st.integers(min_value=4, max_value=10**12), ppm=st.integers(min_value=300_000, max_value=999_999)
)
@settings(max_examples=150, deadline=None)
def test_every_booked_loan_keeps_the_rule_on_the_partners_share(total: int, ppm: int) -> None:
    parts = booked_parts(Money(total), share_ppm=ppm, share_min=R_02)
    assert parts.lead + parts.partner == Money(total)
    assert parts.partner.minor * 10 >= 3 * total
    assert abs(parts.partner.minor * 1_000_000 - ppm * total) <= 1_000_000  # within a fen


def test_the_order_of_the_parties_decides_the_odd_fen_and_nothing_else() -> None:
    one = split(Money(1), weights={"b": 1, "a": 1})
    assert one == split(Money(1), weights={"a": 1, "b": 1}) == {"a": Money(1), "b": Money(0)}


def test_less_than_thirty_percent_is_refused_to_the_fen() -> None:
    require_share(partner=yuan("30000.00"), total=yuan("100000.00"), share_min=R_02)
    with pytest.raises(PartnerShareTooSmall, match=r"29999\.99 of 100000\.00: at least 30000\.00"):
        require_share(partner=yuan("29999.99"), total=yuan("100000.00"), share_min=R_02)
    with pytest.raises(PartnerShareTooSmall):
        booked_parts(yuan("100000.00"), share_ppm=299_000, share_min=R_02)
    assert str(booked_parts(yuan("100.01"), share_ppm=300_000, share_min=R_02).partner) == "30.01"


@pytest.mark.parametrize(
    ("loss", "used", "covered"),
    [
        ("40.00", "0.00", "40.00"),
        ("140.00", "0.00", "100.00"),
        ("40.00", "80.00", "20.00"),
        ("1.00", "100.00", "0.00"),
    ],
)
def test_a_first_loss_pool_covers_what_is_left_of_it(loss: str, used: str, covered: str) -> None:
    assert first_loss(yuan(loss), pool=yuan("100.00"), used=yuan(used)) == yuan(covered)
