"""What callers hand to the graph: frozen, checked where it is made."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from risk.graph.kinds import JOINS, EntityKind, RelationKind

LONGEST_REF = 100


class RelationInvalid(Refusal):
    """No relation can be like this."""

    code = "graph.relation_invalid"
    kind = Kind.INVALID
    message = "The {field} of this relation cannot be used."


@dataclass(frozen=True, slots=True)
class Node:
    """An entity by its kind and its name outside the graph."""

    kind: EntityKind
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationDraft:
    """A relation from a day on; its natural key while it runs is source, kind and target."""

    source: Node
    kind: RelationKind
    target: Node
    valid_from: date
    learned_from: str
    weight: Decimal = Decimal(1)
    amount: Money | None = None

    def require_sound(self) -> None:
        """Refuse ends that this kind never joins, an entity joined to itself, a weight not in (0, 1]."""
        sources, targets = JOINS[self.kind]
        refs = (self.source.ref, self.target.ref)
        faults = {
            "source": self.source.kind not in sources,
            "target": self.target.kind not in targets or self.source == self.target,
            "ref": not all(0 < len(ref) <= LONGEST_REF for ref in refs),
            "weight": not (0 < self.weight <= 1 and self.weight == round(self.weight, 6)),
            "amount": self.amount is not None and self.amount.minor < 0,
            "learned_from": not self.learned_from,
        }
        for field, wrong in faults.items():
            if wrong:
                raise RelationInvalid(field=field)


@dataclass(frozen=True, slots=True)
class PositionDraft:
    """What an entity owes the bank, and its own probability of default where a card has given one."""

    node: Node
    exposure: Money
    pd: Decimal | None = None
