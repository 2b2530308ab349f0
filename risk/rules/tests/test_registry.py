import pytest

from risk.rules.canonical import canonical, sha256_of
from risk.rules.reasons import FAMILIES, NEUTRAL_EN, NEUTRAL_ZH, REASONS


def test_canonical_bytes_do_not_depend_on_order() -> None:
    assert canonical({"b": [1, None, True], "a": "好"}) == '{"a":"好","b":[1,null,true]}'.encode()
    assert sha256_of({"a": 1, "b": 2}) == sha256_of({"b": 2, "a": 1})
    assert sha256_of({"a": 1}) != sha256_of({"a": "1"})


@pytest.mark.parametrize("document", [0.5, {"a": [0.5]}, [{"a": {"b": 1.0}}]])
def test_floats_are_never_hashed(document: object) -> None:
    with pytest.raises(TypeError):
        canonical(document)


def test_every_reason_has_a_text_for_staff_and_one_for_the_borrower_in_both_languages() -> None:
    for reason in REASONS.values():
        assert reason.text_en and reason.text_zh and reason.borrower_en and reason.borrower_zh, reason.code
        assert reason.family in FAMILIES


def test_suspicions_are_not_told_to_the_borrower() -> None:
    neutral = {code for code, reason in REASONS.items() if reason.borrower_en == NEUTRAL_EN}

    assert {"payers_concentrated", "receipts_jump", "deny_listed", "device_shared"} <= neutral
    assert neutral == {code for code, reason in REASONS.items() if reason.borrower_zh == NEUTRAL_ZH}
    assert all(REASONS[code].text_en != NEUTRAL_EN for code in neutral)
    assert {reason.family for reason in REASONS.values()} == set(FAMILIES)
