"""The word that a batch is done: the same for receipts and for every stream beside them."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from kernel.ids import public_id
from plumbing.outbox.operations import emit


def tell_completed(
    *, batch_id: UUID, enterprise_id: UUID, scene_id: UUID, became: Mapping[str, int], now: datetime
) -> None:
    """Tell the scene, through the outbox, what became of the rows that it sent."""
    subject = public_id("bat", batch_id)
    emit(
        type="data_batch.completed",
        subject=subject,
        data={
            "id": subject,
            "object": "data_batch",
            "status": "completed",
            "business": public_id("biz", enterprise_id),
            **became,
        },
        scene_id=scene_id,
        now=now,
    )
