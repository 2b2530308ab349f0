"""Definitions: what the catalogue refuses, where a feature comes from and who reads it."""

import json
from pathlib import Path
from typing import Any

import pytest

from risk.features import definitions
from risk.features.definitions import (
    FEATURES,
    STATE_FACTS,
    STREAMS,
    DefinitionInvalid,
    FeatureUnknown,
    lineage,
    read_definitions,
    used_by,
)
from risk.features.facts import CATALOGUE, FactType

DOCUMENTS = Path(definitions.__file__).parents[1] / "strategies" / "documents"
SOUND: dict[str, Any] = {
    "name": "trips.loaded_share_90d",
    "stream": "trips",
    "aggregate": "share",
    "columns": ["loaded_metres", "metres"],
    "window_days": 90,
    "unit": "ratio",
    "version": 1,
    "owner": "risk",
    "source": "scene",
    "fresh_days": 14,
}


def read(**changes: Any) -> Any:
    streams = {code: {"columns": stream.columns} for code, stream in STREAMS.items()}
    return read_definitions({"streams": streams, "features": [{**SOUND, **changes}]})


def test_every_fact_of_a_stream_is_defined_or_derived_by_name() -> None:
    derived = {"receipts.weighted_daily_90d"}
    facts = {name for name in CATALOGUE if name.partition(".")[0] in STREAMS}
    assert facts == {*FEATURES, *STATE_FACTS.values(), *derived}
    assert all(CATALOGUE[name].type is FactType.TEXT for name in STATE_FACTS.values())


@pytest.mark.parametrize(
    "changes",
    [
        {"stream": "dreams"},
        {"aggregate": "mode"},
        {"columns": ["loaded_metres"]},
        {"columns": ["loaded_metres", "weight"]},
        {"where": "weight"},
        {"window_days": 0},
        {"window_days": "90"},
        {"divisor": 0},
        {"version": True},
        {"unit": "money"},
        {"source": "registry"},
        {"name": "trips.unheard_of"},
        {"aggregate": "sum", "columns": ["metres"]},  # a sum of metres is no ratio
        {"name": "trips.km_90d", "aggregate": "count", "columns": [], "unit": "money"},
    ],
)
def test_a_definition_that_cannot_be_evaluated_is_refused_by_name(changes: dict[str, Any]) -> None:
    assert read()[1]["trips.loaded_share_90d"].version == 1
    with pytest.raises(DefinitionInvalid) as refused:
        read(**changes)
    assert refused.value.params["name"] == changes.get("name", SOUND["name"])


def test_a_feature_is_defined_once() -> None:
    with pytest.raises(DefinitionInvalid, match="twice"):
        read_definitions(
            {"streams": {"trips": {"columns": STREAMS["trips"].columns}}, "features": [SOUND, SOUND]}
        )


def test_lineage_says_from_where_and_for_whom() -> None:
    documents = {path.stem: json.loads(path.read_text()) for path in DOCUMENTS.glob("*.json")}
    found = lineage("receipts.credited_daily_90d", documents)
    assert found.reads == ("receipts.sales", "receipts.payer_count", "receipts.sale_count")
    assert "receipts_revolving" in found.read_by
    assert lineage("trips.vehicles_90d", {}).reads == ("trips.vehicle",)
    assert used_by(["trips.km_90d"], {"b": {"facts": {"trips.km_90d": "count"}}, "a": {}}) == {
        "trips.km_90d": ("b",)
    }
    with pytest.raises(FeatureUnknown):
        lineage("trips.unheard_of", documents)
