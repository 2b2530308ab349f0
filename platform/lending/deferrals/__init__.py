"""Fees that are part of a loan's yield: held back from the payout, earned over its life (CAS 22, B5.4).

A fee that the bank charges the borrower for a draw is deferred (L3, 1303.03) when the loan is booked, without
the VAT on it, which is owed at once. It becomes interest income day by day at the loan's effective rate; what
is left is released when the loan is repaid, lowers the loss when it is written off, and comes back when a
repayment is reversed. It waits while the loan does not accrue (E-04). Parts add up to the fee to the fen.

The room keeps one row a loan that has such a fee, with its curve: how much has been earned before each of its
days, in fen. A curve is a function of the loan's log (`curve.curve_of`); a stored one makes the daily
amortisation of a whole book one sum, exact to the fen, and is proven by reckoning it again. It knows no
loans: `lending.loans.yields` says what is expected of a loan.
"""
