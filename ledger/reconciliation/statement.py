"""What a file of the other side says, without a database: movements, balances, and the rows it gets wrong.

An amount is signed as our account moves: positive when it is debited (money in), negative when credited.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.hashes import SM3, Hash

from kernel.money import Money
from kernel.refusals import Kind, Refusal

LARGEST_FILE_BYTES: Final = 64 * 2**20
MOST_ROWS: Final = 500_000
MOST_BAD_ROWS: Final = 1_000
OLDEST: Final = date(2000, 1, 1)
LATEST: Final = date(2100, 1, 1)
TEXT_LENGTH: Final = 64


class StatementUnreadable(Refusal):
    """The file as a whole cannot be used: not this format, not for this account, or it does not add up."""

    code = "ledger.statement_unreadable"
    kind = Kind.INVALID
    message = "The statement cannot be read: {reason}."


class LineState(StrEnum):
    """What the other side says of a message: the money moved, or it never will."""

    SETTLED = "settled"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One movement of the file; `row_no` counts from 1."""

    row_no: int
    entry_reference: str
    message_id: str
    effect: Money
    booking_date: date
    value_date: date
    state: LineState = LineState.SETTLED
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used, and why; the rest of the file counts."""

    row_no: int
    reason: str


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A file as read: its reference, the day it closes, its balances if it names them, its rows."""

    reference: str
    statement_date: date
    rows: tuple[StatementRow, ...]
    bad_rows: tuple[BadRow, ...]
    opening: Money | None = None
    closing: Money | None = None

    def __post_init__(self) -> None:
        """Refuse a file whose good rows do not lead from its opening to its closing balance."""
        if self.opening is None or self.closing is None or self.bad_rows:
            return
        moved = Money.total((row.effect for row in self.rows if row.state is LineState.SETTLED), "CNY")
        if self.opening + moved != self.closing:
            raise StatementUnreadable(reason=f"{self.opening} and {moved} do not make {self.closing}")


def printable(text: str, length: int) -> str:
    """Return the beginning of a text from outside as it can be kept and shown."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:length])


def size(effect: Money) -> Money:
    """Return an amount without its sign."""
    return effect if effect.minor >= 0 else -effect


def file_hash(content: bytes) -> str:
    """Return the SM3 of a file, in hexadecimal digits."""
    digest = Hash(SM3())
    digest.update(content)
    return digest.finalize().hex()


def once(rows: Iterable[StatementRow | BadRow]) -> tuple[tuple[StatementRow, ...], tuple[BadRow, ...]]:
    """Part good rows from bad ones; a reference that comes twice in a file is bad the second time.

    Refuses a file of more rows than a day can have, or of so many bad ones that it is not the file meant.
    """
    good: list[StatementRow] = []
    bad: list[BadRow] = []
    seen: set[str] = set()
    for row in rows:
        if isinstance(row, BadRow):
            bad.append(row)
        elif row.entry_reference in seen:
            bad.append(BadRow(row.row_no, "its entry reference is in the file already"))
        else:
            seen.add(row.entry_reference)
            good.append(row)
        if len(good) > MOST_ROWS or len(bad) > MOST_BAD_ROWS:
            raise StatementUnreadable(reason="it has too many rows, or too many bad ones")
    return tuple(good), tuple(bad)


def made(
    *,
    row_no: int,
    entry_reference: str,
    message_id: str,
    is_in: bool,
    amount: str,
    currency: str,
    booking_date: str,
    value_date: str,
    state: str,
    failure_code: str = "",
) -> StatementRow | BadRow:
    """Return a row from its texts, or what is wrong with it."""
    texts = (entry_reference, message_id, failure_code)
    if not entry_reference or any(len(text) > TEXT_LENGTH or not text.isprintable() for text in texts):
        return BadRow(row_no, "its references are missing or not readable")
    if currency != "CNY":
        return BadRow(row_no, f"its currency is {printable(currency, 8)}")
    if state not in set(LineState):
        return BadRow(row_no, f"its state is {printable(state, 20)}")
    try:
        money = Money.parse(amount)
        booked, valued = date.fromisoformat(booking_date), date.fromisoformat(value_date)
    except (Refusal, ValueError):
        return BadRow(row_no, "its amount or a date is not one")
    if not OLDEST <= valued < LATEST or not OLDEST <= booked < LATEST:
        return BadRow(row_no, "its dates are not of this century")
    if money.minor <= 0:
        return BadRow(row_no, "its amount is not positive")
    effect = money if is_in else -money
    return StatementRow(
        row_no, entry_reference, message_id, effect, booked, valued, LineState(state), failure_code
    )
