"""Drawdowns and the disbursement saga over a payment rail."""
