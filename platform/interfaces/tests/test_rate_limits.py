"""How often a client may call: counted once for all processes, said in every answer, never in the way."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from interfaces import rate_limits
from interfaces.rate_limits import PAUSE_SECONDS, count
from interfaces.scene.tests.caller import Caller
from testkit.scenes import SceneAccess, open_scene

NOWHERE = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/1"}
}


@pytest.fixture(autouse=True)
def _counting() -> Iterator[None]:
    rate_limits._paused["until"] = 0.0
    yield
    rate_limits._paused["until"] = 0.0


@pytest.fixture
def scene(banks: tuple[str, str]) -> SceneAccess:
    return open_scene(f"s{uuid4().hex[:8]}", banks=["qinglan", "lian"])


def test_the_call_too_many_is_refused_with_how_long_to_wait(scene: SceneAccess, settings: Any) -> None:
    settings.RATE_LIMITS = "default=2/60 money=1/60"
    caller = Caller(scene)
    left = [caller.call("GET", "/loans")["RateLimit"].partition(";t=")[0] for _ in range(2)]
    assert left == ['"default";r=1', '"default";r=0']
    refused = caller.call("GET", "/loans")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.json()["retryable"] is True
    assert refused["RateLimit-Policy"] == '"default";q=2;w=60'
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused["RateLimit"] == f'"default";r=0;t={refused["Retry-After"]}'


def test_calls_that_move_money_and_other_banks_are_counted_apart(scene: SceneAccess, settings: Any) -> None:
    settings.RATE_LIMITS = "default=1/60 money=1/60"
    caller, at_lian = Caller(scene), Caller(scene, "lian")
    assert caller.call("GET", "/loans").status_code == 200
    assert caller.call("GET", "/loans").status_code == 429
    assert caller.call("POST", "/drawdowns", {}, idempotency_key="k").status_code == 400
    moved = caller.call("POST", "/drawdowns", {}, idempotency_key="k")
    assert (moved.status_code, moved["RateLimit-Policy"]) == (429, '"money";q=1;w=60')
    assert at_lian.call("GET", "/loans").status_code == 200


def test_a_refused_call_counts_and_says_so(scene: SceneAccess, settings: Any) -> None:
    settings.RATE_LIMITS = "default=2/60 money=1/60"
    caller = Caller(scene)
    caller.refused("GET", "/loans/lon_1", 404, "malformed_id")
    assert caller.call("GET", "/loans")["RateLimit"].startswith('"default";r=0;')


def test_a_window_ends(banks: tuple[str, str], settings: Any) -> None:
    settings.RATE_LIMITS = "default=1/1"
    client = uuid4().hex
    first, second = (count(policy="default", client_id=client, bank="b") for _ in range(2))
    assert first is not None and second is not None
    assert (first.exceeded, second.exceeded, second.resets_in) == (False, True, 1)


def test_sixty_calls_at_once_are_sixty(banks: tuple[str, str], settings: Any) -> None:
    settings.RATE_LIMITS = "default=40/60"
    client = uuid4().hex
    with ThreadPoolExecutor(max_workers=30) as pool:
        rates = list(pool.map(lambda _: count(policy="default", client_id=client, bank="b"), range(60)))
    counted = Counter(rate.exceeded for rate in rates if rate is not None)
    assert counted == {False: 40, True: 20}
    assert sorted(rate.count for rate in rates if rate is not None) == list(range(1, 61))


def test_when_nobody_can_count_calls_are_let_through(
    scene: SceneAccess, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CACHES = NOWHERE
    caller = Caller(scene)
    answers = [caller.call("GET", "/loans") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert not any("RateLimit" in answer for answer in answers)
    assert PAUSE_SECONDS == 1.0
    assert sum("rate_not_counted" in str(record.msg) for record in caplog.records) == 1
