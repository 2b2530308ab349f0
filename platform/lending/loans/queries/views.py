"""What other rooms see of a loan: frozen, shaped by the row alone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money, Rounding
from kernel.rates import AnnualRate
from kernel.refusals import Kind, Refusal
from lending.loans.models import Loan, LoanTransaction
from plumbing.fields import rate_of

_NOTHING: Final = Money(0)


class LoanNotFound(Refusal):
    """No such loan, or not one this scene may see."""

    code = "lending.loan_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no loan {loan}."


class LoanNotActive(Refusal):
    """The loan has not begun, or never will: nothing can be owed on it."""

    code = "lending.loan_not_active"
    kind = Kind.CONFLICT
    message = "The loan is {current}."


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanView:
    """A loan, its terms and its balance; what is owed on a day is `loan_position`."""

    id: UUID
    drawdown_id: UUID
    line_id: UUID
    enterprise_id: UUID
    scene_id: UUID
    principal: Money
    outstanding: Money
    annual_rate: AnnualRate
    penalty_rate: AnnualRate
    rounding: Rounding
    status: str
    tenor_days: int
    value_date: date | None
    maturity_date: date | None
    due_date: date | None
    overdue_since_date: date | None
    interest_paid: Money
    penalty_paid: Money
    compound_paid: Money
    fee_paid: Money
    credit_balance: Money
    method: str
    instalment_count: int
    schedule_version: int
    oldest_due_date: date | None
    non_accrual_date: date | None
    restructured_date: date | None
    renews_loan_id: UUID | None
    product_version_id: UUID | None
    written_off: Money
    booked_at: datetime
    closed_date: date | None

    @property
    def public_id(self) -> str:
        """The id the outside sees."""
        return public_id("lon", self.id)

    def days_past_due(self, on_date: date) -> int:
        """How long the oldest instalment not fully paid has been past due."""
        return 0 if self.oldest_due_date is None else max(0, (on_date - self.oldest_due_date).days)


@dataclass(frozen=True, slots=True)
class TransactionView:
    """One row of a loan's log; `principal_change` is what it adds to the debt."""

    id: UUID
    loan_id: UUID
    sequence: int
    kind: str
    booking_date: date
    value_date: date
    principal_change: Money
    interest_paid: Money
    penalty_paid: Money
    compound_paid: Money
    fee_paid: Money
    excess: Money
    amount: Money
    reference: str
    entry_id: UUID | None
    reverses_id: UUID | None
    recorded_at: datetime

    @property
    def total(self) -> Money:
        """The money that moved."""
        if self.principal_change.minor > 0 and self.kind == "disbursement":
            return self.principal_change
        others = self.compound_paid + self.fee_paid + self.excess
        return self.interest_paid + self.penalty_paid + others - self.principal_change


@dataclass(frozen=True, slots=True)
class PositionView:
    """What is owed at the start of a day; negative interest was paid too much.

    `penalty` holds compound interest too; `fee` is what repaying before it is due costs.
    """

    on_date: date
    principal: Money
    interest: Money
    penalty: Money
    days_past_due: int
    fee: Money = _NOTHING
    compound: Money = _NOTHING  # of the penalty

    @property
    def total(self) -> Money:
        """What settles the loan."""
        return self.principal + self.interest + self.penalty + self.fee


@dataclass(frozen=True, slots=True)
class PayoffQuote:
    """What a full repayment on a day takes; the first product has no prepayment fee (J6)."""

    loan_id: UUID
    on_date: date
    principal: Money
    interest: Money
    penalty: Money
    total: Money
    fee: Money = _NOTHING


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One payment still to come, if nothing is paid before."""

    due_date: date
    principal: Money
    interest: Money
    penalty: Money
    total: Money
    number: int = 1


@dataclass(frozen=True, slots=True)
class InstalmentView:
    """A row of the schedule in force, and what of it is paid."""

    number: int
    start_date: date
    nominal_due_date: date
    due_date: date
    principal_due: Money
    interest_due: Money
    fee_due: Money
    principal_paid: Money
    interest_paid: Money
    fee_paid: Money

    @property
    def is_paid(self) -> bool:
        """Whether nothing of it is owed."""
        due = (self.principal_due, self.interest_due, self.fee_due)
        return due == (self.principal_paid, self.interest_paid, self.fee_paid)


def view_of(row: Loan) -> LoanView:
    """Return the frozen view of a row."""
    return LoanView(
        id=row.id,
        drawdown_id=row.drawdown_id,
        line_id=row.line_id,
        enterprise_id=row.enterprise_id,
        scene_id=row.scene_id,
        principal=row.principal,
        outstanding=row.outstanding,
        annual_rate=rate_of(row.annual_rate, row.day_basis),
        penalty_rate=rate_of(row.penalty_rate, row.day_basis),
        rounding=Rounding(row.rounding),
        status=row.status,
        tenor_days=row.tenor_days,
        value_date=row.value_date,
        maturity_date=row.maturity_date,
        due_date=row.due_date,
        overdue_since_date=row.overdue_since_date,
        interest_paid=row.interest_paid,
        penalty_paid=row.penalty_paid,
        compound_paid=row.compound_paid,
        fee_paid=row.fee_paid,
        credit_balance=row.credit_balance,
        method=row.method,
        instalment_count=row.instalment_count,
        schedule_version=row.schedule_version,
        oldest_due_date=row.oldest_due_date,
        non_accrual_date=row.non_accrual_date,
        restructured_date=row.restructured_date,
        renews_loan_id=row.renews_loan_id,
        product_version_id=row.product_version_id,
        written_off=row.written_off,
        booked_at=row.booked_at,
        closed_date=row.closed_date,
    )


def transaction_view(row: LoanTransaction) -> TransactionView:
    """Return the frozen view of a row of the log."""
    return TransactionView(
        id=row.id,
        loan_id=row.loan_id,
        sequence=row.sequence,
        kind=row.kind,
        booking_date=row.booking_date,
        value_date=row.value_date,
        principal_change=row.principal_change,
        interest_paid=row.interest_paid,
        penalty_paid=row.penalty_paid,
        compound_paid=row.compound_paid,
        fee_paid=row.fee_paid,
        excess=row.excess,
        amount=row.amount,
        reference=row.reference,
        entry_id=row.entry_id,
        reverses_id=row.reverses_id,
        recorded_at=row.recorded_at,
    )
