"""Moving test clocks: the real day-ends of a sandbox bank, one business day after another, in one job.

Between two days the sandbox's world does what cannot be waited for (`sandbox_days`), and borrowers pay what
is due, if the scene asked for that. Kill it anywhere: the next tick hands the clock to another worker, who
goes on where the first one stood. A seed's move begins anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from django.db import connection, transaction

from interfaces.door import enqueue, in_bank, now
from interfaces.jobs import day_ends, sandbox_seeds
from interfaces.jobs.sandbox_days import Course, Progress, go_on
from kernel.ids import public_id
from lending.loans.queries import LoanView, due_loans, instalments
from plumbing.clock.queries import business_date
from plumbing.outbox import operations as outbox
from plumbing.outbox.queries import last_event_id
from plumbing.schemas import public_schema
from tenants.sandboxes import operations as sandboxes
from tenants.sandboxes.models import TestClock
from tenants.sandboxes.queries import ClockView, get_clock, left_advancing

log = structlog.get_logger(__name__)

LEFT_AFTER: Final = timedelta(seconds=20)
PAYERS_A_DAY: Final = 10_000


def left_behind() -> tuple[UUID, ...]:
    """Return the clocks whose worker seems to be gone."""
    with public_schema():
        return left_advancing(touched_before=now() - LEFT_AFTER)


def advance(clock_id: UUID) -> str:
    """Move a clock to where it was asked for; return its status. A second worker leaves it to the first."""
    with _alone(clock_id) as first:
        with public_schema():
            clock = get_clock(clock_id=clock_id, scene_id=None)
        if not first or clock.status != TestClock.Status.ADVANCING:
            return clock.status
        seeded = clock.advance_until == TestClock.Until.SEED
        failure = sandbox_seeds.begin(clock) if seeded else ""
        with in_bank(clock.schema_name):
            failure = failure or (sandbox_seeds.fill(clock) if seeded else _moved(clock))
            return _arrived(clock) if not failure else _stopped(clock, failure)


@contextmanager
def _alone(clock_id: UUID) -> Iterator[bool]:
    """Keep other workers from a clock; says whether this one has it."""
    name = f"test_clock\x1f{clock_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def _moved(clock: ClockView) -> str:
    """Live a clock's days up to where it goes; return why it stopped early, or nothing."""
    assert clock.advance_to_date is not None  # noqa: S101  it advances
    heard = last_event_id(scene_id=clock.scene_id)
    stepwise = clock.advance_until == TestClock.Until.NEXT_EVENT
    course = Course(
        to_date=clock.advance_to_date,
        payers=partial(_payers, clock),
        passed=Progress(clock),
        over=lambda: stepwise and heard != last_event_id(scene_id=clock.scene_id),
    )
    return go_on(course)


def _payers(clock: ClockView, day: date) -> list[LoanView]:
    """Return the loans that are paid on a day: those with something due, unless all of it is to be missed."""
    if not clock.pays_when_due:
        return []
    found = due_loans(through_date=day, limit=PAYERS_A_DAY)
    return [loan for loan in found if not _is_missed(loan, day, clock.missed_instalments)]


def _is_missed(loan: LoanView, day: date, missed: tuple[int, ...]) -> bool:
    """Tell whether each instalment that is due is one to miss; a loan without instalments misses none."""
    due = [row.number for row in instalments(loan_id=loan.id) if row.due_date <= day and not row.is_paid]
    return bool(due) and all(number in missed for number in due)


def _arrived(clock: ClockView) -> str:
    """Say so: to the scene as its last event, then in the clock's own row."""
    day_ends.look_back()
    clock_id = public_id("clk", clock.id)
    said = {"id": clock_id, "object": "test_clock", "status": "ready", "frozen_date": str(business_date())}
    with transaction.atomic():
        outbox.emit(
            type="test_clock.ready",
            subject=clock_id,
            data={"object": said, "changed": ["status", "frozen_date"]},
            scene_id=clock.scene_id,
            now=now(),
        )
    day = business_date()
    with public_schema(), transaction.atomic():
        ready = sandboxes.mark_ready(clock_id=clock.id, frozen_date=day, now=now())
    enqueue("jobs.relay_outbox", schema=clock.schema_name)
    return ready.status


def _stopped(clock: ClockView, failure: str) -> str:
    log.error("test_clock_failed", clock=str(clock.id), failure=failure)
    day = business_date()
    with public_schema(), transaction.atomic():
        return sandboxes.fail(clock_id=clock.id, failure=failure, frozen_date=day, now=now()).status
