"""Early warning of borrowers: signals as data, from measures to a level and from a level to actions (S2-07).

A measure is a number about a subject on a day (days without an invoice, turnover against before). The signed
policy says which measures are signals, from where on, and how grave. Callers hand in what they can measure as
a SELECT, others' sightings are recorded one by one; the room judges all subjects in one statement, keeps
every change of level, and opens a case when one rises. What is not measured clears nothing. Acting is the
lender's.
"""
