"""What a scene's server may do, and a worker's death: each event still arrives, in order, twice at worst.

The receivers are real, the posts are real, and so is the worker that is killed.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import connection

from connectors.webhooks.tests.receiver import Receiver, receiving
from interfaces.jobs.tests.test_webhooks import World
from plumbing.outbox import queries
from plumbing.outbox.operations import AT_ONCE
from testkit.scratch import address_of

WORKER: Final = """
import django
django.setup()
from interfaces.jobs.tasks import relay_outbox
relay_outbox(schema="qinglan")
"""


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("SLUICE_ALLOW_LOOPBACK_WEBHOOKS", "1")
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def world(qinglan: str, scene: Receiver) -> World:
    return World(scene.url)


def told(scene: Receiver) -> list[tuple[str, int]]:
    """Return the subject and the sequence of what came in, in order."""
    bodies = [json.loads(body) for _, body in scene.received]
    return [(body["subject"], body["sequence"]) for body in bodies]


def attempts(world: World) -> list[tuple[int | None, str]]:
    found = queries.get_delivery(delivery_id=world.delivery().id, scene_id=world.scene_id)
    return [(one.status_code, one.response_excerpt) for one in found.attempts]


def test_three_failures_are_three_attempts_and_the_fourth_arrives(world: World, scene: Receiver) -> None:
    scene.answers = [500, 502, 503]
    world.emit("loan.activated")
    for wait in (0, 6, 330, 1980):
        world.relay(after=timedelta(seconds=wait))
    assert attempts(world) == [(500, ""), (502, ""), (503, ""), (204, "")]
    assert len({headers["webhook-id"] for headers, _ in scene.received}) == 1
    assert world.delivery().status == "delivered"


def test_one_that_hangs_is_left_after_the_deadline_and_tried_again(
    world: World, scene: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.webhooks.sender.DEADLINE_SECONDS", 0.3)
    done = threading.Event()
    scene.answers = [lambda wfile: done.wait(5)]
    world.emit("loan.activated")
    begun = time.monotonic()
    world.relay()
    assert time.monotonic() - begun < 4
    done.set()
    assert (world.delivery().status, world.delivery().last_error) == ("pending", "no answer in time")
    world.relay(after=timedelta(seconds=6))
    assert world.delivery().status == "delivered"


def test_a_redirect_to_a_private_address_is_a_failure_and_not_followed(world: World, scene: Receiver) -> None:
    with receiving() as inner:
        scene.answers, scene.headers = [302, 307, 308], {"Location": inner.url}
        world.emit("loan.activated")
        for wait in (0, 6, 330):
            world.relay(after=timedelta(seconds=wait))
        assert inner.received == []
    assert [status for status, _ in attempts(world)] == [302, 307, 308]
    scene.headers = {"Location": "http://169.254.169.254/latest/meta-data/"}
    scene.answers = [301]
    world.relay(after=timedelta(hours=1))
    assert (len(scene.received), world.delivery().status) == (4, "pending")


def test_a_slow_endpoint_keeps_no_other_waiting(world: World, scene: Receiver) -> None:
    """Twelve subjects hang at one endpoint, four at a time; the other has a chain of ten by then."""
    under_way, most = [0], [0]
    lock, free = threading.Lock(), threading.Event()

    def hang(wfile: Any) -> None:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        free.wait(30)
        with lock:
            under_way[0] -= 1
        wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    scene.answers = [hang] * 100
    with receiving() as quick:
        World(quick.url, scene_id=world.scene_id, event_types=("loan.overdue",))
        quick.on_receipt = lambda count: free.set() if count == 10 else None
        for number in range(12):
            world.emit("loan.activated", subject=f"lon_{number}")
        for _ in range(10):
            world.emit("loan.overdue", subject="lon_quick")
        world.relay()
        assert [sequence for _, sequence in told(quick)] == list(range(1, 11))
    assert most[0] == AT_ONCE


def test_an_endpoint_that_fails_is_not_hammered_by_every_subject(world: World, scene: Receiver) -> None:
    scene.answers = [500] * 40
    for number in range(40):
        world.emit("loan.activated", subject=f"lon_{number}")
    world.relay()
    assert len(scene.received) <= 5 + AT_ONCE - 1
    scene.received.clear()
    world.relay(after=timedelta(seconds=31))
    assert len(scene.received) == 1
    scene.answers = []
    for _ in range(4):
        world.relay(after=timedelta(hours=3))
    assert {subject for subject, _ in told(scene)} == {f"lon_{number}" for number in range(40)}
    assert {row.status for row in queries.deliveries(scene_id=world.scene_id)} == {"delivered"}


def worker() -> subprocess.Popen[bytes]:
    """Start a process that relays as a worker does: the task itself, on the test's database."""
    environment = {
        **os.environ,
        "DATABASE_URL": address_of(connection.settings_dict["NAME"]),
        "DJANGO_SETTINGS_MODULE": "sluice.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment)


def test_no_event_is_lost_nor_overtaken_when_a_worker_is_killed_between_sending_and_recording(
    committed_qinglan: str, scene: Receiver
) -> None:
    world = World(scene.url)
    for subject in ("lon_1", "lon_2"):
        for kind in ("loan.activated", "loan.overdue", "loan.paid_off"):
            world.emit(kind, subject=subject)
    victim: list[subprocess.Popen[bytes]] = []

    def kill(wfile: Any) -> None:
        """The message is here, its sender is dead before it hears so."""
        os.kill(victim[0].pid, signal.SIGKILL)

    scene.answers = [204, 204, kill]
    victim.append(worker())
    assert victim[0].wait(60) == -signal.SIGKILL
    killed = len(scene.received)
    world.relay(after=timedelta(minutes=5))  # what the dead one held came back a minute after it took it
    by_id = {headers["webhook-id"]: json.loads(body) for headers, body in scene.received}
    assert len(by_id) == 6
    assert killed < len(scene.received) <= 6 + 4  # what was under way came twice, with the same id
    for subject in ("lon_1", "lon_2"):
        seen = [sequence for about, sequence in told(scene) if about == subject]
        assert list(dict.fromkeys(seen)) == [1, 2, 3]
        assert seen == sorted(seen)
    assert {row.status for row in queries.deliveries(scene_id=world.scene_id)} == {"delivered"}
