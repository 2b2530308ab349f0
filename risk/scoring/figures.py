"""Figures with intervals: AUC, KS, Brier, calibration error and slope. Pure; arrays of shape (rows,)."""

from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_DRAWS: Final = 200
_EDGE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Figures:
    """How well a model ranks and how well its probabilities hold, with 95 % intervals."""

    rows: int
    bads: int
    auc: float
    auc_low: float
    auc_high: float
    ks: float
    ks_low: float
    ks_high: float
    brier: float
    ece: float
    slope: float

    def row(self) -> dict[str, float | int]:
        """Return the figures rounded to four decimals, for JSON."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def measure(pd: Floats, bad: Floats) -> Figures:
    """Return the figures of stated probabilities against outcomes (1 = bad); both classes must occur."""
    auc = ranking(pd, bad)
    wide = 1.96 * _auc_error(auc, int(bad.sum()), int((1 - bad).sum()))
    low, high = _drawn(pd, bad)
    return Figures(
        rows=len(bad),
        bads=int(bad.sum()),
        auc=auc,
        auc_low=max(0.0, auc - wide),
        auc_high=min(1.0, auc + wide),
        ks=separation(pd, bad),
        ks_low=low,
        ks_high=high,
        brier=float(np.mean((pd - bad) ** 2)),
        ece=calibration_error(pd, bad),
        slope=calibration_slope(pd, bad),
    )


def ranking(risk: Floats, bad: Floats) -> float:
    """Return the AUC: the chance that a bad row ranks riskier than a good one, ties counting half."""
    _, inverse, counts = np.unique(risk, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    bads = bad.sum()
    goods = len(bad) - bads
    return float((ranks[bad == 1].sum() - bads * (bads + 1) / 2) / (bads * goods))


def separation(risk: Floats, bad: Floats) -> float:
    """Return KS: the widest gap between the two classes' distributions."""
    order = np.argsort(risk, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(risk[order])), len(risk) - 1)
    gone = np.cumsum(bad[order])[ends] / bad.sum()
    good = np.cumsum(1 - bad[order])[ends] / (len(bad) - bad.sum())
    return float(np.abs(gone - good).max())


def calibration_error(pd: Floats, bad: Floats, bins: int = 10) -> float:
    """Return the mean gap between stated and seen default over ten groups of equal size."""
    parts = np.array_split(np.argsort(pd, kind="stable"), bins)
    return float(sum(abs(pd[part].sum() - bad[part].sum()) for part in parts) / len(pd))


def calibration_slope(pd: Floats, bad: Floats) -> float:
    """Return b of log-odds(bad) = a + b log-odds(pd); 1 is right, below 1 is overconfident."""
    return fitted_line(log_odds(pd), bad)[1]


def fitted_line(score: Floats, bad: Floats) -> tuple[float, float]:
    """Return a and b of log-odds(bad) = a + b score, by Newton's method with a whiff of ridge."""
    middle, spread = float(score.mean()), float(score.std()) or 1.0
    matrix = np.column_stack([np.ones(len(score)), (score - middle) / spread])
    weights = np.zeros(2)
    for _ in range(50):
        stated = 1 / (1 + np.exp(-np.clip(matrix @ weights, -30, 30)))
        slope = matrix.T @ (bad - stated) - 1e-6 * weights
        bend = (matrix * (stated * (1 - stated))[:, None]).T @ matrix + 1e-6 * np.eye(2)
        step = np.clip(np.linalg.solve(bend, slope), -4, 4)
        weights += step
        if np.abs(step).max() < 1e-10:
            break
    b = float(weights[1]) / spread
    return float(weights[0]) - b * middle, b


def log_odds(pd: Floats) -> Floats:
    """Return the log-odds of probabilities, kept finite."""
    kept = np.clip(pd, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(kept / (1 - kept)))


def probability(odds: Floats) -> Floats:
    """Return the probability behind log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -40, 40))))


def _auc_error(auc: float, bads: int, goods: int) -> float:
    """Return the standard error of an AUC (Hanley and McNeil 1982)."""
    both, one = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (bads - 1) * (both - auc**2) + (goods - 1) * (one - auc**2)
    return float(np.sqrt(max(variance, 0.0) / (bads * goods)))


def _drawn(risk: Floats, bad: Floats) -> tuple[float, float]:
    """Return KS's 95 % interval by drawing both classes again, with a fixed seed."""
    dice = np.random.default_rng(20)
    good_risk, bad_risk = risk[bad == 0], risk[bad == 1]
    labels = np.concatenate([np.zeros(len(good_risk)), np.ones(len(bad_risk))])
    drawn = [
        separation(
            np.concatenate([dice.choice(good_risk, len(good_risk)), dice.choice(bad_risk, len(bad_risk))]),
            labels,
        )
        for _ in range(_DRAWS if len(risk) < 50_000 else _DRAWS // 4)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)
