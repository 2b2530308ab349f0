"""J7: a month ends on a holiday: days run on, due dates roll without penalty, October closes once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from interfaces.ops.bank_setup import create_bank
from interfaces.scene.tests.caller import work
from interfaces.tests.journeys.people import Person, books_hold, operator, pass_days, rows_of, staff
from ledger.journal.models import Entry
from ledger.journal.queries import periods
from lending.day_end.models import DayEndStep
from lending.loans.queries import LoanView, get_loan, loan_position
from plumbing.schemas import bank_schema
from testkit.banks import QINGLAN
from testkit.servicing import SEVEN_TWO, borrower, fund, lend

BANK = "taihe"
SATURDAY, SUNDAY, MONDAY = date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)
OPENED = date(2026, 10, 24)


def opened(first_business_date: date) -> None:
    order = replace(
        QINGLAN, schema=BANK, hosts=(f"{BANK}.localhost",), first_business_date=first_business_date
    )
    create_bank(order)
    with bank_schema(BANK), transaction.atomic():
        fund("1000000.00")


@pytest.fixture
def console(fresh_database: str) -> Iterator[Person]:
    """The platform's operator; whatever happens at our bank, not a row changes at the others."""
    before = rows_of("qinglan"), rows_of("lian")
    yield operator()
    assert (rows_of("qinglan"), rows_of("lian")) == before


def lent(*tenors: int) -> list[LoanView]:
    with bank_schema(BANK), transaction.atomic():
        who = borrower(rate=SEVEN_TWO)
        return [lend(who, "30000.00", tenor_days=tenor) for tenor in tenors]


def owed(loan: LoanView, on_date: date) -> tuple[str, str, int]:
    with bank_schema(BANK):
        position = loan_position(loan_id=loan.id, on_date=on_date)
    return str(position.interest), str(position.penalty), position.days_past_due


def ended_days() -> tuple[int, int, list[tuple[date, str, str]]]:
    with bank_schema(BANK):
        months = [(one.month, str(one.state), one.closed_by) for one in periods()]
        return Entry.objects.count(), DayEndStep.objects.count(), months


def test_october_ends_on_a_saturday(console: Person) -> None:
    opened(OPENED)
    due, later = lent(7, 60)  # the first is payable on the Saturday
    assert (due.maturity_date, due.due_date) == (SATURDAY, MONDAY)
    accountant = staff(BANK, "accounts")
    pass_days(BANK, SATURDAY)
    too_early = accountant.post("/accounting/periods/2026-10/close", status=409)
    assert too_early["code"] == "accounting.month_runs"
    console.post(f"/ops/banks/{BANK}/day-ends", status=202, until_date=SUNDAY.isoformat())
    pass_days(BANK, SUNDAY)  # the worker ends the Saturday
    entries, steps, months = ended_days()
    assert months == [(date(2026, 10, 1), "closed", "day_end"), (date(2026, 11, 1), "open", "")]
    assert owed(later, SUNDAY) == ("48.00", "0.00", 0)  # eight days, the two weekends among them
    books = accountant.get(f"/accounting?as_of={SATURDAY}")
    assert books["debits"] == books["credits"]
    said = {row["code"]: row["balance"]["amount"] for row in books["rows"]}
    assert (said["1303.01"], said["1303.02"]) == ("60000.00", "96.00")

    again = work("jobs.day_end", schema=BANK, until_date=SUNDAY.isoformat())  # once more changes nothing
    assert again == {"business_date": SUNDAY.isoformat(), "failed_step": None}
    assert accountant.post("/accounting/periods/2026-10/close")["state"] == "closed"
    assert ended_days() == (entries, steps, months)
    assert accountant.get(f"/accounting?as_of={SATURDAY}") == books

    pass_days(BANK, MONDAY)
    assert owed(due, MONDAY) == (
        "54.00",
        "0.00",
        0,
    )  # nine days at the contract's rate: no penalty in the roll
    with bank_schema(BANK), transaction.atomic():
        assert get_loan(loan_id=due.id, scene_id=None).overdue_since_date is None
    pass_days(BANK, date(2026, 11, 6))  # an outage: three days are caught up in one go
    assert owed(due, date(2026, 11, 6)) == ("54.00", "36.00", 4)  # 10.8 % from the rolled date on
    last = console.get(f"/ops/banks/{BANK}/day-ends")
    assert (last["business_date"], last["running"], last["last_run"]["status"]) == (
        "2026-11-06",
        False,
        "finished",
    )
    assert {step["status"] for step in last["last_run"]["steps"]} == {"done"}
    assert "Day-ends" in accountant.page("/accounting/day-ends")
    assert books_hold(BANK)


def test_spring_festival_rolls_and_a_made_up_saturday_does_not(console: Person) -> None:
    opened(date(2026, 2, 10))
    festival, saturday = lent(7, 18)
    assert (festival.maturity_date, festival.due_date) == (date(2026, 2, 17), date(2026, 2, 24))
    assert (saturday.maturity_date, saturday.due_date) == (date(2026, 2, 28), date(2026, 2, 28))
    assert books_hold(BANK)
