"""What an application tells the graph: who stands behind the enterprise, by which phone and accounts."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from parties.enterprises import queries as enterprises
from risk.features.facts import FactValue
from risk.features.wanted import Wanted, needs_of
from risk.graph import operations as graph
from risk.graph.drafts import Node, RelationDraft
from risk.graph.kinds import EntityKind, RelationKind
from risk.graph.queries import applicant_facts

LEARNED_FROM = "application"


def enterprise_node(registration_no: str) -> Node:
    """Return an enterprise as the graph knows it: by its credit code, as borrower and as guarantor alike."""
    return Node(EntityKind.ENTERPRISE, registration_no)


def relate_applicant(*, enterprise_id: UUID, business_date: date, now: datetime) -> None:
    """Write down what ties an applicant to others; what is known already stays as it is."""
    ties = enterprises.ties_of(enterprise_id=enterprise_id)
    me = enterprise_node(ties.registration_no)
    pairs = [
        (me, RelationKind.USES, Node(EntityKind.ACCOUNT, index)) for index in sorted(ties.account_indexes)
    ]
    if ties.representative_id is not None:
        person = Node(EntityKind.PERSON, str(ties.representative_id))
        pairs.append((person, RelationKind.CONTROLS, me))
        pairs.append((person, RelationKind.USES, Node(EntityKind.PHONE, ties.phone_index)))
    graph.relate(
        relations=[
            RelationDraft(
                source=source, kind=kind, target=target, valid_from=business_date, learned_from=LEARNED_FROM
            )
            for source, kind, target in pairs
        ],
        now=now,
    )


def graph_facts(
    *, registration_no: str, on_date: date, now: datetime, wanted: Wanted = None
) -> Mapping[str, FactValue]:
    """Return the facts `graph.*` of an enterprise, in one statement; none where none is wanted."""
    if not needs_of(wanted).graph:
        return {}
    return applicant_facts(node=enterprise_node(registration_no), on_date=on_date, known_by=now)
