"""One leg of an entry: so much on one side of one account. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from kernel.money import Money
from kernel.values import made_often


class Side(StrEnum):
    """Debit (借) or credit (贷)."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def opposite(self) -> "Side":
        """The other side."""
        return CREDIT if self is DEBIT else DEBIT


# To look a member up in its class costs more than to make a line of it.
DEBIT: Final = Side.DEBIT
CREDIT: Final = Side.CREDIT


@made_often
@dataclass(frozen=True, slots=True)
class Line:
    """One leg: so much on one side of one account, named by its code."""

    account: str
    side: Side
    amount: Money

    @classmethod
    def debit(cls, account: str, amount: Money) -> Self:
        """Return a debit leg (借)."""
        return cls(account, DEBIT, amount)

    @classmethod
    def credit(cls, account: str, amount: Money) -> Self:
        """Return a credit leg (贷)."""
        return cls(account, CREDIT, amount)

    @property
    def opposite(self) -> "Line":
        """The same leg on the other side."""
        return Line(self.account, self.side.opposite, self.amount)
