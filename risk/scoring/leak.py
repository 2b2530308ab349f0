"""Leak checks: which columns know the outcome, and by which figure. Names play no part but for families.

A column that passes every check may still leak; one that fails a check is refused until somebody shows
why it was known at the decision (`risk.md`, leakage traps). Labels are 1 for bad, arrays of shape (rows,).
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from risk.scoring.figures import Floats, ranking

MAX_INFORMATION_VALUE: Final = 1.0
MAX_SINGLE_AUC: Final = 0.80
MAX_MISSING_AUC: Final = 0.65
MAX_TIME_GAP: Final = 0.08
MAX_GRAIN_GAP: Final = 0.25  # shares of whole multiples, good against bad
MAX_LATE_SHARE: Final = 0.05
MIN_PURE_ROWS: Final = 10  # below that, a pure category is chance
GRAINS: Final = (12, 7, 10, 100, 1000)
_FINE_BINS: Final = 20
_MIN_SHARE: Final = 0.02


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One reason to refuse one column, with the figure and the bound that it passes."""

    column: str
    check: str
    figure: float
    bound: float
    says: str

    def line(self) -> str:
        """Return the refusal in words."""
        return f"{self.column}: {self.says} ({self.check} {self.figure:.3f}, bound {self.bound:.2f})"


def suspicions_of_numbers(column: str, values: Floats, bad: Floats) -> list[Suspicion]:
    """Return what speaks against a column of numbers; NaN is unknown."""
    known = ~np.isnan(values)
    found = suspicions_of_silence(column, ~known, bad)
    if _both(bad[known]):
        groups = _fine_groups(values[known])
        found += _telling(column, values[known], groups, bad[known])
        found += _grain(column, values[known], bad[known])
    return found


def suspicions_of_values(column: str, values: Sequence[Any], bad: Floats) -> list[Suspicion]:
    """Return what speaks against a column of categories; None is unknown."""
    known = np.array([value is not None for value in values])
    found = suspicions_of_silence(column, ~known, bad)
    kept = np.array([str(value) for value in values], dtype=object)[known]
    if not _both(bad[known]):
        return found
    _, groups = np.unique(kept.astype(str), return_inverse=True)
    counts, gone = np.bincount(groups), np.bincount(groups, weights=bad[known])
    if counts.max() == 1 or len(counts) > len(groups) / 2:
        return found  # an identifier: nothing to learn from single rows
    rare = counts < max(MIN_PURE_ROWS, _MIN_SHARE * len(groups))
    rates = np.where(rare, bad[known].mean(), gone / counts)
    found += _telling(column, rates[groups], np.where(rare[groups], -1, groups), bad[known])
    return found + _pure(column, kept, groups, counts, gone, rate=float(bad[known].mean()))


def suspicions_of_silence(column: str, missing: NDArray[np.bool_], bad: Floats) -> list[Suspicion]:
    """Return whether being unknown alone tells the outcome: nobody may be judged by a blank."""
    auc = ranking(missing.astype(np.float64), bad)
    auc = max(auc, 1 - auc)
    if auc <= MAX_MISSING_AUC:
        return []
    says = "that it is missing tells the outcome alone"
    return [Suspicion(f"missing {column}", "missingness AUC", auc, MAX_MISSING_AUC, says)]


def suspicions_of_time(column: str, known_on: Floats, decided_on: Floats, dated_by: str) -> list[Suspicion]:
    """Return whether a column is written after the decision: day numbers of both, NaN unknown."""
    both = ~np.isnan(known_on) & ~np.isnan(decided_on)
    late = float((known_on[both] > decided_on[both]).mean()) if both.any() else 0.0
    if late <= MAX_LATE_SHARE:
        return []
    says = f"it is dated by {dated_by}, after the decision"
    return [Suspicion(column, "share of late rows", late, MAX_LATE_SHARE, says)]


def suspicions_of_gap(name: str, random_auc: float, later_auc: float) -> list[Suspicion]:
    """Return whether a model ranks much better at random than out of time: it learned its own moment."""
    gap = random_auc - later_auc
    if gap <= MAX_TIME_GAP:
        return []
    says = f"AUC {random_auc:.3f} at random against {later_auc:.3f} out of time"
    return [Suspicion(name, "random against out-of-time", gap, MAX_TIME_GAP, says)]


def dated_by(columns: Sequence[str], dates: Sequence[str]) -> Mapping[str, str]:
    """Return for each column the date column of its family, by the leading word (`ChgOff` of `ChgOffPrinGr`).

    A sum written beside a date is known from that date on; a source without such families needs a dictionary.
    """
    families = {re.sub(r"_?(Date|date|At|at|On|on)$", "", name): name for name in dates}
    found = {}
    for column in columns:
        owner = max((stem for stem in families if stem and column.startswith(stem)), key=len, default=None)
        if owner is not None:
            found[column] = families[owner]
    return found


def information_value(groups: NDArray[np.int64], bad: Floats) -> float:
    """Return how much groups tell about the outcome, half a row of smoothing each; above 1 they know it."""
    _, index = np.unique(groups, return_inverse=True)
    rows = np.bincount(index).astype(np.float64)
    gone = np.bincount(index, weights=bad)
    bad_share = (gone + 0.5) / (bad.sum() + 0.5 * len(rows))
    good_share = (rows - gone + 0.5) / (len(bad) - bad.sum() + 0.5 * len(rows))
    return float(((bad_share - good_share) * np.log(bad_share / good_share)).sum())


def _telling(column: str, ordered: Floats, groups: NDArray[np.int64], bad: Floats) -> list[Suspicion]:
    found = []
    value = information_value(groups, bad)
    if value > MAX_INFORMATION_VALUE:
        says = "alone it tells too much"
        found.append(Suspicion(column, "information value", value, MAX_INFORMATION_VALUE, says))
    auc = ranking(ordered, bad)
    auc = max(auc, 1 - auc)
    if auc > MAX_SINGLE_AUC:
        found.append(
            Suspicion(column, "single-feature AUC", auc, MAX_SINGLE_AUC, "alone it ranks like a model")
        )
    return found


def _grain(column: str, values: Floats, bad: Floats) -> list[Suspicion]:
    """Whole multiples among the good and odd figures among the bad: the value was overwritten."""
    worst = (0.0, 0)
    for grain in GRAINS:
        whole = values % grain == 0
        gap = abs(float(whole[bad == 0].mean()) - float(whole[bad == 1].mean()))
        worst = max(worst, (gap, grain))
    zero_gap = abs(float((values[bad == 0] == 0).mean()) - float((values[bad == 1] == 0).mean()))
    if worst[0] - zero_gap <= MAX_GRAIN_GAP:  # nought is a multiple of everything and may be honest
        return []
    says = f"good and bad rows differ in being multiples of {worst[1]}"
    return [Suspicion(column, "granularity gap", worst[0], MAX_GRAIN_GAP, says)]


def _pure(
    column: str,
    kept: NDArray[np.object_],
    groups: NDArray[np.int64],
    counts: NDArray[np.int64],
    gone: NDArray[Any],
    *,
    rate: float,
) -> list[Suspicion]:
    """Return categories whose rows are all bad, or all good, while chance would not have it so."""
    found = []
    for index in np.flatnonzero(counts >= MIN_PURE_ROWS):
        share = float(gone[index] / counts[index])
        if share not in (0.0, 1.0):
            continue
        chance = counts[index] * math.log10(rate if share == 1.0 else 1 - rate)
        if chance > -6:  # one in a million
            continue
        value = kept[np.flatnonzero(groups == index)[0]]
        says = f"value {value} is the label itself, {int(counts[index])} rows of {int(counts[index])}"
        found.append(Suspicion(column, "label-identical category", 1.0, 1.0, says))
    return found


def _fine_groups(values: Floats) -> NDArray[np.int64]:
    edges = np.unique(np.quantile(values, np.linspace(0, 1, _FINE_BINS + 1)[1:-1]))
    return np.searchsorted(edges, values, side="left").astype(np.int64)


def _both(bad: Floats) -> bool:
    return bool(len(bad)) and 0 < bad.sum() < len(bad)
