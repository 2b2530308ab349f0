"""Credit enhancement (增信, S2-14): guarantors, guarantees of a line, claims (代偿), recoveries (追偿).

A guarantor answers for a share of what a line's loans owe, up to a cap. After so many days past due the bank
claims; what the guarantor accepts leaves the loan and is owed by the guarantor, what it pays ends that. From
then on the claim on the borrower is the guarantor's for its share (subrogation): the bank goes on collecting
and shares what comes in by the coverage.

Only who holds a licence guarantees (R-13), and a fee that the borrower bears is part of what the credit costs
(R-10, R-11): a guarantee that takes it above the cap of the day is refused with the figure.
"""
