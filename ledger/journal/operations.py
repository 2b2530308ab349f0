"""Verbs of the journal: post, settle, void, reverse; close accounts, open and close periods.

The books move in SQL (`sql/post.sql`): one round trip for any number of entries. A refusal leaves nothing
behind and the caller's transaction usable.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, Sum

from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.chart.models import Account
from ledger.chart.queries import AccountUnknown, AccountView, get_account
from ledger.journal.arrays import plain_array, text_array
from ledger.journal.entry import EntryDraft, EntryInvalid, Line, Side, Unbalanced
from ledger.journal.models import Entry, EntryState, PendingLine, Period, PeriodState, Posting
from ledger.journal.queries import EntryUnknown, EntryView, PeriodView, get_entry, views_of
from plumbing.sql import in_transaction

SETTLEMENT_ACCOUNT = "1003"
CAPITAL_ACCOUNT = "4001"


class InsufficientFunds(Refusal):
    """A guarded account would have passed below nothing."""

    code = "ledger.insufficient_funds"
    kind = Kind.UNMET
    message = "Account {account} does not hold enough for this entry."


class PeriodClosed(Refusal):
    """The booking date lies in a closed month, or before the books began."""

    code = "ledger.period_closed"
    kind = Kind.CONFLICT
    message = "The accounting period of {booking_date} is closed."


class AccountClosed(Refusal):
    """An account is not open on the booking date."""

    code = "ledger.account_closed"
    kind = Kind.CONFLICT
    message = "An account of this entry is not open on its booking date."


class AccountInUse(Refusal):
    """An account closes when it is empty, and nothing is booked or held on it from then on."""

    code = "ledger.account_in_use"
    kind = Kind.CONFLICT
    message = "Account {account} cannot close on {closed_date}: {reason}."


class IdempotencyConflict(Refusal):
    """The key was used for other content."""

    code = "ledger.idempotency_conflict"
    kind = Kind.CONFLICT
    message = "The key {key} belongs to another entry."


class AlreadyReversed(Refusal):
    """An entry is reversed once."""

    code = "ledger.already_reversed"
    kind = Kind.CONFLICT
    message = "Entry {entry_id} has been reversed already."


class NotReversible(Refusal):
    """Only a posted entry that is not itself a reversal can be reversed."""

    code = "ledger.reversal_invalid"
    kind = Kind.CONFLICT
    message = "Entry {entry_id} cannot be reversed."


class NotPending(Refusal):
    """The entry is not, or no longer, pending."""

    code = "ledger.not_pending"
    kind = Kind.CONFLICT
    message = "Entry {entry_id} is {state}, not pending."


class PeriodOutOfOrder(Refusal):
    """Months close in order."""

    code = "ledger.period_out_of_order"
    kind = Kind.CONFLICT
    message = "The month {month} cannot be closed: {earlier} comes first."


def _facts(detail: str | dict[str, Any] | None) -> dict[str, Any]:
    """Return what the database said about a refusal; Django leaves jsonb of a raw cursor as text."""
    return detail if isinstance(detail, dict) else json.loads(detail or "{}")


def _refusal(code: str, detail: dict[str, Any], entries: Sequence[EntryDraft]) -> Refusal:
    """Return the refusal that the database named."""
    booking_dates = sorted({entry.booking_date for entry in entries})
    makers: dict[str, Refusal] = {
        "ledger.account_unknown": AccountUnknown(account=detail.get("account", "")),
        "ledger.account_closed": AccountClosed(),
        "ledger.period_closed": PeriodClosed(booking_date=detail.get("booking_date", booking_dates[0])),
        "ledger.idempotency_conflict": IdempotencyConflict(key=detail.get("key", "")),
        "ledger.unbalanced": Unbalanced(difference="?", currency=""),
        "ledger.reversal_invalid": NotReversible(entry_id=entries[0].reverses),
        "ledger_entry_reversed_once": AlreadyReversed(entry_id=entries[0].reverses),
        "ledger_balance_no_credit": InsufficientFunds(account=detail.get("account", "")),
        "ledger_balance_no_debit": InsufficientFunds(account=detail.get("account", "")),
    }
    return makers.get(code) or EntryInvalid(reason=code)


def _view(entry_id: UUID, entry: EntryDraft, *, now: datetime) -> EntryView:
    """Return the entry as it will stand once written."""
    return EntryView(
        id=entry_id,
        kind=entry.kind,
        booking_date=entry.booking_date,
        value_date=entry.value_date,
        reference=entry.reference,
        description=entry.description,
        idempotency_key=entry.idempotency_key,
        state=EntryState.PENDING if entry.pending else EntryState.POSTED,
        reverses=entry.reverses,
        content_hash=entry.content_hash,
        recorded_at=now,
        posted_at=None if entry.pending else now,
        lines=entry.lines,
    )


def _call(
    made: Sequence[EntryView], entries: Sequence[EntryDraft], *, now: datetime
) -> list[tuple[int, UUID]]:
    """Write through `ledger_post`; return which were there already, as (ordinal from 1, id), or refuse."""
    lines = [(view.id, no, line) for view in made for no, line in enumerate(view.lines, 1)]
    arguments = (
        plain_array(view.id for view in made),
        text_array(view.kind for view in made),
        plain_array(view.booking_date for view in made),
        plain_array(view.value_date for view in made),
        text_array(view.reference for view in made),
        text_array(view.description for view in made),
        text_array(view.idempotency_key for view in made),
        text_array(f"\\x{view.content_hash.hex()}" for view in made),
        plain_array(len(view.lines) for view in made),
        plain_array(view.reverses or "NULL" for view in made),
        plain_array(entry.pending for entry in entries),
        plain_array(entry_id for entry_id, _, _ in lines),
        plain_array(no for _, no, _ in lines),
        text_array(line.account for _, _, line in lines),
        plain_array(line.amount.currency for _, _, line in lines),
        plain_array(line.side.value for _, _, line in lines),
        plain_array(line.amount.minor for _, _, line in lines),
        now,
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ledger_post({', '.join(['%s'] * len(arguments))})", arguments)
        rows = cursor.fetchall()
    if rows and rows[0][0] is not None:
        raise _refusal(rows[0][0], _facts(rows[0][1]), entries)
    return [(ordinal, entry_id) for _, _, ordinal, entry_id in rows]


@in_transaction
def post_entries(*, entries: Sequence[EntryDraft], now: datetime) -> tuple[EntryView, ...]:
    """Post entries, all or none, and return them in the order given.

    The same key with the same content returns the entry there is, whatever became of it since. Refuses
    unknown or closed accounts, closed periods, guarded accounts without funds, a key used for other content.
    """
    if not entries:
        return ()
    made = [_view(new_id(), entry, now=now) for entry in entries]
    existing = {ordinal - 1: entry_id for ordinal, entry_id in _call(made, entries, now=now)}
    if existing:
        stored = {view.id: view for view in views_of(Entry.objects.filter(id__in=existing.values()))}
        made = [stored[existing[n]] if n in existing else view for n, view in enumerate(made)]
    return tuple(made)


@in_transaction
def post_entry(*, entry: EntryDraft, now: datetime) -> EntryView:
    """Post one entry; see `post_entries`."""
    return post_entries(entries=(entry,), now=now)[0]


def _locked(entry_id: UUID) -> EntryView:
    row = Entry.objects.select_for_update().filter(id=entry_id).first()
    if row is None:
        raise EntryUnknown(entry_id=entry_id)
    return views_of([row])[0]


@in_transaction
def settle_pending(*, entry_id: UUID, booking_date: date, value_date: date, now: datetime) -> EntryView:
    """Post what a pending entry held, on the dates of its outcome; the same again changes nothing."""
    view = _locked(entry_id)
    if view.state == EntryState.POSTED and (view.booking_date, view.value_date) == (booking_date, value_date):
        return view
    if view.state != EntryState.PENDING:
        raise NotPending(entry_id=entry_id, state=view.state)
    draft = view.draft().dated(booking_date=booking_date, value_date=value_date)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT refusal, detail FROM ledger_settle(%s, %s, %s, %s, %s)",
            (entry_id, booking_date, value_date, draft.content_hash, now),
        )
        row = cursor.fetchone()
    if row is not None:
        raise _refusal(row[0], _facts(row[1]), [draft])
    return get_entry(entry_id)


@in_transaction
def void_pending(*, entry_id: UUID, now: datetime) -> EntryView:
    """Release what a pending entry held; voiding it again changes nothing."""
    view = _locked(entry_id)
    if view.state == EntryState.POSTED:
        raise NotPending(entry_id=entry_id, state=view.state)
    if view.state == EntryState.PENDING:
        Entry.objects.filter(id=entry_id).update(state=EntryState.VOIDED, voided_at=now)
    return get_entry(entry_id)


@in_transaction
def reverse_entry(
    *,
    entry_id: UUID,
    booking_date: date,
    value_date: date,
    idempotency_key: str,
    now: datetime,
    description: str = "",
) -> EntryView:
    """Post the mirror of an entry (冲正); an entry is reversed once, and a reversal never."""
    view = get_entry(entry_id)
    if view.state != EntryState.POSTED or view.reverses is not None:
        raise NotReversible(entry_id=entry_id)
    draft = EntryDraft(
        kind=f"{view.kind}.reversed"[:64],
        booking_date=booking_date,
        value_date=value_date,
        lines=tuple(line.opposite for line in view.lines),
        idempotency_key=idempotency_key,
        reference=view.reference,
        description=description,
        reverses=entry_id,
    )
    return post_entry(entry=draft, now=now)


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
    """Close the month of a date for good, after the transactions that post into it; once is enough."""
    first = month.replace(day=1)
    hold_books_alone()
    earlier = Period.objects.filter(month__lt=first, state=PeriodState.OPEN).order_by("month").first()
    if earlier is not None:
        raise PeriodOutOfOrder(month=f"{first:%Y-%m}", earlier=f"{earlier.month:%Y-%m}")
    row, _ = Period.objects.get_or_create(month=first)
    if row.state == PeriodState.OPEN:
        row.state, row.closed_by, row.closed_at = PeriodState.CLOSED, closed_by, now
        row.save(update_fields=["state", "closed_by", "closed_at"])
    return PeriodView(row.month, row.state, row.closed_by, row.closed_at)
