"""Posting rules as data: adopted in versions, in force from a date, composed into the lines of an entry.

A caller names the event and gives its figures; which accounts they land on is the bank's. The rules are
checked when they are adopted (`composing.check`), so that no figures whatever can make an entry that does not
balance.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.chart.composing import RuleLine, RuleMissing, RuleSet, check, compose_lines
from ledger.chart.lines import Line
from ledger.chart.memory import forget, once_a_transaction
from ledger.chart.models import PostingRule, PostingRuleLine
from ledger.chart.queries import role_map
from plumbing.sql import in_transaction

RULES: Final = "ledger.chart.posting_rules"


class RuleOrder(Refusal):
    """A new version is in force from a day that is not before the version it follows."""

    code = "ledger.posting_rule_order"
    kind = Kind.CONFLICT
    message = "The posting rules of {event} cannot change from {effective_date}: they changed on {since}."


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A version of an event's rules."""

    rules: RuleSet
    version: int
    effective_date: date
    adopted_by: str


def _read() -> tuple[RuleVersion, ...]:
    lines: dict[object, list[RuleLine]] = {}
    for row in PostingRuleLine.objects.order_by("rule_id", "line_no"):
        lines.setdefault(row.rule_id, []).append(RuleLine(row.side, row.role, row.amount, row.conditions))
    return tuple(
        RuleVersion(RuleSet(row.event, tuple(lines[row.id])), row.version, row.effective_date, row.adopted_by)
        for row in PostingRule.objects.order_by("event", "version")
    )


def rule_versions() -> tuple[RuleVersion, ...]:
    """Return every version of every event's rules, by event; read once a transaction."""
    return once_a_transaction(RULES, _read)


def rules_of(event: str, *, on_date: date) -> RuleSet:
    """Return the rules of an event in force on a date; refuses an event that none covers."""
    found = [row for row in rule_versions() if row.rules.event == event and row.effective_date <= on_date]
    if not found:
        raise RuleMissing(event=event[:64], on_date=on_date)
    return found[-1].rules


def compose(
    event: str, amounts: Mapping[str, Money], *, on_date: date, policy: Mapping[str, str] | None = None
) -> tuple[Line, ...]:
    """Return the lines of an event under the bank's rules and map of roles in force on a booking date.

    Pure but for reading both, once a transaction. Refuses an event without rules, a figure that the rules do
    not know or that is below nothing, a policy they turn on that is not given, and a role that no account
    plays.
    """
    return compose_lines(
        rules=rules_of(event, on_date=on_date),
        amounts=amounts,
        policy=policy or {},
        accounts=role_map(on_date=on_date),
    )


@in_transaction
def adopt_rules(*, rule_sets: Iterable[RuleSet], effective_date: date, adopted_by: str) -> tuple[str, ...]:
    """Adopt a new version of each rule set, in force from a date; return the events whose rules changed.

    The rules there are, adopted again, change nothing. Refuses rules that could ever be out of balance or
    name what does not exist, and a date before that of the version they follow.
    """
    newest = {row.rules.event: row for row in rule_versions()}
    made: list[PostingRule] = []
    lines: list[PostingRuleLine] = []
    for rules in rule_sets:
        check(rules)
        last = newest.get(rules.event)
        if last is not None and last.rules == rules:
            continue
        if last is not None and effective_date < last.effective_date:
            raise RuleOrder(event=rules.event, effective_date=effective_date, since=last.effective_date)
        version = 1 if last is None else last.version + 1
        row = PostingRule(
            event=rules.event, version=version, effective_date=effective_date, adopted_by=adopted_by
        )
        made.append(row)
        lines += [
            PostingRuleLine(
                rule=row,
                line_no=number,
                side=line.side,
                role=line.role,
                amount=line.amount,
                conditions=dict(line.conditions),
            )
            for number, line in enumerate(rules.lines, 1)
        ]
    PostingRule.objects.bulk_create(made)
    PostingRuleLine.objects.bulk_create(lines)
    forget(RULES)
    return tuple(row.event for row in made)
