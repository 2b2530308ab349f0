"""Events are counted per subject, published in one order, and delivered once each endpoint is told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from plumbing.outbox import operations, queries
from plumbing.outbox.models import OutboxEvent, Waiting, WebhookDelivery, WebhookEndpoint
from plumbing.outbox.operations import (
    EndpointUrlInvalid,
    claim_deliveries,
    disable_endpoint,
    emit,
    publish,
    record_delivery,
    register_endpoint,
    replay_events,
    rotate_secret,
)
from plumbing.outbox.queries import EndpointUnknown, EventUnknown, backlog, events_about, events_for
from plumbing.schemas import bank_schema
from testkit.clock import NOON, after

SCENE = UUID("0193a1b2-c3d4-7e5f-8a6b-7c8d9e0fa1b2")
OTHER = UUID("0193a1b2-c3d4-7e5f-8a6b-7c8d9e0fa1b3")


def happen(type: str = "loan.activated", subject: str = "lon_1", scene_id: UUID | None = SCENE) -> UUID:
    return emit(type=type, subject=subject, data={"object": {"id": subject}}, scene_id=scene_id, now=NOON)


def endpoint(scene_id: UUID = SCENE, event_types: tuple[str, ...] = ()) -> UUID:
    view, _ = register_endpoint(
        scene_id=scene_id, url="https://scene.example/hook", event_types=event_types, now=NOON
    )
    return view.id


def test_sequences_count_per_subject(qinglan: str) -> None:
    for subject in ("lon_1", "lon_2", "lon_1", "lon_1"):
        happen(subject=subject)
    assert [event.sequence for event in events_about(subject="lon_1")] == [1, 2, 3]
    assert [event.sequence for event in events_about(subject="lon_2")] == [1]


def test_an_event_goes_with_its_transaction(qinglan: str) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        happen()
        1 / 0  # noqa: B018
    assert (OutboxEvent.objects.count(), Waiting.objects.count()) == (0, 0)
    happen()
    assert [event.sequence for event in events_about(subject="lon_1")] == [1]


def test_the_feed_shows_a_scene_its_own_published_events(qinglan: str) -> None:
    mine, others, inner, second = (
        happen(),
        happen(subject="lon_2", scene_id=OTHER),
        happen(subject="lon_3", scene_id=None),
        happen(type="repayment.succeeded", subject="rpy_1"),
    )
    assert events_for(scene_id=SCENE) == []
    assert publish(now=NOON) == 4
    assert publish(now=NOON) == 0
    assert [event.id for event in events_for(scene_id=SCENE)] == [mine, second]
    assert [event.id for event in events_for(scene_id=SCENE, after=mine)] == [second]
    assert [event.id for event in events_for(scene_id=SCENE, type="repayment.succeeded")] == [second]
    assert [event.id for event in events_for(scene_id=SCENE, limit=1)] == [mine]
    assert [event.id for event in events_for(scene_id=OTHER)] == [others]
    for foreign in (others, inner, uuid4()):
        with pytest.raises(EventUnknown):
            queries.get_event(event_id=foreign, scene_id=SCENE)
        with pytest.raises(EventUnknown):
            events_for(scene_id=SCENE, after=foreign)


def test_publishing_addresses_each_listening_endpoint_once(qinglan: str) -> None:
    everything, repayments, foreign = (
        endpoint(),
        endpoint(event_types=("repayment.succeeded",)),
        endpoint(OTHER),
    )
    off = endpoint()
    disable_endpoint(endpoint_id=off, scene_id=SCENE, reason="asked", now=NOON)
    publish(now=NOON)  # the endpoint's own event goes out of the way
    WebhookDelivery.objects.all().delete()
    happen()
    happen(type="repayment.succeeded", subject="rpy_1")
    publish(now=NOON)
    addressed = sorted(WebhookDelivery.objects.values_list("endpoint_id", "event__type"))
    assert addressed == sorted(
        [
            (everything, "loan.activated"),
            (everything, "repayment.succeeded"),
            (repayments, "repayment.succeeded"),
        ]
    )
    assert not WebhookDelivery.objects.filter(endpoint_id__in=[foreign, off]).exists()


def test_a_parcel_carries_the_event_and_the_secret(qinglan: str) -> None:
    _, secret = register_endpoint(scene_id=SCENE, url="https://scene.example/hook", event_types=(), now=NOON)
    event_id = happen()
    publish(now=NOON)
    (parcel,) = claim_deliveries(now=NOON)
    assert (parcel.event.id, parcel.url, parcel.secrets) == (
        event_id,
        "https://scene.example/hook",
        (secret,),
    )
    assert parcel.attempt == 1
    assert claim_deliveries(now=after(seconds=59)) == ()
    assert len(claim_deliveries(now=after(seconds=60))) == 1  # the first sender died


def test_later_events_of_a_subject_wait_for_the_earlier_ones(qinglan: str) -> None:
    endpoint()
    happen()
    happen(type="loan.paid_off")
    happen(subject="lon_2")
    publish(now=NOON)
    first = {parcel.event.subject: parcel for parcel in claim_deliveries(now=NOON)}
    assert {subject: parcel.event.type for subject, parcel in first.items()} == {
        "lon_1": "loan.activated",
        "lon_2": "loan.activated",
    }
    record_delivery(delivery_id=first["lon_1"].delivery_id, status_code=200, now=NOON)
    (second,) = claim_deliveries(now=NOON)
    assert second.event.type == "loan.paid_off"


def test_a_failure_is_tried_again_on_schedule_and_success_ends_it(qinglan: str) -> None:
    endpoint_id = endpoint()
    happen()
    publish(now=NOON)
    (parcel,) = claim_deliveries(now=NOON)
    record_delivery(delivery_id=parcel.delivery_id, status_code=500, error="boom", now=NOON)
    assert WebhookEndpoint.objects.get(id=endpoint_id).failing_since_at == NOON
    assert claim_deliveries(now=after(seconds=4)) == ()
    (again,) = claim_deliveries(now=after(seconds=5))
    assert again.attempt == 2
    record_delivery(delivery_id=again.delivery_id, status_code=None, error="timeout", now=after(seconds=5))
    assert claim_deliveries(now=after(seconds=304)) == ()
    (third,) = claim_deliveries(now=after(seconds=305))
    record_delivery(delivery_id=third.delivery_id, status_code=204, now=after(seconds=306))
    (delivery,) = queries.deliveries(scene_id=SCENE)
    assert (delivery.status, delivery.attempt_count, delivery.delivered_at) == (
        "delivered",
        3,
        after(seconds=306),
    )
    assert WebhookEndpoint.objects.get(id=endpoint_id).failing_since_at is None
    record_delivery(delivery_id=third.delivery_id, status_code=500, now=after(seconds=307))
    assert queries.deliveries(scene_id=SCENE)[0].status == "delivered"


def test_ten_failures_are_the_end(qinglan: str) -> None:
    endpoint()
    happen()
    publish(now=NOON)
    moment = NOON
    for _ in range(10):
        moment += timedelta(hours=25)
        (parcel,) = claim_deliveries(now=moment)
        WebhookEndpoint.objects.update(failing_since_at=None)  # keep the five-day rule out of this test
        record_delivery(delivery_id=parcel.delivery_id, status_code=503, now=moment)
    assert claim_deliveries(now=moment + timedelta(days=30)) == ()
    assert queries.deliveries(scene_id=SCENE)[0].status == "failed"
    assert backlog().failed_delivery_count == 1


def test_gone_disables_the_endpoint_and_says_so(qinglan: str) -> None:
    endpoint_id = endpoint()
    happen()
    publish(now=NOON)
    (parcel,) = claim_deliveries(now=NOON)
    record_delivery(delivery_id=parcel.delivery_id, status_code=410, now=NOON)
    view = queries.get_endpoint(endpoint_id=endpoint_id, scene_id=SCENE)
    assert (view.status, view.disabled_reason) == ("disabled", "gone")
    publish(now=NOON)
    assert [event.type for event in events_for(scene_id=SCENE)] == [
        "loan.activated",
        "webhook_endpoint.disabled",
    ]
    assert backlog().disabled_endpoint_count == 1


def test_five_days_of_failure_disable_the_endpoint(qinglan: str) -> None:
    endpoint_id = endpoint()
    WebhookEndpoint.objects.filter(id=endpoint_id).update(failing_since_at=NOON)
    happen()
    publish(now=NOON)
    (parcel,) = claim_deliveries(now=NOON)
    record_delivery(delivery_id=parcel.delivery_id, status_code=500, now=after(days=4, hours=23))
    assert queries.get_endpoint(endpoint_id=endpoint_id, scene_id=SCENE).status == "enabled"
    record_delivery(delivery_id=parcel.delivery_id, status_code=500, now=after(days=5))
    assert queries.get_endpoint(endpoint_id=endpoint_id, scene_id=SCENE).disabled_reason == "failing"
    operations.enable_endpoint(endpoint_id=endpoint_id, scene_id=SCENE)
    assert queries.get_endpoint(endpoint_id=endpoint_id, scene_id=SCENE).failing_since_at is None


def test_after_a_rotation_both_secrets_sign_for_a_day(qinglan: str) -> None:
    view, old = register_endpoint(scene_id=SCENE, url="https://scene.example/hook", event_types=(), now=NOON)
    _, new = rotate_secret(endpoint_id=view.id, scene_id=SCENE, now=NOON)
    happen()
    publish(now=NOON)
    assert claim_deliveries(now=after(hours=23))[0].secrets == (new, old)
    assert claim_deliveries(now=after(hours=24))[0].secrets == (new,)
    assert old.startswith("whsec_")
    assert new != old


def test_replaying_sends_an_event_once_more(qinglan: str) -> None:
    endpoint_id = endpoint()
    event_id, foreign = happen(), happen(subject="lon_9", scene_id=OTHER)
    publish(now=NOON)
    (parcel,) = claim_deliveries(now=NOON)
    record_delivery(delivery_id=parcel.delivery_id, status_code=200, now=NOON)
    with pytest.raises(EventUnknown):
        replay_events(
            endpoint_id=endpoint_id, scene_id=SCENE, event_ids=[event_id, foreign], now=after(days=1)
        )
    assert claim_deliveries(now=after(days=1)) == ()
    assert (
        replay_events(endpoint_id=endpoint_id, scene_id=SCENE, event_ids=[event_id], now=after(days=1)) == 1
    )
    (again,) = claim_deliveries(now=after(days=1))
    assert (again.event.id, again.attempt, again.is_replay) == (event_id, 1, True)


@pytest.mark.parametrize("url", ["ftp://scene.example", "scene.example", "https://" + "x" * 500])
def test_an_address_that_cannot_be_called_is_refused(qinglan: str, url: str) -> None:
    with pytest.raises(EndpointUrlInvalid):
        register_endpoint(scene_id=SCENE, url=url, event_types=(), now=NOON)
    assert WebhookEndpoint.objects.count() == 0


def test_another_scenes_endpoint_is_not_there(qinglan: str) -> None:
    endpoint_id = endpoint(OTHER)
    for act in (
        lambda: queries.get_endpoint(endpoint_id=endpoint_id, scene_id=SCENE),
        lambda: rotate_secret(endpoint_id=endpoint_id, scene_id=SCENE, now=NOON),
        lambda: disable_endpoint(endpoint_id=endpoint_id, scene_id=SCENE, reason="x", now=NOON),
        lambda: replay_events(endpoint_id=endpoint_id, scene_id=SCENE, event_ids=[], now=NOON),
    ):
        with pytest.raises(EndpointUnknown):
            act()
    assert queries.endpoints(scene_id=SCENE) == ()
    assert queries.endpoints(scene_id=OTHER)[0].status == "enabled"


def test_the_backlog_is_counted(qinglan: str) -> None:
    endpoint()
    happen()
    happen(subject="lon_2")
    assert (backlog().waiting_count, backlog().oldest_waiting_at) == (2, NOON)
    publish(now=NOON)
    (first, _) = claim_deliveries(now=NOON)
    record_delivery(delivery_id=first.delivery_id, status_code=500, now=NOON)
    state = backlog()
    assert (state.waiting_count, state.pending_delivery_count, state.retrying_delivery_count) == (0, 2, 1)


def test_threads_emit_without_gaps_and_two_relays_publish_each_event_once(committed_qinglan: str) -> None:
    def work(job: int) -> int:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                happen()
                return 0
        finally:
            connection.close()

    def relay(_: int) -> int:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                return publish(now=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
        published = sum(pool.map(relay, range(4)))
        published += relay(0)
    with bank_schema("qinglan"):
        assert [event.sequence for event in events_about(subject="lon_1")] == list(range(1, 41))
        assert published == 40
        assert len(events_for(scene_id=SCENE)) == 40


def test_two_senders_never_hold_the_same_parcel_nor_the_same_endpoint(committed_qinglan: str) -> None:
    with transaction.atomic():
        for _ in range(2):
            endpoint()
        for number in range(20):
            happen(subject=f"lon_{number}")
        publish(now=NOON)
    both = threading.Barrier(2, timeout=10)

    def claim(_: int) -> list[UUID]:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                both.wait()
                held = [parcel.delivery_id for parcel in claim_deliveries(now=NOON, limit=20, at_once=15)]
                both.wait()
                return held
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(claim, range(2))
    assert not set(first) & set(second)
    assert len(first) + len(second) in (20, 30)  # whoever came first may have locked both, and held 20
