"""What a shop will take in the next 30, 60 and 90 days, with an interval right four times in five (S1-05).

The level is a weighted mean of the last weeks with part of their trend. How far such a forecast has been off
before, for this very shop at every week of its own past, gives the drift and the spread; a young shop borrows
the spread of others. Logs are floats, the answer whole fen: it is stored with the decision and never
recomputed there. Pure. A season that comes once a year is not foreseen from thirteen months of receipts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kernel.money import Money
from risk.features.facts import FactValue

Sums = NDArray[np.int64]  # fen taken before each day
Ends = NDArray[np.int64]
Exacts = NDArray[np.float64]
HORIZONS_DAYS: Final = (30, 60, 90)
FORECAST_FACTS: Final = tuple(
    f"forecast.receipts_{horizon}d{end}" for horizon in HORIZONS_DAYS for end in ("", "_low", "_high")
)
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
    sums = _sums([day.toordinal() for day, _ in days], [fen for _, fen in days], as_of_date)
    return _forecasts(sums, (horizon_days,))[0]


def forecast_facts(
    numbers: Sequence[int], sales: Sequence[int | None], *, as_of_date: date
) -> dict[str, FactValue]:
    """Return each horizon's forecast and its ends as facts, from days (`date.toordinal`) and fen."""
    facts: dict[str, FactValue] = {}
    sums = _sums(numbers, sales, as_of_date)
    for horizon, found in zip(HORIZONS_DAYS, _forecasts(sums, HORIZONS_DAYS), strict=True):
        name = f"forecast.receipts_{horizon}d"
        facts[name] = None if found is None else found.expected.major
        facts[f"{name}_low"] = None if found is None else found.low.major
        facts[f"{name}_high"] = None if found is None else found.high.major
    return facts


def _forecasts(sums: Sums, horizons: Sequence[int]) -> list[Forecast | None]:
    """Return the forecast of each horizon; the levels, now and in the past, are reckoned all at once."""
    if len(sums) <= _LEAST_DAYS:
        return [None] * len(horizons)
    spans = [np.concatenate(([len(sums) - 1], _past_ends(len(sums), horizon))) for horizon in horizons]
    counts = [len(span) for span in spans]
    levels = _level(sums, np.concatenate(spans), np.repeat(np.array(horizons), counts))
    parts = np.split(levels, np.cumsum(counts)[:-1])
    return [_forecast(sums, *whole) for whole in zip(horizons, spans, parts, strict=True)]


def _forecast(sums: Sums, horizon: int, ends: Ends, levels: Exacts) -> Forecast | None:
    """Return a horizon's forecast from the levels of today, which comes first, and of earlier days."""
    level = float(levels[0])
    if level <= 0:
        return None
    drift, spread = _past_errors(sums, ends[1:], levels[1:], horizon)
    centre = level * horizon * math.exp(drift)
    reach = math.exp(_TENTH * spread)
    return Forecast(horizon, *(Money(int(figure)) for figure in (centre, centre / reach, centre * reach)))


def _sums(numbers: Sequence[int], sales: Sequence[int | None], as_of_date: date) -> Sums:
    """Return what was taken before each day, from the first with receipts to the date itself."""
    if not numbers:
        return np.zeros(1, dtype=np.int64)
    first = numbers[0]
    series = np.zeros(as_of_date.toordinal() - first + 1, dtype=np.int64)
    series[np.array(numbers) - first + 1] = [fen or 0 for fen in sales]
    return series.cumsum()


def _level(sums: Sums, ends: Ends, horizons: Ends) -> Exacts:
    """Return what a day after each end should take: later weeks count more, their trend goes on in part."""
    weeks = np.arange(_WEEKS)[:, None]
    lasts = ends - weeks * _WEEK
    faded = np.where(lasts >= _WEEK, _FADE**weeks, 0.0)
    took = sums[np.maximum(lasts, 0)] - sums[np.maximum(lasts - _WEEK, 0)]
    level = (faded * took).sum(axis=0) / (faded.sum(axis=0) * _WEEK)
    half = np.minimum(_TREND_DAYS, ends // 2)
    middle = sums[ends - half]
    slope = np.log((sums[ends] - middle + 100) / (middle - sums[ends - 2 * half] + 100)) / half
    ahead = np.clip(_SLOPE * slope * (horizons / 2 + 14), -_MOST_TREND, _MOST_TREND)
    return np.asarray(level * np.exp(ahead))


def _past_ends(length: int, horizon: int) -> Ends:
    """Return the ends of earlier forecasts whose horizon is over: a week apart, the latest first."""
    latest = length - 1 - horizon
    return np.arange(latest, max(4 * _WEEK, latest - _PAST_WEEKS * _WEEK), -_WEEK)


def _past_errors(sums: Sums, ends: Ends, levels: Exacts, horizon: int) -> tuple[float, float]:
    """Return the drift and the spread of log(came / forecast), week by week in the past."""
    if not len(ends):
        return 0.0, _WIDEN[horizon] * _OTHERS[horizon]
    came = sums[ends + horizon] - sums[ends]
    errors = np.log((came + 100) / (levels * horizon + 100)).clip(-_MOST_LOG, _MOST_LOG)
    weights = _OLDER ** np.arange(len(ends))
    own = float(weights.sum()) * _WEEK / horizon  # forecasts of overlapping spans tell the same thing
    drift = float(weights @ errors / weights.sum()) * own / (own + _OTHERS_COUNT)
    variance = float(weights @ (errors - drift) ** 2 / weights.sum())
    pooled = (own * variance + _OTHERS_COUNT * _OTHERS[horizon] ** 2) / (own + _OTHERS_COUNT)
    return drift, _WIDEN[horizon] * math.sqrt(pooled)
