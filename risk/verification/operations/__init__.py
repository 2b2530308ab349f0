"""Acts of verification: backtests, and the second signature with what it lets out measured."""

from risk.verification.operations.backtests import DocumentsSame, HistoryEmpty, run_backtest
from risk.verification.operations.publication import approve_publication, approve_split

__all__ = ["DocumentsSame", "HistoryEmpty", "approve_publication", "approve_split", "run_backtest"]
