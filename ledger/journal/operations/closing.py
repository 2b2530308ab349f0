"""Opening and closing: months and accounts close after every transaction that is posting has ended."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Q, Sum

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.chart.models import Account
from ledger.chart.queries import AccountView, get_account
from ledger.journal.entry import EntryDraft, Line, Side
from ledger.journal.models import Entry, EntryState, PendingLine, Period, PeriodState, Posting
from ledger.journal.operations.posting import PeriodClosed, post_entry
from ledger.journal.queries import EntryView, PeriodView
from plumbing.sql import in_transaction

SETTLEMENT_ACCOUNT: Final = "1003"
CAPITAL_ACCOUNT: Final = "4001"


class AccountInUse(Refusal):
    """An account closes when it is empty, and nothing is booked or held on it from then on."""

    code = "ledger.account_in_use"
    kind = Kind.CONFLICT
    message = "Account {account} cannot close on {closed_date}: {reason}."


class PeriodOutOfOrder(Refusal):
    """Months close in order."""

    code = "ledger.period_out_of_order"
    kind = Kind.CONFLICT
    message = "The month {month} cannot be closed: {earlier} comes first."


class PeriodPending(Refusal):
    """A month closes when everything booked in it has its outcome."""

    code = "ledger.period_pending"
    kind = Kind.CONFLICT
    message = "The month {month} cannot be closed: {count} entries in it are still pending."


@in_transaction
def fund_settlement_account(
    *, amount: Money, booking_date: date, idempotency_key: str, now: datetime
) -> EntryView:
    """Put the bank's own capital into its settlement account: Dr 1003 / Cr 4001."""
    draft = EntryDraft(
        kind="settlement.funded",
        booking_date=booking_date,
        value_date=booking_date,
        lines=(Line.debit(SETTLEMENT_ACCOUNT, amount), Line.credit(CAPITAL_ACCOUNT, amount)),
        idempotency_key=idempotency_key,
    )
    return post_entry(entry=draft, now=now)


@in_transaction
def close_account(*, code: str, closed_date: date) -> AccountView:
    """Close an empty account: nothing is booked to it on or after the date. Once is enough."""
    hold_books_alone()
    account = Account.objects.select_for_update().get(id=get_account(code=code).id)
    if account.closed_date == closed_date:
        return get_account(code=code)
    postings = Posting.objects.filter(account_id=account.id)
    sums = postings.aggregate(
        debits=Sum("amount", filter=Q(side=Side.DEBIT), default=0),
        credits=Sum("amount", filter=Q(side=Side.CREDIT), default=0),
    )
    held = PendingLine.objects.filter(account_id=account.id, entry__state=EntryState.PENDING)
    reasons = {
        "it closed already": account.closed_date is not None,
        "it opened later": closed_date < account.opened_date,
        "it is not empty": sums["debits"] != sums["credits"],
        "something was booked later": postings.filter(booking_date__gte=closed_date).exists(),
        "something is pending": held.exists(),
    }
    for reason, holds in reasons.items():
        if holds:
            raise AccountInUse(account=code, closed_date=closed_date, reason=reason)
    account.closed_date = closed_date
    account.save(update_fields=["closed_date"])
    return get_account(code=code)


def hold_books_alone() -> None:
    """Wait for every transaction that is posting, and keep new ones out until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(ledger_books_lock())")


@in_transaction
def open_period(*, month: date) -> PeriodView:
    """Open the month of a date; an open one stays so. The first month opened is where the books begin."""
    row, _ = Period.objects.get_or_create(month=month.replace(day=1))
    if row.state == PeriodState.CLOSED:
        raise PeriodClosed(booking_date=row.month)
    return PeriodView(row.month, row.state, row.closed_by, row.closed_at)


@in_transaction
def close_period(*, month: date, closed_by: str, now: datetime) -> PeriodView:
    """Close the month of a date for good, after the transactions that post into it; once is enough.

    Refuses a month before which another is open, and one in which an entry is still pending.
    """
    first = month.replace(day=1)
    hold_books_alone()
    earlier = Period.objects.filter(month__lt=first, state=PeriodState.OPEN).order_by("month").first()
    if earlier is not None:
        raise PeriodOutOfOrder(month=f"{first:%Y-%m}", earlier=f"{earlier.month:%Y-%m}")
    waiting = _pending_in(first)
    if waiting:
        raise PeriodPending(month=f"{first:%Y-%m}", count=waiting)
    row, _ = Period.objects.get_or_create(month=first)
    if row.state == PeriodState.OPEN:
        row.state, row.closed_by, row.closed_at = PeriodState.CLOSED, closed_by, now
        row.save(update_fields=["state", "closed_by", "closed_at"])
    return PeriodView(row.month, row.state, row.closed_by, row.closed_at)


@in_transaction
def close_ended_periods(*, before_date: date, closed_by: str, now: datetime) -> tuple[PeriodView, ...]:
    """Close, in order, every open month that ended before a date; stop at one in which something is pending.

    For a clock: what waits for an outcome is closed by a later call, and holds nothing else up.
    """
    closed = []
    ended = Period.objects.filter(state=PeriodState.OPEN, month__lt=before_date.replace(day=1))
    for row in ended.order_by("month"):
        if _pending_in(row.month):
            break
        closed.append(close_period(month=row.month, closed_by=closed_by, now=now))
    return tuple(closed)


def _pending_in(first: date) -> int:
    """Return how many entries booked in a month are pending."""
    following = (first + timedelta(days=31)).replace(day=1)
    held = Entry.objects.filter(state=EntryState.PENDING, booking_date__gte=first)
    return held.filter(booking_date__lt=following).count()
