"""Fairness of a model that never saw the attribute: adverse impact, KS and AUC by group. Pure; shape (rows,).

The adverse impact ratio compares each group's approval share with that of the group approved most often;
below four fifths it asks for a reason (the four-fifths rule of US employment and lending practice).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from risk.scoring.figures import Floats, ranking, separation

FOUR_FIFTHS: Final = 0.8
MIN_ROWS: Final = 30  # a smaller group tells nothing
MAX_GROUPS: Final = 6


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """One group: rows, share approved, ratio to the best group, KS and AUC (None with one class only)."""

    attribute: str
    group: str
    rows: int
    approved: float
    impact_ratio: float
    ks: float | None
    auc: float | None

    def line(self) -> str:
        """Return the figures in words."""
        flag = " BELOW FOUR FIFTHS" if self.impact_ratio < FOUR_FIFTHS else ""
        shown = "" if self.auc is None or self.ks is None else f", KS {self.ks:.3f}, AUC {self.auc:.3f}"
        return (
            f"fairness: {self.attribute} = {self.group}: {self.rows} rows, approved {self.approved:.3f}, "
            f"AIR {self.impact_ratio:.3f}{flag}{shown}"
        )


def by_group(
    attribute: str, groups: NDArray[np.object_], pd: Floats, bad: Floats, *, approved_share: float
) -> list[GroupFigures]:
    """Return each group's figures when the safest `approved_share` of all rows are approved.

    Rows whose group is None belong to none; groups too small are left out, and so are attributes with too
    many values to be groups.
    """
    cut = float(np.quantile(pd, approved_share))
    names = sorted({str(group) for group in groups if group is not None})
    if len(names) > MAX_GROUPS:
        return []
    masks = {name: np.array([str(group) == name for group in groups], dtype=bool) for name in names}
    shares = {name: float((pd[mask] <= cut).mean()) for name, mask in masks.items() if mask.sum() >= MIN_ROWS}
    best = max(shares.values(), default=0.0)
    return [
        _figures(attribute, name, pd[masks[name]], bad[masks[name]], (share, best))
        for name, share in shares.items()
    ]


def _figures(attribute: str, name: str, pd: Floats, bad: Floats, shares: tuple[float, float]) -> GroupFigures:
    both = 0 < bad.sum() < len(bad)
    told: dict[str, Any] = {
        "ks": separation(pd, bad) if both else None,
        "auc": ranking(pd, bad) if both else None,
    }
    ratio = shares[0] / shares[1] if shares[1] else 1.0
    return GroupFigures(attribute, name, len(bad), shares[0], ratio, **told)
