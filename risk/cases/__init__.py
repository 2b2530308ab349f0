"""The cases that people decide: referred applications, alarms of the monitors, early warnings.

A case says what it is about, when it must be answered and what speaks for what; everything that happens to it
is written down for good. One subject has at most one open case of a kind. What a decision leads to (an
application approved, a line frozen) is done by whoever owns that thing; the case records that it was.
"""
