"""Pre-qualification through the door: by what a business shows, or by what it says; it counts for nothing."""

from typing import Any

import pytest

from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.test_forms import rows
from interfaces.scene.tests.world import Merchant, business_body, merchant, receipt_lines, yuan
from plumbing.schemas import bank_schema
from risk.cases.models import Case
from risk.decisions.models import Decision

PRODUCT = "receipts_revolving"


def ask(caller: Caller, **what: Any) -> Any:
    return caller.post("/prequalifications", {"product": PRODUCT, **what})


@pytest.fixture
def shop(caller: Caller) -> Merchant:
    return merchant(caller)


def test_a_business_hears_what_its_application_would_hear_and_bears_no_mark(shop: Merchant) -> None:
    caller = shop.caller
    events = caller.get("/events?limit=100")["data"]
    said = ask(caller, business=shop.business)
    assert (said["result"], said["business"], said["monthly_sales"]) == ("eligible", shop.business, None)
    assert said["cost_range"] == {"min": "0.109500", "max": "0.109500"}
    with bank_schema("qinglan"):
        assert (Decision.objects.count(), Case.objects.count()) == (0, 0)
    assert caller.get("/events?limit=100")["data"] == events
    assert caller.get(f"/prequalifications/{said['id']}") == said
    assert caller.get(f"/prequalifications?business={shop.business}")["data"] == [said]
    decided = shop.decided("300000.00")
    assert decided["approved_amount"] == said["max_amount"]


def test_too_little_history_is_ineligible_with_its_reason(caller: Caller) -> None:
    young = merchant(caller, receipts=receipt_lines(days=40))
    said = ask(caller, business=young.business)
    assert (said["result"], said["max_amount"], said["cost_range"]) == ("ineligible", None, None)
    assert said["reason_codes"][0]["code"] == "history_short"


def test_without_a_consent_in_force_nothing_is_read_and_nothing_kept(shop: Merchant) -> None:
    caller = shop.caller
    stranger = caller.post("/businesses", business_body(2))["id"]
    body = {"product": PRODUCT, "business": stranger}
    before = rows()
    caller.refused("POST", "/prequalifications", 403, "consents.consent_required", body)
    assert rows() == before
    caller.post(f"/consents/{shop.consent}/revoke", {}, status=200)
    before = rows()
    body["business"] = shop.business
    caller.refused("POST", "/prequalifications", 403, "consents.consent_revoked", body)
    assert rows() == before


def test_facts_alone_are_judged_by_the_products_policy(caller: Caller) -> None:
    said = ask(caller, facts={"monthly_sales": yuan("60000.00")})
    assert (said["result"], said["max_amount"], said["business"]) == ("eligible", yuan("90000.00"), None)
    said = ask(caller, facts={"monthly_sales": yuan("49999.00")})
    assert (said["result"], [one["code"] for one in said["reason_codes"]]) == (
        "insufficient_data",
        ["fact_unknown"],
    )
    before = rows()
    caller.refused("POST", "/prequalifications", 422, "prequalifications.one_source", {"product": PRODUCT})
    assert rows() == before
