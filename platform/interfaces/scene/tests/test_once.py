"""One key, one effect: thirty times at once over real sockets, replayed, reused, still under way."""

from collections import Counter
from typing import Any

import httpx
import pytest
from django.db import connection, transaction

from connectors.payment_rails.models import RailMessage
from interfaces.door import now
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.server import at_once, running
from interfaces.scene.tests.test_forms import rows
from interfaces.scene.tests.world import (
    Merchant,
    assess,
    business_body,
    collect,
    disburse,
    fund_bank,
    merchant,
    sign,
    yuan,
)
from kernel.ids import public_id
from lending.applications.models import Agreement, Application
from lending.credit_lines.queries import get_line
from lending.drawdowns.models import Drawdown
from lending.repayments.models import Repayment
from plumbing.idempotency.operations import claim
from plumbing.schemas import bank_schema
from testkit.servicing import Borrower, borrower


@pytest.fixture
def who(committed: Caller) -> Borrower:
    fund_bank("qinglan", "1000000.00")
    with bank_schema("qinglan"), transaction.atomic():
        return borrower(limit="50000.00", scene_id=committed.access.scene_id)


def draw_body(who: Borrower, amount: str, **changes: Any) -> dict[str, Any]:
    shop = Merchant(Caller.__new__(Caller), "", public_id("acc", who.bank_account_id), "")
    return shop.draw_body(public_id("lin", who.line_id), amount, **changes)


def test_the_same_draw_thirty_times_at_once_has_one_effect(committed: Caller, who: Borrower) -> None:
    headers = {"Authorization": f"Bearer {committed.token}", "Idempotency-Key": "O-8841-1"}
    body = draw_body(who, "30000.00", external_id="O-8841")
    with running() as address, httpx.Client(timeout=60, limits=httpx.Limits(max_connections=30)) as http:
        answers = at_once(30, lambda _: http.post(f"{address}/v1/drawdowns", json=body, headers=headers))
        late = http.post(f"{address}/v1/drawdowns", json=body, headers=headers)
    said = Counter((answer.status_code, answer.json().get("code")) for answer in answers)
    assert set(said) <= {(201, None), (409, "idempotency_key_in_use")}, said
    made = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.json()["id"] for answer in [*made, late]}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in made) == 1
    assert late.headers["Idempotent-Replayed"] == "true"
    assert late.json() == made[0].json()
    with bank_schema("qinglan"):
        assert Drawdown.objects.count() == 1
        assert get_line(line_id=who.line_id, scene_id=None).reserved.minor == 3_000_000


def test_every_step_to_money_and_back_has_one_effect_thirty_times_at_once(committed: Caller) -> None:
    fund_bank("qinglan", "1000000.00")
    shop = merchant(committed)
    with running() as address, httpx.Client(timeout=60, limits=httpx.Limits(max_connections=30)) as http:

        def thirty(path: str, body: dict[str, Any]) -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {committed.token}", "Idempotency-Key": "all-at-once"}
            answers = at_once(30, lambda _: http.post(f"{address}/v1{path}", json=body, headers=headers))
            said = Counter((answer.status_code, answer.json().get("code")) for answer in answers)
            assert set(said) <= {(201, None), (409, "idempotency_key_in_use")}, (path, said)
            assert all(
                answer.headers["Retry-After"] == "1" for answer in answers if answer.status_code == 409
            )
            made = [answer for answer in answers if answer.status_code == 201]
            assert len({answer.json()["id"] for answer in made}) == 1
            assert sum("Idempotent-Replayed" not in answer.headers for answer in made) == 1
            return dict(made[0].json())

        application = thirty("/applications", shop.apply_body("20000.00"))
        assess("qinglan", application["id"])
        agreement = thirty(f"/applications/{application['id']}/agreements", {})
        sign("qinglan", agreement)
        line = committed.get(f"/agreements/{agreement['id']}")["credit_line"]
        drawdown = thirty("/drawdowns", shop.draw_body(line, "5000.00"))
        disburse("qinglan", drawdown["id"])
        loan = committed.get(f"/drawdowns/{drawdown['id']}")["loan"]
        paid = {"loan": loan, "bank_account": shop.account, "type": "full_prepay"}
        repayment = thirty("/repayments", paid)
        collect("qinglan", repayment["id"])
    assert committed.get(f"/loans/{loan}")["status"] == "paid_off"
    with bank_schema("qinglan"):
        assert [model.objects.count() for model in (Application, Agreement, Drawdown, Repayment)] == [1] * 4
        assert list(RailMessage.objects.values_list("send_count", flat=True)) == [1, 1]


def test_twelve_draws_at_once_never_exceed_the_line(committed: Caller, who: Borrower) -> None:
    with running() as address, httpx.Client(timeout=60) as http:

        def draw(number: int) -> httpx.Response:
            headers = {"Authorization": f"Bearer {committed.token}", "Idempotency-Key": f"k-{number}"}
            return http.post(f"{address}/v1/drawdowns", json=draw_body(who, "10000.00"), headers=headers)

        answers = at_once(12, draw)
    said = Counter((answer.status_code, answer.json().get("code")) for answer in answers)
    assert said == {(201, None): 5, (422, "lending.limit_exceeded"): 7}
    with bank_schema("qinglan"):
        assert get_line(line_id=who.line_id, scene_id=None).available.minor == 0


def test_an_order_is_financed_once_whatever_the_key(committed: Caller, who: Borrower) -> None:
    first = committed.post("/drawdowns", draw_body(who, "1000.00", external_id="O-8841"))
    before = rows()
    again = committed.call(
        "POST", "/drawdowns", draw_body(who, "1000.00", external_id="O-8841"), idempotency_key="other"
    )
    assert (again.status_code, again.json()["code"]) == (409, "lending.order_already_financed")
    large = committed.call("POST", "/drawdowns", draw_body(who, "49000.01"), idempotency_key="large")
    assert (large.status_code, large.json()["code"]) == (422, "lending.limit_exceeded")
    assert large.json()["params"] == {"asked": "49000.01", "available": "49000.00"}
    assert rows() == before
    assert [row["id"] for row in committed.get("/drawdowns")["data"]] == [first["id"]]


def test_a_key_that_is_under_way_elsewhere_is_a_conflict_to_retry(committed: Caller, who: Borrower) -> None:
    scope = f"{committed.access.scene_id} POST /v1/drawdowns"
    before = rows()

    def call(_: int) -> Any:
        return committed.call("POST", "/drawdowns", draw_body(who, "1000.00"), idempotency_key="k")

    with bank_schema("qinglan"), transaction.atomic():
        assert claim(scope=scope, key="k", body_sha256="0" * 64, now=now()) is None
        (answer,) = at_once(1, call)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_in_use")
    assert answer["Retry-After"] == "1"
    assert answer.json()["retryable"] is True
    assert rows() == before
    assert call(0).status_code == 201


def test_a_key_with_another_body_is_refused(caller: Caller) -> None:
    first = caller.post("/businesses", business_body(1), key="k-1")
    before = rows()
    caller.post("/businesses", business_body(2), key="k-1", status=422)
    assert rows() == before
    again = caller.call("POST", "/businesses", business_body(1), idempotency_key="k-1")
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first


def test_the_same_key_is_another_one_at_another_address_bank_or_scene(caller: Caller) -> None:
    first = caller.post("/businesses", business_body(1), key="k-1")
    quote = {"product": "receipts_revolving", "amount": yuan("5000.00"), "tenor_days": 30}
    assert caller.post("/quotes", quote, key="k-1", status=200)["object"] == "quote"
    at_lian = Caller(caller.access, "lian")
    assert at_lian.post("/businesses", business_body(1, "lian"), key="k-1")["id"] != first["id"]


def test_money_moves_only_with_a_key(caller: Caller) -> None:
    before = rows()
    for path in ("/drawdowns", "/repayments"):
        caller.refused("POST", path, 400, "idempotency_key_missing", {})
        caller.refused("POST", path, 400, "idempotency_key_missing", {}, idempotency_key="k" * 256)
    assert rows() == before


def test_a_refused_call_does_not_use_its_key_up(caller: Caller) -> None:
    caller.post("/businesses", business_body(1, registration_no="92331002MA00000QX1"), key="k", status=400)
    assert caller.post("/businesses", business_body(1), key="k")["object"] == "business"


def test_a_secret_is_shown_once_and_kept_nowhere_in_clear(caller: Caller) -> None:
    body = {"url": "https://scene.example/hook"}
    first = caller.call("POST", "/webhook_endpoints", body, idempotency_key="k").json()
    again = caller.call("POST", "/webhook_endpoints", body, idempotency_key="k")
    assert first["secret"].startswith("whsec_")
    assert again.json() == {**first, "secret": None}
    assert again["Idempotent-Replayed"] == "true"
    with bank_schema("qinglan"), connection.cursor() as cursor:
        cursor.execute("SELECT response::text FROM remembered_call")
        assert first["secret"] not in str(cursor.fetchall())
