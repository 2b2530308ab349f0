"""Entries as a batch has just written them: a view is made when it is read, and most never are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import overload
from uuid import UUID

from kernel.ids import id_of
from ledger.journal.entry import EntryDraft
from ledger.journal.models import EntryState
from ledger.journal.queries import EntryView

_PENDING, _POSTED = EntryState.PENDING, EntryState.POSTED


def view_of_draft(entry: EntryDraft, entry_id: UUID, content_hash: bytes, *, now: datetime) -> EntryView:
    """Return an entry as it stands once written at `now`."""
    return EntryView(
        entry_id,
        entry.kind,
        entry.booking_date,
        entry.value_date,
        entry.reference,
        entry.description,
        entry.idempotency_key,
        _PENDING if entry.pending else _POSTED,
        entry.reverses,
        content_hash,
        now,
        None if entry.pending else now,
        entry.lines,
        entry.expires_at,
    )


class PostedEntries(Sequence[EntryView]):
    """The views of a batch, in the order given; as a tuple of them in all that is asked of it.

    `there` holds, by place, the entries that were there before: those were read, and stand as they do now.
    """

    __slots__ = ("_drafts", "_hashes", "_now", "_numbers", "_there")

    def __init__(
        self,
        drafts: tuple[EntryDraft, ...],
        numbers: Sequence[int],
        hashes: Sequence[bytes],
        now: datetime,
        there: Mapping[int, EntryView],
    ) -> None:
        self._drafts = drafts
        self._numbers = numbers
        self._hashes = hashes
        self._now = now
        self._there = there

    def _at(self, place: int) -> EntryView:
        known = self._there.get(place)
        if known is not None:
            return known
        return view_of_draft(
            self._drafts[place], id_of(self._numbers[place]), self._hashes[place], now=self._now
        )

    def __len__(self) -> int:
        return len(self._drafts)

    @overload
    def __getitem__(self, place: int) -> EntryView: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[EntryView, ...]: ...

    def __getitem__(self, place: int | slice) -> EntryView | tuple[EntryView, ...]:
        places = range(len(self._drafts))[place]
        return self._at(places) if isinstance(places, int) else tuple([self._at(each) for each in places])

    def __iter__(self) -> Iterator[EntryView]:
        return map(self._at, range(len(self._drafts)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PostedEntries | tuple):
            return NotImplemented
        return tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))
