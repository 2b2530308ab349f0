"""Measures, for other benches, how many schedules are solved and how many payoffs are quoted a second."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from kernel.day_counts import DayCount
from kernel.schedules import Method, ScheduleTerms, Tranche, build_schedule
from lending.loans.models import Loan
from lending.loans.queries import payoff_quote
from lending.products.methods import RepaymentMethod
from plumbing.clock.queries import business_date

SECONDS: Final = 2.0
QUOTED: Final = 400
_START: Final = date(2026, 1, 31)


def a_second(act: Callable[[int], object], seconds: float = SECONDS) -> float:
    """Return how often an act is done a second by one process."""
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        act(count)
        count += 1
    return count / (time.perf_counter() - started)


def solves() -> dict[str, float]:
    """Return level instalments solved a second, by the number of instalments; each with another principal."""
    return {
        f"schedules a second, {count} instalments, {day_count.value}": a_second(_solve(count, day_count))
        for count, day_count in (
            (12, DayCount.THIRTY_360_US),
            (12, DayCount.ACT_365F),
            (360, DayCount.THIRTY_360_US),
        )
    }


def _solve(count: int, day_count: DayCount) -> Callable[[int], object]:
    def solve(number: int) -> object:
        return build_schedule(
            ScheduleTerms(
                tranches=(Tranche(_START, 10_000_000 + number),),
                rate_ppm=72_000,
                method=Method.LEVEL_INSTALMENT,
                count=count,
                day_count=day_count,
            )
        )

    return solve


def quotes() -> dict[str, float]:
    """Return payoff quotes a second of this bank's loans, by calculator; for today and next week in turn."""
    today, daily = business_date(), RepaymentMethod.DAILY_INTEREST
    active = Loan.objects.filter(status="active")
    kinds = {"daily": active.filter(method=daily), "scheduled": active.exclude(method=daily)}
    found = {}
    for name, rows in kinds.items():
        ids = list(rows.order_by("id").values_list("id", flat=True)[:QUOTED])
        if ids:
            found[f"payoff quotes a second, {name}"] = a_second(
                lambda n, ids=ids: payoff_quote(  # type: ignore[misc]
                    loan_id=ids[n % len(ids)], on_date=today + timedelta(days=7 * (n % 2))
                )
            )
    return found
