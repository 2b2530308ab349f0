"""Posting rules without a database: what a rule is, when a set of rules can be trusted, and its lines.

A rule set says for one event which legs an entry has: side, role, amount, and under which policy. An amount
is a sum of named components with signs (`"principal -fee"`), so that a caller passes each figure once. A set
is accepted only if its legs cancel out component by component under every policy: it then balances for any
amounts whatever.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Final, Self

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.chart.lines import Line, Side
from ledger.chart.roles import Role

# The policies that rules may read, and their values. Which one holds is the bank's, or the loan's: the caller
# says.
POLICIES: Final[Mapping[str, tuple[str, ...]]] = {
    "vat": ("exempt", "taxable"),  # T-01, T-02: the loan's tag
    "vat_point": ("due", "accrual"),  # when output VAT on interest is booked
    "non_accrual": ("cas22", "legacy_90d"),  # one a bank and year, never mixed
    "gl_split": ("no", "yes"),  # whether overdue principal has an account of its own
    "waiver": ("expense", "income"),
    "recovery": ("allowance", "income", "impairment"),
    "mirror": ("on_book", "memo"),  # how a partner's share is shown by the lead
    "first_loss": ("expense", "provision"),
    "payee": ("rail", "deposit"),
}
_TERM: Final = re.compile(r"-?[a-z][a-z0-9_]*")
_ROLES: Final = frozenset(role.value for role in Role)
_SIDES: Final = {"Dr": Side.DEBIT, "Cr": Side.CREDIT}
LONGEST: Final = 200


class RuleInvalid(Refusal):
    """A rule set that cannot be trusted: an unknown role, side, policy or amount, or it would not balance."""

    code = "ledger.posting_rule_invalid"
    kind = Kind.INVALID
    message = "The posting rules of {event} cannot stand: {reason}."


class RuleMissing(Refusal):
    """No rule says how the event is posted on that date."""

    code = "ledger.posting_rule_missing"
    kind = Kind.UNMET
    message = "No posting rule says how {event} is booked on {on_date}."


class ComponentInvalid(Refusal):
    """An amount that the rules of the event do not know, or that is below nothing."""

    code = "ledger.posting_component_invalid"
    kind = Kind.INVALID
    message = "{event} cannot be booked with {component}: {reason}."


class PolicyMissing(Refusal):
    """The rules of the event turn on a policy that was not given, or not with a known value."""

    code = "ledger.posting_policy_missing"
    kind = Kind.INVALID
    message = "To book {event} one must know {policy}."


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One leg to be: side, role, signed components of its amount, and the policies under which it stands."""

    side: str
    role: str
    amount: str
    conditions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return a leg from `"Dr A1 principal -fee if gl_split=no, vat=exempt"`."""
        head, _, tail = text.partition(" if ")
        side, _, rest = head.partition(" ")
        role, _, amount = rest.partition(" ")
        pairs = (pair.partition("=") for pair in tail.replace(" ", "").split(",") if pair)
        return cls(_SIDES[side].value, role, amount, {name: value for name, _, value in pairs})

    @property
    def terms(self) -> tuple[tuple[int, str], ...]:
        """The amount's components with their signs, +1 or -1."""
        return tuple(
            (-1, term[1:]) if term.startswith("-") else (1, term) for term in self.amount.split(" ") if term
        )

    def holds(self, policy: Mapping[str, str]) -> bool:
        """Return whether the leg stands under a policy."""
        return all(policy.get(name) == value for name, value in self.conditions.items())

    def __str__(self) -> str:
        side = "Dr" if self.side == Side.DEBIT else "Cr"
        tail = ", ".join(f"{name}={value}" for name, value in sorted(self.conditions.items()))
        return f"{side} {self.role} {self.amount}" + (f" if {tail}" if tail else "")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The legs of one event, in one version."""

    event: str
    lines: tuple[RuleLine, ...]

    @property
    def components(self) -> frozenset[str]:
        """Every figure that the event may be given."""
        return frozenset(name for line in self.lines for _, name in line.terms)

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies that the event turns on."""
        return tuple(sorted({name for line in self.lines for name in line.conditions}))


def check(rules: RuleSet) -> None:
    """Refuse a rule set that names what does not exist, or that some policy would leave out of balance."""
    for line in rules.lines:
        reason = _fault(line)
        if reason:
            raise RuleInvalid(event=rules.event, reason=reason)
    if len(rules.lines) < 2:
        raise RuleInvalid(event=rules.event, reason="an entry has at least two lines")
    for values in product(*(POLICIES[name] for name in rules.policies)):
        policy = dict(zip(rules.policies, values, strict=True))
        for component, net in _nets(rules.lines, policy).items():
            if net:
                under = ", ".join(f"{name}={value}" for name, value in policy.items()) or "every policy"
                reason = f"{component} does not balance under {under}"
                raise RuleInvalid(event=rules.event, reason=reason)


def _fault(line: RuleLine) -> str:
    faults = {
        f"there is no role {line.role}": line.role not in _ROLES,
        f"there is no side {line.side}": line.side not in _SIDES.values(),
        f"{line.amount!r} is no sum of components": not line.terms
        or len(line.amount) > LONGEST
        or not all(_TERM.fullmatch(term) for term in line.amount.split(" ")),
        "it reads a policy that does not exist": any(
            value not in POLICIES.get(name, ()) for name, value in line.conditions.items()
        ),
    }
    return next((reason for reason, holds in faults.items() if holds), "")


def _nets(lines: Iterable[RuleLine], policy: Mapping[str, str]) -> dict[str, int]:
    """Return how often each component is debited less how often it is credited."""
    nets: dict[str, int] = {}
    for line in lines:
        if line.holds(policy):
            for sign, name in line.terms:
                nets[name] = nets.get(name, 0) + (sign if line.side == Side.DEBIT else -sign)
    return nets


def compose_lines(
    *, rules: RuleSet, amounts: Mapping[str, Money], policy: Mapping[str, str], accounts: Mapping[str, str]
) -> tuple[Line, ...]:
    """Return the legs of an event: nothing for a zero leg, in the order of the rules.

    `amounts` are figures of one currency, none below zero, each known to the event; one that is left out is
    zero. `policy` names every policy that the event turns on; others are ignored. `accounts` maps roles to
    codes.
    """
    _demand(rules, amounts, policy)
    currency = next((amount.currency for amount in amounts.values()), "CNY")
    lines = [
        (line.side, line.role, _amount(rules.event, line, amounts, currency))
        for line in rules.lines
        if line.holds(policy)
    ]
    made = tuple(_leg(rules.event, side, role, amount, accounts) for side, role, amount in lines if amount)
    net = sum(line.amount.minor if line.side is Side.DEBIT else -line.amount.minor for line in made)
    if net or not made:
        reason = f"debits and credits differ by {net}" if net else "nothing is left to book"
        raise RuleInvalid(event=rules.event, reason=reason)
    return made


def _leg(event: str, side: str, role: str, amount: Money, accounts: Mapping[str, str]) -> Line:
    if role not in accounts:
        raise RuleInvalid(event=event, reason=f"no account plays the role {role}")
    return Line(accounts[role], Side(side), amount)


def _demand(rules: RuleSet, amounts: Mapping[str, Money], policy: Mapping[str, str]) -> None:
    for name in sorted(amounts):
        if name not in rules.components:
            raise ComponentInvalid(event=rules.event, component=name[:40], reason="its rules do not know it")
        if amounts[name].minor < 0:
            raise ComponentInvalid(event=rules.event, component=name, reason="it is below nothing")
    for name in rules.policies:
        if policy.get(name) not in POLICIES[name]:
            raise PolicyMissing(event=rules.event, policy=name)


def _amount(event: str, line: RuleLine, amounts: Mapping[str, Money], currency: str) -> Money:
    total = Money.zero(currency)
    for sign, name in line.terms:
        total = total + amounts.get(name, Money.zero(currency)) * sign
    if total.minor < 0:
        raise ComponentInvalid(event=event, component=line.amount, reason="it is below nothing")
    return total


def rule_set(event: str, *texts: str) -> RuleSet:
    """Return a rule set from its legs as text; see `RuleLine.parse`."""
    return RuleSet(event, tuple(RuleLine.parse(text) for text in texts))
