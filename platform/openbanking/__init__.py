"""Consent, and the data collected under it."""
