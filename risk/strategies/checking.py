"""Policies checked before they are signed: rules that can never matter, rules that nobody can pass. Pure.

Each part of a rule that compares one fact with literals is judged on one value of every region that the
literals of all rules cut the fact into. That decides what one fact alone can decide; a part over several
facts or over formulas is left open.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from risk.features.facts import FactType, FactValue
from risk.rules.coverage import Cell, holds, samples
from risk.rules.policy import PolicyStage, Rule
from risk.rules.sections import SEVERITY
from risk.rules.syntax import Truthy, Value


@dataclass(frozen=True, slots=True)
class _Reach:
    """Where on one fact a rule finds against the applicant: the bits of the samples."""

    rule: Rule
    fact: str
    adverse: int
    everything: int


def policy_problems(stage: PolicyStage, *, path: str) -> Iterator[tuple[str, str]]:
    """Yield the place and problem of every dead or overlapping rule, and of policies that nobody passes."""
    grid = _grid(rule.condition.node for rule in stage.rules)
    for rule in stage.rules:
        for problem in _constants(rule.condition.node, grid):
            yield f"{path}.{rule.code}", problem
    reaches = [reach for rule in stage.rules if (reach := _reach(rule, grid)) is not None]
    for at, reach in enumerate(reaches):
        if reach.adverse == 0:
            yield (
                f"{path}.{reach.rule.code}",
                f"is dead: no value of {reach.fact} is ever held against anyone",
            )
        elif reach.adverse == reach.everything:
            yield f"{path}.{reach.rule.code}", f"is held against everyone, whatever {reach.fact} is"
        else:
            over = next(
                (other for place, other in enumerate(reaches) if _covers(other, place, reach, at)), None
            )
            if over is not None:
                problem = f"is dead: {over.rule.code} already catches every {reach.fact} that it would"
                yield f"{path}.{reach.rule.code}", problem
    yield from _nobody_passes(reaches, path)


def _nobody_passes(reaches: list[_Reach], path: str) -> Iterator[tuple[str, str]]:
    """Yield the facts of which every value meets a decline or a referral, though no rule alone does."""
    by_fact: dict[str, list[_Reach]] = {}
    for reach in reaches:
        if reach.rule.outcome != "note" and reach.adverse != reach.everything:
            by_fact.setdefault(reach.fact, []).append(reach)
    for fact, group in by_fact.items():
        met = 0
        for reach in group:
            met |= reach.adverse
        if met == group[0].everything:
            codes = " and ".join(reach.rule.code for reach in group)
            yield path, f"nobody passes {codes} together, whatever {fact} is"


def _covers(other: _Reach, place: int, reach: _Reach, at: int) -> bool:
    """Return whether another rule at least as strong catches all that this one would."""
    if place == at or other.fact != reach.fact or reach.adverse & ~other.adverse:
        return False
    strong, weak = SEVERITY[other.rule.outcome], SEVERITY[reach.rule.outcome]
    if strong != weak:
        return strong > weak
    return other.adverse != reach.adverse or place < at


def _grid(nodes: Iterable[Truthy]) -> dict[str, tuple[FactValue, ...]]:
    """Return for each fact compared with literals one value of every region."""
    bounds: dict[str, list[Any]] = {}
    units: dict[str, FactType] = {}
    for node in nodes:
        for read, cell in _leaves(node):
            units[read.fact] = read.type
            for _, bound in cell:
                bounds.setdefault(read.fact, []).extend(bound if isinstance(bound, frozenset) else (bound,))
    return {fact: samples(units[fact], bounds[fact], in_steps=True) for fact in units}


def _leaves(node: Truthy) -> Iterator[tuple[Value, Cell]]:
    if node.parts:
        for part in node.parts:
            yield from _leaves(part)
    else:
        leaf = _leaf(node)
        if leaf is not None:
            yield leaf


def _leaf(node: Truthy) -> tuple[Value, Cell] | None:
    """Return the fact and the comparison of a leaf over one fact and literals."""
    if node.op == "in":
        return node.values[0], (("in", node.members),)
    if len(node.values) == 2 and node.values[0].op == "fact" and node.values[1].op == "literal":
        return node.values[0], ((node.op, node.values[1].literal),)
    return None


def _facts(node: Truthy) -> frozenset[str] | None:
    """Return the facts of a condition made only of such leaves; None: some other part is in it."""
    if node.parts:
        inner = [_facts(part) for part in node.parts]
        return None if None in inner else frozenset().union(*(facts for facts in inner if facts))
    leaf = _leaf(node)
    return None if leaf is None else frozenset({leaf[0].fact})


def _mask(node: Truthy, values: tuple[FactValue, ...]) -> int:
    """Return the samples of its one fact for which a condition holds."""
    everything = (1 << len(values)) - 1
    if node.op == "not":
        return everything & ~_mask(node.parts[0], values)
    if node.parts:
        masks = [_mask(part, values) for part in node.parts]
        result = everything if node.op == "all" else 0
        for mask in masks:
            result = result & mask if node.op == "all" else result | mask
        return result
    leaf = _leaf(node)
    cell = leaf[1] if leaf else ()
    return sum(1 << at for at, value in enumerate(values) if holds(cell, value))


def _reach(rule: Rule, grid: Mapping[str, tuple[FactValue, ...]]) -> _Reach | None:
    facts = _facts(rule.condition.node)
    if facts is None or len(facts) != 1:
        return None
    [fact] = facts
    values = grid[fact]
    everything = (1 << len(values)) - 1
    held = _mask(rule.condition.node, values)
    return _Reach(rule, fact, held if rule.adverse else everything & ~held, everything)


def _constants(node: Truthy, grid: Mapping[str, tuple[FactValue, ...]]) -> Iterator[str]:
    """Yield the parts inside a wider condition that can never hold, or never fail, by one fact alone."""
    groups: dict[str, list[Truthy]] = {}
    for part in node.parts:
        yield from _constants(part, grid)
        facts = _facts(part)
        if facts is not None and len(facts) == 1:
            groups.setdefault(min(facts), []).append(part)
    if len(groups) < 2 and not (groups and len(node.parts) > len(next(iter(groups.values())))):
        return
    for fact, parts in groups.items():
        values = grid[fact]
        mask = _mask(Truthy("any" if node.op == "any" else "all", parts=tuple(parts)), values)
        if node.op == "all" and mask == 0:
            yield f"can never hold: no value of {fact} satisfies its parts together"
        elif node.op == "any" and mask == (1 << len(values)) - 1:
            yield f"always holds: every value of {fact} satisfies one of its parts"
