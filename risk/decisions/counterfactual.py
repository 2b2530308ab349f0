"""What would change the outcome: a small set of things the borrower can do, tried before it is said. Pure.

The strategy is run like a stranger's: nothing is known of it but what it answers. Moves that lead further are
kept, then what is not needed is taken back and the rest made as small as it can be. The answer always flips
the very decision, because it was applied; where the borrower can change nothing, the answer says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from risk.decisions.flow import run
from risk.features.changes import LEVERS, Lever
from risk.features.facts import Facts, FactValue, encode
from risk.rules.reasons import REASONS
from risk.rules.stages import DECLINE
from risk.strategies.document import Strategy
from risk.strategies.offering import Alternatives

NOTHING_EN: Final = "Nothing that you could change by yourself would alter this outcome today."
NOTHING_ZH: Final = "目前没有您可以自行改变的条件能改变本次结果"
_GRID: Final = 6
_ROUNDS: Final = 8
Moves = dict[str, int]  # lever: position
Score = tuple[int, int, int, Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do: the facts that it changes, before and after, and what the borrower is told."""

    lever: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    text_en: str
    text_zh: str


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """The answer: `verdict` is what the changes lead to; where there are none, the texts say so."""

    possible: bool
    verdict: str
    changes: tuple[Change, ...]
    text_en: str
    text_zh: str


def counterfactual(strategy: Strategy, facts: Facts) -> Counterfactual:
    """Return what would turn a decline into a referral or an approval, or that nothing would.

    A decline for a reason that is not disclosed (a suspicion) is not explained by what would avoid it.
    """
    search = _Search(strategy, facts)
    declined = search.result({})
    told = all(REASONS[code].disclosed and REASONS[code].borrower_en for code in declined["reasons"])
    moves = search.moves() if told and declined["verdict"] == "decline" else None
    if moves is None:
        return Counterfactual(False, declined["verdict"], (), NOTHING_EN, NOTHING_ZH)
    changes = tuple(search.change(name, position) for name, position in sorted(moves.items()))
    return Counterfactual(
        True,
        search.result(moves)["verdict"],
        changes,
        " ".join(change.text_en for change in changes),
        "；".join(change.text_zh for change in changes),
    )


def applied(facts: Facts, changes: tuple[Change, ...], strategy: Strategy) -> dict[str, FactValue]:
    """Return the facts with the changes made: what the tests run to see the outcome flip."""
    search = _Search(strategy, facts)
    positions = {lever.name: lever for lever in search.levers}
    moved = dict(facts)
    for change in changes:
        lever = positions[change.lever]
        for position in range(1, lever.size(facts) + 1):
            after = lever.moved(facts, position)
            if {name: encode(value) for name, value in after.items()} == dict(change.after):
                moved.update(after)
                break
    return moved


class _Search:
    """The search over the levers of one decline."""

    def __init__(self, strategy: Strategy, facts: Facts) -> None:
        self.strategy = replace(strategy, alternatives=Alternatives((), (), secured=False))
        self.facts = facts
        read = set(strategy.types)
        found = [lever for lever in LEVERS if read.intersection(lever.facts) and lever.size(facts)]
        self.levers = tuple(found)
        self.by_name = {lever.name: lever for lever in found}
        self.seen: dict[tuple[tuple[str, int], ...], dict[str, Any]] = {}

    def result(self, moves: Moves) -> dict[str, Any]:
        """Return the result under some moves, each run once."""
        name = tuple(sorted(moves.items()))
        if name not in self.seen:
            moved = dict(self.facts)
            for lever, position in name:
                moved.update(self.by_name[lever].moved(self.facts, position))
            self.seen[name] = run(self.strategy, {fact: moved.get(fact) for fact in self.strategy.types})
        return self.seen[name]

    def flips(self, moves: Moves) -> bool:
        """Tell whether the moves turn the decline."""
        return bool(self.result(moves)["verdict"] != "decline")

    def moves(self) -> Moves | None:
        """Return a small set of small moves that flips the decision; None when there is none to be found."""
        if self._hopeless():
            return None
        found = self._climbed() or self._stretched()
        if found is None:
            return None
        for lever, _ in sorted(found.items(), key=lambda move: -move[1]):
            without = {name: position for name, position in found.items() if name != lever}
            if without and self.flips(without):
                found = without
        return self._shrunk(found)

    def change(self, name: str, position: int) -> Change:
        """Return a move as it is told."""
        lever = self.by_name[name]
        moved = lever.moved(self.facts, position)
        return Change(
            lever=name,
            before={fact: encode(self.facts.get(fact)) for fact in moved},
            after={fact: encode(value) for fact, value in moved.items()},
            text_en=lever.said(moved, position, "en"),
            text_zh=lever.said(moved, position, "zh"),
        )

    def _hopeless(self) -> bool:
        """Tell whether a rule declines on facts that no lever moves: the common case, told at once."""
        movable: set[str] = set()
        for lever in self.levers:
            for position in (1, lever.size(self.facts)):
                movable.update(lever.moved(self.facts, position))
        for rule in self.strategy.rules:
            reads = rule.condition.reads
            fixed = all(name in self.strategy.types for name in reads) and not movable.intersection(reads)
            if fixed and rule.outcome == DECLINE and rule.condition.evaluate(self.facts) is rule.adverse:
                return True
        return False

    def _climbed(self) -> Moves | None:
        """Take the move that leads furthest, again and again, until the outcome flips or none does."""
        moves: Moves = {}
        for _ in range(_ROUNDS):
            best: Moves | None = None
            best_score = self._score(moves)
            for lever in self.levers:
                for position in self._grid(lever):
                    tried = {**moves, lever.name: position}
                    score = self._score(tried)
                    if score > best_score:
                        best, best_score = tried, score
            if best is None:
                return None
            moves = best
            if self.flips(moves):
                return moves
        return None

    def _stretched(self) -> Moves | None:
        """Move every lever as far as helps or does not hurt: what needs two at once is found here."""
        moves: Moves = {}
        for _ in range(2):
            for lever in self.levers:
                options = [{**moves, lever.name: position} for position in self._grid(lever)]
                best = max(options, key=self._score, default=moves)
                if self._score(best) >= self._score(moves):
                    moves = best
                if self.flips(moves):
                    return moves
        return None

    def _shrunk(self, moves: Moves) -> Moves:
        """Make each move as small as the flip allows, by halving."""
        for lever in moves:
            low, high = 0, moves[lever]
            while high - low > 1:
                middle = (low + high) // 2
                if self.flips({**moves, lever: middle}):
                    high = middle
                else:
                    low = middle
            moves = {**moves, lever: high}
        return moves

    def _grid(self, lever: Lever) -> list[int]:
        size = lever.size(self.facts)
        return sorted({max(1, size * part // _GRID) for part in range(1, _GRID + 1)} | {1})

    def _score(self, moves: Moves) -> Score:
        """Return how far some moves lead: the outcome, the stage reached, what still speaks against it."""
        result = self.result(moves)
        trace = result["trace"]
        rank = {"decline": 0, "refer": 1, "approve": 1}[result["verdict"]]
        pd = Decimal(result["pd"]) if result["pd"] is not None else Decimal(1)
        limit = Decimal(result["proposed_limit"]) if result["proposed_limit"] is not None else Decimal(0)
        return rank, len(trace), -len(trace[-1]["declines"]), -pd, limit
