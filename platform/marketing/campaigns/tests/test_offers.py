"""Campaigns and offers, from takings and consent to the draw they are credited with."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from kernel.money import Money
from kernel.refusals import Refusal
from marketing.attribution import operations as attribution
from marketing.attribution.models import Attribution
from marketing.attribution.queries import campaign_results
from marketing.campaigns import operations, queries
from marketing.campaigns.models import Campaign, Offer
from marketing.campaigns.queries import CampaignView, OfferView
from marketing.campaigns.states import OFFER_TRANSITIONS, OPEN, OfferStatus
from openbanking.consents.operations import grant_consent, revoke_consent
from openbanking.consents.queries import ConsentView
from openbanking.receipts.operations import ingest_batch
from openbanking.receipts.rows import ReceiptRow
from plumbing.outbox.models import OutboxEvent

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
SCENE = uuid4()


def consent(enterprise_id: UUID, purpose: str) -> ConsentView:
    return grant_consent(
        enterprise_id=enterprise_id,
        scene_id=SCENE,
        purpose=purpose,
        data_classes=("receipts",),
        recipient="青澜农商银行",
        text_version="1",
        text_sha256="ab" * 32,
        expires_at=NOW + timedelta(days=365),
        evidence={"channel": "h5"},
        now=NOW,
    )


def takings(
    enterprise_id: UUID, amount: Any, *, days: int = 70, last: date = TODAY, prefix: str = "R"
) -> None:
    given = consent(enterprise_id, "credit_assessment")
    rows = [
        ReceiptRow(
            f"{prefix}{number}",
            f"{last - timedelta(days=number + 1)}T12:00:00+08:00",
            amount,
            "sale",
            None,
            "merchant_code",
        )
        for number in range(days)
    ]
    ingest_batch(enterprise_id=enterprise_id, scene_id=SCENE, consent_id=given.id, rows=rows, now=NOW)


def merchant(amount: Any = "1460.00", *, marketing: bool = True, **changes: Any) -> UUID:
    enterprise_id = uuid4()
    takings(enterprise_id, amount, **changes)
    if marketing:
        consent(enterprise_id, "marketing")
    return enterprise_id


def draft(**changes: Any) -> CampaignView:
    terms = {
        "code": "autumn",
        "name_zh": "秋季收单贷",
        "name_en": "Autumn receipts loan",
        "product_code": "receipts_revolving",
        "rule": {"median_daily_receipts_min": "500.00", "active_days_min": 60},
        "max_amount_multiple": "8.5",
        "offer_days": 30,
        "now": NOW,
    }
    return operations.draft_campaign(**{**terms, **changes})


def launched() -> CampaignView:
    return operations.launch_campaign(campaign_id=draft().id, now=NOW)


def make(campaign: CampaignView, as_of_date: date = TODAY) -> int:
    return operations.make_offers(campaign_id=campaign.id, as_of_date=as_of_date, now=NOW)


def the_offer(enterprise_id: UUID) -> OfferView:
    (offer,) = queries.offers_for(scene_id=SCENE, enterprise_id=enterprise_id, open_on=TODAY)
    return offer


def counts() -> tuple[int, ...]:
    return (
        Campaign.objects.count(),
        Offer.objects.count(),
        Attribution.objects.count(),
        OutboxEvent.objects.count(),
    )


def test_offers_go_to_those_with_the_takings_and_the_consent(qinglan: str) -> None:
    noodle_shop = merchant()
    merchant(marketing=False)
    merchant("400.00")
    merchant(days=59)
    campaign = launched()
    assert make(campaign) == 1
    offer = the_offer(noodle_shop)
    assert (offer.max_amount, offer.status, offer.expires_date) == (
        Money.parse("12000.00"),
        "created",
        date(2026, 12, 2),
    )
    event = OutboxEvent.objects.get(type="offer.created")
    assert (event.scene_id, event.data["max_amount"]) == (SCENE, {"amount": "12000.00", "currency": "CNY"})
    assert make(campaign) == 0
    assert queries.get_campaign(campaign_id=campaign.id).offers == {"created": 1}


def test_who_withdraws_marketing_consent_gets_no_offer(qinglan: str) -> None:
    enterprise_id = uuid4()
    takings(enterprise_id, "1460.00")
    given = consent(enterprise_id, "marketing")
    revoke_consent(consent_id=given.id, scene_id=None, reason="", now=NOW)
    assert make(launched()) == 0


def test_better_takings_replace_the_offer(qinglan: str) -> None:
    shop = merchant()
    campaign = launched()
    make(campaign)
    first = the_offer(shop)
    week = TODAY + timedelta(days=7)
    takings(shop, "6000.00", last=week, days=50, prefix="S")
    assert make(campaign, week) == 1
    second = the_offer(shop)
    # 43 of the 70 active days now bring 7,460.00: the median moves up, and 8.5 of it is 63,410.00.
    assert (second.max_amount, second.replaces) == (Money.parse("63000.00"), first.id)
    assert queries.get_offer(offer_id=first.id, scene_id=SCENE).status == "replaced"


def test_an_offer_that_ran_out_is_not_in_the_way(qinglan: str) -> None:
    shop = merchant(last=TODAY + timedelta(days=40), days=110)
    campaign = launched()
    make(campaign)
    first = the_offer(shop)
    assert make(campaign, first.expires_date - timedelta(days=1)) == 0
    assert make(campaign, first.expires_date) == 1
    assert queries.get_offer(offer_id=first.id, scene_id=None).status == "expired"


def test_the_life_of_an_offer_and_the_draw_it_brings(qinglan: str) -> None:
    shop = merchant()
    campaign = launched()
    make(campaign)
    offer = the_offer(shop)
    seen = {"offer_id": offer.id, "scene_id": SCENE, "business_date": TODAY, "now": NOW}
    assert operations.mark_delivered(**seen).status == "delivered"
    assert operations.mark_viewed(**seen).status == "viewed"
    before = counts()
    assert operations.mark_delivered(**seen).status == "viewed"
    assert counts() == before
    taking = {
        "offer_id": offer.id,
        "enterprise_id": shop,
        "application_id": uuid4(),
        "business_date": TODAY,
        "now": NOW,
    }
    assert operations.mark_applied(**taking).status == "applied"
    assert operations.mark_applied(**taking).status == "applied"
    draw = {"offer_id": offer.id, "drawdown_id": uuid4(), "amount": Money.parse("8000.00"), "now": NOW}
    assert attribution.attribute_draw(**draw) == attribution.attribute_draw(**draw)
    attribution.attribute_draw(**{**draw, "drawdown_id": uuid4(), "amount": Money.parse("500.00")})
    results = campaign_results(campaign_id=campaign.id)
    assert (results.offers, results.delivered, results.viewed, results.applied) == (1, 1, 1, 1)
    assert (results.offers_drawn, results.draws, results.amount_drawn) == (1, 2, Money.parse("8500.00"))
    with pytest.raises(attribution.AttributedElsewhere):
        attribution.attribute_draw(**{**draw, "amount": Money.parse("1.00")})


def test_an_offer_may_be_taken_without_having_been_shown(qinglan: str) -> None:
    shop = merchant()
    campaign = launched()
    make(campaign)
    taken = operations.mark_applied(
        offer_id=the_offer(shop).id, enterprise_id=shop, application_id=uuid4(), business_date=TODAY, now=NOW
    )
    assert taken.status == "applied"
    assert campaign_results(campaign_id=campaign.id).viewed == 1


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("late", "campaigns.offer_expired"),
        ("other_enterprise", "campaigns.offer_not_found"),
        ("withdrawn", "campaigns.offer_state_conflict"),
        ("other_application", "campaigns.offer_state_conflict"),
        ("recorded_expired", "campaigns.offer_expired"),
    ],
)
def test_an_offer_that_cannot_be_taken_stays_as_it_was(qinglan: str, case: str, code: str) -> None:
    shop = merchant()
    make(launched())
    offer = the_offer(shop)
    taking = {"enterprise_id": shop, "application_id": uuid4(), "business_date": TODAY}
    if case == "late":
        taking["business_date"] = offer.expires_date
    elif case == "other_enterprise":
        taking["enterprise_id"] = uuid4()
    elif case == "withdrawn":
        operations.withdraw_offer(offer_id=offer.id, scene_id=SCENE, now=NOW)
    elif case == "recorded_expired":
        assert operations.expire_offers(business_date=offer.expires_date, now=NOW) == 1
    else:
        operations.mark_applied(offer_id=offer.id, **{**taking, "application_id": uuid4()}, now=NOW)
    before = counts(), queries.get_offer(offer_id=offer.id, scene_id=None)
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        operations.mark_applied(offer_id=offer.id, **taking, now=NOW)
    assert refusal.value.code == code
    assert (counts(), queries.get_offer(offer_id=offer.id, scene_id=None)) == before


def test_an_expired_offer_is_not_shown(qinglan: str) -> None:
    shop = merchant()
    make(launched())
    offer = the_offer(shop)
    with pytest.raises(operations.OfferExpired):
        operations.mark_viewed(offer_id=offer.id, scene_id=SCENE, business_date=offer.expires_date, now=NOW)
    assert the_offer(shop) == offer
    assert queries.is_open(offer, on_date=TODAY)
    assert not queries.is_open(offer, on_date=offer.expires_date)
    assert queries.offers_for(scene_id=SCENE, open_on=offer.expires_date) == ()


def test_offers_expire_once(qinglan: str) -> None:
    merchant()
    make(launched())
    assert operations.expire_offers(business_date=date(2026, 12, 1), now=NOW) == 0
    assert operations.expire_offers(business_date=date(2026, 12, 2), now=NOW) == 1
    assert operations.expire_offers(business_date=date(2026, 12, 2), now=NOW) == 0


def test_another_scene_does_not_see_the_offer(qinglan: str) -> None:
    shop = merchant()
    make(launched())
    offer = the_offer(shop)
    with pytest.raises(queries.OfferNotFound):
        queries.get_offer(offer_id=offer.id, scene_id=uuid4())
    with pytest.raises(queries.OfferNotFound):
        operations.mark_delivered(offer_id=offer.id, scene_id=uuid4(), business_date=TODAY, now=NOW)
    assert queries.offers_for(scene_id=uuid4()) == ()


def test_a_campaign_that_ends_withdraws_its_open_offers(qinglan: str) -> None:
    shop = merchant()
    campaign = launched()
    make(campaign)
    offer = the_offer(shop)
    assert operations.end_campaign(campaign_id=campaign.id, now=NOW).offers == {"withdrawn": 1}
    with pytest.raises(operations.CampaignStateConflict):
        make(campaign)
    assert queries.get_offer(offer_id=offer.id, scene_id=SCENE).status == "withdrawn"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rule": {"target_approval_rate": "0.9"}}, "campaigns.rule_invalid"),
        ({"code": ""}, "campaigns.invalid"),
        ({"name_en": " "}, "campaigns.invalid"),
        ({"max_amount_multiple": "0"}, "campaigns.invalid"),
        ({"offer_days": 0}, "campaigns.invalid"),
        ({"amount_min": Money.parse("2"), "amount_max": Money.parse("1")}, "campaigns.invalid"),
        ({}, "campaigns.code_taken"),
    ],
)
def test_a_refused_campaign_leaves_no_row(qinglan: str, changes: Any, code: str) -> None:
    draft()
    before = counts()
    with pytest.raises(Refusal) as refusal:
        draft(**changes)
    assert refusal.value.code == code
    assert counts() == before


def test_offers_need_a_launched_campaign(qinglan: str) -> None:
    merchant()
    campaign = draft()
    with pytest.raises(operations.CampaignStateConflict):
        make(campaign)
    operations.launch_campaign(campaign_id=campaign.id, now=NOW)
    with pytest.raises(operations.CampaignStateConflict):
        operations.launch_campaign(campaign_id=campaign.id, now=NOW)
    with pytest.raises(queries.CampaignNotFound):
        operations.launch_campaign(campaign_id=uuid4(), now=NOW)
    assert Offer.objects.count() == 0


@pytest.mark.parametrize(
    ("applied", "amount", "code"),
    [
        (False, "1.00", "attribution.offer_not_taken"),
        (True, "0.00", "attribution.amount_invalid"),
    ],
)
def test_a_refused_attribution_leaves_no_row(qinglan: str, applied: bool, amount: Any, code: str) -> None:
    shop = merchant()
    make(launched())
    offer = the_offer(shop)
    if applied:
        operations.mark_applied(
            offer_id=offer.id, enterprise_id=shop, application_id=uuid4(), business_date=TODAY, now=NOW
        )
    with pytest.raises(Refusal) as refusal:
        attribution.attribute_draw(
            offer_id=offer.id, drawdown_id=uuid4(), amount=Money.parse(amount), now=NOW
        )
    assert refusal.value.code == code
    assert Attribution.objects.count() == 0


def test_every_state_is_in_the_table() -> None:
    assert set(OFFER_TRANSITIONS) == set(OfferStatus)
    assert set(OPEN) == {OfferStatus.CREATED, OfferStatus.DELIVERED, OfferStatus.VIEWED}
