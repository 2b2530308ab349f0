"""Seals: who holds a day's root can prove, without us, that nobody rewrote what was booked until then.

Every posting line, in the order in which the fold numbered it, has canonical bytes; a run of lines is sealed
by the SM3 root of their Merkle tree, chained to the root before it. Sealing runs beside the posting path,
one writer a bank at a time, and never waits for it. The journal of any days is exported with its seals, and
`ledger/verifier/verify_journal.py`, a file that needs nothing of this project, names the line that was
altered.
"""
