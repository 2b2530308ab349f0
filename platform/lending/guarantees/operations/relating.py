"""What a guarantee tells the graph: its guarantor answers for the borrower, while any line has its word."""

from datetime import date, datetime

from kernel.money import Money
from lending.credit_lines.queries import LineView, lines_page
from lending.guarantees.models import Guarantee, Guarantor
from parties.enterprises import queries as enterprises
from risk.graph import operations as graph
from risk.graph.drafts import Node, RelationDraft
from risk.graph.kinds import EntityKind, RelationKind

_MOST_LINES = 1_000


def relate_guarantor(*, guarantor: Guarantor, line: LineView, business_date: date, now: datetime) -> None:
    """Bring the graph up to the guarantees that run between a guarantor and a line's borrower.

    One relation for all of them: the widest coverage is its weight, the caps together its amount.
    """
    borrower = enterprises.get_enterprise(enterprise_id=line.enterprise_id, scene_id=None)
    source = Node(EntityKind.ENTERPRISE, guarantor.registration_no)
    target = Node(EntityKind.ENTERPRISE, borrower.registration_no)
    if source == target:  # nobody stands behind himself: the graph has no such relation
        return
    lines = [one.id for one in lines_page(enterprise_id=line.enterprise_id, limit=_MOST_LINES)]
    running = list(Guarantee.objects.filter(guarantor=guarantor, line_id__in=lines, ended_date=None))
    if running:
        draft = RelationDraft(
            source=source,
            kind=RelationKind.GUARANTEES,
            target=target,
            valid_from=business_date,
            learned_from="guarantee",
            weight=max(row.coverage for row in running),
            amount=Money.total(row.cap for row in running),
        )
        graph.relate(relations=[draft], now=now)
        return
    graph.end_if_running(
        source=source,
        kind=RelationKind.GUARANTEES,
        target=target,
        valid_to=business_date,
        reason="guarantee ended",
        now=now,
    )
