"""Rings, clusters and contagion over arrays: held against brute force on small graphs, and monotone."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.graph.contagion import CODE, ContagionPolicy, Network, crossing, own_pds, reckon, rings, spread
from risk.graph.kinds import RelationKind

POLICY = ContagionPolicy()
Edge = tuple[int, int, RelationKind, float]


def network(n: int, edges: list[Edge], *, bad: tuple[int, ...] = (), pd: float = 0.05) -> Network:
    return Network(
        ids=np.arange(10, 10 + n, dtype=np.int64),
        is_party=np.ones(n, dtype=bool),
        bad=np.isin(np.arange(n), bad),
        exposure=np.arange(1, n + 1, dtype=np.int64) * 100,
        pd=np.full(n, pd),
        source=np.array([edge[0] for edge in edges], dtype=np.int64),
        target=np.array([edge[1] for edge in edges], dtype=np.int64),
        kind=np.array([CODE[edge[2]] for edge in edges], dtype=np.int64),
        weight=np.array([edge[3] for edge in edges], dtype=np.float64),
    )


def by_brute_force(graph: Network) -> list[float]:
    """Iterate p = 1 - (1 - own) prod(1 - w p) edge by edge, as the formula is written."""
    edges, own = crossing(graph, POLICY), own_pds(graph, POLICY)
    p = [float(value) for value in own]
    for _ in range(400):
        following = []
        for index in range(len(p)):
            spared = 1.0 - float(own[index])
            for source, target, weight in zip(edges.source, edges.target, edges.weight, strict=True):
                if target == index:
                    spared *= 1.0 - float(weight) * p[source]
            following.append(1.0 - spared)
        p = following
    return p


def reaches(graph: Network, start: int) -> set[int]:
    found, waiting = set(), [start]
    while waiting:
        here = waiting.pop()
        for source, target in zip(graph.source, graph.target, strict=True):
            if source == here and int(target) not in found:
                found.add(int(target))
                waiting.append(int(target))
    return found


EDGES = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.integers(0, 6),
        st.sampled_from([kind for kind in RelationKind if kind is not RelationKind.USES]),
        st.sampled_from([0.1, 0.5, 1.0]),
    ).filter(lambda edge: edge[0] != edge[1]),
    max_size=14,
)


@settings(max_examples=15, deadline=None)
@given(EDGES)
def test_contagion_is_what_brute_force_finds(edges: list[Edge]) -> None:
    graph = network(7, edges)
    found = spread(own_pds(graph, POLICY), crossing(graph, POLICY)).p
    assert found == pytest.approx(by_brute_force(graph), abs=2e-6)


@settings(max_examples=60, deadline=None)
@given(EDGES, EDGES, st.integers(0, 6))
def test_more_relations_and_more_that_is_bad_never_lower_a_probability(
    edges: list[Edge], more: list[Edge], bad: int
) -> None:
    before = spread(own_pds(network(7, edges), POLICY), crossing(network(7, edges), POLICY)).p
    worse = network(7, edges + more, bad=(bad,))
    after = spread(own_pds(worse, POLICY), crossing(worse, POLICY)).p
    stressed = spread(own_pds(worse, POLICY, stressed=True), crossing(worse, POLICY, stressed=True)).p
    assert np.all(before <= after + 2e-6)
    assert np.all(after <= stressed + 2e-6)
    assert np.all(stressed <= 1.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda e: e[0] != e[1]), max_size=14))
def test_a_ring_is_who_reaches_itself_and_each_other(pairs: list[tuple[int, int]]) -> None:
    graph = network(8, [(a, b, RelationKind.GUARANTEES, 1.0) for a, b in pairs])
    ring, size = rings(graph)
    reached = [reaches(graph, index) for index in range(8)]
    for one, other in product(range(8), repeat=2):
        together = ring[one] > 0 and ring[one] == ring[other]
        assert together == (one in reached[other] and other in reached[one])
    assert all(size[index] == np.count_nonzero(ring == ring[index]) for index in range(8) if ring[index])


def test_the_failure_of_a_core_enterprise_is_reckoned_for_all_who_depend_on_it() -> None:
    """S2-41: three suppliers hang on entity 0; of all the rest nothing is added."""
    graph = network(6, [(0, index, RelationKind.CORE_OF, 1.0) for index in (1, 2, 3)])
    standings = reckon(graph, POLICY)
    (report,) = standings.figures["core_report"]
    own, lent = 0.05, 100
    added = lent * (1 - standings.contagion_pd[0])
    for index in (1, 2, 3):
        after = 1 - (1 - own) * (1 - 0.3)
        added += (index + 1) * lent * (after - standings.contagion_pd[index])
    assert report == {
        "core": 10,
        "dependent_exposure": 900,
        "added_default": pytest.approx(added, abs=1),
        "falls_together": 1,
    }
    assert list(standings.dependants) == [3, 0, 0, 0, 0, 0]


def test_what_no_card_has_scored_has_the_baseline_and_a_thing_has_none() -> None:
    graph = network(3, [], pd=float("nan"), bad=(1,))
    graph.is_party[2] = False
    assert list(own_pds(graph, POLICY)) == [POLICY.baseline_pd, 1.0, 0.0]
    assert list(reckon(graph, POLICY).ids) == [10, 11]
