"""The members of a JSON object, taken one by one: what is wrong is kept with its pointer (RFC 6901)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeVar

from kernel.money import DIGITS
from kernel.rates import PPM
from lending.calculators.documents import DocumentInvalid

AMOUNT_DIGITS: Final = 18  # of minor units: what a bigint holds with room for sums
RATE_MAX_PPM: Final = 10 * PPM
_AMOUNT: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_RATE: Final = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,40}))?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
_LONG: Final = 40
_MISSING: Final[Any] = object()
Value = TypeVar("Value")


class Members:
    """Reads one object. Each method takes a member by name; without `default` the member is required.

    A faulty member yields a harmless stand-in, so that every fault of a document is told at once: nothing
    may be reckoned before `finish` has returned. `currency` may be set once the document's is known.
    """

    def __init__(
        self, value: object, pointer: str = "", faults: list[dict[str, str]] | None = None, currency: str = ""
    ) -> None:
        self.pointer = pointer
        self.faults: list[dict[str, str]] = [] if faults is None else faults
        self.currency = currency
        self._value: Mapping[str, Any] = value if isinstance(value, dict) else {}
        self._asked: set[str] = set()
        self._children: list[Members] = []
        self._is_object = isinstance(value, dict)
        if not self._is_object:
            self.fault("", "member_invalid", "Must be an object.")

    def fault(self, name: str, code: str, detail: str) -> None:
        """Keep a fault of a member (or of the object itself when `name` is empty)."""
        pointer = f"{self.pointer}/{name}" if name else self.pointer
        self.faults.append({"pointer": pointer, "code": code, "detail": detail})

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
            self.fault(name, "member_missing", "Is required.")
        return _MISSING

    def read_currency(self, name: str = "currency", default: str = "CNY") -> str:
        """Return the document's currency; every amount after it is in this one."""
        given = self._take(name, default)
        if given is _MISSING:
            given = default
        if not isinstance(given, str) or given not in DIGITS:
            self.fault(name, "currency_unknown", f"Must be one of {', '.join(DIGITS)}.")
            given = default
        self.currency = given
        return self.currency

    def amount(self, name: str, default: Any = _MISSING, *, low: int = 0) -> Any:
        """Return an amount in minor units, at least `low`; a string, or an object that names the currency."""
        given = self._take(name, default)
        return _or(default, 0) if given is _MISSING else self._amount_of(name, given, low)

    def _amount_of(self, name: str, given: object, low: int) -> int:
        if isinstance(given, dict):
            if set(given) != {"amount", "currency"}:
                self.fault(name, "amount_invalid", 'Must be "1234.50" or {"amount": …, "currency": …}.')
                return low
            if given["currency"] != self.currency:
                self.fault(name, "currency_mismatch", f"The currency of the document is {self.currency}.")
                return low
            given = given["amount"]
        digits = DIGITS[self.currency]
        match = _AMOUNT.fullmatch(given) if isinstance(given, str) and given.isascii() else None
        if match is None:
            self.fault(name, "amount_invalid", 'Must be a string of plain digits, such as "1234.50".')
            return low
        sign, whole, rest = match[1], match[2].lstrip("0"), match[3] or ""
        if len(rest) > digits:
            self.fault(
                name, "amount_too_fine", f"{self.currency} has {digits} decimals: nothing finer can be paid."
            )
        elif len(whole) + digits > AMOUNT_DIGITS:
            self.fault(name, "amount_too_long", f"Must have at most {AMOUNT_DIGITS} digits.")
        else:
            minor = int(sign + (whole or "0") + rest.ljust(digits, "0"))
            if minor >= low:
                return minor
            what = "must not be negative" if low == 0 else "must be above zero"
            self.fault(name, "amount_out_of_range", f"The amount {what}.")
        return low

    def rate(self, name: str, default: Any = _MISSING, *, high: int = RATE_MAX_PPM) -> Any:
        """Return a rate in millionths, from zero to `high`: "0.072000" is 72000."""
        given = self._take(name, default)
        if given is _MISSING:
            return _or(default, 0)
        match = _RATE.fullmatch(given) if isinstance(given, str) and given.isascii() else None
        if match is None or len((match[3] or "").rstrip("0")) > 6:
            detail = 'Must be a string with at most six decimals: "0.072000" is 7.2 % a year.'
            self.fault(name, "rate_invalid", detail)
            return 0
        ppm = int(match[2]) * PPM + int((match[3] or "")[:6].ljust(6, "0"))
        if (match[1] and ppm) or ppm > high:
            top = f"{high // PPM}.{high % PPM:06d}".rstrip("0").rstrip(".")
            self.fault(name, "rate_out_of_range", f"Must be a fraction from 0 to {top}.")
            return 0
        return ppm

    def day(self, name: str, default: Any = _MISSING) -> Any:
        """Return a date, `YYYY-MM-DD`; 31 February is refused."""
        given = self._take(name, default)
        return _or(default, date.min) if given is _MISSING else self._day_of(name, given)

    def _day_of(self, name: str, given: object) -> date:
        try:
            if isinstance(given, str) and given.isascii() and _DATE.fullmatch(given):
                return date.fromisoformat(given)
        except ValueError:
            self.fault(name, "date_invalid", f"There is no {given}.")
            return date.min
        self.fault(name, "date_invalid", "Must be a date, YYYY-MM-DD.")
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
        self.fault(name, code or fallback, f"Must be a whole number from {low} to {high}.")
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
            self.fault(name, "flag_invalid", "Must be true or false.")
        return bool(_or(default, False))

    def choice(self, name: str, options: Mapping[str, Value], default: Any = _MISSING, *, code: str) -> Value:
        """Return what a code stands for; an unknown one is told with `code`, and what would do."""
        given = self._take(name, default)
        if isinstance(given, str) and given in options:
            return options[given]
        if given is not _MISSING:
            self.fault(name, code, f"Must be one of {', '.join(options)}.")
        return next(iter(options.values())) if default is _MISSING else default

    def text(self, name: str, default: Any = _MISSING) -> Any:
        """Return a short code: letters, digits, `_`, `.` and `-`."""
        given = self._take(name, default)
        if isinstance(given, str) and _CODE.fullmatch(given):
            return given
        if given is not _MISSING:
            self.fault(name, "code_invalid", f"Must be a code of at most {_LONG} letters, digits and _.-")
        return _or(default, "")

    def inner(self, name: str) -> "Members":
        """Return the members of an object."""
        given = self._take(name, _MISSING)
        return self._child(name, {} if given is _MISSING else given)

    def objects(self, name: str, default: Any = _MISSING, *, least: int = 0, most: int) -> list["Members"]:
        """Return the members of every object in a list."""
        found = self._list(name, default, most)
        if len(found) < least and self.has(name) and isinstance(self._value[name], list):
            self.fault(name, "list_too_short", f"Must have at least {least}.")
        return [self._child(f"{name}/{at}", given) for at, given in enumerate(found)]

    def _list(self, name: str, default: Any, most: int) -> Sequence[Any]:
        given = self._take(name, default)
        if given is _MISSING:
            return ()
        if not isinstance(given, list):
            self.fault(name, "list_invalid", "Must be a list.")
            return ()
        if len(given) > most:
            self.fault(name, "list_too_long", f"Must have at most {most}.")
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
                pointer = f"{self.pointer}/{_token(name)}"
                detail = "Is not a member of this document."
                self.faults.append({"pointer": pointer, "code": "member_unknown", "detail": detail})
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
