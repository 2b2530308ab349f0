"""Verbs: draft and launch a campaign, make its offers, move an offer along its life."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from marketing.campaigns.audience import AudienceRule, OfferTerms, Selected, select
from marketing.campaigns.models import Campaign, Offer
from marketing.campaigns.queries import (
    CampaignNotFound,
    CampaignView,
    OfferNotFound,
    OfferView,
    campaign_view,
    offer_view,
)
from marketing.campaigns.states import (
    CAMPAIGN_TRANSITIONS,
    OFFER_TRANSITIONS,
    OPEN,
    CampaignStatus,
    OfferStatus,
)
from openbanking.consents.queries import consented
from openbanking.receipts.queries import audience
from plumbing.outbox.bulk import EventDraft, emit_many
from plumbing.sql import in_transaction

PURPOSE: Final = "marketing"
DATA_CLASS: Final = "receipts"
AMOUNT_MIN: Final = Money(500_000)
AMOUNT_MAX: Final = Money(30_000_000)
STEP: Final = Money(100_000)


class CampaignInvalid(Refusal):
    """The campaign lacks something or its figures do not fit together."""

    code = "campaigns.invalid"
    kind = Kind.INVALID
    message = "The campaign's {field} is missing or not valid."


class CampaignExists(Refusal):
    """Another campaign has this code."""

    code = "campaigns.code_taken"
    kind = Kind.CONFLICT
    message = "There is already a campaign {given}."


class CampaignStateConflict(Refusal):
    """The campaign is in another state."""

    code = "campaigns.state_conflict"
    kind = Kind.CONFLICT
    message = "The campaign is {current}; this needs it to be {allowed}."


class OfferStateConflict(Refusal):
    """The offer has moved on: applied for, replaced or withdrawn."""

    code = "campaigns.offer_state_conflict"
    kind = Kind.CONFLICT
    message = "The offer is {current} and cannot become {asked}."


class OfferExpired(Refusal):
    """The offer's last day has passed."""

    code = "campaigns.offer_expired"
    message = "The offer held until {expires_date}."


@in_transaction
def draft_campaign(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    product_code: str,
    rule: dict[str, object],
    max_amount_multiple: Decimal | str,
    offer_days: int,
    now: datetime,
    amount_min: Money = AMOUNT_MIN,
    amount_max: Money = AMOUNT_MAX,
    step: Money = STEP,
) -> CampaignView:
    """Draft a campaign: `rule` chooses the audience, an offer is `max_amount_multiple` median days' takings.

    The amount is rounded down to whole `step`s; below `amount_min` no offer is made, `amount_max` caps it.
    """
    AudienceRule.parse(rule)
    multiple = Decimal(max_amount_multiple)
    sound = {
        "code": 0 < len(code) <= 40,
        "name": bool(name_zh.strip() and name_en.strip()),
        "product": bool(product_code),
        "multiple": multiple.is_finite() and 0 < multiple <= 1000,
        "days": 0 < offer_days <= 366,
        "amounts": Money(0) < step and Money(0) < amount_min <= amount_max,
    }
    for field, is_sound in sound.items():
        if not is_sound:
            raise CampaignInvalid(field=field)
    if Campaign.objects.filter(code=code).exists():
        raise CampaignExists(given=code)
    campaign = Campaign.objects.create(
        code=code,
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        product_code=product_code,
        rule=rule,
        days_of_takings=multiple,
        step=step,
        amount_min=amount_min,
        amount_max=amount_max,
        offer_days=offer_days,
        status=CampaignStatus.DRAFT,
        created_at=now,
    )
    return campaign_view(campaign)


def _locked_campaign(campaign_id: UUID) -> Campaign:
    campaign = Campaign.objects.select_for_update().filter(pk=campaign_id).first()
    if campaign is None:
        raise CampaignNotFound(campaign_id=campaign_id)
    return campaign


def _move_campaign(campaign_id: UUID, to_status: CampaignStatus) -> Campaign:
    campaign = _locked_campaign(campaign_id)
    if to_status not in CAMPAIGN_TRANSITIONS[CampaignStatus(campaign.status)]:
        before = [status.value for status, after in CAMPAIGN_TRANSITIONS.items() if to_status in after]
        raise CampaignStateConflict(current=campaign.status, allowed=", ".join(before))
    campaign.status = to_status
    return campaign


@in_transaction
def launch_campaign(*, campaign_id: UUID, now: datetime) -> CampaignView:
    """Launch a drafted campaign; from then on offers may be made."""
    campaign = _move_campaign(campaign_id, CampaignStatus.LAUNCHED)
    campaign.launched_at = now
    campaign.save(update_fields=["status", "launched_at"])
    return campaign_view(campaign)


@in_transaction
def end_campaign(*, campaign_id: UUID, now: datetime) -> CampaignView:
    """End a campaign and withdraw its open offers."""
    campaign = _move_campaign(campaign_id, CampaignStatus.ENDED)
    campaign.save(update_fields=["status"])
    for offer in Offer.objects.select_for_update().filter(campaign=campaign, status__in=OPEN).order_by("id"):
        _move(offer, OfferStatus.WITHDRAWN, now=now)
    return campaign_view(campaign)


@in_transaction
def make_offers(*, campaign_id: UUID, as_of_date: date, now: datetime) -> int:
    """Make the offers of a launched campaign over the takings before `as_of_date`; return how many are new.

    Only enterprises whose marketing consent covers receipts are looked at (D-03). An open offer of the same
    product and amount stays; one of another amount is replaced. Running it again the same day makes none.
    """
    campaign = _locked_campaign(campaign_id)
    if campaign.status != CampaignStatus.LAUNCHED:
        raise CampaignStateConflict(current=campaign.status, allowed=CampaignStatus.LAUNCHED.value)
    rule = AudienceRule.parse(campaign.rule)
    selected = select(
        audience(period=Period.last_days(rule.window_days, before=as_of_date)),
        rule=rule,
        terms=OfferTerms(campaign.days_of_takings, campaign.step, campaign.amount_min, campaign.amount_max),
        consented=consented(purpose=PURPOSE, data_class=DATA_CLASS, now=now),
        as_of_date=as_of_date,
    )
    replaced = _clear_way(campaign, selected, as_of_date=as_of_date, now=now)
    offers = [
        Offer(
            campaign=campaign,
            enterprise_id=chosen.enterprise_id,
            scene_id=chosen.scene_id,
            product_code=campaign.product_code,
            max_amount=chosen.amount,
            status=OfferStatus.CREATED,
            offered_date=as_of_date,
            expires_date=as_of_date + timedelta(days=campaign.offer_days),
            replaces=replaced[chosen.enterprise_id],
            created_at=now,
        )
        for chosen in selected
        if chosen.enterprise_id in replaced
    ]
    Offer.objects.bulk_create(offers, batch_size=1000)
    return emit_many(events=[_event(offer) for offer in offers], now=now)


def _clear_way(
    campaign: Campaign, selected: tuple[Selected, ...], *, as_of_date: date, now: datetime
) -> dict[UUID, Offer | None]:
    """End the open offers in the way; return, for each enterprise to be offered anew, what it replaces."""
    open_offers = Offer.objects.select_for_update().filter(
        enterprise_id__in=[chosen.enterprise_id for chosen in selected],
        product_code=campaign.product_code,
        status__in=OPEN,
    )
    standing = {offer.enterprise_id: offer for offer in open_offers.order_by("id")}
    replaced: dict[UUID, Offer | None] = {}
    for chosen in selected:
        old = standing.get(chosen.enterprise_id)
        if old is not None and old.expires_date <= as_of_date:
            _move(old, OfferStatus.EXPIRED, now=now)
            old = None
        elif old is not None and (old.max_amount, old.scene_id) == (chosen.amount, chosen.scene_id):
            continue
        elif old is not None:
            _move(old, OfferStatus.REPLACED, now=now)
        replaced[chosen.enterprise_id] = old
    return replaced


_INSTANT: Final = {
    OfferStatus.DELIVERED: "delivered_at",
    OfferStatus.VIEWED: "viewed_at",
    OfferStatus.APPLIED: "applied_at",
}


def _move(offer: Offer, to_status: OfferStatus, *, now: datetime) -> None:
    if to_status not in OFFER_TRANSITIONS[OfferStatus(offer.status)]:
        raise OfferStateConflict(current=offer.status, asked=to_status.value)
    instant = _INSTANT.get(to_status, "ended_at")
    offer.status = to_status
    setattr(offer, instant, now)
    offer.save(update_fields=["status", instant, "application_id"])
    emit_many(events=[_event(offer)], now=now)


def _event(offer: Offer) -> EventDraft:
    subject = public_id("ofr", offer.pk)
    return EventDraft(
        type=f"offer.{offer.status}",
        subject=subject,
        data={
            "id": subject,
            "object": "offer",
            "status": str(offer.status),
            "business": public_id("biz", offer.enterprise_id),
            "product": offer.product_code,
            "max_amount": {"amount": str(offer.max_amount), "currency": offer.max_amount.currency},
            "expires_date": offer.expires_date.isoformat(),
        },
        scene_id=offer.scene_id,
    )


def _locked_offer(offer_id: UUID, scene_id: UUID | None) -> Offer:
    rows = Offer.objects.select_for_update().filter(pk=offer_id)
    if scene_id is not None:
        rows = rows.filter(scene_id=scene_id)
    offer = rows.first()
    if offer is None:
        raise OfferNotFound(offer_id=offer_id)
    return offer


def _advance(
    offer_id: UUID, scene_id: UUID | None, to_status: OfferStatus, *, business_date: date, now: datetime
) -> OfferView:
    """Move an offer forwards; where it already is that far, nothing changes."""
    offer = _locked_offer(offer_id, scene_id)
    reached = getattr(offer, _INSTANT[to_status]) is not None
    if not reached:
        if OfferStatus(offer.status) in OPEN and business_date >= offer.expires_date:
            raise OfferExpired(expires_date=offer.expires_date)
        _move(offer, to_status, now=now)
    return offer_view(offer)


@in_transaction
def mark_delivered(*, offer_id: UUID, scene_id: UUID | None, business_date: date, now: datetime) -> OfferView:
    """Note that the scene has the offer; a second note changes nothing."""
    return _advance(offer_id, scene_id, OfferStatus.DELIVERED, business_date=business_date, now=now)


@in_transaction
def mark_viewed(*, offer_id: UUID, scene_id: UUID | None, business_date: date, now: datetime) -> OfferView:
    """Note that the merchant saw the offer; a second note changes nothing."""
    return _advance(offer_id, scene_id, OfferStatus.VIEWED, business_date=business_date, now=now)


@in_transaction
def mark_applied(
    *, offer_id: UUID, enterprise_id: UUID, application_id: UUID, business_date: date, now: datetime
) -> OfferView:
    """Take up an open offer by an application of the same enterprise; a second call changes nothing."""
    offer = _locked_offer(offer_id, None)
    if offer.enterprise_id != enterprise_id:
        raise OfferNotFound(offer_id=offer_id)
    if offer.application_id == application_id:
        return offer_view(offer)
    if offer.status == OfferStatus.EXPIRED or (
        OfferStatus(offer.status) in OPEN and business_date >= offer.expires_date
    ):
        raise OfferExpired(expires_date=offer.expires_date)
    offer.application_id = application_id
    _move(offer, OfferStatus.APPLIED, now=now)
    return offer_view(offer)


@in_transaction
def withdraw_offer(*, offer_id: UUID, scene_id: UUID | None, now: datetime) -> OfferView:
    """Withdraw an open offer, by the bank or because the merchant declined it."""
    offer = _locked_offer(offer_id, scene_id)
    _move(offer, OfferStatus.WITHDRAWN, now=now)
    return offer_view(offer)


@in_transaction
def expire_offers(*, business_date: date, now: datetime, limit: int = 500) -> int:
    """Expire up to `limit` open offers whose last day has passed; return how many."""
    due = Offer.objects.select_for_update(skip_locked=True).filter(
        status__in=OPEN, expires_date__lte=business_date
    )
    offers = list(due.order_by("id")[:limit])
    Offer.objects.filter(id__in=[offer.id for offer in offers]).update(
        status=OfferStatus.EXPIRED, ended_at=now
    )
    for offer in offers:
        offer.status = OfferStatus.EXPIRED
    return emit_many(events=[_event(offer) for offer in offers], now=now)
