"""J1: a bank goes live from the console, and what its product may cost is not its own decision alone."""

import json
import time
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from interfaces.door import now
from interfaces.scene.tests import world
from interfaces.scene.tests.caller import Caller
from interfaces.tests.journeys.people import Person, books_hold, operator, rows_of, staff
from kernel.rates import AnnualRate
from lending.products import operations as products
from lending.products.queries import current_product
from lending.products.terms import ProductTerms
from plumbing.schemas import bank_schema
from testkit.banks import TEAM_PASSWORD
from testkit.scenes import open_scene

BANK = "taihe"
OPENED = date(2026, 7, 31)  # the last day before the disclosure rule (P-03)
CREATION_SECONDS = 60
ORDER = {
    "schema": BANK,
    "name_zh": "泰禾农商银行",
    "name_en": "Taihe Rural Commercial Bank",
    "kind": "rural_commercial",
    "host": f"{BANK}.localhost",
    "area_prefixes": "3310",
    "tier1_capital": "2400000000.00",
    "first_business_date": OPENED.isoformat(),
    "team_password": TEAM_PASSWORD,
}


@pytest.fixture
def console(fresh_database: str) -> Person:
    return operator()


@pytest.fixture
def created(console: Person) -> None:
    """The bank, created in the console; the two that were there before are not touched by it."""
    before = rows_of("qinglan"), rows_of("lian")
    begun = time.monotonic()
    answer = console.post("/ops/banks/new", status=201, **ORDER)
    assert time.monotonic() - begun < CREATION_SECONDS
    assert answer["schema"] == BANK
    assert (rows_of("qinglan"), rows_of("lian")) == before


@pytest.fixture
def caller(created: None, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setitem(world.AREAS, BANK, "331002")
    return Caller(open_scene("xianlian", banks=[BANK]), bank=BANK)


def terms_now() -> ProductTerms:
    found = current_product(code="receipts_revolving", on_date=OPENED)
    return ProductTerms(**{field.name: getattr(found, field.name) for field in fields(ProductTerms)})


def publish(terms: ProductTerms, *, drafted_by: str, published_by: str) -> None:
    with bank_schema(BANK), transaction.atomic():
        draft = products.draft_product(terms=terms, drafted_by=drafted_by, now=now())
        products.publish_product(
            product_version_id=draft.id, published_by=published_by, on_date=OPENED, now=now()
        )


def test_a_new_bank_has_its_product_its_people_and_its_books(caller: Caller) -> None:
    page = staff(BANK, "product").page("/products")
    assert "10.95" in page  # the all-in cost, on 365 days
    assert "10.80" in page  # nominal, on 360
    product = caller.get("/products/receipts_revolving")
    assert (product["annual_rate"], product["all_in_cost"]) == ("0.108000", "0.109500")
    assert (product["limit_min"], product["limit_max"]) == (world.yuan("5000.00"), world.yuan("300000.00"))
    with bank_schema(BANK):
        seeded = current_product(code="receipts_revolving", on_date=OPENED)
    assert seeded.drafted_by != seeded.published_by
    assert "product.publish" in staff(BANK, "audit").page("/audit-log")
    assert books_hold(BANK)


def test_a_product_above_the_cap_or_published_by_its_drafter_is_not_on_offer(caller: Caller) -> None:
    before = rows_of(BANK)
    with bank_schema(BANK):
        dear = replace(terms_now(), annual_rate=AnnualRate.parse("0.238000"))
        cheap = replace(terms_now(), annual_rate=AnnualRate.parse("0.072000"))
    with pytest.raises(products.SamePerson):
        publish(cheap, drafted_by="product@taihe.example", published_by="product@taihe.example")
    with pytest.raises(Exception) as refusal:
        publish(dear, drafted_by="product@taihe.example", published_by="risk@taihe.example")
    assert getattr(refusal.value, "code", "") == "products.cost_cap_exceeded"
    assert getattr(refusal.value, "params", {})["cost_percent"] == "24.13"
    assert rows_of(BANK) == before
    publish(cheap, drafted_by="product@taihe.example", published_by="risk@taihe.example")
    product = caller.get("/products/receipts_revolving")
    assert (product["version"], product["annual_rate"]) == (2, "0.072000")


def receipts_until(day: date) -> bytes:
    rows: list[dict[str, Any]] = [
        {
            "receipt_no": f"R{offset}-{nth}",
            "paid_at": f"{day - timedelta(days=offset)}T1{nth}:00:00+08:00",
            "amount": "292.00",
            "kind": "sale",
            "payer_ref": f"payer-{offset:05d}-{nth}",
            "channel": "merchant_code",
        }
        for offset in range(200, 0, -1)
        for nth in range(5)
    ]
    return "\n".join(map(json.dumps, rows)).encode()


def open_and_sign(caller: Caller, number: int, on_date: date) -> Any:
    """Take a merchant to its agreement, open the page and sign at once; return the page's answer."""
    shop = world.merchant(caller, number, receipts=receipts_until(on_date))
    application = shop.decided("20000.00")
    assert application["status"] == "approved", application
    agreement = caller.post(f"/applications/{application['id']}/agreements")
    host, _, path = agreement["signing_url"].removeprefix("http://").removeprefix("https://").partition("/")
    borrower = Client(headers={"host": host, "accept": "application/json"})
    assert borrower.get(f"/{path}").status_code == 200
    return borrower.post(f"/{path}", {"confirmed": "on"})


def test_from_the_first_of_august_the_cost_has_to_be_read_before_it_is_signed(
    caller: Caller, console: Person
) -> None:
    signed = open_and_sign(caller, 1, OPENED)
    assert (signed.status_code, signed.json()["reading_seconds"]) == (200, 0)
    assert signed.json()["status"] == "signed"
    world.work("jobs.day_end", schema=BANK, until_date="2026-08-01")
    assert console.get(f"/ops/banks/{BANK}/day-ends")["business_date"] == "2026-08-01"
    refused = open_and_sign(caller, 2, date(2026, 8, 1))
    assert refused.status_code == 422
    assert len(caller.get("/credit_lines")["data"]) == 1
