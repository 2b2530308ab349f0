"""Noting a test clock, its moves and its end. The bank behind it is made and moved by doors, step by step."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from plumbing.idempotency.operations import KeyReused
from plumbing.sql import hold_name, in_transaction
from tenants.banks import operations as banks
from tenants.banks.models import Bank
from tenants.sandboxes.models import TestClock
from tenants.sandboxes.queries import ClockNotFound, ClockView, clock_view
from tenants.scenes.models import Contract

CLOCKS_MAX: Final = 5  # of one scene at a time
FIRST_DATE: Final = date(2026, 8, 1)  # from here on all the rules of the published pack hold
LAST_DATE: Final = date(2036, 8, 1)
YEARS_MAX: Final = 10  # of one move, and of a clock from its first date
EMPTY: Final = "empty"  # what a bank holds that nobody has filled
SCHEMA_STEP: Final = "schema"
TIER1: Final = Money.parse("1000000000.00")


class TooManyClocks(Refusal):
    """A scene keeps a few clocks at a time: delete one, or reset it."""

    code = "sandboxes.too_many_clocks"
    kind = Kind.CONFLICT
    message = "A scene has at most {maximum} test clocks at a time."


class FrozenDateOutOfRange(Refusal):
    """No rules are published for that day, or it lies too far ahead."""

    code = "sandboxes.frozen_date_out_of_range"
    kind = Kind.INVALID
    message = "A test clock begins between {first} and {last}, not on {given}."


class ClockAdvancing(Refusal):
    """The clock is being moved: wait for `test_clock.ready`."""

    code = "sandboxes.clock_advancing"
    kind = Kind.CONFLICT
    message = "The test clock is advancing to {to_date}; wait for test_clock.ready."


class ClockNotReady(Refusal):
    """A day could not be ended, or the clock's creation did not finish: reset or delete it."""

    code = "sandboxes.clock_not_ready"
    kind = Kind.CONFLICT
    message = "The test clock is {status}; reset or delete it."


class TargetOutOfRange(Refusal):
    """A clock moves forward, and not beyond ten years in one move."""

    code = "sandboxes.target_out_of_range"
    kind = Kind.INVALID
    message = "The clock stands at {frozen_date}; it can advance to {last} at the most, not to {given}."


@in_transaction
def open_clock(
    *,
    scene_id: UUID,
    name: str,
    frozen_date: date,
    seed: str,
    idempotency_key: str,
    body_sha256: str,
    now: datetime,
) -> tuple[ClockView, bool]:
    """Note a clock and its bank, which is yet to be made; return it and whether it is new.

    The same key with the same body returns the first one. Raises `TooManyClocks`, `FrozenDateOutOfRange`,
    `KeyReused`.
    """
    hold_name("test_clocks", scene_id)
    rows = TestClock.objects.select_related("bank").filter(scene_id=scene_id)
    known = rows.filter(idempotency_key=idempotency_key).first() if idempotency_key else None
    if known is not None and known.body_sha256 != body_sha256:
        raise KeyReused
    if known is not None:
        return clock_view(known), False
    require_frozen_date(frozen_date)
    if rows.count() >= CLOCKS_MAX:
        raise TooManyClocks(maximum=CLOCKS_MAX)
    clock_id = new_id()
    bank_id = _noted_bank(f"sbx_{clock_id.hex[-20:]}", name, scene_id, now)
    row = TestClock.objects.create(
        id=clock_id,
        scene_id=scene_id,
        bank_id=bank_id,
        name=name,
        seed=seed,
        frozen_date=frozen_date,
        idempotency_key=idempotency_key,
        body_sha256=body_sha256,
        touched_at=now,
        created_at=now,
    )
    return clock_view(row), True


def _noted_bank(schema: str, name: str, scene_id: UUID, now: datetime) -> UUID:
    """Register the bank of a clock, whose schema is yet to be made; return its id."""
    bank = banks.register_bank(
        schema=schema,
        name_zh=f"沙箱银行 {name}"[:100],
        name_en=f"Sandbox bank {name}"[:100],
        kind=Bank.Kind.RURAL_COMMERCIAL,
        area_prefixes=(),
        tier1_capital=TIER1,
        brand={},
        hosts=(f"{schema.replace('_', '-')}.{settings.BASE_HOST}",),
        owner_scene_id=scene_id,
        now=now,
    )
    banks.plan_setup(schema=schema, names=(SCHEMA_STEP,))
    return bank.id


def require_frozen_date(frozen_date: date) -> None:
    """Refuse a first date without rules."""
    if not FIRST_DATE <= frozen_date <= LAST_DATE:
        raise FrozenDateOutOfRange(first=FIRST_DATE, last=LAST_DATE, given=frozen_date)


@in_transaction
def mark_ready(*, clock_id: UUID, frozen_date: date, now: datetime) -> ClockView:
    """Note that a clock stands still at a date and takes calls: made, moved, or reset."""
    row = _locked(clock_id, None)
    row.status, row.frozen_date, row.failure, row.touched_at = TestClock.Status.READY, frozen_date, "", now
    row.save(update_fields=["status", "frozen_date", "failure", "touched_at"])
    return clock_view(row)


@in_transaction
def begin_reset(*, clock_id: UUID, scene_id: UUID, frozen_date: date, now: datetime) -> ClockView:
    """Note that a clock's bank is being made anew, empty; one that advances is refused."""
    require_frozen_date(frozen_date)
    row = _at_rest(clock_id, scene_id)
    row.status, row.frozen_date, row.touched_at = TestClock.Status.CREATING, frozen_date, now
    row.seed, row.advance_from_date, row.advance_to_date, row.advance_until = EMPTY, None, None, ""
    row.save()
    return clock_view(row)


@in_transaction
def begin_seed(
    *, clock_id: UUID, scene_id: UUID, seed: str, first_date: date, last_date: date, now: datetime
) -> ClockView:
    """Note that a clock's bank is being made anew and filled: a move through the seed's whole life.

    A clock that advances is refused; one that failed may be filled, since nothing of it is kept.
    """
    row = _at_rest(clock_id, scene_id)
    row.status, row.touched_at, row.failure, row.seed = TestClock.Status.ADVANCING, now, "", seed
    row.advance_number += 1
    row.frozen_date = row.advance_from_date = first_date
    row.advance_to_date, row.advance_until = last_date, TestClock.Until.SEED
    row.pays_when_due, row.missed_instalments = False, []
    row.save()
    return clock_view(row)


@in_transaction
def begin_advance(
    *,
    clock_id: UUID,
    scene_id: UUID,
    from_date: date,
    to_date: date,
    until: str = TestClock.Until.DATE,
    pays_when_due: bool = False,
    missed_instalments: tuple[int, ...] = (),
    now: datetime,
) -> ClockView:
    """Note where a clock is to be moved and what its borrowers do meanwhile.

    Raises `ClockAdvancing`, `ClockNotReady` and `TargetOutOfRange`.
    """
    row = _at_rest(clock_id, scene_id)
    if row.status != TestClock.Status.READY:
        raise ClockNotReady(status=str(row.status))
    last = furthest(from_date)
    if not from_date < to_date <= last:
        raise TargetOutOfRange(frozen_date=from_date, last=last, given=to_date)
    row.status, row.touched_at, row.failure = TestClock.Status.ADVANCING, now, ""
    row.advance_number += 1
    row.frozen_date = row.advance_from_date = from_date
    row.advance_to_date, row.advance_until = to_date, TestClock.Until(until)
    row.pays_when_due, row.missed_instalments = pays_when_due, sorted(missed_instalments)
    row.save()
    return clock_view(row)


def furthest(from_date: date) -> date:
    """Return the last day that one move can reach."""
    return from_date + timedelta(days=365 * YEARS_MAX)


@in_transaction
def note_progress(*, clock_id: UUID, frozen_date: date, now: datetime) -> None:
    """Note how far a move has come: for those who look, and so that nobody takes it for left behind."""
    rows = TestClock.objects.filter(id=clock_id, status=TestClock.Status.ADVANCING)
    rows.update(frozen_date=frozen_date, touched_at=now)


@in_transaction
def fail(*, clock_id: UUID, failure: str, frozen_date: date, now: datetime) -> ClockView:
    """Note why a clock went no further."""
    row = _locked(clock_id, None)
    row.status, row.failure = TestClock.Status.FAILED, failure[:300]
    row.frozen_date, row.touched_at = frozen_date, now
    row.save(update_fields=["status", "failure", "frozen_date", "touched_at"])
    return clock_view(row)


@in_transaction
def close_clock(*, clock_id: UUID, scene_id: UUID | None) -> ClockView:
    """Take a clock, its contract and its bank's row away; the bank's schema is dropped by the caller."""
    row = _at_rest(clock_id, scene_id)
    view = clock_view(row)
    bank = row.bank
    row.delete()
    Contract.objects.filter(bank=bank).delete()
    bank.delete(force_drop=False)
    return view


def _at_rest(clock_id: UUID, scene_id: UUID | None) -> TestClock:
    row = _locked(clock_id, scene_id)
    if row.status == TestClock.Status.ADVANCING:
        raise ClockAdvancing(to_date=row.advance_to_date)
    return row


def _locked(clock_id: UUID, scene_id: UUID | None) -> TestClock:
    rows = TestClock.objects.select_for_update(of=("self",)).select_related("bank").filter(id=clock_id)
    row = (rows if scene_id is None else rows.filter(scene_id=scene_id)).first()
    if row is None:
        raise ClockNotFound(clock=str(clock_id))
    return row
