"""In which order a payment is used: data, not code (rule 7, L-08)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Component(StrEnum):
    """What a borrower can owe on a loan."""

    PENALTY = "penalty"
    INTEREST = "interest"
    PRINCIPAL = "principal"


DAILY_INTEREST: Final = (Component.PENALTY, Component.INTEREST, Component.PRINCIPAL)


@dataclass(frozen=True, slots=True)
class Allocation:
    """A payment, split; fen. `excess` is what nothing was owed for."""

    penalty: int
    interest: int
    principal: int
    excess: int
    compound: int = 0
    fee: int = 0

    @property
    def total(self) -> int:
        """The payment."""
        return self.penalty + self.compound + self.fee + self.interest + self.principal + self.excess


def allocate(
    *, amount: int, owed: Mapping[Component, int], order: Sequence[Component] = DAILY_INTEREST
) -> Allocation:
    """Split an amount over what is owed, in order; what is owed negatively counts as nothing."""
    parts, left = dict.fromkeys(Component, 0), amount
    for component in order:
        parts[component] = min(left, max(0, owed.get(component, 0)))
        left -= parts[component]
    return Allocation(
        penalty=parts[Component.PENALTY],
        interest=parts[Component.INTEREST],
        principal=parts[Component.PRINCIPAL],
        excess=left,
    )
