"""Reads of statements: a line's list, one with its document, how its minimum stands."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from django.db import connection

from kernel.ids import parse_id, public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.credit_lines.queries import get_line
from lending.statements.hashing import digests
from lending.statements.models import Statement, StatementPolicy
from plumbing.paging import newest


class StatementNotFound(Refusal):
    """No such statement, or not of this line."""

    code = "statements.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no statement {statement}."


class MinimumStatus(StrEnum):
    """How a minimum payment stands: `open` until its date; `met` in time, `met_late`, or `overdue`."""

    OPEN = "open"
    MET = "met"
    MET_LATE = "met_late"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class PolicyView:
    """When statements are issued and what they ask."""

    effective_date: date
    statement_day: int
    minimum_share: Decimal
    minimum_floor: Money
    payment_days: int


@dataclass(frozen=True, slots=True)
class MovementView:
    """A row of a loan's log as the statement lists it; `principal_change` is what it adds to the debt."""

    loan_id: UUID
    kind: str
    booking_date: date
    value_date: date
    principal_change: Money
    interest_paid: Money
    penalty_paid: Money
    fee_paid: Money

    @classmethod
    def of(cls, listed: Mapping[str, str]) -> "MovementView":
        """Return a movement from the document."""
        return cls(
            parse_id("lon", listed["loan"]),
            listed["kind"],
            date.fromisoformat(listed["booking_date"]),
            date.fromisoformat(listed["value_date"]),
            *(
                Money.parse(listed[name])
                for name in ("principal_change", "interest_paid", "penalty_paid", "fee_paid")
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """A statement; see `Statement` for how its figures add up. `document` is its JSON text."""

    id: UUID
    line_id: UUID
    month: date
    from_date: date
    to_date: date
    opening: Money
    drawn: Money
    interest: Money
    penalty: Money
    fees: Money
    paid: Money
    adjusted: Money
    closing: Money
    principal: Money
    credit_limit: Money
    minimum_payment: Money
    payment_due_date: date
    previous_minimum: Money
    in_time: Money
    short: Money
    past_due: Money
    days_past_due: int
    draw_count: int
    document: str
    sha256: str
    sm3: str
    issued_at: datetime

    @property
    def public_id(self) -> str:
        """The id the outside sees."""
        return public_id("stm", self.id)

    @property
    def movements(self) -> tuple[MovementView, ...]:
        """What the document lists, by value date."""
        return tuple(MovementView.of(listed) for listed in json.loads(self.document)["movements"])

    @property
    def is_whole(self) -> bool:
        """Whether the document is the one that was hashed when it was issued."""
        return digests(self.document) == (self.sha256, self.sm3)


@dataclass(frozen=True, slots=True)
class MinimumStanding:
    """What the last statement asks, what was paid since, in time and in all, and what is missing."""

    minimum: Money
    in_time: Money
    paid: Money
    missing: Money
    status: MinimumStatus


def policy_on(on_date: date) -> PolicyView | None:
    """Return the policy in force on a day; None: the bank issues no statements then."""
    row = StatementPolicy.objects.filter(effective_date__lte=on_date).first()
    if row is None:
        return None
    return PolicyView(
        row.effective_date, row.statement_day, row.minimum_share, row.minimum_floor, row.payment_days
    )


def statement_view(row: Statement) -> StatementView:
    """Return the frozen view of a row."""
    names = StatementView.__dataclass_fields__
    return StatementView(**{name: getattr(row, name) for name in names})


def statements_page(
    *, line_id: UUID, scene_id: UUID | None, after: UUID | None = None, limit: int = 50
) -> tuple[StatementView, ...]:
    """Return a line's statements, newest first; a scene sees only those of lines opened through it."""
    get_line(line_id=line_id, scene_id=scene_id)
    rows = newest(Statement.objects.all(), line_id=line_id, after=after, limit=limit)
    return tuple(statement_view(row) for row in rows)


def get_statement(*, statement_id: UUID, line_id: UUID, scene_id: UUID | None) -> StatementView:
    """Return one statement of a line."""
    get_line(line_id=line_id, scene_id=scene_id)
    row = Statement.objects.filter(id=statement_id, line_id=line_id).first()
    if row is None:
        raise StatementNotFound(statement=public_id("stm", statement_id))
    return statement_view(row)


def minimum_standing(*, line_id: UUID, on_date: date) -> MinimumStanding | None:
    """Return how the minimum of a line's last statement stands at the start of a day; None without one.

    A payment is in time if it is valued on the payment date or before, whenever it was keyed.
    """
    last = Statement.objects.filter(line_id=line_id).order_by("-to_date").first()
    if last is None:
        return None
    paid, in_time = _paid_since(line_id, last.payment_due_date)
    missing = max(Money(0), last.minimum_payment - paid)
    if in_time >= last.minimum_payment:
        status = MinimumStatus.MET
    elif on_date <= last.payment_due_date:
        status = MinimumStatus.OPEN
    else:
        status = MinimumStatus.OVERDUE if missing else MinimumStatus.MET_LATE
    return MinimumStanding(last.minimum_payment, in_time, paid, missing, status)


def _paid_since(line_id: UUID, payment_due_date: date) -> tuple[Money, Money]:
    with connection.cursor() as cursor:
        cursor.execute(statement_sql("paid.sql"), {"line_id": line_id, "payment_due_date": payment_due_date})
        paid, in_time = cursor.fetchone()
    return Money(int(paid)), Money(int(in_time))


def statement_sql(name: str) -> str:
    """Return a statement of the room's `sql` folder."""
    return (Path(__file__).parent / "sql" / name).read_text(encoding="utf-8")
