"""Published values: each does in a sandbox what its table says, by real machinery; at a live bank nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from interfaces import sandbox_acts
from interfaces.door import in_bank
from interfaces.sandbox_values import EXPIRES, FIRMS, LOST, REJECTS, forget_banks
from interfaces.scene import applications as door
from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.world import (
    Merchant,
    account_body,
    assess,
    business_body,
    collect,
    consent_body,
    disburse,
    fund_bank,
    yuan,
)
from parties.enterprises.identifiers import check_registration_no
from plumbing.clock.queries import business_date
from plumbing.schemas import public_schema
from tenants.banks.models import Bank

BY_MARK = {firm.registration_no[13:16]: firm for firm in FIRMS}


def firm(caller: Caller, mark: str, number: int = 1, *, phone: str = "", ending: str = "0000") -> Merchant:
    """Introduce a firm with a published number; it sends no data."""
    body = business_body(number, registration_no=BY_MARK[mark].registration_no)
    if phone:
        body["representative"]["phone"] = phone
    business = caller.post("/businesses", body)["id"]
    account = caller.post(f"/businesses/{business}/bank_accounts", account_body(number, ending))["id"]
    consent = caller.post("/consents", consent_body(business))["id"]
    return Merchant(caller, business, account, consent)


def line(shop: Merchant, amount: str = "50000.00") -> str:
    """Be approved, and sign by the helper; return the line."""
    application = shop.decided(amount)
    signed = shop.caller.post(f"/test_helpers/applications/{application['id']}/sign", status=200)
    return str(signed["credit_line"])


def account(shop: Merchant, ending: str, number: int) -> str:
    return str(
        shop.caller.post(f"/businesses/{shop.business}/bank_accounts", account_body(number, ending))["id"]
    )


def drawn(shop: Merchant, credit_line: str, bank_account: str, amount: str = "1000.00") -> Any:
    body = {**shop.draw_body(credit_line, amount), "bank_account": bank_account}
    drawdown = shop.caller.post("/drawdowns", body)
    disburse(shop.caller.bank, drawdown["id"])
    return shop.caller.get(f"/drawdowns/{drawdown['id']}")


def repaid(shop: Merchant, loan: str, bank_account: str) -> Any:
    body = {"loan": loan, "bank_account": bank_account, "type": "partial_prepay", "principal": yuan("10.00")}
    asked = shop.caller.post("/repayments", body)
    collect(shop.caller.bank, asked["id"])
    return shop.caller.get(f"/repayments/{asked['id']}")


def go_live() -> None:
    with public_schema(), transaction.atomic():
        Bank.objects.filter(schema_name="qinglan").update(livemode=True)
    forget_banks()


def events() -> int:
    with in_bank("qinglan"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outbox_event")
        return int(cursor.fetchone()[0])


def test_every_published_number_passes_the_check_digits() -> None:
    assert [check_registration_no(one.registration_no) for one in FIRMS] == [
        one.registration_no for one in FIRMS
    ]
    assert len({one.registration_no for one in FIRMS}) == 9


def test_each_number_is_decided_as_published(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[str] = []
    monkeypatch.setattr(door, "enqueue", lambda name, **_: handed.append(name))
    for number, one in enumerate(FIRMS, start=1):
        handed.clear()
        shop = firm(caller, one.registration_no[13:16], number)
        application = shop.decided("20000.00")
        assert handed == ([] if one.registration_no in LOST else ["jobs.assess"])
        assert application["status"] == one.outcome, one
        decision = caller.get(f"/applications/{application['id']}/decision")
        told = [reason["code"] for reason in decision["reason_codes"]]
        published = one.told_en.split("`")[1] if "`" in one.told_en else ""
        if one.outcome == "approved":
            lower = published == "counter_offer"
            assert (decision["counter_offer"] is not None) is lower
            assert lower or application["approved_amount"] == yuan("20000.00")
        elif published:
            assert told[0] == published
        else:
            assert "receipts_jump" not in told  # a suspicion is told to nobody


def test_a_live_bank_knows_none_of_the_values(caller: Caller) -> None:
    fund_bank("qinglan", "100000.00")
    shop = firm(caller, "0A1")
    closed = account(shop, "0001", 7)
    credit_line = line(shop)
    assert drawn(shop, credit_line, closed)["failure_code"] == "account_closed"
    other = firm(caller, "0D1", 2)
    waiting = other.apply("20000.00")
    body = {**shop.draw_body(credit_line, "1000.00"), "bank_account": account(shop, "0001", 8)}
    asked = caller.post("/drawdowns", body)
    go_live()
    try:
        assess("qinglan", waiting["id"])
        disburse("qinglan", asked["id"])
        assert caller.get(f"/drawdowns/{asked['id']}")["status"] == "paid_out"
        assert caller.get(f"/applications/{waiting['id']}")["status"] == "in_review"  # there are no receipts
        before = events()
        for path in (
            f"/test_helpers/applications/{waiting['id']}/approve",
            f"/test_helpers/applications/{waiting['id']}/decline",
            f"/test_helpers/applications/{waiting['id']}/sign",
            f"/test_helpers/drawdowns/{asked['id']}/fail",
            f"/test_helpers/consents/{other.consent}/expire",
        ):
            caller.refused("POST", path, 403, "sandboxes.test_bank_only", {})
        assert events() == before
        assert caller.get(f"/applications/{waiting['id']}")["status"] == "in_review"
        assert caller.get(f"/consents/{other.consent}")["status"] == "authorised"
        no = business_body(3)
        no["representative"]["phone"] = REJECTS
        business = caller.post("/businesses", no)["id"]
        assert caller.post("/consents", consent_body(business))["status"] == "authorised"
    finally:
        forget_banks()


def test_a_repayment_fails_twice_then_succeeds_and_another_is_returned(caller: Caller) -> None:
    fund_bank("qinglan", "100000.00")
    shop = firm(caller, "0A1")
    loan = drawn(shop, line(shop), shop.account)["loan"]
    poor, taken = account(shop, "0052", 7), account(shop, "0099", 8)
    told = [repaid(shop, loan, poor) for _ in range(3)]
    assert [one["status"] for one in told] == ["failed", "failed", "succeeded"]
    assert told[0]["failure_code"] == "insufficient_funds"
    back = repaid(shop, loan, taken)
    assert back["status"] == "succeeded"
    owed = caller.get(f"/loans/{loan}")["outstanding"]["principal"]
    with in_bank("qinglan"):
        today = business_date()
        assert sandbox_acts.returns_due(today + timedelta(days=1)) == ()
        [due] = sandbox_acts.returns_due(today + timedelta(days=2))
    path = f"/test_helpers/repayments/{back['id']}/return"
    assert caller.post(path, status=200)["status"] == "returned"
    assert str(due) not in path  # the public id is not the table's
    with in_bank("qinglan"):
        assert sandbox_acts.returns_due(today + timedelta(days=2)) == ()  # once
    again = caller.get(f"/loans/{loan}")["outstanding"]["principal"]
    assert (owed["amount"], again["amount"]) == ("980.00", "990.00")
    before = events()
    caller.refused("POST", path, 409, "lending.not_a_receipt", {})
    assert events() == before


def test_whoever_answers_the_phone_gives_a_consent_or_does_not(caller: Caller) -> None:
    business = business_body(1)
    business["representative"]["phone"] = REJECTS
    refusing = caller.post("/businesses", business)["id"]
    caller.refused("POST", "/consents", 422, "consents.rejected", consent_body(refusing))
    assert caller.get(f"/consents?business={refusing}")["data"] == []
    business = business_body(2)
    business["representative"]["phone"] = EXPIRES
    late = caller.post("/businesses", business)["id"]
    assert caller.post("/consents", consent_body(late))["status"] == "expired"
    work("jobs.relay_outbox", schema="qinglan")
    assert "consent.expired" in [event["type"] for event in caller.get("/events")["data"]]


def test_a_reviewer_decides_at_once(caller: Caller) -> None:
    held, unclear = firm(caller, "0F1", 1).decided(), firm(caller, "0N1", 2).decided()
    path = "/test_helpers/applications/"
    assert caller.post(f"{path}{held['id']}/decline", status=200)["status"] == "declined"
    approved = caller.post(f"{path}{unclear['id']}/approve", status=200)
    assert (approved["status"], approved["approved_amount"]) == ("approved", yuan("50000.00"))
    before = events()
    for act in ("approve", "decline", "sign"):
        caller.refused("POST", f"{path}{held['id']}/{act}", 409, "applications.state_conflict", {})
    assert events() == before
    assert caller.get(f"/applications/{held['id']}")["status"] == "declined"
    signed = caller.post(f"{path}{unclear['id']}/sign", status=200)
    assert (signed["status"], signed["signing_url"]) == ("signed", None)
    assert caller.get(f"/credit_lines/{signed['credit_line']}")["status"] == "active"


def test_the_rail_says_what_it_is_told_to_say(caller: Caller) -> None:
    fund_bank("qinglan", "100000.00")
    shop = firm(caller, "0A1")
    credit_line, silent = line(shop), account(shop, "0003", 7)
    first, second = drawn(shop, credit_line, silent), drawn(shop, credit_line, silent)
    assert {first["status"], second["status"]} == {"processing"}
    path = "/test_helpers/drawdowns/"
    paid = caller.post(f"{path}{first['id']}/settle", status=200)
    assert (paid["status"], paid["loan"] is not None) == ("paid_out", True)
    failed = caller.post(f"{path}{second['id']}/fail", {"failure_code": "account_frozen"}, 200)
    assert (failed["status"], failed["failure_code"]) == ("failed", "account_frozen")
    before = events()
    caller.refused("POST", f"{path}{first['id']}/fail", 409, "payment_rails.contradiction", {})
    unsent = caller.post("/drawdowns", {**shop.draw_body(credit_line, "1000.00"), "bank_account": silent})
    caller.refused("POST", f"{path}{unsent['id']}/settle", 409, "sandboxes.nothing_on_the_rail", {})
    assert caller.get(f"{path.removeprefix('/test_helpers')}{first['id']}")["status"] == "paid_out"
    assert events() == before + 1  # of the drawdown that was asked for
    owing = caller.post("/repayments", {"loan": paid["loan"], "bank_account": silent, "type": "full_prepay"})
    collect("qinglan", owing["id"])
    assert caller.get(f"/repayments/{owing['id']}")["status"] == "processing"
    done = caller.post(f"/test_helpers/repayments/{owing['id']}/settle", status=200)
    assert done["status"] == "succeeded"
    assert caller.get(f"/loans/{paid['loan']}")["status"] == "paid_off"


def test_a_consent_runs_out_when_told(caller: Caller) -> None:
    shop = firm(caller, "0A1")
    path = f"/test_helpers/consents/{shop.consent}/expire"
    assert caller.post(path, status=200)["status"] == "expired"
    before = events()
    caller.refused("POST", path, 409, "consents.state_conflict", {})
    assert events() == before
    shop.caller.refused("POST", "/applications", 403, "consents.consent_expired", shop.apply_body())
