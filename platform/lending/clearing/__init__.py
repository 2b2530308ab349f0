"""Money that leaves the bank for other reasons than a loan, over the same rail and with the same saga.

A credit balance goes back to the account it came from and to no other; a settlement batch goes to its party.
Here, too, lies what the rail's file is reconciled with: every instruction as a movement of account 1003.
"""
