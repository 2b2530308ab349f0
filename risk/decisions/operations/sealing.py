"""Sealing: links are written beside deciding, over what is committed, by one writer a bank at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from plumbing.sql import hold_name, in_transaction
from risk.decisions.queries import chain_head
from risk.decisions.record import link_sha256

LINKS_A_RUN: Final = 20_000
_LOOK_BACK: Final = 3600 * 1000  # milliseconds; a transaction open for longer waits for a full sweep
_UNSEALED: Final = """
    SELECT d.id, d.sha256 FROM decisions_decision d
     WHERE d.id >= %s AND NOT EXISTS (SELECT FROM decisions_decisionseal s WHERE s.decision = d.id)
     ORDER BY d.id LIMIT %s
"""
_INSERT: Final = """
    INSERT INTO decisions_decisionseal (number, decision, decision_sha256, previous_sha256, sha256, sealed_at)
    SELECT n, d, h, p, s, %s
      FROM unnest(%s::bigint[], %s::uuid[], %s::text[], %s::text[], %s::text[]) AS x(n, d, h, p, s)
"""


@dataclass(frozen=True, slots=True)
class SealedRun:
    """What one run sealed; finished when nothing committed was left."""

    count: int
    head_sha256: str
    finished: bool


@in_transaction
def seal_decisions(*, now: datetime, limit: int = LINKS_A_RUN, sweep: bool = False) -> SealedRun:
    """Link the committed decisions that no link covers yet, at most `limit`; call again until `finished`.

    The order within the chain is the order of sealing, so a slow transaction slips in nowhere: it comes
    later. Looks back one hour from the newest link, or over everything with `sweep`. Two callers take turns.
    """
    hold_name("decisions.seal")
    number, previous = chain_head()
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED, [UUID(int=0) if sweep else _look_back(number), limit])
        found = cursor.fetchall()
        links: list[tuple[Any, ...]] = []
        for decision, decision_hash in found:
            number += 1
            sha256 = link_sha256(
                number=number, decision=decision, decision_hash=decision_hash, previous=previous
            )
            links.append((number, decision, decision_hash, previous, sha256))
            previous = sha256
        if links:
            cursor.execute(_INSERT, [now, *map(list, zip(*links, strict=True))])
    return SealedRun(len(links), previous, finished=len(links) < limit)


def _look_back(number: int) -> UUID:
    """Return the least id of an hour before the newest sealed decision (UUIDv7: milliseconds come first)."""
    if not number:
        return UUID(int=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT decision FROM decisions_decisionseal ORDER BY decision DESC LIMIT 1")
        newest: UUID = cursor.fetchone()[0]
    return UUID(int=max(0, (newest.int >> 80) - _LOOK_BACK) << 80)
