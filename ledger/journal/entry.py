"""What an entry is, without a database: lines that balance per currency, and the bytes that identify it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final
from uuid import UUID

from kernel.money import DIGITS, Money
from kernel.refusals import Kind, Refusal
from kernel.values import made_often
from ledger.chart.lines import DEBIT, Line, Side
from ledger.journal.digest import sm3

__all__ = ["EntryDraft", "EntryInvalid", "Line", "Side", "Unbalanced", "ValuedAhead", "net_by_currency"]

MAX_LINES: Final = 10_000
CONTENT_VERSION: Final = "sluice-entry-1"
_LIMITS: Final = {"kind": 64, "reference": 64, "description": 255, "idempotency_key": 128}
_SHORT: Final = min(_LIMITS.values())  # texts that together are no longer keep every limit
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # lone surrogates have no bytes
_spelled: Final = lru_cache(maxsize=512)(date.isoformat)  # many entries, few days


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


class ValuedAhead(Refusal):
    """An entry counts from its booking date or a day before it: what is still to come is not booked yet."""

    code = "ledger.valued_ahead"
    kind = Kind.INVALID
    message = "An entry booked on {booking_date} cannot count from {value_date}, a later day."


@made_often
@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry to post. `booking_date` is the bank's business date, `value_date` the day it counts from.

    An entry never counts from a day after its booking (lending.md, interest engine 5).

    `idempotency_key` names the act: the same key with the same content is the same entry.
    A `pending` entry holds funds in guarded accounts until it is settled or voided; past `expires_at` it
    cannot be settled, and the next sweep voids it.
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
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be an entry, before the database has to; of most, one look tells."""
        if type(self.lines) is not tuple:
            object.__setattr__(self, "lines", tuple(self.lines))
        self._refuse_facts()
        lines = self.lines
        if len(lines) == 2 and _opposite(*lines):
            return
        if not 2 <= len(lines) <= MAX_LINES:
            raise EntryInvalid(reason=f"it has {len(lines)} lines")
        for line in lines:
            if type(line.amount) is not Money or line.amount.minor <= 0:
                raise EntryInvalid(reason="an amount is not positive")
            if not line.account.isprintable():
                raise EntryInvalid(reason="an account's code holds control characters")
        for currency, net in net_by_currency(lines).items():
            if net:
                raise Unbalanced(difference=_difference(net, currency), currency=currency)

    def _refuse_facts(self) -> None:
        if not self.kind or not self.idempotency_key:
            raise EntryInvalid(reason="it needs a kind and an idempotency key")
        texts = f"{self.kind}{self.reference}{self.description}{self.idempotency_key}"
        if len(texts) > _SHORT or not texts.isprintable():
            self._refuse_texts()
        booked, valued = self.booking_date, self.value_date
        if valued is not booked or type(booked) is not date:
            for day in (booked, valued):
                if not isinstance(day, date) or isinstance(day, datetime):
                    raise EntryInvalid(reason="a date is not a calendar date")
            if valued > booked:
                raise ValuedAhead(booking_date=booked, value_date=valued)
        if self.expires_at is not None and (not self.pending or self.expires_at.tzinfo is None):
            raise EntryInvalid(reason="only a pending entry expires, at an aware instant")

    def _refuse_texts(self) -> None:
        for name, limit in _LIMITS.items():
            text = getattr(self, name)
            if len(text) > limit or _CONTROL.search(text):
                raise EntryInvalid(reason=f"{name} is over {limit} characters or holds control characters")

    def dated(self, *, booking_date: date, value_date: date) -> "EntryDraft":
        """Return the same entry on other dates, no longer pending: what settling makes of it."""
        return replace(self, booking_date=booking_date, value_date=value_date, pending=False, expires_at=None)

    @property
    def content(self) -> bytes:
        """The canonical bytes: version, facts and lines, one a line, fields parted by tabs, UTF-8."""
        booked = valued = _spelled(self.booking_date)
        if self.value_date is not self.booking_date:
            valued = _spelled(self.value_date)
        expires = "" if self.expires_at is None else f"\t{self.expires_at.astimezone(UTC).isoformat()}"
        text = (
            f"{CONTENT_VERSION}\t{'pending' if self.pending else 'posted'}\t{self.kind}\t{booked}\t{valued}"
            f"\t{self.idempotency_key}\t{self.reference}\t{self.description}\t{self.reverses or ''}{expires}"
        )
        for line in self.lines:
            amount = line.amount
            side = "debit" if line.side is DEBIT else "credit"  # a member's own format costs more
            text += f"\n{line.account}\t{side}\t{amount.minor}\t{amount.currency}"
        return text.encode()

    @property
    def content_hash(self) -> bytes:
        """SM3 of the canonical bytes."""
        return sm3(self.content)


def _difference(net: int, currency: str) -> str:
    """Return an imbalance in major units, however large: the amounts are bounded, their sum is not."""
    return f"{Decimal(abs(net)).scaleb(-DIGITS[currency]):.{DIGITS[currency]}f}"


def _opposite(one: Line, other: Line) -> bool:
    """Return whether two lines are sound and one takes what the other gives."""
    amount = one.amount
    return (
        (one.side is DEBIT) is not (other.side is DEBIT)
        and type(amount) is Money
        and amount.minor > 0
        and (amount is other.amount or (type(other.amount) is Money and amount == other.amount))
        and one.account.isprintable()
        and other.account.isprintable()
    )


def net_by_currency(lines: Iterable[Line]) -> dict[str, int]:
    """Return debits less credits, in minor units, for each currency."""
    nets: dict[str, int] = {}
    for line in lines:
        amount = line.amount
        signed = amount.minor if line.side is DEBIT else -amount.minor
        nets[amount.currency] = nets.get(amount.currency, 0) + signed
    return nets
