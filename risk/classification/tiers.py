"""The tier of an exposure: the worst that any rule allows (C-01 to C-07). Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from risk.classification.policy import ClassificationPolicy, days_past_due


class Tier(StrEnum):
    """正常、关注、次级、可疑、损失; the last three are non-performing."""

    NORMAL = "normal"
    SPECIAL_MENTION = "special_mention"
    SUBSTANDARD = "substandard"
    DOUBTFUL = "doubtful"
    LOSS = "loss"

    @property
    def rank(self) -> int:
        """0 for normal to 4 for loss."""
        return _RANKS[self]

    @property
    def is_non_performing(self) -> bool:
        """Whether it counts as NPL."""
        return self.rank >= _RANKS[Tier.SUBSTANDARD]


_RANKS: Final = {tier: rank for rank, tier in enumerate(Tier)}


def worst(*tiers: Tier) -> Tier:
    """Return the worst of some tiers; normal of none."""
    return max(tiers, key=lambda tier: tier.rank, default=Tier.NORMAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What is known of an exposure on a day; amounts in fen.

    `is_technical`: the delay is the system's or the rail's, not the borrower's (C-01). `ecl`: its allowance.
    `debtor_floor`: the debtor's other claims are bad enough (C-03). `held_tier`: what it had, while the clock
    for an upgrade has not run out (C-05). `in_observation`: restructured less than a year ago;
    `observation_failed`: and in arrears again since (C-06).
    `refinances`: it repays another loan without being a qualified renewal (C-07).
    """

    oldest_due_date: date | None = None
    balance: int = 0
    is_technical: bool = False
    is_impaired: bool = False
    ecl: int | None = None
    debtor_floor: bool = False
    in_observation: bool = False
    observation_failed: bool = False
    refinances: bool = False
    override: Tier | None = None
    held_tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class Classification:
    """A tier, the days behind it, and every rule that demanded at least this tier."""

    tier: Tier
    days: int
    reasons: tuple[str, ...]


def tier_by_days(days: int, policy: ClassificationPolicy, *, is_technical: bool = False) -> Tier:
    """Return the tier by days past due, whatever the collateral (C-01, C-02).

    Day 1 to 90 is special mention, 91 substandard, 271 doubtful, 361 loss; a technical delay of at most seven
    days stays normal.
    """
    if days > policy.loss_after_days:
        return Tier.LOSS
    if days > policy.doubtful_after_days:
        return Tier.DOUBTFUL
    if days > policy.substandard_after_days:
        return Tier.SUBSTANDARD
    if days <= (policy.technical_days_max if is_technical else 0):
        return Tier.NORMAL
    return Tier.SPECIAL_MENTION


def tier_by_impairment(
    *, balance: int, ecl: int | None, is_impaired: bool, policy: ClassificationPolicy
) -> Tier:
    """Return the tier by impairment: substandard, from half the balance doubtful, nine tenths loss (C-04)."""
    if not is_impaired:
        return Tier.NORMAL
    if ecl is None or balance <= 0:
        return Tier.SUBSTANDARD
    share = Decimal(ecl) / balance
    if share >= policy.loss_ecl_share_min:
        return Tier.LOSS
    return Tier.DOUBTFUL if share >= policy.doubtful_ecl_share_min else Tier.SUBSTANDARD


def debtor_floor(
    *,
    own_npl: int,
    own_total: int,
    all_banks_overdue_share: Decimal,
    is_retail: bool,
    policy: ClassificationPolicy,
) -> bool:
    """Tell whether all of a debtor's claims are non-performing (C-03); retail is judged loan by loan.

    More than 10 % of the claims in this bank non-performing, or more than 20 % of the debts in all banks
    overdue for over 90 days; exactly the share is not more.
    """
    if is_retail:
        return False
    own = Decimal(own_npl) > policy.own_npl_share_max * own_total
    return own or all_banks_overdue_share > policy.all_banks_overdue_share_max


def classify(exposure: Exposure, policy: ClassificationPolicy, on_date: date) -> Classification:
    """Return the tier of an exposure on a day: the worst of what each rule demands."""
    days = days_past_due(exposure.oldest_due_date, on_date)
    demands = {
        "days_past_due": tier_by_days(days, policy, is_technical=exposure.is_technical),
        "impairment": tier_by_impairment(
            balance=exposure.balance,
            ecl=exposure.ecl,
            is_impaired=exposure.is_impaired or days > policy.impaired_after_days,
            policy=policy,
        ),
        "debtor": Tier.SUBSTANDARD if exposure.debtor_floor else Tier.NORMAL,
        "observation": Tier.SPECIAL_MENTION if exposure.in_observation else Tier.NORMAL,
        "observation_failed": Tier.SUBSTANDARD if exposure.observation_failed else Tier.NORMAL,
        "refinancing": Tier.SPECIAL_MENTION if exposure.refinances else Tier.NORMAL,
        "override": exposure.override or Tier.NORMAL,
        "cure_period": exposure.held_tier or Tier.NORMAL,
    }
    tier = worst(*demands.values())
    reasons = tuple(
        name for name, demanded in demands.items() if demanded is tier and tier is not Tier.NORMAL
    )
    return Classification(tier, days, reasons)
