"""J3, F consent: withdrawn after the score and before the signature, after the money; or run out."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.test import Client

from interfaces.door import now
from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.test_forms import rows
from interfaces.scene.tests.world import (
    Merchant,
    assess,
    collect,
    consent_body,
    fund_bank,
    merchant,
    receipt_lines,
)
from kernel.ids import parse_id
from lending.applications import operations as applications
from lending.applications.observed import observe
from lending.applications.queries import get_agreement
from openbanking.consents import operations as consents
from openbanking.receipts.models import Receipt, ReceiptDelivery, ReceiptFeed
from plumbing.audit.models import AuditRecord
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from risk.decisions.queries import replay_all


@pytest.fixture
def shop(caller: Caller) -> Merchant:
    fund_bank("qinglan", "1000000.00")
    return merchant(caller)


def revoke(shop: Merchant, **more: Any) -> None:
    body = {"reason": "no longer", **more}
    answer = shop.caller.post(f"/consents/{shop.consent}/revoke", body, status=200)
    assert answer["status"] == "revoked"


def held(shop: Merchant) -> dict[str, int]:
    """How many rows the bank holds of what a scene sent of this merchant, and of what was made of it."""
    tables = {
        *apps.get_app_config("receipts").get_models(),
        *apps.get_app_config("streams").get_models(),
    } - {ReceiptFeed}  # a number for the merchant and the scene, nothing that was sent
    business = parse_id("biz", shop.business)
    with bank_schema("qinglan"):
        feeds = list(ReceiptFeed.objects.filter(enterprise_id=business).values_list("pk", flat=True))
        whose: dict[type[Model], dict[str, Any]] = {
            table: {"feed_id__in": feeds} for table in (Receipt, ReceiptDelivery)
        }
        return {
            table.__name__: table._default_manager.filter(
                **whose.get(table, {"enterprise_id": business})
            ).count()
            for table in tables
        }


def send(shop: Merchant) -> tuple[int, str]:
    path = f"/v1/data_batches?business={shop.business}&consent={shop.consent}"
    said = shop.caller.send("POST", path, receipt_lines(days=1), "application/x-ndjson")
    return said.status_code, said.json().get("code", "")


def is_read(shop: Merchant, instant: datetime | None = None) -> bool:
    """Does a decision see the receipts now?"""
    with bank_schema("qinglan"):
        found = observe(
            enterprise_id=parse_id("biz", shop.business),
            scene_id=shop.caller.access.scene_id,
            purpose="credit_assessment",
            as_of_date=business_date(),
            now=instant or now(),
        )
    return found.takings is not None


def test_before_the_signature_the_application_ends_without_a_mark_and_may_be_tried_again(
    shop: Merchant,
) -> None:
    application = shop.decided("12000.00")
    assert application["status"] == "approved"
    agreement = shop.caller.post(f"/applications/{application['id']}/agreements")
    key = parse_id("agr", agreement["id"])
    with bank_schema("qinglan"), transaction.atomic():
        applications.show_agreement(agreement_id=key, now=now())
        token = get_agreement(agreement_id=key, scene_id=None).signing_token
    assert is_read(shop)
    revoke(shop)
    assert send(shop) == (403, "consents.consent_revoked")
    assert not is_read(shop)
    host = agreement["signing_url"].split("/")[2]
    browser = Client(headers={"host": host, "accept": "application/json"})
    answer = browser.post(f"/sign/{token}", {"confirmed": "on"})
    assert (answer.status_code, answer.json()["code"]) == (403, "consents.consent_revoked")
    assert shop.caller.get(f"/applications/{application['id']}")["status"] == "withdrawn"
    assert shop.caller.get("/credit_lines")["data"] == []
    shop.consent = shop.caller.post("/consents", consent_body(shop.business))["id"]
    assert shop.decided("12000.00")["status"] == "approved"


def test_data_and_all_that_was_derived_from_it_go_when_asked_and_the_decision_stays(shop: Merchant) -> None:
    application = shop.decided("12000.00")
    decision = shop.caller.get(f"/applications/{application['id']}/decision")
    before = held(shop)
    assert all(before[name] for name in ("Receipt", "ReceiptDay", "ReceiptMonth", "ReceiptSigns"))
    revoke(shop)
    assert (is_read(shop), held(shop)) == (False, before)  # nothing was asked for but the withdrawal
    revoke(shop, erase_data=True)
    assert set(held(shop).values()) == {0}
    assert shop.caller.get(f"/applications/{application['id']}/decision") == decision
    with bank_schema("qinglan"):
        (said,) = AuditRecord.objects.filter(action="data.erased", subject=shop.business)
        assert said.detail["records"] == before["Receipt"]
        report = replay_all()
        assert (report.count, report.identical) == (1, True)
    shop.consent = shop.caller.post("/consents", consent_body(shop.business))["id"]
    assert is_read(shop)  # allowed again, but there is nothing to see
    shop.caller.post(f"/applications/{application['id']}/withdraw", status=200)
    again = shop.apply("12000.00")
    assess("qinglan", again["id"])
    assert shop.caller.get(f"/applications/{again['id']}")["status"] != "approved"
    path = f"/v1/data_batches?business={shop.business}&consent={shop.consent}"
    sent = shop.caller.send("POST", path, receipt_lines(), "application/x-ndjson").json()
    assert (sent["rows_accepted"], sent["rows_duplicate"]) == (before["Receipt"], 0)
    assert held(shop)["ReceiptDay"] == before["ReceiptDay"]


def test_after_the_money_the_debt_stays_and_new_draws_and_data_use_stop(shop: Merchant) -> None:
    line = shop.line("20000.00")
    loan = shop.loan(line["id"], "8000.00")
    revoke(shop)
    assert send(shop) == (403, "consents.consent_revoked")
    assert not is_read(shop)
    before = rows()
    draw: dict[str, Any] = shop.draw_body(line["id"], "1000.00")
    shop.caller.refused("POST", "/drawdowns", 403, "consents.consent_revoked", draw, idempotency_key="k")
    assert rows() == before
    assert shop.caller.get(f"/loans/{loan['id']}") == loan
    asked = shop.caller.post(
        "/repayments", {"loan": loan["id"], "bank_account": shop.account, "type": "full_prepay"}
    )
    collect("qinglan", asked["id"])
    assert shop.caller.get(f"/loans/{loan['id']}")["status"] == "paid_off"
    shop.consent = shop.caller.post("/consents", consent_body(shop.business))["id"]
    assert send(shop)[0] == 201
    assert is_read(shop)
    assert shop.caller.post("/drawdowns", draw)["status"] == "created"


def test_a_consent_that_ran_out_freezes_new_draws_and_data_use_and_no_debt(
    shop: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = shop.line("20000.00")
    loan = shop.loan(line["id"], "8000.00")
    ends = now() + timedelta(minutes=5)
    shop.consent = shop.caller.post("/consents", consent_body(shop.business, expires_at=ends.isoformat()))[
        "id"
    ]
    draw: dict[str, Any] = shop.draw_body(line["id"], "1000.00")
    shop.caller.post("/drawdowns", draw)
    monkeypatch.setattr("interfaces.door.now", lambda: ends)
    assert send(shop) == (403, "consents.consent_expired")
    assert not is_read(shop, ends)
    before = rows()
    shop.caller.refused("POST", "/drawdowns", 403, "consents.consent_expired", draw, idempotency_key="k")
    assert rows() == before
    with bank_schema("qinglan"), transaction.atomic():
        assert consents.expire_consents(now=ends) == 1
    shop.caller.refused("POST", "/drawdowns", 403, "consents.consent_expired", draw, idempotency_key="k")
    assert shop.caller.get(f"/loans/{loan['id']}") == loan
    work("jobs.relay_outbox", schema="qinglan")
    told = [one["type"] for one in shop.caller.get("/events?limit=100")["data"]]
    assert told.count("consent.expired") == 1
    shop.consent = shop.caller.post("/consents", consent_body(shop.business))["id"]
    assert shop.caller.post("/drawdowns", draw)["status"] == "created"
