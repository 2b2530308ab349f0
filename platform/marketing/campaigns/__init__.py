"""Campaigns with an audience rule over receipts, and the offers they make."""
