"""Reckoning the whole graph of a day: begun, written in portions, finished; safe to stop and take up.

The graph is read as it was known when the night began, so that a second reading finds the same.
"""

from datetime import date, datetime
from typing import Any, Final

import numpy as np
from django.db import connection

from kernel.refusals import Kind, Refusal
from plumbing.sql import hold_name, in_transaction
from risk.graph.contagion import ContagionPolicy, Standings
from risk.graph.models import Night
from risk.graph.queries import NightView, night_view

PORTION: Final = 50_000
_COLUMNS: Final = (
    "night_id, entity_id, ring, ring_size, cluster_size, own_pd, contagion_pd, stressed_pd, dependants,"
    " dependent_exposure"
)
# Two nights are kept: the one that is read while the next is written.
_FORGET: Final = """
DELETE FROM graph_standing WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM graph_standing
     WHERE night_id < (SELECT min(id) FROM (SELECT id FROM graph_night WHERE finished_at IS NOT NULL
                                             ORDER BY id DESC LIMIT 2) kept)
     LIMIT %(limit)s))
"""


class NightOutOfOrder(Refusal):
    """Nights follow one another; a later one has been begun."""

    code = "graph.night_out_of_order"
    kind = Kind.CONFLICT
    message = "The night of {last_date} was begun already; {as_of_date} is before it."


@in_transaction
def begin_night(*, as_of_date: date, now: datetime, policy: ContagionPolicy | None = None) -> NightView:
    """Begin a day's reckoning; begun already, it is the same one, wherever it stands."""
    hold_name("graph night")
    row = Night.objects.filter(as_of_date=as_of_date).first()
    if row is not None:
        return night_view(row)
    last = Night.objects.order_by("-as_of_date").first()
    if last is not None and last.as_of_date > as_of_date:
        raise NightOutOfOrder(last_date=last.as_of_date, as_of_date=as_of_date)
    terms = (policy or ContagionPolicy()).as_json()
    return night_view(Night.objects.create(as_of_date=as_of_date, known_by=now, policy=terms))


@in_transaction
def write_portion(*, night_id: int, standings: Standings, now: datetime, portion: int = PORTION) -> NightView:
    """Write the next rows of a night, finish it after the last; a finished one is left alone."""
    row = Night.objects.select_for_update().get(id=night_id)
    if row.finished_at is not None:
        return night_view(row)
    # Found by the last entity, not by a count: a second reading may know an entity more or less.
    begin = int(np.searchsorted(standings.ids, row.written_through, side="right"))
    end = min(begin + portion, len(standings))
    with connection.cursor() as cursor, cursor.copy(f"COPY graph_standing ({_COLUMNS}) FROM STDIN") as copy:
        copy.write(_lines(night_id, standings, begin, end))
    row.done, row.total = end, len(standings)
    if end > begin:
        row.written_through = int(standings.ids[end - 1])
    if end == len(standings):
        row.figures, row.finished_at = standings.figures, now
        with connection.cursor() as cursor:  # plans kept from when there was nothing in it would read it all
            cursor.execute("ANALYZE graph_standing")
    row.save()
    return night_view(row)


@in_transaction
def forget_standings(*, limit: int = PORTION) -> int:
    """Delete rows of nights before the last two finished ones; return how many, at most `limit`."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"limit": limit})
        return int(cursor.rowcount)


def _lines(night_id: int, standings: Standings, begin: int, end: int) -> str:
    def column(values: Any) -> list[Any]:
        return list(values[begin:end].tolist())

    rings = ["\\N" if ring == 0 else str(ring) for ring in column(standings.ring)]
    pds = [
        [f"{pd:.6f}" for pd in column(np.clip(values, 0.0, 1.0))]
        for values in (standings.own_pd, standings.contagion_pd, standings.stressed_pd)
    ]
    rows = zip(
        column(standings.ids),
        rings,
        column(standings.ring_size),
        column(standings.cluster_size),
        *pds,
        column(standings.dependants),
        column(standings.dependent_exposure),
        strict=True,
    )
    return "".join("\t".join(map(str, (night_id, *row))) + "\n" for row in rows)
