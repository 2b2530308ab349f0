"""What a shop will take in the next 30, 60 and 90 days, with an interval right four times in five (S1-05).

The level is a weighted mean of the last weeks with part of their trend. How far such a forecast has been off
before, for this very shop at every week of its own past, gives the drift and the spread; a young shop borrows
the spread of others. Logs are floats, the answer whole fen: it is stored with the decision and never
recomputed there. Pure. A season that comes once a year is not foreseen from thirteen months of receipts.
"""

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final

from kernel.money import Money
from risk.features.facts import FactValue

HORIZONS_DAYS: Final = (30, 60, 90)
_WEEK: Final = 7
_LEAST_DAYS: Final = 56  # of history
_WEEKS: Final = 8  # that make the level
_FADE: Final = 0.75  # what a week counts to the week after it
_PAST_WEEKS: Final = 30  # at most so many earlier forecasts are held against what came
_OTHERS: Final = {30: 0.12, 60: 0.16, 90: 0.20}  # the spread of shops at large
_OTHERS_COUNT: Final = 1.5  # how many forecasts of one's own that is worth
_TENTH: Final = 1.2816  # of a normal distribution lies above so many spreads
_WIDEN: Final = {30: 1.2, 60: 1.12, 90: 1.05}  # past errors understate: tuned to four in five
_MOST_LOG: Final = 2.0
_OLDER: Final = 0.92  # what an error counts to that of a week later
_TREND_DAYS: Final = 56
_MOST_TREND: Final = 0.7
_SLOPE: Final = 0.6  # how much of the last weeks' trend goes on


@dataclass(frozen=True, slots=True)
class Forecast:
    """Takings expected in a horizon, and the ends between which they lie four times in five."""

    days: int
    expected: Money
    low: Money
    high: Money


def forecast(days: Sequence[tuple[date, int]], *, as_of_date: date, horizon_days: int) -> Forecast | None:
    """Return the forecast from days (date, fen; a day left out took nothing); None from a short past."""
    series = _series(days, as_of_date)
    if len(series) < _LEAST_DAYS:
        return None
    sums = [0, *accumulate(series)]
    level = _level(sums, len(series), horizon_days)
    if level <= 0:
        return None
    drift, spread = _past_errors(sums, horizon_days)
    centre = level * horizon_days * math.exp(drift)
    reach = math.exp(_TENTH * spread)
    return Forecast(
        horizon_days, *(Money(int(figure)) for figure in (centre, centre / reach, centre * reach))
    )


def forecast_facts(days: Sequence[tuple[date, int]], *, as_of_date: date) -> dict[str, FactValue]:
    """Return each horizon's forecast and its ends as facts."""
    facts: dict[str, FactValue] = {}
    for horizon in HORIZONS_DAYS:
        found = forecast(days, as_of_date=as_of_date, horizon_days=horizon)
        name = f"forecast.receipts_{horizon}d"
        facts[name] = None if found is None else found.expected.major
        facts[f"{name}_low"] = None if found is None else found.low.major
        facts[f"{name}_high"] = None if found is None else found.high.major
    return facts


def _series(days: Sequence[tuple[date, int]], as_of_date: date) -> list[int]:
    if not days:
        return []
    series = [0] * (as_of_date - days[0][0]).days
    for day, fen in days:
        series[(day - days[0][0]).days] += fen
    return series


def _level(sums: Sequence[int], end: int, horizon: int) -> float:
    """Return what a day after `end` should take: later weeks count more, their trend in part."""
    total = weight = 0.0
    for week in range(min(_WEEKS, end // _WEEK)):
        last = end - week * _WEEK
        total += _FADE**week * (sums[last] - sums[last - _WEEK])
        weight += _FADE**week * _WEEK
    level = total / weight
    half = min(_TREND_DAYS, end // 2)
    late, early = sums[end] - sums[end - half], sums[end - half] - sums[end - 2 * half]
    slope = math.log((late + 100) / (early + 100)) / half
    ahead = max(-_MOST_TREND, min(_MOST_TREND, _SLOPE * slope * (horizon / 2 + 14)))
    return level * math.exp(ahead)


def _past_errors(sums: Sequence[int], horizon: int) -> tuple[float, float]:
    """Return the drift and the spread of log(came / forecast), week by week in the past."""
    latest = len(sums) - 1 - horizon
    errors = []
    for end in range(latest, max(4 * _WEEK, latest - _PAST_WEEKS * _WEEK), -_WEEK):
        expected, came = _level(sums, end, horizon) * horizon, sums[end + horizon] - sums[end]
        error = math.log((came + 100) / (expected + 100))
        errors.append(max(-_MOST_LOG, min(_MOST_LOG, error)))
    weights = [_OLDER**place for place in range(len(errors))]
    own = sum(weights) * _WEEK / horizon  # forecasts of overlapping spans tell the same thing
    mean = sum(map(operator.mul, weights, errors)) / sum(weights) if errors else 0.0
    drift = mean * own / (own + _OTHERS_COUNT)
    squares = [(error - drift) ** 2 for error in errors]
    variance = sum(map(operator.mul, weights, squares)) / sum(weights) if errors else 0.0
    pooled = (own * variance + _OTHERS_COUNT * _OTHERS[horizon] ** 2) / (own + _OTHERS_COUNT)
    return drift, _WIDEN[horizon] * math.sqrt(pooled)
