"""Every method x frequency x day count x anchor, row by row, against the slow reckoning of `worked`."""

from collections import Counter
from datetime import date
from fractions import Fraction
from itertools import product

import pytest

from kernel.day_counts import DayCount
from kernel.recurrence import Frequency, Unit
from kernel.schedules import InterestBasis, Method, ScheduleTerms, Tranche, build_schedule
from kernel.schedules.tests import worked

FREQUENCIES = [("day", 1), ("week", 1), ("week", 2), ("month", 1), ("month", 3), ("month", 5)]
STARTS = [date(2026, 1, 15), date(2027, 10, 29), date(2027, 11, 30), date(2026, 12, 31), date(2028, 2, 29)]
ROWED = [Method.LEVEL_INSTALMENT, Method.LEVEL_PRINCIPAL, Method.INTEREST_FIRST, Method.FLAT, Method.BULLET]
# principal in minor units, rate in millionths: a shop's loan, an odd one, a very dear one, a free one
LOANS = [(10_000_000, 72_000), (1_234_567, 153_846), (99_999_999_999, 359_999), (30_001, 0)]


@pytest.mark.parametrize("method", ROWED)
@pytest.mark.parametrize("basis", list(InterestBasis))
def test_every_row_is_what_the_slow_reckoning_finds(method: Method, basis: InterestBasis) -> None:
    seen: Counter[str] = Counter()
    for at, ((unit, every), count, start) in enumerate(product(FREQUENCIES, DayCount, STARTS)):
        principal, rate_ppm = LOANS[at % len(LOANS)]
        number = 3 + at % 5
        schedule = build_schedule(
            ScheduleTerms(
                tranches=(Tranche(start, principal),),
                rate_ppm=rate_ppm,
                method=method,
                count=number,
                frequency=Frequency(Unit(unit), every),
                day_count=count,
                interest_basis=basis,
            )
        )
        dues = [worked.nth_due(start, unit, every, n) for n in range(number + 1)]
        if basis is InterestBasis.EQUAL_PERIODS:
            year_days = 360 if count.value.endswith("360") else 365
            fractions = [worked.regular(unit, every, year_days)] * number
        elif method is Method.BULLET and count.value.startswith("30"):
            fractions = [worked.part_of_year(count.value, start, dues[-1], unit, every)]
        else:
            fractions = [
                worked.part_of_year(count.value, dues[n], dues[n + 1], unit, every) for n in range(number)
            ]
        wanted = worked.rows(method.value, principal, [Fraction(rate_ppm, 10**6) * f for f in fractions])
        case = (unit, every, count.value, start.isoformat(), principal, rate_ppm)
        assert [(row.principal, row.interest) for row in schedule.rows] == wanted, case
        assert [row.due_date for row in schedule.rows] == (dues[-1:] if schedule.rows[1:] == () else dues[1:])
        seen[count.value] += len(schedule.rows)
    assert len(seen) == len(DayCount)


@pytest.mark.parametrize(
    ("rate_ppm", "fee", "total", "last", "interest"),
    [
        (72_000, 0, 866_190, 866_185, 394_275),  # A, and B, whose fee is paid on the first day
        (150_000, 45_000, 947_583, 947_583, None),  # C
        (180_000, 50_000, 966_800, 966_800, None),  # D
    ],
)
def test_the_instalments_of_rules_2_2(
    rate_ppm: int, fee: int, total: int, last: int, interest: int | None
) -> None:
    parts = [Fraction(rate_ppm, 12 * 10**6)] * 12
    wanted = worked.rows("level_instalment", 10_000_000, parts)
    schedule = build_schedule(
        ScheduleTerms(
            tranches=(Tranche(date(2026, 1, 1), 10_000_000),),
            rate_ppm=rate_ppm,
            method=Method.LEVEL_INSTALMENT,
            count=12,
        )
    )
    assert schedule.instalments[0].minor + fee == total
    assert [(row.principal, row.interest) for row in schedule.rows] == wanted
    assert schedule.rows[-1].total + fee == pytest.approx(last, abs=10)
    if interest is not None:
        assert (schedule.rows[-1].total, schedule.interest) == (last, interest)
        assert (schedule.rows[0].principal, schedule.rows[0].interest) == (806_190, 60_000)
        assert schedule.total == 10_000_000 + interest
