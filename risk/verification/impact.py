"""The blast radius, measured: new and changed rules on the facts of recent decisions. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from risk.decisions.flow import run
from risk.decisions.queries import PortfolioRow, stored_facts
from risk.features.facts import Facts, FactValue
from risk.rules.canonical import sha256_of
from risk.rules.policy import PolicyStage, Rule, finding_of
from risk.rules.stages import NOTE
from risk.rules.tables import Table
from risk.strategies.document import Strategy
from risk.strategies.impact import WHOLE, Impact, RuleHits, changed_rules

Place = tuple[str, str]  # the stage and the code of a rule or table


def measure(
    new: Mapping[str, Any],
    compiled: Strategy,
    *,
    old: Mapping[str, Any] | None,
    portfolio: Sequence[PortfolioRow],
) -> Impact:
    """Return what publishing `new` instead of `old` would do to the portfolio.

    A rule is looked at by itself: also where another one would have declined before it.
    """
    changed = changed_rules(new, old)
    hits, counts = dict.fromkeys(changed, 0), dict.fromkeys(changed, 0)
    away = asked = 0
    for row in portfolio:
        facts = stored_facts(compiled, row.facts)
        for place, hit in _said(compiled, changed, facts, row.facts):
            counts[place] += 1
            hits[place] += hit
        if row.verdict != "decline" and all(name in row.facts for name in compiled.types):
            asked += 1
            away += run(compiled, facts)["verdict"] == "decline"
    rules = tuple(RuleHits(place[1], hits[place], counts[place]) for place in changed)
    return Impact(sha256_of(new), len(portfolio), rules, RuleHits(WHOLE, away, asked))


def _said(
    strategy: Strategy, places: Sequence[Place], facts: Mapping[str, FactValue], stored: Mapping[str, Any]
) -> list[tuple[Place, bool]]:
    """Return which of these rules and tables could be asked about a decision, and whether each hits."""
    found: list[tuple[Place, bool]] = []
    known = dict(facts)
    for name, stage in strategy.stages:
        if not isinstance(stage, PolicyStage):  # policies come first: they read what policies derive
            continue
        for rule in stage.rules:
            if (name, rule.code) in places and _asked(rule.condition.reads, strategy, stored):
                found.append(((name, rule.code), _hits(rule, known)))
        for table in stage.tables:
            if (name, table.name) in places and _asked(table.reads, strategy, stored):
                found.append(((name, table.name), _speaks(table, known)))
        known.update(stage.run(known, traced=False).derived)
    return found


def _asked(reads: Sequence[str], strategy: Strategy, stored: Mapping[str, Any]) -> bool:
    """Return whether every fact read was asked for then, known or not; what a stage derives always is."""
    return all(name in stored for name in reads if name in strategy.types)


def _hits(rule: Rule, facts: Facts) -> bool:
    finding = finding_of(rule, rule.condition.evaluate(facts), facts)
    return finding is not None and finding.outcome != NOTE


def _speaks(table: Table, facts: Facts) -> bool:
    return any(finding.outcome != NOTE for finding in table.run(facts).findings)
