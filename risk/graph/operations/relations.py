"""Relating entities, ending relations, and flags of what is bad."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection

from kernel.refusals import Kind, Refusal
from plumbing.sql import hold_name, in_transaction
from risk.graph.drafts import Node, RelationDraft
from risk.graph.kinds import PARTIES, RelationKind
from risk.graph.models import BadFlag, Entity, Relation

_SQL: Final = Path(__file__).resolve().parents[1] / "sql"
_STATEMENTS: Final = tuple(
    (_SQL / name).read_text(encoding="utf-8") for name in ("relate.sql", "end_changed.sql", "open_new.sql")
)
MENTIONED: Final = """
INSERT INTO graph_entity (kind, ref, known_at)
SELECT DISTINCT kind, ref, %(now)s::timestamptz FROM ({named}) b
 WHERE NOT EXISTS (SELECT 1 FROM graph_entity e WHERE e.kind = b.kind AND e.ref = b.ref)
 ORDER BY kind, ref ON CONFLICT DO NOTHING
"""
_FLAG_NEW: Final = """
INSERT INTO graph_bad_flag (entity_id, reason, valid_from, learned_from, known_at, ended_because)
SELECT DISTINCT e.id, %(reason)s, %(as_of_date)s::date, %(learned_from)s, %(now)s::timestamptz, ''
  FROM ({bad}) b JOIN graph_entity e ON e.kind = b.kind AND e.ref = b.ref
    ON CONFLICT DO NOTHING
"""
_CLEAR_GONE: Final = """
UPDATE graph_bad_flag f
   SET valid_to = greatest(%(as_of_date)s::date, f.valid_from), ended_at = %(now)s,
       ended_because = 'recovered'
 WHERE f.reason = %(reason)s AND f.learned_from = %(learned_from)s AND f.valid_to IS NULL
   AND NOT EXISTS (SELECT 1 FROM ({bad}) b JOIN graph_entity e ON e.kind = b.kind AND e.ref = b.ref
                    WHERE e.id = f.entity_id)
"""


class RelationNotFound(Refusal):
    """There is no such relation, or it has ended."""

    code = "graph.relation_not_found"
    kind = Kind.NOT_FOUND
    message = "{source} {relation} {target}: no such relation runs."


class EndsBeforeItBegins(Refusal):
    """Nothing ends before its first day."""

    code = "graph.ends_before_it_begins"
    kind = Kind.INVALID
    message = "This began on {valid_from}: it cannot end on {valid_to}."


class FlagInvalid(Refusal):
    """A flag is of an enterprise or a person, and says why and from where."""

    code = "graph.flag_invalid"
    kind = Kind.INVALID
    message = "The {field} of this flag cannot be used."


class FlagNotFound(Refusal):
    """There is no such flag, or it was cleared."""

    code = "graph.flag_not_found"
    kind = Kind.NOT_FOUND
    message = "{ref} carries no flag {reason}."


@in_transaction
def relate(*, relations: Sequence[RelationDraft], now: datetime) -> int:
    """Write relations down and return how many are new; what runs already with the same terms is left alone.

    Other terms end the running one on the new one's first day. Refuses any that is not sound, before the
    first is written.
    """
    for draft in relations:
        draft.require_sound()
    if not relations:
        return 0
    parameters: dict[str, Any] = {
        "now": now,
        "source_kinds": [draft.source.kind.value for draft in relations],
        "source_refs": [draft.source.ref for draft in relations],
        "target_kinds": [draft.target.kind.value for draft in relations],
        "target_refs": [draft.target.ref for draft in relations],
        "kinds": [draft.kind.value for draft in relations],
        "valid_froms": [draft.valid_from for draft in relations],
        "weights": [draft.weight for draft in relations],
        "amounts": [None if draft.amount is None else draft.amount.minor for draft in relations],
        "learned_froms": [draft.learned_from for draft in relations],
    }
    with connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, parameters)
        return int(cursor.rowcount)


@in_transaction
def end_relation(
    *, source: Node, kind: RelationKind, target: Node, valid_to: date, reason: str, now: datetime
) -> None:
    """End the relation that runs; it holds up to, not including, `valid_to`. Ended again it is not found."""
    row = (
        Relation.objects.select_for_update(of=["self"])
        .filter(source__kind=source.kind, source__ref=source.ref, kind=kind)
        .filter(target__kind=target.kind, target__ref=target.ref, valid_to=None)
        .first()
    )
    if row is None:
        raise RelationNotFound(source=source.ref, relation=kind.value, target=target.ref)
    if valid_to < row.valid_from:
        raise EndsBeforeItBegins(valid_from=row.valid_from, valid_to=valid_to)
    row.valid_to, row.ended_at, row.ended_because = valid_to, now, reason
    row.save(update_fields=["valid_to", "ended_at", "ended_because"])


@in_transaction
def end_if_running(
    *, source: Node, kind: RelationKind, target: Node, valid_to: date, reason: str, now: datetime
) -> bool:
    """End a relation if it runs, for a caller whose record may be older than the graph; tell if it did."""
    try:
        end_relation(source=source, kind=kind, target=target, valid_to=valid_to, reason=reason, now=now)
    except RelationNotFound:
        return False
    return True


def entity_of(node: Node, now: datetime) -> Entity:
    """Return an entity's row, made on first mention."""
    Entity.objects.bulk_create(
        [Entity(kind=node.kind.value, ref=node.ref, known_at=now)], ignore_conflicts=True
    )
    return Entity.objects.get(kind=node.kind.value, ref=node.ref)


@in_transaction
def flag_bad(*, node: Node, reason: str, valid_from: date, learned_from: str, now: datetime) -> None:
    """Mark an enterprise or a person as bad from a day on; marked again for the same reason it stays."""
    for field, wrong in {
        "node": node.kind not in PARTIES or not node.ref,
        "reason": not reason,
        "learned_from": not learned_from,
    }.items():
        if wrong:
            raise FlagInvalid(field=field)
    hold_name("graph flag", node.kind, node.ref, reason)
    entity = entity_of(node, now)
    if not BadFlag.objects.filter(entity=entity, reason=reason, valid_to=None).exists():
        BadFlag.objects.create(
            entity=entity, reason=reason, valid_from=valid_from, learned_from=learned_from, known_at=now
        )


@in_transaction
def flag_bad_of(
    *, bad: str, reason: str, as_of_date: date, learned_from: str, now: datetime
) -> tuple[int, int]:
    """Bring the flags of one reason and source up to their owner's SELECT; return how many began and ended.

    `bad` is a SELECT, written by the room that owns it, of `kind text, ref text` for all that is bad.
    """
    hold_name("graph flags", reason, learned_from)
    parameters: dict[str, Any] = {
        "reason": reason,
        "as_of_date": as_of_date,
        "learned_from": learned_from,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(MENTIONED.format(named=bad), parameters)
        cursor.execute(_FLAG_NEW.format(bad=bad), parameters)
        flagged = int(cursor.rowcount)
        cursor.execute(_CLEAR_GONE.format(bad=bad), parameters)
        return flagged, int(cursor.rowcount)


@in_transaction
def clear_bad(*, node: Node, reason: str, valid_to: date, because: str, now: datetime) -> None:
    """End a flag; it holds up to, not including, `valid_to`."""
    row = (
        BadFlag.objects.select_for_update(of=["self"])
        .filter(entity__kind=node.kind, entity__ref=node.ref, reason=reason, valid_to=None)
        .first()
    )
    if row is None:
        raise FlagNotFound(ref=node.ref, reason=reason)
    if valid_to < row.valid_from:
        raise EndsBeforeItBegins(valid_from=row.valid_from, valid_to=valid_to)
    row.valid_to, row.ended_at, row.ended_because = valid_to, now, because
    row.save(update_fields=["valid_to", "ended_at", "ended_because"])
