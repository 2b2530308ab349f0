"""Delinquency buckets, with days that do not count (a moratorium, a dispute). Pure.

A pause stops the bank's own buckets; the regulator's days past due run on (C-02).
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from kernel.periods import Period

FIRST_EDGES: Final = (1, 31, 61, 91, 121, 151, 181)


def counted_days(*, oldest_due_date: date | None, on_date: date, pauses: Sequence[Period] = ()) -> int:
    """Return the days past due without the paused ones; overlapping pauses count once."""
    if oldest_due_date is None or on_date <= oldest_due_date:
        return 0
    paused, reached = 0, oldest_due_date
    for pause in sorted(pauses, key=lambda pause: pause.start_date):
        start, end = max(pause.start_date, reached), min(pause.end_date, on_date)
        if end > start:
            paused, reached = paused + (end - start).days, end
    return (on_date - oldest_due_date).days - paused


def bucket(days: int, edges: Sequence[int] = FIRST_EDGES) -> tuple[int, int | None] | None:
    """Return the first and last day of the bucket that so many days fall into; None when nothing is overdue.

    With the first edges: 1 to 30, 31 to 60, ... 181 and more.
    """
    found = [number for number, edge in enumerate(edges) if days >= edge]
    if not found:
        return None
    last = found[-1]
    return edges[last], edges[last + 1] - 1 if last + 1 < len(edges) else None
