"""Schedules: when a loan falls due and how much of it, from its terms alone.

`build_schedule(terms) -> Schedule` is the one entry point: pure, the same rows on every machine. Amounts are
whole minor units of one currency (fen), rates are millionths a year (7.2 % is 72000), dates are plain dates
and periods half-open (the first day counts, the last does not). An instalment is rounded once by the rule the
terms name, interest once a period, and what rounding left over stands in the last row (decision 9).
"""

from kernel.schedules.build import build_schedule
from kernel.schedules.terms import (
    Fee,
    FeeBasis,
    FeeTiming,
    GraceRule,
    Instalment,
    InterestBasis,
    Method,
    Payment,
    RateChange,
    RateChangeRule,
    Row,
    Schedule,
    ScheduleTerms,
    Tranche,
)

__all__ = [
    "Fee",
    "FeeBasis",
    "FeeTiming",
    "GraceRule",
    "Instalment",
    "InterestBasis",
    "Method",
    "Payment",
    "RateChange",
    "RateChangeRule",
    "Row",
    "Schedule",
    "ScheduleTerms",
    "Tranche",
    "build_schedule",
]
