"""An enterprise's credit card (S2-46): fifty draws nobody looked at, a statement that ties to the books."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Refusal
from lending.credit_lines.queries import LineNotFound
from lending.drawdowns.models import Drawdown
from lending.loans import accrual
from lending.loans.queries import get_loan, loan_position, loans_page
from lending.statements import operations, queries
from lending.statements.models import Statement, StatementAccount, StatementPolicy
from lending.statements.queries import MinimumStatus, minimum_standing
from plumbing.audit.models import AuditRecord
from plumbing.clock import operations as clock
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from testkit.servicing import NOON, Borrower, at_the_counter, balance, borrower, broken, end_day, fund, lend

SIXTH, TWENTIETH, NEXT = date(2026, 11, 6), date(2026, 11, 20), date(2026, 12, 6)


def adopt(**changes: Any) -> queries.PolicyView:
    given: dict[str, Any] = {
        "effective_date": date(2026, 11, 2),
        "statement_day": 6,
        "minimum_share": Decimal("0.1"),
        "minimum_floor": Money.parse("100.00"),
        "payment_days": 14,
        "proposed_by": "product@qinglan.example",
        "approved_by": "risk@qinglan.example",
        "business_date": business_date(),
        "now": NOON,
    }
    return operations.adopt_policy(**(given | changes))


def issue(limit: int = 5_000) -> operations.Issued:
    return operations.issue_statements(business_date=business_date(), now=NOON, limit=limit)


def go_to(day: date) -> None:
    """Open a later day in few steps: what the day-ends between would have accrued is accrued at once."""
    if business_date() < (last := day - timedelta(days=1)):
        clock.roll(from_date=business_date(), to_date=last)
    accrual.roll_due(business_date=last, now=NOON)
    accrual.accrue(business_date=last, now=NOON)
    clock.roll(from_date=last, to_date=day)


def yuan(*codes: str) -> Money:
    return Money.total(Money.parse(balance(code)) for code in codes)


def statements(who: Borrower) -> tuple[queries.StatementView, ...]:
    return queries.statements_page(line_id=who.line_id, scene_id=who.scene_id)


@pytest.mark.long
def test_fifty_draws_without_a_hand_and_a_statement_to_the_fen(qinglan: str) -> None:
    fund("1000000.00")
    adopt()
    who, other = borrower(limit="500000.00"), borrower()
    touched = AuditRecord.objects.count()
    for day in range(2, 7):
        for number in range(1, 11):
            lend(who, f"{number}00.00", tenor_days=90)
        if day < 6:
            go_to(date(2026, 11, day + 1))
    assert AuditRecord.objects.count() == touched
    assert set(Drawdown.objects.values_list("status", flat=True)) == {"paid_out"}
    assert issue() == operations.Issued(1, finished=True)
    end_day()

    (found,) = statements(who)
    assert found.draw_count == 50
    assert (found.opening, found.drawn, found.paid) == (
        Money(0),
        Money.parse("27500.00"),
        Money(0),
    )
    # A day's draws cost 1.10 a day: five, four, three, two and one day of them.
    assert found.interest == yuan("1303.02") == Money.parse("16.50")
    assert found.closing == yuan("1303.01", "1303.02", "1132") == Money.parse("27516.50")
    assert found.minimum_payment == Money.parse("2766.50")
    assert (found.payment_due_date, found.past_due, found.days_past_due) == (TWENTIETH, Money(0), 0)
    assert Money.total(row.principal_change for row in found.movements) == found.principal
    assert [row.kind for row in found.movements] == ["disbursement"] * 50
    assert found.is_whole
    assert statements(other) == ()
    assert broken() == []


def test_months_join_and_what_is_short_is_overdue(qinglan: str) -> None:
    fund("1000000.00")
    adopt()
    who = borrower(limit="500000.00")
    first, second = lend(who, "10000.00", tenor_days=180), lend(who, "20000.00", tenor_days=180)
    go_to(SIXTH)
    issue()
    assert minimum_standing(line_id=who.line_id, on_date=SIXTH) == queries.MinimumStanding(
        Money.parse("3030.00"), Money(0), Money(0), Money.parse("3030.00"), MinimumStatus.OPEN
    )
    go_to(TWENTIETH)
    at_the_counter(first, "2000.00", received_date=TWENTIETH, receipt_no="A1")
    go_to(date(2026, 11, 21))
    standing = minimum_standing(line_id=who.line_id, on_date=business_date())
    assert standing is not None
    assert (standing.missing, standing.status) == (Money.parse("1030.00"), MinimumStatus.OVERDUE)
    at_the_counter(second, "1000.00", received_date=date(2026, 11, 19), receipt_no="A2")
    go_to(NEXT)
    issue()

    now, before = statements(who)
    assert now.opening == before.closing
    assert (now.from_date, now.to_date) == (date(2026, 11, 7), date(2026, 12, 7))
    assert (now.previous_minimum, now.in_time, now.short) == (
        Money.parse("3030.00"),
        Money.parse("3000.00"),
        Money.parse("30.00"),
    )
    assert now.paid == Money.parse("3000.00")
    owed = [loan_position(loan_id=loan.id, on_date=now.to_date) for loan in loans_page(line_id=who.line_id)]
    assert now.closing == Money.total(each.total for each in owed)
    # What the loans say: nobody is overdue, nothing bears a penalty. The statement's shortage costs nothing.
    assert (now.past_due, now.penalty) == (Money(0), Money(0))
    assert get_loan(loan_id=first.id, scene_id=None).overdue_since_date is None


def test_the_minimum_keeps_the_line_current(qinglan: str) -> None:
    """It holds all that the loans let fall due until the payment date: paid, nothing is overdue anywhere."""
    fund("1000000.00")
    adopt()
    who = borrower(limit="500000.00")
    short_term, long_term = lend(who, "10000.00", tenor_days=10), lend(who, "20000.00", tenor_days=180)
    go_to(SIXTH)
    issue()
    (asked,) = statements(who)
    assert asked.minimum_payment == Money.parse("12030.00")
    go_to(date(2026, 11, 12))
    at_the_counter(short_term, "10020.00", received_date=business_date(), receipt_no="B1")
    at_the_counter(long_term, "2010.00", received_date=business_date(), receipt_no="B2")
    go_to(NEXT)
    issue()
    standing = queries.get_statement(
        statement_id=statements(who)[0].id, line_id=who.line_id, scene_id=who.scene_id
    )
    assert (standing.short, standing.past_due, standing.days_past_due) == (Money(0), Money(0), 0)


def test_once_a_month_in_portions_and_for_ever(qinglan: str) -> None:
    fund("1000000.00")
    merchants = [borrower() for _ in range(3)]
    for who in merchants:
        lend(who, "1000.00")
    go_to(SIXTH)
    assert issue() == operations.Issued(0, finished=True)  # no policy, no statements
    adopt(effective_date=SIXTH)
    assert issue(limit=2) == operations.Issued(2, finished=False)
    assert issue(limit=2) == operations.Issued(1, finished=True)
    accounts = list(StatementAccount.objects.order_by("pk").values_list())
    assert issue() == operations.Issued(0, finished=True)
    assert Statement.objects.count() == 3
    assert list(StatementAccount.objects.order_by("pk").values_list()) == accounts
    (found,) = statements(merchants[0])
    for change in ("UPDATE statements_statement SET paid = 0", "DELETE FROM statements_statement"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    assert statements(merchants[0]) == (found,)
    with pytest.raises(LineNotFound):
        queries.statements_page(line_id=merchants[0].line_id, scene_id=merchants[1].scene_id)
    with pytest.raises(queries.StatementNotFound):
        queries.get_statement(statement_id=found.id, line_id=merchants[1].line_id, scene_id=None)
    with pytest.raises(queries.StatementNotFound):
        queries.get_statement(statement_id=new_id(), line_id=merchants[0].line_id, scene_id=None)
    connection.set_schema_to_public()
    with bank_schema("lian"):
        assert Statement.objects.count() == 0


@pytest.mark.parametrize(
    ("refusal", "changes"),
    [
        (operations.PolicyInvalid, {"statement_day": 29}),
        (operations.PolicyInvalid, {"minimum_share": Decimal("1.01")}),
        (operations.PolicyInvalid, {"minimum_share": Decimal("NaN")}),
        (operations.PolicyInvalid, {"minimum_floor": Money(-1)}),
        (operations.PolicyInvalid, {"payment_days": 28}),
        (operations.PolicyOrder, {"effective_date": date(2026, 11, 1)}),
        (operations.PolicyOrder, {"effective_date": date(2026, 11, 2), "statement_day": 7}),
        (operations.SamePerson, {"approved_by": "product@qinglan.example"}),
    ],
)
def test_a_policy_that_cannot_be(qinglan: str, refusal: type[Refusal], changes: dict[str, Any]) -> None:
    adopt()
    before = StatementPolicy.objects.count(), AuditRecord.objects.count()
    with pytest.raises(refusal):
        adopt(**changes)
    assert (StatementPolicy.objects.count(), AuditRecord.objects.count()) == before
