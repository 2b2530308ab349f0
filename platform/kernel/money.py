"""Money: exact, frozen, in whole minor units (fen)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DecimalException,
    Inexact,
    InvalidOperation,
    Overflow,
    Underflow,
)
from enum import StrEnum
from typing import Final, Self

from kernel.refusals import Kind, Refusal, brief
from kernel.values import made_often

DIGITS: Final = {"CNY": 2, "USD": 2, "EUR": 2, "GBP": 2, "JPY": 0, "KWD": 3}
MAX_MINOR: Final = 10**15  # ten trillion yuan: beyond it a figure is a mistake, and bigint sums stay safe


# Reads a decimal to the last digit or not at all, whatever the caller's context, and none that is absurd.
_EXACT: Final = Context(prec=40, Emin=-60, Emax=60, traps=[InvalidOperation, Overflow, Underflow, Inexact])
_FEW: Final = 20  # characters
_PLAIN: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", re.ASCII)


def whole_at(given: object, decimals: int) -> int | None:
    """Return a decimal (text without exponent, int or Decimal) as a whole number of its smallest units.

    None where it is none: not plain ASCII digits, finer than so many decimals, infinite or absurdly long.
    """
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        return None
    if isinstance(given, str):
        if not _PLAIN.fullmatch(given):
            return None
        head, _, tail = given.partition(".")
        if len(tail) == decimals and len(given) <= _FEW:  # as most are written: nothing to reckon
            return int(head + tail)
    try:
        exact = _EXACT.scaleb(_EXACT.create_decimal(given), decimals)
        return int(exact) if exact.is_finite() and exact == exact.to_integral_value() else None
    except DecimalException:
        return None


def with_decimals(whole: int, decimals: int) -> Decimal:
    """Return so many smallest units as a decimal, exact whatever the caller's context."""
    return _EXACT.scaleb(Decimal(whole), -decimals)


class MoneyInvalid(Refusal):
    """The amount is not a plain decimal of this currency."""

    code = "money_invalid"
    kind = Kind.INVALID
    message = "{given} is not an amount of {currency}."


class CurrencyMismatch(Refusal):
    """Two currencies met."""

    code = "currency_mismatch"
    kind = Kind.INVALID
    message = "{left} and {right} cannot be reckoned together."


class Rounding(StrEnum):
    """How an exact figure becomes whole minor units; a term of the product."""

    HALF_UP = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN
    DOWN = ROUND_DOWN
    UP = ROUND_UP


def round_minor(exact: Decimal, rounding: Rounding) -> int:
    """Round an exact number of minor units to a whole one."""
    return int(exact.quantize(Decimal(1), rounding=rounding.value))


@made_often
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units of one currency."""

    minor: int
    currency: str = "CNY"

    def __post_init__(self) -> None:
        """Refuse anything but a whole number within bounds and a known currency."""
        known = type(self.currency) is str and self.currency in DIGITS
        if type(self.minor) is not int or not known or abs(self.minor) > MAX_MINOR:
            raise MoneyInvalid(given=brief(self.minor), currency=str(self.currency)[:8])

    @classmethod
    def parse(cls, amount: str | int | Decimal, currency: str = "CNY") -> Self:
        """Return money from major units, e.g. `"1234.50"`; refuses floats and anything finer than a fen.

        Text is plain ASCII digits with at most a sign and a point: no exponent, space, comma or underscore.
        """
        known = type(currency) is str and currency in DIGITS
        minor = whole_at(amount, DIGITS[currency]) if known else None
        if minor is None or abs(minor) > MAX_MINOR:
            raise MoneyInvalid(given=brief(amount), currency=str(currency)[:8])
        return cls(minor, currency)

    @classmethod
    def zero(cls, currency: str = "CNY") -> Self:
        """Return nothing, of a currency."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str = "CNY") -> "Money":
        """Return the sum; of nothing it is zero of `currency`."""
        result = Money(0, currency)
        for amount in amounts:
            result = result + amount
        return result

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        if type(count) is not int:
            raise MoneyInvalid(given=brief(count), currency=self.currency)
        return Money(self.minor * count, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __gt__(self, other: "Money") -> bool:
        return not self <= other

    def __ge__(self, other: "Money") -> bool:
        return not self < other

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact."""
        return with_decimals(self.minor, DIGITS[self.currency])

    def split(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Split by whole weights so that the parts add up; the largest remainders get the odd fen."""
        if (
            not weights
            or any(type(weight) is not int or weight < 0 for weight in weights)
            or not any(weights)
        ):
            raise MoneyInvalid(given=brief(list(weights)), currency=self.currency)
        whole = sum(weights)
        sign, total = (-1, -self.minor) if self.minor < 0 else (1, self.minor)
        parts = [total * weight // whole for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
        for index in by_remainder[: total - sum(parts)]:
            parts[index] += 1
        return tuple(Money(sign * part, self.currency) for part in parts)

    def __str__(self) -> str:
        return f"{self.major:.{DIGITS[self.currency]}f}"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec) if spec != "," else f"{self.major:,.{DIGITS[self.currency]}f}"
