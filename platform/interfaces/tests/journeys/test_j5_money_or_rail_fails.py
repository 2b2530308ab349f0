"""J5: the settlement account is short, the rail is silent, the account is wrong: nothing is paid twice."""

from typing import Any

import pytest

from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.world import Merchant, disburse, merchant, yuan
from interfaces.tests.journeys.people import (
    add_account,
    balance_at,
    books_hold,
    impatient,
    rail_memory,
    rows_of,
    sweep,
    told,
    top_up,
)


def draw(shop: Merchant, line: str, amount: str, **changes: Any) -> str:
    """Draw, and let a worker take the job up."""
    begun = shop.caller.post("/drawdowns", shop.draw_body(line, amount, **changes))
    disburse("qinglan", begun["id"])
    return str(begun["id"])


def status(caller: Caller, drawdown: str) -> str:
    return str(caller.get(f"/drawdowns/{drawdown}")["status"])


def available(caller: Caller, line: str) -> Any:
    return caller.get(f"/credit_lines/{line}")["available"]


@pytest.fixture
def two(caller: Caller) -> tuple[Merchant, str, Merchant, str]:
    """Two merchants with lines of 50,000 and 20,000 at a bank with 18,000 in its settlement account."""
    first, second = merchant(caller, 1), merchant(caller, 2)
    lines = first.line("50000.00")["id"], second.line("20000.00")["id"]
    top_up("qinglan", "18000.00")
    return first, lines[0], second, lines[1]


def test_short_funds_wait_without_a_loan_and_resume_first_come_first(
    caller: Caller, two: tuple[Merchant, str, Merchant, str]
) -> None:
    shop, line, other, other_line = two
    first = draw(shop, line, "50000.00")
    second = draw(other, other_line, "20000.00")
    assert [status(caller, one) for one in (first, second)] == ["awaiting_funds"] * 2
    rows = rows_of("qinglan")
    assert (rows["loans_loan"], rows["payment_rails_paymentinstruction"]) == (0, 0)
    assert caller.get("/loans")["data"] == []
    assert available(caller, line) == yuan("0.00")  # the limit stays held
    assert balance_at("qinglan", "1003") == "18000.00"

    top_up("qinglan", "2000.00")  # enough for the second: it has to wait its turn
    assert [status(caller, one) for one in (first, second)] == ["awaiting_funds"] * 2
    top_up("qinglan", "40000.00")
    assert [status(caller, one) for one in (first, second)] == ["paid_out", "awaiting_funds"]
    top_up("qinglan", "10000.00")
    assert [status(caller, one) for one in (first, second)] == ["paid_out"] * 2
    assert balance_at("qinglan", "1003") == "0.00"
    assert rail_memory("qinglan") == [("pay", "settled", 1)] * 2
    assert books_hold("qinglan")


def test_without_a_top_up_the_wait_ends_and_the_limit_is_back(
    caller: Caller, two: tuple[Merchant, str, Merchant, str]
) -> None:
    shop, line, _, _ = two
    waiting = draw(shop, line, "50000.00")
    impatient("qinglan", funding_wait_seconds=0)
    sweep("qinglan")
    ended = caller.get(f"/drawdowns/{waiting}")
    assert (ended["status"], ended["failure_code"], ended["loan"]) == ("expired", "funds_unavailable", None)
    assert available(caller, line) == yuan("50000.00")
    top_up("qinglan", "100000.00")
    assert status(caller, waiting) == "expired"
    assert rail_memory("qinglan") == []
    assert told(caller, waiting) == ["drawdown.created", "drawdown.failed"]
    assert books_hold("qinglan")


@pytest.fixture
def shop(caller: Caller) -> Merchant:
    top_up("qinglan", "100000.00")
    impatient("qinglan")
    return merchant(caller)


@pytest.fixture
def line(shop: Merchant) -> str:
    return str(shop.line("30000.00")["id"])


def enquire() -> None:
    work("jobs.enquire_open", schema="qinglan")


def test_a_silent_rail_is_asked_and_never_sent_the_money_again(
    caller: Caller, shop: Merchant, line: str
) -> None:
    silent = draw(shop, line, "30000.00", bank_account=add_account(shop, "0009"))
    assert status(caller, silent) == "processing"
    assert balance_at("qinglan", "3001") == "30000.00"
    assert available(caller, line) == yuan("0.00")
    disburse("qinglan", silent)  # the job again: the instruction has been sent, so it is left alone
    assert rail_memory("qinglan") == [("pay", "settled", 1)]
    for _ in range(3):  # found at the first enquiry; saying it again books nothing
        enquire()
    found = caller.get(f"/drawdowns/{silent}")
    loan = caller.get(f"/loans/{found['loan']}")
    assert (found["status"], loan["value_date"]) == ("paid_out", "2026-11-02")
    assert [row["kind"] for row in caller.get(f"/loans/{loan['id']}/transactions")["data"]] == [
        "disbursement"
    ]
    assert (balance_at("qinglan", "3001"), balance_at("qinglan", "1003")) == ("0.00", "70000.00")
    assert rail_memory("qinglan") == [("pay", "settled", 1)]
    assert books_hold("qinglan")


def test_a_silent_rail_that_refused_gives_everything_back(caller: Caller, shop: Merchant, line: str) -> None:
    silent = draw(shop, line, "30000.00", bank_account=add_account(shop, "0007"))
    enquire()
    ended = caller.get(f"/drawdowns/{silent}")
    assert (ended["status"], ended["failure_code"]) == ("failed", "account_closed")
    assert available(caller, line) == yuan("30000.00")
    assert (balance_at("qinglan", "3001"), balance_at("qinglan", "1003")) == ("0.00", "100000.00")
    assert balance_at("qinglan", "1303.01") == "0.00"
    assert books_hold("qinglan")


def test_a_rail_that_never_answers_leaves_an_open_item(caller: Caller, shop: Merchant, line: str) -> None:
    silent = draw(shop, line, "30000.00", bank_account=add_account(shop, "0006"))
    work("jobs.day_end", schema="qinglan", until_date="2026-11-03")
    enquire()
    assert status(caller, silent) == "processing"
    assert balance_at("qinglan", "3001") == "30000.00"
    assert rail_memory("qinglan") == [("pay", "silent", 1)]
    assert books_hold("qinglan")


def test_a_wrong_name_is_said_and_another_account_works(caller: Caller, shop: Merchant, line: str) -> None:
    refused = draw(shop, line, "30000.00", external_id="O-1", bank_account=add_account(shop, "0002"))
    ended = caller.get(f"/drawdowns/{refused}")
    assert (ended["status"], ended["failure_code"]) == ("failed", "name_mismatch")
    assert available(caller, line) == yuan("30000.00")
    again = draw(shop, line, "30000.00", external_id="O-1")
    assert status(caller, again) == "paid_out"
    assert sorted(rail_memory("qinglan")) == [("pay", "refused", 1), ("pay", "settled", 1)]
    assert balance_at("qinglan", "1003") == "70000.00"
    assert books_hold("qinglan")
