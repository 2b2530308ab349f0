"""In which order a payment is used: data, not code (rule 7; L-08, Civil Code art. 561).

A policy lists (status of the instalment, component) pairs in order, says whether it goes instalment by
instalment or component by component, and what becomes of money nothing is owed for yet. A policy set says
which policy holds for which kind of payment on a loan in which condition.

Overpayment never disappears: the parts, what is to be re-amortised and what is held add up to the payment.
"""

from kernel.allocation.payment import Allocation, AllocationInputInvalid, Instalment, Part, allocate
from kernel.allocation.plain import policy_as_json, policy_from_json, set_as_json, set_from_json
from kernel.allocation.policy import (
    Component,
    DueStatus,
    FutureRule,
    Policy,
    PolicyIncomplete,
    PolicyRepeats,
    PolicyUnknown,
    Precedence,
    Processing,
    Step,
)
from kernel.allocation.standard import (
    GUARANTOR,
    PERFORMING,
    PRINCIPAL_FIRST_AFTER_90,
    REVENUE_SHARE,
    REVENUE_SHARE_LOAN,
    REVOLVING,
    REVOLVING_DEAREST,
    REVOLVING_LINE,
    SCHEDULED_LOAN,
    LoanCondition,
    PolicyMissing,
    PolicySet,
    TransactionType,
    status_by_status,
)

__all__ = [
    "GUARANTOR",
    "PERFORMING",
    "PRINCIPAL_FIRST_AFTER_90",
    "REVENUE_SHARE",
    "REVENUE_SHARE_LOAN",
    "REVOLVING",
    "REVOLVING_DEAREST",
    "REVOLVING_LINE",
    "SCHEDULED_LOAN",
    "Allocation",
    "AllocationInputInvalid",
    "Component",
    "DueStatus",
    "FutureRule",
    "Instalment",
    "LoanCondition",
    "Part",
    "Policy",
    "PolicyIncomplete",
    "PolicyMissing",
    "PolicyRepeats",
    "PolicySet",
    "PolicyUnknown",
    "Precedence",
    "Processing",
    "Step",
    "TransactionType",
    "allocate",
    "policy_as_json",
    "policy_from_json",
    "set_as_json",
    "set_from_json",
    "status_by_status",
]
