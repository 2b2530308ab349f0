"""Deciding, deciding again beside what was decided, and sealing."""

from risk.decisions.operations.deciding import decide
from risk.decisions.operations.repeating import decide_again
from risk.decisions.operations.sealing import SealedRun, seal_decisions

__all__ = ["SealedRun", "decide", "decide_again", "seal_decisions"]
