"""Five-tier classification, cure and restructure clocks, IFRS 9 stages and expected credit loss.

The rules are pure and take days, amounts and policies. The tables hold each exposure's tier and stage with
their history, the bank's signed ECL policy, its overlays, and the results of each run. The room knows ids and
balances of exposures, never what they are: a caller passes its exposures as a SELECT of agreed columns.
"""
