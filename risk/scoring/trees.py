"""Running boosted trees from a plain table: no scikit-learn, no pickle. Pure, one applicant at a time.

A table is `{"names": [...], "baseline": x, "trees": [[node, ...], ...]}`; a node is `[value]` for a leaf or
`[column, threshold, left, right, unknown_goes_left]`. The sum is taken in the order of training, so the
result is that of scikit-learn to the last bits of a float.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kernel.refusals import Kind, Refusal

MAX_NODES: Final = 200_000
_LEAF: Final = 1
_SPLIT: Final = 5


class TreesInvalid(Refusal):
    """The table of trees is not a whole one."""

    code = "scoring.trees_invalid"
    kind = Kind.INVALID
    message = "The trees are not valid: {problem}"


@dataclass(frozen=True, slots=True)
class Trees:
    """A checked table, ready to run."""

    names: tuple[str, ...]
    baseline: float
    trees: tuple[tuple[tuple[float, ...], ...], ...]

    def log_odds(self, values: Mapping[str, float | None]) -> float:
        """Return the log-odds of default of one applicant; what is absent or None is unknown."""
        row = [values.get(name) for name in self.names]
        total = self.baseline
        for tree in self.trees:
            node = tree[0]
            while len(node) == _SPLIT:
                value = row[int(node[0])]
                left = node[4] == 1 if value is None or math.isnan(value) else value <= node[1]
                node = tree[int(node[2] if left else node[3])]
            total += node[0]
        return total


def trees_from(document: Any) -> Trees:
    """Return the trees behind their JSON; refuses loops, lost branches, endless or non-finite tables."""
    try:
        names = tuple(str(name) for name in document["names"])
        trees = tuple(_tree(rows, len(names)) for rows in document["trees"])
        baseline = _finite(document["baseline"])
    except (LookupError, TypeError, ValueError, OverflowError) as error:
        raise TreesInvalid(problem=f"{type(error).__name__} at {error}") from None
    if sum(len(tree) for tree in trees) > MAX_NODES or not trees:
        raise TreesInvalid(problem=f"1 to {MAX_NODES} nodes")
    return Trees(names, baseline, trees)


def _tree(rows: Sequence[Sequence[float]], width: int) -> tuple[tuple[float, ...], ...]:
    nodes = []
    for at, row in enumerate(rows):
        if len(row) not in (_LEAF, _SPLIT):
            raise TreesInvalid(problem=f"node {at} is neither leaf nor branch")
        node = tuple(_finite(cell) if place in (0, 1) else int(cell) for place, cell in enumerate(row))
        if len(node) == _SPLIT:
            inside = 0 <= node[0] < width and node[4] in (0, 1)
            if not inside or not all(at < child < len(rows) for child in node[2:4]):
                raise TreesInvalid(problem=f"node {at} leads nowhere, or back")
        nodes.append(node)
    if not nodes:
        raise TreesInvalid(problem="a tree without nodes")
    return tuple(nodes)


def _finite(cell: object) -> float:
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or not math.isfinite(cell):
        raise TreesInvalid(problem=f"{cell} is no finite number")
    return float(cell)
