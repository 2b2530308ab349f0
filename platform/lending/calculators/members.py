"""The members of a JSON object, taken one by one: what is wrong is kept with its pointer (RFC 6901)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeVar

from kernel.money import DIGITS
from kernel.rates import PPM
from kernel.recurrence import FIRST_YEAR, LAST_YEAR
from kernel.refusals import Phrase
from lending.calculators.documents import DocumentInvalid, Fault, shown

AMOUNT_DIGITS: Final = 18  # of minor units: what a bigint holds with room for sums
MOST_MINOR: Final = 10**AMOUNT_DIGITS - 1
RATE_MAX_PPM: Final = 10 * PPM
_AMOUNT: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_RATE: Final = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,40}))?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
_LONG: Final = 40
ONE_OF: Final = Phrase("Must be one of {choices}.")
AMOUNT_OR_OBJECT: Final = Phrase('Must be a string such as "1234.50", or an object of amount and currency.')
PLAIN_AMOUNT: Final = Phrase('Must be a string of plain digits, such as "1234.50".')
OTHER_CURRENCY: Final = Phrase("The currency of the document is {currency}.")
TOO_FINE: Final = Phrase("{currency} has {digits} decimals: nothing finer can be paid.")
TOO_LONG: Final = Phrase("Must have at most {digits} digits.")
TOO_HIGH: Final = Phrase("Must be at most {high}.")
ABOVE_ZERO: Final = Phrase("The amount must be above zero.")
NOT_NEGATIVE: Final = Phrase("The amount must not be negative.")
PLAIN_RATE: Final = Phrase('Must be a string with at most six decimals: "0.072000" is 7.2 % a year.')
RATE_RANGE: Final = Phrase("Must be a fraction from 0 to {high}.")
NO_MEMBER: Final = Phrase("Is not a member of this document.")
YEARS: Final = Phrase("Must be a day of the years {first} to {last}.")
NO_DAY: Final = Phrase("There is no {given}.")
PLAIN_DATE: Final = Phrase("Must be a date, YYYY-MM-DD.")
WHOLE_RANGE: Final = Phrase("Must be a whole number from {low} to {high}.")
PLAIN_CODE: Final = Phrase("Must be a code of at most {most} letters, digits and _.-")
_MISSING: Final[Any] = object()
Value = TypeVar("Value")


class Members:
    """Reads one object. Each method takes a member by name; without `default` the member is required.

    A faulty member yields a harmless stand-in, so that every fault of a document is told at once: nothing
    may be reckoned before `finish` has returned. `currency` may be set once the document's is known.
    """

    def __init__(
        self, value: object, pointer: str = "", faults: list[Fault] | None = None, currency: str = ""
    ) -> None:
        self.pointer = pointer
        self.faults: list[Fault] = [] if faults is None else faults
        self.currency = currency
        self._value: Mapping[str, Any] = value if isinstance(value, dict) else {}
        self._asked: set[str] = set()
        self._children: list[Members] = []
        self._is_object = isinstance(value, dict)
        if not self._is_object:
            self.fault("", "member_invalid", Phrase("Must be an object."))

    def fault(self, name: str, code: str, sentence: Phrase, **facts: object) -> None:
        """Keep a fault of a member (or of the object itself when `name` is empty)."""
        pointer = f"{self.pointer}/{name}" if name else self.pointer
        self.faults.append(Fault(pointer, code, sentence, facts))

    def has(self, name: str) -> bool:
        """Tell whether the member is given."""
        return name in self._value

    def is_object(self, name: str) -> bool:
        """Tell whether the member is given as an object."""
        return isinstance(self._value.get(name), dict)

    def _take(self, name: str, default: Any) -> Any:
        """Return the raw member; a required one that is missing is a fault and returns `_MISSING`."""
        self._asked.add(name)
        if name in self._value:
            return self._value[name]
        if default is _MISSING and self._is_object:
            self.fault(name, "member_missing", Phrase("Is required."))
        return _MISSING

    def read_currency(self, name: str = "currency", default: str = "CNY") -> str:
        """Return the document's currency; every amount after it is in this one."""
        given = self._take(name, default)
        if given is _MISSING:
            given = default
        if not isinstance(given, str) or given not in DIGITS:
            self.fault(name, "currency_unknown", ONE_OF, choices=", ".join(DIGITS))
            given = default
        self.currency = given
        return self.currency

    def amount(self, name: str, default: Any = _MISSING, *, low: int = 0, high: int = MOST_MINOR) -> Any:
        """Return an amount in minor units, from `low` to `high`; a string, or an object with its currency."""
        given = self._take(name, default)
        return _or(default, 0) if given is _MISSING else self._amount_of(name, given, low, high)

    def _amount_of(self, name: str, given: object, low: int, high: int) -> int:
        if isinstance(given, dict):
            if set(given) != {"amount", "currency"}:
                self.fault(name, "amount_invalid", AMOUNT_OR_OBJECT)
                return low
            if given["currency"] != self.currency:
                self.fault(name, "currency_mismatch", OTHER_CURRENCY, currency=self.currency)
                return low
            given = given["amount"]
        digits = DIGITS[self.currency]
        match = _AMOUNT.fullmatch(given) if isinstance(given, str) and given.isascii() else None
        if match is None:
            self.fault(name, "amount_invalid", PLAIN_AMOUNT)
            return low
        sign, whole, rest = match[1], match[2], match[3] or ""
        if len(rest) > digits:
            self.fault(name, "amount_too_fine", TOO_FINE, currency=self.currency, digits=digits)
        elif len(whole) > AMOUNT_DIGITS or len(whole.lstrip("0")) + digits > AMOUNT_DIGITS:
            self.fault(name, "amount_too_long", TOO_LONG, digits=AMOUNT_DIGITS)
        else:
            minor = int(whole + rest.ljust(digits, "0"))
            if not sign and low <= minor <= high:
                return minor
            if not sign and minor > high:
                self.fault(name, "amount_out_of_range", TOO_HIGH, high=shown(high, self.currency))
            else:
                self.fault(name, "amount_out_of_range", ABOVE_ZERO if low else NOT_NEGATIVE)
        return low

    def rate(self, name: str, default: Any = _MISSING, *, high: int = RATE_MAX_PPM) -> Any:
        """Return a rate in millionths, from zero to `high`: "0.072000" is 72000."""
        given = self._take(name, default)
        if given is _MISSING:
            return _or(default, 0)
        match = _RATE.fullmatch(given) if isinstance(given, str) and given.isascii() else None
        if match is None or len((match[3] or "").rstrip("0")) > 6:
            self.fault(name, "rate_invalid", PLAIN_RATE)
            return 0
        ppm = int(match[2]) * PPM + int((match[3] or "")[:6].ljust(6, "0"))
        if match[1] or ppm > high:
            top = f"{high // PPM}.{high % PPM:06d}".rstrip("0").rstrip(".")
            self.fault(name, "rate_out_of_range", RATE_RANGE, high=top)
            return 0
        return ppm

    def day(self, name: str, default: Any = _MISSING) -> Any:
        """Return a date, `YYYY-MM-DD`; 31 February is refused."""
        given = self._take(name, default)
        return _or(default, date.min) if given is _MISSING else self._day_of(name, given)

    def _day_of(self, name: str, given: object) -> date:
        try:
            if isinstance(given, str) and given.isascii() and _DATE.fullmatch(given):
                found = date.fromisoformat(given)
                if FIRST_YEAR <= found.year <= LAST_YEAR:
                    return found
                self.fault(name, "date_out_of_range", YEARS, first=FIRST_YEAR, last=LAST_YEAR)
                return date.min
        except ValueError:
            self.fault(name, "date_invalid", NO_DAY, given=given)
            return date.min
        self.fault(name, "date_invalid", PLAIN_DATE)
        return date.min

    def days(self, name: str, *, most: int) -> tuple[date, ...]:
        """Return a list of dates; none when the member is not given."""
        found = self._list(name, (), most)
        return tuple(self._day_of(f"{name}/{at}", given) for at, given in enumerate(found))

    def whole(self, name: str, default: Any = _MISSING, *, low: int, high: int, code: str = "") -> Any:
        """Return a whole number between two others, written as a JSON integer."""
        given = self._take(name, default)
        return _or(default, low) if given is _MISSING else self._whole_of(name, given, low, high, code)

    def _whole_of(self, name: str, given: object, low: int, high: int, code: str = "") -> int:
        if type(given) is int and low <= given <= high:
            return given
        fallback = "number_out_of_range" if type(given) is int else "number_invalid"
        self.fault(name, code or fallback, WHOLE_RANGE, low=low, high=high)
        return low

    def wholes(self, name: str, *, low: int, high: int, most: int) -> tuple[int, ...]:
        """Return a list of whole numbers; none when the member is not given."""
        found = self._list(name, (), most)
        return tuple(self._whole_of(f"{name}/{at}", given, low, high) for at, given in enumerate(found))

    def flag(self, name: str, default: Any = _MISSING) -> bool:
        """Return true or false."""
        given = self._take(name, default)
        if isinstance(given, bool):
            return given
        if given is not _MISSING:
            self.fault(name, "flag_invalid", Phrase("Must be true or false."))
        return bool(_or(default, False))

    def choice(self, name: str, options: Mapping[str, Value], default: Any = _MISSING, *, code: str) -> Value:
        """Return what a code stands for; an unknown one is told with `code`, and what would do."""
        given = self._take(name, default)
        if isinstance(given, str) and given in options:
            return options[given]
        if given is not _MISSING:
            self.fault(name, code, ONE_OF, choices=", ".join(options))
        return next(iter(options.values())) if default is _MISSING else default

    def text(self, name: str, default: Any = _MISSING) -> Any:
        """Return a short code: letters, digits, `_`, `.` and `-`."""
        given = self._take(name, default)
        if isinstance(given, str) and _CODE.fullmatch(given):
            return given
        if given is not _MISSING:
            self.fault(name, "code_invalid", PLAIN_CODE, most=_LONG)
        return _or(default, "")

    def inner(self, name: str) -> "Members":
        """Return the members of an object."""
        given = self._take(name, _MISSING)
        return self._child(name, {} if given is _MISSING else given)

    def objects(self, name: str, default: Any = _MISSING, *, least: int = 0, most: int) -> list["Members"]:
        """Return the members of every object in a list."""
        found = self._list(name, default, most)
        if len(found) < least and self.has(name) and isinstance(self._value[name], list):
            self.fault(name, "list_too_short", Phrase("Must have at least {least}."), least=least)
        return [self._child(f"{name}/{at}", given) for at, given in enumerate(found)]

    def _list(self, name: str, default: Any, most: int) -> Sequence[Any]:
        given = self._take(name, default)
        if given is _MISSING:
            return ()
        if not isinstance(given, list):
            self.fault(name, "list_invalid", Phrase("Must be a list."))
            return ()
        if len(given) > most:
            self.fault(name, "list_too_long", Phrase("Must have at most {most}."), most=most)
            return ()
        return given

    def _child(self, name: str, value: object) -> "Members":
        child = Members(value, f"{self.pointer}/{name}", self.faults, self.currency)
        self._children.append(child)
        return child

    def close(self) -> None:
        """Fault the members nobody asked for, here and below."""
        for name in self._value:
            if name not in self._asked:
                self.faults.append(Fault(f"{self.pointer}/{_token(name)}", "member_unknown", NO_MEMBER))
        for child in self._children:
            child.close()

    def finish(self) -> None:
        """Refuse the document if anything in it was wrong."""
        self.close()
        if self.faults:
            raise DocumentInvalid(self.faults)


def _or(default: Any, otherwise: object) -> Any:
    return otherwise if default is _MISSING else default


def _token(name: str) -> str:
    """Return a name somebody else gave as a pointer has it."""
    return name[:80].encode("utf-8", "replace").decode().replace("~", "~0").replace("/", "~1")
