"""Adopting the policy of statements, and issuing them: over all lines, in portions, once a line and month."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db import connection

from kernel.ids import public_id
from kernel.money import Money
from kernel.rates import is_exact
from kernel.refusals import Kind, Refusal
from lending.replay.picture import day_index
from lending.statements.figures import Asks, Before, Figures, Head, Movement, Owed, document_of, figures_of
from lending.statements.hashing import digests
from lending.statements.models import Statement, StatementAccount, StatementPolicy
from lending.statements.queries import PolicyView, policy_on, statement_sql
from plumbing.audit.operations import record
from plumbing.outbox.bulk import EventDraft, emit_many
from plumbing.sql import hold_name, in_transaction

LINES_A_PORTION: Final = 5_000
_ONE_DAY: Final = timedelta(days=1)


class PolicyInvalid(Refusal):
    """A day that not every month has, a share outside 0 to 1, or no room to pay before the next statement."""

    code = "statements.policy_invalid"
    kind = Kind.INVALID
    message = "The {field} of this statement policy cannot be used."


class PolicyOrder(Refusal):
    """A policy begins after the one it follows, and never on a day that has passed."""

    code = "statements.policy_order"
    kind = Kind.CONFLICT
    message = "A statement policy cannot begin on {effective_date}."


class SamePerson(Refusal):
    """Maker and checker are two people."""

    code = "statements.same_person"
    message = "{person} cannot approve what {person} proposed."


@dataclass(frozen=True, slots=True)
class Issued:
    """One portion: how many statements were written, and whether there may be more to write."""

    count: int
    finished: bool


@in_transaction
def adopt_policy(
    *,
    effective_date: date,
    statement_day: int,
    minimum_share: Decimal,
    minimum_floor: Money,
    payment_days: int,
    proposed_by: str,
    approved_by: str,
    business_date: date,
    now: datetime,
) -> PolicyView:
    """Adopt when statements are issued and what they ask, from a day on (S2-46)."""
    faults = {
        "statement day": not 1 <= statement_day <= 28,
        "minimum share": not is_exact(minimum_share) or not 0 <= minimum_share <= 1,
        "minimum floor": minimum_floor.minor < 0,
        "days to pay": not 1 <= payment_days <= 27,
    }
    for field, holds in faults.items():
        if holds:
            raise PolicyInvalid(field=field)
    if proposed_by == approved_by:
        raise SamePerson(person=proposed_by)
    hold_name("statements")
    last = StatementPolicy.objects.first()
    if effective_date < business_date or (last is not None and effective_date <= last.effective_date):
        raise PolicyOrder(effective_date=effective_date)
    row = StatementPolicy.objects.create(
        effective_date=effective_date,
        statement_day=statement_day,
        minimum_share=minimum_share,
        minimum_floor=minimum_floor,
        payment_days=payment_days,
        proposed_by=proposed_by,
        approved_by=approved_by,
        adopted_at=now,
    )
    detail: dict[str, object] = {"statement_day": statement_day, "minimum_share": str(minimum_share)}
    record(actor=approved_by, action="statements.policy_adopted", subject=str(row.id), detail=detail, now=now)
    return PolicyView(effective_date, statement_day, minimum_share, minimum_floor, payment_days)


@in_transaction
def issue_statements(*, business_date: date, now: datetime, limit: int = LINES_A_PORTION) -> Issued:
    """Write the statements of a business date, `limit` lines at a time; a second call writes nothing.

    For the day-end, before the date rolls: nothing is valued on a later day yet, so each loan's row says what
    it owes when the date is over. Without a policy, or on any day but its statement day, there is nothing to
    do. A line whose loans owe nothing and did not move gets none. No loan is locked: a payment that
    arrives meanwhile is on the next statement. A handful of SQL statements whatever the number of lines.
    """
    policy = policy_on(business_date)
    if policy is None or policy.statement_day != business_date.day:
        return Issued(0, finished=True)
    hold_name("statements")
    month = business_date.replace(day=1)
    lines = [_Line(*row) for row in _rows("lines.sql", month=month, limit=limit)]
    if lines:
        _write(_Portion(policy, month, business_date + _ONE_DAY, now), lines)
    return Issued(len(lines), finished=len(lines) < limit)


@dataclass(frozen=True, slots=True)
class _Line:
    """What a statement needs of its line; the columns of `lines.sql`."""

    id: UUID
    enterprise_id: UUID
    scene_id: UUID
    limit: int
    effective_date: date


@dataclass(frozen=True, slots=True)
class _Portion:
    """What the statements of one portion share."""

    policy: PolicyView
    month: date
    to_date: date
    now: datetime

    @property
    def payment_due_date(self) -> date:
        return self.to_date - _ONE_DAY + timedelta(days=self.policy.payment_days)

    @property
    def asks(self) -> Asks:
        policy = self.policy
        return Asks(policy.minimum_share, policy.minimum_floor.minor, policy.payment_days)


def _rows(name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement_sql(name), parameters)
        return list(cursor.fetchall())


def _write(portion: _Portion, lines: Sequence[_Line]) -> None:
    line_ids = [line.id for line in lines]
    loans = _owed(portion, line_ids)
    moved = _movements(loans)
    before = {row.line_id: row for row in _last_statements(line_ids)}
    by_id = {line.id: line for line in lines}
    made = []
    for line_id, group in groupby(loans, key=lambda loan: loan.line_id):
        own = list(group)
        rows = sorted(
            (row for loan in own for row in moved.get(loan.loan_id, ())),
            key=lambda row: (row.value_date, row.booking_date, row.loan_id, row.sequence),
        )
        made.append(_statement(portion, by_id[line_id], own, rows, before.get(line_id)))
    Statement.objects.bulk_create(made, batch_size=1_000)
    emit_many(events=[_event(row) for row in made], now=portion.now)
    _carry(loans)


def _event(row: Statement) -> EventDraft:
    subject = public_id("stm", row.id)
    return EventDraft(
        type="statement.available",
        subject=subject,
        data={
            "object": {
                "id": subject,
                "object": "statement",
                "status": "available",
                "credit_line": public_id("lin", row.line_id),
                "business": public_id("biz", row.enterprise_id),
                "month": row.month.isoformat(),
                "payment_due_date": row.payment_due_date.isoformat(),
            },
            "changed": ["status"],
        },
        scene_id=row.scene_id,
    )


def _owed(portion: _Portion, line_ids: Sequence[UUID]) -> list[Owed]:
    found = _rows(
        "owed.sql",
        lines=list(line_ids),
        on_date=portion.to_date,
        payment_due_date=portion.payment_due_date,
        actual=day_index(portion.to_date, thirty=False),
        thirty=day_index(portion.to_date, thirty=True),
    )
    return [Owed(row[0], row[1], row[2], row[3], row[4], *(int(value) for value in row[5:])) for row in found]


def _movements(loans: Sequence[Owed]) -> dict[UUID, list[Movement]]:
    found = _rows(
        "movements.sql",
        loans=[loan.loan_id for loan in loans],
        after=[loan.after_sequence for loan in loans],
        through=[loan.through_sequence for loan in loans],
    )
    moved: dict[UUID, list[Movement]] = {}
    for row in found:
        moved.setdefault(row[0], []).append(Movement(*row))
    return moved


def _last_statements(line_ids: Sequence[UUID]) -> list[Statement]:
    rows = Statement.objects.filter(line_id__in=line_ids).defer("document")
    return list(rows.order_by("line_id", "-to_date").distinct("line_id"))


def _statement(
    portion: _Portion,
    line: _Line,
    loans: Sequence[Owed],
    movements: Sequence[Movement],
    last: Statement | None,
) -> Statement:
    before = (
        Before() if last is None else Before(last.to_date, last.minimum_payment.minor, last.payment_due_date)
    )
    figures = figures_of(loans, movements, before=before, asks=portion.asks)
    first = min((row.value_date for row in movements), default=line.effective_date)
    head = Head(
        line_id=line.id,
        enterprise_id=line.enterprise_id,
        month=portion.month,
        from_date=before.to_date or min(line.effective_date, first),
        to_date=portion.to_date,
        payment_due_date=portion.payment_due_date,
        credit_limit=line.limit,
    )
    document = document_of(head, figures, movements)
    sha256, sm3 = digests(document)
    return Statement(
        **_columns(figures),
        line_id=line.id,
        enterprise_id=line.enterprise_id,
        scene_id=line.scene_id,
        month=head.month,
        from_date=head.from_date,
        to_date=head.to_date,
        credit_limit=Money(line.limit),
        payment_due_date=head.payment_due_date,
        document=document,
        sha256=sha256,
        sm3=sm3,
        issued_at=portion.now,
    )


def _columns(figures: Figures) -> dict[str, Any]:
    """Return the figures as columns: all are money but the two counts."""
    counts = ("days_past_due", "draw_count")
    return {name: value if name in counts else Money(value) for name, value in asdict(figures).items()}


def _carry(loans: Sequence[Owed]) -> None:
    """Note how far each loan is on a statement, and what it owed there."""
    StatementAccount.objects.bulk_create(
        [
            StatementAccount(
                loan_id=loan.loan_id,
                line_id=loan.line_id,
                through_sequence=loan.through_sequence,
                principal=Money(loan.principal),
                interest=Money(loan.interest),
                penalty=Money(loan.penalty),
            )
            for loan in loans
        ],
        update_conflicts=True,
        unique_fields=["loan_id"],
        update_fields=["through_sequence", "principal", "interest", "penalty"],
        batch_size=2_000,
    )
