"""The resources one by one: what they answer, page by page, and what they keep to themselves."""

import json
from typing import Any

import pytest
from django.db import transaction

from interfaces.door import now
from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.world import (
    account_body,
    business_body,
    consent_body,
    merchant,
    receipt_lines,
    yuan,
)
from interfaces.tests.portal import HOST, PEOPLE, signed_in
from kernel.ids import parse_id, public_id
from kernel.money import Money
from kernel.periods import Period
from marketing.campaigns import operations as campaigns
from openbanking.receipts.queries import days
from plumbing.schemas import bank_schema, public_schema
from tenants.banks.queries import get_bank
from testkit.banks import FIRST_BUSINESS_DATE
from testkit.clock import NOON


def send_batch(caller: Caller, business: str, consent: str, data: bytes, **headers: str) -> Any:
    path = f"/v1/data_batches?business={business}&consent={consent}"
    return caller.send("POST", path, data, "application/x-ndjson", **headers)


def test_banks_and_products(caller: Caller) -> None:
    listed = caller.get("/banks")["data"]
    assert [(bank["name"], bank["status"]) for bank in listed] == [
        ("漓岸城商银行", "active"),
        ("青澜农商银行", "active"),
    ]
    own = next(bank["id"] for bank in listed if bank["name"].startswith("青"))
    other = next(bank["id"] for bank in listed if bank["name"].startswith("漓"))
    status = caller.get(f"/banks/{own}/status")
    assert (status["takes_new_business"], status["business_date"]) == (True, "2026-11-02")
    caller.refused("GET", f"/banks/{other}/status", 404, "banks.bank_unknown")
    product, term_loan = caller.get("/products")["data"]
    assert (product["id"], term_loan["id"]) == ("receipts_revolving", "term_level")
    assert product == caller.get(f"/products/{product['id']}")
    assert product["all_in_cost"] == "0.109500"
    for code in ("nothing", "%00", "%F0%9F%98%80", "x" * 300):
        caller.refused("GET", f"/products/{code}", 404, "products.not_found")
    english = caller.call("GET", "/banks", accept_language="en").json()["data"]
    assert {bank["name"] for bank in english} >= {"Qinglan Rural Commercial Bank"}


def test_a_scene_hears_that_the_bank_takes_it_off_its_list_and_puts_it_back(caller: Caller) -> None:
    with public_schema():
        bank = public_id("bnk", get_bank(schema_name="qinglan").id)
    manager, scene = signed_in(HOST, PEOPLE["product"], json=True), public_id("scn", caller.access.scene_id)
    assert manager.post(f"/partners/{scene}/delist", {"reason": "审查"}).status_code == 200
    assert caller.get(f"/banks/{bank}/status")["takes_new_business"] is False
    form = {"scene_id": scene, "scene_name": "鲜链云", "fee_rate": "0.006", "listed_from": "2026-11-03"}
    assert manager.post("/partners/list", form).status_code == 201
    work("jobs.relay_outbox", schema="qinglan")
    told = caller.get("/events?type=bank.status_changed")["data"]
    assert [(event["subject"], event["sequence"]) for event in told] == [(bank, 1), (bank, 2)]
    objects = [event["data"]["object"] for event in told]
    assert [one["partner_listed"] for one in objects] == [False, False]  # the second begins tomorrow
    assert [(one["listed_from"], one["listed_until"]) for one in objects][1] == ("2026-11-03", None)


def test_a_quote_says_the_whole_cost_first(caller: Caller) -> None:
    body = {"product": "receipts_revolving", "amount": yuan("12000.00"), "tenor_days": 30}
    quote = caller.post("/quotes", body, status=200)
    assert quote["interest"] == yuan("108.00")
    assert quote["total_repayable"] == yuan("12108.00")
    assert quote["all_in_cost"] == "0.109500"
    assert list(quote)[3] == "all_in_cost"
    caller.refused("POST", "/quotes", 422, "products.term_not_offered", {**body, "tenor_days": 3000})
    caller.refused(
        "POST", "/quotes", 422, "products.amount_out_of_range", {**body, "amount": yuan("300000.01")}
    )


def test_a_business_is_shown_masked_and_is_the_same_the_second_time(caller: Caller) -> None:
    body = business_body()
    business = caller.post("/businesses", body)
    assert caller.post("/businesses", body)["id"] == business["id"]
    assert caller.get(f"/businesses/{business['id']}") == business
    account = caller.post(f"/businesses/{business['id']}/bank_accounts", account_body())
    assert account["account_number"] == "****0000"
    assert caller.get(f"/businesses/{business['id']}/bank_accounts")["data"] == [account]
    seen = json.dumps([business, account], ensure_ascii=False)
    for secret in (*body["representative"].values(), account_body()["account_number"]):
        assert secret == "示例店主" or secret not in seen


def test_lists_come_page_by_page_newest_first(caller: Caller) -> None:
    made = [caller.post("/businesses", business_body(number))["id"] for number in range(1, 6)]
    seen: list[str] = []
    path = "/businesses?limit=2"
    sizes = []
    while path:
        page = caller.get(path)
        sizes.append(len(page["data"]))
        seen += [row["id"] for row in page["data"]]
        path = f"/businesses?limit=2&after={page['next_cursor']}" if page["has_more"] else ""
    assert seen == made[::-1]
    assert sizes == [2, 2, 1]


def test_consents_are_granted_replaced_and_revoked(caller: Caller) -> None:
    business = caller.post("/businesses", business_body())["id"]
    first = caller.post("/consents", consent_body(business))
    second = caller.post("/consents", consent_body(business, text_version="receipts-2026-11"))
    listed = caller.get(f"/consents?business={business}")["data"]
    assert [(row["id"], row["status"]) for row in listed] == [
        (second["id"], "authorised"),
        (first["id"], "replaced"),
    ]
    revoked = caller.post(f"/consents/{second['id']}/revoke", {"reason": "no longer"}, status=200)
    assert revoked["status"] == "revoked"
    assert caller.get(f"/consents/{second['id']}") == revoked
    refused = send_batch(caller, business, second["id"], receipt_lines(days=1))
    assert (refused.status_code, refused.json()["code"]) == (403, "consents.consent_revoked")


def test_a_batch_counts_what_it_took_and_names_what_it_did_not(caller: Caller) -> None:
    shop = merchant(caller, receipts=receipt_lines(days=10, a_day=4))
    good = receipt_lines(days=2, a_day=4).decode().splitlines()
    bad = [
        *good,
        "{",
        good[0].replace("292.00", "-1.00"),
        good[1].replace('"channel"', '"score":1,"channel"'),
    ]
    response = send_batch(caller, shop.business, shop.consent, "\n".join(bad).encode())
    batch = response.json()
    assert (batch["rows_read"], batch["rows_accepted"], batch["rows_duplicate"], batch["rows_rejected"]) == (
        11, 0, 8, 3,
    )  # fmt: skip
    assert caller.get(f"/data_batches/{batch['id']}") == batch
    errors = caller.get(f"/data_batches/{batch['id']}/errors")["data"]
    assert [(error["line"], error["code"].rpartition(".")[2]) for error in errors] == [
        (9, "malformed_json"), (10, "amount_invalid"), (11, "field_unknown"),
    ]  # fmt: skip
    with bank_schema("qinglan"):
        period = Period.last_days(30, before=FIRST_BUSINESS_DATE)
        found = days(enterprise_id=parse_id("biz", shop.business), period=period)
    assert sum(day.sale_count for day in found) == 40


def test_a_batch_is_replayed_by_its_key_without_being_read_into_memory(caller: Caller) -> None:
    shop = merchant(caller, receipts=receipt_lines(days=1))
    data = receipt_lines(days=120, a_day=9)
    first = send_batch(caller, shop.business, shop.consent, data, idempotency_key="k")
    again = send_batch(caller, shop.business, shop.consent, data, idempotency_key="k")
    assert first.json()["rows_accepted"] == 120 * 9 - 5
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    other = send_batch(caller, shop.business, shop.consent, data + b"\n", idempotency_key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("data", [b"\n", b"\n\n  \n"])
def test_a_batch_without_rows_is_refused(caller: Caller, data: bytes) -> None:
    shop = merchant(caller, receipts=receipt_lines(days=1))
    response = send_batch(caller, shop.business, shop.consent, data)
    assert (response.status_code, response.json()["code"]) == (400, "batches.batch_empty")


def test_a_batch_too_long_is_refused_before_it_is_read(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = merchant(caller, receipts=receipt_lines(days=1))
    monkeypatch.setattr("interfaces.scene.data_batches.MAX_BYTES", 1000)
    response = send_batch(caller, shop.business, shop.consent, receipt_lines(days=10))
    assert (response.status_code, response.json()["code"]) == (413, "batch_too_large")


def make_offers(caller: Caller) -> None:
    with bank_schema(caller.bank), transaction.atomic():
        campaign = campaigns.draft_campaign(
            code="autumn",
            name_zh="秋季",
            name_en="Autumn",
            product_code="receipts_revolving",
            rule={"median_daily_receipts_min": "300.00", "active_days_min": 60},
            max_amount_multiple="10",
            amount_min=Money.parse("5000.00"),
            amount_max=Money.parse("50000.00"),
            offer_days=30,
            now=NOON,
        )
        campaigns.launch_campaign(campaign_id=campaign.id, now=NOON)
        assert campaigns.make_offers(campaign_id=campaign.id, as_of_date=FIRST_BUSINESS_DATE, now=now()) == 1


def test_an_offer_is_delivered_quoted_and_applied_for(caller: Caller) -> None:
    shop = merchant(caller)
    caller.post("/consents", consent_body(shop.business, purpose="marketing"))
    make_offers(caller)
    (offer,) = caller.get("/offers")["data"]
    assert caller.get(f"/offers?business={shop.business}")["data"] == [offer]
    assert offer["status"] == "created"
    delivered = caller.post(f"/offers/{offer['id']}/mark_delivered", {}, status=200)
    assert delivered["status"] == "delivered"
    assert caller.post(f"/offers/{offer['id']}/mark_delivered", {}, status=200) == delivered
    asked = {"amount": yuan("5000.00"), "tenor_days": 30}
    quote = caller.post(f"/offers/{offer['id']}/quotes", asked, status=200)
    assert quote["interest"] == yuan("45.00")
    application = shop.apply("5000.00", offer=offer["id"])
    applied = caller.get(f"/offers/{offer['id']}")
    assert (applied["status"], applied["application"]) == ("applied", application["id"])


def test_events_follow_in_order_and_miss_nothing(caller: Caller) -> None:
    merchant(caller)
    caller.post("/consents", consent_body(caller.post("/businesses", business_body(2))["id"]))
    assert caller.get("/events")["data"] == []
    work("jobs.relay_outbox", schema="qinglan")
    whole = caller.get("/events?limit=100")["data"]
    assert [event["type"] for event in whole] == [
        "consent.authorised", "data_batch.completed", "consent.authorised",
    ]  # fmt: skip
    first = caller.get("/events?limit=1")
    assert first["has_more"]
    rest = caller.get(f"/events?limit=50&after={first['next_cursor']}")
    assert [*first["data"], *rest["data"]] == whole
    only = caller.get("/events?type=data_batch.completed")["data"]
    assert only == [whole[1]] == [caller.get(f"/events/{whole[1]['id']}")]
