"""A small world for pages, by the real operations: applications, a signed line, loans, offers, ended days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from connectors.e_sign.simulator import service
from kernel.ids import public_id
from kernel.periods import Period
from lending.applications import operations as applications
from lending.applications.queries import get_application
from lending.applications.views import ApplicationView
from lending.products.operations import FIRST_PRODUCT
from lending.service_requests.operations import raise_request
from lending.service_requests.states import Channel
from marketing.campaigns import operations as campaigns
from openbanking.consents import operations as consents
from plumbing.clock.queries import business_date
from risk.cases.queries import cases_page
from risk.knowledge.operations import EntryDraft, write_entry
from risk.scoring.queries import models_registered
from risk.strategies.queries import strategy_in_force
from testkit.applicants import TEXT_SHA256, Applicant, Takings, admit, agree, apply
from testkit.clock import NOON
from testkit.scenes import SceneAccess
from testkit.servicing import Borrower, add_account, ask, at_the_counter, collected, end_days, fund, lend

READING: Final = timedelta(seconds=10)
CAMPAIGN: Final = {"median_daily_receipts_min": "300.00", "active_days_min": 60}


@dataclass(frozen=True, slots=True)
class World:
    """What pages have to show: one of each."""

    scene_id: UUID
    enterprise_id: UUID
    application_id: UUID
    declined_id: UUID
    line_id: UUID
    loan_id: UUID
    repaid_loan_id: UUID
    campaign_id: UUID
    strategy_id: UUID
    decision_ids: tuple[UUID, ...]  # an approval, a decline, a referral
    case_id: UUID
    model_id: UUID
    service_request_id: UUID


def build(scene: SceneAccess, *, now: datetime = NOON) -> World:
    """Fill the current bank: three shops apply, one signs, draws twice and repays; five days are ended."""
    today = business_date()
    fund("500000.00", now=now)
    shop = admit(now=now, business_date=today, scene_id=scene.scene_id, number=7)
    small = admit(
        now=now,
        business_date=today,
        scene_id=scene.scene_id,
        number=8,
        takings=Takings(days=40, sales_a_day=1, sale="18.00"),
        opened_days=60,
    )
    campaign_id = offers(shop, now=now)
    declined = judged(small, now=now)
    doubted = admit(
        now=now, business_date=today, scene_id=scene.scene_id, number=9, takings=Takings(refund_every=7)
    )
    referred = judged(doubted, now=now)
    [case] = cases_page(subject=public_id("app", referred.id))
    application_id, who = signed(shop, now=now)
    approved = get_application(application_id=application_id, scene_id=None)
    early = lend(who, "6000.00", tenor_days=90)
    end_days(3)
    loan = lend(who, "4000.00", tenor_days=30)
    end_days(1)
    collected(ask(who, loan, kind="partial_prepay", principal="1000.00"))
    at_the_counter(early, "6100.00", received_date=business_date() - timedelta(days=1), receipt_no="C-0001")
    end_days(1)
    known(today, now=now)
    return World(
        scene.scene_id,
        shop.enterprise_id,
        application_id,
        declined.id,
        who.line_id,
        loan.id,
        early.id,
        campaign_id,
        strategy_in_force(business_date()).id,
        tuple(one.decision_id for one in (approved, declined, referred) if one.decision_id),
        case.id,
        models_registered()[0].id,
        complained(shop, loan.id, now=now),
    )


def complained(shop: Applicant, loan_id: UUID, *, now: datetime) -> UUID:
    """Complain about a loan on the bank's own pages; return the request."""
    return raise_request(
        scene_id=shop.scene_id,
        enterprise_id=shop.enterprise_id,
        kind="complaint",
        text="利息比合同上写的多。",
        loan_id=loan_id,
        consent_id=None,
        channel=Channel.BORROWER,
        now=now,
        business_date=business_date(),
    ).id


def known(today: date, *, now: datetime) -> None:
    """Write down what is known about a rule of the strategy in force."""
    write_entry(
        draft=EntryDraft(
            code="young_shops",
            title_en="Shops in their first half-year",
            title_zh="开业未满半年的门店",
            text_en="Takings of the first months say little about those of a year later.",
            text_zh="开业头几个月的收款难以说明一年后的经营。",
            evidence=({"title": "Vintages by age", "url": "https://bank.example/vintages"},),
            owner="risk@qinglan.example",
            expires_date=today + timedelta(days=180),
            tags=("retail",),
            strategy_sha256=strategy_in_force(today).sha256,
            rule_code="months_open",
        ),
        tested_over=Period(today - timedelta(days=90), today + timedelta(days=1)),
        written_by="risk@qinglan.example",
        on_date=today,
        now=now,
    )


def judged(shop: Applicant, *, now: datetime) -> ApplicationView:
    """Let a shop apply and the machine decide."""
    asked = apply(shop, now=now, business_date=business_date())
    return applications.assess_application(application_id=asked.id, now=now, business_date=business_date())


def signed(shop: Applicant, *, now: datetime, amount: str = "12000") -> tuple[UUID, Borrower]:
    """Take a shop from application to a signed agreement with an open line."""
    today: date = business_date()
    agreement = agree(shop, now=now, business_date=today, amount=amount)
    shown = applications.show_agreement(agreement_id=agreement.id, now=now)
    read_at = now + READING
    seal = service().seal(
        document=shown.document.encode(), signer=shown.terms["borrower"]["signer"], sealed_at=read_at
    )
    done = applications.sign_agreement(
        agreement_id=agreement.id, evidence=seal, now=read_at, business_date=today
    )
    line_id = done.credit_line_id
    assert line_id is not None
    account = add_account(shop.enterprise_id, ending="0000", now=now)
    return agreement.application_id, Borrower(shop.scene_id, shop.enterprise_id, account, line_id)


def offers(shop: Applicant, *, now: datetime) -> UUID:
    """Launch a campaign to which the shop has consented, and make its offers; return the campaign."""
    consents.grant_consent(
        enterprise_id=shop.enterprise_id,
        scene_id=shop.scene_id,
        purpose="marketing",
        data_classes=("receipts",),
        recipient="qinglan",
        text_version="2026-11",
        text_sha256=TEXT_SHA256,
        expires_at=now + timedelta(days=400),
        evidence={"channel": "test"},
        now=now,
    )
    campaign = campaigns.draft_campaign(
        code="autumn",
        name_zh="秋收备货",
        name_en="Autumn stock",
        product_code=FIRST_PRODUCT,
        rule=dict(CAMPAIGN),
        max_amount_multiple="30",
        offer_days=30,
        now=now,
    )
    campaigns.launch_campaign(campaign_id=campaign.id, now=now)
    campaigns.make_offers(campaign_id=campaign.id, as_of_date=business_date(), now=now)
    return campaign.id
