"""Repayments: collection over a rail, allocation, back-dated receipts."""
