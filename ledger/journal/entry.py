"""What an entry is, without a database: lines that balance per currency, and the bytes that identify it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SM3, Hash

from kernel.money import Money
from kernel.refusals import Kind, Refusal

MAX_LINES: Final = 10_000
CONTENT_VERSION: Final = "sluice-entry-1"
_LIMITS: Final = {"kind": 64, "reference": 64, "description": 255, "idempotency_key": 128}
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class Unbalanced(Refusal):
    """Debits and credits differ in some currency."""

    code = "ledger.unbalanced"
    kind = Kind.INVALID
    message = "Debits and credits differ by {difference} {currency}."


class EntryInvalid(Refusal):
    """Not an entry: too few lines, an amount that is not positive, a text too long or with control marks."""

    code = "ledger.entry_invalid"
    kind = Kind.INVALID
    message = "This is not an entry: {reason}."


class Side(StrEnum):
    """Debit (借) or credit (贷)."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def opposite(self) -> "Side":
        """The other side."""
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


@dataclass(frozen=True, slots=True)
class Line:
    """One leg: so much on one side of one account, named by its code."""

    account: str
    side: Side
    amount: Money

    @classmethod
    def debit(cls, account: str, amount: Money) -> Self:
        """Return a debit leg (借)."""
        return cls(account, Side.DEBIT, amount)

    @classmethod
    def credit(cls, account: str, amount: Money) -> Self:
        """Return a credit leg (贷)."""
        return cls(account, Side.CREDIT, amount)

    @property
    def opposite(self) -> "Line":
        """The same leg on the other side."""
        return Line(self.account, self.side.opposite, self.amount)


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry to post. `booking_date` is the bank's business date, `value_date` the day it counts from.

    `idempotency_key` names the act: the same key with the same content is the same entry.
    A `pending` entry holds funds in guarded accounts until it is settled or voided.
    """

    kind: str
    booking_date: date
    value_date: date
    lines: tuple[Line, ...]
    idempotency_key: str
    reference: str = ""
    description: str = ""
    pending: bool = False
    reverses: UUID | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be an entry, before the database has to."""
        object.__setattr__(self, "lines", tuple(self.lines))
        if not self.kind or not self.idempotency_key:
            raise EntryInvalid(reason="it needs a kind and an idempotency key")
        for name, limit in _LIMITS.items():
            text = getattr(self, name)
            if len(text) > limit or _CONTROL.search(text):
                raise EntryInvalid(reason=f"{name} is over {limit} characters or holds control characters")
        if not 2 <= len(self.lines) <= MAX_LINES:
            raise EntryInvalid(reason=f"it has {len(self.lines)} lines")
        if any(line.amount.minor <= 0 for line in self.lines):
            raise EntryInvalid(reason="an amount is not positive")
        for currency, net in net_by_currency(self.lines).items():
            if net:
                raise Unbalanced(difference=str(Money(abs(net), currency)), currency=currency)

    def dated(self, *, booking_date: date, value_date: date) -> "EntryDraft":
        """Return the same entry on other dates, no longer pending: what settling makes of it."""
        return replace(self, booking_date=booking_date, value_date=value_date, pending=False)

    @property
    def content(self) -> bytes:
        """The canonical bytes: version, facts and lines, one a line, fields parted by tabs, UTF-8."""
        head = (
            CONTENT_VERSION,
            "pending" if self.pending else "posted",
            self.kind,
            self.booking_date.isoformat(),
            self.value_date.isoformat(),
            self.idempotency_key,
            self.reference,
            self.description,
            str(self.reverses or ""),
        )
        rows = ("\t".join(_fields(line)) for line in self.lines)
        return "\n".join(("\t".join(head), *rows)).encode()

    @property
    def content_hash(self) -> bytes:
        """SM3 of the canonical bytes."""
        digest = Hash(SM3())
        digest.update(self.content)
        return digest.finalize()


def _fields(line: Line) -> tuple[str, ...]:
    return line.account, line.side.value, str(line.amount.minor), line.amount.currency


def net_by_currency(lines: Iterable[Line]) -> dict[str, int]:
    """Return debits less credits, in minor units, for each currency."""
    nets: dict[str, int] = {}
    for line in lines:
        signed = line.amount.minor if line.side is Side.DEBIT else -line.amount.minor
        nets[line.amount.currency] = nets.get(line.amount.currency, 0) + signed
    return nets
