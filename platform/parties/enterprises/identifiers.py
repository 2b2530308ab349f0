"""Identifiers of firms, people and accounts: pure checks without a database (rules 2.10)."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from kernel.refusals import Kind, Refusal

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: without I O S V Z
_ORG_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS: Final = "10X98765432"
_USCC: Final = re.compile(rf"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}")
_RESIDENT: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
_CARD: Final = re.compile(r"[1-9][0-9]{15,18}")
_CORPORATE_ACCOUNT: Final = re.compile(r"[0-9]{8,32}")
_PHONE: Final = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_AREA: Final = re.compile(r"[1-9][0-9]{5}")
_INDUSTRY: Final = re.compile(r"[A-T][0-9]{2,4}")
_LUHN_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


class RegistrationNumberInvalid(Refusal):
    """The text is not a unified social credit code (GB 32100-2015, organisation part GB 11714)."""

    code = "enterprises.registration_no_invalid"
    kind = Kind.INVALID
    message = "{given} is not a unified social credit code: {reason}."


class IdNumberInvalid(Refusal):
    """The text is not a resident identity number; it is not repeated in the refusal (D-09, C2)."""

    code = "enterprises.id_number_invalid"
    kind = Kind.INVALID
    message = "The identity number is not valid: {reason}."


class PhoneInvalid(Refusal):
    """The text is not a mainland mobile number; it is not repeated in the refusal (D-09, C2)."""

    code = "enterprises.phone_invalid"
    kind = Kind.INVALID
    message = "The phone number is not a mobile number of eleven digits."


class AccountNumberInvalid(Refusal):
    """The text is not an account number; it is not repeated in the refusal (D-09, C2)."""

    code = "enterprises.account_number_invalid"
    kind = Kind.INVALID
    message = "The account number is not valid: {reason}."


class AreaCodeInvalid(Refusal):
    """The text is not an administrative area code (GB/T 2260)."""

    code = "enterprises.area_code_invalid"
    kind = Kind.INVALID
    message = "{given} is not an administrative area code of six digits."


class IndustryInvalid(Refusal):
    """The text is not an industry code (GB/T 4754)."""

    code = "enterprises.industry_invalid"
    kind = Kind.INVALID
    message = "{given} is not an industry code such as F5227."


class NumberWarning(StrEnum):
    """What a number raises without being refused."""

    AREA_UNKNOWN = "area_unknown"  # the county code is younger than the birth year, or in no table


class AccountKind(StrEnum):
    """Cards carry a Luhn digit; a firm's settlement account does not."""

    CARD = "card"
    CORPORATE = "corporate"


@dataclass(frozen=True, slots=True)
class ResidentNumber:
    """A checked resident identity number."""

    number: str
    birth_date: date
    warnings: tuple[NumberWarning, ...]


def uscc_check_digit(body: str) -> str:
    """Return the check digit of the first 17 characters of a credit code: weights 3^i mod 31."""
    total = sum(USCC_ALPHABET.index(letter) * pow(3, i, 31) for i, letter in enumerate(body))
    return USCC_ALPHABET[-total % 31]


def org_check_digit(body: str) -> str:
    """Return the check digit of the eight characters of an organisation code (GB 11714)."""
    total = sum(
        _ORG_ALPHABET.index(letter) * weight for letter, weight in zip(body, _ORG_WEIGHTS, strict=True)
    )
    return "0123456789X0"[11 - total % 11]


def resident_check_digit(body: str) -> str:
    """Return the check digit of the first 17 digits of a resident identity number (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _RESIDENT_WEIGHTS, strict=True))
    return _RESIDENT_CHECKS[total % 11]


def luhn_check_digit(body: str) -> str:
    """Return the digit that makes the card number `body` + digit pass Luhn."""
    total = sum(
        _LUHN_DOUBLED[int(digit)] if i % 2 == 0 else int(digit) for i, digit in enumerate(reversed(body))
    )
    return str(-total % 10)


def check_registration_no(text: str) -> str:
    """Return the credit code in capitals; refuses a wrong shape or either check digit."""
    number = text.strip().upper()
    if not _USCC.fullmatch(number):
        raise RegistrationNumberInvalid(given=text[:32], reason="it has not 18 characters of the right kinds")
    if uscc_check_digit(number[:17]) != number[17]:
        raise RegistrationNumberInvalid(given=number, reason="the check digit is wrong")
    if org_check_digit(number[8:16]) != number[16]:
        raise RegistrationNumberInvalid(given=number, reason="the organisation code's check digit is wrong")
    return number


def check_id_number(text: str, *, on_date: date) -> ResidentNumber:
    """Return the identity number; check digit and date refuse, an unknown area only warns (finding 6)."""
    number = text.strip().upper()
    if not _RESIDENT.fullmatch(number):
        raise IdNumberInvalid(reason="it has not 18 digits")
    if resident_check_digit(number[:17]) != number[17]:
        raise IdNumberInvalid(reason="the check digit is wrong")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise IdNumberInvalid(reason="the date of birth does not exist") from None
    if not date(1900, 1, 1) <= born <= on_date:
        raise IdNumberInvalid(reason="the date of birth does not exist")
    try:
        ric.get_birth_place(number)
    except ValidationError:
        return ResidentNumber(number, born, (NumberWarning.AREA_UNKNOWN,))
    return ResidentNumber(number, born, ())


def check_phone(text: str) -> str:
    """Return the eleven digits of a mobile number, with or without +86."""
    found = _PHONE.fullmatch(re.sub(r"[\s-]", "", text))
    if found is None:
        raise PhoneInvalid
    return found.group(1)


def check_account_number(text: str, *, kind: AccountKind) -> str:
    """Return the account's digits; a card must have 16 to 19 of them and pass Luhn."""
    number = re.sub(r"[\s-]", "", text)
    if kind is AccountKind.CORPORATE:
        if not _CORPORATE_ACCOUNT.fullmatch(number):
            raise AccountNumberInvalid(reason="it has not 8 to 32 digits")
        return number
    if not _CARD.fullmatch(number):
        raise AccountNumberInvalid(reason="a card has 16 to 19 digits")
    if luhn_check_digit(number[:-1]) != number[-1]:
        raise AccountNumberInvalid(reason="the check digit is wrong")
    return number


def check_area_code(text: str) -> str:
    """Return the area code; refuses anything but six digits."""
    if not _AREA.fullmatch(text):
        raise AreaCodeInvalid(given=text[:16])
    return text


def check_industry(text: str) -> str:
    """Return the industry code; refuses anything but a letter A to T and two to four digits."""
    if not _INDUSTRY.fullmatch(text):
        raise IndustryInvalid(given=text[:16])
    return text


def in_area(area_code: str, *, area_prefixes: tuple[str, ...]) -> bool:
    """Tell whether an area lies in a bank's own region (R-05); a bank without prefixes serves none."""
    return area_code.startswith(area_prefixes) if area_prefixes else False
