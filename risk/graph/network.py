"""Reads the whole graph into arrays, as of a day and of what was known by an instant: three binary copies."""

from datetime import date, datetime
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from risk.graph.contagion import KINDS, Network
from risk.graph.queries import LIVE

_CODES: Final = " ".join(f"WHEN '{kind.value}' THEN {code}" for code, kind in enumerate(KINDS))
_ENTITIES: Final = f"""
SELECT e.id, (e.kind IN ('enterprise', 'person'))::int::int8, EXISTS (
           SELECT 1 FROM graph_bad_flag r WHERE r.entity_id = e.id AND {LIVE})::int::int8,
       coalesce(p.exposure, 0), coalesce(p.pd::float8, 'NaN')
  FROM graph_entity e
  LEFT JOIN (SELECT DISTINCT ON (entity_id) entity_id, exposure, pd FROM graph_position
              WHERE as_of_date <= %(on_date)s AND known_at <= %(known_by)s
              ORDER BY entity_id, id DESC) p ON p.entity_id = e.id
 ORDER BY e.id
"""
_RELATIONS: Final = f"""
SELECT r.source_id, r.target_id, (CASE r.kind {_CODES} END)::int8, r.weight::float8
  FROM graph_relation r WHERE r.kind <> 'uses' AND {LIVE} ORDER BY r.id
"""
_HEADER: Final = 19  # bytes before the first row of a binary copy
_WIDTHS: Final = {"i": ">i8", "f": ">f8"}


def read_network(*, on_date: date, known_by: datetime) -> Network:
    """Return the graph; things that are only shared have no part in it beyond their rows."""
    parameters = {"on_date": on_date, "known_by": known_by}
    entities = _copied(_ENTITIES, parameters, "iiiif")
    relations = _copied(_RELATIONS, parameters, "iiif")
    ids = entities["v0"].astype(np.int64)
    return Network(
        ids=ids,
        is_party=entities["v1"] > 0,
        bad=entities["v2"] > 0,
        exposure=entities["v3"].astype(np.int64),
        pd=entities["v4"].astype(np.float64),
        source=np.searchsorted(ids, relations["v0"].astype(np.int64)),
        target=np.searchsorted(ids, relations["v1"].astype(np.int64)),
        kind=relations["v2"].astype(np.int64),
        weight=relations["v3"].astype(np.float64),
    )


def _copied(select: str, parameters: dict[str, Any], columns: str) -> NDArray[np.void]:
    """Return the rows of a SELECT of eight-byte columns, none ever NULL, without an object a row."""
    row = np.dtype(
        [("fields", ">i2")]
        + [
            part
            for index, column in enumerate(columns)
            for part in ((f"length{index}", ">i4"), (f"v{index}", _WIDTHS[column]))
        ]
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({select}) TO STDOUT (FORMAT binary)", parameters) as copy,
    ):
        data = b"".join(bytes(chunk) for chunk in copy)
    count = (len(data) - _HEADER - 2) // row.itemsize
    return np.frombuffer(data, dtype=row, count=count, offset=_HEADER)
