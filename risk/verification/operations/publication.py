"""The second signature: what it lets out is measured in the same transaction, on the bank's own decisions."""

from datetime import date, datetime
from uuid import UUID

from plumbing.sql import in_transaction
from risk.strategies import operations as strategies
from risk.strategies.queries import StrategyView, get_proposal
from risk.verification.queries import challenger_impact, impact_of


@in_transaction
def approve_publication(*, proposal_id: UUID, approved_by: str, now: datetime) -> StrategyView:
    """Publish what another person proposed (R-01), unless it would hit too much of the recent portfolio.

    Refuses what `risk.strategies` refuses: the same person, a second decision, `BlastRadius` with the figure.
    """
    proposal = get_proposal(proposal_id)
    impact = impact_of(
        UUID(proposal.payload["draft"]), on_date=date.fromisoformat(proposal.payload["effective_from"])
    )
    return strategies.approve_publication(
        proposal_id=proposal_id, impact=impact, approved_by=approved_by, now=now
    )


@in_transaction
def approve_split(*, proposal_id: UUID, approved_by: str, now: datetime) -> UUID:
    """Let a challenger decide for its share; its rules are held to the same bound as a new version's."""
    proposal = get_proposal(proposal_id)
    on_date = date.fromisoformat(proposal.payload["effective_from"])
    impact = challenger_impact(
        champion=proposal.strategy_code, challenger=proposal.payload["challenger_code"], on_date=on_date
    )
    return strategies.approve_split(proposal_id=proposal_id, impact=impact, approved_by=approved_by, now=now)
