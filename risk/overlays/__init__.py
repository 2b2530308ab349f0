"""The cycle overlay: one scalar on the log-odds of default, by which a bank leans against the cycle.

Signed by two people with a reason, in force from a day on, and read by decisions as the fact
`rules.cycle_overlay`, so that each decision keeps the one it was made under and replays to the byte.
"""
