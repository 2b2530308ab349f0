"""What the bank and other parties (partner banks, scenes, guarantors, platform) owe each other, and its end.

What is owed accrues as it happens, is netted once a day and party into a batch with its lines and an SM3 of
its file, is acknowledged by the party, paid by the bank over its rail (or by the party to the bank), and then
settled; or it is disputed. The platform computes and instructs: it never holds money (M-01), and there is no
account for it to do so.
"""
