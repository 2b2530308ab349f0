"""Calibration: from a model's log-odds to a probability that holds, by a line or by steps. Pure."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import brentq

from risk.scoring.figures import Floats, fitted_line, probability

_STEEPEST: Final = 1.5
_FLATTEST: Final = 0.2


@dataclass(frozen=True, slots=True)
class Line:
    """Log-odds = a + b score (Platt): two numbers, monotone, fit for a signed document."""

    a: float
    b: float

    def pd(self, score: Floats) -> Floats:
        """Return probabilities of default."""
        return probability(self.a + self.b * score)


def calibrated(score: Floats, bad: Floats) -> Line:
    """Return the line that makes cross-fitted scores hold; never turns or blows up the ranking."""
    _, slope = fitted_line(score, bad)
    return levelled(score, float(np.clip(slope, _FLATTEST, _STEEPEST)), float(bad.mean()))


def levelled(score: Floats, slope: float, rate: float) -> Line:
    """Return the line of this slope whose mean probability over the scores is `rate`."""
    kept = float(np.clip(rate, 1e-6, 1 - 1e-6))
    level = brentq(lambda a: float(probability(a + slope * score).mean()) - kept, -60, 60)
    return Line(float(level), slope)


def cautious_rate(bads: Floats, rows: Floats) -> float:
    """Return the bad rate to state for the vintages to come: the mean plus its margin of conservatism.

    The margin is the upper quartile of the spread between vintages, sampling noise taken off, and one
    standard error of the mean; arrays hold a figure a vintage. A cycle can turn by more than it has so far.
    """
    rates = bads / rows
    mean = float(bads.sum() / rows.sum())
    noise = float((mean * (1 - mean) / rows * (rows / rows.sum())).sum())
    between = float(((rates - mean) ** 2 * rows).sum() / rows.sum())
    error = np.sqrt(mean * (1 - mean) / rows.sum())
    return float(min(0.99, mean + 0.6745 * np.sqrt(max(between - noise, 0.0)) + error))
