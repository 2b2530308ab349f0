"""Changing a loan's terms: its rate, its remaining schedule, its final due date (J8, C-06)."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from kernel.ids import new_id, public_id
from kernel.periods import Period
from kernel.rates import AnnualRate
from kernel.refusals import Kind, Refusal
from lending.loans.accrual import hold_books
from lending.loans.contracts import rates_of
from lending.loans.events import tell
from lending.loans.folding import Act, book, next_event
from lending.loans.log import LogRow, append_changed
from lending.loans.models import Instalment, Loan, LoanTransaction, RateChange
from lending.loans.operations.locking import begin, locked_with_line
from lending.loans.operations.receiving import ValueDateInvalid, free_line, settle_if_paid
from lending.loans.queries import LoanView, view_of
from lending.loans.states import LoanStatus, TransactionKind
from lending.products.cost_cap import require_draw_within_cap, require_within_cap
from lending.products.methods import DueDateRoll, RepaymentMethod
from lending.products.queries import get_product
from lending.replay import AsOf, Event, EventKind
from plumbing.audit import operations as audit
from plumbing.fields import rate_of
from plumbing.sql import in_transaction
from regulation import queries as regulation

_ACTIVE = (LoanStatus.ACTIVE,)
EXTENSION_MAX: Final = 3660  # ten years of days: more is a typing error
PAUSE: Final = "interest pause"  # the reason of the two changes that a daily loan's pause is made of


class SamePerson(Refusal):
    """Maker and checker are two people."""

    code = "lending.same_person"
    message = "{person} cannot approve what {person} proposed."


class TermsNotChangeable(Refusal):
    """The loan has no terms of that kind, or it is too late to change them."""

    code = "lending.terms_not_changeable"
    kind = Kind.CONFLICT
    message = "These terms of the loan cannot be changed: {reason}."


@in_transaction
def change_rate(
    *,
    loan_id: UUID,
    annual_rate: AnnualRate,
    penalty_rate: AnnualRate,
    from_date: date,
    reason: str,
    business_date: date,
    now: datetime,
) -> LoanView:
    """Give a loan another rate from a day on; the days before keep theirs (J8).

    A day already past corrects, today and with that value date, what was accrued since; a day still to come
    is written down and takes effect by `apply_rate_changes`, unless another change for that day replaces it.
    A schedule is drawn anew for the rows to come.
    Refuses a rate at which the loan would cost more than the cap of the day it takes effect (R-11).
    """
    as_of, row = begin(loan_id, business_date, _ACTIVE)
    if row.value_date is None or from_date < row.value_date:
        raise ValueDateInvalid(value_date=from_date, first_date=row.value_date, last_date=None)
    if {annual_rate.basis, penalty_rate.basis} != {row.day_basis}:
        raise TermsNotChangeable(reason="the days of the year stay")
    _require_within_cap(row, annual_rate, max(from_date, business_date))
    annual_rate = _held_back(row, annual_rate, penalty_rate, from_date)
    change = RateChange(
        loan_id=loan_id,
        from_date=from_date,
        annual_rate=annual_rate.fraction,
        penalty_rate=penalty_rate.fraction,
        reason=reason,
        recorded_at=now,
    )
    RateChange.objects.filter(loan_id=loan_id, from_date=from_date, transaction_id=None).delete()
    if from_date > business_date:
        change.save(force_insert=True)
        return view_of(row)
    _take_effect(row, change, as_of, now)
    return view_of(row)


def _held_back(row: Loan, annual: AnnualRate, penalty: AnnualRate, from_date: date) -> AnnualRate:
    """Return the rate to bear from a day on: nothing in a daily loan's pause, the new one after."""
    rows = RateChange.objects.filter(loan_id=row.id, transaction_id=None, reason=PAUSE)
    if not rows.filter(from_date__gt=from_date).update(
        annual_rate=annual.fraction, penalty_rate=penalty.fraction
    ):
        return annual
    return AnnualRate(0, row.day_basis)


def _require_within_cap(row: Loan, annual_rate: AnnualRate, on_date: date) -> None:
    """Refuse a repricing above the cap, reckoned as if the loan had been lent at the new rate."""
    if row.product_version_id is None:
        require_within_cap(cost_exact=annual_rate.on_basis(365), on_date=on_date)
        return
    require_draw_within_cap(
        product=get_product(product_version_id=row.product_version_id),
        amount=row.principal,
        days=row.tenor_days,
        on_date=on_date,
        annual_rate=annual_rate,
    )


@in_transaction
def apply_rate_changes(*, business_date: date, now: datetime, limit: int = 1000) -> int:
    """Let the rates that begin by the business date take effect, `limit` loans at most; return how many.

    The day-end calls it until it returns nothing, before the day is accrued.
    """
    as_of = hold_books(business_date=business_date)
    due = RateChange.objects.filter(from_date__lte=business_date, transaction_id__isnull=True)
    chosen = list(due.order_by("loan_id", "from_date")[:limit])
    for change in chosen:
        row = locked_with_line(change.loan_id)
        if row.status == LoanStatus.ACTIVE:
            _take_effect(row, change, as_of, now)
        else:
            change.delete()
    return len(chosen)


def _take_effect(row: Loan, change: RateChange, as_of: AsOf, now: datetime) -> None:
    annual, penalty = (rate_of(rate, row.day_basis) for rate in (change.annual_rate, change.penalty_rate))
    if row.method == RepaymentMethod.DAILY_INTEREST:
        _change_daily(row, change, as_of, now)
    else:
        event = Event(
            sequence=next_event(row),
            kind=EventKind.RATE_CHANGE,
            value_date=change.from_date,
            rate_ppm=annual.ppm,
            penalty_ppm=penalty.ppm,
        )
        booked = book(row, Act(event, reference=change.reason), as_of=as_of, now=now)
        free_line(row, booked.freed)
        change.transaction_id = booked.transaction.id
        change.save()
    row.save()
    tell(row, "rate_changed", ["annual_rate"], now)


def _change_daily(row: Loan, change: RateChange, as_of: AsOf, now: datetime) -> LoanTransaction:
    """Begin a new segment of a daily loan's interest; a change before the last one is refused."""
    later = RateChange.objects.filter(
        loan_id=row.id, from_date__gte=change.from_date, transaction_id__isnull=False
    )
    if later.exists():
        raise TermsNotChangeable(reason="its rate has changed since")
    transaction_id = new_id()

    def alter() -> None:
        change.transaction_id = transaction_id
        change.save()
        row.rate_change_count += 1
        row.annual_rate, row.penalty_rate = change.annual_rate, change.penalty_rate

    return append_changed(
        row,
        LogRow(
            transaction_id,
            None,
            TransactionKind.RATE_CHANGE,
            change.from_date,
            0,
            reference=change.reason,
            detail=rates_of(row),
        ),
        alter,
        as_of=as_of,
        now=now,
    )


@in_transaction
def pause_interest(
    *,
    loan_id: UUID,
    from_date: date,
    until_date: date,
    reason: str,
    proposed_by: str,
    approved_by: str,
    business_date: date,
    now: datetime,
    restructures: bool = True,
) -> LoanView:
    """Let a loan bear no contract interest from a day on, up to another that does not count (relief, K-07).

    A schedule is drawn anew: the pause ends where a period ends, and begins today, on a day gone by, whose
    interest is given back today with its value date, or where a period to come begins. A daily loan bears a
    rate of nothing meanwhile, its own again afterwards. Penalty on what is late goes on. Two people decide;
    it restructures the loan (C-06) unless the borrower is in no difficulty.
    """
    if proposed_by == approved_by:
        raise SamePerson(person=proposed_by)
    as_of, row = begin(loan_id, business_date, _ACTIVE)
    if row.value_date is None or not row.value_date <= from_date < until_date:
        raise ValueDateInvalid(value_date=from_date, first_date=row.value_date, last_date=until_date)
    if row.method == RepaymentMethod.DAILY_INTEREST:
        _pause_daily(row, Period(from_date, until_date), as_of, now)
    else:
        _pause_schedule(row, Period(from_date, until_date), reason, as_of, now)
    if restructures:
        row.restructured_date = business_date
    row.save()
    detail: dict[str, object] = {
        "from": from_date.isoformat(),
        "until": until_date.isoformat(),
        "proposed_by": proposed_by,
    }
    subject = public_id("lon", loan_id)
    audit.record(actor=approved_by, action="loan.paused", subject=subject, detail=detail, now=now)
    tell(row, "rescheduled", ["schedule"], now)
    return view_of(row)


def _pause_schedule(row: Loan, pause: Period, reason: str, as_of: AsOf, now: datetime) -> None:
    rows = Instalment.objects.filter(loan_id=row.id)
    if not rows.filter(nominal_due_date=pause.end_date).exists():
        raise TermsNotChangeable(reason=f"no period ends on {pause.end_date}")
    today = as_of.business_date
    if pause.start_date > today and not rows.filter(start_date=pause.start_date).exists():
        raise TermsNotChangeable(reason=f"no period begins on {pause.start_date}")
    event = Event(
        sequence=next_event(row),
        kind=EventKind.PAUSE,
        value_date=min(pause.start_date, today),
        since=pause.start_date,
        through=pause.end_date,
    )
    free_line(row, book(row, Act(event, reference=reason[:64]), as_of=as_of, now=now).freed)


def _pause_daily(row: Loan, pause: Period, as_of: AsOf, now: datetime) -> None:
    """Write down both changes of the rate; those of today or before take effect at once."""
    if RateChange.objects.filter(loan_id=row.id, transaction_id=None).exists():
        raise TermsNotChangeable(reason="its rate is to change")
    nothing = AnnualRate(0, row.day_basis).fraction
    for day, annual in ((pause.start_date, nothing), (pause.end_date, row.annual_rate)):
        change = RateChange(
            loan_id=row.id,
            from_date=day,
            annual_rate=annual,
            penalty_rate=row.penalty_rate,
            reason=PAUSE,
            recorded_at=now,
        )
        if day > as_of.business_date:
            change.save(force_insert=True)
        else:
            _take_effect(row, change, as_of, now)


@in_transaction
def extend(*, loan_id: UUID, extra_count: int, business_date: date, now: datetime) -> LoanView:
    """Give a loan so many periods (a daily loan: days) more, from what it owes today (展期).

    What is overdue stays so; a daily loan must be extended before it falls due.
    """
    if not 0 < extra_count <= EXTENSION_MAX:
        raise TermsNotChangeable(reason="an extension adds at least one period, and not that many")
    as_of, row = begin(loan_id, business_date, _ACTIVE)
    if row.method == RepaymentMethod.DAILY_INTEREST:
        _extend_daily(row, extra_count, as_of, now)
    else:
        _reschedule(row, EventKind.EXTENSION, _rows_left(row, business_date) + extra_count, as_of, now)
    return _restructured(row, business_date, now)


def _extend_daily(row: Loan, extra_days: int, as_of: AsOf, now: datetime) -> None:
    if row.due_date is None or row.maturity_date is None or row.due_date <= as_of.business_date:
        raise TermsNotChangeable(reason="it has fallen due")
    maturity = row.maturity_date + timedelta(days=extra_days)
    due = maturity
    if row.due_date_roll == DueDateRoll.NEXT_WORKDAY:
        due = regulation.calendar().next_workday(maturity)

    def alter() -> None:
        row.maturity_date, row.due_date, row.due_soon_date = maturity, due, None

    append_changed(
        row,
        LogRow(
            new_id(), None, TransactionKind.EXTENSION, as_of.business_date, 0, detail={"count": extra_days}
        ),
        alter,
        as_of=as_of,
        now=now,
    )
    row.oldest_due_date = row.due_date


@in_transaction
def re_amortise(*, loan_id: UUID, count: int, business_date: date, now: datetime) -> LoanView:
    """Spread what is not yet due over `count` rows from the running one; what is overdue stays so."""
    as_of, row = begin(loan_id, business_date, _ACTIVE)
    _reschedule(row, EventKind.RE_AMORTISATION, count, as_of, now)
    row.save()
    tell(row, "rescheduled", ["schedule"], now)
    return view_of(row)


@in_transaction
def re_age(*, loan_id: UUID, business_date: date, now: datetime, count: int = 0) -> LoanView:
    """Bring a late loan up to date: overdue principal joins the rows to come, overdue interest waits.

    Interest is never capitalised: it falls due with the running row and bears none. Penalty stays owed. The
    loan is restructured (C-06).
    """
    as_of, row = begin(loan_id, business_date, _ACTIVE)
    _reschedule(row, EventKind.RE_AGE, count, as_of, now)
    settle_if_paid(row, business_date=business_date, now=now)
    return _restructured(row, business_date, now)


def _rows_left(row: Loan, business_date: date) -> int:
    if row.span_end_date is None or row.span_end_date <= business_date:
        raise TermsNotChangeable(reason="its last period has ended")
    if row.method == RepaymentMethod.BULLET:
        return int(row.instalment_count)
    return Instalment.objects.filter(loan_id=row.id, nominal_due_date__gt=business_date).count()


def _reschedule(row: Loan, kind: EventKind, count: int, as_of: AsOf, now: datetime) -> None:
    if row.method == RepaymentMethod.DAILY_INTEREST:
        raise TermsNotChangeable(reason="it has no instalments")
    if count < 0 or count > 600 or (count == 0 and kind is not EventKind.RE_AGE):
        raise TermsNotChangeable(reason="there is no such number of instalments")
    event = Event(sequence=next_event(row), kind=kind, value_date=as_of.business_date, count=count)
    free_line(row, book(row, Act(event), as_of=as_of, now=now).freed)
    row.save()


def _restructured(row: Loan, business_date: date, now: datetime) -> LoanView:
    row.restructured_date = business_date
    row.save()
    tell(row, "restructured", ["schedule"], now)
    return view_of(row)


@in_transaction
def flag_restructured(*, loan_id: UUID, business_date: date, on_date: date | None = None) -> LoanView:
    """Mark a loan as restructured, or no longer: classification watches it for its observation (C-06)."""
    _, row = begin(loan_id, business_date, _ACTIVE)
    row.restructured_date = on_date
    row.save(update_fields=["restructured_date"])
    return view_of(row)
