"""Numbers as a signed document writes them: plain decimals in text, within a span, never a float. Pure."""

import re
from decimal import Decimal
from typing import Final

from kernel.refusals import Kind, Refusal

MOST_COUNT: Final = 10**12
_PLAIN: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?")


class NumberInvalid(Refusal):
    """The number is not written as a document writes numbers, or is outside its span."""

    code = "rules.number_invalid"
    kind = Kind.INVALID
    message = "{given} is not a number as a document writes it, from {least} to {most}."


def number(text: object, least: object, most: object) -> Decimal:
    """Return the decimal behind a text such as "0.10"; refuses exponents, NaN, infinities, other spans."""
    if isinstance(text, str) and _PLAIN.fullmatch(text) and Decimal(str(least)) <= Decimal(text):
        value = Decimal(text)
        if value <= Decimal(str(most)):
            return value
    raise NumberInvalid(given=shown(text), least=least, most=most)


def whole(value: object, least: int = 0, most: int = MOST_COUNT) -> int:
    """Return a whole number that JSON wrote as one; refuses truth values, texts and other spans."""
    if type(value) is int and least <= value <= most:
        return value
    raise NumberInvalid(given=shown(value), least=least, most=most)


def shown(value: object) -> str:
    """Return the start of any value for a message; a number of a million digits is not printed."""
    if isinstance(value, int) and abs(value) > MOST_COUNT:
        return "a number beyond reason"
    return repr(value if isinstance(value, str | int | bool | None) else type(value).__name__)[:42]
