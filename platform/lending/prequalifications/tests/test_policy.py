"""The policy for facts without evidence: two people, later days only, and what it says to the yuan."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Refusal
from lending.prequalifications import operations, queries
from lending.prequalifications.models import (
    PolicyProposal,
    PolicyVerdict,
    Prequalification,
    PrequalificationPolicy,
)
from lending.products.operations import FIRST_PRODUCT, TERM_PRODUCT
from plumbing.audit.models import AuditRecord
from plumbing.clock.queries import business_date
from testkit.clock import NOON
from testkit.servicing import borrower


def adopt(**changes: Any) -> queries.PolicyView:
    given: dict[str, Any] = {
        "product_code": FIRST_PRODUCT,
        "effective_date": business_date() + timedelta(days=1),
        "monthly_sales_min": Money.parse("8000"),
        "multiple": Decimal("0.5"),
        "proposed_by": "product@qinglan.example",
        "approved_by": "risk@qinglan.example",
        "business_date": business_date(),
        "now": NOON,
    }
    return operations.adopt_policy(**(given | changes))


def ask(sales: str, *, on: date | None = None, **changes: Any) -> queries.PrequalificationView:
    given: dict[str, Any] = {
        "scene_id": new_id(),
        "product_code": FIRST_PRODUCT,
        "enterprise_id": None,
        "monthly_sales": Money.parse(sales),
        "area_code": None,
        "now": NOON,
        "business_date": on or business_date(),
    }
    return operations.prequalify(**(given | changes))


def test_from_the_minimum_on_so_many_months_sales_up_to_the_products_limit(qinglan: str) -> None:
    said = [ask(sales) for sales in ("50000", "50033.33", "49999.99", "9000000")]
    assert [(one.result, one.max_amount and str(one.max_amount), one.reasons) for one in said] == [
        ("eligible", "75000.00", ()),
        ("eligible", "75000.00", ()),
        ("insufficient_data", None, ("fact_unknown",)),
        ("eligible", "300000.00", ()),
    ]
    assert [said[0].cost_min, said[0].cost_max] == [Decimal("0.109500")] * 2
    elsewhere = ask("60000", area_code="450302")
    assert (elsewhere.result, elsewhere.reasons, elsewhere.cost_max) == (
        "ineligible",
        ("outside_area",),
        None,
    )
    assert ask("60000", product_code=TERM_PRODUCT).result == "insufficient_data"


def test_a_newer_policy_holds_from_its_day_and_what_is_too_small_to_lend_is_ineligible(qinglan: str) -> None:
    adopt()
    tomorrow = business_date() + timedelta(days=1)
    assert ask("8000").result == "insufficient_data"
    assert (ask("12000", on=tomorrow).result, str(ask("12000", on=tomorrow).max_amount)) == (
        "eligible",
        "6000.00",
    )
    small = ask("8000", on=tomorrow)
    assert (small.result, small.max_amount, small.reasons) == ("ineligible", None, ("limit_too_small",))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"multiple": Decimal(0)}, "prequalifications.policy_invalid"),
        ({"monthly_sales_min": Money(0)}, "prequalifications.policy_invalid"),
        ({"approved_by": "product@qinglan.example"}, "prequalifications.same_person"),
        ({"effective_date": date(2026, 11, 1)}, "prequalifications.policy_order"),
        ({"effective_date": date(2026, 11, 2)}, "prequalifications.policy_order"),
    ],
)
def test_what_is_no_policy_is_refused(qinglan: str, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        adopt(**changes)
    assert refused.value.code == code
    assert PrequalificationPolicy.objects.count() == 1


def test_an_answer_rests_on_one_source(qinglan: str) -> None:
    who = borrower()
    mine: dict[str, Any] = {"scene_id": who.scene_id, "enterprise_id": who.enterprise_id}
    for changes in (mine, {"monthly_sales": None}, mine | {"monthly_sales": None, "area_code": "331002"}):
        with pytest.raises(operations.OneSource):
            ask("60000", **changes)
    with pytest.raises(Refusal, match="pre-qualification"):
        queries.get_prequalification(prequalification_id=new_id(), scene_id=None)
    assert not Prequalification.objects.exists()


def propose(**changes: Any) -> Any:
    given: dict[str, Any] = {
        "product_code": FIRST_PRODUCT,
        "effective_date": business_date() + timedelta(days=1),
        "monthly_sales_min": Money.parse("8000"),
        "multiple": Decimal("0.5"),
        "reason": "small shops sell less in winter",
        "proposed_by": "product@qinglan.example",
        "business_date": business_date(),
        "now": NOON,
    }
    return operations.propose_policy(**(given | changes))


def decide(proposal_id: Any, person: str, *, approves: bool = True) -> queries.PolicyView | None:
    return operations.decide_policy(
        proposal_id=proposal_id, person=person, approves=approves, business_date=business_date(), now=NOON
    )


def left() -> list[Any]:
    tables = (PrequalificationPolicy, PolicyProposal, PolicyVerdict, AuditRecord)
    return [list(table.objects.order_by("pk").values_list()) for table in tables]


def test_a_proposed_policy_holds_once_another_person_adopts_it(qinglan: str) -> None:
    proposal_id = propose()
    [waiting] = queries.waiting_policies()
    assert (waiting.id, waiting.policy.multiple, waiting.reason) == (
        proposal_id,
        Decimal("0.5"),
        "small shops sell less in winter",
    )
    tomorrow = business_date() + timedelta(days=1)
    assert ask("8000", on=tomorrow).result == "insufficient_data"
    before = left()
    with pytest.raises(operations.SamePerson), transaction.atomic():
        decide(proposal_id, "product@qinglan.example")
    with pytest.raises(operations.ProposalKnown), transaction.atomic():
        propose(multiple=Decimal("0.6"))
    assert left() == before
    adopted = decide(proposal_id, "risk@qinglan.example")
    assert adopted == queries.policy_on(product_code=FIRST_PRODUCT, on_date=tomorrow)
    assert queries.waiting_policies() == ()
    assert queries.policies()[0].approved_by == "risk@qinglan.example"
    before = left()
    with pytest.raises(operations.ProposalDecided), transaction.atomic():
        decide(proposal_id, "risk.checker@qinglan.example", approves=False)
    with pytest.raises(operations.ProposalNotFound), transaction.atomic():
        decide(new_id(), "risk@qinglan.example")
    assert left() == before


def test_a_policy_taken_back_leaves_what_is_in_force(qinglan: str) -> None:
    in_force = queries.policies()
    assert decide(propose(), "product@qinglan.example", approves=False) is None
    assert queries.waiting_policies() == ()
    assert queries.policies() == in_force


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"product_code": "nothing"}, "products.not_found"),
        ({"multiple": Decimal(25)}, "prequalifications.policy_invalid"),
        ({"multiple": Decimal("0.1234567")}, "prequalifications.policy_invalid"),
        ({"monthly_sales_min": Money.parse("1000000000.01")}, "prequalifications.policy_invalid"),
        ({"effective_date": date(2026, 11, 1)}, "prequalifications.policy_order"),
    ],
)
def test_what_could_not_be_adopted_is_not_proposed(qinglan: str, changes: dict[str, Any], code: str) -> None:
    before = left()
    with pytest.raises(Refusal) as refused, transaction.atomic():
        propose(**changes)
    assert refused.value.code == code
    assert left() == before
