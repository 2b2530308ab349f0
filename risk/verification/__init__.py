"""Proof before change: two documents on the same history, a draft beside live decisions, the blast radius.

Nothing here decides. What is measured is stored as it was measured, and what is published was measured first.
"""
