"""An allocation order as data: what is paid before what, how, and what becomes of the rest (L-08)."""

from dataclasses import dataclass, replace
from enum import StrEnum

from kernel.refusals import Kind, Placed, Refusal


class Component(StrEnum):
    """What can be owed on an instalment; compound interest (复利) is told from penalty interest (P-04)."""

    COST = "cost"
    PENALTY = "penalty"
    COMPOUND = "compound"
    FEE = "fee"
    INTEREST = "interest"
    PRINCIPAL = "principal"


class DueStatus(StrEnum):
    """Where an instalment stands on the day of the payment."""

    PAST_DUE = "past_due"
    DUE = "due"
    IN_ADVANCE = "in_advance"


class Processing(StrEnum):
    """Horizontal: the oldest instalment fully, then the next. Vertical: a component of all, then the next."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


class FutureRule(StrEnum):
    """What is done with money beyond what is past due and due.

    `next` and `last` pay coming instalments, the earliest or the latest first; `reamortise` lowers the
    principal that a new schedule is drawn from; `hold` keeps it as the borrower's credit balance.
    """

    NEXT = "next"
    LAST = "last"
    REAMORTISE = "reamortise"
    HOLD = "hold"


class Precedence(StrEnum):
    """Which of several instalments (or draws) of one status is first: the oldest, or the dearest."""

    OLDEST = "oldest"
    DEAREST = "dearest"


Step = tuple[DueStatus, Component]


class PolicyIncomplete(Placed):
    """A policy must say where every component of every status comes."""

    code = "allocation_policy_incomplete"
    kind = Kind.INVALID
    message = "The allocation order does not say when {missing} is paid."


class PolicyRepeats(Placed):
    """A policy names a component of a status once."""

    code = "allocation_policy_repeats"
    kind = Kind.INVALID
    message = "The allocation order names {repeated} twice."


class PolicyUnknown(Refusal):
    """The plain form uses a word that means nothing here, or is no order at all."""

    code = "allocation_policy_unknown"
    kind = Kind.INVALID
    message = "{given} is not a {wanted} of an allocation order."


@dataclass(frozen=True, slots=True)
class Policy:
    """An allocation order: all eighteen (status, component) pairs, each once."""

    order: tuple[Step, ...]
    processing: Processing = Processing.HORIZONTAL
    future: FutureRule = FutureRule.HOLD
    precedence: Precedence = Precedence.OLDEST

    def __post_init__(self) -> None:
        """Refuse a pair named twice, and a pair not named."""
        for status in DueStatus:
            for component in Component:
                count = self.order.count((status, component))
                if count > 1:
                    raise PolicyRepeats(repeated=f"{status.value}.{component.value}")
                if count == 0:
                    raise PolicyIncomplete(missing=f"{status.value}.{component.value}")

    def with_future(self, future: FutureRule) -> "Policy":
        """Return the same order with the borrower's choice for what is left."""
        return replace(self, future=future)
