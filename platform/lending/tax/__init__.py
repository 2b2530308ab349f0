"""VAT on interest: which loans are exempt, the evidence frozen at the drawdown, the split of every amount.

An exemption that is not accounted for separately is lost (T-01), so each loan carries a tag from its drawdown
on, and each amount of interest goes to the account its tag names: exempt 6011.01, taxed 6011.02 and 2221.01.
"""
