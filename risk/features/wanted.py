"""What must be read and worked out for the facts that somebody asked for: nothing else is. Pure.

A decision stores the facts its day's documents declare (`risk.strategies.queries.declared`), each the very
value it would have among all others; a stream, a sign of brushing or the graph that none of them follows
from is not read (S3-13: the cheapest first).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from risk.features.brushing import BRUSHING_FACTS, COUNTED, EVIDENCED
from risk.features.definitions import FEATURES, STATE_FACTS, STREAMS
from risk.features.facts import CATALOGUE, Facts, FactValue
from risk.features.forecast import FORECAST_FACTS
from risk.features.scene_quality import SCENE_FACTS

Wanted = frozenset[str] | None  # None: everything that can be known
_OF_BRUSHING: Final = ("sale_count", *(f"{name}_count" for name in COUNTED))
_OF_SCENE: Final = ("sale_count", "late_count", "payer_known_count", "doubtful_count")
_ALL: Final = frozenset(CATALOGUE)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a set of facts needs: features by stream, the figures of receipts, and the parts beside."""

    features: Mapping[str, frozenset[str]]
    receipt_columns: frozenset[str]
    brushing: bool
    forecast: bool
    scene: bool
    graph: bool


@lru_cache(maxsize=256)
def needs_of(wanted: Wanted) -> Needs:
    """Return what these facts need; a stream's state needs all of its features."""
    asked = _ALL if wanted is None else wanted
    brushing = not asked.isdisjoint(BRUSHING_FACTS)
    forecast, scene = not asked.isdisjoint(FORECAST_FACTS), not asked.isdisjoint(SCENE_FACTS)
    within = asked | {EVIDENCED} if brushing else asked
    features: dict[str, frozenset[str]] = {}
    for code in STREAMS:
        names = frozenset(name for name, feature in FEATURES.items() if feature.stream == code)
        chosen = names if STATE_FACTS[code] in asked else names & within
        if chosen:
            features[code] = chosen
    columns = {STREAMS["receipts"].present} if "receipts" in features else set()
    for name in features.get("receipts", ()):
        columns |= {*FEATURES[name].columns, FEATURES[name].where}
    columns |= {*_OF_BRUSHING} if brushing else set()
    columns |= {*_OF_SCENE} if scene else set()
    columns |= {"sales"} if forecast else set()
    return Needs(
        features=MappingProxyType(features),
        receipt_columns=frozenset(column for column in columns if column is not None),
        brushing=brushing,
        forecast=forecast,
        scene=scene,
        graph=any(name.startswith("graph.") for name in asked),
    )


def only_wanted(facts: Facts, wanted: Wanted) -> dict[str, FactValue]:
    """Return the facts that were asked for."""
    return {name: value for name, value in facts.items() if wanted is None or name in wanted}
