"""J6: repay any amount, any day; S0-01's example to the fen, at the bank that lends at 7.2 % (ACT/360)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.world import Merchant, collect, merchant, yuan
from interfaces.tests.journeys.people import (
    balance_at,
    books_hold,
    impatient,
    pass_days,
    rail_memory,
    repay,
    rows_of,
    staff,
    sweep,
    top_up,
)
from ledger.journal.queries import entries
from plumbing.schemas import bank_schema

BANK = "lian"
LIMIT = "40000.00"


@pytest.fixture
def shop(caller_at_lian: Caller) -> Merchant:
    top_up(BANK, "1000000.00")
    return merchant(caller_at_lian)


@pytest.fixture
def line(shop: Merchant) -> Any:
    found = shop.line(LIMIT)
    assert (found["limit"], found["annual_rate"]) == (yuan(LIMIT), "0.072000")
    return found


def owed(shop: Merchant, loan: str) -> Any:
    return shop.caller.get(f"/loans/{loan}")["outstanding"]


def test_the_example_of_s0_01_to_the_fen(shop: Merchant, line: Any) -> None:
    pass_days(BANK, date(2026, 11, 3))
    loan = shop.loan(line["id"], "30000.00")["id"]
    pass_days(BANK, date(2026, 11, 13))
    part = repay(shop, loan, type="partial_prepay", principal=yuan("10000.00"))
    assert (part["status"], part["amount"]) == ("succeeded", yuan("10060.00"))
    assert part["allocation"]["interest"] == yuan("60.00")
    assert part["allocation"]["principal"] == yuan("10000.00")
    assert shop.caller.get(f"/credit_lines/{line['id']}")["available"] == yuan("20000.00")

    pass_days(BANK, date(2026, 11, 30))
    rest = repay(shop, loan, type="full_prepay")
    assert (rest["status"], rest["amount"]) == ("succeeded", yuan("20068.00"))
    assert rest["allocation"]["interest"] == yuan("68.00")
    assert shop.caller.get(f"/loans/{loan}")["status"] == "paid_off"
    assert shop.caller.get(f"/credit_lines/{line['id']}")["available"] == line["limit"]
    assert balance_at(BANK, "1003") == "1000128.00"  # the interest, and no fee for paying early
    assert Decimal(balance_at(BANK, "6011.01")) + Decimal(balance_at(BANK, "6011.02")) == Decimal("128.00")
    assert books_hold(BANK)


def test_part_of_what_is_owed_pays_interest_first(shop: Merchant, line: Any) -> None:
    loan = shop.loan(line["id"], "30000.00")["id"]
    pass_days(BANK, date(2026, 11, 12))
    paid = repay(shop, loan, type="partial_prepay", amount=yuan("5000.00"))
    assert paid["allocation"]["interest"] == yuan("60.00")
    assert paid["allocation"]["principal"] == yuan("4940.00")
    assert owed(shop, loan)["principal"] == yuan("25060.00")
    assert shop.caller.get(f"/credit_lines/{line['id']}")["available"] == yuan("14940.00")
    assert books_hold(BANK)


def test_a_receipt_keyed_four_days_late_gives_four_yuan_of_interest_back(shop: Merchant, line: Any) -> None:
    pass_days(BANK, date(2026, 11, 5))
    loan = shop.loan(line["id"], "20000.00")["id"]
    pass_days(BANK, date(2026, 11, 9))
    assert owed(shop, loan)["interest"] == yuan("16.00")
    accountant = staff(BANK, "accounts")
    keyed = {"amount": "5000.00", "received_date": "2026-11-05", "receipt_no": "C-000001"}
    for _ in range(2):  # keyed twice, counted once
        assert accountant.post(f"/loans/{loan}/receipts", **keyed)["status"] == "succeeded"
    assert (owed(shop, loan)["principal"], owed(shop, loan)["interest"]) == (yuan("15000.00"), yuan("12.00"))
    with bank_schema(BANK):
        corrections = [entry for entry in entries(reference=loan) if entry.kind == "loan.interest_correction"]
    [correction] = corrections
    assert {str(line.amount) for line in correction.lines} == {"4.00"}
    assert (correction.booking_date, correction.value_date) == (date(2026, 11, 9), date(2026, 11, 5))
    refused = accountant.post(f"/loans/{loan}/receipts", status=409, **{**keyed, "amount": "6000.00"})
    assert refused["code"] == "lending.receipt_number_reused"
    assert books_hold(BANK)


def test_what_is_paid_too_much_is_the_borrowers(shop: Merchant, line: Any) -> None:
    loan = shop.loan(line["id"], "30000.00")["id"]
    pass_days(BANK, date(2026, 11, 12))
    paid = repay(shop, loan, type="partial_prepay", amount=yuan("35000.00"))
    assert paid["allocation"]["principal"] == yuan("30000.00")
    assert paid["allocation"]["interest"] == yuan("60.00")
    assert paid["allocation"]["excess"] == yuan("4940.00")
    assert shop.caller.get(f"/loans/{loan}")["status"] == "paid_off"
    assert balance_at(BANK, "2241") == "4940.00"
    assert shop.caller.get(f"/credit_lines/{line['id']}")["available"] == line["limit"]
    assert books_hold(BANK)


def test_the_rail_that_says_it_twice_is_booked_once(shop: Merchant, line: Any) -> None:
    loan = shop.loan(line["id"], "30000.00")["id"]
    impatient(BANK)
    body = {
        "loan": loan,
        "bank_account": shop.account,
        "type": "partial_prepay",
        "amount": yuan("5000.00"),
        "external_id": "P-1",
    }
    asked = [shop.caller.post("/repayments", body, key="P-1") for _ in range(2)]
    assert asked[0] == asked[1]
    collect(BANK, asked[0]["id"])
    sweep(BANK)  # seals the decision that let the merchant in
    before = rows_of(BANK)
    collect(BANK, asked[0]["id"])
    sweep(BANK)
    assert rows_of(BANK) == before
    key = "P-2"
    shop.caller.refused(
        "POST", "/repayments", 409, "lending.repayment_already_requested", body, idempotency_key=key
    )
    assert rows_of(BANK) == before
    assert sorted(rail_memory(BANK)) == [("collect", "settled", 1), ("pay", "settled", 1)]
    assert balance_at(BANK, "1003") == "975000.00"
    assert books_hold(BANK)
