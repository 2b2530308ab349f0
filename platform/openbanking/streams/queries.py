"""Reads: a stream's days and parties as known by a date, and a recount that proves the days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from kernel.periods import Period
from openbanking.streams.catalogue import STREAMS
from openbanking.streams.statements import STATEMENTS


@dataclass(frozen=True, slots=True)
class PartyFigures:
    """With how many an enterprise dealt in a window, the largest one's part and all together."""

    role: str
    period: Period
    distinct: int
    largest: int
    total: int


@dataclass(frozen=True, slots=True)
class StreamView:
    """A stream as it was known by a date: each day's figures in the order of `columns`, oldest first."""

    stream: str
    columns: tuple[str, ...]
    days: tuple[tuple[date, tuple[int, ...]], ...]
    parties: tuple[PartyFigures, ...]


@dataclass(frozen=True, slots=True)
class StreamDifference:
    """A day whose folded figures are not those of a recount: always a defect."""

    enterprise_id: UUID
    scene_id: UUID
    day: date


def stream_as_known(
    *,
    stream: str,
    enterprise_id: UUID,
    scene_id: UUID,
    period: Period,
    known_by: date,
    windows: Sequence[Period] = (),
) -> StreamView:
    """Return a stream's days in a period and its parties in each window, known at the end of a date.

    One round trip. A day whose records were all moved elsewhere by a correction is still a day, of zeros.
    """
    values: dict[str, Any] = {
        "enterprise_id": enterprise_id,
        "scene_id": scene_id,
        "stream": stream,
        "start_date": period.start_date,
        "end_date": period.end_date,
        "known_by": known_by,
        "window_starts": [window.start_date for window in windows],
        "window_ends": [window.end_date for window in windows],
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS[stream].read, values)
        rows = cursor.fetchall()
    days = sorted((row[1], row[3:]) for row in rows if row[0] == "day")
    parties = sorted((row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows if row[0] != "day")
    return StreamView(
        stream=stream,
        columns=tuple(STREAMS[stream].figures),
        days=tuple(days),
        parties=tuple(
            PartyFigures(role, Period(start, end), distinct, largest, total)
            for role, start, end, distinct, largest, total in parties
        ),
    )


def lineage() -> Mapping[str, tuple[str, ...]]:
    """Return each stream's figures by day: what a feature may be made of."""
    return {code: tuple(stream.figures) for code, stream in STREAMS.items()}


def stream_differences(*, stream: str, known_by: date) -> tuple[StreamDifference, ...]:
    """Recount every record known by a date; return the days whose figures differ: none, or a defect."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS[stream].differences, {"stream": stream, "known_by": known_by})
        return tuple(StreamDifference(*row) for row in cursor.fetchall())
