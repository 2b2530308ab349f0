"""The champion: a points card of at most twelve monotone characteristics, fitted with scikit-learn.

Numbers: a tree proposes bins, neighbours are merged until the bad rate only rises or only falls. Values:
one bin each with enough rows. Unknown has a bin of its own that never helps, and may be held neutral.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from risk.features.facts import FactValue
from risk.scoring.binning import MIN_SHARE, Binning, monotone, weighed
from risk.scoring.card import MAX_CHARACTERISTICS
from risk.scoring.figures import Floats, ranking
from risk.scoring.frame import Frame

FACTOR: Final = 28.8539  # 20 points double the odds
_MIN_INFORMATION: Final = 0.01
_MAX_LIKENESS: Final = 0.80  # correlation of two characteristics' weights
_CANDIDATES: Final = 30
_PRE_BINS: Final = 16


@dataclass(frozen=True, slots=True)
class Scored:
    """One characteristic: its bins and the whole points a unit of evidence costs."""

    binning: Binning
    numeric: bool
    points: tuple[int, ...]
    unknown_points: int


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A fitted card: more points, less risk; log-odds of default = (offset - points) / factor."""

    offset: float
    parts: tuple[Scored, ...]

    def log_odds(self, frame: Frame) -> Floats:
        """Return the card's log-odds of default, from whole points."""
        total = np.zeros(len(frame))
        for part in self.parts:
            total += _looked_up(part.binning, frame, part.numeric, part.points, part.unknown_points)
        return np.asarray((self.offset - total) / FACTOR)


def fit_scorecard(frame: Frame, neutral_when_unknown: Sequence[str] = ()) -> Scorecard:
    """Return the card of the characteristics that together tell most; every coefficient is positive."""
    found = [(bin_measures(name, column, frame.bad), True) for name, column in frame.numbers.items()]
    found += [(bin_categories(name, column, frame.bad), False) for name, column in frame.categories.items()]
    telling = [pair for pair in found if pair[0].information_value >= _MIN_INFORMATION]
    telling.sort(key=lambda pair: -pair[0].information_value)
    usable = [_neutral(pair, neutral_when_unknown) for pair in telling or found]
    chosen = _unlike(usable, frame) or usable[:1]
    matrix = np.column_stack([_weights(binning, frame, numeric) for binning, numeric in chosen])
    kept = list(range(len(chosen)))
    while True:
        model = LogisticRegression(C=10.0, max_iter=1000).fit(matrix[:, kept], frame.bad)
        strength = model.coef_[0] * matrix[:, kept].std(axis=0)
        weakest = int(np.argmin(strength))
        if (strength[weakest] > 0 and len(kept) <= MAX_CHARACTERISTICS) or len(kept) == 1:
            break
        del kept[weakest]
    parts = tuple(
        _scored(*chosen[at], FACTOR * float(coefficient))
        for at, coefficient in zip(kept, model.coef_[0], strict=True)
    )
    return Scorecard(FACTOR * float(model.intercept_[0]), parts)


def bin_measures(name: str, values: Floats, bad: Floats) -> Binning:
    """Return monotone bins of numbers, in the direction in which they tell more."""
    known = ~np.isnan(values)
    unknown = (int((1 - bad[~known]).sum()), int(bad[~known].sum()))
    inside, gone = values[known], bad[known]
    if len(np.unique(inside)) < 2 or not 0 < gone.sum() < len(gone):
        return weighed(name, [(None, (), int((1 - gone).sum()) or 1, int(gone.sum()) or 1)], unknown)
    least = max(10, int(MIN_SHARE * len(inside)))
    tree = DecisionTreeClassifier(max_leaf_nodes=_PRE_BINS, min_samples_leaf=least, random_state=0)
    tree.fit(inside.reshape(-1, 1), gone)
    cuts = np.unique(tree.tree_.threshold[tree.tree_.children_left >= 0])
    bounds = [float(np.float32(cut)) for cut in cuts]
    place = np.searchsorted(bounds, inside, side="left")
    rows = [
        (bound, int((1 - gone[place == at]).sum()), int(gone[place == at].sum()))
        for at, bound in enumerate([*bounds, float("inf")])
        if (place == at).any()
    ]
    falling = ranking(inside, gone) < 0.5
    merged = monotone(rows, falling=falling)
    ends: list[float | None] = [*(row[0] for row in merged[:-1]), None]
    binned: list[tuple[float | None, tuple[FactValue, ...], int, int]] = [
        (end, (), row[1], row[2]) for end, row in zip(ends, merged, strict=True)
    ]
    return weighed(name, binned, unknown)


def bin_categories(name: str, values: NDArray[np.object_], bad: Floats) -> Binning:
    """Return one bin a value with enough rows; the rest count as unknown."""
    least = max(20, int(0.01 * len(bad)))
    counts: dict[Any, list[int]] = {}
    for value, gone in zip(values, bad, strict=True):
        counts.setdefault(value, [0, 0])[int(gone)] += 1
    kept = sorted(value for value, pair in counts.items() if value is not None and sum(pair) >= least)
    rest = [pair for value, pair in counts.items() if value not in kept]
    unknown = (sum(pair[0] for pair in rest), sum(pair[1] for pair in rest))
    if not kept or not any(counts[v][0] for v in kept) or not any(counts[v][1] for v in kept):
        return weighed(name, [(None, (), 1, 1)], unknown)
    rows = [(None, (value,), counts[value][0], counts[value][1]) for value in kept]
    return weighed(name, rows, unknown)


def _neutral(pair: tuple[Binning, bool], names: Sequence[str]) -> tuple[Binning, bool]:
    binning, numeric = pair
    if binning.fact not in names:
        return pair
    return Binning(binning.fact, binning.groups, 0.0, binning.unknown_rows), numeric


def _unlike(found: Sequence[tuple[Binning, bool]], frame: Frame) -> list[tuple[Binning, bool]]:
    """Return the most telling ones that do not repeat each other."""
    chosen: list[tuple[Binning, bool]] = []
    columns: list[Floats] = []
    for binning, numeric in found:
        column = _weights(binning, frame, numeric)
        if column.std() == 0:
            continue
        if any(abs(np.corrcoef(column, other)[0, 1]) > _MAX_LIKENESS for other in columns):
            continue
        chosen.append((binning, numeric))
        columns.append(column)
        if len(chosen) == _CANDIDATES:
            break
    return chosen


def _weights(binning: Binning, frame: Frame, numeric: bool) -> Floats:
    return _looked_up(
        binning, frame, numeric, [group.weight for group in binning.groups], binning.unknown_weight
    )


def _looked_up(
    binning: Binning, frame: Frame, numeric: bool, worth: Sequence[float], unknown: float
) -> Floats:
    table = np.array([*worth, unknown], dtype=np.float64)
    if numeric:
        values = frame.numbers[binning.fact]
        bounds = [group.up_to for group in binning.groups[:-1]]
        place = np.searchsorted(np.array(bounds, dtype=np.float64), values, side="left")
        return np.asarray(table[np.where(np.isnan(values), len(worth), place)])
    at = {group.values[0]: index for index, group in enumerate(binning.groups) if group.values}
    places = [at.get(value, len(worth)) for value in frame.categories[binning.fact]]
    return np.asarray(table[np.array(places, dtype=np.int64)])


def _scored(binning: Binning, numeric: bool, points_per_weight: float) -> Scored:
    points = tuple(round(-points_per_weight * group.weight) for group in binning.groups)
    return Scored(binning, numeric, points, round(-points_per_weight * binning.unknown_weight))
