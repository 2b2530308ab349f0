"""Variants: what a strategy becomes when the bank has signed an exception for one decision. Pure.

An exception is data stored with the decision, so that document, exceptions and facts still replay it:

    {"snoozed": [{"rule": "refunds", "snooze": "<id>", "until": "2026-12-01"}],
     "exploration": {"budget": "<id>", "pd_up_to": "0.120000", "limit_max": "5000.00"}}

A snoozed rule only notes what it would have said, and only where everything it reads is known. Exploration
lets the worst grade reach further and caps the limit; every policy rule, cap and price holds as it did.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from risk.features.facts import Facts, FactType
from risk.limits.stage import LimitStage, compile_named
from risk.rules.policy import PolicyStage, Rule
from risk.rules.stages import NOTE, Stage, StageResult
from risk.strategies.assessing import GradeStage
from risk.strategies.document import Strategy

EXPLORATION: Final = "exploration"
SNOOZED: Final = "snoozed"


@dataclass(frozen=True, slots=True)
class SnoozedPolicy:
    """A policy some of whose rules are snoozed."""

    policy: PolicyStage
    codes: frozenset[str]

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the facts that it reads."""
        return self.policy.reads

    @property
    def derives(self) -> Mapping[str, FactType]:
        """Return what it derives."""
        return self.policy.derives

    @property
    def tolerates(self) -> frozenset[str]:
        """Return what its rules may pass without: a snooze waives no fact."""
        return self.policy.tolerates

    def run(self, facts: Facts) -> StageResult:
        """Return what the policy finds; the trace tells which rules were silent."""
        silent = {rule.code for rule in self.policy.rules if self._silences(rule, facts)}
        rules = tuple(
            replace(rule, outcome=NOTE) if rule.code in silent else rule for rule in self.policy.rules
        )
        result = replace(self.policy, rules=rules).run(facts)
        return replace(result, trace={**result.trace, "snoozed": sorted(silent)})

    def _silences(self, rule: Rule, facts: Facts) -> bool:
        return rule.code in self.codes and all(facts.get(name) is not None for name in rule.condition.reads)


def variant_of(strategy: Strategy, deviations: Mapping[str, Any]) -> Strategy:
    """Return the strategy under its exceptions; the strategy itself when there are none."""
    if not deviations:
        return strategy
    snoozed = frozenset(row["rule"] for row in deviations.get(SNOOZED, ()))
    explored = deviations.get(EXPLORATION)
    stages = tuple((name, _varied(stage, strategy, snoozed, explored)) for name, stage in strategy.stages)
    return replace(strategy, stages=stages)


def _varied(
    stage: Stage, strategy: Strategy, snoozed: frozenset[str], explored: Mapping[str, Any] | None
) -> Stage:
    if isinstance(stage, PolicyStage) and snoozed.intersection(rule.code for rule in stage.rules):
        return SnoozedPolicy(stage, snoozed)
    if explored is None:
        return stage
    if isinstance(stage, GradeStage):
        worst = replace(stage.steps[-1], pd_up_to=_bound(explored))
        return replace(stage, steps=(*stage.steps[:-1], worst), review=stage.review - {worst.grade})
    if isinstance(stage, LimitStage):
        row = {
            "cap": EXPLORATION,
            "recipe": "fixed",
            "parameters": {"amount": explored["limit_max"]},
            "reason": "limit_exploration",
        }
        grades = tuple(step.grade for step in strategy.grades)
        cap = compile_named(row, strategy.types, path="limit", grades=grades)
        return replace(stage, caps=(*stage.caps, cap))
    return stage


def _bound(explored: Mapping[str, Any]) -> Decimal:
    return Decimal(explored["pd_up_to"])


def rules_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield the stage, the name and the JSON of each rule and table of a document's policies."""
    for stage, section in document.items():
        if not isinstance(section, dict):
            continue
        for part, name in (("rules", "code"), ("tables", "table")):
            rows = section.get(part)
            for row in rows if isinstance(rows, list) else ():
                if isinstance(row, dict) and isinstance(row.get(name), str):
                    yield stage, row[name], row
