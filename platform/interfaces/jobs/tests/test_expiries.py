"""What runs out is ended by the sweep: once, and one kind that fails does not stop the others."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from interfaces.door import now
from interfaces.jobs import expiries, tasks
from kernel.money import Money
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from ledger.journal.queries import pending_entries
from lending.applications import operations as applications
from lending.applications.queries import get_application
from openbanking.consents.models import Consent
from plumbing.clock import operations as clock
from plumbing.clock.queries import business_date
from plumbing.idempotency import operations as idempotency
from plumbing.idempotency.models import RememberedCall
from plumbing.outbox import operations as outbox
from plumbing.outbox.models import Waiting, WebhookAttempt, WebhookDelivery
from plumbing.outbox.operations import delivering
from regulation.queries import rule
from tenants.access.models import AccessToken
from testkit.applicants import admit, agree, list_scene
from testkit.scenes import open_scene


def told(event: str) -> int:
    return Waiting.objects.filter(event__type=event).count()


def hold(instant: datetime, today: date) -> None:
    """Hold funds for an hour, as a payment would."""
    lines = (Line.debit("1303.01", Money(100)), Line.credit("3001", Money(100)))
    held = EntryDraft(
        "test", today, today, lines, "held", pending=True, expires_at=instant + timedelta(hours=1)
    )
    journal.post_entry(entry=held, now=instant)


def remember(instant: datetime) -> None:
    idempotency.remember(scope="s", key="k", body_sha256="x", status=201, response={}, now=instant)


def test_the_sweep_ends_what_has_run_out_once(qinglan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    instant, today = now(), business_date()
    scene = list_scene(now=instant, listed_from=today)
    merchant = admit(now=instant, business_date=today, scene_id=scene)
    agreement = agree(merchant, now=instant, business_date=today)
    remember(instant)
    hold(instant, today)
    assert tasks.sweep(schema="qinglan")["ended"] == 0
    clock.roll(from_date=today, to_date=today + timedelta(days=31))
    monkeypatch.setattr(expiries, "now", lambda: instant + timedelta(days=4000))
    consents = Consent.objects.filter(status="authorised").count()
    assert consents > 0
    assert tasks.sweep(schema="qinglan")["ended"] == 1 + consents + 1 + 1
    assert pending_entries() == ()
    assert get_application(application_id=agreement.application_id, scene_id=None).status == "expired"
    assert (told("application.expired"), told("consent.expired")) == (1, consents)
    assert RememberedCall.objects.count() == 0
    assert tasks.sweep(schema="qinglan")["ended"] == 0


def test_tokens_that_ran_out_are_forgotten(banks: tuple[str, str]) -> None:
    instant = now()
    scene = open_scene("shops", banks=["qinglan"])
    scene.token("qinglan", now=instant)
    scene.token("qinglan", now=instant - timedelta(hours=1))
    assert (expiries.forget_tokens(), AccessToken.objects.count()) == (1, 1)


def test_deliveries_that_arrived_are_forgotten_in_batches_and_no_other(
    qinglan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    instant, scene = now(), uuid4()
    outbox.register_endpoint(scene_id=scene, url="https://scene.example/hook", event_types=(), now=instant)
    for number in range(5):
        outbox.emit(type="loan.activated", subject=f"lon_{number}", data={}, scene_id=scene, now=instant)
    outbox.publish(now=instant)
    rows = list(WebhookDelivery.objects.order_by("subject"))
    for row, status_code in zip(rows[:4], (200, 204, 200, 410), strict=True):
        outbox.record_delivery(delivery_id=row.id, status_code=status_code, now=instant)
    kept = timedelta(days=rule("D-16", business_date()).parameters["deliveries_days"])
    monkeypatch.setattr(delivering, "FORGOTTEN_AT_ONCE", 2)
    left = []
    for later in (kept, kept + timedelta(days=1), kept + timedelta(days=1)):
        monkeypatch.setattr(expiries, "now", lambda later=later: instant + later)
        expiries.end_expired()
        left.append(WebhookDelivery.objects.count())
    assert left == [5, 3, 2]
    assert set(WebhookDelivery.objects.values_list("subject", "status")) == {
        ("lon_3", "failed"),
        ("lon_4", "pending"),
    }
    assert WebhookAttempt.objects.count() == 1


def test_a_kind_that_fails_is_met_again_and_does_not_stop_the_others(
    qinglan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(now() - timedelta(hours=73))

    def broken(**_: object) -> int:
        raise ValueError("not today")

    monkeypatch.setattr(applications, "expire_applications", broken)
    assert expiries.end_expired() == 1
    monkeypatch.undo()
    assert expiries.end_expired() == 0
