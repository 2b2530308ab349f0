"""The word that a batch is done or given up: the same for receipts and for every stream beside them."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from kernel.ids import public_id
from plumbing.outbox.operations import emit


def tell_completed(
    *, batch_id: UUID, enterprise_id: UUID, scene_id: UUID, became: Mapping[str, int], now: datetime
) -> None:
    """Tell the scene, through the outbox, what became of the rows that it sent."""
    data = _data("completed", batch_id, enterprise_id, became)
    emit(type="data_batch.completed", subject=str(data["id"]), data=data, scene_id=scene_id, now=now)


def tell_failed(*, batch_id: UUID, enterprise_id: UUID, scene_id: UUID, now: datetime) -> None:
    """Tell the scene that an upload was let go of: nothing of it was taken in."""
    none = dict.fromkeys(("rows_accepted", "rows_rejected", "rows_duplicate"), 0)
    data = _data("failed", batch_id, enterprise_id, none)
    emit(type="data_batch.failed", subject=str(data["id"]), data=data, scene_id=scene_id, now=now)


def _data(status: str, batch_id: UUID, enterprise_id: UUID, became: Mapping[str, int]) -> dict[str, object]:
    return {
        "id": public_id("bat", batch_id),
        "object": "data_batch",
        "status": status,
        "business": public_id("biz", enterprise_id),
        **became,
    }
