"""Pages of rows by key: stable while rows are added, and as fast on the last page as on the first."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def newest(rows: QuerySet[M], *, after: UUID | None, limit: int, **wanted: object) -> QuerySet[M]:
    """Return rows with the values wanted (None wants any), newest first, `limit` after the last one seen.

    The primary key is a UUIDv7, so its order is the order in which rows were made.
    """
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if after is not None:
        rows = rows.filter(id__lt=after)
    return rows.order_by("-id")[:limit]
