from typing import Any
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.ids import ALPHABET, MalformedId, new_id, new_ids, parse_id, public_id

prefixes = st.sampled_from(["lon", "drw", "jrn", "app"])


@settings(max_examples=40)
@given(st.uuids(), prefixes)
def test_a_public_id_leads_back(value: UUID, prefix: str) -> None:
    text = public_id(prefix, value)
    assert parse_id(prefix, text) == value
    assert len(text) == len(prefix) + 27


@settings(max_examples=40)
@given(st.uuids(), st.uuids())
def test_public_ids_sort_like_ids(a: Any, b: Any) -> None:
    assert (public_id("lon", a) < public_id("lon", b)) == (a.int < b.int)


@settings(max_examples=40)
@given(st.text(alphabet=ALPHABET + "ILOUilou_-", max_size=30))
def test_any_other_text_is_refused_or_round_trips(text: str) -> None:
    try:
        value = parse_id("lon", f"lon_{text}")
    except MalformedId:
        return
    assert public_id("lon", value) == f"lon_{text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lon",
        "lon_",
        "drw_01HZX5M2N3P4Q5R6S7T8V9W0X1",
        "lon_01HZX5M2N3P4Q5R6S7T8V9W0X",
        "lon_01HZX5M2N3P4Q5R6S7T8V9W0X12",
        "lon_01HZX5M2N3P4Q5R6S7T8V9W0XU",
        "lon_01hzx5m2n3p4q5r6s7t8v9w0x1",
        "lon_8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "lon_ZZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "LON_01HZX5M2N3P4Q5R6S7T8V9W0X1",
    ],
)
def test_malformed_ids_are_refused(text: str) -> None:
    with pytest.raises(MalformedId):
        parse_id("lon", text)


def test_new_ids_are_uuid7_and_grow_with_time() -> None:
    made = [new_id() for _ in range(2_000)]
    assert len(set(made)) == len(made)
    assert {(value.version, value.variant) for value in made} == {(7, UUID(int=0x8 << 60).variant)}
    assert made == sorted(made)


def test_new_ids_by_the_hundred_are_uuid7_in_order_and_all_different() -> None:
    before, made, after = new_id(), new_ids(500), new_id()
    assert len(set(made)) == 500
    assert made == sorted(made)
    assert before.int >> 64 <= made[0].int >> 64 <= after.int >> 64
    assert {(value.version, value.variant) for value in made} == {(7, RFC_4122)}
    assert new_ids(0) == []
