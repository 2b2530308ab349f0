"""What a loan owes on a day, by either calculator."""

from collections.abc import Iterable
from datetime import date

from kernel.money import Rounding
from kernel.rates import AnnualRate
from lending.loans.contracts import log_of
from lending.loans.models import Loan, LoanTransaction, RateChange
from lending.loans.position import Effect, PastRates, Position, State, Terms, fold, position
from lending.loans.queries.views import LoanNotActive
from lending.loans.states import LoanStatus
from lending.products.methods import RepaymentMethod
from lending.replay import Parts
from lending.replay.fold import state_on
from lending.replay.receipts import payoff
from plumbing.fields import rate_of


def terms_of(row: Loan) -> Terms:
    """Return what the interest of a loan that has begun depends on."""
    if row.due_date is None:
        raise LoanNotActive(current=str(row.status))
    return Terms(
        rate=rate_of(row.annual_rate, row.day_basis),
        penalty_rate=rate_of(row.penalty_rate, row.day_basis),
        due_date=row.due_date,
        rounding=Rounding(row.rounding),
        history=_history(row) if row.rate_change_count else (),
    )


def _history(row: Loan) -> tuple[PastRates, ...]:
    """Return the rates a daily loan bore before its present ones."""
    first = row.transactions.order_by("sequence").values_list("detail", flat=True).first() or {}
    rate, penalty = (AnnualRate(first[name], row.day_basis) for name in ("rate_ppm", "penalty_ppm"))
    past = []
    changes = RateChange.objects.filter(loan_id=row.id, transaction_id__isnull=False)
    for change in changes.order_by("from_date", "recorded_at", "id"):
        past.append(PastRates(change.from_date, rate, penalty))
        rate = rate_of(change.annual_rate, row.day_basis)
        penalty = rate_of(change.penalty_rate, row.day_basis)
    return tuple(past)


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
        interest_earlier=int(row.interest_earlier),
        penalty_earlier=int(row.penalty_earlier),
    )


def effects(rows: Iterable[LoanTransaction]) -> list[Effect]:
    """Return what the rows of a log do."""
    return [
        Effect(row.value_date, row.principal_change.minor, row.interest_paid.minor, row.penalty_paid.minor)
        for row in rows
    ]


def position_of(row: Loan, on_date: date) -> Position:
    """Return what a loan owes on a day: from its projection or its log; penalty and compound in one."""
    if row.method != RepaymentMethod.DAILY_INTEREST:
        owed, days = settling(row, on_date)
        return Position(owed.principal, owed.interest, owed.penalty + owed.compound, days)
    state, terms = state_of(row), terms_of(row)
    if on_date < state.segment_date:
        past = fold(effects(row.transactions.all()), terms, through_date=on_date)
        state = past or State(outstanding=0, segment_date=on_date)
    return position(state, terms, on_date)


def settling(row: Loan, on_date: date) -> tuple[Parts, int]:
    """Return what settles a scheduled loan on a day, and the days it is past due."""
    if row.status in (LoanStatus.DISBURSING, LoanStatus.CANCELLED):
        raise LoanNotActive(current=str(row.status))
    contract, events = log_of(row)
    state = state_on(contract, events, on_date)
    return payoff(state), state.days_past_due()
