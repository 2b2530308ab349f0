"""The challenger: boosted trees, with extremely random trees beside them where they help; never a pickle.

`as_table` writes the fitted trees down as plain numbers; `risk.scoring.trees` runs them without
scikit-learn. Members are averaged in log-odds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from risk.scoring.calibration import Line, calibrated
from risk.scoring.figures import Floats, log_odds
from risk.scoring.frame import Encoder, Frame

_ONE_THREAD_ROWS: Final = 20_000  # below it, a second thread waits more than it works
_FOREST_EDGE: Final = 0.5  # rows of the average that a forest's share of bad starts with


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a challenger is grown; chosen once a set by cross-validation on its training rows."""

    seeds: int = 2
    rate: float = 0.05
    rounds: int = 200
    leaves: int = 15
    least: int = 20
    ridge: float = 5.0
    columns: float = 0.5
    forests: int = 0  # trees of the random forest; none by default
    forest_least: int = 1
    forest_columns: float = 0.5
    monotone: Mapping[str, int] = field(default_factory=dict)  # +1: risk rises with the number


class Challenger:
    """A fitted ensemble: from a frame to log-odds."""

    def __init__(self, frame: Frame, recipe: Recipe) -> None:
        self.encoder = Encoder(frame)
        self.recipe = recipe
        matrix = self.encoder.training_matrix(frame)
        signs = [recipe.monotone.get(name, 0) for name in self.encoder.names]
        with threadpool_limits(limits=1 if len(frame) < _ONE_THREAD_ROWS else None):
            self.boosted = [
                _boosted(recipe, seed, signs).fit(matrix, frame.bad) for seed in range(recipe.seeds)
            ]
        self.fill = _fill(matrix)
        self.forest = None
        self.rate = float(frame.bad.mean())
        if recipe.forests:
            self.forest = ExtraTreesClassifier(
                recipe.forests,
                min_samples_leaf=recipe.forest_least,
                max_features=recipe.forest_columns,
                random_state=0,
            ).fit(self._filled(matrix), frame.bad)

    def log_odds(self, frame: Frame) -> Floats:
        """Return the mean of the members' log-odds."""
        matrix = self.encoder.matrix(frame)
        with threadpool_limits(limits=1 if len(frame) < _ONE_THREAD_ROWS else None):
            members = [np.asarray(model.decision_function(matrix)) for model in self.boosted]
        if self.forest is not None:
            share = np.asarray(self.forest.predict_proba(self._filled(matrix))[:, 1])
            trees = self.recipe.forests
            pulled = (share * trees + _FOREST_EDGE * self.rate) / (trees + _FOREST_EDGE)
            members += [log_odds(pulled)] * max(1, len(self.boosted))  # as much weight as the boosted ones
        return np.asarray(np.mean(members, axis=0))

    def _filled(self, matrix: Floats) -> Floats:
        """Return the matrix with medians for blanks and a flag a column that has any."""
        blank = np.isnan(matrix)
        return np.column_stack([np.where(blank, self.fill[0], matrix), blank[:, self.fill[1]]])


def cross_fitted(frame: Frame, recipe: Recipe, folds: int = 3) -> Floats:
    """Return log-odds of rows by models that never saw them."""
    made = np.zeros(len(frame))
    folds = min(folds, int(frame.bad.sum()), int((1 - frame.bad).sum()))
    if folds < 2:  # one row of a class cannot be held out
        return Challenger(frame, recipe).log_odds(frame)
    splits = StratifiedKFold(folds, shuffle=True, random_state=3)
    for seen, held in splits.split(np.zeros((len(frame), 1)), frame.bad):
        made[held] = Challenger(frame.take(seen), recipe).log_odds(frame.take(held))
    return made


def fit_challenger(frame: Frame, recipe: Recipe) -> tuple[Challenger, Line]:
    """Return the ensemble and the line that makes its probabilities hold on rows it has not seen."""
    return Challenger(frame, recipe), calibrated(cross_fitted(frame, recipe), frame.bad)


def as_table(model: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return one boosted model as plain numbers: see `risk.scoring.trees` for the form."""
    trees = []
    for (predictor,) in model._predictors:
        nodes = predictor.nodes
        trees.append(
            [
                [float(node["value"])]
                if node["is_leaf"]
                else [
                    int(node["feature_idx"]),
                    float(node["num_threshold"]),
                    int(node["left"]),
                    int(node["right"]),
                    int(node["missing_go_to_left"]),
                ]
                for node in nodes
            ]
        )
    baseline = float(np.asarray(model._baseline_prediction).ravel()[0])
    return {"names": list(names), "baseline": baseline, "trees": trees}


def _boosted(recipe: Recipe, seed: int, signs: Sequence[int]) -> Any:
    return HistGradientBoostingClassifier(
        learning_rate=recipe.rate,
        max_iter=recipe.rounds,
        max_leaf_nodes=recipe.leaves,
        min_samples_leaf=recipe.least,
        l2_regularization=recipe.ridge,
        max_features=recipe.columns,
        monotonic_cst=list(signs) if any(signs) else None,
        early_stopping=False,
        random_state=seed,
    )


def _fill(matrix: Floats) -> tuple[Floats, Any]:
    blank = np.isnan(matrix)
    known = np.where(blank.all(axis=0), 0.0, matrix)
    return np.nan_to_num(np.nanmedian(known, axis=0)), blank.any(axis=0)
