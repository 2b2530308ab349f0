"""Endpoints change, sign with keys of two kinds, and are sent again what they ask for."""

import base64
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection

from kernel.ids import new_id
from plumbing.outbox import queries
from plumbing.outbox.keys import private_key
from plumbing.outbox.models import WebhookDelivery, WebhookEndpoint
from plumbing.outbox.operations import (
    EndpointDeleted,
    EndpointDisabled,
    EndpointUrlInvalid,
    ReplayTooLarge,
    change_endpoint,
    claim_deliveries,
    disable_endpoint,
    emit,
    enable_endpoint,
    ping_endpoint,
    publish,
    record_delivery,
    register_endpoint,
    replay_events,
    replay_range,
    replaying,
    rotate_secret,
)
from plumbing.outbox.queries import DeliveryUnknown, EndpointUnknown, EndpointView
from testkit.clock import NOON, after

SCENE = UUID("0193a1b2-c3d4-7e5f-8a6b-7c8d9e0fa1b2")
OTHER = UUID("0193a1b2-c3d4-7e5f-8a6b-7c8d9e0fa1b3")


def register(signing: str = "v1", event_types: tuple[str, ...] = ()) -> tuple[EndpointView, str]:
    url = "https://scene.example/hook"
    return register_endpoint(scene_id=SCENE, url=url, event_types=event_types, signing=signing, now=NOON)


def happen(type: str = "loan.activated", subject: str = "lon_1", hours: int = 0) -> UUID:
    return emit(type=type, subject=subject, data={}, scene_id=SCENE, now=after(hours=hours))


def deliver_all() -> list[UUID]:
    """Deliver what is due, in order; return the events."""
    told = []
    while parcels := claim_deliveries(now=after(days=1)):
        for parcel in parcels:
            told.append(parcel.event.id)
            record_delivery(delivery_id=parcel.delivery_id, status_code=200, now=after(days=1))
    return told


def test_an_asymmetric_endpoint_shows_its_public_key_and_nothing_else(qinglan: str) -> None:
    view, secret = register("v1a")
    assert secret == ""
    assert view.public_key.startswith("whpk_")
    happen()
    publish(now=NOON)
    (parcel,) = claim_deliveries(now=NOON)
    (key,) = parcel.secrets
    raw = base64.b64decode(view.public_key.removeprefix("whpk_"))
    Ed25519PublicKey.from_public_bytes(raw).verify(private_key(key).sign(b"x"), b"x")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM webhook_endpoint")
        assert key.removeprefix("whsk_") not in cursor.fetchone()[0]


def test_after_a_rotation_both_keys_sign_for_a_day(qinglan: str) -> None:
    view, _ = register("v1a")
    turned, secret = rotate_secret(endpoint_id=view.id, scene_id=SCENE, now=NOON)
    assert (secret, turned.public_key == view.public_key) == ("", False)
    happen()
    publish(now=NOON)
    assert len(claim_deliveries(now=after(hours=23))[0].secrets) == 2
    assert len(claim_deliveries(now=after(hours=24))[0].secrets) == 1


def test_an_endpoint_changes_what_is_given_and_nothing_else(qinglan: str) -> None:
    view, _ = register(event_types=("loan.activated",))
    target = {"endpoint_id": view.id, "scene_id": SCENE, "now": NOON}
    assert change_endpoint(**target) == view
    moved = change_endpoint(**target, url="https://new.example/")
    assert (moved.url, moved.event_types) == ("https://new.example/", ("loan.activated",))
    assert change_endpoint(**target, event_types=[]).event_types == ()
    off = change_endpoint(**target, enabled=False)
    assert (off.status, off.disabled_reason) == ("disabled", "asked")
    on = change_endpoint(**target, enabled=True)
    assert (on.status, on.disabled_reason) == ("enabled", "")
    with pytest.raises(EndpointUrlInvalid):
        change_endpoint(**target, url="ftp://x.example", event_types=["loan.overdue"])
    with pytest.raises(EndpointUnknown):
        change_endpoint(**{**target, "scene_id": OTHER}, url="https://theirs.example/")
    assert queries.get_endpoint(endpoint_id=view.id, scene_id=SCENE) == on


def test_a_deleted_endpoint_stays_as_it_is(qinglan: str) -> None:
    view, _ = register()
    off = {"endpoint_id": view.id, "scene_id": SCENE}
    disable_endpoint(**off, reason="failing", now=NOON)
    assert disable_endpoint(**off, reason="deleted", now=NOON).disabled_reason == "deleted"
    before = queries.get_endpoint(**off)
    for act in (
        lambda: change_endpoint(**off, enabled=True, now=NOON),
        lambda: enable_endpoint(**off),
        lambda: rotate_secret(**off, now=NOON),
    ):
        with pytest.raises(EndpointDeleted):
            act()
    assert queries.get_endpoint(**off) == before
    assert WebhookEndpoint.objects.get().previous_secret is None
    publish(now=NOON)
    told = [event.type for event in queries.events_for(scene_id=SCENE)]
    assert told == ["webhook_endpoint.disabled"]


def test_a_ping_is_an_event_like_others(qinglan: str) -> None:
    view, _ = register()
    assert ping_endpoint(endpoint_id=view.id, scene_id=SCENE, now=NOON) == view
    with pytest.raises(EndpointUnknown):
        ping_endpoint(endpoint_id=view.id, scene_id=OTHER, now=NOON)
    publish(now=NOON)
    (parcel,) = claim_deliveries(now=NOON)
    assert (parcel.event.type, parcel.event.data["object"]["status"]) == (
        "webhook_endpoint.ping",
        "enabled",
    )


def test_what_waited_goes_on_when_an_endpoint_is_enabled_and_what_it_missed_is_replayed(qinglan: str) -> None:
    view, _ = register(event_types=("loan.activated",))
    target = {"endpoint_id": view.id, "scene_id": SCENE}
    waiting = happen()
    publish(now=NOON)
    disable_endpoint(**target, reason="failing", now=NOON)
    missed = happen(hours=1)
    publish(now=NOON)
    assert claim_deliveries(now=NOON) == ()
    enable_endpoint(**target)
    assert deliver_all() == [waiting]
    span = {"from_at": after(hours=1), "to_at": after(hours=2)}
    assert replay_range(**target, **span, now=after(days=1)) == 1
    assert deliver_all() == [missed]


def test_a_range_is_half_open_and_takes_the_types_asked_for(qinglan: str) -> None:
    view, _ = register(event_types=("loan.activated", "loan.overdue"))
    target = {"endpoint_id": view.id, "scene_id": SCENE, "now": after(days=1)}
    events = [happen(hours=hour) for hour in range(3)]
    overdue, frozen = happen("loan.overdue", hours=1), happen("credit_line.frozen", "lin_1", hours=1)
    publish(now=NOON)
    assert deliver_all() == [*events[:3], overdue]
    span = {"from_at": NOON, "to_at": after(hours=2)}
    assert replay_range(**target, **span) == 3
    assert deliver_all() == [events[0], events[1], overdue]
    assert replay_range(**target, **span, event_types=["credit_line.frozen"]) == 1
    assert deliver_all() == [frozen]
    assert replay_range(**target, from_at=after(hours=9), to_at=NOON) == 0
    log = queries.deliveries(scene_id=SCENE)
    assert [row.is_replay for row in log] == [True] * 4 + [False] * 4
    assert {row.event_id for row in log if row.is_replay} == {events[0], events[1], overdue, frozen}


def test_what_is_on_its_way_is_not_sent_twice_but_at_once(qinglan: str) -> None:
    view, _ = register()
    event_id = happen()
    publish(now=NOON)
    (parcel,) = claim_deliveries(now=NOON)
    record_delivery(delivery_id=parcel.delivery_id, status_code=500, now=NOON)
    replay_events(endpoint_id=view.id, scene_id=SCENE, event_ids=[event_id, event_id], now=after(seconds=1))
    (again,) = claim_deliveries(now=after(seconds=1))
    assert (again.delivery_id, again.attempt, again.is_replay) == (parcel.delivery_id, 2, False)


def test_a_replay_is_refused_whole(qinglan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    view, _ = register()
    target = {"endpoint_id": view.id, "scene_id": SCENE, "now": after(days=1)}
    span = {"from_at": NOON, "to_at": after(days=1)}
    happen()
    happen("loan.overdue")
    publish(now=NOON)
    deliver_all()
    monkeypatch.setattr(replaying, "REPLAY_MAX", 1)
    with pytest.raises(ReplayTooLarge):
        replay_range(**target, **span)
    disable_endpoint(endpoint_id=view.id, scene_id=SCENE, reason="asked", now=NOON)
    with pytest.raises(EndpointDisabled):
        replay_range(**target, **span)
    assert WebhookDelivery.objects.count() == 2


def test_every_attempt_is_on_the_log(qinglan: str) -> None:
    register()
    happen()
    publish(now=NOON)
    for number, outcome in enumerate(
        (
            {"status_code": 503, "response_excerpt": "busy", "duration": timedelta(milliseconds=250)},
            {"status_code": None, "error": "no answer in time", "duration": timedelta(seconds=10)},
            {"status_code": 204},
        )
    ):
        (parcel,) = claim_deliveries(now=after(hours=number))
        record_delivery(delivery_id=parcel.delivery_id, **outcome, now=after(hours=number))
    (row,) = queries.deliveries(scene_id=SCENE)
    found = queries.get_delivery(delivery_id=row.id, scene_id=SCENE)
    assert [
        (one.number, one.attempted_at, one.duration_ms, one.status_code, one.error, one.response_excerpt)
        for one in found.attempts
    ] == [
        (1, after(milliseconds=-250), 250, 503, "", "busy"),
        (2, after(hours=1, seconds=-10), 10_000, None, "no answer in time", ""),
        (3, after(hours=2), 0, 204, "", ""),
    ]
    with pytest.raises(DeliveryUnknown):
        queries.get_delivery(delivery_id=row.id, scene_id=OTHER)


def test_the_log_is_read_by_pages_and_by_filters(qinglan: str) -> None:
    first, second = register()[0].id, register(event_types=("loan.overdue",))[0].id
    activated, overdue = happen(), happen("loan.overdue")
    publish(now=NOON)
    (parcel, _) = claim_deliveries(now=NOON)
    record_delivery(delivery_id=parcel.delivery_id, status_code=410, now=NOON)

    def found(**asked: object) -> list[tuple[UUID, UUID]]:
        rows = queries.deliveries(scene_id=SCENE, **asked)  # type: ignore[arg-type]
        return [(row.endpoint_id, row.event_id) for row in rows]

    everything = found()
    assert sorted(everything) == sorted([(first, activated), (first, overdue), (second, overdue)])
    assert found(endpoint_id=second) == [(second, overdue)]
    assert sorted(found(event_id=overdue)) == sorted([(first, overdue), (second, overdue)])
    assert found(event_type="loan.activated") == [(first, activated)]
    assert len(found(status="failed")) == 1
    rows = queries.deliveries(scene_id=SCENE, limit=2)
    rest = found(after=rows[-1].id)
    assert [*((row.endpoint_id, row.event_id) for row in rows), *rest] == everything
    for stranger in (new_id(), rows[0].id):
        with pytest.raises(DeliveryUnknown):
            queries.deliveries(scene_id=OTHER, after=stranger)
