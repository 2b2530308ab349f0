"""A loan's payments, whole: every instalment with what of it is paid, and the one to make next.

The state of an instalment is never stored: it follows from its dates and from what was allocated to it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.money import Money
from lending.loans import queries
from lending.loans.queries.views import LoanView
from lending.loans.states import LoanStatus
from lending.products.methods import RepaymentMethod


class InstalmentStatus(StrEnum):
    """Where an instalment stands on a day; one that is past due stays so until all of it is paid."""

    FUTURE = "future"
    DUE = "due"  # payable today
    PART_PAID = "part_paid"  # some of it, before it is past due
    PAID = "paid"
    OVERDUE = "overdue"
    WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One instalment; `penalty` is penalty and compound interest to date, on the oldest one past due."""

    number: int
    start_date: date
    nominal_due_date: date
    due_date: date
    principal: Money
    interest: Money
    fees: Money
    penalty: Money
    principal_paid: Money
    interest_paid: Money
    fees_paid: Money
    status: InstalmentStatus

    @property
    def total(self) -> Money:
        """What the instalment takes in all, with its penalty to date."""
        return self.principal + self.interest + self.fees + self.penalty

    @property
    def paid(self) -> Money:
        """What of it is paid."""
        return self.principal_paid + self.interest_paid + self.fees_paid

    @property
    def remaining(self) -> Money:
        """What is still to be paid of it."""
        return self.total - self.paid


@dataclass(frozen=True, slots=True)
class NextPayment:
    """What to pay next: all that is due with its penalty, else the instalment that falls due first."""

    number: int
    due_date: date
    amount: Money


def payments(*, loan: LoanView, on_date: date) -> tuple[Payment, ...]:
    """Return every instalment of a loan in order; of a daily loan the one payment still to come, if any."""
    if loan.method == RepaymentMethod.DAILY_INTEREST:
        return _of_daily(loan, on_date)
    late = Money(0)
    if loan.status == LoanStatus.ACTIVE:
        late = queries.loan_position(loan_id=loan.id, on_date=on_date).penalty
    found = []
    for row in queries.instalments(loan_id=loan.id):
        penalty = Money(0) if row.is_paid else late
        late = late - penalty
        found.append(
            Payment(
                number=row.number,
                start_date=row.start_date,
                nominal_due_date=row.nominal_due_date,
                due_date=row.due_date,
                principal=row.principal_due,
                interest=row.interest_due,
                fees=row.fee_due,
                penalty=penalty,
                principal_paid=row.principal_paid,
                interest_paid=row.interest_paid,
                fees_paid=row.fee_paid,
                status=_status(loan, row, on_date),
            )
        )
    return tuple(found)


def _status(loan: LoanView, row: queries.InstalmentView, on_date: date) -> InstalmentStatus:
    if row.is_paid:
        return InstalmentStatus.PAID
    if loan.status == LoanStatus.WRITTEN_OFF:
        return InstalmentStatus.WRITTEN_OFF
    if row.due_date < on_date:
        return InstalmentStatus.OVERDUE
    if row.principal_paid or row.interest_paid or row.fee_paid:
        return InstalmentStatus.PART_PAID
    return InstalmentStatus.DUE if row.due_date == on_date else InstalmentStatus.FUTURE


def _of_daily(loan: LoanView, on_date: date) -> tuple[Payment, ...]:
    nothing = Money(0)
    return tuple(
        Payment(
            number=row.number,
            start_date=loan.value_date or row.due_date,
            nominal_due_date=loan.maturity_date or row.due_date,
            due_date=row.due_date,
            principal=row.principal,
            interest=row.interest,
            fees=nothing,
            penalty=row.penalty,
            principal_paid=nothing,
            interest_paid=nothing,
            fees_paid=nothing,
            status=_by_date(row.due_date, on_date),
        )
        for row in queries.schedule(loan_id=loan.id, on_date=on_date)
    )


def _by_date(due_date: date, on_date: date) -> InstalmentStatus:
    if due_date < on_date:
        return InstalmentStatus.OVERDUE
    return InstalmentStatus.DUE if due_date == on_date else InstalmentStatus.FUTURE


def next_payment(*, loan: LoanView, on_date: date) -> NextPayment | None:
    """Return what to pay next; None when nothing is to be paid."""
    if loan.status != LoanStatus.ACTIVE:
        return None
    rows = queries.schedule(loan_id=loan.id, on_date=on_date)
    due = [row for row in rows if row.due_date <= on_date] or list(rows[:1])
    if not due:
        return None
    return NextPayment(due[0].number, due[0].due_date, Money.total(row.total for row in due))
