"""Figures that were reckoned by hand, one for each thing terms can say."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kernel.day_counts import DayCount
from kernel.money import Rounding
from kernel.periods import Period
from kernel.recurrence import DAILY, QUARTERLY, WEEKLY, Frequency, Unit
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


def day(text: str) -> date:
    return date.fromisoformat(text)


def terms(**changes: Any) -> ScheduleTerms:
    """Twelve months from 15 January 2026, 100,000.00 at 7.2 %, with changes."""
    usual: dict[str, Any] = {
        "tranches": (Tranche(day("2026-01-15"), 10_000_000),),
        "rate_ppm": 72_000,
        "method": Method.LEVEL_INSTALMENT,
        "count": 12,
    }
    return ScheduleTerms(**(usual | changes))


def paid(schedule: Schedule) -> list[tuple[int, int]]:
    return [(row.principal, row.interest) for row in schedule.rows]


def test_flat_is_reckoned_and_labelled() -> None:
    schedule = build_schedule(terms(method=Method.FLAT, rate_ppm=120_000))
    assert [row.total for row in schedule.rows] == [933_333] * 11 + [933_337]
    assert {row.interest for row in schedule.rows} == {100_000}
    assert (schedule.interest, schedule.notes) == (1_200_000, ("flat_rate",))


def test_daily_interest_as_in_s0_01() -> None:
    """30,000.00 at 7.2 % ACT/360, 10,000.00 repaid on day 10, settled on day 27: 60.00 + 68.00."""
    schedule = build_schedule(
        terms(
            tranches=(Tranche(day("2026-11-03"), 3_000_000),),
            method=Method.DAILY_INTEREST,
            count=27,
            frequency=DAILY,
            payments=(Payment(day("2026-11-13"), 1_000_000),),
        )
    )
    assert paid(schedule) == [(1_000_000, 6_000), (2_000_000, 6_800)]
    assert [row.days for row in schedule.rows] == [10, 17]
    without = build_schedule(
        terms(method=Method.DAILY_INTEREST, count=1, final_due_date=day("2026-02-14"), payments=())
    )
    assert paid(without) == [(10_000_000, 60_000)]


def test_a_daily_loan_ends_when_it_is_repaid_unless_more_is_drawn() -> None:
    loan = terms(
        method=Method.DAILY_INTEREST,
        count=1,
        final_due_date=day("2026-03-06"),
        payments=(Payment(day("2026-01-20"), 4_000_000), Payment(day("2026-01-20"), 6_000_000)),
    )
    assert paid(build_schedule(loan)) == [(10_000_000, 10_000)]
    again = replace(loan, tranches=(*loan.tranches, Tranche(day("2026-02-04"), 1_000_000)))
    assert paid(build_schedule(again)) == [(10_000_000, 10_000), (1_000_000, 6_000)]


def test_a_bullet_bears_simple_interest_to_its_day() -> None:
    schedule = build_schedule(
        terms(
            method=Method.BULLET,
            count=6,
            day_count=DayCount.ACT_365F,
            rate_ppm=36_500,
            tranches=(Tranche(day("2026-01-31"), 10_000_000), Tranche(day("2026-04-30"), 5_000_000)),
        )
    )
    (row,) = schedule.rows
    assert (row.due_date, row.days, row.drawn) == (day("2026-07-31"), 181, 15_000_000)
    assert row.interest == 181 * 1_000 + 92 * 500


def test_a_draw_on_a_due_date_belongs_to_the_next_period() -> None:
    later = Tranche(day("2026-03-15"), 5_000_000)
    loan = terms(count=6, tranches=(*terms().tranches, later))
    schedule = build_schedule(loan)
    alone = build_schedule(terms(count=6))
    assert schedule.rows[:2] == alone.rows[:2]
    assert [row.drawn for row in schedule.rows] == [10_000_000, 0, 5_000_000, 0, 0, 0]
    owed = alone.rows[1].balance + 5_000_000
    assert schedule.rows[2].interest == round(owed * 0.006)
    rest = build_schedule(terms(count=4, tranches=(Tranche(day("2026-03-15"), owed),)))
    assert paid(schedule)[2:] == paid(rest)
    assert [one.from_number for one in schedule.instalments] == [1, 3]


def test_a_draw_inside_a_period_bears_interest_by_its_days() -> None:
    """6,000.00 from 30 January to 15 February is 16 of 31 days of a month at 0.6 %."""
    schedule = build_schedule(terms(tranches=(*terms().tranches, Tranche(day("2026-01-30"), 600_000))))
    assert schedule.rows[0].interest == 60_000 + round(600_000 * 0.006 * 16 / 31)
    by_day = build_schedule(
        terms(
            tranches=(*terms().tranches, Tranche(day("2026-01-30"), 600_000)),
            interest_basis=InterestBasis.ACTUAL_DAYS,
        )
    )
    assert by_day.rows[0].interest == 62_000 + 600_000 * 16 * 72 // 360_000
    assert by_day.rows[0].total == by_day.instalments[0].minor == by_day.rows[10].total


def test_a_rate_change_ahead_solves_the_instalment_again() -> None:
    """The first six rows are those of 7.2 %, the rest a six-month loan of what is left at 6 %."""
    change = RateChange(day("2026-07-15"), 60_000)
    schedule = build_schedule(terms(rate_changes=(change,)))
    before = build_schedule(terms())
    assert schedule.rows[:6] == before.rows[:6]
    rest = build_schedule(
        terms(count=6, rate_ppm=60_000, tranches=(Tranche(day("2026-07-15"), before.rows[5].balance),))
    )
    assert paid(schedule)[6:] == paid(rest)
    kept = build_schedule(terms(rate_changes=(change,), rate_change_rule=RateChangeRule.KEEP_INSTALMENT))
    assert {row.total for row in kept.rows[:11]} == {866_190}
    assert kept.rows[11].total < schedule.rows[11].total


def test_a_rate_change_inside_a_period_splits_it_by_days() -> None:
    schedule = build_schedule(
        terms(rate_changes=(RateChange(day("2026-01-25"), 36_000),), interest_basis=InterestBasis.ACTUAL_DAYS)
    )
    assert schedule.rows[0].interest == 10 * 2_000 + 21 * 1_000
    assert len({row.total for row in schedule.rows[:11]}) == 1


def test_a_back_dated_change_is_settled_in_the_next_row() -> None:
    """7.2 % billed for January and February, 3.6 % known in March: half of both comes back in row 3."""
    usual = {"method": Method.INTEREST_FIRST, "count": 4}
    late = RateChange(day("2026-01-15"), 36_000, known_date=day("2026-03-20"))
    schedule = build_schedule(terms(**usual, rate_changes=(late,)))
    assert [row.interest for row in schedule.rows] == [60_000, 60_000, 0, 0]
    rise = RateChange(day("2026-01-15"), 84_000, known_date=day("2026-03-20"))
    schedule = build_schedule(terms(**usual, rate_changes=(rise,)))
    assert [row.interest for row in schedule.rows] == [60_000, 60_000, 90_000, 70_000]
    known_on_due = replace(rise, known_date=day("2026-03-15"))
    schedule = build_schedule(terms(**usual, rate_changes=(known_on_due,)))
    assert [row.interest for row in schedule.rows] == [60_000, 60_000, 90_000, 70_000]


def test_grace_on_principal_pays_interest_only() -> None:
    schedule = build_schedule(terms(count=15, principal_grace=3))
    assert paid(schedule)[:3] == [(0, 60_000)] * 3
    assert paid(schedule)[3:] == paid(build_schedule(terms()))


@pytest.mark.parametrize(
    ("rule", "interest"),
    [
        (GraceRule.NEXT_DUE, [0, 0, 180_000, 60_000, 60_000]),
        (GraceRule.SPREAD, [0, 0, 100_000, 100_000, 100_000]),
    ],
)
def test_grace_on_interest_puts_it_off_and_charges_none_on_it(rule: GraceRule, interest: list[int]) -> None:
    schedule = build_schedule(
        terms(method=Method.INTEREST_FIRST, count=5, interest_grace=2, interest_grace_rule=rule)
    )
    assert [row.interest for row in schedule.rows] == interest


def test_what_does_not_spread_evenly_stands_in_the_last_row() -> None:
    schedule = build_schedule(
        terms(
            method=Method.INTEREST_FIRST,
            count=5,
            tranches=(Tranche(day("2026-01-15"), 10_001),),
            interest_grace=2,
            interest_grace_rule=GraceRule.SPREAD,
        )
    )
    assert [row.interest for row in schedule.rows] == [0, 0, 60 + 40, 60 + 40, 60 + 40]
    odd = replace(terms(), method=Method.INTEREST_FIRST, count=4, interest_grace=1)
    odd = replace(odd, interest_grace_rule=GraceRule.SPREAD, tranches=(Tranche(day("2026-01-15"), 10_100),))
    assert [row.interest for row in build_schedule(odd).rows] == [0, 61 + 20, 61 + 20, 61 + 21]


def test_pauses_bear_no_interest() -> None:
    by_day = {"method": Method.INTEREST_FIRST, "count": 3, "interest_basis": InterestBasis.ACTUAL_DAYS}
    pause = Period(day("2026-01-25"), day("2026-02-20"))
    schedule = build_schedule(terms(**by_day, interest_pauses=(pause,)))
    assert [row.interest for row in schedule.rows] == [10 * 2_000, 23 * 2_000, 31 * 2_000]
    schedule = build_schedule(terms(**by_day, interest_free_rows=(2,)))
    assert [row.interest for row in schedule.rows] == [62_000, 0, 62_000]
    level = build_schedule(terms(interest_free_rows=(1, 2)))
    assert [row.interest for row in level.rows[:2]] == [0, 0]
    assert len({row.total for row in level.rows[:11]}) == 1
    assert abs(level.rows[11].total - level.rows[0].total) < 10


def test_a_down_payment_and_fees_up_front_are_row_0() -> None:
    fees = (
        Fee(code="service", timing=FeeTiming.UPFRONT, rate_ppm=20_000),
        Fee(code="file", timing=FeeTiming.UPFRONT, minor=1_000),
        Fee(code="account", timing=FeeTiming.EVERY_ROW, minor=500),
        Fee(code="cover", timing=FeeTiming.EVERY_ROW, rate_ppm=1_000, basis=FeeBasis.BALANCE),
    )
    schedule = build_schedule(
        terms(method=Method.LEVEL_PRINCIPAL, count=4, down_payment=2_000_000, fees=fees)
    )
    first = schedule.rows[0]
    assert (first.number, first.drawn, first.principal, first.interest) == (0, 10_000_000, 2_000_000, 0)
    assert (first.fees, first.total, first.balance) == (201_000, 2_201_000, 8_000_000)
    assert [row.principal for row in schedule.rows[1:]] == [2_000_000] * 4
    assert [row.fees for row in schedule.rows[1:]] == [8_500, 6_500, 4_500, 2_500]
    assert schedule.total == 10_000_000 + schedule.interest + schedule.fees


def test_a_given_instalment_is_kept_and_the_last_row_takes_the_rest() -> None:
    low = build_schedule(terms(instalment=800_000))
    assert {row.total for row in low.rows[:11]} == {800_000}
    assert low.rows[11].total > 1_600_000
    high = build_schedule(terms(instalment=1_500_000))
    assert (len(high.rows), high.notes) == (7, ("early_end",))
    assert [row.total for row in high.rows[:6]] == [1_500_000] * 6
    assert 0 < high.rows[6].total < 1_500_000
    grows = build_schedule(terms(instalment=50_000, allow_negative_amortisation=True))
    assert paid(grows)[0] == (-10_000, 60_000)
    assert grows.rows[0].balance == 10_010_000


def test_a_balloon_is_left_to_the_last_row() -> None:
    schedule = build_schedule(terms(balloon=4_000_000))
    assert len({row.total for row in schedule.rows[:11]}) == 1
    assert abs(schedule.rows[11].total - schedule.rows[0].total - 4_000_000) < 10
    parts = build_schedule(terms(method=Method.LEVEL_PRINCIPAL, count=4, balloon=2_000_000))
    assert [row.principal for row in parts.rows] == [2_000_000, 2_000_000, 2_000_000, 4_000_000]


@pytest.mark.parametrize(
    ("rounding", "step", "instalment"),
    [
        (Rounding.HALF_UP, 1, 866_190),  # 8,661.8996...
        (Rounding.DOWN, 1, 866_189),
        (Rounding.UP, 1, 866_190),
        (Rounding.UP, 100, 866_200),
        (Rounding.DOWN, 100, 866_100),
        (Rounding.HALF_EVEN, 1_000, 866_000),
    ],
)
def test_the_instalment_is_rounded_by_its_named_rule(rounding: Rounding, step: int, instalment: int) -> None:
    schedule = build_schedule(terms(instalment_rounding=rounding, instalment_step=step))
    assert {row.total for row in schedule.rows[:11]} == {instalment}
    assert schedule.principal == sum(row.principal for row in schedule.rows)


@pytest.mark.parametrize(
    ("rounding", "interest"),
    [(Rounding.HALF_UP, 3), (Rounding.HALF_EVEN, 2), (Rounding.DOWN, 2), (Rounding.UP, 3)],
)
def test_interest_is_rounded_by_its_named_rule(rounding: Rounding, interest: int) -> None:
    """2.50 fen: 500 fen at 6 % for a month."""
    small = (Tranche(day("2026-01-15"), 500),)
    loan = terms(tranches=small, rate_ppm=60_000, method=Method.INTEREST_FIRST, count=2)
    schedule = build_schedule(replace(loan, interest_rounding=rounding))
    assert [row.interest for row in schedule.rows] == [interest, interest]


def test_odd_first_and_last_periods_count_whole_periods_and_days() -> None:
    """10 March to 25 April is one month and, before it, 15 days."""
    usual = {
        "tranches": (Tranche(day("2026-03-10"), 10_000_000),),
        "method": Method.INTEREST_FIRST,
        "count": 3,
    }
    odd = build_schedule(terms(**usual, first_due_date=day("2026-04-25")))
    assert odd.rows[0].interest == 60_000 + 15 * 2_000
    short = build_schedule(terms(**usual, first_due_date=day("2026-03-25")))
    assert [row.interest for row in short.rows] == [15 * 2_000, 60_000, 60_000]
    cut = build_schedule(terms(**usual, final_due_date=day("2026-05-30")))
    assert [row.interest for row in cut.rows] == [60_000, 60_000, 20 * 2_000]
    same = build_schedule(terms(**usual, first_due_date=day("2026-04-10")))
    assert paid(same) == paid(build_schedule(terms(**usual)))
    moved = build_schedule(terms(**usual, anchor_day=25))
    assert moved.rows == odd.rows


def test_an_end_of_month_anchor_comes_back() -> None:
    usual = {"tranches": (Tranche(day("2026-01-31"), 10_000_000),), "count": 3}
    plain, named = terms(**usual), terms(**usual, first_due_date=day("2026-02-28"))
    dues = [day("2026-02-28"), day("2026-03-31"), day("2026-04-30")]
    assert [row.due_date for row in build_schedule(plain).rows] == dues
    assert build_schedule(named).rows == build_schedule(plain).rows
    on_28 = build_schedule(replace(named, anchor_day=28))
    assert [row.due_date for row in on_28.rows] == [day("2026-02-28"), day("2026-03-28"), day("2026-04-28")]


def test_rolled_due_dates_move_actual_days_and_leave_equal_periods() -> None:
    """The due dates of 15 February (spring festival) and 15 March 2026 are Sundays."""
    rolled = (day("2026-02-24"), day("2026-03-16"), day("2026-04-15"))
    usual = {"method": Method.INTEREST_FIRST, "count": 3, "due_dates": rolled}
    equal = build_schedule(terms(**usual))
    assert [(row.due_date, row.interest) for row in equal.rows] == [(due, 60_000) for due in rolled]
    by_day = build_schedule(terms(**usual, interest_basis=InterestBasis.ACTUAL_DAYS))
    assert [row.interest for row in by_day.rows] == [40 * 2_000, 20 * 2_000, 30 * 2_000]


def test_currencies_have_their_own_smallest_unit() -> None:
    yen = build_schedule(terms(currency="JPY", tranches=(Tranche(day("2026-01-15"), 100_000),)))
    assert (yen.currency_digits, yen.rows[0].total) == (0, 8_662)
    dinar = build_schedule(terms(currency="KWD", currency_digits=3))
    assert (dinar.currency_digits, dinar.rows[0].total) == (3, 866_190)
    other = build_schedule(terms(currency="TND", currency_digits=3))
    assert other.currency_digits == 3


@pytest.mark.parametrize(
    ("frequency", "interest"),
    [(WEEKLY, 13_846), (Frequency(Unit.WEEK, 2), 27_692), (DAILY, 2_000), (QUARTERLY, 180_000)],
)
def test_equal_periods_are_parts_of_a_year(frequency: Frequency, interest: int) -> None:
    schedule = build_schedule(terms(method=Method.INTEREST_FIRST, count=2, frequency=frequency))
    assert [row.interest for row in schedule.rows] == [interest, interest]


def test_thirty_day_months_never_lose_a_day_to_a_change_of_rate() -> None:
    """Pieces of a 30/360 period add up to the period, wherever it is cut."""
    usual = {
        "method": Method.INTEREST_FIRST, "count": 1, "day_count": DayCount.THIRTY_E_360,
        "interest_basis": InterestBasis.ACTUAL_DAYS, "tranches": (Tranche(day("2026-01-31"), 10_000_000),),
    }  # fmt: skip
    whole = build_schedule(terms(**usual)).interest
    for cut in range(1, 28):
        change = RateChange(date(2026, 2, cut), 72_000)
        assert build_schedule(terms(**usual, rate_changes=(change,))).interest == whole


def test_a_balloon_may_be_part_of_a_later_draw() -> None:
    """100,000.00 now and 400,000.00 in the third month, 200,000.00 left to the end."""
    schedule = build_schedule(
        terms(
            tranches=(Tranche(day("2026-01-15"), 10_000_000), Tranche(day("2026-03-15"), 40_000_000)),
            balloon=20_000_000,
            count=5,
        )
    )
    assert [row.principal for row in schedule.rows[:2]] == [0, 0]  # all of it may be the balloon's
    assert [row.interest for row in schedule.rows[:2]] == [60_000, 60_000]
    assert sum(row.principal for row in schedule.rows) == 50_000_000
    assert schedule.rows[-1].principal - schedule.rows[-2].principal > 20_000_000


def test_one_row_pays_it_all_whatever_the_balloon() -> None:
    given = terms(tranches=(Tranche(day("2026-01-15"), 10_000),), balloon=10_000, count=1)
    assert paid(build_schedule(given)) == [(10_000, 60)]


@pytest.mark.parametrize("day_count, basis", [("ACT/ACT-ICMA", "actual_days"), ("ACT/365F", "equal_periods")])
def test_a_span_of_millennia_is_counted_not_walked(day_count: str, basis: str) -> None:
    """More than two and a half million daily periods: each a 365th of a year."""
    first, last = day("1600-01-01"), day("9000-12-31")
    schedule = build_schedule(
        terms(
            tranches=(Tranche(first, 36_500),),
            method=Method.BULLET,
            count=1,
            frequency=DAILY,
            final_due_date=last,
            day_count=DayCount(day_count),
            interest_basis=InterestBasis(basis),
            rate_ppm=1_000_000,
        )
    )
    assert schedule.interest == 100 * (last - first).days
