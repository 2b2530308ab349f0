"""Reads: campaigns and offers as frozen views."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from marketing.campaigns.models import Campaign, Offer
from marketing.campaigns.states import OPEN, OfferStatus


class OfferNotFound(Refusal):
    """There is no such offer, or it was made through another scene: the answer is the same."""

    code = "campaigns.offer_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no such offer."


class CampaignNotFound(Refusal):
    """There is no such campaign."""

    code = "campaigns.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no such campaign."


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign with its offers counted by status."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    product_code: str
    rule: dict[str, object]
    amount_min: Money
    amount_max: Money
    offer_days: int
    status: str
    created_at: datetime
    launched_at: datetime | None
    offers: dict[str, int]


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer; `expires_date` is the first day on which it no longer holds."""

    id: UUID
    campaign_id: UUID
    enterprise_id: UUID
    scene_id: UUID
    product_code: str
    max_amount: Money
    status: str
    offered_date: date
    expires_date: date
    replaces: UUID | None
    application_id: UUID | None
    created_at: datetime
    delivered_at: datetime | None
    viewed_at: datetime | None
    applied_at: datetime | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many offers of a campaign were made, and how many reached each step, whatever became of them."""

    offers: int
    delivered: int
    viewed: int
    applied: int


def campaign_view(campaign: Campaign) -> CampaignView:
    """Return the campaign as a frozen value."""
    counted = campaign.offers.order_by().values_list("status").annotate(count=Count("id"))
    return CampaignView(
        id=campaign.pk,
        code=campaign.code,
        name_zh=campaign.name_zh,
        name_en=campaign.name_en,
        product_code=campaign.product_code,
        rule=campaign.rule,
        amount_min=campaign.amount_min,
        amount_max=campaign.amount_max,
        offer_days=campaign.offer_days,
        status=campaign.status,
        created_at=campaign.created_at,
        launched_at=campaign.launched_at,
        offers=dict(counted),
    )


def offer_view(offer: Offer) -> OfferView:
    """Return the offer as a frozen value."""
    return OfferView(
        id=offer.pk,
        campaign_id=offer.campaign_id,
        enterprise_id=offer.enterprise_id,
        scene_id=offer.scene_id,
        product_code=offer.product_code,
        max_amount=offer.max_amount,
        status=offer.status,
        offered_date=offer.offered_date,
        expires_date=offer.expires_date,
        replaces=offer.replaces_id,
        application_id=offer.application_id,
        created_at=offer.created_at,
        delivered_at=offer.delivered_at,
        viewed_at=offer.viewed_at,
        applied_at=offer.applied_at,
    )


def campaigns() -> tuple[CampaignView, ...]:
    """Return every campaign, newest first."""
    return tuple(campaign_view(row) for row in Campaign.objects.order_by("-id"))


def get_campaign(*, campaign_id: UUID) -> CampaignView:
    """Return one campaign."""
    found = Campaign.objects.filter(pk=campaign_id).first()
    if found is None:
        raise CampaignNotFound(campaign_id=campaign_id)
    return campaign_view(found)


def get_offer(*, offer_id: UUID, scene_id: UUID | None) -> OfferView:
    """Return an offer; a scene sees only those made through it, the bank (None) all."""
    rows = Offer.objects.filter(pk=offer_id)
    if scene_id is not None:
        rows = rows.filter(scene_id=scene_id)
    found = rows.first()
    if found is None:
        raise OfferNotFound(offer_id=offer_id)
    return offer_view(found)


def offers_for(
    *,
    scene_id: UUID | None,
    enterprise_id: UUID | None = None,
    open_on: date | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> tuple[OfferView, ...]:
    """Return offers, newest first: of a scene (None: of all), of an enterprise, only those open on a day."""
    rows = Offer.objects.order_by("-id")
    if scene_id is not None:
        rows = rows.filter(scene_id=scene_id)
    if enterprise_id is not None:
        rows = rows.filter(enterprise_id=enterprise_id)
    if open_on is not None:
        rows = rows.filter(status__in=OPEN, expires_date__gt=open_on)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    if before is not None:
        rows = rows.filter(created_at__lt=before)
    if after is not None:
        rows = rows.filter(id__lt=after)
    return tuple(offer_view(row) for row in rows[:limit])


def is_open(offer: OfferView, *, on_date: date) -> bool:
    """Tell whether an offer can still be taken on a day."""
    return OfferStatus(offer.status) in OPEN and on_date < offer.expires_date


def campaign_funnel(*, campaign_id: UUID) -> Funnel:
    """Return how far a campaign's offers came; a later step implies those before it."""
    counted = Offer.objects.filter(campaign_id=campaign_id).aggregate(
        offers=Count("id"),
        delivered=Count("id", filter=_reached("delivered_at", "viewed_at", "applied_at")),
        viewed=Count("id", filter=_reached("viewed_at", "applied_at")),
        applied=Count("id", filter=_reached("applied_at")),
    )
    return Funnel(**counted)


def _reached(*instants: str) -> Q:
    reached = Q()
    for instant in instants:
        reached |= Q(**{f"{instant}__isnull": False})
    return reached
