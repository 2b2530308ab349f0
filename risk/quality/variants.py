"""Sets whose files share their columns: which of the trained ones an unseen file belongs to.

Names decide nothing. A small model learns to tell the trained files' rows apart, without the outcome, and
the mean of its log-odds over the unseen rows decides: one row says little, a thousand say enough.
"""

from collections.abc import Callable, Mapping

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from risk.quality.sets import DataSet
from risk.quality.tables import Floats, Table


def nearest(item: DataSet, known: Mapping[str, Table], table: Table, tell: Callable[[str], None]) -> str:
    """Return the name of the trained file whose rows the table's rows are like."""
    names = list(known)
    if len(names) == 1:
        return names[0]
    matrix = np.vstack([_features(item, known[name]) for name in names])
    owner = np.concatenate([np.full(len(known[name]), at) for at, name in enumerate(names)])
    model = HistGradientBoostingClassifier(
        max_iter=80, learning_rate=0.1, early_stopping=False, random_state=0
    )
    chances = model.fit(matrix, owner).predict_proba(_features(item, table))
    even = np.bincount(owner) / len(owner)
    likeness = np.log(np.maximum(chances, 1e-9) / even).mean(axis=0)
    chosen = names[int(np.argmax(likeness))]
    tell(f"{item.name}: {table.name} is taken for {chosen}, by its rows")
    return chosen


def _features(item: DataSet, table: Table) -> Floats:
    names = [name for name in item.needs if name != item.target]
    return np.column_stack([table.numbers(name) for name in names])
