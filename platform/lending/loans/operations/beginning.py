"""Booking a loan, beginning it when its money has arrived, ending it when it never did."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from kernel.ids import new_id, public_id
from kernel.money import Money
from kernel.rates import AnnualRate
from ledger.journal import operations as journal
from lending.deferrals import operations as deferrals
from lending.loans import entries
from lending.loans.accrual import hold_books
from lending.loans.contracts import contract_of, rates_of, tax_of
from lending.loans.events import tell
from lending.loans.folding import project, write_instalments
from lending.loans.log import LogRow, append
from lending.loans.models import Loan, LoanTransaction
from lending.loans.operations.locking import locked
from lending.loans.queries import LoanNotActive, LoanView, view_of
from lending.loans.states import AccrualDays, LoanStatus, TransactionKind, require_move
from lending.loans.yields import follow_fee
from lending.products.methods import DueDateRoll, RepaymentMethod
from lending.replay import AsOf, replay
from lending.tax.booking import UNTAXED, LoanTax
from plumbing.sql import in_transaction
from regulation import queries as regulation


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """What a loan takes from its contract, for life; a schedule follows its product version."""

    annual_rate: AnnualRate
    penalty_rate: AnnualRate
    rounding: str
    tenor_days: int
    due_date_roll: str
    income_account: str
    product_version_id: UUID | None = None
    method: str = RepaymentMethod.DAILY_INTEREST.value
    instalment_count: int = 1
    counts_thirty: bool = False
    compounds: bool = False
    tax: LoanTax = UNTAXED


@in_transaction
def book_loan(
    *,
    loan_id: UUID,
    drawdown_id: UUID,
    line_id: UUID,
    enterprise_id: UUID,
    scene_id: UUID,
    principal: Money,
    terms: LoanTerms,
    now: datetime,
    renews_loan_id: UUID | None = None,
) -> LoanView:
    """Book a loan whose money is on its way; it bears no interest yet."""
    balances = ("outstanding", "interest_paid", "penalty_paid", "compound_paid", "fee_paid", "credit_balance")
    nothing = dict.fromkeys(balances, Money(0))
    row = Loan.objects.create(
        id=loan_id,
        drawdown_id=drawdown_id,
        line_id=line_id,
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        principal=principal,
        annual_rate=terms.annual_rate.fraction,
        penalty_rate=terms.penalty_rate.fraction,
        day_basis=terms.annual_rate.basis,
        rounding=terms.rounding,
        income_account=terms.income_account,
        vat_ppm=terms.tax.vat_ppm,
        tagged_ppm=terms.tax.rate_ppm,
        exempt_ppm=terms.tax.exempt_ppm,
        tenor_days=terms.tenor_days,
        due_date_roll=terms.due_date_roll,
        product_version_id=terms.product_version_id,
        method=terms.method,
        instalment_count=terms.instalment_count,
        accrual_days=AccrualDays.THIRTY if terms.counts_thirty else AccrualDays.ACTUAL,
        compounds=terms.compounds,
        renews_loan_id=renews_loan_id,
        booked_at=now,
        **nothing,
    )
    return view_of(row)


@in_transaction
def activate_loan(
    *, loan_id: UUID, value_date: date, entry_id: UUID, business_date: date, now: datetime
) -> LoanView:
    """Begin a loan on the day the rail settled it; due dates roll to a workday of the bank (L-07)."""
    as_of = hold_books(business_date=business_date)
    row = locked(loan_id)
    require_move(current=row.status, wanted=LoanStatus.ACTIVE)
    if row.status != LoanStatus.DISBURSING:
        raise LoanNotActive(current=str(row.status))
    row.status, row.value_date = LoanStatus.ACTIVE, value_date
    if row.method == RepaymentMethod.DAILY_INTEREST:
        _begin_daily(row, entry_id, as_of, now)
    else:
        _begin_schedule(row, entry_id, as_of, now)
    row.save()
    tell(row, "activated", ["status"], now)
    return view_of(row)


def _begin_daily(row: Loan, entry_id: UUID, as_of: AsOf, now: datetime) -> None:
    if row.value_date is None:
        raise LoanNotActive(current=str(row.status))
    row.maturity_date = row.due_date = row.value_date + timedelta(days=row.tenor_days)
    if row.due_date_roll == DueDateRoll.NEXT_WORKDAY:
        row.due_date = regulation.calendar().next_workday(row.maturity_date)
    row.oldest_due_date = row.due_date
    append(
        row,
        LogRow(
            new_id(),
            entry_id,
            TransactionKind.DISBURSEMENT,
            row.value_date,
            row.principal.minor,
            reference=public_id("drw", row.drawdown_id),
            amount=row.principal.minor,
            detail=rates_of(row),
        ),
        accrued_through=as_of.accrued_through,
        business_date=as_of.business_date,
        now=now,
    )


def _begin_schedule(row: Loan, entry_id: UUID, as_of: AsOf, now: datetime) -> None:
    """Draw the schedule and book what days before today have earned already."""
    first = rates_of(row)
    contract = contract_of(row, first)
    picture = replay(contract, [], as_of)
    transaction_id = new_id()
    changes = entries.held(
        picture, income_account=row.income_account, cash_account=entries.SETTLEMENT, tax=tax_of(row)
    )
    del changes[entries.PRINCIPAL]  # the drawdown booked it
    draft = entries.difference(
        loan_id=row.id,
        transaction_id=transaction_id,
        kind="back_valued",
        changes=changes,
        booking_date=as_of.business_date,
        value_date=contract.start_date,
    )
    if draft is not None:
        journal.post_entry(entry=draft, now=now)
    row.transaction_count = 1
    begun = LoanTransaction.objects.create(
        id=transaction_id,
        loan=row,
        sequence=1,
        kind=TransactionKind.DISBURSEMENT,
        booking_date=as_of.business_date,
        value_date=contract.start_date,
        principal_change=row.principal,
        interest_paid=Money(0),
        penalty_paid=Money(0),
        excess=Money(0),
        amount=row.principal,
        detail=first,
        reference=public_id("drw", row.drawdown_id),
        entry_id=entry_id,
        recorded_at=now,
    )
    project(row, picture, as_of)
    write_instalments(row, picture, replaced_date=None)
    follow_fee(row, begun, business_date=as_of.business_date, now=now)


@in_transaction
def cancel_loan(*, loan_id: UUID, business_date: date) -> LoanView:
    """End a loan whose money never arrived."""
    row = locked(loan_id)
    require_move(current=row.status, wanted=LoanStatus.CANCELLED)
    row.status, row.closed_date = LoanStatus.CANCELLED, business_date
    row.save(update_fields=["status", "closed_date"])
    deferrals.forget(loan_id=loan_id)
    return view_of(row)
