"""The whole graph at once: rings, clusters, and how one failure makes others likelier. Pure; numpy and scipy.

A party's probability of default is the least solution of p = 1 - (1 - own) x prod(1 - w p of its neighbours),
found from below, so that more relations, larger weights or larger own probabilities never lower any p.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from risk.graph.kinds import RelationKind

KINDS: Final = tuple(RelationKind)  # a relation's code in the arrays is its place here
CODE: Final = {kind: code for code, kind in enumerate(KINDS)}
CLUSTERING: Final = (RelationKind.GUARANTEES, RelationKind.OWNS, RelationKind.CONTROLS, RelationKind.CORE_OF)
FALLEN: Final = 0.5  # from this probability on an entity counts as fallen with the one that failed
REPORTED: Final = 20  # rings and core enterprises in a report, the most lent first
_CLOSE: Final = 1e-7
_ROUGHLY: Final = 1e-5  # in a report of what one failure would add
_ROUNDS: Final = 500
_NEVER_CERTAIN: Final = 1e-9
_MOST: Final = 8  # from this part of the graph on, adding to all at once is quicker than one by one
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ContagionPolicy:
    """What part of a failure crosses a relation, from source to target and back, times its weight."""

    transmission: Mapping[RelationKind, tuple[float, float]] = field(
        default_factory=lambda: {
            RelationKind.GUARANTEES: (0.0, 0.6),  # the debtor fails: the guarantor pays
            RelationKind.CORE_OF: (0.3, 0.0),
            RelationKind.PAYS: (0.25, 0.0),
            RelationKind.TRADES_WITH: (0.05, 0.05),
            RelationKind.OWNS: (0.3, 0.3),
            RelationKind.CONTROLS: (0.5, 0.5),
        }
    )
    baseline_pd: float = 0.02  # of a party that no card has scored
    stress_pd: float = 3.0  # a bad year multiplies own probabilities,
    stress_weight: float = 1.5  # and what crosses

    def as_json(self) -> dict[str, Any]:
        """Return the policy as it is stored with a night."""
        crossing = {kind.value: list(pair) for kind, pair in self.transmission.items()}
        return {
            "transmission": crossing,
            "baseline_pd": self.baseline_pd,
            "stress_pd": self.stress_pd,
            "stress_weight": self.stress_weight,
        }


@dataclass(frozen=True, slots=True)
class Network:
    """Entities in the order of their ids, relations as places in that order; `pd` is NaN if not known.

    Shapes: (n,) for `ids`, `is_party`, `bad`, `exposure` (fen), `pd`; (m,) for `source`, `target`, `kind`,
    `weight`.
    """

    ids: Ints
    is_party: NDArray[np.bool_]
    bad: NDArray[np.bool_]
    exposure: Ints
    pd: Floats
    source: Ints
    target: Ints
    kind: Ints
    weight: Floats


@dataclass(frozen=True, slots=True)
class Standings:
    """What a night finds, a row an entity that matters, in the order of ids; and the figures of the whole."""

    ids: Ints
    ring: Ints  # the least id among a ring's members, 0 outside rings
    ring_size: Ints
    cluster_size: Ints
    own_pd: Floats
    contagion_pd: Floats
    stressed_pd: Floats
    dependants: Ints
    dependent_exposure: Ints
    figures: dict[str, Any]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Crossing:
    """Directed edges by which a failure crosses, sorted by source; those of entity i begin at `first[i]`."""

    first: Ints
    source: Ints
    target: Ints
    weight: Floats

    def out_of(self, entities: Ints) -> tuple[Ints, Ints]:
        """Return the edges that leave these entities, and for each the place of its source among them."""
        counts = self.first[entities + 1] - self.first[entities]
        owner = np.repeat(np.arange(entities.size), counts)
        within = np.arange(owner.size) - np.repeat(np.cumsum(counts) - counts, counts)
        return self.first[entities][owner] + within, owner


@dataclass(frozen=True, slots=True)
class Settled:
    """Where contagion came to rest: probabilities, and the log of surviving the neighbours."""

    p: Floats
    survived: Floats


def rings(network: Network) -> tuple[Ints, Ints]:
    """Return each entity's ring (least id of its members, 0 outside) and its size: strong components."""
    inside = network.kind == CODE[RelationKind.GUARANTEES]
    labels, sizes = _components(network, inside, "strong")
    least = np.full(sizes.size, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(least, labels, network.ids)
    size = np.where(sizes[labels] > 1, sizes[labels], 0)
    return np.where(size > 0, least[labels], 0), size


def clusters(network: Network) -> Ints:
    """Return the size of each entity's cluster: what guarantees, ownership and core firms hang together."""
    inside = np.isin(network.kind, [CODE[kind] for kind in CLUSTERING])
    labels, sizes = _components(network, inside, "weak")
    return sizes[labels]


def _components(network: Network, inside: NDArray[np.bool_], connection: str) -> tuple[Ints, Ints]:
    n = network.ids.size
    source, target = network.source[inside], network.target[inside]
    matrix = coo_array((np.ones(source.size, dtype=np.int8), (source, target)), shape=(n, n)).tocsr()
    _, labels = connected_components(matrix, directed=True, connection=connection)
    return labels, np.bincount(labels).astype(np.int64)


def crossing(network: Network, policy: ContagionPolicy, *, stressed: bool = False) -> Crossing:
    """Return the edges by which failure crosses, both directions, without those that carry nothing."""
    factor = policy.stress_weight if stressed else 1.0
    forth, back = np.zeros(len(KINDS)), np.zeros(len(KINDS))
    for kind, (ahead, behind) in policy.transmission.items():
        forth[CODE[kind]], back[CODE[kind]] = ahead, behind
    carried = np.concatenate((network.weight * forth[network.kind], network.weight * back[network.kind]))
    source = np.concatenate((network.source, network.target))
    target = np.concatenate((network.target, network.source))
    kept = carried > 0
    weight = np.minimum(carried[kept] * factor, 1.0 - _NEVER_CERTAIN)
    return _sorted(source[kept], target[kept], weight, network.ids.size)


def _sorted(source: Ints, target: Ints, weight: Floats, n: int) -> Crossing:
    order = np.argsort(source, kind="stable")
    first = np.concatenate(([0], np.cumsum(np.bincount(source, minlength=n)))).astype(np.int64)
    return Crossing(first, source[order], target[order], weight[order])


def own_pds(network: Network, policy: ContagionPolicy, *, stressed: bool = False) -> Floats:
    """Return each entity's own probability: certain for the bad, the baseline where no card gave one."""
    pd = np.where(np.isnan(network.pd), policy.baseline_pd, network.pd)
    pd = np.where(network.is_party, pd * (policy.stress_pd if stressed else 1.0), 0.0)
    return np.where(network.bad, 1.0, np.minimum(pd, 1.0))


def spread(own: Floats, edges: Crossing, *, before: Settled | None = None, close: float = _CLOSE) -> Settled:
    """Return the least fixed point of p = 1 - (1 - own) prod(1 - w p), from below or from where it rested.

    Only what changed by more than `close` is passed on, and a change too small waits until it has grown.
    """
    n = own.size
    p = np.zeros(n) if before is None else before.p.copy()
    survived = np.zeros(n) if before is None else before.survived.copy()
    touched = np.arange(n)
    for _ in range(_ROUNDS):
        following = 1.0 - (1.0 - own[touched]) * np.exp(survived[touched])
        moved = following - p[touched] > close
        changed, new = touched[moved], following[moved]
        if not changed.size:
            break
        leaving, owner = edges.out_of(changed)
        target, weight = edges.target[leaving], edges.weight[leaving]
        passed = np.log1p(-weight * new[owner]) - np.log1p(-weight * p[changed][owner])
        p[changed] = new
        if target.size > n // _MOST:
            survived += np.bincount(target, weights=passed, minlength=n)
            touched = np.arange(n)
        else:
            np.add.at(survived, target, passed)
            touched = np.unique(target)
    return Settled(p, survived)


def reckon(network: Network, policy: ContagionPolicy) -> Standings:
    """Return what one night finds over the whole graph, with its stress report (S2-05, S2-41)."""
    ring, ring_size = rings(network)
    cluster_size = clusters(network)
    own = own_pds(network, policy)
    edges = crossing(network, policy)
    rested = spread(own, edges)
    hit = rested.p
    stressed = spread(own_pds(network, policy, stressed=True), crossing(network, policy, stressed=True)).p
    dependants, dependent_exposure = _dependants(network)
    touched = np.zeros(network.ids.size, dtype=bool)
    touched[edges.source], touched[edges.target] = True, True
    kept = network.is_party & (touched | (network.exposure > 0) | network.bad)
    losses = {"own": own, "contagion": hit, "stressed": stressed}
    figures: dict[str, Any] = {
        "entities": int(network.ids.size),
        "relations": int(network.source.size),
        "rings": int(np.unique(ring[ring > 0]).size),
        "in_rings": int(np.count_nonzero(ring)),
        "largest_ring": int(ring_size.max(initial=0)),
        "largest_cluster": int(cluster_size.max(initial=0)),
        "exposure": int(network.exposure.sum()),
        "expected_default": {name: _lost(network, pd) for name, pd in losses.items()},
        "ring_report": _ring_report(network, ring, losses, edges),
        "core_report": _core_report(network, rested, own, edges, dependent_exposure),
    }
    return Standings(
        ids=network.ids[kept],
        ring=ring[kept],
        ring_size=ring_size[kept],
        cluster_size=cluster_size[kept],
        own_pd=own[kept],
        contagion_pd=hit[kept],
        stressed_pd=stressed[kept],
        dependants=dependants[kept],
        dependent_exposure=dependent_exposure[kept],
        figures=figures,
    )


def _lost(network: Network, pd: Floats) -> int:
    """Return the exposure expected to default, in fen."""
    return round(float(np.dot(network.exposure.astype(np.float64), pd)))


def _dependants(network: Network) -> tuple[Ints, Ints]:
    inside = network.kind == CODE[RelationKind.CORE_OF]
    core, n = network.source[inside], network.ids.size
    owed = network.exposure[network.target[inside]].astype(np.float64)
    exposure = np.bincount(core, weights=owed, minlength=n).round().astype(np.int64)
    return np.bincount(core, minlength=n).astype(np.int64), exposure


def _ring_report(
    network: Network, ring: Ints, losses: Mapping[str, Floats], edges: Crossing
) -> list[dict[str, Any]]:
    """Return the rings with the most lent: what is expected to default, and what one member takes along."""
    labels, place = np.unique(ring, return_inverse=True)
    lent = np.bincount(place, weights=network.exposure.astype(np.float64))
    order = [index for index in np.argsort(-lent, kind="stable") if labels[index] > 0][:REPORTED]
    report = []
    for index in order:
        members = np.flatnonzero(place == index)
        fallen, worst = _worst_failure(members, network, losses["own"], edges)
        rows = {
            name: round(float(np.dot(network.exposure[members], pd[members]))) for name, pd in losses.items()
        }
        report.append(
            {
                "ring": int(labels[index]),
                "size": int(members.size),
                "exposure": int(network.exposure[members].sum()),
                "expected_default": rows,
                "falls_together": fallen,
                "worst_failure": worst,
            }
        )
    return report


def _worst_failure(members: Ints, network: Network, own: Floats, edges: Crossing) -> tuple[int, int]:
    """Return how many fall, and what is expected to default, when the worst member of a ring fails."""
    where = np.full(own.size, -1, dtype=np.int64)
    where[members] = np.arange(members.size)
    inside = (where[edges.source] >= 0) & (where[edges.target] >= 0)
    ends = where[edges.source[inside]], where[edges.target[inside]]
    local = _sorted(*ends, edges.weight[inside], members.size)
    exposure, found = network.exposure[members], (0, 0)
    for member in range(min(members.size, REPORTED)):
        failed = own[members]
        failed[member] = 1.0
        p = spread(failed, local).p
        lost = round(float(np.dot(exposure, p)))
        if lost >= found[1]:
            found = (int(np.count_nonzero(p >= FALLEN)), lost)
    return found


def _core_report(
    network: Network, rested: Settled, own: Floats, edges: Crossing, dependent_exposure: Ints
) -> list[dict[str, Any]]:
    """Return the core enterprises with the most lent around them: what their failure would add (S2-41)."""
    order = np.argsort(-dependent_exposure, kind="stable")[:REPORTED]
    before, hit, report = _lost(network, rested.p), rested.p, []
    for core in (int(index) for index in order if dependent_exposure[index] > 0):
        failed = own.copy()
        failed[core] = 1.0
        p = spread(failed, edges, before=rested, close=_ROUGHLY).p
        report.append(
            {
                "core": int(network.ids[core]),
                "dependent_exposure": int(dependent_exposure[core]),
                "added_default": _lost(network, p) - before,
                "falls_together": int(np.count_nonzero((p >= FALLEN) & (hit < FALLEN))),
            }
        )
    return report
