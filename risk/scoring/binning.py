"""Bins with weights of evidence: monotone for numbers, one bin a value for text, unknown apart. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from risk.features.facts import FactValue

MIN_SHARE: Final = 0.05  # of the known rows, for a bin of numbers
MIN_ROWS: Final = 100  # for a bin of text; rarer values score as unknown
SMOOTHING: Final = 0.5


@dataclass(frozen=True, slots=True)
class Group:
    """Values that score alike, how many were good and bad, and the weight of evidence for default."""

    up_to: float | None
    values: tuple[FactValue, ...]
    good: int
    bad: int
    weight: float


@dataclass(frozen=True, slots=True)
class Binning:
    """A characteristic's groups; the unknown weight is never below zero, so that silence never helps."""

    fact: str
    groups: tuple[Group, ...]
    unknown_weight: float
    unknown_rows: int

    def weight(self, value: FactValue) -> float:
        """Return the weight of evidence of a value."""
        for group in self.groups:
            if value is None:
                break
            if value in group.values if group.values else group.up_to is None or value <= group.up_to:  # type: ignore[operator]
                return group.weight
        return self.unknown_weight

    @property
    def information_value(self) -> float:
        """How much the characteristic tells alone; above 1 it tells the outcome."""
        good, bad = sum(g.good for g in self.groups), sum(g.bad for g in self.groups)
        return sum((g.bad / bad - g.good / good) * g.weight for g in self.groups)


def bin_numbers(fact: str, values: Sequence[FactValue], bad: Sequence[bool], *, falling: bool) -> Binning:
    """Return monotone bins of whole numbers: `falling` when risk falls as the number grows."""
    counts = _counts(values, bad)
    known = {int(str(value)): pair for value, pair in counts.items() if value is not None}
    least = MIN_SHARE * sum(good + gone for good, gone in known.values())
    merged: list[tuple[float, int, int]] = []  # upper bound, good, bad
    good = gone = 0
    for value in sorted(known):
        good, gone = good + known[value][0], gone + known[value][1]
        if good + gone >= least:
            merged.append((value, good, gone))
            good = gone = 0
    if merged:
        bound, last_good, last_bad = merged.pop()
        merged.append((bound, last_good + good, last_bad + gone))
    merged = monotone(merged, falling=falling)
    bounds = [*(row[0] for row in merged[:-1]), None]
    rows = [(bound, (), row[1], row[2]) for bound, row in zip(bounds, merged, strict=True)]
    return weighed(fact, rows, counts.get(None, (0, 0)))


def bin_values(fact: str, values: Sequence[FactValue], bad: Sequence[bool]) -> Binning:
    """Return one bin a value with enough rows; the rest score as unknown."""
    counts = _counts(values, bad)
    kept = {value: pair for value, pair in counts.items() if value is not None and sum(pair) >= MIN_ROWS}
    rest = [pair for value, pair in counts.items() if value not in kept]
    rows = [(None, (value,), *kept[value]) for value in sorted(kept, key=str)]
    return weighed(fact, rows, (sum(pair[0] for pair in rest), sum(pair[1] for pair in rest)))


def _counts(values: Sequence[FactValue], bad: Sequence[bool]) -> dict[FactValue, tuple[int, int]]:
    counts: dict[FactValue, tuple[int, int]] = {}
    for value, gone in zip(values, bad, strict=True):
        good_count, bad_count = counts.get(value, (0, 0))
        counts[value] = (good_count + (not gone), bad_count + gone)
    return counts


def monotone(rows: Sequence[tuple[float, int, int]], *, falling: bool) -> list[tuple[float, int, int]]:
    """Pool neighbours until bad rates only fall (or only rise): pool-adjacent-violators."""
    pooled: list[tuple[float, int, int]] = []
    for row in rows:
        pooled.append(row)
        while len(pooled) > 1 and _violates(pooled[-2], pooled[-1], falling=falling):
            (_, good, gone), (bound, more_good, more_bad) = pooled[-2:]
            pooled[-2:] = [(bound, good + more_good, gone + more_bad)]
    return pooled


def _violates(left: tuple[float, int, int], right: tuple[float, int, int], *, falling: bool) -> bool:
    cross = left[2] * (right[1] + right[2]) - right[2] * (
        left[1] + left[2]
    )  # sign of the difference of rates
    return cross <= 0 if falling else cross >= 0


def weighed(
    fact: str,
    rows: Sequence[tuple[float | None, tuple[FactValue, ...], int, int]],
    unknown: tuple[int, int],
) -> Binning:
    """Return a binning of (bound, values, good, bad) rows, smoothed; `unknown` are its good and bad rows."""
    total: Mapping[str, int] = {"good": sum(row[2] for row in rows), "bad": sum(row[3] for row in rows)}

    def weight(good: int, gone: int) -> float:
        return math.log(((gone + SMOOTHING) / total["bad"]) / ((good + SMOOTHING) / total["good"]))

    groups = tuple(Group(bound, values, good, gone, weight(good, gone)) for bound, values, good, gone in rows)
    count = sum(unknown)
    return Binning(fact, groups, max(0.0, weight(*unknown)) if count >= MIN_ROWS else 0.0, count)
