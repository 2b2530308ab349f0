"""What a condition would have done: run over the facts of past decisions as they were stored. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from risk.features.facts import CATALOGUE, FactType, decode
from risk.rules.expressions import Condition, compile_condition

TYPES: Final[Mapping[str, FactType]] = {name: entry.type for name, entry in CATALOGUE.items()}


@dataclass(frozen=True, slots=True)
class PastCase:
    """A past decision: its facts as stored, its verdict, and whether it went bad (None: not known yet)."""

    facts: Mapping[str, Any]
    verdict: str
    bad: bool | None


@dataclass(frozen=True, slots=True)
class ConditionBacktest:
    """How often a condition was true, false and unknown, and how cases it hit turned out against the rest."""

    cases: int
    hits: int
    unknown: int
    hits_approved: int
    hits_matured: int
    hits_bad: int
    rest_matured: int
    rest_bad: int

    @property
    def hit_share(self) -> float:
        """The share of cases it hits."""
        return self.hits / self.cases if self.cases else 0.0

    def row(self) -> dict[str, int]:
        """Return the counts as plain JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def compiled(condition: object) -> Condition:
    """Return a condition over any fact of the catalogue; refuses as the rules' language does."""
    return compile_condition(condition, TYPES, path="condition")


def backtest(condition: Condition, cases: Iterable[PastCase]) -> ConditionBacktest:
    """Return what the condition would have done over past cases; a fact not stored then is unknown."""
    counts = dict.fromkeys(ConditionBacktest.__slots__, 0)
    for case in cases:
        facts = {name: decode(name, TYPES[name], case.facts.get(name)) for name in condition.reads}
        truth = condition.evaluate(facts)
        counts["cases"] += 1
        counts["hits"] += truth is True
        counts["unknown"] += truth is None
        counts["hits_approved"] += truth is True and case.verdict == "approve"
        if case.bad is not None:
            side = "hits" if truth is True else "rest"
            counts[f"{side}_matured"] += 1
            counts[f"{side}_bad"] += case.bad
    return ConditionBacktest(**counts)
