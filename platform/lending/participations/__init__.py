"""Joint loans (联合贷款): two banks lend to one borrower, each by its own decision and in its own books (J9).

The lead services the loan. The partner funds its share of it, at least 30 % (R-02), and the lead's balance
with one partner, and with all of them, stays under the caps (R-03, R-04). Whatever happens to the loan is
read from its log and split by one rule (`shares`), so the parts always add up and a reversal undoes exactly
what it reverses. On the lead's books the partner's part stands in a mirror, Dr 1321 / Cr 2314, that nets to
nothing; what the loan earns is shared day by day (`accruals`), and each bank's books hold its own part and
the VAT on that. Between the banks go messages, never a transaction: each works in its own schema.
"""
