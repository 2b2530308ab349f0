"""Proof that the books hold: balance, fold, append-only."""
