"""The State Council's calendars as `chinesecalendar` knows them, and an estimate for the next year (M-07)."""

from datetime import date, timedelta
from typing import Final

import chinese_calendar
import holidays

from regulation.packs import DayDraft, YearDraft

FIRST_YEAR: Final = 2025
PROVISIONAL_YEARS: Final = 1
SATURDAY: Final = 5


def years() -> tuple[YearDraft, ...]:
    """Return the official years since 2025, then one year of estimates marked as such."""
    last_official = max(chinese_calendar.holidays).year
    official = [official_year(year) for year in range(FIRST_YEAR, last_official + 1)]
    return (*official, *(estimated_year(last_official + 1 + ahead) for ahead in range(PROVISIONAL_YEARS)))


def official_year(year: int) -> YearDraft:
    """Return the days of a year that its announced list makes holidays or make-up workdays."""
    days = []
    for day in _days_of(year):
        is_off, name = chinese_calendar.get_holiday_detail(day)
        if is_off and day.weekday() < SATURDAY:
            days.append(DayDraft(day, is_workday=False, name=name or ""))
        elif not is_off and day.weekday() >= SATURDAY:
            days.append(DayDraft(day, is_workday=True, name=name or ""))
    return YearDraft(
        year, is_official=True, source="State Council list, chinesecalendar 1.11", days=tuple(days)
    )


def estimated_year(year: int) -> YearDraft:
    """Return the statutory holidays of a year that is not announced; it has no make-up workdays yet."""
    estimated = holidays.country_holidays("CN", years=year)
    days = [
        DayDraft(day, is_workday=False, name=str(estimated[day])[:60])
        for day in _days_of(year)
        if day in estimated and day.weekday() < SATURDAY
    ]
    return YearDraft(year, is_official=False, source="estimate, holidays package", days=tuple(days))


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=count) for count in range((date(year + 1, 1, 1) - first).days)]
