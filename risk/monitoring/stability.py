"""How far a population has moved from its reference: PSI of the score, CSI of a characteristic. Pure.

A secondary guard: it sees who applies, not who defaults (`risk.md`, finding 2).
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
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


def quantile_edges(values: Sequence[Decimal], *, bins: int = 10) -> tuple[Decimal, ...]:
    """Return the edges between equal groups, ascending and distinct; a bin begins with its edge."""
    ordered = sorted(values)
    marks = [ordered[len(ordered) * index // bins] for index in range(1, bins)] if ordered else []
    return tuple(sorted({mark for mark in marks if mark > ordered[0]}))


def bin_of(value: Decimal | None, edges: Sequence[Decimal]) -> str:
    """Return the bin of a value: `unknown`, or its number from 0; the same as `width_bucket` in SQL."""
    return UNKNOWN if value is None else str(bisect_right(edges, value))
