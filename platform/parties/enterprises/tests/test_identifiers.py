"""Identifiers against the vectors of rules 2.10."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parties.enterprises.identifiers import (
    USCC_ALPHABET,
    AccountKind,
    AccountNumberInvalid,
    AreaCodeInvalid,
    IdNumberInvalid,
    IndustryInvalid,
    NumberWarning,
    PhoneInvalid,
    RegistrationNumberInvalid,
    check_account_number,
    check_area_code,
    check_id_number,
    check_industry,
    check_phone,
    check_registration_no,
    in_area,
)

TODAY = date(2026, 11, 2)
CODES = ("91331002MA0000X15M", "92331002MA00000QX0", "93450312MA0000Y382", "91330106MA0000T79R")
RESIDENTS = (
    "632127199003140005",
    "331002199507220004",
    "450322198505060004",
    "445102199209180002",
    "370102198511030008",
    "33100219950707000X",
)
CARDS = ("6222000000000009", "6236000000000000129", "6217000000000000343")


@pytest.mark.parametrize("number", CODES)
def test_a_valid_credit_code_passes_in_either_case(number: Any) -> None:
    assert check_registration_no(f" {number.lower()} ") == number


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize("place", range(18))
def test_one_changed_character_is_refused(number: Any, place: int) -> None:
    other = USCC_ALPHABET[(USCC_ALPHABET.index(number[place]) + 1) % len(USCC_ALPHABET)]
    with pytest.raises(RegistrationNumberInvalid):
        check_registration_no(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "91331002MA0000X15", "91331002MA0000X15M0", "9133100SMA0000X15M", "91331002MA0000X1IM"]
)
def test_a_wrong_shape_is_refused(text: str) -> None:
    with pytest.raises(RegistrationNumberInvalid):
        check_registration_no(text)


def test_a_right_outer_digit_does_not_hide_a_wrong_organisation_code() -> None:
    # 91331002MA0000X16 + its own outer check digit: the organisation part's digit should be 5.
    with pytest.raises(RegistrationNumberInvalid, match="organisation"):
        check_registration_no("91331002MA0000X16Q")


@pytest.mark.parametrize("number", RESIDENTS)
def test_a_valid_identity_number_passes(number: Any) -> None:
    assert check_id_number(number, on_date=TODAY).number == number


@pytest.mark.parametrize("number", RESIDENTS)
def test_the_last_digit_plus_one_is_refused(number: Any) -> None:
    digits = "0123456789X"
    other = digits[(digits.index(number[-1]) + 1) % 11]
    with pytest.raises(IdNumberInvalid, match="check digit"):
        check_id_number(number[:-1] + other, on_date=TODAY)


def test_an_area_younger_than_the_birth_only_warns() -> None:
    # 450322 born 1978: the county code came later; python-stdnum alone would refuse the owner (finding 6).
    found = check_id_number("450322197801010007", on_date=TODAY)
    assert (found.birth_date, found.warnings) == (date(1978, 1, 1), (NumberWarning.AREA_UNKNOWN,))


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("632127900314000", "18 digits"),  # the legacy 15 digits
        ("632127199002300003", "date"),  # 30 February, check digit right
        ("632127209003140001", "date"),  # born in 2090, check digit right
    ],
)
def test_an_impossible_identity_number_is_refused_without_repeating_it(number: Any, reason: str) -> None:
    with pytest.raises(IdNumberInvalid, match=reason) as refusal:
        check_id_number(number, on_date=TODAY)
    assert number not in str(refusal.value)


@pytest.mark.parametrize("number", CARDS)
def test_a_valid_card_passes(number: Any) -> None:
    assert check_account_number(f"{number[:4]} {number[4:]}", kind=AccountKind.CARD) == number


@pytest.mark.parametrize(
    "number", [*(f"{card[:-1]}{(int(card[-1]) + 1) % 10}" for card in CARDS), "62220", ""]
)
def test_a_card_that_fails_luhn_is_refused_without_repeating_it(number: Any) -> None:
    with pytest.raises(AccountNumberInvalid) as refusal:
        check_account_number(number, kind=AccountKind.CARD)
    assert not number or number not in str(refusal.value)


def test_a_firms_account_has_no_luhn_digit() -> None:
    assert check_account_number("1207 0142 1920 0088", kind=AccountKind.CORPORATE) == "1207014219200088"
    with pytest.raises(AccountNumberInvalid):
        check_account_number("12345", kind=AccountKind.CORPORATE)


def test_phones() -> None:
    assert check_phone("+86 138-0000-1234") == "13800001234"
    for wrong in ("12800001234", "1380000123", "138000012345", "phone"):
        with pytest.raises(PhoneInvalid):
            check_phone(wrong)


def test_area_and_industry_codes() -> None:
    assert (check_area_code("331002"), check_industry("F5227")) == ("331002", "F5227")
    for wrong in ("33100", "3310021", "A31002", "031002"):
        with pytest.raises(AreaCodeInvalid):
            check_area_code(wrong)
    for wrong in ("5227", "Z5227", "F", "F52271"):
        with pytest.raises(IndustryInvalid):
            check_industry(wrong)


def test_a_bank_serves_its_own_area_only() -> None:
    """R-05."""
    assert in_area("331002", area_prefixes=("3310",))
    assert not in_area("330106", area_prefixes=("3310",))
    assert not in_area("331002", area_prefixes=())


@given(st.text(max_size=40))
def test_any_text_is_either_passed_or_refused(text: str) -> None:
    for check in (check_registration_no, check_phone, check_area_code, check_industry):
        try:
            check(text)
        except (RegistrationNumberInvalid, PhoneInvalid, AreaCodeInvalid, IndustryInvalid):
            continue
