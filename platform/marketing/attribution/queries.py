"""Reads: what a campaign brought, from offer to draw."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Sum

from kernel.money import Money
from marketing.attribution.models import Attribution
from marketing.campaigns.queries import campaign_funnel


@dataclass(frozen=True, slots=True)
class AttributionView:
    """A draw and the offer it came of."""

    id: UUID
    offer_id: UUID
    campaign_id: UUID
    drawdown_id: UUID
    amount: Money
    attributed_at: datetime


@dataclass(frozen=True, slots=True)
class CampaignResults:
    """The funnel: offers made, those that reached each step, draws and their sum."""

    campaign_id: UUID
    offers: int
    delivered: int
    viewed: int
    applied: int
    offers_drawn: int
    draws: int
    amount_drawn: Money


def attribution_view(row: Attribution) -> AttributionView:
    """Return the attribution as a frozen value."""
    return AttributionView(
        row.pk, row.offer_id, row.campaign_id, row.drawdown_id, row.amount, row.attributed_at
    )


def campaign_results(*, campaign_id: UUID) -> CampaignResults:
    """Return what a campaign brought; an offer counts at each step it reached, whatever came later."""
    reached = campaign_funnel(campaign_id=campaign_id)
    sums = Attribution.objects.filter(campaign_id=campaign_id).aggregate(
        draws=Count("id"), offers_drawn=Count("offer_id", distinct=True), amount=Sum("amount")
    )
    amount = sums["amount"] or 0
    return CampaignResults(
        campaign_id=campaign_id,
        offers=reached.offers,
        delivered=reached.delivered,
        viewed=reached.viewed,
        applied=reached.applied,
        offers_drawn=sums["offers_drawn"],
        draws=sums["draws"],
        amount_drawn=amount if isinstance(amount, Money) else Money(int(amount)),
    )
