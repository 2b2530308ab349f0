"""Loan products in immutable, maker-checked versions, and quotes from them."""
