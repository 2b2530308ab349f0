"""Renewal without repaying principal (R-14, C-07): five conditions, and the tier that follows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from risk.classification.tiers import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalFacts:
    """What is known of the borrower of a loan that is to be renewed; `unpaid_interest` in fen."""

    borrower: str
    is_lawful: bool
    is_operating: bool
    has_good_credit: bool
    is_misused: bool
    unpaid_interest: int
    evades_debt: bool
    meets_standards: bool


@dataclass(frozen=True, slots=True)
class RenewalVerdict:
    """Whether the renewed loan may stay normal, and which conditions failed."""

    tier: Tier
    failed: tuple[str, ...]


def renewal_verdict(
    facts: RenewalFacts, parameters: Mapping[str, Any] | None, *, on_date: date
) -> RenewalVerdict:
    """Return the tier of a renewed loan by R-14's parameters; without the rule (None) it is special mention.

    One yuan of unpaid interest is enough to fail. Medium enterprises qualify until 2027-09-30.
    """
    if parameters is None:
        return RenewalVerdict(Tier.SPECIAL_MENTION, ("rule_not_in_force",))
    eligible = facts.borrower in parameters["borrower_sizes"] or (
        facts.borrower == "medium" and on_date <= date.fromisoformat(parameters["medium_until"])
    )
    conditions = {
        "borrower_eligible": eligible,
        "lawful_operation": facts.is_lawful,
        "still_operating": facts.is_operating,
        "good_credit": facts.has_good_credit,
        "no_misuse_arrears_or_evasion": not (
            facts.is_misused or facts.unpaid_interest > 0 or facts.evades_debt
        ),
        "meets_lending_standards": facts.meets_standards,
    }
    failed = tuple(name for name, holds in conditions.items() if not holds)
    return RenewalVerdict(Tier.SPECIAL_MENTION if failed else Tier.NORMAL, failed)
