"""Loans that go bad, across the bank: tiers and stages, expected loss in the books, statistics.

`risk.classification` knows the rules and no loans; this room hands it the bank's loans and lines, and posts
what comes back. It also freezes the population that supervisory statistics are reckoned from.
"""
