"""The graph stage: what a strategy makes of rings, bad neighbours and shared things, and the room left. Pure.

    {"signals": [{"fact": "graph.ring_size", "reason": "graph_ring", "on_unknown": "refer",
                  "bands": [{"from": 2, "outcome": "refer"}, {"from": 3, "outcome": "decline"}]},
                 {"fact": "graph.bad_ratio_2hop", "reason": "graph_bad_neighbours", "on_unknown": "refer",
                  "enough": {"fact": "graph.neighbours_2hop", "from": 3},
                  "bands": [{"from": "0.20", "outcome": "refer"}]}],
     "caps": {"ring": "500000.00", "group": "3000000.00", "core": "20000000.00"}}

`enough` leaves a signal out while there is too little to judge by. The room under each cap is derived
(`graph.ring_room`, `graph.group_room`, `graph.core_room`) and the least of them, `graph.headroom`, is for the
limit stage; what cannot be reckoned is not known, and refers (S2-05, S2-41).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from risk.features.facts import Facts, FactType, FactValue, encode
from risk.rules.sections import (
    Band,
    amount_of,
    banded,
    bands_of,
    demand,
    fact_of,
    number_of,
    outcome_of,
    rows_of,
    section_of,
)
from risk.rules.stages import DECLINE, REFER, Finding, Outcome, StageResult, demand_reason

_FIGURES: Final = (FactType.COUNT, FactType.RATIO, FactType.MONEY, FactType.FLAG)
_READ_BY_CAP: Final[Mapping[str, tuple[str, ...]]] = {
    "ring": ("graph.ring_size", "graph.ring_exposure"),
    "group": ("graph.group_exposure",),
    "core": ("graph.core_enterprises", "graph.core_exposure", "graph.core_headroom"),
}
_NOTHING: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Signal:
    """A figure of the graph and what follows from it; left out while `enough_fact` is below `enough_from`."""

    fact: str
    reason: str
    on_unknown: Outcome
    bands: tuple[Band, ...]
    enough_fact: str
    enough_from: Decimal


@dataclass(frozen=True, slots=True)
class GraphStage:
    """The compiled section."""

    signals: tuple[Signal, ...]
    caps: Mapping[str, Decimal]
    reads: tuple[str, ...]
    derives: Mapping[str, FactType]

    def run(self, facts: Facts) -> StageResult:
        """Return what the signals find, and the room under the caps."""
        findings, rows = [], []
        for signal in self.signals:
            status, outcome = _judge(signal, facts)
            rows.append({"fact": signal.fact, "value": encode(facts.get(signal.fact)), "status": status})
            if outcome is not None:
                rows[-1]["outcome"] = outcome
                unknown = status == "unknown" and outcome == REFER
                findings.append(Finding(outcome, "fact_unknown" if unknown else signal.reason))
        if not self.caps:
            return StageResult(tuple(findings), {"signals": rows}, {})
        rooms = {name: _ROOMS[name](cap, facts) for name, cap in self.caps.items()}
        least = min((room for room in rooms.values() if room is not None), default=None)
        headroom = least if None not in rooms.values() else None
        if headroom is None:
            findings.append(Finding(REFER, "fact_unknown"))
        derived: dict[str, FactValue] = {f"graph.{name}_room": room for name, room in rooms.items()}
        derived["graph.headroom"] = headroom
        shown = {name: encode(value) for name, value in derived.items()}
        return StageResult(tuple(findings), {"signals": rows, "room": shown}, derived)


def compile_graph(section: Mapping[str, Any], types: Mapping[str, FactType], *, path: str) -> GraphStage:
    """Return the stage behind its section; refuses, with the place, whatever it does not know."""
    parts = section_of(section, path, needed=(), allowed=("signals", "caps"))
    demand(bool(parts), path, "it has signals, caps or both")
    signals = tuple(
        _signal(row, types, f"{path}.signals.{index}")
        for index, row in enumerate(rows_of(parts.get("signals", []), f"{path}.signals", least=0))
    )
    caps = {}
    allowed = section_of(parts.get("caps", {}), f"{path}.caps", needed=(), allowed=_READ_BY_CAP)
    for name, amount in allowed.items():
        caps[name] = amount_of(amount, f"{path}.caps.{name}")
        for fact in _READ_BY_CAP[name]:
            fact_of(fact, types, f"{path}.caps.{name}")
    reads = [fact for signal in signals for fact in (signal.fact, signal.enough_fact) if fact]
    reads += [fact for name in caps for fact in _READ_BY_CAP[name]]
    names = [*(f"graph.{name}_room" for name in caps), *(["graph.headroom"] if caps else [])]
    return GraphStage(
        signals,
        MappingProxyType(caps),
        tuple(dict.fromkeys(reads)),
        MappingProxyType(dict.fromkeys(names, FactType.MONEY)),
    )


def _signal(row: object, types: Mapping[str, FactType], path: str) -> Signal:
    part = section_of(row, path, needed=("fact", "reason", "on_unknown", "bands"), allowed=("enough",))
    enough_fact, enough_from = "", Decimal(0)
    if "enough" in part:
        enough = section_of(part["enough"], f"{path}.enough", needed=("fact", "from"))
        enough_fact = fact_of(enough["fact"], types, f"{path}.enough.fact", FactType.COUNT)
        enough_from = number_of(enough["from"], f"{path}.enough.from")
    return Signal(
        fact_of(part["fact"], types, f"{path}.fact", *_FIGURES),
        demand_reason(part["reason"], f"{path}.reason"),
        outcome_of(part["on_unknown"], f"{path}.on_unknown", REFER, DECLINE),
        bands_of(part["bands"], f"{path}.bands"),
        enough_fact,
        enough_from,
    )


def _judge(signal: Signal, facts: Facts) -> tuple[str, Outcome | None]:
    if signal.enough_fact:
        count = facts.get(signal.enough_fact)
        if isinstance(count, int) and count < signal.enough_from:
            return "too_little", None
    value = facts.get(signal.fact)
    if value is None:
        return "unknown", signal.on_unknown
    outcome = banded(signal.bands, value)
    return ("clear" if outcome is None else "hit"), outcome


def _room_under(cap: Decimal, exposure: FactValue) -> Decimal | None:
    return max(cap - exposure, _NOTHING) if isinstance(exposure, Decimal) else None


def _ring_room(cap: Decimal, facts: Facts) -> Decimal | None:
    """Return the room; outside a ring that is the whole cap."""
    size = facts.get("graph.ring_size")
    if size is None:
        return None
    return cap if size == 0 else _room_under(cap, facts.get("graph.ring_exposure"))


def _group_room(cap: Decimal, facts: Facts) -> Decimal | None:
    return _room_under(cap, facts.get("graph.group_exposure"))


def _core_room(cap: Decimal, facts: Facts) -> Decimal | None:
    """Return the room under the strategy's cap, and under the bank's own ceiling where it has set one."""
    count = facts.get("graph.core_enterprises")
    if count is None:
        return None
    if count == 0:
        return cap
    room, left = _room_under(cap, facts.get("graph.core_exposure")), facts.get("graph.core_headroom")
    return max(min(room, left), _NOTHING) if room is not None and isinstance(left, Decimal) else room


_ROOMS: Final[Mapping[str, Callable[[Decimal, Facts], Decimal | None]]] = {
    "ring": _ring_room,
    "group": _group_room,
    "core": _core_room,
}
