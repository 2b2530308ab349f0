"""The accrual of days on which nothing but interest happens, together: the entries of each day in one go.

`accrue.sql` is read for every day of them in one statement, so what a day posts is what it would have posted
by itself; there is no other arithmetic. For banks so small that the trips are what costs
(`lending.day_end.stretches`).
"""

import functools
from collections import defaultdict
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Final

from django.db import connection

from ledger.journal import operations as journal
from lending.loans.accrual import AccrualFigures, BusinessDateMoved, close_book, move_through
from lending.loans.accrued import Sums, drafts_of, span, statement
from plumbing.sql import in_transaction
from regulation import operations as regulation

_ONE_DAY: Final = timedelta(days=1)
_KEY: Final = attrgetter("income_account", "product")
# The parameters of one accrual, as columns of the days to accrue: their types.
_SPAN: Final = {
    "from_date": "date",
    "to_date": "date",
    "from_actual": "int",
    "from_thirty": "int",
    "to_actual": "int",
    "to_thirty": "int",
}


@functools.cache
def _by_day() -> str:
    """Return `accrue.sql` as it is, read once for each of several days."""
    one = statement("accrue.sql") % {name: f"d.{name}" for name in _SPAN}
    days = ", ".join(f"%({name})s::{kind}[]" for name, kind in _SPAN.items())
    return (
        f"SELECT d.from_date, x.* FROM unnest({days}) AS d({', '.join(_SPAN)}),"
        f" LATERAL ({one.replace('%', '%%')}) x"
    )


@in_transaction
def accrue_days(*, from_date: date, to_date: date, now: datetime) -> dict[date, AccrualFigures]:
    """Accrue every active loan for each day from one up to another, booked on that day; return the figures.

    The caller knows that on none of them an instalment falls due, a rate or a term changes, or a loan stops
    accruing, and keeps the book closed (`accrual.closed_book`). Raises `BusinessDateMoved` where the books
    stand elsewhere.
    """
    accrued_through = close_book(business_date=from_date)
    if accrued_through != from_date:
        raise BusinessDateMoved(current=accrued_through, given=from_date)
    days = [from_date + number * _ONE_DAY for number in range((to_date - from_date).days)]
    spans = [span(day, day + _ONE_DAY) for day in days]
    rows = defaultdict[date, list[Sums]](list)
    with connection.cursor() as cursor:
        cursor.execute(_by_day(), {name: [each[name] for each in spans] for name in _SPAN})
        for day, *row in cursor.fetchall():
            rows[day].append(Sums.of(row))
    drafts = {day: drafts_of(sorted(rows[day], key=_KEY), day) for day in days}
    for day in {day.year: day for day in reversed(days) if drafts[day]}.values():
        regulation.lock_vat_method(posting_date=day, now=now)
    journal.post_entries(entries=[draft for day in days for draft in drafts[day]], now=now)
    move_through(through_date=to_date)
    return {
        day: AccrualFigures(
            day + _ONE_DAY,
            sum(row.interest for row in rows[day]),
            sum(row.penalty for row in rows[day]),
            sum(row.loan_count for row in rows[day]),
            len(drafts[day]),
        )
        for day in days
    }
