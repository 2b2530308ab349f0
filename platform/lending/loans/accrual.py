"""The accrual of the whole book, and the one promise that keeps it exact while business goes on.

At any moment, for the date A in `AccrualBook` (the books hold interest for every day before A):

    GL 1303.02 = sum over loans of  round(interest earned to A) - interest paid
    GL 1132    = sum over loans of  round(penalty earned to A) - penalty paid

Two acts could break it, and neither can:

* A transaction changes what a loan had earned by A: it is valued before A, because it was keyed late, or
  because it is dated today and today's accrual has already run. It posts the difference for its own loan in
  its own transaction (`loans.log`), so nothing waits for a later correction and nothing is lost.
* The accrual moves A while such a transaction is under way. So every transaction holds a shared lock on the
  book until it commits, and the accrual takes it exclusively: it sees all of a transaction or nothing of
  it, and the transaction sees the old A or the new one. PostgreSQL's lock queue is fair, so neither side
  starves; no loan is locked, and transactions never wait for one another here.

The same lock fences the business date: the date may only move under the exclusive lock, and a transaction
checks it under the shared one, so no entry is booked on a day that has closed. A never lies before the
business date while anything is booked.
"""

import functools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import connection

from kernel.refusals import Kind, Refusal
from ledger.journal import operations as journal
from lending.loans.entries import PENALTY_INCOME, accrual
from lending.loans.models import AccrualBook
from plumbing.clock import queries as clock
from plumbing.schemas import current_schema
from plumbing.sql import in_transaction

_ONE_DAY: Final = timedelta(days=1)


class BusinessDateMoved(Refusal):
    """The bank went on to another business date since the request was read: the same request will do."""

    code = "lending.business_date_moved"
    kind = Kind.UNAVAILABLE
    message = "The books are open for {current}, not for {given}. Please try again."


class AccrualBehind(Refusal):
    """The business date is ahead of the accrual: the day-end must catch up first (M-08)."""

    code = "lending.accrual_behind"
    kind = Kind.UNAVAILABLE
    message = "Interest is accrued up to {accrued_through} only; the day-end must catch up first."


@dataclass(frozen=True, slots=True)
class AccrualFigures:
    """What one accrual posted, in fen."""

    accrued_through_date: date
    interest: int
    penalty: int
    loan_count: int
    entry_count: int


@functools.cache
def _statement(name: str) -> str:
    return (Path(__file__).parent / "sql" / name).read_text(encoding="utf-8")


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}(hashtextextended(%s, 0))", [f"lending.accrual\x1f{current_schema()}"]
        )


def _accrued_through(anchor: date) -> date:
    """Return A; a bank that never accrued starts today."""
    book = AccrualBook.objects.first()
    if book is None:
        AccrualBook.objects.bulk_create(
            [AccrualBook(id=1, accrued_through_date=anchor)], ignore_conflicts=True
        )
        book = AccrualBook.objects.get(id=1)
    return book.accrued_through_date


@in_transaction
def hold_book(*, business_date: date) -> date:
    """Keep accrual and business date where they are until this transaction ends; return A."""
    _lock("pg_advisory_xact_lock_shared")
    _require_current(business_date)
    accrued_through = _accrued_through(business_date)
    if accrued_through < business_date:
        raise AccrualBehind(accrued_through=accrued_through)
    return accrued_through


@in_transaction
def close_book(*, business_date: date) -> date:
    """Wait for every transaction under way and let none begin until this one ends; return A."""
    _lock("pg_advisory_xact_lock")
    _require_current(business_date)
    return _accrued_through(business_date)


@in_transaction
def hold_still() -> date | None:
    """Wait for every transaction under way and let none begin until this one ends; return A, if any."""
    _lock("pg_advisory_xact_lock")
    return AccrualBook.objects.values_list("accrued_through_date", flat=True).first()


def _require_current(business_date: date) -> None:
    current = clock.business_date()
    if current != business_date:
        raise BusinessDateMoved(current=current, given=business_date)


@in_transaction
def accrue(*, business_date: date, now: datetime) -> AccrualFigures:
    """Accrue every active loan through the end of the business date, days missed included (M-08).

    One scan, nothing written per loan, one entry an income account. A second call posts nothing.
    """
    accrued_through, to_date = close_book(business_date=business_date), business_date + _ONE_DAY
    if accrued_through >= to_date:
        return AccrualFigures(accrued_through, 0, 0, 0, 0)
    rows = _sums(from_date=accrued_through, to_date=to_date)
    penalty = sum(row[2] for row in rows)
    drafts = [
        accrual(name="interest", income_account=account, minor=interest, business_date=business_date)
        for account, interest, _, _ in rows
        if interest
    ]
    if penalty:
        drafts.append(
            accrual(name="penalty", income_account=PENALTY_INCOME, minor=penalty, business_date=business_date)
        )
    if drafts:
        journal.post_entries(entries=drafts, now=now)
    AccrualBook.objects.filter(id=1).update(accrued_through_date=to_date)
    return AccrualFigures(
        to_date, sum(row[1] for row in rows), penalty, sum(row[3] for row in rows), len(drafts)
    )


def _sums(*, from_date: date, to_date: date) -> list[tuple[str, int, int, int]]:
    """Return (income account, interest, penalty, loans) of the days between, each loan rounded twice."""
    with connection.cursor() as cursor:
        cursor.execute(_statement("accrue.sql"), {"from_date": from_date, "to_date": to_date})
        return [(str(row[0]), int(row[1]), int(row[2]), int(row[3])) for row in cursor.fetchall()]
