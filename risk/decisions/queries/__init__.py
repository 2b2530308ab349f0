"""Reading decisions, finding them, running them again, and verifying their chain."""

from risk.decisions.queries.advice import NotDeclined, what_would_change
from risk.decisions.queries.asked import Asked, asked, last_wanted
from risk.decisions.queries.chain import (
    ChainFinding,
    ChainReport,
    SealView,
    chain_head,
    seal_of,
    unsealed_count,
    verify_chain,
)
from risk.decisions.queries.replays import ReplayReport, ReplayView, replay, replay_all
from risk.decisions.queries.search import (
    DecisionRow,
    FailureView,
    Search,
    companions,
    decisions_page,
    shadow_failures,
)
from risk.decisions.queries.stored import (
    PortfolioRow,
    StoredDecision,
    history,
    history_count,
    recent_portfolio,
    stored_decisions,
    stored_facts,
)
from risk.decisions.queries.views import (
    DecisionUnknown,
    DecisionView,
    ReasonView,
    decision_view,
    get_decision,
    reason_views,
    view_of,
)

__all__ = [
    "Asked",
    "ChainFinding",
    "ChainReport",
    "DecisionRow",
    "DecisionUnknown",
    "DecisionView",
    "FailureView",
    "NotDeclined",
    "PortfolioRow",
    "ReasonView",
    "ReplayReport",
    "ReplayView",
    "SealView",
    "Search",
    "StoredDecision",
    "asked",
    "chain_head",
    "companions",
    "decision_view",
    "decisions_page",
    "get_decision",
    "history",
    "history_count",
    "last_wanted",
    "reason_views",
    "recent_portfolio",
    "replay",
    "replay_all",
    "seal_of",
    "shadow_failures",
    "stored_decisions",
    "stored_facts",
    "unsealed_count",
    "verify_chain",
    "view_of",
    "what_would_change",
]
