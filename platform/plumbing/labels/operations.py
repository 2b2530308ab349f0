"""Pinning texts to an object."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from plumbing.labels.models import Label
from plumbing.sql import in_transaction


@in_transaction
def pin(*, subject: str, scene_id: UUID, metadata: Mapping[str, str], now: datetime) -> None:
    """Keep a scene's texts beside an object; texts pinned before are replaced, no texts keep none."""
    if not metadata:
        return
    Label.objects.update_or_create(
        subject=subject, scene_id=scene_id, defaults={"metadata": dict(metadata), "pinned_at": now}
    )
