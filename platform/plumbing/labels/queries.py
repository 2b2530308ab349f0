"""Reading what is pinned."""

from collections.abc import Iterable
from uuid import UUID

from plumbing.labels.models import Label


def pinned(*, subjects: Iterable[str], scene_id: UUID) -> dict[str, dict[str, str]]:
    """Return a scene's texts by subject; subjects without any are not in it."""
    rows = Label.objects.filter(subject__in=list(subjects), scene_id=scene_id)
    return {row.subject: dict(row.metadata) for row in rows}
