"""From an event in the outbox to a verified message at the scene: order, repeats, retries, an end."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from standardwebhooks.webhooks import Webhook

from conftest import maintenance
from connectors.webhooks.tests.receiver import Receiver, receiving
from interfaces.door import now
from interfaces.event_types import example_data
from interfaces.jobs import webhooks
from interfaces.scene.tests.conformance import event_schema, validate
from kernel.ids import new_id, public_id
from plumbing.outbox import operations as outbox
from plumbing.outbox import queries
from plumbing.schemas import public_schema
from tenants.banks.queries import get_bank


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("SLUICE_ALLOW_LOOPBACK_WEBHOOKS", "1")
    with receiving() as receiver:
        yield receiver


class World:
    """A scene with an endpoint at 青澜, and a clock that the test moves."""

    def __init__(self, url: str, scene_id: UUID | None = None, event_types: tuple[str, ...] = ()) -> None:
        self.scene_id, self.at = scene_id or new_id(), now()
        with public_schema():
            self.bank_id: UUID = get_bank(schema_name="qinglan").id
        with transaction.atomic():
            self.endpoint, self.secret = outbox.register_endpoint(
                scene_id=self.scene_id, url=url, event_types=event_types, now=self.at
            )

    def emit(self, kind: str, subject: str = "lon_1", scene_id: UUID | None = None) -> None:
        with transaction.atomic():
            outbox.emit(
                type=kind,
                subject=subject,
                data=example_data("loan.activated") | {"changed": ["status"]},
                scene_id=scene_id or self.scene_id,
                now=self.at,
            )

    def relay(self, after: timedelta = timedelta()) -> tuple[int, int]:
        self.at += after
        return webhooks.relay(schema="qinglan", bank_id=self.bank_id, now=lambda: self.at)

    def delivery(self) -> Any:
        return queries.deliveries(scene_id=self.scene_id)[0]


@pytest.fixture
def world(qinglan: str, scene: Receiver) -> World:
    return World(scene.url)


def kinds(scene: Receiver) -> list[str]:
    return [json.loads(body)["type"] for _, body in scene.received]


def test_an_event_arrives_signed_and_once(world: World, scene: Receiver) -> None:
    world.emit("loan.activated")
    world.emit("loan.activated", scene_id=new_id())
    assert world.relay() == (2, 1)
    ((headers, body),) = scene.received
    event = Webhook(world.secret).verify(body, headers)
    assert headers["webhook-id"] == event["id"]
    assert event["bank"] == public_id("bnk", world.bank_id)
    assert (event["type"], event["subject"], event["sequence"]) == ("loan.activated", "lon_1", 1)
    assert world.delivery().status == "delivered"
    assert world.relay() == (0, 0)


def test_an_event_goes_out_in_the_form_and_under_the_signature_that_the_endpoint_asked_for(
    world: World, scene: Receiver
) -> None:
    with transaction.atomic():
        endpoint, _ = outbox.register_endpoint(
            scene_id=world.scene_id,
            url=scene.url,
            event_types=(),
            signing="v1a",
            format="cloudevents",
            now=world.at,
        )
    world.emit("loan.activated")
    assert world.relay() == (1, 2)
    forms = {headers["content-type"]: (headers, json.loads(body)) for headers, body in scene.received}
    (plain_headers, plain), (headers, cloud) = (
        forms["application/json"],
        forms["application/cloudevents+json"],
    )
    assert plain_headers["webhook-signature"].startswith("v1,")
    assert headers["webhook-signature"].startswith("v1a,")
    assert headers["webhook-id"] == plain_headers["webhook-id"] == cloud["id"] == plain["id"]
    validate(plain, event_schema("loan.activated"))
    validate(cloud, event_schema("loan.activated", "application/cloudevents+json"))
    assert (cloud["type"], cloud["subject"], cloud["sequence"]) == (
        "example.sluice.loan.activated",
        "lon_1",
        "0000000001",
    )
    assert (cloud["source"], cloud["time"], cloud["data"]) == (
        f"/banks/{plain['bank']}",
        plain["timestamp"],
        plain["data"],
    )
    assert endpoint.api_version == cloud["apiversion"] == plain["api_version"] == "2026-11-01"


@pytest.mark.parametrize("livemode", [True, False])
def test_an_event_says_whether_its_bank_is_live(world: World, scene: Receiver, livemode: bool) -> None:
    world.emit("loan.activated")
    webhooks.relay(schema="qinglan", bank_id=world.bank_id, livemode=livemode, now=lambda: world.at)
    assert json.loads(scene.received[0][1])["livemode"] is livemode


def test_events_of_one_subject_arrive_in_order_and_wait_for_each_other(world: World, scene: Receiver) -> None:
    scene.answers = [500]
    for kind in ("loan.activated", "loan.overdue", "loan.paid_off"):
        world.emit(kind)
    world.relay()
    assert kinds(scene) == ["loan.activated"]
    world.emit("credit_line.frozen", subject="lin_1")
    world.relay()
    assert kinds(scene) == ["loan.activated", "credit_line.frozen"]
    world.relay(after=timedelta(seconds=6))
    assert kinds(scene)[2:] == ["loan.activated", "loan.overdue", "loan.paid_off"]


def test_a_repeat_carries_the_same_id_and_a_fresh_signature(world: World, scene: Receiver) -> None:
    scene.answers = [503]
    world.emit("loan.activated")
    world.relay()
    assert (world.delivery().status, world.delivery().last_status_code) == ("pending", 503)
    world.relay(after=timedelta(seconds=1))
    assert len(scene.received) == 1
    world.relay(after=timedelta(seconds=6))
    (first, _), (second, body) = scene.received
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-signature"] != second["webhook-signature"]
    assert Webhook(world.secret).verify(body, second)["sequence"] == 1
    assert (world.delivery().status, world.delivery().attempt_count) == ("delivered", 2)


def test_gone_disables_the_endpoint_and_the_feed_says_so(world: World, scene: Receiver) -> None:
    scene.answers = [410]
    world.emit("loan.activated")
    world.relay()
    assert queries.get_endpoint(endpoint_id=world.endpoint.id, scene_id=world.scene_id).status == "disabled"
    world.emit("loan.overdue")
    world.relay(after=timedelta(days=1))
    assert len(scene.received) == 1
    told = [event.type for event in queries.events_for(scene_id=world.scene_id)]
    assert told == ["loan.activated", "webhook_endpoint.disabled", "loan.overdue"]


def test_an_endpoint_out_of_reach_is_tried_and_never_called(
    world: World, scene: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SLUICE_ALLOW_LOOPBACK_WEBHOOKS")
    world.emit("loan.activated")
    world.relay()
    assert scene.received == []
    assert (world.delivery().status, world.delivery().last_status_code) == ("pending", None)
    assert "https" in world.delivery().last_error


def test_a_data_object_alone_is_put_where_scenes_look_for_it(world: World, scene: Receiver) -> None:
    with transaction.atomic():
        outbox.emit(
            type="consent.revoked",
            subject="cns_1",
            data={"id": "cns_1", "object": "consent", "status": "revoked"},
            scene_id=world.scene_id,
            now=world.at,
        )
    world.relay()
    data = json.loads(scene.received[0][1])["data"]
    assert data == {
        "object": {"id": "cns_1", "object": "consent", "status": "revoked"},
        "changed": ["status"],
    }


def test_no_transaction_is_open_while_a_message_is_under_way(committed_qinglan: str, scene: Receiver) -> None:
    world, idle = World(scene.url), []

    def look(wfile: Any) -> None:
        with maintenance() as beside:
            found = beside.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state LIKE 'idle in%%'",
                [connection.settings_dict["NAME"]],
            ).fetchone()
        idle.append(found)
        wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    scene.answers = [look]
    world.emit("loan.activated")
    assert world.relay() == (1, 1)
    assert idle == [(0,)]
    assert world.delivery().status == "delivered"
