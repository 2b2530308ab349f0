"""Columns ready for training: numbers with NaN, categories with None, outcomes. Pure; shape (rows,) each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from risk.scoring.figures import Floats

Rows = NDArray[np.int64]
_PRIOR_ROWS: Final = 50.0  # how many rows of the average each category starts with
_FEW: Final = 12  # up to so many values a category is a code; above, its weight of evidence


@dataclass(frozen=True, slots=True)
class Frame:
    """What a model may see, and the outcome: 1 for bad."""

    numbers: Mapping[str, Floats]
    categories: Mapping[str, NDArray[np.object_]]
    bad: Floats

    def __len__(self) -> int:
        return len(self.bad)

    def take(self, rows: Rows | NDArray[np.bool_]) -> "Frame":
        """Return the chosen rows."""
        return Frame(
            {name: column[rows] for name, column in self.numbers.items()},
            {name: column[rows] for name, column in self.categories.items()},
            self.bad[rows],
        )

    def without(self, names: Sequence[str]) -> "Frame":
        """Return the frame without some columns."""
        gone = set(names)
        return Frame(
            {name: column for name, column in self.numbers.items() if name not in gone},
            {name: column for name, column in self.categories.items() if name not in gone},
            self.bad,
        )


class Encoder:
    """Turns a frame into a matrix (rows, columns): few values become codes, many a smoothed weight."""

    def __init__(self, frame: Frame) -> None:
        self.names = [*frame.numbers, *frame.categories]
        self._codes: dict[str, dict[Any, float]] = {}
        self._wide: set[str] = set()
        for name, column in frame.categories.items():
            values = sorted({value for value in column if value is not None})
            if len(values) <= _FEW:
                self._codes[name] = {value: float(at) for at, value in enumerate(values)}
            else:
                self._wide.add(name)
                self._codes[name] = _weights(column, frame.bad)

    def matrix(self, frame: Frame) -> Floats:
        """Return the matrix of rows that the weights were not made from."""
        columns = list(frame.numbers.values())
        columns += [self._coded(name, frame.categories[name]) for name in frame.categories]
        return np.column_stack(columns)

    def training_matrix(self, frame: Frame, folds: int = 5) -> Floats:
        """Return the matrix of the training rows; a row's weights never come from the row itself."""
        made = self.matrix(frame)
        dealt = np.random.default_rng(7).integers(0, folds, len(frame))
        for at, name in enumerate(self.names):
            if name not in self._wide:
                continue
            column = frame.categories[name]
            for fold in range(folds):
                here = dealt == fold
                known = _weights(column[~here], frame.bad[~here])
                made[here, at] = [known.get(value, 0.0) for value in column[here]]
        return made

    def _coded(self, name: str, column: NDArray[np.object_]) -> Floats:
        absent = 0.0 if name in self._wide else float("nan")
        codes = self._codes[name]
        return np.array([codes.get(value, absent) for value in column], dtype=np.float64)


def _weights(column: NDArray[np.object_], bad: Floats) -> dict[Any, float]:
    """Return each value's log-odds against the average, pulled to it by a prior of fifty rows."""
    rate = float(np.clip(bad.mean(), 1e-6, 1 - 1e-6))
    counts: dict[Any, list[float]] = {}
    for value, gone in zip(column, bad, strict=True):
        pair = counts.setdefault(value, [0.0, 0.0])
        pair[0] += 1
        pair[1] += gone
    middle = np.log(rate / (1 - rate))
    return {
        value: float(np.log((gone + _PRIOR_ROWS * rate) / (rows - gone + _PRIOR_ROWS * (1 - rate))) - middle)
        for value, (rows, gone) in counts.items()
    }
