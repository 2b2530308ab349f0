"""What a draft or a challenger would do to the recent portfolio, before anybody signs it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from risk.decisions.queries import recent_portfolio
from risk.strategies.document import Strategy
from risk.strategies.impact import Impact
from risk.strategies.queries import (
    StrategyMissing,
    compile_strategy,
    get_draft,
    publishing_policy,
    strategy_in_force,
)
from risk.verification.impact import measure

PORTFOLIO_MOST: Final = 2_000  # the newest ones; more would not change a share of half


def impact_of(draft_id: UUID, *, on_date: date) -> Impact:
    """Return what publishing a draft would do; raises `DraftUnknown`, and what compiling it raises."""
    draft = get_draft(draft_id)
    return _measured(draft.document, compile_strategy(draft), champion=draft.code, on_date=on_date)


def challenger_impact(*, champion: str, challenger: str, on_date: date) -> Impact:
    """Return what a published challenger would do to the champion's borrowers."""
    view = strategy_in_force(on_date, code=challenger)
    return _measured(view.document, compile_strategy(view), champion=champion, on_date=on_date)


def _measured(document: Mapping[str, Any], compiled: Strategy, *, champion: str, on_date: date) -> Impact:
    try:
        old = strategy_in_force(on_date, code=champion).document
    except StrategyMissing:
        old = None
    days = timedelta(days=publishing_policy(on_date).portfolio_days)
    portfolio = recent_portfolio(code=champion, from_date=on_date - days, limit=PORTFOLIO_MOST)
    return measure(document, compiled, old=old, portfolio=portfolio)
