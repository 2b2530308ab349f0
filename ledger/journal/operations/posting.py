"""Posting: one round trip for any number of entries, all or none; what the database refuses, by its name.

The books move in SQL (`sql/post.sql`). A single posted entry takes `ledger_post_one`, which knows only how
to write, or `ledger_write_one` where it is all that a door does (`plumbing.sql.sole_act`); whatever is out of
the ordinary (a key seen before, a refusal) is left to `ledger_post`, which says what.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from kernel.ids import id_of, new_id, new_numbers
from kernel.refusals import Kind, Refusal
from ledger.chart.lines import DEBIT
from ledger.chart.queries import AccountUnknown
from ledger.journal.digest import sm3
from ledger.journal.entry import EntryDraft, EntryInvalid, Line, Unbalanced
from ledger.journal.models import Entry
from ledger.journal.posted import PostedEntries, view_of_draft
from ledger.journal.queries import EntryView, views_of
from plumbing.arrays import bytes_array, date_array, plain_array, shared, text_array
from plumbing.sql import as_statement, in_transaction
from plumbing.trip import one_trip, rows_of


class InsufficientFunds(Refusal):
    """A guarded account would have passed below nothing."""

    code = "ledger.insufficient_funds"
    kind = Kind.UNMET
    message = "Account {account} does not hold enough for this entry."


class BalanceLimitReached(Refusal):
    """An account with a ceiling would have passed above it."""

    code = "ledger.balance_limit"
    kind = Kind.UNMET
    message = "Account {account} would hold more than its limit."


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


def facts_of(detail: str | dict[str, Any] | None) -> dict[str, Any]:
    """Return what the database said about a refusal; Django leaves jsonb of a raw cursor as text."""
    return detail if isinstance(detail, dict) else json.loads(detail or "{}")


def refusal_of(code: str, detail: dict[str, Any], entries: Sequence[EntryDraft]) -> Refusal:
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
        "ledger_balance_ceiling": BalanceLimitReached(account=detail.get("account", "")),
    }
    return makers.get(code) or EntryInvalid(reason=code)


def _wrote_one(view: EntryView, function: str, *, now: datetime) -> bool:
    """Write one posted entry; False when it was not written, whatever the reason: nothing changed then."""
    lines = view.lines
    written = one_trip(
        function,
        (
            str(view.id),
            view.kind,
            str(view.booking_date),
            str(view.value_date),
            view.reference,
            view.description,
            view.idempotency_key,
            f"\\x{view.content_hash.hex()}",
            None if view.reverses is None else str(view.reverses),
            text_array([line.account for line in lines]),
            plain_array([line.amount.currency for line in lines]),
            plain_array([_signed(line) for line in lines]),
            now.isoformat(),
        ),
    )
    return written == "true"


def _call(
    entries: Sequence[EntryDraft], numbers: Sequence[int], hashes: Sequence[bytes], *, now: datetime
) -> list[tuple[int, UUID]]:
    """Write through `ledger_post`; return which were there already, as (ordinal from 1, id), or refuse."""
    places, accounts, amounts = _columns(entries)
    counts = [len(entry.lines) for entry in entries]
    line_entries, line_nos = _numbers(tuple(counts))
    arguments = (
        plain_array([f"{number:032x}" for number in numbers]),
        text_array(shared([entry.kind for entry in entries])),
        date_array(shared([entry.booking_date for entry in entries])),
        date_array(shared([entry.value_date for entry in entries])),
        text_array([entry.reference for entry in entries]),
        text_array(shared([entry.description for entry in entries])),
        text_array([entry.idempotency_key for entry in entries]),
        bytes_array(hashes),
        plain_array(shared(counts)),
        _if_any([entry.reverses for entry in entries]),
        _if_any([entry.pending for entry in entries]),
        _if_any([entry.expires_at for entry in entries]),
        text_array([code for code, _ in places]),
        plain_array([currency for _, currency in places]),
        line_entries,
        line_nos,
        plain_array(accounts),
        plain_array(amounts),
        now.isoformat(),
    )
    rows = rows_of("ledger_post", "refusal, detail::text, ordinal::text, existing_id::text", arguments)
    if rows and rows[0][0] is not None:
        raise refusal_of(rows[0][0], facts_of(rows[0][1]), entries)
    return [(int(ordinal or 0), UUID(entry_id)) for _, _, ordinal, entry_id in rows]


def _columns(entries: Sequence[EntryDraft]) -> tuple[dict[tuple[str, str], str], list[str], list[int]]:
    """Return the accounts with their places from 1, and of all lines the account's place and the amount."""
    places: dict[tuple[str, str], str] = {}
    accounts: list[str] = []
    amounts: list[int] = []
    for entry in entries:
        for line in entry.lines:
            amount = line.amount
            account = (line.account, amount.currency)
            place = places.get(account)
            if place is None:
                place = places[account] = str(len(places) + 1)
            accounts.append(place)
            amounts.append(amount.minor if line.side is DEBIT else -amount.minor)
    return places, accounts, amounts


@lru_cache(maxsize=4)
def _numbers(counts: tuple[int, ...]) -> tuple[str, str]:
    """Return of all lines their entry's place and their own, from 1; batches are often alike."""
    heads = [head for head, count in enumerate(counts, 1) for _ in range(count)]
    return plain_array(heads), plain_array(number for count in counts for number in range(1, count + 1))


def _signed(line: Line) -> int:
    """Return a line's amount in minor units: debits above zero, credits below."""
    return line.amount.minor if line.side is DEBIT else -line.amount.minor


def _if_any(values: Sequence[object]) -> str | None:
    """Return an array of plain values that may be missing; nothing when all are."""
    return plain_array("NULL" if v is None else v for v in values) if any(values) else None


@in_transaction
def post_entries(*, entries: Sequence[EntryDraft], now: datetime) -> Sequence[EntryView]:
    """Post entries, all or none, and return them in the order given.

    The same key with the same content returns the entry there is, whatever became of it since. Refuses
    unknown or closed accounts, closed periods, guarded accounts without funds, a key used for other content.
    """
    return _posted(tuple(entries), now=now)


def _posted(entries: tuple[EntryDraft, ...], *, now: datetime) -> Sequence[EntryView]:
    if not entries:
        return ()
    numbers = new_numbers(len(entries))
    if len(entries) == 1 and not entries[0].pending:
        view = view_of_draft(entries[0], id_of(numbers[0]), entries[0].content_hash, now=now)
        if _wrote_one(view, "ledger_post_one", now=now):
            return (view,)
    hashes = [sm3(entry.content) for entry in entries]
    existing = {ordinal - 1: entry_id for ordinal, entry_id in _call(entries, numbers, hashes, now=now)}
    stored = (
        {view.id: view for view in views_of(Entry.objects.filter(id__in=existing.values()))}
        if existing
        else {}
    )
    there = {place: stored[entry_id] for place, entry_id in existing.items()}
    return PostedEntries(entries, numbers, hashes, now, there)


def _posted_by_statement(*, entry: EntryDraft, now: datetime) -> EntryView | None:
    """Post one entry as a transaction of its own; None when that is not possible, and nothing changed."""
    if entry.pending:
        return None
    view = view_of_draft(entry, new_id(), entry.content_hash, now=now)
    try:
        return view if _wrote_one(view, "ledger_write_one", now=now) else None
    except IntegrityError:  # the key was there, or something refuses it: the operation says what
        return None


@as_statement(_posted_by_statement)
@in_transaction
def post_entry(*, entry: EntryDraft, now: datetime) -> EntryView:
    """Post one entry; see `post_entries`."""
    return _posted((entry,), now=now)[0]
