"""An endpoint that fails is left in peace, one that is slow holds few senders, and nothing of it is lost."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from plumbing.outbox import queries
from plumbing.outbox.backoff import pause
from plumbing.outbox.models import WebhookDelivery, WebhookEndpoint
from plumbing.outbox.operations import (
    AT_ONCE,
    change_endpoint,
    claim_deliveries,
    emit,
    publish,
    record_delivery,
    register_endpoint,
)
from testkit.clock import NOON, after

SCENE = UUID("0193a1b2-c3d4-7e5f-8a6b-7c8d9e0fa1b2")


def endpoint() -> UUID:
    view, _ = register_endpoint(scene_id=SCENE, url="https://scene.example/hook", event_types=(), now=NOON)
    return view.id


def happen(count: int, of_one: bool = False) -> None:
    for number in range(count):
        subject = "lon_1" if of_one else f"lon_{number}"
        emit(type="loan.activated", subject=subject, data={}, scene_id=SCENE, now=NOON)
    publish(now=NOON)


def fail(instant: datetime, status: int = 500, retry_after: int | None = None) -> int:
    """Send what is due and let all of it fail; return how many were sent."""
    parcels = claim_deliveries(now=instant)
    for parcel in parcels:
        record_delivery(
            delivery_id=parcel.delivery_id, status_code=status, retry_after_seconds=retry_after, now=instant
        )
    return len(parcels)


def test_five_failures_in_a_row_open_the_circuit_for_every_subject(qinglan: str) -> None:
    endpoint_id = endpoint()
    happen(12)
    assert fail(NOON) == AT_ONCE == 4
    assert fail(NOON) == 4
    view = queries.get_endpoint(endpoint_id=endpoint_id, scene_id=SCENE)
    assert view.open_until_at == after(seconds=30)
    assert fail(after(seconds=29)) == 0
    assert WebhookDelivery.objects.filter(attempt_count=0).count() == 4


def test_after_the_pause_one_trial_goes_and_each_that_fails_doubles_the_pause(qinglan: str) -> None:
    endpoint_id = endpoint()
    happen(12)
    fail(NOON)
    fail(NOON)
    instant = after(seconds=30)
    for expected in (60, 120, 240, 480, 900, 900):
        assert fail(instant) == 1
        view = queries.get_endpoint(endpoint_id=endpoint_id, scene_id=SCENE)
        assert view.open_until_at == instant + timedelta(seconds=expected)
        instant += timedelta(seconds=expected)


def test_a_trial_that_succeeds_closes_the_circuit_and_all_goes_on(qinglan: str) -> None:
    endpoint_id = endpoint()
    happen(12)
    fail(NOON)
    fail(NOON)
    (trial,) = claim_deliveries(now=after(seconds=30))
    assert claim_deliveries(now=after(seconds=30)) == ()
    record_delivery(delivery_id=trial.delivery_id, status_code=200, now=after(seconds=31))
    row = WebhookEndpoint.objects.get(id=endpoint_id)
    assert (row.open_until_at, row.consecutive_failures, row.failing_since_at) == (None, 0, None)
    assert len(claim_deliveries(now=after(seconds=31))) == 4


def test_a_sender_that_dies_with_the_trial_leaves_the_next_one_to_another(qinglan: str) -> None:
    endpoint()
    happen(8)
    fail(NOON)
    fail(NOON)
    (first,) = claim_deliveries(now=after(seconds=30))
    assert claim_deliveries(now=after(seconds=89)) == ()
    (second,) = claim_deliveries(now=after(seconds=90))
    assert second.delivery_id == first.delivery_id


def test_what_was_sent_before_the_circuit_opened_and_fails_after_changes_nothing(qinglan: str) -> None:
    endpoint_id = endpoint()
    happen(8)
    early = claim_deliveries(now=NOON, at_once=8)
    for parcel in early:
        record_delivery(delivery_id=parcel.delivery_id, status_code=None, error="late", now=after(seconds=9))
    row = WebhookEndpoint.objects.get(id=endpoint_id)
    assert (row.consecutive_failures, row.open_until_at) == (5, after(seconds=39))
    assert row.failing_since_at == after(seconds=9)


def test_an_endpoint_has_no_more_than_four_parcels_under_way(qinglan: str) -> None:
    slow, quick = endpoint(), endpoint()
    happen(10)
    first = claim_deliveries(now=NOON, limit=100)
    assert sorted(str(row) for row in _endpoints(first)) == sorted([str(slow), str(quick)] * 4)
    assert claim_deliveries(now=NOON, limit=100) == ()
    for parcel in first:
        if WebhookDelivery.objects.get(id=parcel.delivery_id).endpoint_id == quick:
            record_delivery(delivery_id=parcel.delivery_id, status_code=204, now=NOON)
    assert _endpoints(claim_deliveries(now=NOON, limit=100)) == [quick] * 4


def test_few_senders_are_shared_between_endpoints(qinglan: str) -> None:
    both = {endpoint(), endpoint()}
    happen(10)
    assert set(_endpoints(claim_deliveries(now=NOON, limit=2))) == both


def _endpoints(parcels: object) -> list[UUID]:
    return [WebhookDelivery.objects.get(id=parcel.delivery_id).endpoint_id for parcel in parcels]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("status", "expected"), [(503, 0), (429, 0), (500, 2)])
def test_busy_speaks_for_the_whole_address(qinglan: str, status: int, expected: int) -> None:
    endpoint()
    happen(1)
    fail(NOON, status=status, retry_after=3600)
    emit(type="loan.activated", subject="lon_8", data={}, scene_id=SCENE, now=NOON)
    emit(type="loan.activated", subject="lon_9", data={}, scene_id=SCENE, now=NOON)
    publish(now=NOON)
    assert len(claim_deliveries(now=after(seconds=3599))) == expected
    assert len(claim_deliveries(now=after(seconds=3600))) == 1


def test_another_address_begins_with_a_clean_record(qinglan: str) -> None:
    endpoint_id = endpoint()
    happen(8)
    fail(NOON)
    fail(NOON)
    change_endpoint(endpoint_id=endpoint_id, scene_id=SCENE, url="https://new.example/", now=NOON)
    parcels = claim_deliveries(now=after(seconds=5))
    assert [parcel.url for parcel in parcels] == ["https://new.example/"] * 4


def test_the_order_of_a_subject_outlives_the_circuit(qinglan: str) -> None:
    endpoint()
    happen(3, of_one=True)
    instant = NOON
    for _ in range(6):
        instant += timedelta(hours=6)
        assert fail(instant) == 1
    told = []
    for _ in range(3):
        instant += timedelta(hours=30)
        (parcel,) = claim_deliveries(now=instant)
        told.append(parcel.event.sequence)
        record_delivery(delivery_id=parcel.delivery_id, status_code=200, now=instant)
    assert told == [1, 2, 3]


@pytest.mark.parametrize(
    ("failures", "asked", "seconds"),
    [(1, None, 0), (4, None, 0), (5, None, 30), (6, None, 60), (9, None, 480), (10, None, 900),
     (10**6, None, 900), (1, 120, 120), (6, 10, 60), (1, 10**9, 86400)],
)  # fmt: skip
def test_the_pauses(failures: int, asked: int | None, seconds: int) -> None:
    found = pause(consecutive_failures=failures, retry_after_seconds=asked)
    assert found == timedelta(seconds=seconds)
