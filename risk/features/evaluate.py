"""Evaluating features over the days of a stream, as of a date. Pure, exact, compiled once.

Unknown is never zero: a value that cannot be had is None, and its state says why. A stream nobody consented
to, one without a day, and one that has gone stale are three different things (S2-23, S4-04).
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, localcontext
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from risk.features.definitions import (
    FEATURES,
    PARTY_AGGREGATES,
    STATE_FACTS,
    STREAMS,
    Aggregate,
    FeatureDef,
)
from risk.features.facts import FactType, FactValue

_PPM: Final = Decimal("0.000001")
_ONE: Final = Decimal(1)


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


@dataclass(frozen=True, slots=True)
class StreamFigures:
    """One enterprise's days of a stream, oldest first, each in the order of the stream's columns."""

    days: Sequence[tuple[date, Sequence[int | None]]]
    parties: Sequence[Parties] = ()


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Values by name, and beside them why each is there or not; a stream's own state is a fact too."""

    facts: Mapping[str, FactValue]
    states: Mapping[str, State]


Row = Sequence[int | None]


class _Days:
    """A stream's days, filtered once for each figure that features filter by."""

    def __init__(self, stream: str, figures: StreamFigures) -> None:
        self.figures = figures
        self._kept: dict[int | None, tuple[list[tuple[date, Row]], list[date]]] = {}
        self.seen = self.kept(_index(stream, STREAMS[stream].present))[1]

    def kept(self, where: int | None) -> tuple[list[tuple[date, Row]], list[date]]:
        """Return the days whose figure is above zero (None: that are not all zeros), and their dates."""
        found = self._kept.get(where)
        if found is None:
            if where is None:
                days = [day for day in self.figures.days if any(day[1])]
            else:
                days = [day for day in self.figures.days if (day[1][where] or 0) > 0]
            found = self._kept[where] = (days, [day for day, _ in days])
        return found

    def inside(self, where: int | None, window: Period) -> list[tuple[date, Row]]:
        """Return the days kept in a window."""
        days, dates = self.kept(where)
        return days[bisect_left(dates, window.start_date) : bisect_left(dates, window.end_date)]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What an aggregate looks at: the window's days that pass the filter, and where the stream begins."""

    days: Sequence[tuple[date, Row]]
    window: Period
    first: date | None  # of all days that pass the filter, whenever
    last: date | None
    before: Sequence[tuple[date, Row]]  # the window before that one


def evaluate(
    streams: Mapping[str, StreamFigures], *, as_of_date: date, only: Sequence[str] | None = None
) -> Evaluated:
    """Return every feature of these streams as of a date; a stream that is not given was not consented to.

    `streams` holds only what was known by then. Refuses unordered days and days not yet over.
    """
    facts: dict[str, FactValue] = {}
    states: dict[str, State] = {}
    for code in STREAMS if only is None else only:
        figures = streams.get(code)
        if figures is not None:
            _check_days(figures.days, as_of_date)
        days = None if figures is None else _Days(code, figures)
        state = State.NO_CONSENT if days is None else State.KNOWN if days.seen else State.NO_DATA
        for feature in _BY_STREAM[code]:
            value, why = None, state
            if days is not None and days.seen:
                value, why = _value(feature, days, as_of_date)
            facts[feature.name], states[feature.name] = value, why
        if {states[feature.name] for feature in _BY_STREAM[code]} == {State.STALE}:
            state = State.STALE
        facts[STATE_FACTS[code]], states[STATE_FACTS[code]] = state.value, State.KNOWN
    return Evaluated(facts, states)


def party_windows(stream: str, *, as_of_date: date) -> tuple[Period, ...]:
    """Return the windows whose parties must be counted beside the days."""
    wanted = {
        _window(feature, as_of_date)
        for feature in _BY_STREAM[stream]
        if feature.aggregate in PARTY_AGGREGATES
    }
    return tuple(sorted(wanted, key=lambda window: (window.start_date, window.end_date)))


def _check_days(days: Sequence[tuple[date, Row]], as_of_date: date) -> None:
    if any(a[0] >= b[0] for a, b in pairwise(days)) or (days and days[-1][0] >= as_of_date):
        raise DaysInvalid(as_of_date=as_of_date)


def _index(stream: str, column: str | None) -> int | None:
    return None if column is None else STREAMS[stream].columns.index(column)


def _window(feature: FeatureDef, as_of_date: date) -> Period:
    return Period.last_days(feature.window_days, before=as_of_date - timedelta(days=feature.offset_days))


def _value(feature: FeatureDef, days: _Days, as_of_date: date) -> tuple[FactValue, State]:
    if feature.fresh_days is not None and (as_of_date - days.seen[-1]).days > feature.fresh_days:
        return None, State.STALE
    if (as_of_date - days.seen[0]).days < feature.history_days:
        return None, State.UNDEFINED
    window, where = _window(feature, as_of_date), _WHERE[feature.name]
    if feature.aggregate in PARTY_AGGREGATES:
        value = _of_parties(feature, window, days.figures.parties)
    else:
        dates = days.kept(where)[1]
        change = feature.aggregate is Aggregate.CHANGE
        kept = _Kept(
            days=days.inside(where, window),
            window=window,
            first=dates[0] if dates else None,
            last=dates[-1] if dates else None,
            before=days.inside(where, Period.last_days(window.days, before=window.start_date))
            if change
            else (),
        )
        value = _COMPILED[feature.name](kept, as_of_date)
    return value, State.UNDEFINED if value is None else State.KNOWN


def _of_parties(feature: FeatureDef, window: Period, parties: Sequence[Parties]) -> FactValue:
    found = next((row for row in parties if (row.role, row.period) == (feature.parameter, window)), None)
    if feature.aggregate is Aggregate.DISTINCT:
        return 0 if found is None else found.distinct
    return None if found is None else _ratio(found.largest, found.total)


Compiled = Callable[[_Kept, date], FactValue]


def _compile(feature: FeatureDef) -> Compiled:
    """Return what turns the kept days into the value; figures are found by their place."""
    places = [STREAMS[feature.stream].columns.index(column) for column in feature.columns]
    return _AGGREGATES[feature.aggregate](feature, places)


def _out(feature: FeatureDef, minor: int | None) -> FactValue:
    if minor is None:
        return None
    if feature.unit is FactType.MONEY:
        return Decimal(minor).scaleb(-2).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return minor // feature.divisor


def _column(days: Sequence[tuple[date, Row]], place: int) -> list[int] | None:
    """Return a figure of each day; None if one of them is not known."""
    found = [row[place] for _, row in days]
    return None if None in found else [figure for figure in found if figure is not None]


def _sum(feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: _Kept, _as_of: date) -> FactValue:
        figures = _column(kept.days, places[0])
        return None if figures is None else _out(feature, sum(figures))

    return value


def _mean(feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: _Kept, _as_of: date) -> FactValue:
        figures = _column(kept.days, places[0])
        return _out(feature, sum(figures) // len(figures)) if figures else None

    return value


def _median_of_days(feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: _Kept, _as_of: date) -> FactValue:
        figures = _column(kept.days, places[0])
        return None if figures is None else _out(feature, _median(figures) if figures else 0)

    return value


def _median_calendar(feature: FeatureDef, places: list[int]) -> Compiled:
    """All days of the window, closed ones as zero: a receipt added never lowers it."""

    def value(kept: _Kept, _as_of: date) -> FactValue:
        figures = _column(kept.days, places[0])
        return None if figures is None else _out(feature, _calendar(figures, kept.window))

    return value


def _credited_median(feature: FeatureDef, places: list[int]) -> Compiled:
    """Each payer counts once a day, at the day's average ticket (S1-04).

    Against brushing: another sale to a payer already counted that day, at the average ticket or less, adds
    nothing; a sale to a new payer never takes anything away. None when payers are not known.
    """
    sales, payers, count = places

    def value(kept: _Kept, _as_of: date) -> FactValue:
        credited = []
        for _, row in kept.days:
            total, known, sold = row[sales], row[payers], row[count]
            if total is None or known is None or not sold:
                return None
            credited.append(total * min(known, sold) // sold)
        return _out(feature, _calendar(credited, kept.window))

    return value


def _evidenced_median(feature: FeatureDef, places: list[int]) -> Compiled:
    """Take what evidence backs; what only a personal code shows counts less the haircut (S4-06)."""
    keep = _ONE - Decimal(feature.parameter)
    if not 0 <= keep <= 1:
        raise ValueError("a haircut lies between 0 and 1")

    def value(kept: _Kept, _as_of: date) -> FactValue:
        full, personal = _column(kept.days, places[0]), _column(kept.days, places[1])
        if full is None or personal is None:
            return None
        days = [plain + int(more * keep) for plain, more in zip(full, personal, strict=True)]
        return _out(feature, _calendar(days, kept.window))

    return value


def _variation(_feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: _Kept, _as_of: date) -> FactValue:
        figures = _column(kept.days, places[0])
        if figures is None or len(figures) < 2 or not sum(figures):
            return None
        with localcontext(prec=28):
            mean = Decimal(sum(figures)) / len(figures)
            variance = sum(((figure - mean) ** 2 for figure in figures), Decimal(0)) / len(figures)
            return (variance.sqrt() / mean).quantize(_PPM, rounding=ROUND_HALF_EVEN)

    return value


def _share(_feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: _Kept, _as_of: date) -> FactValue:
        part, whole = _column(kept.days, places[0]), _column(kept.days, places[1])
        return None if part is None or whole is None else _ratio(sum(part), sum(whole))

    return value


def _change(_feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: _Kept, _as_of: date) -> FactValue:
        now, before = _column(kept.days, places[0]), _column(kept.before, places[0])
        return None if now is None or before is None else _ratio(sum(now) - sum(before), sum(before))

    return value


def _count(_feature: FeatureDef, _places: list[int]) -> Compiled:
    return lambda kept, _as_of: len(kept.days)


def _months(_feature: FeatureDef, _places: list[int]) -> Compiled:
    return lambda kept, _as_of: len({(day.year, day.month) for day, _ in kept.days})


def _max_gap(_feature: FeatureDef, _places: list[int]) -> Compiled:
    """Count from the first day ever seen, if that lies in the window: a young stream has no gap before it."""

    def value(kept: _Kept, _as_of: date) -> FactValue:
        if kept.first is None or kept.first >= kept.window.end_date:
            return None
        start = max(kept.window.start_date, kept.first) - timedelta(days=1)
        ends = [start, *(day for day, _ in kept.days), kept.window.end_date]
        return max((b - a).days - 1 for a, b in pairwise(ends))

    return value


def _age(_feature: FeatureDef, _places: list[int]) -> Compiled:
    return lambda kept, as_of: None if kept.first is None else (as_of - kept.first).days


def _silence(_feature: FeatureDef, _places: list[int]) -> Compiled:
    return lambda kept, as_of: None if kept.last is None else (as_of - kept.last).days


def _latest(feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: _Kept, _as_of: date) -> FactValue:
        for _, row in reversed(kept.days):
            shown = [
                label for label, place in zip(feature.parameter, places, strict=True) if (row[place] or 0) > 0
            ]
            if shown:
                return shown[-1]
        return None

    return value


def _median(figures: Sequence[int]) -> int:
    ordered, middle = sorted(figures), len(figures) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def _calendar(figures: Sequence[int], window: Period) -> int:
    return _median([*figures, *[0] * (window.days - len(figures))])


def _ratio(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / Decimal(whole)).quantize(_PPM, rounding=ROUND_HALF_EVEN) if whole > 0 else None


_AGGREGATES: Final[Mapping[Aggregate, Callable[[FeatureDef, list[int]], Compiled]]] = {
    Aggregate.SUM: _sum,
    Aggregate.COUNT: _count,
    Aggregate.MONTHS: _months,
    Aggregate.MEAN: _mean,
    Aggregate.MEDIAN: _median_of_days,
    Aggregate.MEDIAN_CALENDAR: _median_calendar,
    Aggregate.CREDITED_MEDIAN: _credited_median,
    Aggregate.EVIDENCED_MEDIAN: _evidenced_median,
    Aggregate.VARIATION: _variation,
    Aggregate.MAX_GAP: _max_gap,
    Aggregate.SHARE: _share,
    Aggregate.CHANGE: _change,
    Aggregate.AGE: _age,
    Aggregate.SILENCE: _silence,
    Aggregate.LATEST: _latest,
}
_BY_STREAM: Final = MappingProxyType(
    {code: tuple(f for f in FEATURES.values() if f.stream == code) for code in STREAMS}
)
_WHERE: Final = {name: _index(feature.stream, feature.where) for name, feature in FEATURES.items()}
_COMPILED: Final = {
    name: _compile(feature) for name, feature in FEATURES.items() if feature.aggregate not in PARTY_AGGREGATES
}
