"""The night of the graph as a job: the book taken over, the bad flagged, rows written, twice harmless."""

from datetime import date, timedelta
from io import StringIO

from django.core.management import call_command

from interfaces.jobs import tasks
from kernel.money import Money
from parties.enterprises.queries import get_enterprise
from risk.classification.models import ClassificationState
from risk.graph.drafts import Node
from risk.graph.kinds import EntityKind
from risk.graph.models import Position, Standing
from risk.graph.queries import applicant_graph, last_night
from testkit.clock import NOON
from testkit.servicing import Borrower, borrower, fund, lend

TODAY = date(2026, 11, 2)


def standing_of(who: Borrower, on_date: date) -> tuple[bool, Money | None]:
    code = get_enterprise(enterprise_id=who.enterprise_id, scene_id=None).registration_no
    found = applicant_graph(
        node=Node(EntityKind.ENTERPRISE, code), on_date=on_date, known_by=NOON + timedelta(days=3650)
    )
    assert found is not None
    return found.is_bad, found.group_exposure


def test_a_night_takes_the_book_over_and_flags_who_does_not_perform(qinglan: str) -> None:
    fund("100000.00")
    good, bad = borrower(limit="50000.00"), borrower()
    lend(good, "30000.00")
    loan = lend(bad, "20000.00")
    state = ClassificationState.objects.create(
        exposure_id=loan.id,
        debtor_id=bad.enterprise_id,
        tier="loss",
        tier_since_date=TODAY,
        stage=3,
        stage_since_date=TODAY,
        updated_date=TODAY,
    )
    assert tasks.reckon_graph(schema=qinglan, as_of_date=TODAY.isoformat()) == 2
    assert standing_of(good, TODAY) == (False, Money.parse("50000.00"))  # what it owes and may still draw
    assert standing_of(bad, TODAY) == (True, Money.parse("100000.00"))
    assert sorted(Standing.objects.values_list("own_pd", flat=True))[1] == 1
    night, positions = last_night(), Position.objects.count()

    assert tasks.reckon_graph(schema=qinglan, as_of_date=TODAY.isoformat()) == 2
    assert (last_night(), Position.objects.count()) == (night, positions)

    state.delete()
    said = StringIO()
    call_command("reckon_graph", qinglan, "--day", (TODAY + timedelta(days=1)).isoformat(), stdout=said)
    assert "2 rows, 0 rings" in said.getvalue()
    assert standing_of(bad, TODAY + timedelta(days=1))[0] is False
    assert standing_of(bad, TODAY)[0] is True
    assert tasks.reckon_graph(schema=qinglan, as_of_date=TODAY.isoformat()) == "graph.book_out_of_order"
