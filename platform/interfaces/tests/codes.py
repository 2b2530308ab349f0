"""Codes that pages show and no table lists: what `said` must know besides statuses and kinds."""

from typing import Final

from interfaces.ops.bank_setup import STEPS as SETUP_STEPS
from lending.day_end.operations import STEPS
from lending.scoreboard import METER_NAMES
from openbanking.consents.catalogue import DATA_CLASSES, PURPOSES

BOOKS: Final = (
    "debits equal credits on every booking date, per currency",
    "every posted entry balances, with the lines and dates it announces",
    "every posting belongs to a posted entry and an account",
    "balances equal the postings",
    "guarded accounts hold what is pending",
    "account days equal the postings",
    "closings run on from day to day",
    "nothing was posted into a closed period or before the books began",
    "a reversal mirrors what it reverses",
    "what is pending is known",
    "content hashes match the contents",
)
LOANS: Final = (
    *("loans.principal", "loans.accrued_interest", "loans.penalty_receivable", "loans.in_flight"),
    *("loans.log_is_projection", "lines.drawn_and_held", "rails.booked_once", "loans.accrual_not_behind"),
)
ENTRIES: Final = (
    *("loan.disbursing", "loan.paying_out", "loan.repayment", "loan.counter_receipt", "loan.reallocation"),
    *("loan.interest_correction", "loan.penalty_correction", "day_end.interest_accrual"),
    *("day_end.penalty_accrual", "settlement.funded", "reversal"),
)
LOAN_PURPOSES: Final = ("working_capital", "stock_purchase", "rent_and_wages", "equipment_repair")
STAGES: Final = ("admit", "pd", "grade", "limit", "price", "watch", "verdict")
TRACE: Final = (
    *("hit", "miss", "unknown", "binding", "points", "points_lost", "pd_of_card", "log_odds_shift", "figure"),
    *(
        "asked",
        "carried",
        "minimum",
        "floor",
        "grade_rate",
        "cap",
        "rate",
        "alarm_below",
        "declines",
        "refers",
    ),
)
CAPS: Final = ("receipts", "growth", "ladder", "product_max", "asked")
AUDIENCE: Final = (
    *("median_daily_receipts_min", "active_days_min", "window_days", "history_days_min", "refund_rate_max"),
)
PHRASES: Final = (  # of HTTP statuses; 413 and 422 were renamed in Python 3.13
    *("Bad Request", "Unauthorized", "Forbidden", "Not Found", "Method Not Allowed", "Not Acceptable"),
    *("Conflict", "Request Entity Too Large", "Content Too Large", "Unsupported Media Type"),
    *("Unprocessable Entity", "Unprocessable Content", "Too Many Requests", "Internal Server Error"),
    "Service Unavailable",
)
OTHER_CODES: Final = (
    *(*BOOKS, *LOANS, *ENTRIES, *LOAN_PURPOSES, *STAGES, *TRACE, *CAPS, *AUDIENCE, *PHRASES),
    *(*STEPS, *METER_NAMES, *PURPOSES, *DATA_CLASSES, *(name for name, _ in SETUP_STEPS)),
)
