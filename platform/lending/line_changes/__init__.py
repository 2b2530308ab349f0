"""How a line's limit and price move while it runs: by events, with every version kept (S0-21, J8)."""
