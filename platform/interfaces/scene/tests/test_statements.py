"""A credit line's statements through the API (S2-46)."""

import hashlib
from datetime import date
from decimal import Decimal

from django.db import transaction

from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.world import yuan
from kernel.ids import new_id, public_id
from kernel.money import Money
from lending.statements import operations as statements
from plumbing.schemas import bank_schema
from testkit.banks import FIRST_BUSINESS_DATE
from testkit.servicing import NOON, borrower, fund, lend


def issue(line_day: date) -> None:
    statements.adopt_policy(
        effective_date=line_day,
        statement_day=line_day.day,
        minimum_share=Decimal("0.1"),
        minimum_floor=Money.parse("100.00"),
        payment_days=20,
        proposed_by="product@qinglan.example",
        approved_by="risk@qinglan.example",
        business_date=line_day,
        now=NOON,
    )
    statements.issue_statements(business_date=line_day, now=NOON)


def test_a_line_has_a_statement_a_month(caller: Caller) -> None:
    with bank_schema("qinglan"), transaction.atomic():
        fund("1000000.00")
        who, other = borrower(scene_id=caller.access.scene_id), borrower()
        lend(who, "30000.00")
        lend(other, "1000.00")
        issue(FIRST_BUSINESS_DATE)
    line = public_id("lin", who.line_id)
    listed = caller.get(f"/credit_lines/{line}/statements")
    (found,) = listed["data"]
    assert (found["drawn"], found["interest"], found["closing"]) == (
        yuan("30000.00"),
        yuan("6.00"),
        yuan("30006.00"),
    )
    assert (found["minimum_payment"], found["payment_due_date"]) == (yuan("3006.00"), "2026-11-22")
    whole = caller.get(f"/credit_lines/{line}/statements/{found['id']}")
    assert [row["kind"] for row in whole["movements"]] == ["disbursement"]
    assert hashlib.sha256(whole["document"].encode()).hexdigest() == found["sha256"] == whole["sha256"]
    assert caller.get(f"/credit_lines/{line}/statements?after={found['id']}")["data"] == []

    foreign = public_id("lin", other.line_id)
    caller.refused("GET", f"/credit_lines/{foreign}/statements", 404, "credit_lines.not_found")
    path = f"/credit_lines/{line}/statements/{public_id('stm', new_id())}"
    caller.refused("GET", path, 404, "statements.not_found")
