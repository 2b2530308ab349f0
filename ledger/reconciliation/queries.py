"""Reads of reconciliation: statements, breaks with their age, the last run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from kernel.calendars import Calendar
from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.journal.entry import Line, Side
from ledger.reconciliation.models import FINAL, Break, BreakEvent, EventKind, Run, Statement, StatementLine
from ledger.reconciliation.statement import BadRow


class BreakUnknown(Refusal):
    """There is no such break."""

    code = "ledger.break_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no break {given}."


@dataclass(frozen=True, slots=True)
class StatementView:
    """A file that was read in, and the rows of it that could not be used."""

    id: UUID
    account: str
    file_hash: str
    file_name: str
    reference: str
    statement_date: date
    opening: Money | None
    closing: Money | None
    row_count: int
    bad_rows: tuple[BadRow, ...]
    imported_by: str
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class LineView:
    """One movement of a file."""

    id: UUID
    entry_reference: str
    message_id: str
    effect: Money
    booking_date: date
    value_date: date
    state: str
    failure_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakView:
    """A break, how old it is, and what stands proposed."""

    id: UUID
    account: str
    code: str
    key: str
    message_id: str
    ours: Money
    booked: Money
    theirs: Money
    item_date: date
    line_id: UUID | None
    entry_id: UUID | None
    owner: str
    opened_date: date
    age_days: int
    status: str
    proposed_by: str
    proposed_lines: tuple[Line, ...]
    proposal_note: str
    proposal_id: int | None
    resolution_entry_id: UUID | None

    @property
    def public_id(self) -> str:
        """The id people see."""
        return public_id("brk", self.id)

    @property
    def difference(self) -> Money:
        """What a posting has to move our account by, so that our books say what their file says."""
        return self.theirs - self.booked


@dataclass(frozen=True, slots=True)
class RunView:
    """One reconciliation and its totals, in fen."""

    id: UUID
    account: str
    through_date: date
    item_count: int
    matched_count: int
    opened_count: int
    ended_count: int
    figures: dict[str, int]
    ran_at: datetime


def statement_view(row: Statement) -> StatementView:
    """Return the frozen view of a row."""
    return StatementView(
        row.id,
        row.account,
        row.file_hash,
        row.file_name,
        row.reference,
        row.statement_date,
        row.opening,
        row.closing,
        row.row_count,
        tuple(BadRow(**bad) for bad in row.bad_rows),
        row.imported_by,
        row.imported_at,
    )


def run_view(row: Run) -> RunView:
    """Return the frozen view of a row."""
    return RunView(
        row.id,
        row.account,
        row.through_date,
        row.item_count,
        row.matched_count,
        row.opened_count,
        row.ended_count,
        row.figures,
        row.ran_at,
    )


def statements(*, account: str, limit: int = 50) -> tuple[StatementView, ...]:
    """Return the files of an account, newest first."""
    rows = Statement.objects.filter(account=account).order_by("-statement_date", "-imported_at")
    return tuple(statement_view(row) for row in rows[:limit])


def lines_of(*, statement_id: UUID) -> tuple[LineView, ...]:
    """Return the movements of a file in its order."""
    return _line_views(StatementLine.objects.filter(statement_id=statement_id).order_by("row_no"))


def lines_for(*, account: str, message_ids: Iterable[str]) -> tuple[LineView, ...]:
    """Return what all files of an account say of some messages, settled before refused."""
    rows = StatementLine.objects.filter(account=account, message_id__in=list(message_ids))
    return _line_views(rows.order_by("message_id", "-state", "id"))


def _line_views(rows: "QuerySet[StatementLine]") -> tuple[LineView, ...]:
    return tuple(
        LineView(
            row.id,
            row.entry_reference,
            row.message_id,
            row.effect,
            row.booking_date,
            row.value_date,
            row.state,
            row.failure_code,
        )
        for row in rows
    )


def last_run(*, account: str) -> RunView | None:
    """Return the latest reconciliation of an account."""
    row = Run.objects.filter(account=account).order_by("-ran_at", "-id").first()
    return None if row is None else run_view(row)


def open_rows() -> "QuerySet[Break]":
    """Return the breaks that nothing has ended, oldest first."""
    ended = BreakEvent.objects.filter(break_id=OuterRef("id"), kind__in=FINAL)
    return Break.objects.filter(~Exists(ended)).order_by("item_date", "id")


def breaks(
    *, as_of_date: date, calendar: Calendar, account: str | None = None, limit: int = 200
) -> tuple[BreakView, ...]:
    """Return the open breaks, oldest first, with their age in workdays of the bank on a date."""
    rows = open_rows()
    found = list((rows if account is None else rows.filter(account=account))[:limit])
    events = _events(row.id for row in found)
    return tuple(break_view(row, events.get(row.id, []), as_of_date, calendar) for row in found)


def get_break(*, break_id: UUID, as_of_date: date, calendar: Calendar) -> BreakView:
    """Return one break, open or ended."""
    row = Break.objects.filter(id=break_id).first()
    if row is None:
        raise BreakUnknown(given=public_id("brk", break_id))
    return break_view(row, _events([break_id]).get(break_id, []), as_of_date, calendar)


def _events(break_ids: Iterable[UUID]) -> dict[UUID, list[BreakEvent]]:
    found: dict[UUID, list[BreakEvent]] = {}
    for event in BreakEvent.objects.filter(break_id__in=list(break_ids)).order_by("id"):
        found.setdefault(event.break_id, []).append(event)
    return found


def workdays_between(first_date: date, last_date: date, calendar: Calendar) -> int:
    """Return how many workdays lie after a day, up to and including another."""
    days = range(1, (last_date - first_date).days + 1)
    return sum(calendar.is_workday(first_date + timedelta(days=n)) for n in days)


def standing_proposal(events: Iterable[BreakEvent]) -> BreakEvent | None:
    """Return the proposal that waits for its checker."""
    last = None
    for event in events:
        if event.kind in (EventKind.PROPOSED, EventKind.REJECTED):
            last = event if event.kind == EventKind.PROPOSED else None
    return last


def lines_from(rows: list[dict[str, Any]] | None) -> tuple[Line, ...]:
    """Return the proposed lines as the table holds them."""
    return tuple(
        Line(row["account"], Side(row["side"]), Money(row["minor"], row["currency"])) for row in rows or ()
    )


def break_view(row: Break, events: list[BreakEvent], as_of_date: date, calendar: Calendar) -> BreakView:
    """Return a break with what happened to it."""
    final = next((event for event in events if event.kind in FINAL), None)
    proposal = None if final else standing_proposal(events)
    owners = [event.note for event in events if event.kind == EventKind.ASSIGNED]
    return BreakView(
        id=row.id,
        account=row.account,
        code=row.code,
        key=row.key,
        message_id=row.message_id,
        ours=row.ours,
        booked=row.booked,
        theirs=row.theirs,
        item_date=row.item_date,
        line_id=row.line_id,
        entry_id=row.entry_id,
        owner=owners[-1] if owners else row.owner,
        opened_date=row.opened_date,
        age_days=workdays_between(row.item_date, as_of_date, calendar),
        status=final.kind if final else "proposed" if proposal else "open",
        proposed_by=proposal.actor if proposal else "",
        proposed_lines=lines_from(proposal.lines) if proposal else (),
        proposal_note=proposal.note if proposal else "",
        proposal_id=proposal.id if proposal else None,
        resolution_entry_id=final.entry_id if final else None,
    )
