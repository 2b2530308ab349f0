"""Which offer led to which drawdown."""
