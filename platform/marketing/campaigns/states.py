"""The lives of a campaign and an offer; the one table of transitions of each."""

from typing import Final

from django.db import models


class CampaignStatus(models.TextChoices):
    """Where a campaign stands."""

    DRAFT = "draft", "Draft"
    LAUNCHED = "launched", "Launched"
    ENDED = "ended", "Ended"


class OfferStatus(models.TextChoices):
    """Where an offer stands."""

    CREATED = "created", "Created"
    DELIVERED = "delivered", "Delivered"
    VIEWED = "viewed", "Viewed"
    APPLIED = "applied", "Applied"
    REPLACED = "replaced", "Replaced"
    EXPIRED = "expired", "Expired"
    WITHDRAWN = "withdrawn", "Withdrawn"


CAMPAIGN_TRANSITIONS: Final = {
    CampaignStatus.DRAFT: frozenset({CampaignStatus.LAUNCHED}),
    CampaignStatus.LAUNCHED: frozenset({CampaignStatus.ENDED}),
    CampaignStatus.ENDED: frozenset[CampaignStatus](),
}

_ENDINGS: Final = frozenset({OfferStatus.REPLACED, OfferStatus.EXPIRED, OfferStatus.WITHDRAWN})

OFFER_TRANSITIONS: Final = {
    OfferStatus.CREATED: frozenset({OfferStatus.DELIVERED, OfferStatus.VIEWED, OfferStatus.APPLIED})
    | _ENDINGS,
    OfferStatus.DELIVERED: frozenset({OfferStatus.VIEWED, OfferStatus.APPLIED}) | _ENDINGS,
    OfferStatus.VIEWED: frozenset({OfferStatus.APPLIED}) | _ENDINGS,
    OfferStatus.APPLIED: frozenset[OfferStatus](),
    OfferStatus.REPLACED: frozenset[OfferStatus](),
    OfferStatus.EXPIRED: frozenset[OfferStatus](),
    OfferStatus.WITHDRAWN: frozenset[OfferStatus](),
}

OPEN: Final = tuple(status for status, allowed in OFFER_TRANSITIONS.items() if allowed)
