"""The flow: a compiled strategy and facts in, a verdict with its trace out. Pure, exact, the same everywhere.

Stages run in one order: admit, fraud, cross, dual, house, graph, pd, grade, limit, price, watch, verdict
(S2-07: access, credit assessment, credit advice, risk pricing, early warning). A decline ends the flow and
tries other requests (S3-18); a referral does not end it, so that the officer sees what limit and price the
strategy would have given. What is not known never approves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from risk.features.facts import Facts, FactValue, coerce, encode
from risk.rules.policy import PolicyStage
from risk.rules.stages import DECLINE, REFER, Finding
from risk.strategies.document import Strategy

ENGINE: Final = "2"  # part of every record; a change of behaviour is a new engine


@dataclass(slots=True)
class _Run:
    """What the stages have found so far, and the facts with what they derived."""

    facts: dict[str, FactValue]
    declines: list[str] = field(default_factory=list)
    refers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    trace: list[dict[str, Any]] = field(default_factory=list)

    def say(self, finding: Finding) -> None:
        """Note a finding where it belongs."""
        outcome = finding.outcome
        said = self.declines if outcome == DECLINE else self.refers if outcome == REFER else self.notes
        said.append(finding.reason)

    @property
    def verdict(self) -> str:
        """Approve only when nothing speaks against it and there is a limit with a price."""
        if self.declines:
            return "decline"
        whole = self.facts.get("limit.amount") is not None and self.facts.get("price.annual_rate") is not None
        return "approve" if whole and not self.refers else "refer"

    @property
    def reasons(self) -> list[str]:
        """What speaks for the verdict: the declines, or the referrals and then the notes."""
        return list(dict.fromkeys(self.declines or [*self.refers, *self.notes]))


def read_facts(strategy: Strategy, facts: Facts) -> dict[str, FactValue]:
    """Return exactly the facts that the strategy declares, canonical; what was not given is not known."""
    return {name: coerce(name, kind, facts.get(name)) for name, kind in strategy.types.items()}


def run(strategy: Strategy, facts: Facts) -> dict[str, Any]:
    """Return the result as plain JSON: verdict, amounts as text, reasons by rank, caps and the trace."""
    state = _flow(strategy, facts)
    verdict = state.verdict
    tried = _tried(strategy, facts) if verdict == "decline" else []
    if tried:
        state.trace.append({"stage": "alternatives", "tried": tried})
    state.trace.append(
        {"stage": "verdict", "outcome": verdict, "declines": state.declines, "refers": state.refers}
    )
    known, approved, asked = state.facts, verdict == "approve", facts.get("application.amount")
    limit, rate = encode(known.get("limit.amount")), encode(known.get("price.annual_rate"))
    caps: list[Any] = next((row["caps"] for row in state.trace if row["stage"] == "limit"), [])
    return {
        "engine": ENGINE,
        "verdict": verdict,
        "limit": limit if approved else None,
        "annual_rate": rate if approved else None,
        "proposed_limit": limit,
        "proposed_rate": rate,
        "asked": encode(asked),
        "counter_offer": approved and _less(known.get("limit.amount"), asked),
        "offer": next((row for row in tried if row["verdict"] == "approve"), None),
        "pd": encode(known.get("pd.probability")),
        "grade": known.get("grade.grade") or "",
        "reasons": state.reasons,
        "caps": caps,
        "binding_cap": known.get("limit.binding_cap") or "",
        "trace": state.trace,
    }


def _flow(strategy: Strategy, facts: Facts, *, traced: bool = True) -> _Run:
    """Run the stages over the facts until one declines."""
    state = _Run(dict(facts))
    for name, stage in strategy.stages:
        if isinstance(stage, PolicyStage):
            result = stage.run(state.facts, traced=traced)
        else:
            result = stage.run(state.facts)
        state.trace.append({"stage": name, **result.trace})
        for finding in result.findings:
            state.say(finding)
        state.facts.update(result.derived)
        if state.declines:
            break
    return state


def _tried(strategy: Strategy, facts: Facts) -> list[dict[str, Any]]:
    """Return what became of each other request: less, shorter, secured."""
    rows = []
    for alternative in strategy.alternatives.of(facts):
        other = _flow(strategy, {**facts, **alternative.changes}, traced=False)
        approved = other.verdict == "approve"
        rows.append(
            {
                "kind": alternative.kind,
                "changes": {name: encode(value) for name, value in alternative.changes.items()},
                "verdict": other.verdict,
                "reasons": other.reasons,
                "limit": encode(other.facts.get("limit.amount")) if approved else None,
                "annual_rate": encode(other.facts.get("price.annual_rate")) if approved else None,
            }
        )
    return rows


def _less(limit: FactValue, asked: FactValue) -> bool:
    return isinstance(limit, Decimal) and isinstance(asked, Decimal) and limit < asked


def fact_sheet(facts: Mapping[str, FactValue]) -> dict[str, Any]:
    """Return the facts as they are stored and hashed."""
    return {
        name: str(value) if isinstance(value, Decimal) else value for name, value in facts.items()
    }  # as `encode`
