"""Features as data: what each is made of, by whom, how fresh it must be, and which strategies read it.

`definitions.json` names for each stream the figures of a day that features may be made of, and for each
feature its stream, filter, window, aggregate, unit, version, owner, class of source and limit of freshness
(S2-23). A name is also a fact of the catalogue, of the same type and source. Pure; `evaluate` runs them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from kernel.refusals import Kind, Refusal
from risk.features.facts import CATALOGUE, FactType, Source


class Aggregate(StrEnum):
    """How a window's days become one value; `where` keeps the days on which that figure is above zero."""

    SUM = "sum"
    COUNT = "count"  # days kept
    MONTHS = "months"  # calendar months with a day kept
    MEAN = "mean"  # of days kept
    MEDIAN = "median"  # of days kept
    MEDIAN_CALENDAR = "median_calendar"  # of all days, those without a figure as zero
    CREDITED_MEDIAN = "credited_median"  # of sales x payers / sales, all days (S1-04)
    EVIDENCED_MEDIAN = (
        "evidenced_median"  # of what is backed by evidence, personal codes less a haircut (S4-06)
    )
    VARIATION = "variation"  # spread to mean of days kept
    MAX_GAP = "max_gap"  # longest run of days not kept
    SHARE = "share"  # one figure to another, both summed
    CHANGE = "change"  # sum to that of the window before, less one
    AGE = "age"  # days since the first day kept
    SILENCE = "silence"  # days since the last day kept
    LATEST = "latest"  # the label whose figure was last above zero; the worst of a day
    DISTINCT = "distinct"  # parties in a role: counted set-based, beside the days
    TOP_SHARE = "top_share"  # the largest party's share


PARTY_AGGREGATES: Final = frozenset({Aggregate.DISTINCT, Aggregate.TOP_SHARE})
_FIGURES: Final[Mapping[Aggregate, int]] = {
    Aggregate.SUM: 1,
    Aggregate.COUNT: 0,
    Aggregate.MONTHS: 0,
    Aggregate.MEAN: 1,
    Aggregate.MEDIAN: 1,
    Aggregate.MEDIAN_CALENDAR: 1,
    Aggregate.CREDITED_MEDIAN: 3,
    Aggregate.EVIDENCED_MEDIAN: 2,
    Aggregate.VARIATION: 1,
    Aggregate.MAX_GAP: 0,
    Aggregate.SHARE: 2,
    Aggregate.CHANGE: 1,
    Aggregate.AGE: 0,
    Aggregate.SILENCE: 0,
    Aggregate.DISTINCT: 0,
    Aggregate.TOP_SHARE: 0,
}
_COUNTS: Final = frozenset(
    {
        Aggregate.COUNT,
        Aggregate.MONTHS,
        Aggregate.MAX_GAP,
        Aggregate.AGE,
        Aggregate.SILENCE,
        Aggregate.DISTINCT,
    }
)
_RATIOS: Final = frozenset({Aggregate.SHARE, Aggregate.CHANGE, Aggregate.VARIATION, Aggregate.TOP_SHARE})


class DefinitionInvalid(Refusal):
    """A definition is not one that can be evaluated."""

    code = "features.definition_invalid"
    kind = Kind.INVALID
    message = "{name}: {problem}"


class FeatureUnknown(Refusal):
    """No feature is defined by this name."""

    code = "features.feature_unknown"
    kind = Kind.NOT_FOUND
    message = "No feature is defined as {name}."


@dataclass(frozen=True, slots=True)
class StreamDef:
    """A stream's daily figures; `present` is the figure without which a day shows nothing at all."""

    code: str
    columns: tuple[str, ...]
    present: str | None


@dataclass(frozen=True, slots=True)
class FeatureDef:
    """One feature; its window is `window_days` long and ends `offset_days` before the date asked for."""

    name: str
    stream: str
    aggregate: Aggregate
    columns: tuple[str, ...]
    where: str | None
    window_days: int
    offset_days: int
    history_days: int  # not known until the stream is this old
    unit: FactType
    divisor: int  # from the figure's unit to the fact's: 1000 for metres to kilometres
    parameter: str  # the haircut, the role of the party, or the labels from best to worst
    version: int
    owner: str
    source: Source
    fresh_days: int | None  # unused once the stream's last day is older; None: silence is a finding


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a feature comes from, and which strategies read it."""

    feature: FeatureDef
    reads: tuple[str, ...]
    read_by: tuple[str, ...]


def read_definitions(
    document: Mapping[str, Any],
) -> tuple[Mapping[str, StreamDef], Mapping[str, FeatureDef]]:
    """Return the streams and features of a catalogue; refuses what cannot be evaluated, by name."""
    streams = {
        code: StreamDef(code, tuple(row["columns"]), row.get("present"))
        for code, row in document["streams"].items()
    }
    features: dict[str, FeatureDef] = {}
    for row in document["features"]:
        name = str(row.get("name"))
        if name in features:
            raise DefinitionInvalid(name=name, problem="defined twice")
        try:
            features[name] = _checked(_feature(row), streams)
        except (LookupError, TypeError, ValueError) as error:
            raise DefinitionInvalid(name=name, problem=f"{type(error).__name__}: {error}") from None
    return MappingProxyType(streams), MappingProxyType(features)


def _feature(row: Mapping[str, Any]) -> FeatureDef:
    return FeatureDef(
        name=row["name"],
        stream=row["stream"],
        aggregate=Aggregate(row["aggregate"]),
        columns=tuple(row.get("columns", ())),
        where=row.get("where"),
        window_days=row["window_days"],
        offset_days=row.get("offset_days", 0),
        history_days=row.get("history_days", 0),
        unit=FactType(row["unit"]),
        divisor=row.get("divisor", 1),
        parameter=row.get("parameter", ""),
        version=row["version"],
        owner=row["owner"],
        source=Source(row["source"]),
        fresh_days=row["fresh_days"],
    )


def _checked(feature: FeatureDef, streams: Mapping[str, StreamDef]) -> FeatureDef:
    columns = streams[feature.stream].columns
    for column in (*feature.columns, *((feature.where,) if feature.where else ())):
        if column not in columns:
            raise ValueError(f"{feature.stream} has no figure {column}")
    wanted = _FIGURES.get(feature.aggregate, len(feature.parameter))
    if len(feature.columns) != wanted:
        raise ValueError(f"{feature.aggregate} takes {wanted} figures")
    for number in (feature.window_days, feature.divisor, feature.version):
        if type(number) is not int or number < 1:
            raise ValueError(f"{number} is not a whole number above zero")
    fact = CATALOGUE.get(feature.name)
    if fact is None or (fact.type, fact.source) != (feature.unit, feature.source):
        raise ValueError("the catalogue of facts has no such fact of this unit and source")
    _check_unit(feature)
    return feature


def _check_unit(feature: FeatureDef) -> None:
    """Refuse a unit that the aggregate cannot come out in (a share is no amount of money)."""
    if feature.aggregate in _RATIOS:
        fits = feature.unit is FactType.RATIO
    elif feature.aggregate in _COUNTS:
        fits = feature.unit is FactType.COUNT
    elif feature.aggregate is Aggregate.LATEST:
        fits = feature.unit is FactType.TEXT
    else:
        fits = feature.unit in (FactType.MONEY, FactType.COUNT)
    if not fits:
        raise ValueError(f"{feature.aggregate} does not come out in {feature.unit}")


def _load() -> tuple[Mapping[str, StreamDef], Mapping[str, FeatureDef]]:
    path = Path(__file__).with_name("definitions.json")
    return read_definitions(json.loads(path.read_text(encoding="utf-8")))


STREAMS, FEATURES = _load()
STATE_FACTS: Final = MappingProxyType({code: f"{code}.state" for code in STREAMS})


def lineage(name: str, documents: Mapping[str, Mapping[str, Any]]) -> Lineage:
    """Return a feature, the figures it reads, and the codes of those strategy documents that read it."""
    feature = FEATURES.get(name)
    if feature is None:
        raise FeatureUnknown(name=name)
    figures = dict.fromkeys((*feature.columns, *((feature.where,) if feature.where else ())))
    party = (f"{feature.stream}.{feature.parameter}",) if feature.aggregate in PARTY_AGGREGATES else ()
    reads = (*(f"{feature.stream}.{figure}" for figure in figures), *party)
    return Lineage(feature, reads, used_by([name], documents)[name])


def used_by(
    names: Iterable[str], documents: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, tuple[str, ...]]:
    """Return for each name the strategies whose document declares it: only what is declared can be read."""
    return {
        name: tuple(sorted(c for c, d in documents.items() if name in d.get("facts", {}))) for name in names
    }
