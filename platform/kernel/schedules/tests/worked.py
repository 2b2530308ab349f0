"""A schedule reckoned the slow way, from first principles: fractions throughout, nothing of the kernel.

The level instalment is found from the balance at the end under two trial instalments, since it is linear in
it; rounding is `Decimal`'s. Regular loans only: one advance, one rate, no grace.
"""

import calendar
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def nth_due(start: date, unit: str, every: int, number: int) -> date:
    """Return a due date: by adding months one at a time to the year and month, then the clamped day."""
    if unit != "month":
        return start + timedelta(days=number * every * (7 if unit == "week" else 1))
    year, month = start.year, start.month
    for _ in range(number * every):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def part_of_year(count: str, start: date, end: date, unit: str, every: int) -> Fraction:
    """Return the year fraction of one whole period by a day count, by counting its days one by one."""
    span = [start + timedelta(days=number) for number in range((end - start).days)]
    if count == "ACT/360":
        return Fraction(len(span), 360)
    if count == "ACT/365F":
        return Fraction(len(span), 365)
    if count == "ACT/ACT-ISDA":
        leap = sum(calendar.isleap(day.year) for day in span)
        return Fraction(leap, 366) + Fraction(len(span) - leap, 365)
    if count == "ACT/ACT-ICMA":
        return regular(unit, every)
    first, last = start.day, end.day
    if count == "30/360":
        ends = [day.month == 2 and (day + timedelta(days=1)).month == 3 for day in (start, end)]
        if all(ends):
            last = 30
        first = 30 if ends[0] or first == 31 else first
        last = 30 if last == 31 and first == 30 else last
    else:
        first, last = min(first, 30), min(last, 30)
    return Fraction(360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first, 360)


def regular(unit: str, every: int, year_days: int = 365) -> Fraction:
    """Return the part of a year that a whole period is."""
    return Fraction(every, {"month": 12, "week": 52, "day": year_days}[unit])


def half_up(exact: Fraction) -> int:
    """Round half up, by decimals of eighty digits."""
    quotient = Decimal(exact.numerator * 10**40 // exact.denominator).scaleb(-40)
    return int(quotient.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def balance_after(principal: int, parts: list[Fraction], instalment: Fraction) -> Fraction:
    """Return what is owed after every period under an instalment, without rounding."""
    owed = Fraction(principal)
    for part in parts:
        owed += owed * part - instalment
    return owed


def level(principal: int, parts: list[Fraction]) -> Fraction:
    """Return the instalment that leaves nothing."""
    without, with_one = (balance_after(principal, parts, Fraction(trial)) for trial in (0, 1))
    return without / (without - with_one)


def rows(method: str, principal: int, parts: list[Fraction]) -> list[tuple[int, int]]:
    """Return principal and interest of each row; `parts` are rate times year fraction of each period."""
    count, owed, found = len(parts), principal, []
    if method == "bullet":
        return [(principal, half_up(principal * sum(parts)))]
    shared = {
        "level_instalment": lambda: half_up(level(principal, parts)),
        "level_principal": lambda: half_up(Fraction(principal, count)),
        "interest_first": lambda: 0,
        "flat": lambda: half_up((principal + principal * sum(parts)) / count),
    }[method]()
    for number, part in enumerate(parts, start=1):
        interest = half_up((principal if method == "flat" else owed) * part)
        is_total = method in {"level_instalment", "flat"}
        paid = shared - interest if is_total else shared
        paid = owed if number == count else max(0, min(paid, owed))
        found.append((paid, interest))
        owed -= paid
    return found
