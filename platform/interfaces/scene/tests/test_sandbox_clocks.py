"""Test clocks: a sandbox bank of a scene's own, made at once, moved by real day-ends, like nobody else's."""

import io
import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections, transaction

from interfaces.assistants.protocol import serve
from interfaces.assistants.sandbox import Sandbox
from interfaces.door import now
from interfaces.jobs import day_ends, sandbox_clocks
from interfaces.ops.sandbox_template import prepare_template
from interfaces.sandbox_banks import TEMPLATE
from interfaces.scene.tests import test_sandbox_values as values
from interfaces.scene.tests.caller import API, Caller, work
from kernel.ids import parse_id, public_id
from kernel.money import Money
from ledger.proofs.queries import check_books
from lending.day_end.at_once import run_at_once
from lending.proofs import check_loans
from plumbing.clock.queries import business_date
from plumbing.cloning.operations import differences
from plumbing.schemas import bank_schema, public_schema, schema_exists
from tenants.access import operations as access
from tenants.access.models import ApiClient
from tenants.banks.queries import get_bank
from tenants.sandboxes import operations as sandboxes
from tenants.sandboxes.queries import clock_of_bank
from testkit import clock_lives as lives
from testkit.scenes import SceneAccess, open_scene

BODY = {"name": "story", "frozen_date": "2026-11-02"}


@pytest.fixture(scope="module")
def prepared(module_database: str) -> Iterator[SceneAccess]:
    """A template, and a scene that calls for real."""
    prepare_template()
    yield open_scene("xianlian", banks=["qinglan"])


@pytest.fixture
def caller(prepared: SceneAccess) -> Iterator[Caller]:
    caller = Caller(prepared)
    yield caller
    for clock in caller.get("/test_clocks")["data"]:
        caller.call("DELETE", f"/test_clocks/{clock['id']}")


def schema_of(clock: dict[str, Any]) -> str:
    with public_schema():
        return get_bank(bank_id=parse_id("bnk", clock["bank"])).schema_name


def test_a_clock_is_a_bank_of_ones_own_without_drift(caller: Caller) -> None:
    clock = caller.post("/test_clocks", BODY, key="once")
    assert (clock["status"], clock["frozen_date"], clock["livemode"]) == ("ready", "2026-11-02", False)
    assert clock["resource"].endswith(f"/banks/{clock['bank']}")
    assert caller.post("/test_clocks", BODY, key="once")["id"] == clock["id"]
    caller.refused(
        "POST", "/test_clocks", 422, "idempotency_key_reused", {**BODY, "name": "b"}, idempotency_key="once"
    )
    schema = schema_of(clock)
    assert differences(one="qinglan", other=schema) == ()  # 青澜 was made by migrations
    mine = Caller(caller.access, bank=schema)
    assert mine.get(f"/banks/{clock['bank']}/status")["takes_new_business"] is True
    assert {product["id"] for product in mine.get("/products")["data"]} >= {"term_level", "term_24"}
    assert mine.get("/test_clocks")["data"] == caller.get("/test_clocks")["data"] == [clock]
    with bank_schema(schema), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE loans_loan ADD COLUMN planted text")
    assert any("planted" in said for said in differences(one=TEMPLATE, other=schema))


def test_who_has_no_clock(caller: Caller) -> None:
    clock = caller.post("/test_clocks", BODY)
    other = Caller(open_scene("other", banks=["qinglan"]))
    other.refused("GET", f"/test_clocks/{clock['id']}", 404, "sandboxes.clock_not_found")
    other.refused("DELETE", f"/test_clocks/{clock['id']}", 404, "sandboxes.clock_not_found")
    other.refused("POST", f"/test_clocks/{clock['id']}/reset", 404, "sandboxes.clock_not_found", {})
    assert other.get("/test_clocks")["data"] == []
    with public_schema(), transaction.atomic(), pytest.raises(access.BankNotContracted):
        access.issue_token(
            client=other.access.client_id, bank=parse_id("bnk", clock["bank"]), scopes=(), now=now()
        )
    caller.refused(
        "POST",
        "/test_clocks",
        400,
        "sandboxes.frozen_date_out_of_range",
        {**BODY, "frozen_date": "2020-01-01"},
    )
    assert len(caller.get("/test_clocks")["data"]) == 1


def test_a_scene_keeps_five_and_a_deleted_one_leaves_nothing(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandboxes, "CLOCKS_MAX", 1)
    clock = caller.post("/test_clocks", BODY)
    caller.refused("POST", "/test_clocks", 409, "sandboxes.too_many_clocks", BODY)
    schema, mine = schema_of(clock), Caller(caller.access, bank=schema_of(clock))
    gone = caller.call("DELETE", f"/test_clocks/{clock['id']}")
    assert gone.json() == {"id": clock["id"], "object": "test_clock", "deleted": True}
    assert not schema_exists(schema)
    mine.conforming = False
    assert mine.call("GET", "/products").status_code in (401, 404)
    caller.refused("GET", f"/test_clocks/{clock['id']}", 404, "sandboxes.clock_not_found")


def test_a_clock_whose_bank_is_in_use_goes_whole_or_not_at_all(caller: Caller) -> None:
    clock = caller.post("/test_clocks", BODY)
    schema, path = schema_of(clock), f"/test_clocks/{clock['id']}"
    beside = connection.copy()
    try:
        with beside.cursor() as cursor, connection.cursor() as own:
            beside.set_autocommit(False)
            cursor.execute(f'LOCK TABLE "{schema}".clock_businessclock IN ACCESS SHARE MODE')
            own.execute("SET lock_timeout = '50ms'")
            caller.refused("DELETE", path, 409, "lock_timeout")
    finally:
        beside.close()
        with connection.cursor() as own:
            own.execute("RESET lock_timeout")
    assert schema_exists(schema)
    assert caller.get(path) == clock
    assert caller.call("DELETE", path).status_code == 200
    assert not schema_exists(schema)


def test_a_move_is_refused_with_a_reason(caller: Caller) -> None:
    clock = caller.post("/test_clocks", BODY)
    path = f"/test_clocks/{clock['id']}/advance"
    caller.refused("POST", path, 400, "sandboxes.advance_unclear", {})
    caller.refused("POST", path, 400, "sandboxes.target_out_of_range", {"to_date": "2026-11-02"})
    caller.refused("POST", path, 400, "sandboxes.target_out_of_range", {"to_date": "2037-01-01"})
    caller.refused("POST", path, 409, "sandboxes.nothing_to_wait_for", {"until": "maturity"})
    assert caller.get(f"/test_clocks/{clock['id']}")["frozen_date"] == "2026-11-02"
    moving = caller.post(path, {"to_date": "2026-11-05"}, 202, key="go")
    assert (moving["status"], moving["advance_to_date"]) == ("advancing", "2026-11-05")
    caller.refused("POST", path, 409, "sandboxes.clock_advancing", {"to_date": "2026-11-09"})
    caller.refused("DELETE", f"/test_clocks/{clock['id']}", 409, "sandboxes.clock_advancing")
    assert work("jobs.advance_clock", clock_id=str(parse_id("clk", clock["id"]))) == "ready"
    assert work("jobs.advance_clock", clock_id=str(parse_id("clk", clock["id"]))) == "ready"  # nothing to do
    repeated = caller.call("POST", path, {"to_date": "2026-11-05"}, idempotency_key="go")
    assert (repeated.json(), repeated["Idempotent-Replayed"]) == (moving, "true")
    body = {"until": "next_event"}
    caller.refused("POST", path, 422, "idempotency_key_reused", body, idempotency_key="go")
    stands = caller.get(f"/test_clocks/{clock['id']}")
    assert (stands["status"], stands["frozen_date"]) == ("ready", "2026-11-05")
    again = caller.post(f"/test_clocks/{clock['id']}/reset", {"frozen_date": "2026-12-01"}, 200)
    assert (again["bank"], again["frozen_date"], again["status"]) == (clock["bank"], "2026-12-01", "ready")


def told(server: Sandbox, tool: str, **given: Any) -> Any:
    """Call a tool as an assistant does, over the protocol, and return what it said."""
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    out = io.StringIO()
    serve(server, [json.dumps({**asked, "params": {"name": tool, "arguments": given}})], out)
    (part,) = json.loads(out.getvalue())["result"]["content"]
    return json.loads(part["text"])


def test_an_assistant_makes_a_clock_moves_it_and_reads_what_became_of_it(caller: Caller) -> None:
    with public_schema():
        home = public_id("bnk", get_bank(schema_name="qinglan").id)
    server = Sandbox(
        f"http://{API}",
        caller.access.client_id,
        caller.access.secret,
        home,
        httpx.WSGITransport(app=WSGIHandler()),
    )
    made = told(server, "create_test_clock", **BODY)
    assert (made["status"], made["frozen_date"], made["name"]) == ("ready", "2026-11-02", "story")
    moving = told(server, "advance_test_clock", clock=made["id"], to_date="2026-11-04")
    assert (moving["status"], moving["advance_to_date"]) == ("advancing", "2026-11-04")
    again = told(server, "advance_test_clock", clock=made["id"], to_date="2026-11-09")
    assert (again["code"], "clock_advancing" in again["detail"]) == ("assistants.call_refused", True)
    assert work("jobs.advance_clock", clock_id=str(parse_id("clk", made["id"]))) == "ready"
    read = told(server, "read_object", path=f"/v1/test_clocks/{made['id']}")
    assert (read["status"], read["frozen_date"]) == ("ready", "2026-11-04")
    there = told(server, "read_object", path=f"/v1/banks/{made['bank']}/status", bank=made["bank"])
    assert (there["business_date"], there["takes_new_business"]) == ("2026-11-04", True)
    work("jobs.relay_outbox", schema=schema_of(made))
    heard = told(server, "read_object", path="/v1/events", bank=made["bank"], query={"limit": "5"})
    assert [event["type"] for event in heard["data"]] == ["test_clock.ready"]


def test_only_a_sandbox_client_has_clocks(caller: Caller) -> None:
    rows = ApiClient.objects.filter(client_id=caller.access.client_id)
    with public_schema():
        secret = rows.get().secret_sha256
        rows.update(sandbox=False, secret_sha256="")
    try:
        caller.refused("POST", "/test_clocks", 403, "sandboxes.sandbox_only", BODY)
        caller.refused("GET", "/test_clocks", 403, "sandboxes.sandbox_only")
    finally:
        with public_schema():
            rows.update(sandbox=True, secret_sha256=secret)
    assert caller.get("/test_clocks")["data"] == []


def arrive(caller: Caller, life: lives.Sandbox, **asked: Any) -> dict[str, Any]:
    """Advance a clock by a call and let the worker do it; return the clock as it stands then."""
    path = f"/test_clocks/{public_id('clk', life.clock.id)}"
    caller.post(f"{path}/advance", asked, 202)
    assert work("jobs.advance_clock", clock_id=str(life.clock.id)) == "ready"
    found: dict[str, Any] = caller.get(path)
    return found


def test_a_clock_goes_on_to_the_next_event_and_to_the_last_due_date(caller: Caller) -> None:
    life = lives.sandbox(caller.access.scene_id, "events", code=None, tenor_days=31)
    lives.listen(life)
    told, stops, arrived = [], [], list[tuple[str, str, int]]()
    for _ in range(2):
        stops.append(arrive(caller, life, until="next_event")["frozen_date"])
        assert lives.in_order(arrived := [*arrived, *lives.heard(life)])
        told.append(lives.feed(life)[-2:])
    due = date.fromisoformat(stops[1]) - timedelta(days=1)
    assert stops[0] == (due - timedelta(days=3)).isoformat()  # the morning after the reminder went out
    assert told == [["loan.due_soon", "test_clock.ready"], ["loan.overdue", "test_clock.ready"]]
    paid = arrive(caller, life, until="next_event", pay_when_due=True)
    assert paid["frozen_date"] == (due + timedelta(days=2)).isoformat()  # the morning after it was paid
    assert lives.in_order([*arrived, *lives.heard(life)])
    assert lives.feed(life)[-2:] == ["repayment.succeeded", "test_clock.ready"]
    later = lives.sandbox(caller.access.scene_id, "maturity", code=None, tenor_days=31)
    lives.listen(later)
    clock = arrive(caller, later, until="maturity", pay_when_due=True)
    assert (clock["status"], clock["frozen_date"]) == ("ready", stops[1])
    assert lives.owed(later) == Money(0)
    assert lives.in_order(lives.heard(later))
    assert lives.feed(later)[-4:] == [
        "repayment.processing",
        "loan.paid_off",
        "repayment.succeeded",
        "test_clock.ready",
    ]
    caller.refused(
        "POST",
        f"/test_clocks/{public_id('clk', later.clock.id)}/advance",
        409,
        "sandboxes.nothing_to_wait_for",
        {"until": "maturity"},
    )
    page = caller.get("/test_clocks")
    assert [each["name"] for each in page["data"]] == ["events", "maturity"]
    assert (page["has_more"], page["next_cursor"]) == (False, None)


def killed_at_work(life: lives.Sandbox, end: date) -> None:
    """Let another process move a clock and kill it when days are ended and not committed."""
    lives.begin_move(life, end, missed=(1,))
    connections.close_all()  # a process that is born takes no connection along
    child = os.fork()
    if not child:

        def ends_and_dies(**asked: Any) -> int:
            done = run_at_once(**asked)
            if asked["business_date"] > lives.FIRST_DAY:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        try:
            day_ends.run_at_once = ends_and_dies
            sandbox_clocks.advance(life.clock.id)
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


@pytest.mark.long
def test_one_call_and_one_day_a_call_leave_the_same_books(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once, by_days = (lives.sandbox(caller.access.scene_id, name) for name in ("once", "days"))
    end = lives.FIRST_DAY + timedelta(days=33)
    assert lives.move(at_once, end, missed=(1,)) == "ready"
    lives.move(by_days, end - timedelta(days=6), missed=(1,))
    monkeypatch.setattr(  # as any bank's: step by step
        day_ends, "end_small_days", lambda day, **_: day_ends.end_day(day)
    )
    lives.move_by_days(by_days, end, missed=(1,))
    monkeypatch.undo()
    one, other = lives.books(at_once), lives.books(by_days)
    assert [name for name, rows in one.items() if not rows] == []
    assert one == other
    told = [event[0] for event in one["events"]]
    assert told[-3:] == ["loan.due_soon", "credit_line.frozen", "loan.overdue"]
    assert lives.move(at_once, end + timedelta(days=1), missed=()) == "ready"  # who missed pays a day later
    told = {event[0] for event in lives.books(at_once)["events"]}
    assert told >= {"repayment.processing", "repayment.succeeded"}
    with bank_schema(at_once.clock.schema_name), transaction.atomic():
        found = (*check_books(), *check_loans(business_date=business_date()))
    assert [each for each in found if not each.ok] == []


def test_a_day_later_a_person_has_approved_and_two_days_later_money_came_back(caller: Caller) -> None:
    schema = schema_of(caller.post("/test_clocks", BODY))
    with public_schema():
        clock = clock_of_bank(schema=schema)
    assert clock is not None
    mine = Caller(caller.access, bank=schema)
    waiting = values.firm(mine, "0M1", 11).decided()
    shop = values.firm(mine, "0A1", 12)
    loan = values.drawn(shop, values.line(shop), shop.account)["loan"]
    back = values.repaid(shop, loan, values.account(shop, "0099", 13))
    assert (waiting["status"], back["status"]) == ("in_review", "succeeded")
    held = lives.Sandbox(clock, parse_id("lon", loan))
    assert lives.move(held, lives.FIRST_DAY + timedelta(days=1), missed=()) == "ready"
    assert mine.get(f"/applications/{waiting['id']}")["status"] == "approved"
    assert mine.get(f"/repayments/{back['id']}")["status"] == "succeeded"
    assert lives.move(held, lives.FIRST_DAY + timedelta(days=3), missed=()) == "ready"
    assert mine.get(f"/repayments/{back['id']}")["failure_code"] == "returned_by_rail"
    with bank_schema(schema), transaction.atomic():
        found = (*check_books(), *check_loans(business_date=business_date()))
    assert [each for each in found if not each.ok] == []


def test_a_move_whose_worker_is_killed_ends_with_the_same_books(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    spared, killed = (lives.sandbox(caller.access.scene_id, name) for name in ("spared", "killed"))
    end = lives.FIRST_DAY + timedelta(days=33)
    assert lives.move(spared, end, missed=(1,)) == "ready"
    killed_at_work(killed, end)
    assert lives.today(killed) == lives.FIRST_DAY + timedelta(days=1)  # the first day was committed alone
    assert sandbox_clocks.left_behind() == ()  # somebody may still be at work
    monkeypatch.setattr(sandbox_clocks, "LEFT_AFTER", timedelta(0))
    (left,) = sandbox_clocks.left_behind()
    while work("jobs.advance_clock", clock_id=str(left)) == "advancing":  # the server lets go in a moment
        time.sleep(0.01)
    assert lives.today(killed) == end
    assert lives.books(killed) == lives.books(spared)
