"""Two documents on the same facts: what would have been decided, and what that would have cost. Pure.

Every decision is run under both documents and counted in a tally; tallies add up, so that a history can be
split over processes. Amounts are exact yuan; the expected loss of a decision is PD x LGD x limit.
"""

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import orjson

from risk.decisions.flow import run
from risk.features.facts import FactValue, decode
from risk.strategies.document import Strategy

VERDICTS: Final = ("approve", "refer", "decline")
CASES_KEPT: Final = 20
_ZERO: Final = Decimal(0)
_NEW_MONTHS: Final = 24


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one document says: `limit` and `rate` only where it approves, `loss` expected in yuan."""

    verdict: str
    limit: Decimal
    rate: Decimal
    loss: Decimal
    grade: str
    reason: str


@dataclass(slots=True)
class Cell:
    """Decisions that one document decided so and the other so: how many, and their limits and losses."""

    count: int = 0
    old_limit: Decimal = _ZERO
    new_limit: Decimal = _ZERO
    old_loss: Decimal = _ZERO
    new_loss: Decimal = _ZERO
    old_interest: Decimal = _ZERO
    new_interest: Decimal = _ZERO

    def add(self, old: Outcome, new: Outcome) -> None:
        """Count one decision."""
        self.count += 1
        self.old_limit += old.limit
        self.new_limit += new.limit
        self.old_loss += old.loss
        self.new_loss += new.loss
        self.old_interest += old.limit * old.rate
        self.new_interest += new.limit * new.rate

    def join(self, other: "Cell") -> None:
        """Add what another process counted."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


Key = tuple[str, str, str, str]  # segment, value, verdict of the old document, verdict of the new


@dataclass(slots=True)
class Tally:
    """Cells by segment, and the cases that changed most (weight, id, what changed)."""

    cells: dict[Key, Cell] = field(default_factory=dict)
    cases: list[tuple[Decimal, str, dict[str, Any]]] = field(default_factory=list)

    def add(self, decision_id: str, facts: Mapping[str, FactValue], old: Outcome, new: Outcome) -> None:
        """Count one decision in every segment that it belongs to."""
        for segment, value_of in SEGMENTS.items():
            key = (segment, value_of(facts, old), old.verdict, new.verdict)
            cell = self.cells.get(key)
            if cell is None:
                cell = self.cells[key] = Cell()
            cell.add(old, new)
        if (old.verdict, old.limit, old.rate) != (new.verdict, new.limit, new.rate):
            asked = facts.get("application.amount")
            weight = abs(new.limit - old.limit) or (asked if isinstance(asked, Decimal) else _ZERO) / 1000
            self._keep((weight, decision_id, {"old": _said(old), "new": _said(new)}))

    def join(self, other: "Tally") -> None:
        """Add what another process counted."""
        for key, cell in other.cells.items():
            self.cells.setdefault(key, Cell()).join(cell)
        for case in other.cases:
            self._keep(case)

    def _keep(self, case: tuple[Decimal, str, dict[str, Any]]) -> None:
        if len(self.cases) < CASES_KEPT:
            heapq.heappush(self.cases, case)
        elif case[:2] > self.cases[0][:2]:
            heapq.heapreplace(self.cases, case)


def compare(old: Strategy, new: Strategy, rows: Iterable[tuple[str, bytes | str]]) -> Tally:
    """Return the tally over decisions, each its id and the JSON of its stored facts."""
    tally = Tally()
    types = {**old.types, **new.types}
    for decision_id, sheet in rows:
        stored = orjson.loads(sheet)
        facts = {name: decode(name, kind, stored.get(name)) for name, kind in types.items()}
        tally.add(decision_id, facts, _outcome(old, facts), _outcome(new, facts))
    return tally


def _outcome(strategy: Strategy, facts: Mapping[str, FactValue]) -> Outcome:
    result = run(strategy, {name: facts[name] for name in strategy.types})
    reason = result["reasons"][0] if result["reasons"] else ""
    if result["verdict"] != "approve":
        return Outcome(result["verdict"], _ZERO, _ZERO, _ZERO, result["grade"], reason)
    limit = Decimal(result["limit"])
    loss = Decimal(result["pd"]) * strategy.price.costs.loss_given_default * limit
    return Outcome("approve", limit, Decimal(result["annual_rate"]), loss, result["grade"], reason)


def _said(outcome: Outcome) -> dict[str, str]:
    return {
        "verdict": outcome.verdict,
        "limit": str(outcome.limit),
        "rate": str(outcome.rate),
        "grade": outcome.grade,
        "reason": outcome.reason,
    }


def _all(_facts: Mapping[str, FactValue], _old: Outcome) -> str:
    return "all"


def _sector(facts: Mapping[str, FactValue], _old: Outcome) -> str:
    return str(facts.get("enterprise.industry_sector") or "unknown")


def _age(facts: Mapping[str, FactValue], _old: Outcome) -> str:
    months = facts.get("enterprise.months_open")
    if not isinstance(months, int):
        return "unknown"
    return "new" if months <= _NEW_MONTHS else "established"


def _amount(facts: Mapping[str, FactValue], _old: Outcome) -> str:
    asked = facts.get("application.amount")
    if not isinstance(asked, Decimal):
        return "unknown"
    return "up_to_50000" if asked <= 50_000 else "up_to_200000" if asked <= 200_000 else "above_200000"


def _grade(_facts: Mapping[str, FactValue], old: Outcome) -> str:
    return old.grade or "none"


SEGMENTS: Final[Mapping[str, Callable[[Mapping[str, FactValue], Outcome], str]]] = {
    "all": _all,
    "sector": _sector,
    "enterprise": _age,
    "amount": _amount,
    "grade_before": _grade,
}
