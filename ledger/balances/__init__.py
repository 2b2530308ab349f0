"""Guarded balances with their limits, folded balances and closed account days.

How hot an account is costs nothing: an ordinary account has no row that postings wait for. They are numbered
as they are booked, and the fold carries them into balances and days a moment later; an exact read adds the
tail that it has not reached. Only a guarded account (where something must be refused) is moved, and locked,
inside the posting: keep guards to accounts that need one, and post many small movements of one as a batch.
"""
