"""How decisions turned out, and whether the world still is the one that the models were made for.

Outcomes are given in by whoever services the loans, as frozen values, and only grow; every report can be
asked as of a day in the past. Monitoring leads with outcomes, because a population-stability index stays
green while a cycle turns (`risk.md`, finding 2). Alarms are calibrated: what they cost in false alarms is a
theorem, and a test. Promises nothing about single borrowers: that is `risk.warnings`.
"""
