"""Cheapest first: which fact to pay for next, and when a decline needs no more facts (S3-13). Pure.

A strategy says what its facts cost (`costs`, in yuan). Free facts come first; then, as long as no rule is
certain to decline, the cheapest fact that a policy still reads. A fact not bought yet declines nobody, and
the decision itself still needs it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from risk.features.facts import Facts, FactValue
from risk.rules.policy import PolicyStage
from risk.rules.stages import DECLINE
from risk.strategies.document import Strategy


@dataclass(frozen=True, slots=True)
class Screened:
    """What was paid for, in order, what it cost in yuan, and the reasons when a decline is certain."""

    bought: tuple[str, ...]
    cost: Decimal
    reasons: tuple[str, ...]


def certain_declines(strategy: Strategy, facts: Facts) -> tuple[str, ...]:
    """Return the reasons for which these facts are declined whatever the facts not known turn out to be."""
    found = []
    for _, stage in strategy.stages:
        if isinstance(stage, PolicyStage):
            for rule, truth in zip(stage.rules, stage.judge(facts), strict=True):
                if truth is rule.adverse and rule.outcome == DECLINE:
                    found.append(rule.reason)
    return tuple(dict.fromkeys(found))


def next_fact(strategy: Strategy, facts: Facts, asked: Collection[str] = ()) -> str | None:
    """Return the cheapest fact to pay for next; None when a decline is certain or nothing priced is left."""
    if certain_declines(strategy, facts):
        return None
    read = {name for _, stage in strategy.stages if isinstance(stage, PolicyStage) for name in stage.reads}
    priced = [
        (name not in read, cost, name)
        for name, cost in strategy.costs.items()
        if cost > 0 and facts.get(name) is None and name not in asked
    ]
    return min(priced)[2] if priced else None


def screened(strategy: Strategy, sheet: Facts) -> Screened:
    """Return what deciding on a whole sheet would have cost, asking for its facts one by one."""
    known: dict[str, FactValue] = {
        name: None if strategy.costs.get(name) else value for name, value in sheet.items()
    }
    bought: list[str] = []
    while (name := next_fact(strategy, known, bought)) is not None:
        bought.append(name)
        known[name] = sheet.get(name)
    cost = sum((strategy.costs[name] for name in bought), Decimal(0))
    return Screened(tuple(bought), cost, certain_declines(strategy, known))
