"""Moving test clocks: the real day-ends of a sandbox bank, one business day after another, in one job.

Between two days the sandbox's world does what cannot be waited for: the rail answers what it left open, and
borrowers pay what is due, if the scene asked for that. Kill it anywhere: every day and every payment is a
transaction of its own and done once, and the next tick hands the clock to another worker.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from django.db import connection, transaction

from connectors.payment_rails.queries import open_instructions
from interfaces import sandbox_acts
from interfaces.door import enqueue, in_bank, now
from interfaces.jobs import day_ends, payments
from interfaces.jobs.guarding import guarded
from kernel.ids import public_id
from kernel.refusals import Refusal
from lending.applications.views import ApplicationView
from lending.drawdowns.queries import get_drawdown
from lending.loans.queries import LoanView, due_loans, instalments
from lending.repayments import operations as repayments
from lending.repayments.models import RepaymentKind
from plumbing.clock.queries import business_date
from plumbing.outbox import operations as outbox
from plumbing.outbox.queries import last_event_id
from plumbing.schemas import public_schema
from tenants.sandboxes import operations as sandboxes
from tenants.sandboxes.models import TestClock
from tenants.sandboxes.queries import ClockView, get_clock, left_advancing

log = structlog.get_logger(__name__)

LEFT_AFTER: Final = timedelta(seconds=20)
NOTED_EVERY: Final = timedelta(seconds=2)
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
        with in_bank(clock.schema_name):
            failure = _moved(clock)
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
    """End one day after another; return why it stopped early, or nothing."""
    heard, noted_at = last_event_id(scene_id=clock.scene_id), now()
    day = business_date()
    while clock.advance_to_date is not None and day < clock.advance_to_date:
        try:
            failed = _live(clock, day, heard)
        except Refusal as refusal:
            return f"{day}: {refusal.code}"
        if failed:
            return f"{day}: {failed}"
        day = business_date()
        for application in sandbox_acts.reviews_due(day):
            guarded("review", application.public_id, partial(_review, application))
        if _heard_of_something(clock, heard):
            break
        if now() - noted_at > NOTED_EVERY:
            _note(clock, day)
            noted_at = now()
    return ""


def _live(clock: ClockView, day: date, heard: UUID | None) -> str:
    """Let the world act, then end days until it has to act again; return the step that failed."""
    for instruction in open_instructions():
        guarded("enquire", instruction.message_id, partial(payments.enquire, instruction))
    for repayment_id in sandbox_acts.returns_due(day):
        guarded("return", str(repayment_id), partial(_return, repayment_id))
    for loan in _payers(clock, day):
        guarded("pay", str(loan.id), partial(_pay, loan))

    def waits(open_day: date) -> bool:
        asked = open_instructions(limit=1) or _payers(clock, open_day)
        return bool(asked) or _heard_of_something(clock, heard)

    # What somebody does on a day of its own is waited for; nothing but acts like these brings more.
    stops = [stop for stop in (clock.advance_to_date, sandbox_acts.awaited(day)) if stop is not None]
    failed = day_ends.end_small_days(day, before_date=min(stops, default=None), waits=waits)
    return "" if failed is None else failed.name


def _heard_of_something(clock: ClockView, heard: UUID | None) -> bool:
    """Tell whether a move that goes to the next event has come to one."""
    stepwise = clock.advance_until == TestClock.Until.NEXT_EVENT
    return stepwise and heard != last_event_id(scene_id=clock.scene_id)


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


def _pay(loan: LoanView) -> str:
    """Collect all that is due of a loan."""
    account = get_drawdown(drawdown_id=loan.drawdown_id, scene_id=None).bank_account_id
    asked = payments.on_the_books(
        lambda today: repayments.request_repayment(
            loan_id=loan.id,
            scene_id=loan.scene_id,
            kind=RepaymentKind.SCHEDULED,
            amount=None,
            principal=None,
            bank_account_id=account,
            external_id=None,
            now=now(),
            business_date=today,
        )
    )
    return payments.collect(asked.id)


def _review(application: ApplicationView) -> None:
    """Have the bank's reviewer approve what was left for a day."""
    with transaction.atomic():
        sandbox_acts.review(application, approve=True, now=now(), today=business_date())


def _return(repayment_id: UUID) -> str:
    """Have the rail take a payment back."""
    return payments.on_the_books(
        lambda today: sandbox_acts.returned(repayment_id, now=now(), today=today)
    ).status


def _note(clock: ClockView, day: date) -> None:
    with public_schema(), transaction.atomic():
        sandboxes.note_progress(clock_id=clock.id, frozen_date=day, now=now())


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
