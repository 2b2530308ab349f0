"""The IFRS 9 stage of an exposure (E-01). Pure."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from risk.classification.policy import ClassificationPolicy
from risk.classification.tiers import Tier

PD_RATIO: Final = Decimal(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFacts:
    """What staging looks at; `pd_ratio` is the lifetime PD of today over that of the first day."""

    days: int
    tier: Tier = Tier.NORMAL
    is_impaired: bool = False
    sicr_rebutted: bool = False
    has_early_warning: bool = False
    in_observation: bool = False
    pd_ratio: Decimal | None = None


def stage_of(facts: StageFacts, policy: ClassificationPolicy, *, pd_ratio_max: Decimal = PD_RATIO) -> int:
    """Return 1, 2 or 3.

    3: credit-impaired, non-performing, or past 90 days, which nothing rebuts. 2: the risk has risen
    significantly: past 30 days unless rebutted with evidence, special mention, an early warning, the
    observation after restructuring, or a PD at least `pd_ratio_max` times that of the first day.
    """
    if facts.is_impaired or facts.tier.is_non_performing or facts.days > policy.impaired_after_days:
        return 3
    risen = (
        (facts.days > policy.sicr_after_days and not facts.sicr_rebutted)
        or (facts.tier is Tier.SPECIAL_MENTION and facts.days == 0)
        or facts.has_early_warning
        or facts.in_observation
        or (facts.pd_ratio is not None and facts.pd_ratio >= pd_ratio_max)
    )
    return 2 if risen else 1
