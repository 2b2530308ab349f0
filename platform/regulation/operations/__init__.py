"""What a bank does with published rules: adopt them, take over prime rates, choose its year's policies."""

from regulation.operations.accrual_policy import (
    AccrualPolicyLocked,
    AccrualPolicyUnknown,
    choose_accrual_policy,
    lock_accrual_policy,
)
from regulation.operations.adoption import OwnCapTooHigh, adopt_pack, override_day, set_own_cost_cap
from regulation.operations.calendars import (
    YearListInvalid,
    YearListKnown,
    YearProposalClosed,
    YearProposalNotFound,
    YearSignedTwice,
    decide_year,
    propose_year,
)
from regulation.operations.fixings import (
    FixingInvalid,
    ProposalClosed,
    ProposalNotFound,
    VerdictRepeated,
    adopt_published_fixings,
    decide_fixing,
    record_fixing,
)
from regulation.operations.vat import VatMethodLocked, VatMethodUnknown, choose_vat_method, lock_vat_method

__all__ = [
    "AccrualPolicyLocked",
    "AccrualPolicyUnknown",
    "FixingInvalid",
    "OwnCapTooHigh",
    "ProposalClosed",
    "ProposalNotFound",
    "VatMethodLocked",
    "VatMethodUnknown",
    "VerdictRepeated",
    "YearListInvalid",
    "YearListKnown",
    "YearProposalClosed",
    "YearProposalNotFound",
    "YearSignedTwice",
    "adopt_pack",
    "adopt_published_fixings",
    "choose_accrual_policy",
    "choose_vat_method",
    "decide_fixing",
    "decide_year",
    "lock_accrual_policy",
    "lock_vat_method",
    "override_day",
    "propose_year",
    "record_fixing",
    "set_own_cost_cap",
]
