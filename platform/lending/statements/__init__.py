"""The monthly statement of a credit line (对账单, S2-46): what was drawn, charged and paid, what is asked.

A statement is a document of record: it is written once a line and month, hashed (SM3 and SHA-256), and never
changes. It takes every row of the loans' logs written since the one before, whatever its value date, so that
a correction keyed late is on the next statement and closing is always the next opening.

There is no second accrual engine. What is owed is what the loans owe; the statement adds them up and asks for
a minimum. The minimum holds all that the loans let fall due until the payment date, so that whoever pays it
in time has nothing overdue anywhere; beyond that it is the statement's own: what is short of it is overdue on
the next statement and asked for again, and bears nothing that the loans do not bear.
"""
