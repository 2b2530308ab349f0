"""Renewal without repaying principal (无还本续贷, S3-01, R-14): the checklist, the act, its chain.

The five conditions are evaluated from what the bank holds: findings about the borrower, its takings, its
loans and tiers, what it owes of interest. A renewal that meets them all keeps the loan normal; any other is
new money for old and at least special mention (C-07). Interest is never renewed: it must be paid first.
"""
