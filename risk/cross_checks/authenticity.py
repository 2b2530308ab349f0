"""Whether the trade behind an invoice is real: four papers held against one another (S2-38). Pure."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from kernel.money import Money

TOLERANCE: Final = Decimal("0.05")  # of a paper's figure against the one before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper of a trade: who sells to whom, what for, how many, when; a delivery may state no amount."""

    seller: str
    buyer: str
    goods: str
    count: Decimal
    amount: Money | None
    dated: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A VAT invoice, by what makes it that one; `number` with its code where it has one."""

    number: str
    seller: str
    buyer: str
    amount: Money
    issued_date: date

    def digest(self) -> str:
        """Return the digest of the invoice as it is in the world, whichever scene it came through."""
        parts = (self.number, self.seller, self.buyer, str(self.amount.minor), self.issued_date.isoformat())
        text = "\x1f".join("".join(part.split()).upper() for part in parts)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Match:
    """Whether four papers are of one trade, and what speaks against it; a paper missing is not a match."""

    matched: bool
    faults: tuple[str, ...]


def four_way_match(
    *,
    contract: Paper | None,
    order: Paper | None,
    delivery: Paper | None,
    invoice: Paper | None,
    tolerance: Decimal = TOLERANCE,
) -> Match:
    """Hold the four papers together: parties and goods alike, no paper larger than the one before.

    An invoice that comes before its delivery is a fault; so is a date out of order anywhere else.
    """
    papers = {"contract": contract, "order": order, "delivery": delivery, "invoice": invoice}
    missing = [f"{name}_missing" for name, paper in papers.items() if paper is None]
    if contract is None or order is None or delivery is None or invoice is None:
        return Match(False, tuple(missing))
    chain = (("order", contract, order), ("delivery", order, delivery), ("invoice", delivery, invoice))
    faults = []
    for name, before, paper in chain:
        for fault, holds in _TESTS.items():
            if not holds(before, paper, tolerance):
                faults.append(f"{name}_{fault}")
    if order.amount is not None and not _within(invoice.amount, order.amount, tolerance):
        faults.append("invoice_above_order")
    return Match(not faults, tuple(faults))


def _within(amount: Money | None, bound: Money | None, tolerance: Decimal) -> bool:
    return amount is None or bound is None or amount.minor <= bound.minor * (1 + tolerance)


_TESTS: Final[dict[str, Callable[[Paper, Paper, Decimal], bool]]] = {
    "parties": lambda before, paper, _: (paper.seller, paper.buyer) == (before.seller, before.buyer),
    "goods": lambda before, paper, _: paper.goods == before.goods,
    "count": lambda before, paper, tolerance: 0 < paper.count <= before.count * (1 + tolerance),
    "amount": lambda before, paper, tolerance: _within(paper.amount, before.amount, tolerance),
    "date": lambda before, paper, _: paper.dated >= before.dated,
}
