"""Codes that pages show and no table lists: what `said` must know besides statuses and kinds."""

from typing import Final

from interfaces.ops.bank_setup import STEPS as SETUP_STEPS
from ledger.chart.first_rules import FIRST_RULES
from lending.day_end.operations import STEPS
from lending.loans.queries.payments import InstalmentStatus
from lending.scoreboard import METER_NAMES
from openbanking.consents.catalogue import DATA_CLASSES, PURPOSES
from risk.cases.states import OUTCOMES
from risk.warnings.policy import FIRST_POLICY

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
    "seals chain from the first to the last",
    "sealed lines stand as they were sealed",
)
LOANS: Final = (
    *("loans.principal", "loans.accrued_interest", "loans.penalty_receivable", "loans.in_flight"),
    *("loans.log_is_projection", "lines.drawn_and_held", "rails.booked_once", "loans.accrual_not_behind"),
    *("loans.replay_is_projection", "joint.mirror_asset", "joint.mirror_liability"),
    *("loans.output_vat", "loans.credit_balance", "loans.deferred_fees", "loans.fee_curve_is_replay"),
    "loans.interest_in_memo",
)
ENTRIES: Final = (
    *("loan.disbursing", "loan.paying_out", "loan.repayment", "loan.counter_receipt", "loan.reallocation"),
    *("loan.interest_correction", "loan.penalty_correction", "day_end.interest_accrual"),
    *("day_end.penalty_accrual", "settlement.funded", "reversal"),
    *("deferred.amortised", "deferred.written_off"),
    *("day_end.non_accrual", "loan.non_accrual", "loan.accrual_return", "loan.credit_use"),
)
FIGURES: Final = (
    *("business_date", "open_payments", "open_payments_amount", "open_collections"),
    *("open_collections_amount", "interest", "penalty", "loans", "entries", "accrued_through", "postings"),
    *("account_days", "month", "checked", "wrong", "stale", "books", "difference", "differing", "lines"),
    *("drawn", "held", "over_limit", "instructions", "unbooked", "misbooked", "days_behind"),
    *("amount", "fees"),
    *("due", "principal", "crossed", "by_rules", "tier_changes", "stage_changes", "exposures"),
    *("stage_1", "stage_2", "stage_3", "commitment", "root", "refusal", "reason", "sub_ledger"),
    *("statements", "from_credit", "stopped", "changed", "resumed"),
)
REPORTS: Final = (
    *("Account", "Name", "Debits", "Credits", "Balance", "Total", "no product", "Control", "Accounts"),
    *("General ledger", "Sub-ledger", "Difference", "Month", "Interest, exempt", "Interest, taxable"),
    *("Penalty interest", "Fees", "VAT charged", "VAT reversed or settled", "Line", "Stage 1", "Stage 2"),
    *("Stage 3", "Commitments", "Entry", "Kind", "Reference", "Booked", "Valued", "Debit", "Credit"),
    *("assets", "liabilities", "equity", "liabilities_and_equity", "income", "expense", "result", "total"),
    *("off_balance_sheet", "vat_by_kind_of_entry"),
    *("opening", "closing", "charge", "release", "stage_transfer", "write_off", "recovery", "first_loss"),
    *("other", "Debits = credits", "Assets = liabilities + equity", "The split equals the account days"),
    *("VAT by month = VAT by kind of entry", "Opening + movements = closing"),
    *("Transfers between stages cancel out", "The lines lead to the balance"),
    *(
        "Product or stage",
        "Loans owed",
        "Non-performing",
        "Allowance",
        "Provision coverage",
        "floor",
        "overlay",
    ),
    *("Loan provision ratio", "The books hold the allowance reckoned"),
    *("Provision coverage is at its floor or above", "Loan provision ratio is at its floor or above"),
    *(rules.event for rules in FIRST_RULES),
)
LOAN_PURPOSES: Final = ("working_capital", "stock_purchase", "rent_and_wages", "equipment_repair")
STAGES: Final = (
    *("admit", "fraud", "cross", "dual", "house", "graph", "pd", "grade", "limit", "price", "watch"),
    *("alternatives", "verdict"),
)
TRACE: Final = (
    *("smaller", "shorter", "secured", "churn", "worth"),
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
TRACE_MORE: Final = (  # figures and outcomes of the stages of format 2
    *("said", "value", "sources", "families", "may be unknown", "estimate", "deviation", "evidence"),
    *("declared", "equity", "gap", "owner", "enterprise", "person", "house", "cell", "band", "card"),
    *("limit_factor", "score", "weight", "weight_percent", "known_weight", "room", "outcome", "good", "bad"),
    *("cycle_overlay", "labels", "first_party", "third_party", "clear", "too_little", "note"),
    *("confirmed", "soft", "conflict", "unverifiable", "turnover", "margin", "inventory", "employees"),
    *("debt", "output", "annual_rate", "yes", "no"),
    *("scene", "registry", "bank"),
)
CASES: Final = (  # a case: its acts, outcomes, reasons and evidence; the first policy's signals
    *("proposed", "rejected", "fresh_days"),
    *("opened", "added", "noted", "machine", "referred", "application", "monitor", "warning", "counts"),
    *("reference", "signals", "actions", "measure", "op", "product", "business", "purpose", "on_date"),
    *(outcome for outcomes in OUTCOMES.values() for outcome in sorted(outcomes)),
    *(str(row["signal"]) for row in FIRST_POLICY["signals"]),
    *(action for actions in FIRST_POLICY["actions"].values() for action in actions),
)
SERVICE: Final = ("taken", "extended")  # steps of a service request that are no statuses
WATCH: Final = ("stable", "moving", "shifted", "calibration")
CAPS: Final = ("receipts", "growth", "ladder", "product_max", "asked")
AUDIENCE: Final = (
    *("median_daily_receipts_min", "active_days_min", "window_days", "history_days_min", "refund_rate_max"),
)
PHRASES: Final = (  # of HTTP statuses; 413 and 422 were renamed in Python 3.13
    *("Bad Request", "Unauthorized", "Forbidden", "Not Found", "Method Not Allowed", "Not Acceptable"),
    *("Conflict", "Request Entity Too Large", "Content Too Large", "Unsupported Media Type"),
    *("Unprocessable Entity", "Unprocessable Content", "Too Many Requests", "Internal Server Error"),
    *("Service Unavailable", "Precondition Failed", "Precondition Required"),
)
STRATEGY: Final = (  # names of a document's parts, as the editor shows them
    *("rules", "tables", "caps", "watch", "steps", "first", "collect", "sum", "max", "min", "round"),
    *("in", "known", "true", "false", "code", "row", "on_miss", "on_hit", "on_unknown", "reason", "outcome"),
    *("pass", "note", "minimum_sources", "shift_reason_en", "shift_reason_zh", "review", "pd_up_to"),
    *("step", "recipe", "parameters", "daily_fact", "fallback_fact", "fallback_factor", "multiple"),
    *("uplift", "rungs", "amount", "day_basis", "cost_of_funds", "operating_cost", "capital_charge"),
    *("loss_given_default", "rates", "signal", "ratio", "share", "abstention", "rule", "subject", "draft"),
    *("portfolio_days", "portfolio_count_min", "snooze_days_max", "hit_share_max", "effective_from"),
    *("effective_to", "challenger_code", "limit_max", "month_amount_max", "in_force", "superseded"),
    *("scheduled", "proposed", "rejected", "sector", "age", "all", "enterprise", "grade_before", "new"),
    *("established", "none", "up_to_50000", "up_to_200000", "above_200000", "agriculture", "education"),
    *("accommodation_food", "administrative", "construction", "finance", "health", "information"),
    *("manufacturing", "mining", "other_services", "professional", "real_estate", "recreation", "retail"),
    *("transport", "utilities", "wholesale"),
)
INSTALMENTS: Final = tuple(status.value for status in InstalmentStatus)
PORTAL: Final = ("offer_tile", "dashboard", "ratings", "tax_filings", "waybills")  # components, clusters
OTHER_CODES: Final = (
    *(*BOOKS, *LOANS, *FIGURES, *ENTRIES, *LOAN_PURPOSES, *STAGES, *TRACE, *CAPS, *AUDIENCE, *PHRASES),
    *(*REPORTS, *INSTALMENTS, *STRATEGY, *TRACE_MORE, *CASES, *SERVICE, *WATCH, *PORTAL, "live", "reasons"),
    *(*STEPS, *METER_NAMES, *PURPOSES, *DATA_CLASSES, *(name for name, _ in SETUP_STEPS)),
)
