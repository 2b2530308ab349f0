import pytest

from risk.rules.canonical import canonical, sha256_of
from risk.rules.reasons import REASONS


def test_canonical_bytes_do_not_depend_on_order() -> None:
    assert canonical({"b": [1, None, True], "a": "好"}) == '{"a":"好","b":[1,null,true]}'.encode()
    assert sha256_of({"a": 1, "b": 2}) == sha256_of({"b": 2, "a": 1})
    assert sha256_of({"a": 1}) != sha256_of({"a": "1"})


@pytest.mark.parametrize("document", [0.5, {"a": [0.5]}, [{"a": {"b": 1.0}}]])
def test_floats_are_never_hashed(document: object) -> None:
    with pytest.raises(TypeError):
        canonical(document)


def test_every_reason_has_both_texts_and_borrower_texts_come_in_pairs() -> None:
    for reason in REASONS.values():
        assert reason.text_en and reason.text_zh
        assert bool(reason.borrower_en) == bool(reason.borrower_zh)


def test_suspicions_are_not_told_to_the_borrower() -> None:
    assert not REASONS["payers_concentrated"].borrower_en
    assert not REASONS["receipts_jump"].borrower_en
