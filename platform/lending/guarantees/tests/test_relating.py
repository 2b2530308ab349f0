"""What guarantees and collateral tell the graph, in the transaction that writes them."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel.money import Money
from lending.collateral.operations import register_collateral
from lending.guarantees import operations
from lending.guarantees.queries import GuaranteeView
from parties.enterprises.queries import get_enterprise
from plumbing.clock.queries import business_date
from risk.graph.drafts import Node
from risk.graph.kinds import EntityKind
from risk.graph.models import Relation
from risk.graph.queries import applicant_graph
from testkit.servicing import NOON, Borrower, borrower, term_line

MAKER, CHECKER = "credit@qinglan.example", "risk@qinglan.example"


def credit_code_of(who: Borrower) -> str:
    return get_enterprise(enterprise_id=who.enterprise_id, scene_id=None).registration_no


def guarantor(registration_no: str) -> UUID:
    return operations.register_guarantor(
        kind="company",
        name="示例融资担保",
        registration_no=registration_no,
        licence_no="浙台融担001",
        licence_expires_date=None,
        recorded_by=MAKER,
        business_date=business_date(),
        now=NOON,
    )


def guarantee(who: Borrower, by: UUID, coverage: str, cap: str) -> GuaranteeView:
    return operations.agree_guarantee(
        line_id=who.line_id,
        guarantor_id=by,
        coverage=Decimal(coverage),
        cap=Money.parse(cap),
        monthly_fee=Decimal("0.001"),
        fee_payer="bank",
        claim_after_days=15,
        agreed_by=MAKER,
        approved_by=CHECKER,
        business_date=business_date(),
        now=NOON,
    )


def end(made: GuaranteeView) -> None:
    operations.end_guarantee(guarantee_id=made.id, ended_by=MAKER, business_date=business_date(), now=NOON)


def running() -> list[tuple[Any, ...]]:
    rows = Relation.objects.filter(kind="guarantees", valid_to=None).order_by("id")
    return list(rows.values_list("source__ref", "target__ref", "weight", "amount"))


def test_the_graph_knows_who_answers_while_any_guarantee_runs(qinglan: str) -> None:
    who = borrower()
    both = "91331002MA00000001", credit_code_of(who)
    by = guarantor(both[0])
    first = guarantee(who, by, "0.8", "90000.00")
    assert running() == [(*both, Decimal("0.8"), Money.parse("90000.00"))]
    second = guarantee(term_line(who), by, "0.5", "10000.00")
    assert running() == [(*both, Decimal("0.8"), Money.parse("100000.00"))]
    end(first)
    assert running() == [(*both, Decimal("0.5"), Money.parse("10000.00"))]
    end(second)
    assert running() == []
    end(guarantee(who, guarantor(both[1]), "0.8", "1000.00"))  # itself: no relation, and nothing to end
    assert running() == []


def test_two_borrowers_who_guarantee_each_other_stand_in_a_ring(qinglan: str) -> None:
    """S2-05: a guarantor and a borrower of one credit code are one."""
    one, other = borrower(), borrower()
    guarantee(one, guarantor(credit_code_of(other)), "0.8", "90000.00")
    guarantee(other, guarantor(credit_code_of(one)), "0.8", "90000.00")
    me = Node(EntityKind.ENTERPRISE, credit_code_of(one))
    found = applicant_graph(node=me, on_date=business_date(), known_by=NOON)
    assert found is not None
    assert found.ring_refs == tuple(sorted((credit_code_of(one), credit_code_of(other))))


def test_the_graph_knows_whose_a_collateral_is(qinglan: str) -> None:
    who = borrower()
    register_collateral(
        enterprise_id=who.enterprise_id,
        kind="vehicle",
        area_code="331002",
        community="",
        title_no="浙J00001",
        now=NOON,
        business_date=business_date(),
    )
    (row,) = Relation.objects.filter(target__kind="property").select_related("source", "target")
    assert (row.kind, row.source.ref) == ("owns", credit_code_of(who))
    assert "浙J00001" not in row.target.ref
