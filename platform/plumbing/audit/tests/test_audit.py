"""Acts are written down in order, newest first when read."""

from plumbing.audit import operations, queries
from testkit.clock import NOON, after


def test_recording_and_reading(qinglan: str) -> None:
    for index, actor in enumerate(("product@qinglan.example", "risk@qinglan.example")):
        operations.record(
            actor=actor,
            action=f"product.step{index}",
            subject="prd_1",
            detail={"step": index},
            now=after(hours=index),
        )
    operations.record(actor="it@qinglan.example", action="staff.invite", subject="stf_1", detail={}, now=NOON)
    newest, older = queries.records(subject="prd_1")
    assert (newest.actor, newest.action, newest.detail) == (
        "risk@qinglan.example",
        "product.step1",
        {"step": 1},
    )
    assert older.recorded_at == NOON
    assert newest.position > older.position
    assert queries.records(subject="prd_1", before_position=newest.position) == (older,)
    assert queries.records(limit=1)[0].subject == "stf_1"
