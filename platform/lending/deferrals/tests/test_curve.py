"""The curve of a deferred fee against the effective interest it is: pure."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.apr import CashFlow
from kernel.day_counts import DayCount
from kernel.effective_interest import effective_interest
from kernel.money import Money
from kernel.periods import Period
from kernel.rates import PPM
from kernel.schedules import Method
from lending.deferrals.curve import Curve, Expected, Turn, curve_of
from lending.loans.yields import by_schedule
from lending.replay import Contract, Event, EventKind

START = date(2026, 11, 2)
FEE = 120_000
LEVEL = Contract(
    method=Method.LEVEL_INSTALMENT,
    principal=10_000_000,
    start_date=START,
    rate_ppm=72_000,
    penalty_ppm=108_000,
    count=12,
)


def receipt(sequence: int, on: date, amount: int, choice: str = "keep_term") -> Event:
    return Event(sequence=sequence, kind=EventKind.REPAYMENT, value_date=on, amount=amount, choice=choice)


def test_a_curve_is_effective_income_less_that_at_the_contracts_rate_on_every_day() -> None:
    found = by_schedule(replace(LEVEL, day_count=DayCount.ACT_360), [])
    curve = curve_of(FEE, found)

    def estimate(held_back: int) -> list[CashFlow]:
        paid = [CashFlow(START + timedelta(day), Money(-minor)) for day, minor in found.flows]
        return [CashFlow(START, Money(LEVEL.principal - held_back)), *paid]

    effective, plain = effective_interest(estimate(FEE)), effective_interest(estimate(0))
    for offset, earned in enumerate(curve.earned):
        day = START + timedelta(offset)
        assert earned == round(effective.earned_exact(day) - plain.earned_exact(day))
    year = Period(START, effective.end_date)
    contractual = sum(minor for _, minor in found.flows) - LEVEL.principal
    assert effective.adjustment(year, contractual=contractual) == curve.earned[-1] == FEE


def test_a_loan_that_does_not_accrue_earns_a_share_and_is_not_behind_once_it_does_again() -> None:
    plain = by_schedule(LEVEL, [])
    whole = curve_of(FEE, plain).earned
    end = len(whole) - 1
    none = curve_of(FEE, replace(plain, shares=((40, 0),)))
    assert none == Curve((*whole[:41], *[whole[40]] * (end - 40)))
    shares = ((40, 400_000), (90, 0), (end + 30, PPM))
    net = curve_of(FEE, replace(plain, shares=shares))
    kept = whole[40] + round((whole[90] - whole[40]) * 0.4)
    assert (net.earned[90], net.earned[end], net.earned[end + 29]) == (kept,) * 3
    assert (net.earned[-1], len(net.earned), net.lost) == (FEE, end + 31, 0)
    lost = curve_of(FEE, replace(plain, shares=shares[:2], lost_on=end + 10))  # long after its last day
    assert (lost.earned[-1], lost.lost) == (kept, FEE - kept)


def test_thirty_day_months_earn_alike_and_the_sum_is_the_fee() -> None:
    curve = curve_of(FEE, by_schedule(LEVEL, []))
    assert (curve.earned[0], curve.earned[-1], curve.lost) == (0, FEE, 0)
    assert list(curve.earned) == sorted(curve.earned)
    months = [date(2026 + (10 + n) // 12, (10 + n) % 12 + 1, 2) for n in range(13)]
    parts = [curve.at((months[n + 1] - START).days) - curve.at((months[n] - START).days) for n in range(12)]
    assert parts == sorted(parts, reverse=True)  # less principal, less of the fee, whatever the month's days
    assert parts[:3] == [17_995, 16_611, 15_205]


def test_a_prepayment_releases_its_part_and_a_payoff_the_rest() -> None:
    day = START + timedelta(8)
    before = curve_of(FEE, by_schedule(LEVEL, [])).at(8)
    half = curve_of(FEE, by_schedule(LEVEL, [receipt(2, day, 5_000_000)])).at(8)
    assert Decimal("0.49") < Decimal(half - before) / (FEE - before) < Decimal("0.51")
    off = curve_of(FEE, by_schedule(LEVEL, [receipt(2, day, 10_016_000)]))
    assert (off.at(8), len(off.earned)) == (FEE, 9)
    back = [
        receipt(2, day, 10_016_000),
        Event(sequence=3, kind=EventKind.REVERSAL, value_date=day, reverses=2),
    ]
    assert curve_of(FEE, by_schedule(LEVEL, back)) == curve_of(FEE, by_schedule(LEVEL, []))


def test_new_terms_release_nothing_and_a_write_off_loses_what_is_left() -> None:
    day = START + timedelta(40)
    plain = curve_of(FEE, by_schedule(LEVEL, []))
    longer = Event(sequence=2, kind=EventKind.EXTENSION, value_date=day, count=24)
    spread = curve_of(FEE, by_schedule(LEVEL, [longer]))
    assert abs(spread.at(40) - plain.at(40)) <= 1
    assert plain.at(41) - plain.at(40) > spread.at(41) - spread.at(40) > 0
    assert (spread.earned[-1], len(spread.earned) > len(plain.earned)) == (FEE, True)
    until = START + timedelta(150)
    paused = Event(sequence=2, kind=EventKind.PAUSE, value_date=day, since=day, through=until)
    rested = curve_of(FEE, by_schedule(LEVEL, [paused]))
    assert (abs(rested.at(40) - plain.at(40)) <= 1, rested.earned[-1]) == (True, FEE)
    lost = Event(sequence=2, kind=EventKind.WRITE_OFF, value_date=day, through=day)
    ended = curve_of(FEE, by_schedule(LEVEL, [lost]))
    assert (ended.at(40), ended.at(400)) == (plain.at(40), plain.at(40))
    assert ended.earned[-1] + ended.lost == FEE


def test_what_is_late_earns_no_fee_for_waiting() -> None:
    late = receipt(2, START + timedelta(45), 866_190)  # of what fell due fifteen days before
    assert curve_of(FEE, by_schedule(LEVEL, [late])) == curve_of(FEE, by_schedule(LEVEL, []))


@settings(max_examples=25, deadline=None)
@given(
    fee=st.integers(1, 900_000),
    acts=st.lists(
        st.tuples(
            st.integers(0, 420),
            st.integers(1_000, 4_000_000),
            st.sampled_from(["keep_term", "keep_instalment"]),
        ),
        max_size=4,
    ),
    grown=st.integers(0, 3),
)
def test_any_curve_ends_at_the_fee_and_never_runs_back(
    fee: int, acts: list[tuple[int, int, str]], grown: int
) -> None:
    events = [
        receipt(number, START + timedelta(offset), amount, choice)
        for number, (offset, amount, choice) in enumerate(sorted(acts), 2)
    ]
    if grown and not acts:
        events.append(Event(sequence=2, kind=EventKind.EXTENSION, value_date=START, count=12 + grown))
    curve = curve_of(fee, by_schedule(LEVEL, events))
    assert curve.earned[-1] == fee
    assert list(curve.earned) == sorted(curve.earned)
    assert 0 <= curve.earned[0] <= fee


def test_a_loan_by_the_day_that_is_drawn_on_one_day() -> None:
    whole = Expected(1_000_000, ((90, 1_018_000),), (), tuple(range(91)))
    curve = curve_of(10_000, whole)
    assert (curve.earned[0], curve.earned[90]) == (0, 10_000)
    halved = replace(whole, turns=(Turn(45, ((90, 509_000),)),))
    assert curve_of(10_000, halved).at(44) == curve.at(44)
    released = curve_of(10_000, halved).at(45) - curve.at(45)
    assert released == (10_000 - curve.at(45)) // 2
