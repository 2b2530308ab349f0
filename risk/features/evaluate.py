"""Evaluating features over the days of a stream, as of a date. Pure, exact, compiled once.

Unknown is never zero: a value that cannot be had is None, and its state says why. A stream nobody consented
to, one without a day, and one that has gone stale are three different things (S2-23, S4-04).
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from operator import lt
from types import MappingProxyType
from typing import Final

from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from kernel.values import made_often
from risk.features.aggregates import AGGREGATES, Compiled, Figures, Filtered, Kept, least, ratio
from risk.features.definitions import (
    FEATURES,
    PARTY_AGGREGATES,
    STATE_FACTS,
    STREAMS,
    Aggregate,
    FeatureDef,
)
from risk.features.facts import FactValue


class DaysInvalid(Refusal):
    """The daily figures are not one row a day in order, or reach past the date."""

    code = "features.days_invalid"
    kind = Kind.INVALID
    message = "Daily figures must be one row a day, in order and before {as_of_date}."


class State(StrEnum):
    """Why a value is there, or why not."""

    KNOWN = "known"
    NO_CONSENT = "no_consent"
    NO_DATA = "no_data"
    STALE = "stale"
    UNDEFINED = "undefined"  # there is data, but not what the value needs: nothing to divide by, too young


@dataclass(frozen=True, slots=True)
class Parties:
    """With how many parties of a role an enterprise dealt in a window, and the largest one's part."""

    role: str
    period: Period
    distinct: int
    largest: int
    total: int


@made_often
@dataclass(frozen=True, slots=True)
class Series:
    """The days by number (`date.toordinal`), oldest first, and of each column an array over the same days."""

    numbers: Sequence[int]
    figures: Sequence[Figures]


@made_often
@dataclass(frozen=True, slots=True)
class StreamFigures:
    """One enterprise's days of a stream, oldest first, each in the order of the stream's columns."""

    days: Sequence[tuple[date, Figures]] | Series
    parties: Sequence[Parties] = ()

    def series(self) -> Series:
        """Return the days' figures column by column."""
        if isinstance(self.days, Series):
            return self.days
        numbers = [day.toordinal() for day, _ in self.days]
        return Series(numbers, tuple(zip(*(row for _, row in self.days), strict=True)))


@made_often
@dataclass(frozen=True, slots=True)
class Evaluated:
    """Values by name, and beside them why each is there or not; a stream's own state is a fact too."""

    facts: Mapping[str, FactValue]
    states: Mapping[str, State]


class _Days:
    """A stream's days, filtered once for each figure that features filter by."""

    def __init__(self, stream: str, figures: StreamFigures, as_of: int) -> None:
        self.parties, self.as_of = figures.parties, as_of
        self._series = figures.series()
        self._kept: dict[int | None, Filtered] = {}
        self._windows: dict[tuple[int | None, int, int], Kept] = {}
        numbers = self._series.numbers
        self._whole = Filtered(numbers, self._series.figures, None)
        if (numbers and numbers[-1] >= as_of) or not all(map(lt, numbers, numbers[1:])):
            raise DaysInvalid(as_of_date=date.fromordinal(as_of))
        self.seen = self.kept(_index(stream, STREAMS[stream].present)).numbers

    def kept(self, where: int | None) -> Filtered:
        """Return the days whose figure is above zero (None: that are not all zeros)."""
        found = self._kept.get(where)
        if found is None:
            numbers, figures = self._series.numbers, self._series.figures
            mask: list[bool] | None = None
            if numbers and where is not None:
                if (least(figures[where]) or 0) <= 0:
                    mask = [figure is not None and figure > 0 for figure in figures[where]]
            elif numbers and not all(figures[0]):
                mask = [any(row) for row in zip(*figures, strict=True)]
            found = self._whole if mask is None or all(mask) else Filtered(numbers, figures, mask)
            self._kept[where] = found
        return found

    def window(self, window: tuple[int | None, int, int]) -> Kept:
        """Return those of a window (filter, days, days before the date) cut once for all that look at it."""
        found = self._windows.get(window)
        if found is None:
            where, days, offset = window
            end = self.as_of - offset
            found = self._windows[window] = Kept(self.kept(where), end - days, end)
        return found


def evaluate(
    streams: Mapping[str, StreamFigures],
    *,
    as_of_date: date,
    only: Sequence[str] | None = None,
    wanted: Mapping[str, frozenset[str]] | None = None,
) -> Evaluated:
    """Return every feature of these streams as of a date; a stream that is not given was not consented to.

    `streams` holds only what was known by then. `only` names streams, `wanted` the features of each: with
    some of a stream's features left out its state is not told. Refuses unordered days and days not yet over.
    """
    facts: dict[str, FactValue] = {}
    states: dict[str, State] = {}
    for code in (STREAMS if wanted is None else wanted) if only is None else only:
        features = _BY_STREAM[code] if wanted is None else _among(code, wanted[code])
        figures = streams.get(code)
        days = None if figures is None else _Days(code, figures, as_of_date.toordinal())
        state = State.NO_CONSENT if days is None else State.KNOWN if days.seen else State.NO_DATA
        for feature in features:
            value, why = None, state
            if days is not None and days.seen:
                value, why = _value(feature, days)
            facts[feature.name], states[feature.name] = value, why
        if len(features) < len(_BY_STREAM[code]):
            continue
        if {states[feature.name] for feature in features} == {State.STALE}:
            state = State.STALE
        facts[STATE_FACTS[code]], states[STATE_FACTS[code]] = state.value, State.KNOWN
    return Evaluated(facts, states)


def party_windows(
    stream: str, *, as_of_date: date, features: Container[str] | None = None
) -> tuple[Period, ...]:
    """Return the windows whose parties must be counted beside the days, for all features or for these."""
    windows = {
        _window(feature, as_of_date)
        for feature in _BY_STREAM[stream]
        if feature.aggregate in PARTY_AGGREGATES and (features is None or feature.name in features)
    }
    return tuple(sorted(windows, key=lambda window: (window.start_date, window.end_date)))


def history_days(stream: str) -> int:
    """Return how many days of a stream its features look back."""
    return 1 + max(
        max(
            feature.window_days * (2 if feature.aggregate is Aggregate.CHANGE else 1) + feature.offset_days,
            feature.history_days,
        )
        for feature in _BY_STREAM[stream]
    )


@lru_cache(maxsize=1024)
def _among(stream: str, names: frozenset[str]) -> tuple[FeatureDef, ...]:
    return tuple(feature for feature in _BY_STREAM[stream] if feature.name in names)


def _index(stream: str, column: str | None) -> int | None:
    return None if column is None else STREAMS[stream].columns.index(column)


def _window(feature: FeatureDef, as_of_date: date) -> Period:
    return Period.last_days(feature.window_days, before=as_of_date - timedelta(days=feature.offset_days))


def _value(feature: FeatureDef, days: _Days) -> tuple[FactValue, State]:
    as_of = days.as_of
    if feature.fresh_days is not None and as_of - days.seen[-1] > feature.fresh_days:
        return None, State.STALE
    if as_of - days.seen[0] < feature.history_days:
        return None, State.UNDEFINED
    made = _COMPILED.get(feature.name)
    if made is None:
        value = _of_parties(feature, _window(feature, date.fromordinal(as_of)), days.parties)
    else:
        window, compiled = made
        value = compiled(days.window(window), as_of)
    return value, State.UNDEFINED if value is None else State.KNOWN


def _of_parties(feature: FeatureDef, window: Period, parties: Sequence[Parties]) -> FactValue:
    found = next((row for row in parties if (row.role, row.period) == (feature.parameter, window)), None)
    if feature.aggregate is Aggregate.DISTINCT:
        return 0 if found is None else found.distinct
    return None if found is None else ratio(found.largest, found.total)


def _compile(feature: FeatureDef) -> tuple[tuple[int | None, int, int], Compiled]:
    """Return the window and what turns its days into the value; figures are found by their place."""
    places = [STREAMS[feature.stream].columns.index(column) for column in feature.columns]
    window = (_index(feature.stream, feature.where), feature.window_days, feature.offset_days)
    return window, AGGREGATES[feature.aggregate](feature, places)


_BY_STREAM: Final = MappingProxyType(
    {code: tuple(f for f in FEATURES.values() if f.stream == code) for code in STREAMS}
)
_COMPILED: Final = {
    name: _compile(feature) for name, feature in FEATURES.items() if feature.aggregate not in PARTY_AGGREGATES
}
