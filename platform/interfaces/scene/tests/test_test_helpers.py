"""A sandbox filled, emptied and told of: the same seed, the same figures; one mechanism, whoever asks."""

import json
from dataclasses import replace
from typing import Any

import pytest

from connectors.payment_rails.simulator import published
from interfaces.door import in_bank, now
from interfaces.jobs import sandbox_clocks, sandbox_seeds
from interfaces.ops.sandbox_template import prepare_template
from interfaces.sandbox_values import FIRMS, PHONES
from interfaces.sandbox_worlds import FIGURES, FIRST_DATE, WORLDS, Draw, Group, Habit, World
from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.test_sandbox_clocks import BODY, schema_of
from kernel.ids import parse_id
from plumbing.outbox import operations as outbox
from plumbing.outbox.models import WebhookEndpoint
from plumbing.outbox.queries import events_for
from plumbing.schemas import public_schema
from plumbing.sql import sole_act
from tenants.sandboxes.queries import ClockView, get_clock
from testkit.bench_seeds import HOLDS, held
from testkit.scenes import SceneAccess, open_scene

SEED, SEED_PATH, RESET_PATH = "ecommerce_growth", "/test_helpers/seed", "/test_helpers/reset"
CAFES = Group(
    count=2,
    trade="示例茶饮店",
    industry="H6220",
    daily_yuan=3000,
    amount="60000",
    draws=(Draw(1, 50, 3),),
    habits=(Habit(), Habit(late={1: 2})),
)
SMALL = World(SEED, "", "", 9, (CAFES, replace(CAFES, count=1, history_days=120)))


@pytest.fixture(scope="module")
def prepared(module_database: str) -> SceneAccess:
    prepare_template()
    return open_scene("xianlian", banks=["qinglan"])


@pytest.fixture
def caller(prepared: SceneAccess) -> Caller:
    return Caller(prepared)


@pytest.fixture
def clock(caller: Caller) -> dict[str, Any]:
    """The scene's one test clock, as the test before left it."""
    found = caller.get("/test_clocks")["data"] or [caller.post("/test_clocks", BODY)]
    assert found[0]["status"] == "ready"
    return dict(found[0])


def at_work(caller: Caller, clock: dict[str, Any]) -> Caller:
    """Return the scene's machine with a token for a clock's bank."""
    return Caller(caller.access, bank=schema_of(clock))


def view_of(clock: dict[str, Any]) -> ClockView:
    with public_schema():
        return get_clock(clock_id=parse_id("clk", clock["id"]), scene_id=None)


def done(clock: dict[str, Any]) -> str:
    return str(work("jobs.advance_clock", clock_id=str(parse_id("clk", clock["id"]))))


class Killed(BaseException):
    """What no handler of errors catches: as a signal."""


def test_a_seed_fills_the_bank_of_the_token_also_after_a_worker_died_and_endpoints_stay(
    caller: Caller, clock: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WORLDS, SEED, SMALL)  # type: ignore[arg-type]
    mine = at_work(caller, clock)
    endpoint = mine.post("/webhook_endpoints", {"url": "https://scene.example/hooks", "signing": "v1a"})
    gone = mine.post("/webhook_endpoints", {"url": "https://scene.example/old"})
    assert mine.call("DELETE", f"/webhook_endpoints/{gone['id']}").status_code == 200
    begun = mine.post(SEED_PATH, {"seed": SEED}, 202)
    assert (begun["id"], begun["status"], begun["seed"]) == (clock["id"], "advancing", SEED)
    assert begun["advance_to_date"] == SMALL.last_date.isoformat()
    for path, body in ((SEED_PATH, {"seed": SEED}), (RESET_PATH, {})):
        mine.refused("POST", path, 409, "sandboxes.clock_advancing", body)

    def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as struck, pytest.raises(Killed):
        struck.setattr(sandbox_seeds.Story, "plan", dies)
        sandbox_clocks.advance(view_of(clock).id)
    assert done(clock) == "ready"
    wanted = {"approved": 2, "declined": 1, "loans": 2, "paid_off": 2, "owed_fen": 0}
    found = held(view_of(clock))
    assert found == {**found, **wanted, "business_date": SMALL.last_date.isoformat(), "businesses": 3}
    with in_bank(schema_of(clock)):
        while sole_act(outbox.publish, now=now()):
            continue
        told = [event.type for event in events_for(scene_id=caller.access.scene_id, limit=1000)]
    assert told[-1] == "test_clock.ready"
    assert {"loan.overdue", "application.declined", "data_batch.completed"} < set(told)
    assert mine.get("/webhook_endpoints")["data"] == [endpoint["endpoint"]]


def test_a_bank_is_emptied_by_either_address(caller: Caller, clock: dict[str, Any]) -> None:
    mine = at_work(caller, clock)
    assert caller.post(f"/test_clocks/{clock['id']}/reset", {}, 200)["seed"] == "empty"
    for kept in mine.get("/webhook_endpoints")["data"]:
        assert mine.call("DELETE", f"/webhook_endpoints/{kept['id']}").status_code == 200
    endpoint = mine.post("/webhook_endpoints", {"url": "https://scene.example/hooks"}, key="once")
    with in_bank(schema_of(clock)):
        WebhookEndpoint.objects.update(consecutive_failures=7)
        empty = held(view_of(clock))
    again = mine.post(RESET_PATH, {"frozen_date": "2026-12-01"}, 200)
    assert (again["id"], again["bank"], again["frozen_date"]) == (clock["id"], clock["bank"], "2026-12-01")
    assert held(view_of(clock)) == {**empty, "business_date": "2026-12-01", "events": 0}
    assert mine.get("/webhook_endpoints")["data"] == [endpoint["endpoint"]]
    with in_bank(schema_of(clock)):
        assert WebhookEndpoint.objects.get().consecutive_failures == 0
    other = mine.post("/webhook_endpoints", {"url": "https://scene.example/more"}, key="once")
    assert other["id"] != endpoint["id"]  # the key is forgotten


def test_who_may_not_fill_or_empty(caller: Caller, clock: dict[str, Any]) -> None:
    other = Caller(open_scene("other", banks=["qinglan"]))
    for path, body in ((SEED_PATH, {"seed": SEED}), (RESET_PATH, {})):
        asked = {**body, "test_clock": clock["id"]}
        other.refused("POST", path, 404, "sandboxes.clock_not_found", asked)
        caller.refused("POST", path, 404, "sandboxes.clock_not_found", body)  # 青澜 is no clock's bank
    caller.refused("POST", SEED_PATH, 400, "parameter_invalid", {"seed": "none", "test_clock": clock["id"]})
    assert caller.get(f"/test_clocks/{clock['id']}") == clock


def test_the_values_are_those_that_sandboxes_go_by(caller: Caller) -> None:
    said = caller.call("GET", "/test_helpers/values", accept_language="en").json()
    assert [row["registration_no"] for row in said["registration_numbers"]] == [
        firm.registration_no for firm in FIRMS
    ]
    assert said["registration_numbers"][0]["text"] == FIRMS[0].told_en
    assert [row["ending"] for row in said["account_endings"]] == [ending for ending, _, _ in published()]
    assert [(row["phone"], row["text"]) for row in said["phones"]] == [(phone, en) for phone, en, _ in PHONES]
    assert {row["seed"]: row["loans"] for row in said["seeds"]} == {
        seed: found["loans"] for seed, found in figures().items()
    }
    assert caller.get("/test_helpers/values")["phones"][0]["text"] == PHONES[0][2]


def figures() -> Any:
    return json.loads(FIGURES.read_text(encoding="utf-8"))


def test_the_published_figures_are_of_the_seeds_that_there_are() -> None:
    assert {seed: found["business_date"] for seed, found in figures().items()} == {
        world.code: world.last_date.isoformat() for world in WORLDS.values()
    }
    assert all(set(HOLDS) < set(found) for found in figures().values())
    portfolio = figures()["portfolio_500_loans_24m"]
    assert (portfolio["loans"], WORLDS["portfolio_500_loans_24m"].last_date.year) == (
        500,
        FIRST_DATE.year + 2,
    )


@pytest.mark.long
def test_a_seed_holds_what_is_published(caller: Caller, clock: dict[str, Any]) -> None:
    at_work(caller, clock).post(SEED_PATH, {"seed": SEED}, 202)
    assert done(clock) == "ready"
    published_figures = figures()[SEED]
    assert held(view_of(clock)) == {name: published_figures[name] for name in ("business_date", *HOLDS)}
