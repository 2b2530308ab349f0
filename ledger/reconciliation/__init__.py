"""Three-way reconciliation (M-06): a sub-ledger's movements, the books, and what the other side's file says.

The other side is a payment rail (account 1003) or a partner bank (the mirror account 1321): its file comes in
as camt.053.001 or CSV, row by row, once. A run matches by message id, then by amount and date, with no
tolerance; what does not match is a break, coded, ageing in workdays, and closed only by a later match or by a
posting that one person proposes and another approves. All tables here may only grow.

The room knows no lending: the caller passes the sub-ledger's movements as frozen `Item`s.
"""
