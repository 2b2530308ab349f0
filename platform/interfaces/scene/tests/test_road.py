"""From a business to a settled loan: API, bank's page, worker and rail (S0-01, J3, J4, J6)."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from interfaces.event_types import EVENT_TYPES
from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.world import (
    Merchant,
    account_body,
    collect,
    disburse,
    fund_bank,
    merchant,
    receipt_lines,
    yuan,
)
from kernel.ids import public_id
from plumbing.outbox.queries import latest_events
from plumbing.schemas import bank_schema
from testkit.servicing import borrower, broken, end_day

pytestmark = pytest.mark.journey


def pass_to(bank: str, until: date) -> None:
    with bank_schema(bank), transaction.atomic():
        while end_day() < until:
            pass


def repay(shop: Merchant, loan: str, **what: Any) -> Any:
    asked = shop.caller.post("/repayments", {"loan": loan, "bank_account": shop.account, **what})
    assert asked["status"] == "processing"
    collect(shop.caller.bank, asked["id"])
    return shop.caller.get(f"/repayments/{asked['id']}")


def assert_books_hold(bank: str) -> None:
    with bank_schema(bank), transaction.atomic():
        assert broken() == []


def draw_part_and_settle(shop: Merchant, line: Any) -> tuple[Any, Any, Any]:
    """Draw 30,000, repay 10,000 on day 10, settle on day 27; return the loan and both repayments."""
    loan = shop.loan(line["id"], "30000.00", external_id="O-8841", metadata={"table": "7"})
    assert loan["outstanding"]["total"] == yuan("30000.00")
    pass_to("qinglan", date(2026, 11, 12))
    quote = shop.caller.post(f"/loans/{loan['id']}/payoff_quotes", {}, status=200)
    assert quote["total"] == shop.caller.get(f"/loans/{loan['id']}")["outstanding"]["total"]
    part = repay(shop, loan["id"], type="partial_prepay", principal=yuan("10000.00"))
    pass_to("qinglan", date(2026, 11, 29))
    rest = repay(shop, loan["id"], type="full_prepay")
    assert (part["status"], rest["status"]) == ("succeeded", "succeeded")
    return loan, part, rest


def test_the_example_of_s0_01_to_the_fen(committed: Caller) -> None:
    fund_bank("qinglan", "1000000.00")
    with bank_schema("qinglan"), transaction.atomic():
        who = borrower(limit="50000.00", scene_id=committed.access.scene_id)
    shop = Merchant(
        committed, public_id("biz", who.enterprise_id), public_id("acc", who.bank_account_id), consent=""
    )
    line = committed.get(f"/credit_lines/{public_id('lin', who.line_id)}")
    assert line["annual_rate"] == "0.072000"
    _, part, rest = draw_part_and_settle(shop, line)
    assert part["allocation"]["interest"] == yuan("60.00")
    assert part["amount"] == yuan("10060.00")
    assert rest["allocation"]["interest"] == yuan("68.00")
    assert rest["amount"] == yuan("20068.00")
    assert committed.get(f"/credit_lines/{line['id']}")["available"] == yuan("50000.00")
    assert_books_hold("qinglan")


def test_the_whole_road_of_a_merchant(committed: Caller) -> None:
    fund_bank("qinglan", "1000000.00")
    shop = merchant(committed)
    line = shop.line("50000.00")
    assert (line["status"], line["limit"], line["annual_rate"]) == ("active", yuan("50000.00"), "0.108000")
    decision = committed.get(f"/applications/{line['application']}/decision")
    assert (decision["outcome"], decision["decided_by"], decision["counter_offer"]) == (
        "approved",
        "auto",
        None,
    )
    loan, part, rest = draw_part_and_settle(shop, line)
    assert part["allocation"]["interest"] == yuan("90.00")
    assert rest["allocation"]["interest"] == yuan("102.00")
    assert committed.get(f"/drawdowns/{loan['drawdown']}")["metadata"] == {"table": "7"}
    assert committed.get(f"/loans/{loan['id']}")["status"] == "paid_off"
    assert committed.get(f"/credit_lines/{line['id']}")["available"] == line["limit"]
    log = committed.get(f"/loans/{loan['id']}/transactions")["data"]
    assert [row["kind"] for row in log] == ["disbursement", "repayment", "repayment"]
    assert committed.get(f"/loans/{loan['id']}/schedule")["data"] == []
    work("jobs.relay_outbox", schema="qinglan")
    events = committed.get("/events?limit=100")["data"]
    told = {event["type"] for event in events}
    assert {"drawdown.paid_out", "loan.activated", "repayment.succeeded", "loan.paid_off"} <= told
    for event in events:
        assert event["data"]["object"]["id"] == event["subject"]
    with bank_schema("qinglan"):
        assert {event.type for event in latest_events(limit=500)} <= set(EVENT_TYPES)
    assert_books_hold("qinglan")


def test_a_refused_payment_frees_the_limit_and_an_unknown_one_is_found(committed: Caller) -> None:
    fund_bank("qinglan", "1000000.00")
    shop = merchant(committed)
    line = shop.line("20000.00")
    for ending, failure in (("0001", "account_closed"), ("0002", "name_mismatch")):
        body = shop.draw_body(line["id"], "5000.00", bank_account=add_account(shop, ending))
        begun = committed.post("/drawdowns", body)
        disburse("qinglan", begun["id"])
        ended = committed.get(f"/drawdowns/{begun['id']}")
        assert (ended["status"], ended["failure_code"]) == ("failed", failure)
        assert committed.get(f"/credit_lines/{line['id']}")["available"] == yuan("20000.00")
    body = shop.draw_body(line["id"], "5000.00", bank_account=add_account(shop, "0009"))
    begun = committed.post("/drawdowns", body)
    disburse("qinglan", begun["id"])
    waiting = committed.get(f"/drawdowns/{begun['id']}")
    assert waiting["status"] == "processing"
    assert committed.get(f"/credit_lines/{line['id']}")["available"] == yuan("15000.00")
    assert_books_hold("qinglan")


def add_account(shop: Merchant, ending: str) -> str:
    number = int(ending) + 100
    body = account_body(number, ending) | {"holder_name": "示例商户1"}
    return str(shop.caller.post(f"/businesses/{shop.business}/bank_accounts", body)["id"])


def test_a_declined_credit_is_an_answer_with_reasons(caller: Caller) -> None:
    shop = merchant(caller, receipts=receipt_lines(days=3, a_day=1, sale="9.00"))
    application = shop.decided("50000.00")
    assert application["status"] == "declined"
    decision = caller.get(f"/applications/{application['id']}/decision")
    assert decision["outcome"] == "declined"
    assert decision["approved_amount"] is None
    assert decision["reason_codes"]
    assert [reason["rank"] for reason in decision["reason_codes"]] == sorted(
        reason["rank"] for reason in decision["reason_codes"]
    )
    english = caller.call("GET", f"/applications/{application['id']}/decision", accept_language="en").json()
    assert english["reason_codes"][0]["text"] != decision["reason_codes"][0]["text"]


def test_less_than_asked_is_a_counter_offer(caller: Caller) -> None:
    application = merchant(caller).decided("200000.00")
    assert application["status"] == "approved"
    decision = caller.get(f"/applications/{application['id']}/decision")
    assert decision["counter_offer"] == decision["approved_amount"] == application["approved_amount"]
    assert float(decision["counter_offer"]["amount"]) < 200000


def test_an_application_undecided_has_no_decision_and_can_be_withdrawn(caller: Caller) -> None:
    application = merchant(caller).apply(metadata={"basket": "A1"})
    assert (application["status"], application["metadata"]) == ("submitted", {"basket": "A1"})
    caller.refused("GET", f"/applications/{application['id']}/decision", 409, "applications.decision_pending")
    withdrawn = caller.post(f"/applications/{application['id']}/withdraw", {}, status=200)
    assert withdrawn["status"] == "withdrawn"
    caller.refused(
        "POST", f"/applications/{application['id']}/withdraw", 409, "applications.state_conflict", {}
    )
