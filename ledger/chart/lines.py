"""One leg of an entry: so much on one side of one account. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from kernel.money import Money
from kernel.values import made_often


class Side(StrEnum):
    """Debit (借) or credit (贷)."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def opposite(self) -> "Side":
        """The other side."""
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


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
        return cls(account, Side.DEBIT, amount)

    @classmethod
    def credit(cls, account: str, amount: Money) -> Self:
        """Return a credit leg (贷)."""
        return cls(account, Side.CREDIT, amount)

    @property
    def opposite(self) -> "Line":
        """The same leg on the other side."""
        return Line(self.account, self.side.opposite, self.amount)
