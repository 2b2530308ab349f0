"""Guarded balances, folded balances and closed account days."""
