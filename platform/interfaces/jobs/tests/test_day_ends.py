"""Day-ends as jobs: caught up after an outage, by several workers at once, and taken up after a kill."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import StringIO

import pytest
from celery import current_app
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from interfaces.door import now
from interfaces.jobs import day_ends, tasks
from kernel.money import Money
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from ledger.journal.models import Entry
from lending.day_end import operations as day_end
from lending.day_end.models import DayEndRun, DayEndStep
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema
from testkit.servicing import NOON, balance, borrower, broken, fund, lend

TODAY = date(2026, 11, 2)
BANKS = ("qinglan", "lian")
MISSED = 5


class Died(BaseException):
    """The process is gone: nothing after this runs."""


def lent(schema: str) -> None:
    with bank_schema(schema), transaction.atomic():
        fund("100000.00")
        lend(borrower(), "30000.00")


def ended(schema: str) -> tuple[date, str, int, list[str]]:
    """Return the date reached, the interest booked, how many accruals were posted, and what is broken."""
    with bank_schema(schema), transaction.atomic():
        accruals = Entry.objects.filter(kind="day_end.interest_accrual").count()
        return business_date(), balance("1303.02"), accruals, broken()


def test_five_missed_days_of_two_banks_are_ended_once_however_many_workers_try(fresh_database: str) -> None:
    for bank in BANKS:
        lent(bank)
    until = TODAY + timedelta(days=MISSED)

    def work(bank: str) -> str:
        try:
            reached = tasks.day_end(schema=bank, until_date=until.isoformat())
            return str(reached["business_date"])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        assert list(workers.map(work, BANKS * 2)) == [until.isoformat()] * 4
    for bank in BANKS:
        assert ended(bank) == (until, "30.00", MISSED, [])
        with bank_schema(bank):
            runs = list(DayEndRun.objects.order_by("business_date").values_list("business_date", "status"))
            assert runs == [(TODAY + timedelta(days=n), "finished") for n in range(MISSED)]
            assert set(DayEndStep.objects.values_list("status", flat=True)) == {"done"}
            before = Entry.objects.count(), DayEndStep.objects.count()
        assert tasks.day_end(schema=bank, until_date=until.isoformat())["failed_step"] is None
        with bank_schema(bank):
            assert (Entry.objects.count(), DayEndStep.objects.count()) == before


def test_a_worker_that_dies_is_made_up_for_by_the_sweep(
    committed_qinglan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent("qinglan")
    until = TODAY + timedelta(days=3)
    real, calls = day_end.run_next_step, []

    def dying(**given: object) -> object:
        calls.append(given)
        if len(calls) == 20:  # in the second day
            raise Died
        return real(**given)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(day_end, "run_next_step", dying)
        with pytest.raises(Died):
            day_ends.end_days(until)
    assert business_date() < until
    assert day_ends.take_up() == 0  # it may be alive
    DayEndRun.objects.update(touched_at=now() - 2 * day_ends.NOBODY_AT_WORK_AFTER)
    assert tasks.sweep(schema="qinglan")["days"] == 2
    assert ended("qinglan") == (until, "18.00", 3, [])
    DayEndRun.objects.update(touched_at=now() - 2 * day_ends.NOBODY_AT_WORK_AFTER)
    assert day_ends.take_up() == 0
    assert DayEndStep.objects.filter(begun_count=2).count() == 1


def test_whoever_ends_days_hands_over_what_looks_at_them(
    committed_qinglan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, kwargs: sent.append((name, kwargs["schema"])))
    both = [("jobs.reckon_graph", "qinglan"), ("jobs.oversee", "qinglan")]
    call_command("end_days", "qinglan", stdout=StringIO())
    assert sent == both
    tasks.day_end(schema="qinglan")
    assert sent == both * 2
    with transaction.atomic():
        day_end.begin_day_end(business_date=business_date(), now=NOON)  # long ago: whoever began it is gone
    assert day_ends.take_up() == 1
    assert sent == both * 3


def test_the_terminal_sees_every_step_and_why_one_failed(committed_qinglan: str) -> None:
    lent("qinglan")
    out = StringIO()
    call_command("end_days", "qinglan", "--until", "2026-11-04", stdout=out)
    said = out.getvalue().splitlines()
    assert [line for line in said if line.startswith("2026")] == ["2026-11-02", "2026-11-03"]
    assert sum("accrue_interest      done                     1 / 1" in line for line in said) == 2
    assert said[-1].startswith("the books are open for 2026-11-04 after ")
    wrong = EntryDraft(
        "manual",
        business_date(),
        business_date(),
        (Line.debit("1303.01", Money(1)), Line.credit("4001", Money(1))),
        "wrong",
    )
    with transaction.atomic():
        journal.post_entry(entry=wrong, now=NOON)
    with pytest.raises(CommandError, match=r"open for 2026-11-04: loans\.principal: 1303\.01"):
        call_command("end_days", "qinglan", stdout=out)
