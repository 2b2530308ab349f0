"""Verbs of the journal: post, settle, void, reverse; close accounts, open and close periods.

A refusal leaves nothing behind and the caller's transaction usable.
"""

from ledger.journal.operations.closing import (
    AccountInUse,
    PeriodOutOfOrder,
    PeriodPending,
    close_account,
    close_ended_periods,
    close_period,
    fund_settlement_account,
    hold_books_alone,
    open_period,
)
from ledger.journal.operations.outcomes import (
    NotPending,
    PendingExpired,
    settle_pending,
    void_expired,
    void_pending,
)
from ledger.journal.operations.posting import (
    AccountClosed,
    AlreadyReversed,
    BalanceLimitReached,
    IdempotencyConflict,
    InsufficientFunds,
    NotReversible,
    PeriodClosed,
    post_entries,
    post_entry,
)
from ledger.journal.operations.reversing import (
    reverse_entry,
)

__all__ = [
    "AccountClosed",
    "AccountInUse",
    "AlreadyReversed",
    "BalanceLimitReached",
    "IdempotencyConflict",
    "InsufficientFunds",
    "NotPending",
    "NotReversible",
    "PendingExpired",
    "PeriodClosed",
    "PeriodOutOfOrder",
    "PeriodPending",
    "close_account",
    "close_ended_periods",
    "close_period",
    "fund_settlement_account",
    "hold_books_alone",
    "open_period",
    "post_entries",
    "post_entry",
    "reverse_entry",
    "settle_pending",
    "void_expired",
    "void_pending",
]
