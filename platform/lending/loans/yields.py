"""What a loan's log leaves to expect of it, for the fee that is part of its yield (`lending.deferrals`)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import takewhile

from kernel.ids import public_id
from kernel.rates import PPM
from lending.deferrals import operations as deferrals
from lending.deferrals.curve import Expected, Flows, Turn, curve_of
from lending.deferrals.queries import curves
from lending.loans.contracts import log_of, product_of
from lending.loans.models import Loan, LoanTransaction
from lending.loans.non_accrual import course_of_daily
from lending.loans.queries import terms_of
from lending.loans.states import TransactionKind
from lending.products.fees import is_integral
from lending.products.methods import RepaymentMethod
from lending.replay import Contract, Event, EventKind, NonAccrual
from lending.replay.fold import apply, standing
from lending.replay.picture import day_index
from lending.replay.schedule import first_state
from lending.replay.state import State

_NEW_TERMS = (
    EventKind.RATE_CHANGE,
    EventKind.EXTENSION,
    EventKind.RE_AGE,
    EventKind.RE_AMORTISATION,
    EventKind.PAUSE,
)
CURVES_A_PROOF = 2_000


def follow_fee(row: Loan, written: LoanTransaction, *, business_date: date, now: datetime) -> None:
    """Let the deferred fee of a loan, if it has one, follow what was just written to its log."""
    if row.value_date is None or row.product_version_id is None or not is_integral(product_of(row)):
        return
    deferrals.follow(
        loan_id=row.id,
        start_date=row.value_date,
        expected=expected_of(row),
        key=public_id("ltx", written.id),
        value_date=written.value_date,
        business_date=business_date,
        now=now,
    )


def expected_of(row: Loan) -> Expected:
    """Return what was and is expected of a loan that has begun, from its log alone."""
    return _by_day(row) if row.method == RepaymentMethod.DAILY_INTEREST else by_schedule(*log_of(row))


def _by_day(row: Loan) -> Expected:
    """Return that of a daily loan: what is outstanding is expected on its last day, not rolled."""
    if row.value_date is None:
        raise LookupError(f"loan {row.id} has not begun")
    start, last = row.value_date, int(row.tenor_days)
    log = list(LoanTransaction.objects.filter(loan_id=row.id).order_by("value_date", "sequence"))
    begun = next(each for each in log if each.kind == TransactionKind.DISBURSEMENT)
    principal = outstanding = begun.principal_change.minor
    interest = principal * begun.detail["rate_ppm"] * last // (row.day_basis * PPM)
    at_maturity = principal + interest
    turns: list[Turn] = []
    longest = last
    for each in log:
        day, extended = (each.value_date - start).days, each.kind == TransactionKind.EXTENSION
        if each is begun or not (each.principal_change or extended):
            continue
        outstanding += each.principal_change.minor
        last += int(each.detail["count"]) if extended else 0
        longest = max(longest, last)
        owed = outstanding * at_maturity // principal  # with interest, as at first
        flows = ((last, owed),) if outstanding and last > day else ()
        turns.append(Turn(day, flows, extended, ends=each.kind == TransactionKind.WRITE_OFF))
    lost = (each.value_date for each in log if each.kind == TransactionKind.WRITE_OFF)
    owing = takewhile(lambda at: at[0].kind != TransactionKind.WRITE_OFF, course_of_daily(log, terms_of(row)))
    return Expected(
        principal,
        ((int(row.tenor_days), at_maturity),),
        tuple(turns),
        tuple(range(longest + 1)),
        _shares(((each.value_date, found if owed else None) for each, found, owed in owing), start),
        _offset(next(lost, None), start),
    )


def _offset(day: date | None, start: date) -> int | None:
    return None if day is None else (day - start).days


def _shares(course: Iterable[tuple[date, NonAccrual | None]], start: date) -> tuple[tuple[int, int], ...]:
    """Return from which day on which share of the fee is earned: that of the interest that goes on (E-01)."""
    found = [(0, PPM)]
    by_day = {(day - start).days: PPM if how is None else how.interest.net_ppm for day, how in course}
    for offset, share in by_day.items():
        if share != found[-1][1]:
            found.append((offset, share))
    return tuple(found[1:])


def by_schedule(contract: Contract, events: Iterable[Event]) -> Expected:
    """Return that of a loan with instalments: what rows lack whose period has not ended, by nominal dates."""
    state = first_state(contract)
    first, turns, longest = _ahead(state, contract.start_date), [], state.rows[-1].end
    course: list[tuple[date, NonAccrual | None]] = []
    lost_on: date | None = None
    for event in standing(events):
        before = _ahead(state, event.value_date)
        apply(state, event)
        after, ends = _ahead(state, event.value_date), event.kind is EventKind.WRITE_OFF
        longest = max(longest, state.rows[-1].end)
        lost_on = event.value_date if ends else lost_on
        if lost_on is None:
            course.append((event.value_date, state.non_accrual if state.outstanding else None))
        if after != before or ends:
            day = _number(contract, event.value_date)
            turns.append(Turn(day, after, event.kind in _NEW_TERMS, ends))
    dates = (contract.start_date + timedelta(day) for day in range((longest - contract.start_date).days + 1))
    days = tuple(_number(contract, day) for day in dates)
    start = contract.start_date
    return Expected(
        contract.principal, first, tuple(turns), days, _shares(course, start), _offset(lost_on, start)
    )


def _ahead(state: State, day: date) -> Flows:
    rows = (row for row in state.rows if row.end > day and row.principal_owed + row.interest_owed > 0)
    return tuple((_number(state.contract, row.end), row.principal_owed + row.interest_owed) for row in rows)


def _number(contract: Contract, day: date) -> int:
    thirty = contract.counts_thirty
    return day_index(day, thirty=thirty) - day_index(contract.start_date, thirty=thirty)


def differing_curves(*, booked_from: date | None = None) -> tuple[int, list[str]]:
    """Return how many curves were reckoned again from their loans' logs, and the loans whose is another.

    Of all fees, or of the loans booked on since a day; of very many a new random sample each time.
    """
    touched = None
    if booked_from is not None:
        touched = LoanTransaction.objects.filter(booking_date__gte=booked_from).values("loan_id")
    found = curves(limit=CURVES_A_PROOF, touched=touched)
    held = {loan_id: (deferred, curve) for loan_id, deferred, curve in found}
    wrong = [
        public_id("lon", row.id)
        for row in Loan.objects.filter(id__in=list(held)).order_by("id")
        if curve_of(held[row.id][0], expected_of(row)) != held[row.id][1]
    ]
    return len(held), wrong
