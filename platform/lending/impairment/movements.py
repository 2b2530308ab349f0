"""What expected losses change in the books: transfers between stages first, then charge and release. Pure.

Amounts in fen by component, for the bank's posting rules: `stage.transferred`, `ecl.charged` (Dr 6702 /
Cr 1304.x, 2801) and `ecl.released` (the other way).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

STAGES: Final = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class EclMovements:
    """The amounts of the three entries; an entry without amounts is not posted."""

    transferred: Mapping[str, int]
    charged: Mapping[str, int]
    released: Mapping[str, int]

    @property
    def net_charge(self) -> int:
        """What the income statement bears, in fen; below nothing when more is released."""
        return sum(self.charged.values()) - sum(self.released.values())


def movements(
    *,
    held: Mapping[int, int],
    held_commitment: int,
    target: Mapping[int, int],
    target_commitment: int,
    transfers: Iterable[tuple[int, ...]] = (),
) -> EclMovements:
    """Return what leads from the allowances the books hold to those that a run asks for, all in fen.

    `transfers` are (from stage, to stage, allowance) of exposures that moved. An allowance moves only as far
    as the stage still holds it: a write-off may have used it.
    """
    left = dict(held)
    transferred: dict[str, int] = {}
    for source, sink, wanted in transfers:
        amount = min(wanted, max(0, left[source]))
        if amount:
            transferred[f"from_{source}_to_{sink}"] = amount
            left[source] -= amount
            left[sink] += amount
    changes = {f"stage_{stage}": target[stage] - left[stage] for stage in STAGES}
    changes["commitment"] = target_commitment - held_commitment
    return EclMovements(
        transferred=transferred,
        charged={name: change for name, change in changes.items() if change > 0},
        released={name: -change for name, change in changes.items() if change < 0},
    )
