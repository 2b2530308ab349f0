"""What a payment rail is to a bank: pay or collect under a message id, and enquire about it (M-02, M-05)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from kernel.money import Money


class Outcome(StrEnum):
    """What the rail says of a message."""

    ACCEPTED = "accepted"  # it has the message and has not settled it
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # no answer in time: the money may or may not move
    NOT_FOUND = "not_found"  # it never received the message: the same message may be sent again


@dataclass(frozen=True, slots=True)
class RailAnswer:
    """One answer of the rail."""

    outcome: Outcome
    failure_code: str = ""
    settled_date: date | None = None
    rail_reference: str = ""

    def settled_by(self, business_date: date) -> date:
        """Return the day that the money moved, as the bank books it: the open day or one before it."""
        return min(self.settled_date or business_date, business_date)


@dataclass(frozen=True, slots=True)
class Notice:
    """What the rail calls back to say of a message, under an id of its own."""

    notice_id: str
    message_id: str
    answer: RailAnswer


class PaymentRail(Protocol):
    """A rail; it deduplicates by message id, so sending the same message again is safe."""

    def send(
        self,
        *,
        message_id: str,
        direction: str,
        amount: Money,
        account_number: str,
        holder_name: str,
        business_date: date,
    ) -> RailAnswer:
        """Pay to an account, or collect from it; never called inside a transaction."""
        ...

    def enquire(self, *, message_id: str) -> RailAnswer:
        """Ask what became of a message; never called inside a transaction."""
        ...
