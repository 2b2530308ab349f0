"""Credit inside the scene's workflow: offers, quotes, applications, decisions, agreements, draws."""

import time
from collections import Counter
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from testkit.story.cast import PURPOSE, TERM_PRODUCT, account_number, affordable
from testkit.story.client import PersonClient, StoryBroken, once
from testkit.story.enrolment import Enrolled, Place, add_account, the_one
from testkit.story.telling import Teller

DRAWN = ("paid_out", "failed", "cancelled", "expired")
DECIDED = ("approved", "declined", "in_review", "contracted")
CAMPAIGN = "autumn-stock"
READING_SECONDS = 10.5  # the banks' rule P-03 demands ten
CAMPAIGN_RULE = {"median_daily_receipts_min": "300.00", "active_days_min": 60}


def money(amount: str) -> dict[str, str]:
    """Return an amount of yuan as the API writes it."""
    return {"amount": amount, "currency": "CNY"}


def campaign(place: Place, teller: Teller) -> None:
    """Offer credit to merchants whose receipts earn it, and show the offers in the scene."""
    part = place.part
    drafted = once(
        lambda: the_one(place.manager.get("/campaigns")["campaigns"], "code", CAMPAIGN),
        lambda: place.manager.post("/campaigns/draft", **campaign_form(part.product_code)),
    )
    place.manager.post(f"/campaigns/{drafted['id']}/launch")
    by_business = {one.business: one for one in place.enrolled}
    offers = list(place.scene.each("/offers"))
    for offer in offers:
        enrolled = by_business[offer["business"]]
        enrolled.offer = offer["id"]
    teller.together(
        f"{part.name_zh}: offers shown in the scene",
        [offer["id"] for offer in offers],
        lambda offer: place.scene.post(f"/offers/{offer}/mark_delivered", key=place.key("delivered", offer)),
    )
    teller.line(f"{part.bank} made {len(offers)} offers from receipts alone")


def campaign_form(product_code: str) -> dict[str, Any]:
    """Return the campaign as a member of staff types it."""
    return {
        "code": CAMPAIGN,
        "name_zh": "秋季备货",
        "name_en": "Autumn stock",
        "product_code": product_code,
        "median_daily_receipts_min": CAMPAIGN_RULE["median_daily_receipts_min"],
        "active_days_min": CAMPAIGN_RULE["active_days_min"],
        "offer_days": "60",
    }


def apply(place: Place, one: Enrolled) -> str:
    """Ask for a quote, apply, and wait for the decision; return its outcome."""
    asked = affordable(Decimal(150_000 if one.merchant.number % 5 == 0 else 40_000), "1")
    product = TERM_PRODUCT if one.on_terms else place.part.product_code
    tenors = ({}, {}) if one.on_terms else ({"tenor_days": 60}, {"tenor_days": 365})
    quote = place.scene.post(
        "/quotes",
        {"product": product, "amount": money(asked), **tenors[0]},
        key=place.key("quote", one.merchant.external_id),
    )
    if Decimal(quote["all_in_cost"]) > Decimal("0.24"):
        raise StoryBroken("a quote above the cap was given")
    body = {
        "business": one.business,
        "product": product,
        "amount": money(asked),
        **tenors[1],
        "purpose": PURPOSE,
        "external_id": f"app-{one.merchant.external_id}",
    }
    if one.offer and not one.on_terms:
        body["offer"] = one.offer
    answer = place.scene.try_post(
        "/applications", body, key=place.key("application", one.merchant.external_id)
    )
    if not answer.is_success:
        return str(answer.json()["code"])
    one.application = answer.json()["id"]
    decided = place.scene.wait_for(f"/applications/{one.application}", lambda now: now["status"] in DECIDED)
    if decided["status"] in ("approved", "contracted"):
        one.approved = decided["approved_amount"]["amount"]
        lower = Decimal(one.approved) < Decimal(asked)
        return "approved, a lower amount" if lower else "approved"
    return str(decided["status"])


def apply_all(place: Place, teller: Teller) -> None:
    """Everybody applies; say how it went, and why not."""
    outcomes = Counter(
        outcome
        for _, outcome in teller.together(
            f"{place.part.name_zh}: applications decided", place.enrolled, lambda one: apply(place, one)
        )
    )
    teller.line("; ".join(f"{outcome}: {count}" for outcome, count in outcomes.most_common()))
    reasons: Counter[str] = Counter()
    for one in place.enrolled:
        if one.application and one.approved == "0":
            decision = place.scene.get(f"/applications/{one.application}/decision")
            if decision["outcome"] == "declined":
                reasons.update(reason["text"] for reason in decision["reason_codes"][:1])
    for text, count in reasons.most_common(4):
        teller.line(f"declined {count} x: {text}")


def read(place: Place, one: Enrolled) -> str:
    """Prepare the agreement and open it where the borrower does, on the bank's page; return its address."""
    agreement = place.scene.post(
        f"/applications/{one.application}/agreements", key=place.key("agreement", one.merchant.external_id)
    )
    PersonClient(place.scene.base_url, urlsplit(agreement["signing_url"]).netloc).page(
        urlsplit(agreement["signing_url"]).path
    )
    return str(agreement["signing_url"])


def sign(place: Place, one: Enrolled, address: str) -> None:
    """Confirm the cost and sign on the bank's own page; the line is there at once."""
    url = urlsplit(address)
    borrower = PersonClient(place.scene.base_url, url.netloc)
    borrower.page(url.path)
    borrower.post(url.path, confirmed="on")
    line = next(place.scene.each("/credit_lines", business=one.business))
    one.line, one.limit = line["id"], line["limit"]["amount"]


def sign_all(place: Place, teller: Teller) -> None:
    """Let everybody who was approved read the cost for as long as the rule demands (P-03), and sign."""
    approved = [one for one in place.enrolled if one.approved != "0"]
    name = place.part.name_zh
    opened = teller.together(f"{name}: agreements read", approved, lambda one: read(place, one))
    time.sleep(READING_SECONDS)
    teller.together(f"{name}: agreements signed", opened, lambda pair: sign(place, *pair))


def draw(
    place: Place, one: Enrolled, amount: str, tenor_days: int | None, *, word: str, account: str = ""
) -> Any:
    """Draw on a line and wait until the rail has spoken; a term loan runs for as long as its product says."""
    body: dict[str, Any] = {
        "credit_line": one.line,
        "amount": money(amount),
        "bank_account": account or one.account,
        "external_id": f"draw-{word}-{one.merchant.external_id}",
    }
    if tenor_days is not None:
        body["tenor_days"] = tenor_days
    if one.offer and not one.on_terms:
        body["offer"] = one.offer
    begun = place.scene.post("/drawdowns", body, key=place.key("draw", word, one.merchant.external_id))
    ended = place.scene.wait_for(
        f"/drawdowns/{begun['id']}",
        lambda now: now["status"] in DRAWN,
    )
    if ended["status"] == "paid_out":
        one.loans.append(ended["loan"])
    return ended


def tenor_of(one: Enrolled) -> int:
    """Return how long a merchant borrows: 20 to 75 days."""
    return 20 + one.merchant.number * 7 % 56


def draw_all(place: Place, teller: Teller) -> None:
    """Most draw; one account turns out closed, and once the rail does not answer."""
    kept = place.largest_line
    holders = [one for one in place.revolving if one is not kept]
    mishaps = (("0001", "an account turns out closed"), ("0009", "the rail does not answer"))
    for one, (ending, told) in zip(holders, mishaps, strict=False):
        account = add_account(place, one.business, one.merchant, account_number(one.merchant, ending))
        ended = draw(
            place, one, affordable(Decimal(one.limit), "0.3"), 30, word=f"rail-{ending}", account=account
        )
        teller.line(f"{told}: drawdown {ended['status']} {ended.get('failure_code') or ''}".rstrip())
    teller.together(
        f"{place.part.name_zh}: draws paid out",
        holders,
        lambda one: draw(place, one, affordable(Decimal(one.limit), "0.5"), tenor_of(one), word="first"),
    )
    teller.together(
        f"{place.part.name_zh}: term loans in instalments paid out",
        place.on_terms,
        lambda one: draw(place, one, one.limit, None, word="term"),
    )
