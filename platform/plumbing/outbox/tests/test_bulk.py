"""Many events at once are the same events."""

from datetime import UTC, datetime

import pytest

from kernel.ids import new_id
from plumbing.outbox import operations as outbox
from plumbing.outbox.bulk import EventDraft, emit_many
from plumbing.outbox.models import OutboxEvent, Waiting

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


def test_each_subject_goes_on_with_its_own_sequence(qinglan: str) -> None:
    scene = new_id()
    outbox.emit(type="loan.activated", subject="lon_2", data={"a": 1}, scene_id=scene, now=NOW)
    drafts = [EventDraft("loan.overdue", subject, {"b": 2}, scene) for subject in ("lon_3", "lon_1", "lon_2")]
    assert emit_many(events=drafts, now=NOW) == 3
    told = OutboxEvent.objects.filter(type="loan.overdue").order_by("subject")
    assert [(row.subject, row.sequence, row.scene_id, row.data) for row in told] == [
        ("lon_1", 1, scene, {"b": 2}),
        ("lon_2", 2, scene, {"b": 2}),
        ("lon_3", 1, scene, {"b": 2}),
    ]
    assert Waiting.objects.count() == 4
    assert outbox.publish(now=NOW) == 4


def test_nothing_is_nothing_and_a_subject_twice_is_a_mistake(qinglan: str) -> None:
    assert emit_many(events=[], now=NOW) == 0
    twice = [EventDraft("loan.overdue", "lon_1", {}, None)] * 2
    with pytest.raises(ValueError, match="one at a time"):
        emit_many(events=twice, now=NOW)
    assert OutboxEvent.objects.count() == 0
