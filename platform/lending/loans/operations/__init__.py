"""What changes a loan. Each act writes one row of the log, moves the projection by it, and books it.

Locks: the accrual book (shared), then the line, then the loan, then ledger accounts.
"""

from lending.loans.operations.beginning import LoanTerms, activate_loan, book_loan, cancel_loan
from lending.loans.operations.changing import (
    SamePerson,
    TermsNotChangeable,
    apply_rate_changes,
    change_rate,
    extend,
    flag_restructured,
    pause_interest,
    re_age,
    re_amortise,
)
from lending.loans.operations.crediting import use_credit_balances
from lending.loans.operations.ending import (
    CreditTaken,
    NoCreditBalance,
    NothingWaived,
    RecoveryTooLarge,
    SettlementTooSmall,
    WaiverTooLarge,
    recover,
    settle_for_less,
    take_credit_balance,
    waive,
    write_off,
)
from lending.loans.operations.locking import lock_loan
from lending.loans.operations.receiving import (
    ExcessRefunded,
    NotAReceipt,
    ReceiptNotPositive,
    Received,
    ValueDateInvalid,
    receive,
    reverse_receipt,
)
from lending.loans.operations.renewing import RenewalFacts, RenewalRefused, renew, unmet
from lending.loans.operations.rolling import move_due_dates, moves_between
from lending.loans.operations.stopping import (
    AccrualGoesOn,
    AccrualStaysStopped,
    Stop,
    resume_accrual,
    stop_accrual,
    switch_accruals,
)

__all__ = [
    "AccrualGoesOn",
    "AccrualStaysStopped",
    "CreditTaken",
    "ExcessRefunded",
    "LoanTerms",
    "NoCreditBalance",
    "NotAReceipt",
    "NothingWaived",
    "ReceiptNotPositive",
    "Received",
    "RecoveryTooLarge",
    "RenewalFacts",
    "RenewalRefused",
    "SamePerson",
    "SettlementTooSmall",
    "Stop",
    "TermsNotChangeable",
    "ValueDateInvalid",
    "WaiverTooLarge",
    "activate_loan",
    "apply_rate_changes",
    "book_loan",
    "cancel_loan",
    "change_rate",
    "extend",
    "flag_restructured",
    "lock_loan",
    "move_due_dates",
    "moves_between",
    "pause_interest",
    "re_age",
    "re_amortise",
    "receive",
    "recover",
    "renew",
    "resume_accrual",
    "reverse_receipt",
    "settle_for_less",
    "stop_accrual",
    "switch_accruals",
    "take_credit_balance",
    "unmet",
    "use_credit_balances",
    "waive",
    "write_off",
]
