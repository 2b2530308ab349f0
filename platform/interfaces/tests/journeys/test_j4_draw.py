"""J4: a draw inside the scene's checkout, sent again, sent differently, and sent by two at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.world import Merchant, disburse, fund_bank, merchant, yuan
from interfaces.tests.journeys.people import books_hold, rail_memory, rows_of, told

LIMIT = "40000.00"
ORDER = "O-8841"


@pytest.fixture
def shop(caller: Caller) -> Merchant:
    fund_bank("qinglan", "1000000.00")
    return merchant(caller)


@pytest.fixture
def line(shop: Merchant) -> Any:
    found = shop.line(LIMIT)
    assert found["limit"] == yuan(LIMIT)
    return found


def test_a_draw_is_paid_out_and_the_scene_is_told(caller: Caller, shop: Merchant, line: Any) -> None:
    loan = shop.loan(line["id"], "30000.00", external_id=ORDER)
    assert (loan["status"], loan["outstanding"]["total"]) == ("active", yuan("30000.00"))
    assert caller.get(f"/credit_lines/{line['id']}")["available"] == yuan("10000.00")
    assert told(caller, loan["drawdown"]) == ["drawdown.created", "drawdown.paid_out"]
    assert books_hold("qinglan")


def test_the_same_call_five_times_is_one_draw(caller: Caller, shop: Merchant, line: Any) -> None:
    body = shop.draw_body(line["id"], "30000.00", external_id=ORDER)
    answers = [caller.call("POST", "/drawdowns", body, idempotency_key=f"{ORDER}-1") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [201] * 5
    assert [answer.json() for answer in answers] == [answers[0].json()] * 5
    assert [answer.get("Idempotent-Replayed") for answer in answers] == [None] + ["true"] * 4
    for _ in range(2):  # the queue may deliver twice, too
        disburse("qinglan", answers[0].json()["id"])
    assert len(caller.get("/drawdowns")["data"]) == 1
    assert rail_memory("qinglan") == [("pay", "settled", 1)]
    assert books_hold("qinglan")


def test_the_same_key_or_the_same_order_with_another_draw_is_refused(
    caller: Caller, shop: Merchant, line: Any
) -> None:
    body = shop.draw_body(line["id"], "30000.00", external_id=ORDER)
    caller.post("/drawdowns", body, key=f"{ORDER}-1")
    before = rows_of("qinglan")
    other = body | {"amount": yuan("5000.00")}
    key = f"{ORDER}-1"
    caller.refused("POST", "/drawdowns", 422, "idempotency_key_reused", other, idempotency_key=key)
    key = f"{ORDER}-2"
    caller.refused("POST", "/drawdowns", 409, "lending.order_already_financed", other, idempotency_key=key)
    assert rows_of("qinglan") == before
    assert books_hold("qinglan")


def test_two_draws_at_the_same_instant_on_room_for_one(caller: Caller, shop: Merchant, line: Any) -> None:
    start = Barrier(8)

    def draw(number: int) -> tuple[int, str]:
        body = shop.draw_body(line["id"], "30000.00", external_id=f"O-{number}")
        try:
            start.wait()
            answer = caller.call("POST", "/drawdowns", body, idempotency_key=f"race-{number}")
            return answer.status_code, answer.json().get("code", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(draw, range(8)))
    assert outcomes == [(201, "")] + [(422, "lending.limit_exceeded")] * 7
    [drawn] = caller.get("/drawdowns")["data"]
    disburse("qinglan", drawn["id"])
    found = caller.get(f"/credit_lines/{line['id']}")
    assert (found["drawn"], found["available"]) == (yuan("30000.00"), yuan("10000.00"))
    assert books_hold("qinglan")
