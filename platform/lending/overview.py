"""The day at a glance: what was asked for, paid out, repaid and is owed, from lending's own tables."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import connection

from kernel.money import Money

_TODAY: Final = """
select (select count(*) from applications_application where submitted_date = %(day)s),
       (select count(*) from applications_application where decided_date = %(day)s
                 and approved_amount is not null),
       (select coalesce(sum(principal_change), 0) from loans_loantransaction
         where booking_date = %(day)s and kind = 'disbursement')::bigint,
       (select coalesce(-sum(principal_change), 0) from loans_loantransaction
         where booking_date = %(day)s and kind in ('repayment', 'counter_receipt'))::bigint,
       (select coalesce(sum(outstanding), 0) from loans_loan where status = 'active')::bigint,
       (select count(*) from loans_loan where status = 'active'),
       (select coalesce(sum(outstanding), 0) from loans_loan
         where status = 'active' and oldest_due_date < %(day)s)::bigint,
       (select count(*) from loans_loan where status = 'active' and oldest_due_date < %(day)s)
"""
_SERIES: Final = """
select day::date,
       coalesce(sum(principal_change) filter (where kind = 'disbursement'), 0)::bigint,
       coalesce(-sum(principal_change) filter (where kind in ('repayment', 'counter_receipt')), 0)::bigint,
       (sum(coalesce(sum(principal_change), 0)) over (order by day)
         + (select coalesce(sum(principal_change), 0) from loans_loantransaction
             where booking_date < %(start)s))::bigint
  from generate_series(%(start)s::date, %(end)s::date, interval '1 day') day
  left join loans_loantransaction on booking_date = day::date
 group by day order by day
"""


@dataclass(frozen=True, slots=True)
class Today:
    """One business date's counts and sums; `overdue` is principal past its due date."""

    applications: int
    approved: int
    disbursed: Money
    repaid: Money
    outstanding: Money
    loan_count: int
    overdue: Money
    overdue_count: int


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What a business date moved, and the principal owed at its end."""

    day: date
    disbursed: Money
    repaid: Money
    outstanding: Money


def today_figures(*, on_date: date) -> Today:
    """Return the figures of a business date so far."""
    with connection.cursor() as cursor:
        cursor.execute(_TODAY, {"day": on_date})
        asked, approved, disbursed, repaid, owed, loans, late, late_count = cursor.fetchone()
    return Today(
        asked, approved, Money(disbursed), Money(repaid), Money(owed), loans, Money(late), late_count
    )


def daily_figures(*, until_date: date, days: int = 90) -> tuple[DayFigures, ...]:
    """Return the figures of each of the last `days` business dates up to and including `until_date`."""
    start = until_date - timedelta(days=days - 1)
    with connection.cursor() as cursor:
        cursor.execute(_SERIES, {"start": start, "end": until_date})
        rows = cursor.fetchall()
    return tuple(
        DayFigures(day, Money(disbursed), Money(repaid), Money(owed)) for day, disbursed, repaid, owed in rows
    )
