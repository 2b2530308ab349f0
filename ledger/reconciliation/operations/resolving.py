"""What people do about a break: own it, propose the posting that ends it, approve or reject it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line, Side
from ledger.journal.queries import EntryView
from ledger.reconciliation.models import (
    FINAL,
    Break,
    BreakEvent,
    EventKind,
    Match,
)
from ledger.reconciliation.queries import (
    BreakUnknown,
    lines_from,
    standing_proposal,
)
from plumbing.sql import in_transaction


class BreakEnded(Refusal):
    """The break is resolved or matched already."""

    code = "ledger.break_ended"
    kind = Kind.CONFLICT
    message = "The break {given} is {status} already."


class NothingProposed(Refusal):
    """There is no proposal to approve or to reject."""

    code = "ledger.nothing_proposed"
    kind = Kind.CONFLICT
    message = "Nothing stands proposed for the break {given}."


class ProposalReplaced(Refusal):
    """The proposal is not the one that was looked at."""

    code = "ledger.proposal_replaced"
    kind = Kind.CONFLICT
    message = "Another resolution of the break {given} has been proposed since: look again."


class SameHand(Refusal):
    """Who proposed a resolution does not approve it (maker and checker)."""

    code = "ledger.same_hand"
    kind = Kind.FORBIDDEN
    message = "{person} proposed this; somebody else has to decide."


class ResolutionWrong(Refusal):
    """The posting does not bring our account to what their file says."""

    code = "ledger.resolution_wrong"
    message = "The posting moves account {account} by {moved}; the break needs {needed}."


def _open(break_id: UUID) -> tuple[Break, list[BreakEvent]]:
    """Take a break that has not ended, alone."""
    row = Break.objects.select_for_update().filter(id=break_id).first()
    if row is None:
        raise BreakUnknown(given=public_id("brk", break_id))
    events = list(BreakEvent.objects.filter(break_id=break_id).order_by("id"))
    final = next((event for event in events if event.kind in FINAL), None)
    if final is not None:
        raise BreakEnded(given=public_id("brk", break_id), status=final.kind)
    return row, events


@in_transaction
def assign_break(*, break_id: UUID, owner: str, actor: str, now: datetime) -> None:
    """Give an open break to somebody."""
    row, _ = _open(break_id)
    BreakEvent.objects.create(
        break_id=row.id, kind=EventKind.ASSIGNED, actor=actor, note=owner[:200], happened_at=now
    )


@in_transaction
def propose_resolution(
    *, break_id: UUID, lines: Sequence[Line], note: str, proposed_by: str, now: datetime
) -> None:
    """Propose the posting that brings our books to what their file says; a later proposal replaces it.

    Refuses lines that move the account by anything but the difference: an open payment, for instance, has
    none, and ends with its rail's outcome.
    """
    row, _ = _open(break_id)
    draft = _draft(row, tuple(lines), note, row.opened_date)
    BreakEvent.objects.create(
        break_id=row.id,
        kind=EventKind.PROPOSED,
        actor=proposed_by,
        note=note[:255],
        lines=[
            {
                "account": line.account,
                "side": line.side.value,
                "minor": line.amount.minor,
                "currency": line.amount.currency,
            }
            for line in draft.lines
        ],
        happened_at=now,
    )


def _draft(row: Break, lines: tuple[Line, ...], note: str, on_date: date) -> EntryDraft:
    moved = sum(
        line.amount.minor if line.side is Side.DEBIT else -line.amount.minor
        for line in lines
        if line.account == row.account
    )
    needed = row.theirs - row.booked
    if moved != needed.minor or not moved:
        raise ResolutionWrong(account=row.account, moved=str(Money(moved)), needed=str(needed))
    name = public_id("brk", row.id)
    return EntryDraft(
        kind="reconciliation.resolution",
        booking_date=on_date,
        value_date=on_date,
        lines=lines,
        idempotency_key=f"{name}:resolution",
        reference=name,
        description=note[:255],
    )


def _proposal(row: Break, events: list[BreakEvent], person: str) -> BreakEvent:
    proposal = standing_proposal(events)
    if proposal is None:
        raise NothingProposed(given=public_id("brk", row.id))
    if proposal.actor == person:
        raise SameHand(person=person)
    return proposal


@in_transaction
def reject_resolution(*, break_id: UUID, rejected_by: str, note: str, now: datetime) -> None:
    """Refuse what was proposed; the break stays open."""
    row, events = _open(break_id)
    _proposal(row, events, rejected_by)
    BreakEvent.objects.create(
        break_id=row.id, kind=EventKind.REJECTED, actor=rejected_by, note=note[:255], happened_at=now
    )


@in_transaction
def approve_resolution(
    *,
    break_id: UUID,
    approved_by: str,
    booking_date: date,
    now: datetime,
    proposal_id: int | None = None,
) -> EntryView:
    """Post what somebody else proposed; the break, its movement and its line are done with.

    With `proposal_id` only that proposal is approved: one that has replaced it since is not.
    """
    row, events = _open(break_id)
    proposal = _proposal(row, events, approved_by)
    if proposal_id is not None and proposal_id != proposal.id:
        raise ProposalReplaced(given=public_id("brk", break_id))
    draft = _draft(row, lines_from(proposal.lines), proposal.note, booking_date)
    entry = journal.post_entry(entry=draft, now=now)
    BreakEvent.objects.create(
        break_id=row.id,
        kind=EventKind.RESOLVED,
        actor=approved_by,
        note=proposal.note,
        lines=proposal.lines,
        entry_id=entry.id,
        happened_at=now,
    )
    taken = {"account": row.account, "how": "resolution"}
    Match.objects.create(key=row.key, line_id=row.line_id, entry_id=row.entry_id, **taken)
    Match.objects.create(key=f"gl:{entry.id}", entry_id=entry.id, **taken)
    return entry
