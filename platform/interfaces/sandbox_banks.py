"""Making and dropping sandbox banks: a template replayed, then the few acts that belong to one scene.

What several doors need of it: scenes ask for clocks, operators prepare the template, jobs move clocks on.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import connection, transaction

from connectors.payment_rails.operations import set_profile
from interfaces.door import enqueue, in_bank, now
from interfaces.sandbox_worlds import FIRST_DATE as FIRST_SEEDED
from interfaces.sandbox_worlds import WORLDS
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.journal import operations as journal
from lending.loans.queries import last_due_date
from openbanking.partners import operations as partners
from plumbing.clock import operations as clock
from plumbing.clock.queries import ClockNotStarted, business_date
from plumbing.cloning import operations as cloning
from plumbing.outbox import operations as outbox
from plumbing.schemas import BankSchemaMissing, public_schema, schema_exists
from plumbing.sql import sole_act
from tenants.banks import operations as banks
from tenants.banks.queries import setup_steps
from tenants.sandboxes import operations as sandboxes
from tenants.sandboxes.models import TestClock
from tenants.sandboxes.operations import FIRST_DATE, SCHEMA_STEP
from tenants.sandboxes.queries import ClockView
from tenants.scenes import operations as scenes
from tenants.scenes.queries import get_scene

TEMPLATE: Final = "sandbox_template"
FUNDS: Final = Money.parse("100000000.00")  # of each sandbox bank, in its settlement account
FEE_RATE: Final = Decimal("0.006000")
ENQUIRY_DELAYS_SECONDS: Final = (2, 10, 60, 300)  # a sandbox does not wait for minutes
MIGRATING: Final = "sluice.migrations"
# What a bank that is made anew takes over from the one before: where its scene is told.
KEPT: Final[Mapping[str, str]] = {"webhook_endpoint": "disabled_reason <> 'deleted'"}
NOTHING: Final[Mapping[str, str]] = {}


class SandboxesUnavailable(Refusal):
    """The template is not made yet, or is being migrated."""

    code = "sandboxes.unavailable"
    kind = Kind.UNAVAILABLE
    message = "Sandboxes are being prepared. Please try again in a moment."


class AdvanceUnclear(Refusal):
    """A move goes to a date or until something, one of the two."""

    code = "sandboxes.advance_unclear"
    kind = Kind.INVALID
    message = "Name either to_date or until, and not both."


class NothingToWaitFor(Refusal):
    """There is no loan whose last day could be waited for."""

    code = "sandboxes.nothing_to_wait_for"
    kind = Kind.CONFLICT
    message = "There is no active loan: advance to a date instead."


def make(clock_view: ClockView) -> ClockView:
    """Make a noted clock's bank and open it: under a second. What fails half-way is cleared away.

    Raises `SandboxesUnavailable`.
    """
    try:
        _replay(clock_view.schema_name)
        _open(clock_view, now())
    except Exception:
        with suppress(Exception):
            discard(clock_view)
        raise
    with public_schema(), transaction.atomic():
        banks.finish_step(schema=clock_view.schema_name, name=SCHEMA_STEP, milliseconds=0, now=now())
        banks.mark_ready(schema=clock_view.schema_name, now=now())
        return sandboxes.mark_ready(clock_id=clock_view.id, frozen_date=clock_view.frozen_date, now=now())


def reset(clock_view: ClockView, *, frozen_date: date | None) -> ClockView:
    """Make a clock's bank anew under its old name and id, empty, at a first date or where the clock stands.

    Raises what `begin_reset` raises, and `SandboxesUnavailable`: then the bank is as it was.
    """
    with public_schema():
        begun = sole_act(
            sandboxes.begin_reset,
            clock_id=clock_view.id,
            scene_id=clock_view.scene_id,
            frozen_date=frozen_date or clock_view.frozen_date,
            now=now(),
        )
    try:
        renew(begun)
    except Exception:
        with public_schema(), transaction.atomic():
            sandboxes.fail(clock_id=begun.id, failure="reset", frozen_date=clock_view.frozen_date, now=now())
        raise
    with public_schema(), transaction.atomic():
        return sandboxes.mark_ready(clock_id=begun.id, frozen_date=begun.frozen_date, now=now())


def renew(clock_view: ClockView) -> None:
    """Replace a clock's bank by a new copy of the template and open it; the scene's endpoints stay.

    The old bank is there until the new one is.
    """
    _replay(clock_view.schema_name, kept=KEPT)
    _open(clock_view, now())


def discard(clock_view: ClockView) -> None:
    """Take a clock away with its bank, both or neither: who is at work there may make this wait, or fail."""
    with public_schema(), transaction.atomic():
        sandboxes.close_clock(clock_id=clock_view.id, scene_id=None)
        cloning.drop_copy(schema=clock_view.schema_name)


def is_prepared() -> bool:
    """Return whether the template is whole."""
    with public_schema():
        steps = setup_steps(schema_name=TEMPLATE)
    return bool(steps) and all(step.finished_at for step in steps) and schema_exists(TEMPLATE)


def _replay(schema: str, *, kept: Mapping[str, str] = NOTHING) -> None:
    """Copy the template, beside other copies but never beside a migration of it; what is kept stays."""
    if not is_prepared():
        raise SandboxesUnavailable
    with public_schema(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock_shared(hashtextextended(%s, 0))", [MIGRATING])
            if not cursor.fetchone()[0]:
                raise SandboxesUnavailable
        script = cloning.script_of(source=TEMPLATE)
        if kept and schema_exists(schema):
            cloning.replay_anew(script=script, schema=schema, kept=kept)
        else:
            cloning.replay(script=script, schema=schema)


def _open(clock_view: ClockView, instant: datetime) -> None:
    """Start the calendar, fund the bank, list the scene; then sign what the bank pays it."""
    first = clock_view.frozen_date
    with public_schema(), transaction.atomic():
        scene = get_scene(scene_id=clock_view.scene_id)
        with suppress(scenes.ContractExists):
            scenes.sign_contract(
                scene_id=scene.id,
                bank_id=clock_view.bank_id,
                fee_rate=FEE_RATE,
                starts_date=min(FIRST_DATE, instant.date()),
                now=instant,
            )
    with in_bank(clock_view.schema_name), transaction.atomic():
        clock.start(business_date=first)
        journal.open_period(month=first)
        journal.fund_settlement_account(
            amount=FUNDS, booking_date=first, idempotency_key="sandbox:funds", now=instant
        )
        set_profile(enquiry_delays_seconds=ENQUIRY_DELAYS_SECONDS, sending_timeout_seconds=10)
        outbox.forgive_endpoints()
        partners.list_scene(
            scene_id=scene.id,
            scene_name=scene.name_zh,
            fee_rate=FEE_RATE,
            approved_by="sandbox@sluice.example",
            listed_from=FIRST_DATE,
            now=instant,
        )


def begin_seed(clock_view: ClockView, *, seed: str) -> ClockView:
    """Note that a clock's bank is to be made anew and filled, and hand that to the workers.

    Raises `ClockAdvancing`.
    """
    with public_schema():
        begun = sole_act(
            sandboxes.begin_seed,
            clock_id=clock_view.id,
            scene_id=clock_view.scene_id,
            seed=seed,
            first_date=FIRST_SEEDED,
            last_date=WORLDS[seed].last_date,
            now=now(),
        )
    enqueue("jobs.advance_clock", clock_id=str(clock_view.id))
    return begun


def begin_move(
    clock_view: ClockView,
    *,
    to_date: date | None,
    until: str,
    pays_when_due: bool = False,
    missed_instalments: tuple[int, ...] = (),
) -> ClockView:
    """Note where a clock goes, hand the move to the workers, and return the clock as it stands.

    Raises `AdvanceUnclear`, `NothingToWaitFor` and what `begin_advance` raises.
    """
    if (to_date is not None) == bool(until):
        raise AdvanceUnclear
    with in_bank(clock_view.schema_name):
        from_date, last = business_date(), last_due_date()
    target = to_date or sandboxes.furthest(from_date)
    if until == TestClock.Until.MATURITY:
        if last is None:
            raise NothingToWaitFor
        target = max(last, from_date) + timedelta(days=1)
    with public_schema():
        moving = sole_act(
            sandboxes.begin_advance,
            clock_id=clock_view.id,
            scene_id=clock_view.scene_id,
            from_date=from_date,
            to_date=target,
            until=until or TestClock.Until.DATE.value,
            pays_when_due=pays_when_due,
            missed_instalments=missed_instalments,
            now=now(),
        )
    enqueue("jobs.advance_clock", clock_id=str(clock_view.id))
    return moving


def today_of(clock_view: ClockView) -> date:
    """Return the business date of a clock's bank, also while it moves; while it is made, where it begins."""
    try:
        with in_bank(clock_view.schema_name):
            return business_date()
    except (BankSchemaMissing, ClockNotStarted):
        return clock_view.frozen_date
