"""The figures of one statement, and the document they are written into. Pure; fen."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money, Rounding, round_minor
from lending.loans.states import LoanStatus, TransactionKind

# What moves a loan without money: no draw, no payment.
ADJUSTMENTS: Final = frozenset(
    {
        TransactionKind.WRITE_OFF,
        TransactionKind.RE_AGE,
        TransactionKind.RE_AMORTISATION,
        TransactionKind.EXTENSION,
        TransactionKind.WAIVER,
    }
)


@dataclass(frozen=True, slots=True)
class Asks:
    """What a policy asks: a share of what is not due, a floor, and so many days to pay."""

    minimum_share: Decimal
    minimum_floor: int
    payment_days: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A loan at the start of a day, and as it was on the statement before; the columns of `owed.sql`."""

    line_id: UUID
    loan_id: UUID
    after_sequence: int
    through_sequence: int
    status: str
    was_principal: int
    was_interest: int
    was_penalty: int
    principal: int
    interest: int
    penalty: int
    past_due: int
    days_past_due: int
    due_principal: int

    @property
    def total(self) -> int:
        """What settles it."""
        return self.principal + self.interest + self.penalty

    @property
    def was(self) -> int:
        """What settled it on the statement before."""
        return self.was_principal + self.was_interest + self.was_penalty


@dataclass(frozen=True, slots=True)
class Movement:
    """A row of a loan's log; the columns of `movements.sql`."""

    loan_id: UUID
    sequence: int
    kind: str
    booking_date: date
    value_date: date
    principal_change: int
    interest_paid: int
    penalty_paid: int
    fee_paid: int

    @property
    def drawn(self) -> int:
        """What it lent."""
        return self.principal_change if self.kind == TransactionKind.DISBURSEMENT else 0

    @property
    def adjusted(self) -> int:
        """What it changed without money."""
        return -self._cleared if self.kind in ADJUSTMENTS else 0

    @property
    def paid(self) -> int:
        """What of the debt it paid; negative for a payment taken back."""
        return 0 if self.kind in ADJUSTMENTS else self._cleared

    @property
    def _cleared(self) -> int:
        charges = self.interest_paid + self.penalty_paid + self.fee_paid
        return self.drawn - self.principal_change + charges


@dataclass(frozen=True, slots=True)
class Before:
    """The statement before: how its period ended, what it asked until when. Without one it asked nothing."""

    to_date: date | None = None
    minimum: int = 0
    payment_due_date: date | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a statement; they add up as `Statement` says."""

    opening: int
    drawn: int
    interest: int
    penalty: int
    fees: int
    paid: int
    adjusted: int
    closing: int
    principal: int
    minimum_payment: int
    previous_minimum: int
    in_time: int
    short: int
    past_due: int
    days_past_due: int
    draw_count: int


def minimum_payment(*, principal: int, due_principal: int, charges: int, past_short: int, asks: Asks) -> int:
    """Return the least that is asked: all that is due, all interest and penalty, a share of the rest.

    What was short last time is asked for again so far as it is not among that. Never less than the floor,
    never more than is owed; the share is rounded half up.
    """
    must = due_principal + charges
    share = round_minor(asks.minimum_share * (principal - due_principal), Rounding.HALF_UP)
    wanted = must + share + max(0, past_short - must)
    return min(principal + charges, max(asks.minimum_floor, wanted))


def figures_of(
    loans: Sequence[Owed], movements: Sequence[Movement], *, before: Before, asks: Asks
) -> Figures:
    """Return the figures of a line's statement from its loans and the rows written since the one before.

    What was charged is what is owed now, and was paid since, above what was owed then; of a loan written off
    it is not charged but adjusted away.
    """
    interest, penalty, written_off = _charged(loans, movements)
    principal = sum(loan.principal for loan in loans)
    paid = sum(row.paid for row in movements)
    in_time = sum(
        row.paid
        for row in movements
        if before.payment_due_date is not None and row.value_date <= before.payment_due_date
    )
    short = max(0, before.minimum - paid)
    return Figures(
        opening=sum(loan.was for loan in loans),
        drawn=sum(row.drawn for row in movements),
        interest=interest,
        penalty=penalty,
        fees=sum(row.fee_paid for row in movements),
        paid=paid,
        adjusted=written_off + sum(row.adjusted for row in movements),
        closing=sum(loan.total for loan in loans),
        principal=principal,
        minimum_payment=minimum_payment(
            principal=principal,
            due_principal=sum(loan.due_principal for loan in loans),
            charges=sum(max(0, loan.interest) + loan.penalty for loan in loans),
            past_short=short,
            asks=asks,
        ),
        previous_minimum=before.minimum,
        in_time=in_time,
        short=short,
        past_due=sum(loan.past_due for loan in loans),
        days_past_due=max((loan.days_past_due for loan in loans), default=0),
        draw_count=sum(row.kind == TransactionKind.DISBURSEMENT for row in movements),
    )


def _charged(loans: Sequence[Owed], movements: Sequence[Movement]) -> tuple[int, int, int]:
    """Return the interest and the penalty charged, and what of both a write-off took away."""
    paid_on = {loan.loan_id: [0, 0] for loan in loans}
    for row in movements:
        paid_on[row.loan_id][0] += row.interest_paid
        paid_on[row.loan_id][1] += row.penalty_paid
    interest = penalty = written_off = 0
    for loan in loans:
        more_interest = loan.interest - loan.was_interest + paid_on[loan.loan_id][0]
        more_penalty = loan.penalty - loan.was_penalty + paid_on[loan.loan_id][1]
        if loan.status == LoanStatus.WRITTEN_OFF:
            written_off += more_interest + more_penalty
        else:
            interest, penalty = interest + more_interest, penalty + more_penalty
    return interest, penalty, written_off


@dataclass(frozen=True, slots=True)
class Head:
    """Whose statement it is and of which days."""

    line_id: UUID
    enterprise_id: UUID
    month: date
    from_date: date
    to_date: date
    payment_due_date: date
    credit_limit: int


def document_of(head: Head, figures: Figures, movements: Sequence[Movement]) -> str:
    """Return the document: one JSON text, its members in order, amounts as `"1234.50"` yuan."""
    body: dict[str, Any] = {
        "object": "credit_line_statement",
        "credit_line": public_id("lin", head.line_id),
        "business": public_id("biz", head.enterprise_id),
        "month": f"{head.month:%Y-%m}",
        "from_date": head.from_date.isoformat(),
        "to_date": head.to_date.isoformat(),
        "payment_due_date": head.payment_due_date.isoformat(),
        "credit_limit": _yuan(head.credit_limit),
        "days_past_due": figures.days_past_due,
        "draw_count": figures.draw_count,
        "movements": [movement_json(row) for row in movements],
    }
    body |= {name: _yuan(getattr(figures, name)) for name in AMOUNTS}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def movement_json(row: Movement) -> dict[str, str]:
    """Return a movement as the document lists it."""
    return {
        "loan": public_id("lon", row.loan_id),
        "kind": str(row.kind),
        "booking_date": row.booking_date.isoformat(),
        "value_date": row.value_date.isoformat(),
        "principal_change": _yuan(row.principal_change),
        "interest_paid": _yuan(row.interest_paid),
        "penalty_paid": _yuan(row.penalty_paid),
        "fee_paid": _yuan(row.fee_paid),
    }


AMOUNTS: Final = (
    "opening",
    "drawn",
    "interest",
    "penalty",
    "fees",
    "paid",
    "adjusted",
    "closing",
    "principal",
    "minimum_payment",
    "previous_minimum",
    "in_time",
    "short",
    "past_due",
)


def _yuan(minor: int) -> str:
    return str(Money(minor))
