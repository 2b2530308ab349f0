"""Drafting, publishing and rolling back strategies; what two people of the bank sign beside them."""

from risk.strategies.operations.drafts import (
    RollbackPointless,
    approve_publication,
    assign_shadow,
    draft_strategy,
    propose_publication,
    propose_rollback,
    stop_shadow,
)
from risk.strategies.operations.exceptions import (
    approve_exploration,
    approve_policy,
    approve_snooze,
    approve_split,
    propose_exploration,
    propose_policy,
    propose_snooze,
    propose_split,
)
from risk.strategies.operations.proposals import (
    ProposalDecided,
    ProposalInvalid,
    SamePerson,
    reject_proposal,
)
from risk.strategies.operations.publishing import (
    BlastRadius,
    EffectiveTooEarly,
    ImpactMissing,
    RateAboveCap,
    SignaturesMissing,
    StrategyInvalid,
    first_document,
    publish_strategy,
    seed_first_strategy,
)

__all__ = [
    "BlastRadius",
    "EffectiveTooEarly",
    "ImpactMissing",
    "ProposalDecided",
    "ProposalInvalid",
    "RateAboveCap",
    "RollbackPointless",
    "SamePerson",
    "SignaturesMissing",
    "StrategyInvalid",
    "approve_exploration",
    "approve_policy",
    "approve_publication",
    "approve_snooze",
    "approve_split",
    "assign_shadow",
    "draft_strategy",
    "first_document",
    "propose_exploration",
    "propose_policy",
    "propose_publication",
    "propose_rollback",
    "propose_snooze",
    "propose_split",
    "publish_strategy",
    "reject_proposal",
    "seed_first_strategy",
    "stop_shadow",
]
