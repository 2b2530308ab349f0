"""Service requests: what a borrower, or a scene for it, asks of the bank, and what the bank answers.

Here and not among the parties, because trouble with repaying speaks of a loan, and the day by which a
complaint is answered is a rule the bank has adopted: from this floor both are seen. A request changes no
loan: what is agreed on is done by the room that does it.
"""
