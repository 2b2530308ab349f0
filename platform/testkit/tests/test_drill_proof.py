"""The drill's proof finds what it is there to find: each planted fault breaks the finding that names it."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from interfaces.jobs import payments
from interfaces.jobs.day_ends import end_days
from kernel.ids import new_id
from lending.drawdowns.queries import get_drawdown
from lending.loans.queries import get_loan
from plumbing.schemas import bank_schema
from testkit.drill_proof import counted, kept, summed
from testkit.servicing import Borrower, ask, borrower, draw, fund


@pytest.fixture(scope="module")
def lent(module_database: str) -> Borrower:
    """A borrower who drew 30,000 and paid 5,000 back, through the jobs and the rail."""
    with bank_schema("qinglan"):
        with transaction.atomic():
            fund("100000.00")
            who = borrower()
            drawn = draw(who, "30000.00", order="O-1")
        payments.disburse(drawn.id)
        loan_id = get_drawdown(drawdown_id=drawn.id, scene_id=None).loan_id
        assert loan_id is not None
        with transaction.atomic():
            asked = ask(who, get_loan(loan_id=loan_id, scene_id=None), amount="5000.00")
        payments.collect(asked.id)
        end_days()
    return who


@pytest.fixture
def beside(lent: Borrower) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection of the proof's own, in the bank's schema; what a test plants there is undone after it."""
    server = connection.settings_dict
    with psycopg.connect(
        host=server["HOST"],
        port=server["PORT"],
        user=server["USER"],
        password=server["PASSWORD"] or None,
        dbname=server["NAME"],
        options="-c search_path=qinglan",
    ) as opened:
        yield opened
        opened.rollback()


def broken(beside: psycopg.Connection[tuple[Any, ...]], promised: list[tuple[str, Any]]) -> set[str]:
    findings = [*counted(beside), *summed(beside), *kept(beside, promised)]
    return {finding.invariant for finding in findings if not finding.ok}


BOOKED = "every draw that was paid out has one loan, one booking, one payment"
COLLECTED = "every collection that succeeded is booked once"
PAID, TAKEN = (f"the rail's own memory of '{direction}' equals 1003" for direction in ("pay", "collect"))


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("SELECT 1", set()),
        ("UPDATE payment_rails_railmessage SET amount = amount + 1 WHERE direction = 'pay'", {BOOKED, PAID}),
        ("DELETE FROM payment_rails_railmessage WHERE direction = 'collect'", {COLLECTED, TAKEN}),
        (
            "INSERT INTO payment_rails_railmessage (message_id, direction, amount, account_suffix,"
            " account_mark, business_date, settled_date, state, failure_code, send_count, enquiry_count)"
            " SELECT 'ins_twice', direction, amount, account_suffix, account_mark, business_date,"
            " settled_date, state, failure_code, 1, 0 FROM payment_rails_railmessage WHERE direction = 'pay'",
            {PAID},
        ),
        (
            "UPDATE drawdowns_drawdown SET status = 'failed', finished_at = now()",
            {"every draw that failed moved no money and holds no limit"},
        ),
        ("UPDATE repayments_repayment SET status = 'processing'", {"nothing is still on its way"}),
        (
            "UPDATE day_end_dayendstep SET status = 'pending', finished_at = NULL WHERE name = 'fold'",
            {"every step of every day-end is done, once, in its order"},
        ),
        (
            "UPDATE day_end_dayendstep SET figures = jsonb_set(figures, '{entries}', '2')"
            " WHERE name = 'accrue_interest'",
            {"interest of every day is posted once, as its step says"},
        ),
        (
            "UPDATE clock_businessclock SET business_date = business_date + 1",
            {"every day-end moved the date by one day"},
        ),
    ],
)
def test_each_fault_is_found(
    lent: Borrower, beside: psycopg.Connection[tuple[Any, ...]], fault: str, found: set[str]
) -> None:
    beside.execute(fault.encode())
    assert broken(beside, [("biz", lent.enterprise_id)]) == found


def test_what_was_promised_and_is_gone_is_found(
    lent: Borrower, beside: psycopg.Connection[tuple[Any, ...]]
) -> None:
    assert broken(beside, [("biz", lent.enterprise_id), ("drw", new_id())]) == {
        "what was promised is there and has come to its end: drawdown"
    }
    assert broken(beside, []) == {"the bank knows the merchants of its own scene only"}
