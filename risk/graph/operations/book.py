"""The bank's book handed over: what each entity owes, its own PD, and what may be lent around a core firm."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from plumbing.sql import hold_name, in_transaction
from risk.graph.drafts import Node, PositionDraft
from risk.graph.kinds import EntityKind
from risk.graph.models import Book, Ceiling
from risk.graph.operations.relations import MENTIONED, entity_of

_GIVEN: Final = """
SELECT * FROM unnest(%(kinds)s::text[], %(refs)s::text[], %(exposures)s::bigint[], %(pds)s::numeric[])
           AS given (kind, ref, exposure, pd)
"""
# Only what changed is written; whoever left the book owes nothing from now on.
_CHANGES: Final = """
INSERT INTO graph_position (book_id, entity_id, as_of_date, exposure, pd, known_at)
SELECT %(book_id)s, coalesce(b.entity_id, old.entity_id), %(as_of_date)s, coalesce(b.exposure, 0),
       coalesce(b.pd, old.pd), %(now)s
  FROM (SELECT e.id AS entity_id, sum(g.exposure)::bigint AS exposure, max(g.pd) AS pd
          FROM ({book}) g JOIN graph_entity e ON e.kind = g.kind AND e.ref = g.ref GROUP BY e.id) b
  FULL JOIN (SELECT DISTINCT ON (entity_id) entity_id, exposure, pd FROM graph_position
              ORDER BY entity_id, id DESC) old ON old.entity_id = b.entity_id
 WHERE (coalesce(b.exposure, 0), coalesce(b.pd, old.pd)) IS DISTINCT FROM (old.exposure, old.pd)
"""


class BookOutOfOrder(Refusal):
    """Books are handed over in the order of their days."""

    code = "graph.book_out_of_order"
    kind = Kind.CONFLICT
    message = "The book as of {last_date} was handed over already; {as_of_date} is before it."


class PositionInvalid(Refusal):
    """Nobody owes less than nothing, and a probability is between none and one."""

    code = "graph.position_invalid"
    kind = Kind.INVALID
    message = "The position of {ref} cannot be used."


class CeilingInvalid(Refusal):
    """A ceiling is of an enterprise, not negative, and set by two people."""

    code = "graph.ceiling_invalid"
    kind = Kind.INVALID
    message = "The {field} of this ceiling cannot be used."


@in_transaction
def record_book(*, positions: Sequence[PositionDraft], as_of_date: date, now: datetime) -> int:
    """Take the whole book as of a day, as frozen rows; return how many positions changed."""
    for draft in positions:
        if draft.exposure.minor < 0 or not (draft.pd is None or 0 <= draft.pd <= 1) or not draft.node.ref:
            raise PositionInvalid(ref=draft.node.ref)
    given = {
        "kinds": [draft.node.kind.value for draft in positions],
        "refs": [draft.node.ref for draft in positions],
        "exposures": [draft.exposure.minor for draft in positions],
        "pds": [draft.pd for draft in positions],
    }
    return _take_over(_GIVEN, given, as_of_date, now)


@in_transaction
def record_book_of(*, book: str, as_of_date: date, now: datetime) -> int:
    """Take the whole book as of a day from its owner's SELECT; return how many positions changed.

    `book` is a SELECT, written by the room that owns it, of `kind text, ref text, exposure bigint (fen),
    pd numeric` for all that is owed.
    """
    return _take_over(book, {}, as_of_date, now)


def _take_over(book: str, given: Mapping[str, Any], as_of_date: date, now: datetime) -> int:
    hold_name("graph book")
    last = Book.objects.order_by("-id").first()
    if last is not None and last.as_of_date > as_of_date:
        raise BookOutOfOrder(last_date=last.as_of_date, as_of_date=as_of_date)
    row = Book.objects.create(as_of_date=as_of_date, known_at=now)
    parameters = {"book_id": row.id, "as_of_date": as_of_date, "now": now, **given}
    with connection.cursor() as cursor:
        cursor.execute(MENTIONED.format(named=book), parameters)
        cursor.execute(_CHANGES.format(book=book), parameters)
        return int(cursor.rowcount)


@in_transaction
def set_ceiling(
    *, node: Node, amount: Money, effective_date: date, set_by: str, approved_by: str, now: datetime
) -> None:
    """Say how much may be lent in all to those who depend on a core enterprise, from a day on (S2-41)."""
    for field, wrong in {
        "node": node.kind is not EntityKind.ENTERPRISE or not node.ref,
        "amount": amount.minor < 0,
        "approval": not set_by or not approved_by or set_by == approved_by,
    }.items():
        if wrong:
            raise CeilingInvalid(field=field)
    Ceiling.objects.create(
        entity=entity_of(node, now),
        amount=amount,
        effective_date=effective_date,
        set_by=set_by,
        approved_by=approved_by,
        known_at=now,
    )
