"""Which test clocks a scene has, and where they stand."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kernel.refusals import Kind, Refusal
from tenants.sandboxes.models import TestClock


class ClockNotFound(Refusal):
    """The scene has no such clock."""

    code = "sandboxes.clock_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no test clock {clock}."


@dataclass(frozen=True, slots=True)
class ClockView:
    """A test clock: its bank, its date, and the move under way or made last."""

    id: UUID
    scene_id: UUID
    bank_id: UUID
    schema_name: str
    name: str
    seed: str
    status: str
    frozen_date: date
    advance_number: int
    advance_from_date: date | None
    advance_to_date: date | None
    advance_until: str
    pays_when_due: bool
    missed_instalments: tuple[int, ...]
    failure: str
    touched_at: datetime
    created_at: datetime

    @property
    def days_advanced(self) -> int:
        """The days that the move under way, or the last one, has put behind it."""
        return 0 if self.advance_from_date is None else (self.frozen_date - self.advance_from_date).days


def clock_view(row: TestClock) -> ClockView:
    """Return the frozen view of a clock."""
    return ClockView(
        row.id,
        row.scene_id,
        row.bank_id,
        row.bank.schema_name,
        row.name,
        row.seed,
        row.status,
        row.frozen_date,
        row.advance_number,
        row.advance_from_date,
        row.advance_to_date,
        row.advance_until,
        row.pays_when_due,
        tuple(row.missed_instalments),
        row.failure,
        row.touched_at,
        row.created_at,
    )


def get_clock(*, clock_id: UUID, scene_id: UUID | None) -> ClockView:
    """Return a clock of a scene (of any, with None); raises `ClockNotFound`."""
    rows = TestClock.objects.select_related("bank").filter(id=clock_id)
    row = (rows if scene_id is None else rows.filter(scene_id=scene_id)).first()
    if row is None:
        raise ClockNotFound(clock=str(clock_id))
    return clock_view(row)


def clocks_of(*, scene_id: UUID) -> tuple[ClockView, ...]:
    """Return a scene's clocks, oldest first."""
    rows = TestClock.objects.select_related("bank").filter(scene_id=scene_id)
    return tuple(clock_view(row) for row in rows)


def clock_of_bank(*, schema: str) -> ClockView | None:
    """Return the clock of a bank, or None: the bank is nobody's sandbox."""
    row = TestClock.objects.select_related("bank").filter(bank__schema_name=schema).first()
    return None if row is None else clock_view(row)


def left_advancing(*, touched_before: datetime) -> tuple[UUID, ...]:
    """Return the clocks whose move nobody has worked on since an instant."""
    rows = TestClock.objects.filter(status=TestClock.Status.ADVANCING, touched_at__lt=touched_before)
    return tuple(rows.values_list("id", flat=True))
