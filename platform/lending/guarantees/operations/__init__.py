"""What changes guarantees. Locks: the line, then the guarantee, then the claim, then loans and ledger."""

from lending.guarantees.operations.agreeing import (
    AlreadyGuaranteed,
    FeePaidAlready,
    GuaranteeEnded,
    GuaranteeInvalid,
    GuaranteeNeeded,
    GuarantorUnlicensed,
    NoFeeToPay,
    SamePerson,
    agree_guarantee,
    end_guarantee,
    pay_fee,
    register_guarantor,
)
from lending.guarantees.operations.claiming import (
    ClaimTooEarly,
    NothingToClaim,
    ReasonMissing,
    accept_claim,
    decline_claim,
    file_claim,
    record_claim_payment,
)
from lending.guarantees.operations.recovering import (
    NothingToRemit,
    RecoveryConflict,
    RecoveryTooLarge,
    record_recovery,
    remit_recoveries,
)

__all__ = [
    "AlreadyGuaranteed",
    "ClaimTooEarly",
    "FeePaidAlready",
    "GuaranteeEnded",
    "GuaranteeInvalid",
    "GuaranteeNeeded",
    "GuarantorUnlicensed",
    "NoFeeToPay",
    "NothingToClaim",
    "NothingToRemit",
    "ReasonMissing",
    "RecoveryConflict",
    "RecoveryTooLarge",
    "SamePerson",
    "accept_claim",
    "agree_guarantee",
    "decline_claim",
    "end_guarantee",
    "file_claim",
    "pay_fee",
    "record_claim_payment",
    "record_recovery",
    "register_guarantor",
    "remit_recoveries",
]
