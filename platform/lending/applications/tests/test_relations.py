"""What an application tells the graph, and what the graph tells the next assessment."""

from datetime import UTC, date, datetime, timedelta

from lending.applications import operations
from lending.applications.relations import enterprise_node, graph_facts, relate_applicant
from parties.enterprises.operations import add_bank_account, register_enterprise
from parties.enterprises.queries import ties_of
from parties.enterprises.views import PersonDraft
from risk.graph import operations as graph
from risk.graph.models import Entity, Relation
from testkit.applicants import admit, apply, list_scene
from testkit.identities import card_number, credit_code, mobile_number, resident_number

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 3)


def test_an_application_ties_the_enterprise_to_whom_it_shares_things_with(qinglan: str) -> None:
    scene = list_scene(now=NOW, listed_from=TODAY)
    shop = admit(now=NOW, business_date=TODAY, scene_id=scene)
    add_bank_account(
        enterprise_id=shop.enterprise_id,
        account_number=card_number(1),
        bank_name="示例银行",
        holder_name="示例店主1",
        now=NOW,
    )
    sister = register_enterprise(  # of the same representative, and bad
        scene_id=scene,
        external_id="sister",
        legal_name="示例分店",
        registration_no=credit_code(77, area_code="331002"),
        industry="H6210",
        area_code="331002",
        opened_date=TODAY - timedelta(days=900),
        representative=PersonDraft(
            "示例店主1",
            resident_number(area_code="330106", born=date(1990, 1, 2)),
            mobile_number(1),
        ),
        now=NOW,
    )
    node = enterprise_node(sister.registration_no)
    graph.flag_bad(node=node, reason="overdue", valid_from=TODAY, learned_from="bank", now=NOW)
    assert graph_facts(registration_no=shop.enterprise.registration_no, on_date=TODAY, now=NOW) == {}

    application = apply(shop, now=NOW, business_date=TODAY)

    kinds = sorted(Relation.objects.values_list("source__kind", "kind", "target__kind"))
    assert kinds == [
        ("enterprise", "uses", "account"),
        ("person", "controls", "enterprise"),
        ("person", "uses", "phone"),
    ]
    ties = ties_of(enterprise_id=shop.enterprise_id)
    refs = set(Entity.objects.filter(kind__in=["phone", "account"]).values_list("ref", flat=True))
    assert refs == {ties.phone_index, *ties.account_indexes}
    assert not refs & {mobile_number(1), card_number(1)}

    relate_applicant(enterprise_id=sister.id, business_date=TODAY, now=NOW)
    facts = graph_facts(registration_no=shop.enterprise.registration_no, on_date=TODAY, now=NOW)
    assert (facts["graph.neighbours_2hop"], facts["graph.bad_neighbours_2hop"]) == (2, 1)
    assert facts["graph.group_size"] == 3  # the two and their representative
    before = Relation.objects.count()
    relate_applicant(enterprise_id=sister.id, business_date=TODAY + timedelta(days=9), now=NOW)
    assert Relation.objects.count() == before

    assessed = operations.assess_application(application_id=application.id, now=NOW, business_date=TODAY)
    assert assessed.status == "approved"  # the first strategy does not ask the graph
