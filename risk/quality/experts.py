"""Experts' signs on ranks: a score of default that needs hardly any label. Pure; arrays of shape (firms,).

Four parts of equal weight: turnover and the experts' mean, each as a rank among all firms of the day and
among those of the same VAT status. A firm of the small-scale levy is small by rule; one that charges the
general rates and sells as little is not.
"""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from risk.quality.tables import Floats
from risk.scoring.figures import ranking

# +1, more is riskier. Size, steadiness, spread and freshness of trade, both sides.
EXPERT: Final[Mapping[str, int]] = {
    "turnover": -1,
    "sales_sum": -1,
    "sales_invoices": -1,
    "sales_days_known": -1,
    "sales_largest_share": 1,
    "sales_unevenness": 1,
    "sales_days_since": 1,
    "sales_busy_6": -1,
    "purchases_sum": -1,
    "purchases_per_other": -1,
    "purchases_red_share": -1,
    "purchases_trend_6": -1,
}
# Tax in a price: 3/103 by the small-scale levy, 6/106 by the lowest general rate; between the two.
SMALL_SCALE_BELOW: Final = 0.045
_PARTS: Final = 4
_MIXES: Final = tuple(mix for many in range(1, _PARTS + 1) for mix in combinations(range(_PARTS), many))


def rank(known: Floats, values: Floats) -> Floats:
    """Return each value's place among the known, sorted ones, 0 to 1, ties in their middle."""
    low = np.searchsorted(known, values, side="left")
    return np.asarray((low + np.searchsorted(known, values, side="right")) / 2 / len(known))


def parts(found: Mapping[str, Floats], signs: Mapping[str, int] = EXPERT) -> Floats:
    """Return size and experts among all, size and experts among peers: ranks, more is riskier; (firms, 4).

    Peers of the day, labelled or not: a holiday, or a window that holds more history, moves all of them.
    """
    everybody = np.zeros(len(found["turnover"]), dtype=bool)
    taxed_low = found["sales_tax_rate"] < SMALL_SCALE_BELOW
    columns = []
    for group in (everybody, taxed_low):
        signed = [sign * _within(group, found[name]) for name, sign in signs.items()]
        columns += [-_within(group, found["turnover"]), _within(everybody, np.mean(signed, axis=0))]
    return np.column_stack(columns)


def expert_score(found: Mapping[str, Floats]) -> Floats:
    """Return the mean of the four parts: more is riskier, 0 in the middle."""
    return np.asarray(parts(found).mean(axis=1))


def chosen_mix(of: Floats, seen: NDArray[np.int64], bad: Floats) -> Floats:
    """Return the mean of those parts which together rank the seen firms best, for all firms."""
    made: list[Floats] = [of[:, mix].mean(axis=1) for mix in _MIXES]
    return made[int(np.argmax([ranking(score[seen], bad) for score in made]))]


def chosen_signs(found: Mapping[str, Floats], seen: NDArray[np.int64], bad: Floats) -> dict[str, int]:
    """Return as many signs as the experts have, of the figures that tell most of the seen firms."""
    told = {name: ranking(column[seen], bad) - 0.5 for name, column in found.items()}
    most = sorted(told, key=lambda name: (-abs(told[name]), name))[: len(EXPERT)]
    return {name: 1 if told[name] > 0 else -1 for name in most}


def hashed_folds(names: Sequence[str], bad: Floats, folds: int, salt: str) -> NDArray[np.int64]:
    """Return each firm's fold: dealt in order of a salted hash of its name, the bad firms first.

    Folds of one size, with one share of bad firms, to within one firm; the order of the files is nothing.
    """
    keys = [hashlib.sha256(f"{salt} {name}".encode()).hexdigest() for name in names]
    order = sorted(range(len(names)), key=lambda at: (-bad[at], keys[at]))
    made = np.zeros(len(names), dtype=np.int64)
    made[order] = np.arange(len(names)) % folds
    return made


def _within(group: NDArray[np.bool_], values: Floats) -> Floats:
    """Return each value's rank among those of its own group, -.5 to .5."""
    made = np.zeros(len(values))
    for mine in (group, ~group):
        made[mine] = rank(np.sort(values[mine]), values[mine]) - 0.5 if mine.any() else 0.0
    return made
