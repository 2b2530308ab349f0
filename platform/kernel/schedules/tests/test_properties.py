"""What holds of every schedule, whatever its terms."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kernel.day_counts import DayCount
from kernel.money import Rounding
from kernel.periods import Period
from kernel.recurrence import Frequency, Unit
from kernel.refusals import Refusal
from kernel.schedules import (
    Fee,
    FeeBasis,
    FeeTiming,
    GraceRule,
    InterestBasis,
    Method,
    Payment,
    RateChange,
    RateChangeRule,
    Schedule,
    ScheduleTerms,
    Tranche,
    build_schedule,
)
from kernel.schedules.reasons import REASONS

START = date(2027, 10, 31)
days_on = st.integers(min_value=0, max_value=500).map(lambda number: START + timedelta(days=number))
minor = st.one_of(st.integers(1, 200), st.integers(1, 10**9), st.integers(10**12, 10**15))
ppm = st.one_of(st.just(0), st.integers(1, 400_000), st.integers(1, 10_000_000))
frequencies = st.builds(Frequency, st.sampled_from(Unit), st.integers(1, 6))
PLAIN: dict[str, Any] = {"instalment": None, "balloon": 0, "principal_grace": 0, "interest_grace": 0}


@st.composite
def plain_terms(draw: st.DrawFn) -> ScheduleTerms:
    """One advance at one rate, any method."""
    method = draw(st.sampled_from(Method))
    daily = method is Method.DAILY_INTEREST
    return ScheduleTerms(
        tranches=(Tranche(START - timedelta(days=draw(st.integers(0, 3))), draw(minor)),),
        rate_ppm=draw(ppm),
        method=method,
        count=draw(st.integers(1, 40)),
        frequency=draw(frequencies),
        day_count=draw(st.sampled_from(DayCount)),
        interest_basis=None if daily else draw(st.sampled_from([None, *InterestBasis])),
        interest_rounding=draw(st.sampled_from(Rounding)),
        instalment_rounding=draw(st.sampled_from(Rounding)),
        instalment_step=draw(st.sampled_from([1, 1, 10, 100])),
    )


@st.composite
def any_terms(draw: st.DrawFn) -> ScheduleTerms:
    """Terms with everything that can happen to a loan; not all of them make a schedule."""
    terms = draw(plain_terms())
    later = st.builds(Tranche, days_on, minor)
    changes = st.builds(RateChange, days_on, ppm, st.none() | days_on)
    pauses = st.builds(lambda a, b: Period(min(a, b), max(a, b)), days_on, days_on)
    fees = st.builds(
        Fee,
        code=st.just("fee"),
        timing=st.just(FeeTiming.EVERY_ROW),
        minor=st.integers(0, 500),
        rate_ppm=st.integers(0, 50_000),
        basis=st.sampled_from(FeeBasis),
    )
    rowed = terms.method not in {Method.BULLET, Method.DAILY_INTEREST}
    payments = st.builds(Payment, days_on, st.integers(1, terms.principal))
    return replace(
        terms,
        tranches=(*terms.tranches, *draw(st.lists(later, max_size=3))),
        rate_changes=tuple(draw(st.lists(changes, max_size=3))),
        rate_change_rule=draw(st.sampled_from(RateChangeRule)),
        interest_pauses=tuple(draw(st.lists(pauses, max_size=2))),
        fees=tuple(draw(st.lists(fees, max_size=2))),
        down_payment=draw(st.sampled_from([0, 0, terms.principal // 5])),
        first_due_date=draw(st.none() | days_on),
        anchor_day=draw(st.none() | st.integers(1, 31)),
        principal_grace=draw(st.integers(0, 3)) if rowed and terms.method is not Method.INTEREST_FIRST else 0,
        interest_grace=draw(st.integers(0, 3)) if rowed else 0,
        interest_grace_rule=draw(st.sampled_from(GraceRule)),
        payments=tuple(draw(st.lists(payments, max_size=3))) if terms.method is Method.DAILY_INTEREST else (),
        allow_negative_amortisation=draw(st.booleans()),
    )


def made(terms: ScheduleTerms) -> Schedule:
    """Build the schedule, or pass over terms that a coded refusal turns down."""
    try:
        return build_schedule(terms)
    except Refusal as refusal:
        assert isinstance(refusal, REASONS), refusal
        assert refusal.errors[0]["code"] == refusal.code
        assume(False)
        raise


@settings(max_examples=60, deadline=None)
@given(any_terms())
def test_everything_adds_up(terms: ScheduleTerms) -> None:
    schedule = made(terms)
    rows = schedule.rows
    assert sum(row.principal for row in rows) == sum(row.drawn for row in rows) == terms.principal
    assert schedule.total - schedule.principal - schedule.fees == schedule.interest
    assert schedule.total == sum(row.total for row in rows)
    assert rows[-1].balance == 0
    before, owed = terms.start_date, 0
    for row in rows:
        owed += row.drawn - row.principal
        assert row.balance == owed >= 0
        assert row.total == row.principal + row.interest + row.fees
        assert row.interest >= 0
        assert row.fees >= 0
        assert row.principal >= 0 or terms.allow_negative_amortisation
        assert before == row.period_start <= row.due_date
        before = row.due_date
    assert build_schedule(terms) == schedule
    assert build_schedule(replace(terms, tranches=terms.tranches[::-1])) == schedule


def rates_known_at_last(terms: ScheduleTerms, last_due: date) -> list[tuple[date, int]]:
    """Return the rates as they stand once everything is known, each with its first day."""
    return sorted(
        (change.from_date, change.rate_ppm)
        for change in terms.rate_changes
        if max(change.known_date or change.from_date, change.from_date) < last_due
    )


def days_of(schedule: Schedule, terms: ScheduleTerms) -> Iterator[tuple[date, int]]:
    """Yield every day with what was owed on it: a draw counts on its day, a payment from its day on."""
    start, end = terms.start_date, schedule.rows[-1].due_date
    moves: dict[date, int] = {}
    for tranche in terms.tranches:
        moves[tranche.day] = moves.get(tranche.day, 0) + tranche.minor
    for row in schedule.rows:
        moves[row.due_date] = moves.get(row.due_date, 0) - row.principal
    owed = 0
    for number in range((end - start).days):
        today = start + timedelta(days=number)
        owed += moves.get(today, 0)
        yield today, owed


@settings(max_examples=40, deadline=None)
@given(any_terms(), st.sampled_from([DayCount.ACT_360, DayCount.ACT_365F]))
def test_interest_by_rows_is_interest_by_days_within_rounding(terms: ScheduleTerms, count: DayCount) -> None:
    """Each row rounds once; a row put right by a back-dated change rounds once more for each change."""
    assume(terms.method is not Method.FLAT)
    terms = replace(terms, day_count=count, interest_basis=InterestBasis.ACTUAL_DAYS)
    assume(len({(c.from_date) for c in terms.rate_changes}) == len(terms.rate_changes))
    schedule = made(terms)
    last_due = schedule.rows[-1].due_date
    year = 360 if count is DayCount.ACT_360 else 365
    ahead, rate, by_days = rates_known_at_last(terms, last_due), terms.rate_ppm, 0
    for today, owed in days_of(schedule, terms):
        while ahead and ahead[0][0] <= today:
            rate = ahead.pop(0)[1]
        if not any(today in pause for pause in terms.interest_pauses):
            by_days += owed * rate
    assert abs(schedule.interest - Fraction(by_days, year * 10**6)) <= len(schedule.rows)


@settings(max_examples=80, deadline=None)
@given(plain_terms())
def test_only_the_last_row_takes_what_rounding_left(terms: ScheduleTerms) -> None:
    schedule = made(terms)
    rows, step = schedule.rows, terms.instalment_step
    if terms.method in {Method.LEVEL_INSTALMENT, Method.FLAT} and len(rows) > 1:
        (instalment,) = schedule.instalments
        regular = [row for row in rows[:-1] if row.balance and row.principal]
        assert {row.total for row in regular} <= {instalment.minor}
        assert instalment.minor % step == 0
    if terms.method is Method.LEVEL_PRINCIPAL and len(rows) > 1:
        assert len({row.principal for row in rows[:-1] if row.balance}) <= 1
    if terms.method is Method.LEVEL_INSTALMENT and terms.rate_ppm < 400_000 and step == 1 and len(rows) > 1:
        # Each row is at most one unit off, and what a row is off grows with the rate to the end.
        assert abs(rows[-1].total - schedule.instalments[0].minor) <= 2 * len(rows) * (
            1 + Fraction(2 * terms.rate_ppm, 10**6)
        ) ** ((rows[-1].due_date - START).days // 365 + 1)


@settings(max_examples=80, deadline=None)
@given(plain_terms())
@example(
    ScheduleTerms(tranches=(Tranche(START, 1),), rate_ppm=1, method=Method.LEVEL_INSTALMENT, count=1_000)
)
def test_the_short_way_and_the_long_way_agree(terms: ScheduleTerms) -> None:
    """A change of rate after the end changes nothing but the way through the code."""
    schedule = made(terms)
    never = RateChange(schedule.rows[-1].due_date, 5)
    assert build_schedule(replace(terms, rate_changes=(never,))) == schedule
    same = RateChange(terms.start_date, terms.rate_ppm)
    assert build_schedule(replace(terms, rate_changes=(same,))) == schedule
