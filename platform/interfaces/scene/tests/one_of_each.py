"""One of each thing that has an id, for one scene at one bank, through the API and the real operations."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from interfaces.door import now
from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.world import collect, consent_body, fund_bank, merchant, receipt_lines, yuan
from kernel.money import Money
from lending.products.operations import FIRST_PRODUCT
from lending.statements import operations as statements
from marketing.campaigns import operations as campaigns
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema

CAMPAIGN = {"median_daily_receipts_min": "300.00", "active_days_min": 60}


def one_of_each(caller: Caller, number: int = 1) -> dict[str, str]:
    """Return ids by prefix: a shop with a loan partly repaid, an offer, a statement, an endpoint, events."""
    fund_bank(caller.bank, "1000000.00")
    shop = merchant(caller, number)
    line = shop.line("20000.00")
    loan = shop.loan(line["id"], "8000.00")
    repayment = caller.post(
        "/repayments",
        {
            "loan": loan["id"],
            "bank_account": shop.account,
            "type": "partial_prepay",
            "principal": yuan("1000.00"),
        },
    )
    collect(caller.bank, repayment["id"])
    batch = caller.send(
        "POST",
        f"/v1/data_batches?business={shop.business}&consent={shop.consent}",
        receipt_lines(days=1),
        "application/x-ndjson",
    ).json()
    endpoint = caller.post("/webhook_endpoints", {"url": "https://scene.example/hook"})
    work("jobs.relay_outbox", schema=caller.bank)
    caller.post("/consents", consent_body(shop.business, purpose="marketing"))
    with bank_schema(caller.bank), transaction.atomic():
        offer_all(f"campaign_{number}")
        issue_statements(first=number == 1)
    event = caller.get("/events")["data"][0]
    [delivery, *_] = caller.get("/webhook_deliveries")["data"]
    [statement] = caller.get(f"/credit_lines/{line['id']}/statements")["data"]
    return {
        "acc": shop.account,
        "agr": line["agreement"],
        "app": line["application"],
        "bat": batch["id"],
        "biz": shop.business,
        "bnk": event["bank"],
        "cns": shop.consent,
        "dec": caller.get(f"/applications/{line['application']}/decision")["id"],
        "drw": loan["drawdown"],
        "evt": event["id"],
        "lin": line["id"],
        "lon": loan["id"],
        "ofr": caller.get(f"/offers?business={shop.business}")["data"][0]["id"],
        "pql": caller.post("/prequalifications", {"product": FIRST_PRODUCT, "business": shop.business})["id"],
        "rpy": repayment["id"],
        "srq": caller.post(
            "/service_requests", {"business": shop.business, "type": "complaint", "text": "扣款时间不对。"}
        )["id"],
        "stm": statement["id"],
        "whd": delivery["id"],
        "whe": endpoint["id"],
    }


def offer_all(code: str) -> None:
    """Launch a campaign and make its offers: to whoever consented to marketing and has receipts."""
    campaign = campaigns.draft_campaign(
        code=code,
        name_zh="秋收备货",
        name_en="Autumn stock",
        product_code=FIRST_PRODUCT,
        rule=dict(CAMPAIGN),
        max_amount_multiple="30",
        offer_days=30,
        now=now(),
    )
    campaigns.launch_campaign(campaign_id=campaign.id, now=now())
    campaigns.make_offers(campaign_id=campaign.id, as_of_date=business_date(), now=now())


def issue_statements(*, first: bool) -> None:
    """Issue the statements of the lines whose day is today."""
    today = business_date()
    if first:
        adopt_policy(today)
    statements.issue_statements(business_date=today, now=now())


def adopt_policy(today: date) -> None:
    """Have statements issued on this day of each month."""
    statements.adopt_policy(
        effective_date=today,
        statement_day=today.day,
        minimum_share=Decimal("0.1"),
        minimum_floor=Money.parse("100.00"),
        payment_days=20,
        proposed_by="product@qinglan.example",
        approved_by="risk@qinglan.example",
        business_date=today,
        now=now(),
    )
