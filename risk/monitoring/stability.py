"""How far a population has moved from its reference: PSI of the score, CSI of a characteristic. Pure.

A secondary guard: it sees who applies, not who defaults (`risk.md`, finding 2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Final

STABLE_BELOW: Final = 0.10  # the trade's bands (Siddiqi, 2006): below .10 stable, from .25 on shifted
SHIFTED_FROM: Final = 0.25
UNKNOWN: Final = "unknown"
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class BinShare:
    """One bin: its share of the reference and of the period, and what it adds to the index."""

    bin: str
    reference: float
    period: float
    index: float


@dataclass(frozen=True, slots=True)
class Stability:
    """The index, its band (`stable`, `moving`, `shifted`) and its bins."""

    index: float
    band: str
    count: int
    bins: tuple[BinShare, ...]


def stability(shares: Mapping[str, float], counts: Mapping[str, int]) -> Stability | None:
    """Return the index of counts by bin against the reference's shares; None when nothing was counted.

    Empty bins count as half a case, so that the index stays finite. The bins of both are taken together.
    """
    total = sum(counts.values())
    if total == 0:
        return None
    rows = []
    for name in dict.fromkeys((*shares, *counts)):
        period = max(counts.get(name, 0), _HALF) / total
        reference = max(shares.get(name, 0.0), _HALF / total)
        rows.append(
            BinShare(
                name, reference, counts.get(name, 0) / total, (period - reference) * log(period / reference)
            )
        )
    index = sum(row.index for row in rows)
    band = "stable" if index < STABLE_BELOW else "moving" if index < SHIFTED_FROM else "shifted"
    return Stability(index, band, total, tuple(rows))
