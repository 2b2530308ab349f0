"""Verbs of reconciliation: read a file in, reconcile, own a break, propose its resolution, approve it."""

from ledger.reconciliation.operations.importing import Imported, import_statement
from ledger.reconciliation.operations.resolving import (
    BreakEnded,
    NothingProposed,
    ProposalReplaced,
    ResolutionWrong,
    SameHand,
    approve_resolution,
    assign_break,
    propose_resolution,
    reject_resolution,
)
from ledger.reconciliation.operations.running import Item, ItemState, reconcile

__all__ = [
    "BreakEnded",
    "Imported",
    "Item",
    "ItemState",
    "NothingProposed",
    "ProposalReplaced",
    "ResolutionWrong",
    "SameHand",
    "approve_resolution",
    "assign_break",
    "import_statement",
    "propose_resolution",
    "reconcile",
    "reject_resolution",
]
