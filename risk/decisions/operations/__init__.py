"""Deciding, foreseeing what would be decided, deciding again beside what was decided, and sealing."""

from risk.decisions.operations.deciding import Foreseen, decide, foresee
from risk.decisions.operations.repeating import decide_again
from risk.decisions.operations.sealing import SealedRun, seal_decisions

__all__ = ["Foreseen", "SealedRun", "decide", "decide_again", "foresee", "seal_decisions"]
