"""Loans (one per drawdown), their append-only transactions and positions."""
