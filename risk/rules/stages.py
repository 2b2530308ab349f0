"""What every stage of a strategy is: a part of the document, compiled once, that turns facts into findings.

A stage is pure. It reads facts, and may derive values that the stages after it read under the stage's own
name (`cross.conflicts`, `graph.ring_size`). It never approves: it finds nothing, or it declines or refers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from kernel.refusals import Kind, Refusal
from kernel.values import made_often
from risk.features.facts import Facts, FactType, FactValue
from risk.rules.numbers import shown
from risk.rules.reasons import REASONS

DECLINE: Final = "decline"
REFER: Final = "refer"
NOTE: Final = "note"
ORDER: Final = (
    "admit",
    "fraud",
    "cross",
    "dual",
    "house",
    "graph",
    "pd",
    "grade",
    "limit",
    "price",
    "watch",
)
Outcome = Literal["decline", "refer", "note"]


class StageInvalid(Refusal):
    """A stage's section is not one that can be compiled."""

    code = "rules.stage_invalid"
    kind = Kind.INVALID
    message = "{path}: {problem}"


@made_often
@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a stage has to say: a decline, a referral, or a note beside an approval; with its reason."""

    outcome: Outcome
    reason: str


@made_often
@dataclass(frozen=True, slots=True)
class StageResult:
    """What a stage found: findings in order, its row of the trace (plain JSON), values for later stages."""

    findings: tuple[Finding, ...]
    trace: Mapping[str, Any]
    derived: Mapping[str, FactValue]


class Stage(Protocol):
    """A compiled stage."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the facts that it reads, in order of first reading."""

    @property
    def derives(self) -> Mapping[str, FactType]:
        """Return every value that it may derive, with its type; a value not known is derived as None."""

    def run(self, facts: Facts) -> StageResult:
        """Return what the stage finds in these facts."""


def demand_keys(section: object, needed: set[str], also: set[str], path: str) -> None:
    """Refuse a section that lacks a key, or has one that means nothing here."""
    if not isinstance(section, dict):
        raise StageInvalid(path=path, problem="the stage is not of its shape")
    missing, stray = sorted(needed - set(section)), sorted(set(section) - needed - also)
    if missing or stray:
        said = f"{missing[0]} is missing" if missing else f"{shown(stray[0])} means nothing here"
        raise StageInvalid(path=path, problem=said)


def demand_reason(code: object, path: str) -> str:
    """Return the code of a registered reason; refuses any other."""
    if not isinstance(code, str) or code not in REASONS:
        raise StageInvalid(path=path, problem=f"there is no reason {shown(code)}")
    return code
