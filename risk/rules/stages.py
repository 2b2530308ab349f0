"""What every stage of a strategy is: a part of the document, compiled once, that turns facts into findings.

A stage is pure. It reads facts, and may derive values that the stages after it read under the stage's own
name (`cross.conflicts`, `graph.ring_size`). It never approves: it finds nothing, or it declines or refers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from risk.features.facts import Facts, FactValue

DECLINE: Final = "decline"
REFER: Final = "refer"
NOTE: Final = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a stage has to say: a decline, a referral, or a note beside an approval; with its reason."""

    outcome: Literal["decline", "refer", "note"]
    reason: str


@dataclass(frozen=True, slots=True)
class StageResult:
    """What a stage found: findings in order, its row of the trace (plain JSON), values for later stages."""

    findings: tuple[Finding, ...] = ()
    trace: Mapping[str, Any] = field(default_factory=dict)
    derived: Mapping[str, FactValue] = field(default_factory=dict)


class Stage(Protocol):
    """A compiled stage."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the facts that it reads, in order of first reading."""

    def run(self, facts: Facts) -> StageResult:
        """Return what the stage finds in these facts."""
