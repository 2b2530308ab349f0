"""A loan's life in a sandbox bank, in one call or one day a call: the books must not tell which."""

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
    "events": "SELECT type, sequence, left(subject, 3) FROM outbox_event ORDER BY id",
}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A clock with one loan in its bank."""

    clock: ClockView
    loan_id: UUID


def sandbox(scene_id: UUID, name: str, *, frozen_date: date = FIRST_DAY) -> Sandbox:
    """Open a clock and lend in its bank: 24 level instalments."""
    with public_schema():
        noted, _ = sole_act(
            sandboxes.open_clock,
            scene_id=scene_id,
            name=name,
            frozen_date=frozen_date,
            seed="empty",
            idempotency_key="",
            body_sha256="",
            now=now(),
        )
    clock = sandbox_banks.make(noted)
    with bank_schema(clock.schema_name), transaction.atomic():
        who = term_line(borrower(scene_id=scene_id, limit="200000.00"), code="term_24")
        return Sandbox(clock, lend(who, LENT, tenor_days=730).id)


def move(life: Sandbox, to_date: date | None = None, *, missed: tuple[int, ...] = MISSED) -> str:
    """Move a clock in one call, to a date or past the loan's last day; return its status."""
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
    return sandbox_clocks.advance(life.clock.id)


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
