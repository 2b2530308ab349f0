"""The outcome of what is pending: settled, voided, or expired. Each is an act of its own."""

from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from kernel.refusals import Kind, Refusal
from ledger.journal.models import Entry, EntryState
from ledger.journal.operations.posting import facts_of, refusal_of
from ledger.journal.queries import EntryUnknown, EntryView, get_entry, views_of
from plumbing.sql import in_transaction
from plumbing.trip import of_this_bank


class NotPending(Refusal):
    """The entry is not, or no longer, pending."""

    code = "ledger.not_pending"
    kind = Kind.CONFLICT
    message = "Entry {entry_id} is {state}, not pending."


class PendingExpired(Refusal):
    """A pending entry is past its expiry: it can be voided, no longer settled. The next sweep voids it."""

    code = "ledger.pending_expired"
    kind = Kind.CONFLICT
    message = "Entry {entry_id} expired at {expires_at} and cannot be settled any more."


def _locked(entry_id: UUID) -> EntryView:
    row = Entry.objects.select_for_update().filter(id=entry_id).first()
    if row is None:
        raise EntryUnknown(entry_id=entry_id)
    return views_of([row])[0]


@in_transaction
def settle_pending(*, entry_id: UUID, booking_date: date, value_date: date, now: datetime) -> EntryView:
    """Post what a pending entry held, on the dates of its outcome; the same again changes nothing.

    Refuses an entry that is not pending, one that has expired by `now`, and dates in a closed period.
    """
    view = _locked(entry_id)
    if view.state == EntryState.POSTED and (view.booking_date, view.value_date) == (booking_date, value_date):
        return view
    if view.state != EntryState.PENDING:
        raise NotPending(entry_id=entry_id, state=view.state)
    if view.expires_at is not None and view.expires_at <= now:
        raise PendingExpired(entry_id=entry_id, expires_at=view.expires_at)
    draft = view.draft().dated(booking_date=booking_date, value_date=value_date)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT refusal, detail FROM {of_this_bank('ledger_settle')}(%s, %s, %s, %s, %s)",
            (entry_id, booking_date, value_date, draft.content_hash, now),
        )
        row = cursor.fetchone()
    if row is not None:
        raise refusal_of(row[0], facts_of(row[1]), [draft])
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
def void_expired(*, now: datetime, limit: int = 1_000) -> int:
    """Void pending entries whose time has run out, the oldest expiry first; return how many.

    A portion at a time: call it again while it returns `limit`. An entry that somebody is settling is passed
    by.
    """
    expired = Entry.objects.filter(Q(state=EntryState.PENDING) & Q(expires_at__lte=now))
    held = expired.select_for_update(skip_locked=True).order_by("expires_at", "id")[:limit]
    ids = list(held.values_list("id", flat=True))
    return Entry.objects.filter(id__in=ids).update(state=EntryState.VOIDED, voided_at=now)
