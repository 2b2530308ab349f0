"""Reads of loans."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money, Rounding
from kernel.rates import AnnualRate
from kernel.refusals import Kind, Refusal
from lending.loans.models import AccrualBook, Loan, LoanTransaction
from lending.loans.position import Effect, Position, State, Terms, fold, position
from lending.loans.states import LoanStatus
from plumbing.fields import rate_of
from plumbing.paging import newest


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
    booked_at: datetime
    closed_date: date | None

    @property
    def public_id(self) -> str:
        """The id the outside sees."""
        return public_id("lon", self.id)

    def days_past_due(self, on_date: date) -> int:
        """How long principal has been unpaid after its due date."""
        if self.due_date is None or not self.outstanding:
            return 0
        return max(0, (on_date - self.due_date).days)


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
    excess: Money
    reference: str
    entry_id: UUID | None
    reverses_id: UUID | None
    recorded_at: datetime

    @property
    def total(self) -> Money:
        """The money that moved."""
        if self.principal_change.minor > 0 and self.kind == "disbursement":
            return self.principal_change
        return self.interest_paid + self.penalty_paid + self.excess - self.principal_change


@dataclass(frozen=True, slots=True)
class PositionView:
    """What is owed at the start of a day; negative interest was paid too much."""

    on_date: date
    principal: Money
    interest: Money
    penalty: Money
    days_past_due: int

    @property
    def total(self) -> Money:
        """What settles the loan."""
        return self.principal + self.interest + self.penalty


@dataclass(frozen=True, slots=True)
class PayoffQuote:
    """What a full repayment on a day takes; there is no prepayment fee (J6)."""

    loan_id: UUID
    on_date: date
    principal: Money
    interest: Money
    penalty: Money
    total: Money


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One payment still to come, if nothing is paid before."""

    due_date: date
    principal: Money
    interest: Money
    penalty: Money
    total: Money


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
        excess=row.excess,
        reference=row.reference,
        entry_id=row.entry_id,
        reverses_id=row.reverses_id,
        recorded_at=row.recorded_at,
    )


def terms_of(row: Loan) -> Terms:
    """Return what the interest of a loan that has begun depends on."""
    if row.due_date is None:
        raise LoanNotActive(current=str(row.status))
    return Terms(
        rate=rate_of(row.annual_rate, row.day_basis),
        penalty_rate=rate_of(row.penalty_rate, row.day_basis),
        due_date=row.due_date,
        rounding=Rounding(row.rounding),
    )


def state_of(row: Loan) -> State:
    """Return the projection that a loan's row holds."""
    if row.segment_date is None:
        raise LoanNotActive(current=str(row.status))
    return State(
        outstanding=row.outstanding.minor,
        segment_date=row.segment_date,
        interest_product=row.interest_product,
        penalty_product=row.penalty_product,
        interest_paid=row.interest_paid.minor,
        penalty_paid=row.penalty_paid.minor,
    )


def effects(rows: Iterable[LoanTransaction]) -> list[Effect]:
    """Return what the rows of a log do."""
    return [
        Effect(row.value_date, row.principal_change.minor, row.interest_paid.minor, row.penalty_paid.minor)
        for row in rows
    ]


def position_of(row: Loan, on_date: date) -> Position:
    """Return what a loan owes on a day: from its projection, or for a day gone by from its log."""
    state, terms = state_of(row), terms_of(row)
    if on_date < state.segment_date:
        past = fold(effects(row.transactions.all()), terms, through_date=on_date)
        state = past or State(outstanding=0, segment_date=on_date)
    return position(state, terms, on_date)


def _row(loan_id: UUID, scene_id: UUID | None) -> Loan:
    rows = Loan.objects.filter(id=loan_id)
    row = (rows if scene_id is None else rows.filter(scene_id=scene_id)).first()
    if row is None:
        raise LoanNotFound(loan=public_id("lon", loan_id))
    return row


def get_loan(*, loan_id: UUID, scene_id: UUID | None) -> LoanView:
    """Return one loan; a scene sees only those drawn through it."""
    return view_of(_row(loan_id, scene_id))


def loans_page(
    *,
    scene_id: UUID | None = None,
    enterprise_id: UUID | None = None,
    line_id: UUID | None = None,
    status: str | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[LoanView, ...]:
    """Return loans, newest first, `limit` at a time after the id of the last one seen."""
    rows = newest(
        Loan.objects.all(),
        scene_id=scene_id,
        enterprise_id=enterprise_id,
        line_id=line_id,
        status=status,
        after=after,
        limit=limit,
    )
    return tuple(view_of(row) for row in rows)


def overdue_loans(*, on_date: date, limit: int = 100) -> tuple[LoanView, ...]:
    """Return active loans past their due date, the oldest due first."""
    rows = Loan.objects.filter(status=LoanStatus.ACTIVE, due_date__lt=on_date, outstanding__gt=0)
    return tuple(view_of(row) for row in rows.order_by("due_date", "id")[:limit])


def loan_position(*, loan_id: UUID, on_date: date) -> PositionView:
    """Return what a loan owes at the start of a day; nothing if its money has not arrived."""
    row = _row(loan_id, None)
    if row.segment_date is None:
        return PositionView(on_date, Money(0), Money(0), Money(0), 0)
    owed = position_of(row, on_date)
    return PositionView(
        on_date, Money(owed.principal), Money(owed.interest), Money(owed.penalty), owed.days_past_due
    )


def payoff_quote(*, loan_id: UUID, on_date: date, scene_id: UUID | None = None) -> PayoffQuote:
    """Return what settles a loan on a day: exactly what a full repayment valued that day is used for."""
    row = _row(loan_id, scene_id)
    if row.status not in (LoanStatus.ACTIVE, LoanStatus.PAID_OFF):
        raise LoanNotActive(current=str(row.status))
    owed = position_of(row, on_date)
    return PayoffQuote(
        loan_id, on_date, Money(owed.principal), Money(owed.interest), Money(owed.penalty), Money(owed.total)
    )


def schedule(*, loan_id: UUID, on_date: date) -> tuple[ScheduleRow, ...]:
    """Return what is still to be paid: all on the due date, or today if that has passed."""
    row = _row(loan_id, None)
    if row.status != LoanStatus.ACTIVE or row.due_date is None:
        return ()
    owed = position_of(row, max(on_date, row.due_date))
    return (
        ScheduleRow(
            row.due_date, Money(owed.principal), Money(owed.interest), Money(owed.penalty), Money(owed.total)
        ),
    )


def transactions(*, loan_id: UUID) -> tuple[TransactionView, ...]:
    """Return a loan's log in the order it was written."""
    return tuple(
        transaction_view(row) for row in LoanTransaction.objects.filter(loan_id=loan_id).order_by("sequence")
    )


def accrued_through() -> date | None:
    """Return the day before which the books hold all interest; None before the first accrual or loan."""
    return AccrualBook.objects.values_list("accrued_through_date", flat=True).first()
