"""Reads of the journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from kernel.values import made_often
from ledger.chart.models import Account
from ledger.journal.entry import EntryDraft, Line, Side
from ledger.journal.models import Entry, EntryState, PendingLine, Period, Posting

PAGE_LIMIT = 200


class EntryUnknown(Refusal):
    """There is no such entry."""

    code = "ledger.entry_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no entry {entry_id}."


@made_often
@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry with its lines, as booked (or, while pending, as held)."""

    id: UUID
    kind: str
    booking_date: date
    value_date: date
    reference: str
    description: str
    idempotency_key: str
    state: str
    reverses: UUID | None
    content_hash: bytes
    recorded_at: datetime
    posted_at: datetime | None
    lines: tuple[Line, ...]
    expires_at: datetime | None = None

    @property
    def total(self) -> Money:
        """The sum of the debits, for an entry of one currency."""
        debits = [line.amount for line in self.lines if line.side is Side.DEBIT]
        return Money.total(debits, debits[0].currency)

    def draft(self) -> EntryDraft:
        """Return the entry as the draft that would make it again."""
        return EntryDraft(
            kind=self.kind,
            booking_date=self.booking_date,
            value_date=self.value_date,
            lines=self.lines,
            idempotency_key=self.idempotency_key,
            reference=self.reference,
            description=self.description,
            pending=self.state != EntryState.POSTED,
            reverses=self.reverses,
            expires_at=None if self.state == EntryState.POSTED else self.expires_at,
        )


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A page of the journal, newest first; `next_before` is the cursor of the page after it."""

    entries: tuple[EntryView, ...]
    next_before: UUID | None


@dataclass(frozen=True, slots=True)
class PeriodView:
    """An accounting month and whether it still takes entries."""

    month: date
    state: str
    closed_by: str
    closed_at: datetime | None


def _lines_of(entries: Iterable[Entry]) -> dict[UUID, tuple[Line, ...]]:
    """Return the lines of each entry, in two queries."""
    accounts = {row["id"]: row for row in Account.objects.values("id", "code", "currency")}
    posted = [entry.id for entry in entries if entry.state == EntryState.POSTED]
    held = [entry.id for entry in entries if entry.state != EntryState.POSTED]
    found: dict[UUID, list[Line]] = {}
    sources: tuple[tuple[type[Posting | PendingLine], list[UUID]], ...] = (
        (Posting, posted),
        (PendingLine, held),
    )
    for model, ids in sources:
        if not ids:
            continue
        rows = model._default_manager.filter(entry_id__in=ids).order_by("entry_id", "line_no")
        for row in rows.values_list("entry_id", "account_id", "side", "amount"):
            account = accounts[row[1]]
            line = Line(account["code"], Side(row[2]), Money(row[3], account["currency"]))
            found.setdefault(row[0], []).append(line)
    return {entry_id: tuple(lines) for entry_id, lines in found.items()}


def views_of(entries: Iterable[Entry]) -> tuple[EntryView, ...]:
    """Return frozen views, in the order given."""
    rows = list(entries)
    lines = _lines_of(rows)
    return tuple(
        EntryView(
            id=row.id,
            kind=row.kind,
            booking_date=row.booking_date,
            value_date=row.value_date,
            reference=row.reference,
            description=row.description,
            idempotency_key=row.idempotency_key,
            state=row.state,
            reverses=row.reverses_id,
            content_hash=bytes(row.content_hash),
            recorded_at=row.recorded_at,
            posted_at=row.posted_at,
            lines=lines[row.id],
            expires_at=row.expires_at,
        )
        for row in rows
    )


def entries(*, reference: str) -> tuple[EntryView, ...]:
    """Return the entries of one reference (a loan, a drawdown, a fund), oldest first."""
    return views_of(Entry.objects.filter(reference=reference).exclude(reference="").order_by("id"))


def get_entry(entry_id: UUID) -> EntryView:
    """Return one entry; refuses an unknown id."""
    row = Entry.objects.filter(id=entry_id).first()
    if row is None:
        raise EntryUnknown(entry_id=entry_id)
    return views_of([row])[0]


def find_entry(*, idempotency_key: str) -> EntryView | None:
    """Return the entry made under a key, if any."""
    row = Entry.objects.filter(idempotency_key=idempotency_key).first()
    return None if row is None else views_of([row])[0]


def journal_page(
    *,
    from_date: date | None = None,
    to_date: date | None = None,
    kind: str = "",
    account: str = "",
    reference: str = "",
    before: UUID | None = None,
    limit: int = 50,
) -> JournalPage:
    """Return entries newest first, booked from `from_date` to `to_date` (both included), with a cursor."""
    limit = max(1, min(limit, PAGE_LIMIT))
    rows: QuerySet[Entry] = Entry.objects.order_by("-id")
    asked = Q()
    if from_date is not None:
        asked &= Q(booking_date__gte=from_date)
    if to_date is not None:
        asked &= Q(booking_date__lte=to_date)
    if kind:
        asked &= Q(kind=kind)
    if reference:
        asked &= Q(reference=reference)
    if account:
        touched = Posting.objects.filter(account_id__in=Account.objects.filter(code=account).values("id"))
        asked &= Q(id__in=touched.values("entry_id"))
    if before is not None:
        asked &= Q(id__lt=before)
    found = list(rows.filter(asked)[: limit + 1])
    page = found[:limit]
    return JournalPage(views_of(page), page[-1].id if len(found) > limit else None)


def pending_entries(*, reference: str = "") -> tuple[EntryView, ...]:
    """Return the entries that still hold funds, oldest first."""
    rows = Entry.objects.filter(state=EntryState.PENDING).order_by("id")
    return views_of(rows.filter(reference=reference) if reference else rows)


def periods() -> tuple[PeriodView, ...]:
    """Return the accounting months that were opened or closed, in order."""
    return tuple(
        PeriodView(row.month, row.state, row.closed_by, row.closed_at)
        for row in Period.objects.order_by("month")
    )
