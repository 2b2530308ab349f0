"""What a loan owes on a day: a pure fold of its log, and the one-step projection that must equal it.

All figures are whole fen and whole fen x days. A row of the log changes principal from its value date on, so
a row keyed late reaches back over the days it missed: -amount x days, exact, whatever came in between.
Days are half-open (算头不算尾, P-05): the day of the draw bears interest, the day of the repayment does not.
Principal unpaid on the due date bears the penalty rate from that day on instead of the contract's (P-04); the
due date is already rolled to a workday, so there is no penalty inside the roll (L-07).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kernel.money import Rounding, round_minor
from kernel.rates import PPM, AnnualRate


@dataclass(frozen=True, slots=True)
class PastRates:
    """Rates that held before a day."""

    until: date
    rate: AnnualRate
    penalty_rate: AnnualRate


@dataclass(frozen=True, slots=True)
class Terms:
    """What interest depends on; `history` are the rates before a floating loan's present ones, in order."""

    rate: AnnualRate
    penalty_rate: AnnualRate
    due_date: date
    rounding: Rounding = Rounding.HALF_UP
    history: tuple[PastRates, ...] = ()

    def rates_on(self, day: date) -> tuple[AnnualRate, AnnualRate]:
        """Return the contract's and the penalty rate of a day."""
        past = next((rates for rates in self.history if day < rates.until), None)
        return (self.rate, self.penalty_rate) if past is None else (past.rate, past.penalty_rate)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one row of the log does; fen, a repayment's `principal_change` is negative."""

    value_date: date
    principal_change: int
    interest_paid: int = 0
    penalty_paid: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """A loan after some of its log: products are complete up to, not including, `segment_date`.

    Products are fen x days at the rates of `segment_date`; `*_earlier` are fen x days x millionths at the
    rates before them.
    """

    outstanding: int
    segment_date: date
    interest_product: int = 0
    penalty_product: int = 0
    interest_paid: int = 0
    penalty_paid: int = 0
    interest_earlier: int = 0
    penalty_earlier: int = 0


@dataclass(frozen=True, slots=True)
class Position:
    """What is owed at the start of a day, in fen; negative interest is interest paid too much."""

    principal: int
    interest: int
    penalty: int
    days_past_due: int

    @property
    def total(self) -> int:
        """The sum that settles the loan."""
        return self.principal + self.interest + self.penalty


def contract_days(start: date, end: date, due_date: date) -> int:
    """Return the days from `start` to `end` that bear the contract's rate."""
    return max(0, (min(end, due_date) - start).days)


def penalty_days(start: date, end: date, due_date: date) -> int:
    """Return the days from `start` to `end` that bear the penalty rate."""
    return max(0, (end - max(start, due_date)).days)


def rolled(state: State, terms: Terms, to_date: date) -> State:
    """Return the state carried forward to a day; a day already passed changes nothing."""
    for past in terms.history:
        if state.segment_date < past.until <= to_date:
            state = _closed(_carried(state, terms, past.until), past)
    return state if to_date <= state.segment_date else _carried(state, terms, to_date)


def _carried(state: State, terms: Terms, to_date: date) -> State:
    span = (state.segment_date, to_date, terms.due_date)
    return replace(
        state,
        segment_date=to_date,
        interest_product=state.interest_product + state.outstanding * contract_days(*span),
        penalty_product=state.penalty_product + state.outstanding * penalty_days(*span),
    )


def _closed(state: State, past: PastRates) -> State:
    """Return the state with its products turned into what they earned at rates that end here."""
    return replace(
        state,
        interest_product=0,
        penalty_product=0,
        interest_earlier=state.interest_earlier + state.interest_product * past.rate.ppm,
        penalty_earlier=state.penalty_earlier + state.penalty_product * past.penalty_rate.ppm,
    )


def applied(state: State | None, effect: Effect, terms: Terms) -> State:
    """Return the state after one more row of the log, in one step even if the row reaches back."""
    if state is None:
        state = State(outstanding=0, segment_date=effect.value_date)
    state = rolled(state, terms, effect.value_date)
    late = State(effect.principal_change, effect.value_date)
    late = rolled(late, terms, state.segment_date)
    return State(
        outstanding=state.outstanding + effect.principal_change,
        segment_date=state.segment_date,
        interest_product=state.interest_product + late.interest_product,
        penalty_product=state.penalty_product + late.penalty_product,
        interest_paid=state.interest_paid + effect.interest_paid,
        penalty_paid=state.penalty_paid + effect.penalty_paid,
        interest_earlier=state.interest_earlier + late.interest_earlier,
        penalty_earlier=state.penalty_earlier + late.penalty_earlier,
    )


def fold(log: Iterable[Effect], terms: Terms, through_date: date | None = None) -> State | None:
    """Return the state from the whole log, or from the rows valued up to a day; None if there are none.

    It walks the balance from day to day in value order and knows nothing of `applied`: each checks the other.
    """
    rows = sorted(
        (row for row in log if through_date is None or row.value_date <= through_date),
        key=lambda row: row.value_date,
    )
    state: State | None = None
    for row in rows:
        before = State(0, row.value_date) if state is None else rolled(state, terms, row.value_date)
        state = replace(
            before,
            outstanding=before.outstanding + row.principal_change,
            interest_paid=before.interest_paid + row.interest_paid,
            penalty_paid=before.penalty_paid + row.penalty_paid,
        )
    return state


def interest_earned(state: State, terms: Terms, on_date: date) -> int:
    """Return the interest earned from the first day to the start of `on_date`, in fen."""
    then = rolled(state, terms, on_date)
    rate = terms.rates_on(then.segment_date)[0]
    return _rounded(then.interest_earlier + then.interest_product * rate.ppm, terms)


def penalty_earned(state: State, terms: Terms, on_date: date) -> int:
    """Return the penalty interest earned to the start of `on_date`, in fen."""
    then = rolled(state, terms, on_date)
    rate = terms.rates_on(then.segment_date)[1]
    return _rounded(then.penalty_earlier + then.penalty_product * rate.ppm, terms)


def _rounded(numerator: int, terms: Terms) -> int:
    return round_minor(Decimal(numerator) / Decimal(terms.rate.basis * PPM), terms.rounding)


def position(state: State, terms: Terms, on_date: date) -> Position:
    """Return what is owed at the start of a day that is not before the state's segment."""
    past_due = (on_date - terms.due_date).days if state.outstanding > 0 else 0
    return Position(
        principal=state.outstanding,
        interest=interest_earned(state, terms, on_date) - state.interest_paid,
        penalty=penalty_earned(state, terms, on_date) - state.penalty_paid,
        days_past_due=max(0, past_due),
    )
