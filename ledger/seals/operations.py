"""Sealing: the only writer of seals, one at a time in a bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from ledger.balances.models import FoldCursor
from ledger.seals.models import Seal
from ledger.seals.queries import SealView, current_root, dated_lines, lines, view_of
from ledger.seals.tree import NO_ROOT, Leaf, chain_root, leaf_digest, merkle_root, packed
from plumbing.sql import hold_name, in_transaction

LINES_A_SEAL: Final = 50_000
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SealedDay:
    """A portion of a day's sealing: lines sealed by this call, and the root so far; final once `finished`."""

    business_date: date
    line_count: int
    root: bytes
    finished: bool


@in_transaction
def seal(*, business_date: date, now: datetime, limit: int = LINES_A_SEAL) -> SealView | None:
    """Seal the next run of lines that the fold has passed, at most `limit` of them; None when there is none.

    Only what the fold has numbered and settled is sealed, so no slow transaction can slip in behind a seal.
    Killed at any moment it leaves no seal or a whole one; the next call goes on from the last. Two callers
    take turns.
    """
    hold_name("ledger.seals")
    last = Seal.objects.order_by("-number").first()
    first = 1 if last is None else last.before_position
    cursor = FoldCursor.objects.first()
    before = first if cursor is None else cursor.before_position
    found = list(lines(first_position=first, before_position=before, limit=limit))
    if not found:
        return None
    row = _next(
        last,
        _Run(business_date, found, first, before if len(found) < limit else found[-1][0] + 1),
        now,
    )
    row.save(force_insert=True)
    return view_of(row)


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines that are sealed together: those numbered from `first` up to, but without, `before`."""

    business_date: date
    lines: Sequence[tuple[int, str]]
    first: int
    before: int


def _next(last: Seal | None, run: _Run, now: datetime) -> Seal:
    """Return the seal of a run, chained to the one before it."""
    leaves = [Leaf(position, leaf_digest(text)) for position, text in run.lines]
    facts = {
        "number": 1 if last is None else last.number + 1,
        "business_date": run.business_date,
        "first_position": run.first,
        "before_position": run.before,
        "line_count": len(leaves),
        "sealed_at": now,
    }
    kept = packed(leaves)
    merkle = merkle_root(kept)
    previous = NO_ROOT if last is None else bytes(last.root)
    return Seal(
        **facts,
        merkle_root=merkle,
        previous_root=previous,
        root=chain_root(**facts, merkle=merkle, previous=previous),  # type: ignore[arg-type]
        leaves=b"".join(kept),
    )


@in_transaction
def seal_days(*, from_date: date, to_date: date, now: datetime) -> dict[date, SealView]:
    """Seal what the fold has passed, a seal for each day from one up to another; return those made, by day.

    For days that are ended together: the runs are those that a seal at the end of each day would have made. A
    line belongs to the day it was booked on; what was booked before the first day, to the first.
    """
    hold_name("ledger.seals")
    last = Seal.objects.order_by("-number").first()
    first = 1 if last is None else last.before_position
    cursor = FoldCursor.objects.first()
    before = first if cursor is None else cursor.before_position
    found = dated_lines(first_position=first, before_position=before)
    days: dict[date, list[tuple[int, str]]] = {}
    day = from_date
    for position, text, booking_date in found:
        day = max(day, min(booking_date, to_date - _ONE_DAY))
        days.setdefault(day, []).append((position, text))
    made = []
    ends = [*[run[0][0] for run in days.values()][1:], before]
    for (day, run), end in zip(days.items(), ends, strict=False):
        last = _next(last, _Run(day, run, first, end), now)
        first = end
        made.append(last)
    Seal.objects.bulk_create(made)
    return {row.business_date: view_of(row) for row in made}


@in_transaction
def seal_day(*, business_date: date, now: datetime, limit: int = LINES_A_SEAL) -> SealedDay:
    """Seal a portion of what a day left behind, for its day-end: call it again until `finished`.

    Run it after the day's fold. The root then stands for everything booked in this bank until now: hand it
    over.
    """
    made = seal(business_date=business_date, now=now, limit=limit)
    count = 0 if made is None else made.line_count
    root = current_root() if made is None else made.root
    return SealedDay(business_date, count, root, finished=count < limit)
