"""Verbs: note that a draw came of an offer."""

from datetime import datetime
from uuid import UUID

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from marketing.attribution.models import Attribution
from marketing.attribution.queries import AttributionView, attribution_view
from marketing.campaigns.queries import get_offer
from marketing.campaigns.states import OfferStatus
from plumbing.sql import in_transaction


class OfferNotTaken(Refusal):
    """Nobody applied on this offer, so no draw can come of it."""

    code = "attribution.offer_not_taken"
    kind = Kind.CONFLICT
    message = "The offer is {current}: no draw can come of an offer nobody applied on."


class AttributedElsewhere(Refusal):
    """The draw is already attributed, to another offer or with another amount."""

    code = "attribution.attributed_elsewhere"
    kind = Kind.CONFLICT
    message = "This draw is already attributed to another offer or amount."


class DrawAmountInvalid(Refusal):
    """A draw is of more than nothing."""

    code = "attribution.amount_invalid"
    kind = Kind.INVALID
    message = "A draw of {amount} cannot be attributed."


@in_transaction
def attribute_draw(*, offer_id: UUID, drawdown_id: UUID, amount: Money, now: datetime) -> AttributionView:
    """Attribute a draw to the offer it came of; the same call again returns the same attribution."""
    offer = get_offer(offer_id=offer_id, scene_id=None)
    if offer.status != OfferStatus.APPLIED:
        raise OfferNotTaken(current=offer.status)
    if amount <= Money.zero():
        raise DrawAmountInvalid(amount=amount)
    row, _ = Attribution.objects.get_or_create(
        drawdown_id=drawdown_id,
        defaults={
            "offer_id": offer_id,
            "campaign_id": offer.campaign_id,
            "amount": amount,
            "attributed_at": now,
        },
    )
    if (row.offer_id, row.amount) != (offer_id, amount):
        raise AttributedElsewhere
    return attribution_view(row)
