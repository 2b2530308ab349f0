"""The scheduled loan as the fold of its log: pure, no Django.

`replay(contract, events, as_of)` rebuilds a loan from its dated events in the order of their value dates and
says what it looks like in the books: instalments with what is paid of each, overdue balances and their
products, the running span of interest. Every act is the difference of two pictures (ADR 0011).

It is the second calculator beside `lending.loans.position`, the daily interest engine: one contract, the same
products of fen and days, the same half-open days (P-05).
"""

from lending.replay.contract import AsOf, Contract, Event, EventKind
from lending.replay.fold import EventInvalid, replay, replay_both
from lending.replay.non_accrual import AccrualPolicy, Earned, NonAccrual, StopTerms, Waiting
from lending.replay.picture import Parts, Picture, Row, Span

__all__ = [
    "AccrualPolicy",
    "AsOf",
    "Contract",
    "Earned",
    "Event",
    "EventInvalid",
    "EventKind",
    "NonAccrual",
    "Parts",
    "Picture",
    "Row",
    "Span",
    "StopTerms",
    "Waiting",
    "replay",
    "replay_both",
]
