"""Valid identifiers of firms and people that do not exist: sequence 000, check digits right (rules 2.10).

For sandboxes, stories and tests.
"""

from datetime import date
from typing import Final

from parties.enterprises.identifiers import (
    USCC_ALPHABET,
    luhn_check_digit,
    org_check_digit,
    resident_check_digit,
    uscc_check_digit,
)

_ACCOUNT_FREE: Final = 10**7


def credit_code(number: int, *, area_code: str, prefix: str = "92") -> str:
    """Return the `number`-th synthetic credit code of an area, `92331002MA000...`; 29,791 of them differ."""
    base = len(USCC_ALPHABET)
    tail = "".join(USCC_ALPHABET[number // base**power % base] for power in (2, 1, 0))
    org = f"MA000{tail}"
    body = f"{prefix}{area_code}{org}{org_check_digit(org)}"
    return body + uscc_check_digit(body)


def resident_number(*, area_code: str, born: date) -> str:
    """Return the identity number of nobody: sequence 000 is never given out."""
    body = f"{area_code}{born:%Y%m%d}000"
    return body + resident_check_digit(body)


def mobile_number(number: int) -> str:
    """Return a mobile number of eleven digits in a block kept for examples here: 1390000...."""
    return f"1390000{number % 10_000:04d}"


def card_number(number: int, *, ending: str = "0000") -> str:
    """Return a card number of 19 digits that passes Luhn and ends in `ending` (the sandbox's triggers)."""
    head = f"6222000{number % _ACCOUNT_FREE:07d}"
    for digit in range(10):
        body = f"{head}{digit}{ending}"
        if luhn_check_digit(body[:-1]) == body[-1]:
            return body
    raise ValueError(f"no card number ends in {ending}")
