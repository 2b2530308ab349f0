"""A loan's life in a sandbox bank, in one call or one day a call: the books must not tell which."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from interfaces import sandbox_banks
from interfaces.door import now
from interfaces.jobs import sandbox_clocks
from kernel.money import Money
from lending.loans.queries import get_loan, last_due_date
from plumbing.clock.queries import business_date
from plumbing.outbox import operations as outbox
from plumbing.outbox.queries import events_for
from plumbing.schemas import bank_schema, public_schema
from plumbing.sql import sole_act
from tenants.sandboxes import operations as sandboxes
from tenants.sandboxes.queries import ClockView
from testkit.servicing import borrower, lend, term_line

FIRST_DAY: Final = date(2026, 11, 2)
LENT: Final = "100000.00"
MISSED: Final = (5,)
_BOOKS: Final = {
    "entries": """
        SELECT e.kind, e.booking_date, e.value_date, e.description, e.state,
               jsonb_agg(jsonb_build_array(a.code, p.side, p.amount) ORDER BY p.line_no)
          FROM ledger_entry e
          JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id
         GROUP BY e.id, e.kind, e.booking_date, e.value_date, e.description, e.state
         ORDER BY min(p.position)""",
    "trial_balance": """
        SELECT a.code, b.posted_debits, b.posted_credits FROM ledger_balance b
          JOIN ledger_account a ON a.id = b.account_id ORDER BY a.code""",
    "account_days": """
        SELECT a.code, d.booking_date, d.closing FROM ledger_account_day d
          JOIN ledger_account a ON a.id = d.account_id ORDER BY 1, 2""",
    "loans": """
        SELECT status, outstanding, oldest_due_date, overdue_since_date, closed_date, interest_paid,
               penalty_paid, compound_paid FROM loans_loan ORDER BY id""",
    "log": """
        SELECT kind, value_date, booking_date, amount, principal_change, interest_paid, penalty_paid, detail
          FROM loans_loantransaction ORDER BY loan_id, sequence""",
    "instalments": """
        SELECT number, due_date, principal_due, interest_due, principal_paid, interest_paid
          FROM loans_instalment ORDER BY loan_id, number""",
    "seals": """
        SELECT number, business_date, line_count,
               first_position = lag(before_position, 1, 1::bigint) OVER (ORDER BY number)
          FROM ledger_seal ORDER BY number""",
    "moves": """
        SELECT business_date, from_tier, to_tier, days_past_due, 0 FROM classification_tier_change
         UNION ALL
        SELECT business_date, from_stage::text, to_stage::text, days_past_due, 1
          FROM classification_stage_change
         ORDER BY 1, 5, 2""",
    "steps": """
        SELECT r.business_date, r.status, s.position, s.name, s.status FROM day_end_dayendrun r
          JOIN day_end_dayendstep s ON s.run_id = r.id ORDER BY 1, 3""",
    "events": "SELECT type, sequence, left(subject, 3) FROM outbox_event ORDER BY id",
}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A clock with one loan in its bank."""

    clock: ClockView
    loan_id: UUID


def sandbox(
    scene_id: UUID,
    name: str,
    *,
    frozen_date: date = FIRST_DAY,
    code: str | None = "term_24",
    tenor_days: int = 730,
) -> Sandbox:
    """Open a clock and lend in its bank: 24 level instalments, or without a code one loan by the day."""
    clock = opened(scene_id, name, frozen_date=frozen_date)
    with bank_schema(clock.schema_name), transaction.atomic():
        who = borrower(scene_id=scene_id, limit="200000.00")
        who = who if code is None else term_line(who, code=code)
        return Sandbox(clock, lend(who, LENT, tenor_days=tenor_days).id)


def opened(scene_id: UUID, name: str, *, frozen_date: date = FIRST_DAY) -> ClockView:
    """Open a clock with an empty bank."""
    with public_schema():
        noted, _ = sole_act(
            sandboxes.open_clock,
            scene_id=scene_id,
            name=name,
            frozen_date=frozen_date,
            seed=sandboxes.EMPTY,
            idempotency_key="",
            body_sha256="",
            now=now(),
        )
    return sandbox_banks.make(noted)


def move(life: Sandbox, to_date: date | None = None, *, missed: tuple[int, ...] = MISSED) -> str:
    """Move a clock in one call, to a date or past the loan's last day; return its status."""
    begin_move(life, to_date, missed=missed)
    return sandbox_clocks.advance(life.clock.id)


def begin_move(life: Sandbox, to_date: date | None = None, *, missed: tuple[int, ...] = MISSED) -> None:
    """Ask for a move, and leave it to somebody else."""
    with bank_schema(life.clock.schema_name):
        from_date, last = business_date(), last_due_date()
    to_date = to_date or (last or from_date) + timedelta(days=1)
    with public_schema():
        sole_act(
            sandboxes.begin_advance,
            clock_id=life.clock.id,
            scene_id=life.clock.scene_id,
            from_date=from_date,
            to_date=to_date,
            pays_when_due=True,
            missed_instalments=missed,
            now=now(),
        )


def listen(life: Sandbox) -> None:
    """Register an address for all that the scene is told of from now on."""
    with bank_schema(life.clock.schema_name), transaction.atomic():
        outbox.register_endpoint(
            scene_id=life.clock.scene_id, url="https://scene.example/hooks", event_types=(), now=now()
        )


def heard(life: Sandbox) -> list[tuple[str, str, int]]:
    """Hand out every webhook as a sender would, all arriving; return type, subject and sequence in order."""
    arrived = []
    with bank_schema(life.clock.schema_name):
        while sole_act(outbox.publish, now=now()):
            continue
        while parcels := sole_act(outbox.claim_deliveries, now=now()):
            for parcel in parcels:
                event = parcel.event
                arrived.append((event.type, event.subject, event.sequence))
                sole_act(outbox.record_delivery, delivery_id=parcel.delivery_id, status_code=200, now=now())
    return arrived


def feed(life: Sandbox) -> list[str]:
    """Return the types of all that the scene was told, in the order of its feed."""
    with bank_schema(life.clock.schema_name):
        return [event.type for event in events_for(scene_id=life.clock.scene_id)]


def in_order(arrived: list[tuple[str, str, int]]) -> bool:
    """Tell whether of each subject everything arrived once, in the order it happened."""
    last = Counter[str]()
    for _, subject, sequence in arrived:
        last[subject] += 1
        if sequence != last[subject]:
            return False
    return bool(arrived)


def today(life: Sandbox) -> date:
    """Return a clock's date."""
    with bank_schema(life.clock.schema_name):
        return business_date()


def move_by_days(life: Sandbox, to_date: date, *, missed: tuple[int, ...] = MISSED) -> None:
    """Move a clock to a date, one call a day."""
    day = today(life)
    while day < to_date:
        day += timedelta(days=1)
        move(life, day, missed=missed)


def books(life: Sandbox) -> dict[str, list[tuple[Any, ...]]]:
    """Return what a sandbox's books and its scene's events say, without ids and instants.

    Of the clock's own events only that the last one is there: how often it was moved is no part of a life.
    """
    found = {}
    with bank_schema(life.clock.schema_name), connection.cursor() as cursor:
        for name, statement in _BOOKS.items():
            cursor.execute(statement)
            found[name] = [row for row in cursor.fetchall() if row[0] != "test_clock.ready"]
    return found


def owed(life: Sandbox) -> Money:
    """Return the principal that a loan still owes."""
    with bank_schema(life.clock.schema_name):
        return get_loan(loan_id=life.loan_id, scene_id=None).outstanding
