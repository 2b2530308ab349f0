"""How well a score still ranks, and whether its probabilities still mean what they say. Pure.

All figures are of loans grouped by stated probability: (pd, loans, bads), so that the database counts and
nothing here grows with the book.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, lgamma
from typing import Final

import numpy as np
from scipy.special import expit, logit, ndtri

from risk.monitoring.intervals import Interval, exact_interval

RESAMPLES: Final = 400
LEAST_OF_A_CLASS: Final = 10  # below it neither a curve nor a slope is worth the name
_STEPS: Final = 50


@dataclass(frozen=True, slots=True)
class Group:
    """Loans of one stated probability and how many of them went bad."""

    pd: float
    loans: int
    bads: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval."""

    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class RankBreak:
    """A class that did better than the safer one before it; `chance` that equal classes look so."""

    safer: str
    riskier: str
    safer_rate: float
    riskier_rate: float
    chance: float


def _arrays(groups: Iterable[Group]) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Return (pd, goods, bads), safest first, or None with too few of a class; each of shape (groups,)."""
    totals: dict[float, tuple[int, int]] = {}
    for group in groups:
        goods, bads = totals.get(group.pd, (0, 0))
        totals[group.pd] = (goods + group.loans - group.bads, bads + group.bads)
    pds = np.array(sorted(totals), dtype=float)
    goods_of = np.array([totals[pd][0] for pd in pds.tolist()], dtype=np.int64)
    bads_of = np.array([totals[pd][1] for pd in pds.tolist()], dtype=np.int64)
    if min(goods_of.sum(), bads_of.sum()) < LEAST_OF_A_CLASS:
        return None
    return pds, goods_of, bads_of


def gini(groups: Iterable[Group], *, level: float = 0.95) -> Estimate | None:
    """Return 2 AUC - 1 with DeLong's interval (Biometrics 44, 1988), ties counting half."""
    found = _arrays(groups)
    if found is None:
        return None
    _, goods, bads = found
    good_count, bad_count = int(goods.sum()), int(bads.sum())
    goods_below = (np.cumsum(goods) - goods / 2) / good_count  # of each bad, the goods that rank safer
    bads_above = (bad_count - np.cumsum(bads) + bads / 2) / bad_count
    area = float((bads * goods_below).sum() / bad_count)
    of_bads = float((bads * (goods_below - area) ** 2).sum() / (bad_count - 1))
    of_goods = float((goods * (bads_above - area) ** 2).sum() / (good_count - 1))
    reach = 2 * float(ndtri((1 + level) / 2)) * (of_bads / bad_count + of_goods / good_count) ** 0.5
    value = 2 * area - 1
    return Estimate(value, Interval(max(-1.0, value - reach), min(1.0, value + reach)))


def kolmogorov_smirnov(groups: Iterable[Group], *, level: float = 0.95, seed: int = 7) -> Estimate | None:
    """Return the widest gap between the bads' and the goods' curves, with its bootstrap interval.

    Goods and bads are drawn anew apart, 400 times from a fixed seed: the same loans give the same interval.
    The basic interval (2 x value - quantiles) takes out the upward bias that a maximum has.
    """
    found = _arrays(groups)
    if found is None:
        return None
    _, goods, bads = found
    value = float(_widest(goods[None, :], bads[None, :])[0])
    chance = np.random.default_rng(seed)
    again = _widest(
        chance.multinomial(goods.sum(), goods / goods.sum(), size=RESAMPLES),
        chance.multinomial(bads.sum(), bads / bads.sum(), size=RESAMPLES),
    )
    low, high = np.quantile(again, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, Interval(max(0.0, 2 * value - float(high)), min(1.0, 2 * value - float(low))))


def _widest(goods: np.ndarray, bads: np.ndarray) -> np.ndarray:
    good_curves = np.cumsum(goods, axis=1) / goods.sum(axis=1, keepdims=True)
    bad_curves = np.cumsum(bads, axis=1) / bads.sum(axis=1, keepdims=True)
    widest: np.ndarray = np.abs(good_curves - bad_curves).max(axis=1)
    return widest


def calibration_slope(groups: Iterable[Group], *, level: float = 0.95) -> Estimate | None:
    """Return the slope of the outcome's log-odds on the stated log-odds (Cox, 1958), with Wald's interval.

    1 is as stated; below 1 the PDs are too extreme. None with too few outcomes or a single stated PD.
    """
    found = _arrays([group for group in groups if 0 < group.pd < 1])
    if found is None or len(found[0]) < 2:
        return None
    pds, goods, bads = found
    design = np.column_stack([np.ones(len(pds)), logit(pds)])
    loans, weights = goods + bads, np.array([0.0, 1.0])
    for _ in range(_STEPS):
        fitted = expit(design @ weights)
        information = design.T @ (design * (loans * fitted * (1 - fitted))[:, None])
        if not np.isfinite(information).all() or np.linalg.cond(information) > 1e12:
            return None
        step = np.linalg.solve(information, design.T @ (bads - loans * fitted))
        weights = weights + step
        if float(np.abs(step).max()) < 1e-9:
            reach = float(ndtri((1 + level) / 2) * np.linalg.inv(information)[1, 1] ** 0.5)
            slope = float(weights[1])
            return Estimate(slope, Interval(slope - reach, slope + reach))
    return None


def rank_order_breaks(classes: Sequence[tuple[str, int, int]]) -> tuple[RankBreak, ...]:
    """Return where bad rates fall from one class to the next riskier: (name, loans, bads), safest first.

    `chance` is Fisher's exact one-sided probability, so that a break of three loans is seen for what it is.
    """
    found = []
    with_loans = [row for row in classes if row[1]]
    for (safer, loans, bads), (riskier, more_loans, more_bads) in pairwise(with_loans):
        if bads / loans > more_bads / more_loans:
            chance = _fisher(bads, loans, more_bads, more_loans)
            found.append(RankBreak(safer, riskier, bads / loans, more_bads / more_loans, chance))
    return tuple(found)


def _fisher(bads: int, loans: int, other_bads: int, other_loans: int) -> float:
    """Return the chance of at least so many of all bads among the first class, were both alike."""
    gone = bads + other_bads
    return min(
        1.0,
        sum(
            exp(
                _log_choose(loans, count)
                + _log_choose(other_loans, gone - count)
                - _log_choose(loans + other_loans, gone)
            )
            for count in range(bads, min(gone, loans) + 1)
        ),
    )


def _log_choose(total: int, taken: int) -> float:
    return lgamma(total + 1) - lgamma(taken + 1) - lgamma(total - taken + 1)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of a calibration chart: a class's stated and seen default rates, with the exact interval."""

    name: str
    loans: int
    stated: float
    seen: float
    interval: Interval


def calibration_curve(groups: Sequence[Group], *, points: int = 10) -> tuple[CurvePoint, ...]:
    """Return stated against seen default by equal groups of loans, safest first; equal PDs stay together."""
    ordered, loans_in_all = sorted(groups, key=lambda group: group.pd), sum(group.loans for group in groups)
    found: list[CurvePoint] = []
    taken: list[Group] = []
    through = 0
    for index, group in enumerate(ordered):
        taken.append(group)
        through += group.loans
        full = through * points >= loans_in_all * (len(found) + 1)
        if full or index == len(ordered) - 1:
            found.append(_point(str(len(found) + 1), taken))
            taken = []
    return tuple(point for point in found if point.loans)


def _point(name: str, groups: Sequence[Group]) -> CurvePoint:
    loans, bads = sum(group.loans for group in groups), sum(group.bads for group in groups)
    stated = sum(group.pd * group.loans for group in groups) / loans if loans else 0.0
    seen = bads / loans if loans else 0.0
    return CurvePoint(name, loans, stated, seen, exact_interval(bads, loans))
