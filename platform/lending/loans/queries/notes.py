"""What a row of a loan's log is about beside its money: rates, counts, choices, and what takes what back."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from kernel.money import Money
from kernel.rates import PPM
from lending.loans import non_accrual
from lending.loans.models import Loan, LoanTransaction, RateChange
from lending.loans.queries.owed import position_of
from lending.loans.queries.views import TransactionView, transaction_view
from lending.loans.states import TransactionKind
from lending.replay import Earned

_COUNTLESS: Final = (TransactionKind.DISBURSEMENT, TransactionKind.NON_ACCRUAL)


@dataclass(frozen=True, slots=True)
class Rates:
    """What a loan bears from a day on, as fractions a year."""

    from_date: date
    annual_rate: Decimal
    overdue_rate: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNote:
    """A row of the log with its particulars; those that do not belong to its kind are None or empty."""

    row: TransactionView
    reverses: int | None  # the number of the row it takes back
    reversed_by: int | None  # the number of the row that took it back
    rates: Rates | None
    count: int | None  # instalments from the running one on; of a loan lent by the day, days more
    choice: str  # what money above what was due did
    given_up: Money | None  # interest and penalty the bank gave up
    policy: str = ""  # by which accrual stopped
    paused: tuple[date, date] | None = None  # no interest from a day on, up to another


def log_notes(*, loan_id: UUID) -> tuple[LogNote, ...]:
    """Return a loan's log in the order it was written, each row with its particulars."""
    rows = list(LoanTransaction.objects.filter(loan_id=loan_id).order_by("sequence"))
    numbers = {row.id: row.sequence for row in rows}
    undone = {row.reverses_id: row.sequence for row in rows if row.reverses_id}
    changes = RateChange.objects.filter(loan_id=loan_id, transaction_id__isnull=False)
    rates = {change.transaction_id: _rates(change) for change in changes}
    return tuple(
        LogNote(
            row=transaction_view(row),
            reverses=numbers.get(row.reverses_id) if row.reverses_id else None,
            reversed_by=undone.get(row.id),
            rates=rates.get(row.id) or _first_rates(row),
            count=None if row.kind in _COUNTLESS else row.detail.get("count"),
            choice=row.detail.get("choice", ""),
            given_up=_given_up(row),
            policy=row.detail.get("policy", ""),
            paused=_paused(row),
        )
        for row in rows
    )


def interest_in_memo(*, loan_id: UUID, on_date: date) -> Money | None:
    """Return what of a loan's interest waits in memo 9002 today; None if it accrues."""
    found = non_accrual.find(loan_id)
    if found is None:
        return None
    row = Loan.objects.get(id=loan_id)
    owed = position_of(row, on_date)
    paid, late_paid = row.interest_paid.minor, row.penalty_paid.minor + row.compound_paid.minor
    return Money(found.in_memo(Earned(owed.interest + paid, owed.penalty + late_paid, paid, late_paid)))


def rates_to_come(*, loan_id: UUID) -> tuple[Rates, ...]:
    """Return the rates that are written down for a loan and do not bear yet."""
    changes = RateChange.objects.filter(loan_id=loan_id, transaction_id__isnull=True)
    return tuple(_rates(change) for change in changes.order_by("from_date"))


def _rates(change: RateChange) -> Rates:
    return Rates(change.from_date, change.annual_rate, change.penalty_rate, change.reason)


def _first_rates(row: LoanTransaction) -> Rates | None:
    if row.kind != TransactionKind.DISBURSEMENT or "rate_ppm" not in row.detail:
        return None
    annual, overdue = (Decimal(row.detail[name]) / PPM for name in ("rate_ppm", "penalty_ppm"))
    return Rates(row.value_date, annual, overdue)


def _paused(row: LoanTransaction) -> tuple[date, date] | None:
    if row.kind != TransactionKind.PAUSE:
        return None
    return date.fromisoformat(row.detail["since"]), date.fromisoformat(row.detail["through"])


def _given_up(row: LoanTransaction) -> Money | None:
    if row.kind != TransactionKind.WAIVER:
        return None
    return Money(sum(row.detail.get(name, 0) for name in ("interest", "penalty", "compound")))
