"""The accrual of the whole book, and the one promise that keeps it exact while business goes on.

At any moment, for the date A in `AccrualBook` (the books hold interest for every day before A):

    GL 1303.02 = sum over loans of  round(interest earned to A) - interest paid - interest due
    GL 1132    = sum over loans of  round(penalty earned to A) - penalty paid + interest due

    GL 2221.01 = sum over loans of  the VAT inside what was earned to A, as the loan's tag says

where interest due is what instalments payable before `due_through_date` lack: `roll_due` brings it over, and
goes before the accrual of the same day (a daily loan has no instalments: its interest stays in 1303.02).

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

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection

from kernel.refusals import Kind, Refusal
from ledger.journal import operations as journal
from lending.loans.accrued import Sums, drafts_of, span, statement
from lending.loans.entries import (
    falling_due,
    put_apart,
)
from lending.loans.models import AccrualBook
from lending.loans.non_accrual import Apart, apart_at, summed
from lending.replay import AsOf
from plumbing.clock import queries as clock
from plumbing.schemas import current_schema
from plumbing.sql import in_transaction
from regulation import operations as regulation

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
    vat: int = 0


@dataclass(frozen=True, slots=True)
class DueFigures:
    """What one due roll did: loans it touched, those an instalment fell due on, what it lacked in fen."""

    due_through_date: date
    loan_count: int
    due_count: int
    principal: int
    interest: int
    entry_count: int


@dataclass(slots=True)
class _Closed:
    """The book while one transaction keeps it closed to all others: what nobody else can have changed."""

    business_date: date
    book: AccrualBook


_CLOSED: Final[ContextVar[_Closed | None]] = ContextVar("accrual_book_closed", default=None)


@contextmanager
def closed_book(*, business_date: date) -> Iterator[None]:
    """Close the book once for many acts of one transaction on one date: they ask neither for lock nor book.

    For a day-end that does its steps together. Leave it before the date is moved and others look again.
    """
    close_book(business_date=business_date)
    held = _CLOSED.set(_Closed(business_date, _book(business_date)))
    try:
        yield
    finally:
        _CLOSED.reset(held)


def move_closed_book(*, business_date: date) -> None:
    """Go on with a closed book on the next date, once this transaction itself has moved there."""
    closed = _CLOSED.get()
    if closed is not None:
        closed.business_date = business_date


def move_through(*, through_date: date) -> None:
    """Note that everything is rolled and accrued before a day: for days on which nothing rolls."""
    AccrualBook.objects.filter(id=1).update(accrued_through_date=through_date, due_through_date=through_date)
    closed = _CLOSED.get()
    if closed is not None:
        closed.book.accrued_through_date = closed.book.due_through_date = through_date


def _lock(function: str) -> None:
    if _CLOSED.get() is not None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}(hashtextextended(%s, 0))", [f"lending.accrual\x1f{current_schema()}"]
        )


def _book(anchor: date) -> AccrualBook:
    """Return the book; a bank that never accrued starts today."""
    closed = _CLOSED.get()
    if closed is not None:
        return closed.book
    book = AccrualBook.objects.first()
    if book is None:
        AccrualBook.objects.bulk_create(
            [AccrualBook(id=1, accrued_through_date=anchor, due_through_date=anchor)], ignore_conflicts=True
        )
        book = AccrualBook.objects.get(id=1)
    return book


def _as_of(book: AccrualBook, business_date: date) -> AsOf:
    return AsOf(business_date, book.accrued_through_date, book.due_through_date or book.accrued_through_date)


@in_transaction
def hold_book(*, business_date: date) -> date:
    """Keep accrual and business date where they are until this transaction ends; return A."""
    return hold_books(business_date=business_date).accrued_through


@in_transaction
def hold_books(*, business_date: date) -> AsOf:
    """Do the same and return where the books stand, the due roll too."""
    _lock("pg_advisory_xact_lock_shared")
    _require_current(business_date)
    as_of = _as_of(_book(business_date), business_date)
    if as_of.accrued_through < business_date:
        raise AccrualBehind(accrued_through=as_of.accrued_through)
    return as_of


def books_at(*, business_date: date) -> AsOf:
    """Return where the books stand, holding nothing."""
    closed = _CLOSED.get()
    book = AccrualBook.objects.first() if closed is None else closed.book
    return AsOf(business_date, business_date, business_date) if book is None else _as_of(book, business_date)


@in_transaction
def close_book(*, business_date: date) -> date:
    """Wait for every transaction under way and let none begin until this one ends; return A."""
    _lock("pg_advisory_xact_lock")
    _require_current(business_date)
    return _book(business_date).accrued_through_date


@in_transaction
def hold_still() -> date | None:
    """Wait for every transaction under way and let none begin until this one ends; return A, if any."""
    closed = _CLOSED.get()
    if closed is not None:
        return closed.book.accrued_through_date
    _lock("pg_advisory_xact_lock")
    return AccrualBook.objects.values_list("accrued_through_date", flat=True).first()


def _require_current(business_date: date) -> None:
    closed = _CLOSED.get()
    current = clock.business_date() if closed is None else closed.business_date
    if current != business_date:
        raise BusinessDateMoved(current=current, given=business_date)


@in_transaction
def roll_due(*, business_date: date, now: datetime) -> DueFigures:
    """Roll the business date's instalments as due: Dr 1132 / Cr 1303.02 for what they lack, in one entry.

    Loans whose period has ended go on to the next one; what is unpaid joins the overdue balances. Days that
    were missed are rolled too. Set-based, no loan is locked against payments; a second call does nothing.
    """
    close_book(business_date=business_date)
    book = _book(business_date)
    rolled = _roll(book, business_date)
    drafts = [falling_due(minor=rolled.interest, business_date=business_date)] if rolled.interest else []
    if drafts:
        journal.post_entries(entries=drafts, now=now)
    return replace(rolled, entry_count=len(drafts))


def _roll(book: AccrualBook, business_date: date) -> DueFigures:
    due_through = book.due_through_date or book.accrued_through_date
    to_date = business_date + _ONE_DAY
    if due_through >= to_date:
        return DueFigures(due_through, 0, 0, 0, 0, 0)
    apart = summed(apart_at(business_date))
    with connection.cursor() as cursor:
        cursor.execute(
            statement("roll_due.sql"), {"business_date": business_date, "due_through": due_through}
        )
        loans, due, principal, interest = (int(figure) for figure in cursor.fetchone() or (0, 0, 0, 0))
    interest -= (summed(apart_at(business_date)) - apart).not_due
    AccrualBook.objects.filter(id=1).update(due_through_date=to_date)
    book.due_through_date = to_date
    return DueFigures(to_date, loans, due, principal, interest, 0)


@in_transaction
def accrue(*, business_date: date, now: datetime) -> AccrualFigures:
    """Accrue every active loan through the end of the business date, days missed included (M-08).

    One scan a day, nothing written per loan, one entry an income account and product. What falls due on the
    day is rolled first if it was not before. A second call posts nothing.
    """
    accrued_through, to_date = close_book(business_date=business_date), business_date + _ONE_DAY
    if accrued_through >= to_date:
        return AccrualFigures(accrued_through, 0, 0, 0, 0)
    rows, due = _catch_up(from_date=accrued_through, to_date=to_date)
    drafts = drafts_of(rows, business_date)
    if drafts:
        regulation.lock_vat_method(posting_date=business_date, now=now)
    if due:
        drafts.append(falling_due(minor=due, business_date=business_date))
    if memo := sum(row.memo for row in rows):
        drafts.append(put_apart(minor=memo, business_date=business_date))
    if drafts:
        journal.post_entries(entries=drafts, now=now)
    AccrualBook.objects.filter(id=1).update(accrued_through_date=to_date)
    closed = _CLOSED.get()
    if closed is not None:
        closed.book.accrued_through_date = to_date
    return AccrualFigures(
        to_date,
        sum(row.interest for row in rows),
        sum(row.penalty for row in rows),
        sum(row.loan_count for row in rows),
        len(drafts),
        sum(row.vat + row.late_vat for row in rows),
    )


def _catch_up(*, from_date: date, to_date: date) -> tuple[list[Sums], int]:
    """Return the sums of the days between, day by day behind the due roll, and the interest that fell due."""
    book = _book(from_date)
    totals: dict[tuple[str, str], Sums] = {}
    due, day = 0, from_date
    while day < to_date:
        due += _roll(book, day).interest
        for row in _sums(from_date=day, to_date=day + _ONE_DAY):
            key = (row.income_account, row.product)
            totals[key] = totals.get(key, Sums(*key)).and_then(row)
        day += _ONE_DAY
    return [row for _, row in sorted(totals.items())], due


def _sums(*, from_date: date, to_date: date) -> list[Sums]:
    """Return the sums of the days between by income account and product, each loan rounded by itself."""
    with connection.cursor() as cursor:
        cursor.execute(statement("accrue.sql"), span(from_date, to_date))
        sums = [Sums.of(row) for row in cursor.fetchall()]
    was, is_now = apart_at(from_date), apart_at(to_date)
    nothing = Apart()
    keys = {each: (each.income_account, each.product) for each in sums}
    return [each.without(is_now.get(key, nothing) - was.get(key, nothing)) for each, key in keys.items()]
