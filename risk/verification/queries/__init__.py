"""Reads of verification: the blast radius before it happens, backtest reports, shadows beside decisions."""

from risk.verification.queries.blast import challenger_impact, impact_of
from risk.verification.queries.comparisons import (
    BacktestUnknown,
    BacktestView,
    ShadowCell,
    ShadowComparison,
    backtest_view,
    backtests,
    get_backtest,
    shadow_comparison,
)

__all__ = [
    "BacktestUnknown",
    "BacktestView",
    "ShadowCell",
    "ShadowComparison",
    "backtest_view",
    "backtests",
    "challenger_impact",
    "get_backtest",
    "impact_of",
    "shadow_comparison",
]
