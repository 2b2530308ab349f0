"""The graph in the tables: history kept, an applicant's figures in one statement, the night beside them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.money import Money
from kernel.refusals import Refusal
from risk.features.facts import CATALOGUE, coerce
from risk.graph import operations as graph
from risk.graph.contagion import ContagionPolicy, reckon
from risk.graph.drafts import Node, PositionDraft, RelationDraft
from risk.graph.kinds import EntityKind, RelationKind
from risk.graph.models import BadFlag, Book, Ceiling, Entity, Night, Position, Relation, Standing
from risk.graph.network import read_network
from risk.graph.queries import ApplicantGraph, applicant_facts, applicant_graph, last_night, refs_of

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
DAY = date(2026, 11, 20)
SINCE = date(2026, 1, 1)
EARLY = date(2025, 1, 1)


def firm(ref: str) -> Node:
    return Node(EntityKind.ENTERPRISE, ref)


def drawn(source: str, kind: RelationKind, target: Node | str, **more: object) -> RelationDraft:
    node = firm(target) if isinstance(target, str) else target
    terms = {"valid_from": SINCE, "learned_from": "registry", **more}
    return RelationDraft(source=firm(source), kind=kind, target=node, **terms)  # type: ignore[arg-type]


def ringed(*refs: str) -> list[RelationDraft]:
    ahead = (*refs[1:], refs[0])
    return [drawn(a, RelationKind.GUARANTEES, b) for a, b in zip(refs, ahead, strict=True)]


def seen(ref: str, on_date: date = DAY, known_by: datetime = NOW) -> ApplicantGraph:
    found = applicant_graph(node=firm(ref), on_date=on_date, known_by=known_by)
    assert found is not None
    return found


def owes(**amounts: str) -> list[PositionDraft]:
    return [PositionDraft(firm(ref), Money.parse(amount), Decimal("0.05")) for ref, amount in amounts.items()]


def snapshot() -> tuple[object, ...]:
    tables = (Entity, Relation, BadFlag, Book, Position, Ceiling, Night, Standing)
    return tuple(list(table.objects.order_by("id").values_list()) for table in tables)


def night(as_of_date: date = DAY, portion: int = 2) -> None:
    view = graph.begin_night(as_of_date=as_of_date, now=NOW)
    standings = reckon(read_network(on_date=as_of_date, known_by=view.known_by), ContagionPolicy())
    while (
        graph.write_portion(night_id=view.id, standings=standings, now=NOW, portion=portion).finished_at
        is None
    ):
        continue


def test_a_ring_of_five_is_found_at_once_and_by_the_night_and_a_tree_is_none(qinglan: str) -> None:
    """S2-05: the planted ring; a tree of guarantees beside it, joined to it, has no ring."""
    graph.relate(relations=ringed("a", "b", "c", "d", "e"), now=NOW)
    tree = [("t", "u"), ("t", "v"), ("u", "w"), ("u", "x"), ("v", "x"), ("x", "a")]
    graph.relate(relations=[drawn(a, RelationKind.GUARANTEES, b) for a, b in tree], now=NOW)
    graph.record_book(positions=owes(a="100.00", c="250.00", t="70.00"), as_of_date=DAY, now=NOW)

    at_once = {ref: seen(ref) for ref in "abcdetuvwx"}
    assert {ref for ref, found in at_once.items() if found.ring_size} == set("abcde")
    assert at_once["a"].ring_refs == tuple("abcde")
    assert at_once["d"].ring_exposure == Money.parse("350.00")
    assert at_once["t"].ring_size == 0
    assert at_once["t"].ring_exposure == Money(0)

    night()
    found = last_night()
    assert found is not None
    assert (found.figures["rings"], found.figures["in_rings"], found.figures["largest_ring"]) == (1, 5, 5)
    rows = Standing.objects.filter(ring__isnull=False)
    assert set(refs_of(rows.values_list("entity_id", flat=True)).values()) == set("abcde")
    (report,) = found.figures["ring_report"]
    assert (report["size"], report["exposure"]) == (5, 35_000)
    assert report["falls_together"] > 1  # S2-05: they fall together
    expected = report["expected_default"]
    assert expected["own"] < expected["contagion"] < expected["stressed"] <= report["worst_failure"]


def test_a_ring_too_long_for_the_walk_is_known_from_the_night(qinglan: str) -> None:
    refs = [f"r{index:02}" for index in range(20)]
    graph.relate(relations=ringed(*refs), now=NOW)
    assert seen("r00").ring_size == 0
    night(portion=50)
    assert seen("r00").ring_size == 20
    assert seen("r00").ring_refs == tuple(refs)


def test_a_relation_holds_as_of_a_day_and_of_what_was_known(qinglan: str) -> None:
    late = NOW + timedelta(days=10)
    graph.relate(relations=ringed("a", "b"), now=NOW)
    graph.end_relation(
        source=firm("a"),
        kind=RelationKind.GUARANTEES,
        target=firm("b"),
        valid_to=date(2026, 6, 1),
        reason="released",
        now=late,
    )

    once_more = {"valid_to": DAY, "reason": "released", "now": late}
    assert not graph.end_if_running(
        source=firm("a"), kind=RelationKind.GUARANTEES, target=firm("b"), **once_more
    )
    assert seen("a", known_by=NOW - timedelta(seconds=1)).relations == 0  # not yet known
    assert seen("a", on_date=date(2025, 12, 31)).ring_size == 0  # not yet begun
    assert seen("a").ring_size == 2  # ended in June, but nobody knew in November
    assert seen("a", known_by=late).ring_size == 0
    assert seen("a", on_date=date(2026, 5, 31), known_by=late).ring_size == 2


def test_relating_again_changes_nothing_and_other_terms_end_what_ran(qinglan: str) -> None:
    one = drawn("a", RelationKind.OWNS, "b", weight=Decimal("0.6"))
    assert graph.relate(relations=[one], now=NOW) == 1
    before = snapshot()
    assert graph.relate(relations=[one], now=NOW + timedelta(days=1)) == 0
    assert snapshot() == before

    other = drawn("a", RelationKind.OWNS, "b", weight=Decimal("0.9"), valid_from=date(2026, 3, 1))
    assert graph.relate(relations=[other], now=NOW) == 1
    rows = list(Relation.objects.order_by("id").values_list("weight", "valid_to", "ended_because"))
    assert rows == [(Decimal("0.6"), date(2026, 3, 1), "replaced"), (Decimal("0.9"), None, "")]
    assert graph.relate(relations=[one], now=NOW) == 0  # what came before does not undo what came later


def test_what_surrounds_an_applicant(qinglan: str) -> None:
    boss, phone = Node(EntityKind.PERSON, "p1"), Node(EntityKind.PHONE, "f00d")
    graph.relate(
        relations=[
            RelationDraft(
                source=boss,
                kind=RelationKind.CONTROLS,
                target=firm(ref),
                valid_from=SINCE,
                learned_from="registry",
            )
            for ref in ("a", "b")
        ]
        + [drawn(ref, RelationKind.USES, phone) for ref in ("a", "c", "d")]
        + [drawn("core", RelationKind.CORE_OF, ref) for ref in ("a", "e")]
        + [drawn("d", RelationKind.PAYS, "far")],
        now=NOW,
    )
    graph.flag_bad(node=firm("c"), reason="overdue", valid_from=DAY, learned_from="bank", now=NOW)
    graph.record_book(positions=owes(a="10.00", b="20.00", e="5.00"), as_of_date=DAY, now=NOW)
    people = {"set_by": "maker@bank.example", "approved_by": "checker@bank.example"}
    graph.set_ceiling(node=firm("core"), amount=Money.parse("40.00"), effective_date=SINCE, now=NOW, **people)

    facts = applicant_facts(node=firm("a"), on_date=DAY, known_by=NOW)
    assert {name: coerce(name, CATALOGUE[name].type, value) for name, value in facts.items()} == facts
    assert facts == {
        "graph.relations": 3,
        "graph.neighbours_2hop": 6,  # the boss, b, c, d, core, e; the phone is a thing
        "graph.bad_neighbours_2hop": 1,
        "graph.bad_ratio_2hop": Decimal("0.166667"),
        "graph.is_bad": False,
        "graph.shared_devices": 0,
        "graph.shared_phones": 2,
        "graph.shared_accounts": 0,
        "graph.shared_addresses": 0,
        "graph.ring_size": 0,
        "graph.ring_exposure": Decimal("0.00"),
        "graph.guarantees_given": 0,
        "graph.group_size": 3,
        "graph.group_exposure": Decimal("30.00"),
        "graph.core_enterprises": 1,
        "graph.core_exposure": Decimal("15.00"),
        "graph.core_headroom": Decimal("25.00"),
        "graph.night_age_days": None,
        "graph.contagion_pd": None,
        "graph.stressed_pd": None,
        "graph.capped": False,
    }
    assert seen("a", on_date=DAY - timedelta(days=1)).bad_neighbours == 0
    graph.clear_bad(
        node=firm("c"), reason="overdue", valid_to=DAY + timedelta(days=1), because="paid", now=NOW
    )
    assert [seen("a", on_date=DAY + timedelta(days=n)).bad_neighbours for n in (0, 1)] == [1, 0]


def test_before_a_book_exposures_are_not_known_and_after_it_who_is_missing_owes_nothing(qinglan: str) -> None:
    graph.relate(relations=[drawn("a", RelationKind.OWNS, "b")], now=NOW)
    assert seen("a").group_exposure is None
    assert applicant_facts(node=firm("nobody"), on_date=DAY, known_by=NOW) == {}

    assert graph.record_book(positions=owes(a="10.00", b="20.00"), as_of_date=DAY, now=NOW) == 2
    assert graph.record_book(positions=owes(a="10.00"), as_of_date=DAY + timedelta(days=1), now=NOW) == 1
    assert seen("a").group_exposure == Money.parse("30.00")
    assert seen("a", on_date=DAY + timedelta(days=1)).group_exposure == Money.parse("10.00")


def test_a_night_that_was_stopped_is_taken_up_where_it_stood_and_old_ones_are_forgotten(qinglan: str) -> None:
    graph.relate(relations=ringed("a", "b", "c"), now=NOW)
    view = graph.begin_night(as_of_date=DAY, now=NOW)
    standings = reckon(read_network(on_date=DAY, known_by=view.known_by), ContagionPolicy())
    first = graph.write_portion(night_id=view.id, standings=standings, now=NOW, portion=2)
    assert (first.done, first.total, first.finished_at) == (2, 3, None)
    assert last_night() is None
    graph.relate(relations=[drawn("c", RelationKind.GUARANTEES, "z")], now=NOW + timedelta(hours=1))

    again = graph.begin_night(as_of_date=DAY, now=NOW + timedelta(hours=1))
    assert (again.id, again.done) == (view.id, 2)
    standings = reckon(read_network(on_date=DAY, known_by=again.known_by), ContagionPolicy())
    ended = graph.write_portion(night_id=view.id, standings=standings, now=NOW, portion=2)
    assert (ended.done, ended.finished_at) == (3, NOW)
    assert graph.write_portion(night_id=view.id, standings=standings, now=NOW) == ended
    assert seen("a").contagion_pd == Standing.objects.first().contagion_pd  # type: ignore[union-attr]
    for days in (1, 2):
        night(DAY + timedelta(days=days))
    assert graph.forget_standings(limit=2) == 2
    assert graph.forget_standings() == 1
    assert graph.forget_standings() == 0


WRONG_RELATIONS = {
    "source": drawn("a", RelationKind.CORE_OF, "b"),
    "target": drawn("a", RelationKind.GUARANTEES, "a"),
    "ref": drawn("", RelationKind.GUARANTEES, "b"),
    "weight": drawn("a", RelationKind.OWNS, "b", weight=Decimal("1.01")),
    "amount": drawn("a", RelationKind.OWNS, "b", amount=Money(-1)),
    "learned_from": drawn("a", RelationKind.OWNS, "b", learned_from=""),
}


@pytest.mark.parametrize("field", WRONG_RELATIONS)
def test_an_unsound_relation_is_refused_before_any_is_written(qinglan: str, field: str) -> None:
    wrong = WRONG_RELATIONS[field]
    if field == "source":
        person = Node(EntityKind.PERSON, "p")
        wrong = RelationDraft(
            source=person, kind=RelationKind.CORE_OF, target=firm("b"), valid_from=SINCE, learned_from="x"
        )
    with pytest.raises(graph.RelationInvalid, match=field):
        graph.relate(relations=[*ringed("a", "b"), wrong], now=NOW)
    assert not Entity.objects.exists()


ACTS: dict[str, Callable[[], object]] = {
    "graph.relation_not_found": lambda: graph.end_relation(
        source=firm("b"), kind=RelationKind.OWNS, target=firm("a"), valid_to=DAY, reason="", now=NOW
    ),
    "graph.ends_before_it_begins": lambda: graph.end_relation(
        source=firm("a"),
        kind=RelationKind.GUARANTEES,
        target=firm("b"),
        valid_to=EARLY,
        reason="",
        now=NOW,
    ),
    "graph.flag_invalid": lambda: graph.flag_bad(
        node=Node(EntityKind.PHONE, "1"), reason="fraud", valid_from=DAY, learned_from="x", now=NOW
    ),
    "graph.flag_not_found": lambda: graph.clear_bad(
        node=firm("a"), reason="overdue", valid_to=DAY, because="", now=NOW
    ),
    "graph.book_out_of_order": lambda: graph.record_book(
        positions=[], as_of_date=DAY - timedelta(days=1), now=NOW
    ),
    "graph.position_invalid": lambda: graph.record_book(
        positions=[PositionDraft(firm("a"), Money(-1))], as_of_date=DAY, now=NOW
    ),
    "graph.ceiling_invalid": lambda: graph.set_ceiling(
        node=firm("a"), amount=Money(1), effective_date=DAY, set_by="x", approved_by="x", now=NOW
    ),
    "graph.night_out_of_order": lambda: graph.begin_night(as_of_date=DAY - timedelta(days=1), now=NOW),
}


@pytest.mark.parametrize("code", ACTS)
def test_what_cannot_be_is_refused_and_nothing_happens(qinglan: str, code: str) -> None:
    graph.relate(relations=ringed("a", "b"), now=NOW)
    graph.record_book(positions=owes(a="1.00"), as_of_date=DAY, now=NOW)
    graph.begin_night(as_of_date=DAY, now=NOW)
    before = snapshot()
    with pytest.raises(Refusal) as refused, transaction.atomic():
        ACTS[code]()
    assert refused.value.code == code
    assert snapshot() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE graph_relation SET weight = 0.5",
        "UPDATE graph_relation SET valid_to = '2026-12-01', ended_at = now() WHERE valid_to IS NOT NULL",
        "DELETE FROM graph_relation",
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE graph_relation",
        "UPDATE graph_bad_flag SET reason = 'other'",
        "DELETE FROM graph_position",
        "UPDATE graph_entity SET ref = 'x'",
        "UPDATE graph_ceiling SET amount = 9",
    ],
)
def test_history_cannot_be_rewritten(qinglan: str, statement: str) -> None:
    graph.relate(relations=ringed("a", "b"), now=NOW)
    graph.end_relation(
        source=firm("a"), kind=RelationKind.GUARANTEES, target=firm("b"), valid_to=DAY, reason="", now=NOW
    )
    graph.flag_bad(node=firm("a"), reason="overdue", valid_from=DAY, learned_from="bank", now=NOW)
    graph.record_book(positions=owes(a="1.00"), as_of_date=DAY, now=NOW)
    people = {"set_by": "maker@bank.example", "approved_by": "checker@bank.example"}
    graph.set_ceiling(node=firm("a"), amount=Money(1), effective_date=DAY, now=NOW, **people)
    with (
        pytest.raises(DatabaseError, match="may only grow"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
