"""Identifiers: UUIDv7 inside, `prefix_` and Crockford base32 outside (RFC 9562, 5.7)."""

import os
import time
from datetime import datetime
from typing import Final
from uuid import UUID, SafeUUID

from kernel.refusals import Kind, Refusal

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = {letter: value for value, letter in enumerate(ALPHABET)}
_LENGTH: Final = 26
_PAIRS: Final = [first + second for first in ALPHABET for second in ALPHABET]
_SHIFTS: Final = range(10 * (_LENGTH // 2 - 1), -1, -10)
_SET: Final = object.__setattr__
_SAFE: Final = SafeUUID.unknown  # looking up a member costs as much as the rest of an id


class MalformedId(Refusal):
    """The text is not an identifier of this kind."""

    code = "malformed_id"
    kind = Kind.NOT_FOUND
    message = "There is nothing with the id {given}."


def new_id() -> UUID:
    """Return a new UUIDv7: milliseconds, 12 bits of their fraction (method 3 of 6.2), 62 random bits.

    The fraction keeps the ids of one process in the order they were made, also within a millisecond.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = (nanoseconds << 12) // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") & (2**62 - 1)
    return id_of((milliseconds & (2**48 - 1)) << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | random)


def first_id_at(instant: datetime) -> UUID:
    """Return what lies below every id made from an instant on, and above every one made before."""
    return UUID(int=int(instant.timestamp() * 1000) << 80)


def new_ids(count: int) -> list[UUID]:
    """Return so many new ids in order: those of one millisecond and fraction follow their random bits."""
    return [id_of(number) for number in new_numbers(count)]


def new_numbers(count: int) -> list[int]:
    """Return the numbers of `new_ids`: most ids of a batch are only written, and few are looked at."""
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = (nanoseconds << 12) // 1_000_000
    head = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62
    random = memoryview(os.urandom(8 * count)).cast("Q")
    return sorted([head | number & (2**62 - 1) for number in random])


def id_of(number: int) -> UUID:
    """Return the id of a number that is one: the constructor of UUID tries five other spellings first."""
    made = object.__new__(UUID)
    _SET(made, "int", number)
    _SET(made, "is_safe", _SAFE)
    return made


def public_id(prefix: str, value: UUID) -> str:
    """Return the public form, for instance `lon_01HZX...` (26 base32 digits)."""
    number = value.int
    return f"{prefix}_{''.join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])}"


def parse_id(prefix: str, text: str) -> UUID:
    """Return the UUID behind a public id; refuses another prefix, length or alphabet."""
    head, _, tail = text.partition("_")
    if head != prefix or len(tail) != _LENGTH or any(letter not in _VALUES for letter in tail):
        raise MalformedId(given=text[:64])
    number = 0
    for letter in tail:
        number = number * 32 + _VALUES[letter]
    if number >= 2**128:
        raise MalformedId(given=text[:64])
    return UUID(int=number)
