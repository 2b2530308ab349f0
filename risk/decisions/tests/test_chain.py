"""The chain over decisions: written beside deciding, and every kind of tampering named."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from kernel.ids import new_id
from risk.decisions import operations, queries
from risk.decisions.models import DecisionSeal
from risk.decisions.record import NO_LINK
from risk.decisions.tests.test_decisions import NOW, decide, past_the_trigger


def seal(limit: int = 100) -> operations.SealedRun:
    return operations.seal_decisions(now=NOW, limit=limit)


def test_decisions_are_chained_in_portions(qinglan: str) -> None:
    made = [decide(subject=f"app_{number}") for number in range(5)]
    assert queries.verify_chain() == queries.ChainReport(0, NO_LINK, (), 5)

    first = seal(limit=3)
    assert (first.count, first.finished) == (3, False)
    rest = seal(limit=3)
    assert (rest.count, rest.finished) == (2, True)
    assert seal().count == 0

    report = queries.verify_chain()
    assert report.intact
    assert (report.count, report.unsealed_count) == (5, 0)
    assert report.head_sha256 == rest.head_sha256 == queries.chain_head()[1]
    links = list(DecisionSeal.objects.order_by("number"))
    assert [link.decision for link in links] == [view.id for view in made]
    assert [link.previous_sha256 for link in links] == [NO_LINK, *(link.sha256 for link in links[:-1])]


def test_a_decision_that_commits_late_is_linked_later(qinglan: str) -> None:
    """Its id is older than the newest link's: it comes after it in the chain, and nothing is missed."""
    late, early = decide(subject="late"), decide(subject="early")
    hidden = "UPDATE decisions_decision SET id = %s WHERE id = %s"
    elsewhere = new_id()  # out of the way while the newer decision is linked
    past_the_trigger("decisions_decision", hidden, [elsewhere, late.id])
    assert seal(limit=1).count == 1
    past_the_trigger("decisions_decision", hidden, [late.id, elsewhere])

    assert seal().count == 1

    assert queries.verify_chain().intact
    assert list(DecisionSeal.objects.order_by("number").values_list("decision", flat=True)) == [
        early.id,
        late.id,
    ]


@pytest.mark.parametrize(
    ("table", "change", "problem"),
    [
        ("decisions_decision", "UPDATE decisions_decision SET subject = 'x' WHERE id = %s", "altered"),
        ("decisions_decision", "UPDATE decisions_decision SET grade = 'A' WHERE id = %s", "a column"),
        (
            "decisions_decision",
            "UPDATE decisions_decision SET facts = facts || '{\"bank.loans_settled\": 9}' WHERE id = %s",
            "altered",
        ),
        (
            "decisions_decision",
            "UPDATE decisions_decision SET sha256 = repeat('0', 64) WHERE id = %s",
            "not the sealed one",
        ),
        ("decisions_decision", "DELETE FROM decisions_decision WHERE id = %s", "gone"),
        (
            "decisions_decisionseal",
            "UPDATE decisions_decisionseal SET decision_sha256 = repeat('1', 64) WHERE decision = %s",
            "link was altered",
        ),
        ("decisions_decisionseal", "DELETE FROM decisions_decisionseal WHERE decision = %s", "missing"),
    ],
)
def test_tampering_is_named(qinglan: str, table: str, change: str, problem: str) -> None:
    views = [decide(subject=f"app_{number}") for number in range(3)]
    seal()
    past_the_trigger(table, change, [views[1].id])

    report = queries.verify_chain()

    assert not report.intact
    assert problem in report.findings[0].problem
    named = {finding.decision_id for finding in report.findings}
    assert views[1].id in named or problem == "missing"
    assert views[0].id not in named


def test_the_database_keeps_the_chain(qinglan: str) -> None:
    decide()
    seal()

    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        DecisionSeal.objects.update(sealed_at=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        DecisionSeal.objects.all()._raw_delete("default")
    assert queries.verify_chain().intact
