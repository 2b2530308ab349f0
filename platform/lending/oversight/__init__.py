"""Watching what was lent: what risk may know of borrowers and outcomes, and what the lender does about it.

Hands `risk.warnings` what the bank measures of its borrowers under their consents, `risk.monitoring` how
decisions turned out, and takes the actions that people decide on: review, freeze, cut, hand over.
"""
