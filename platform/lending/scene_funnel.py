"""What became of a scene's merchants at a bank, month by month: from offers made to money drawn (S1-03).

An offer counts in the month it was made, an application in the month it came in; what became of them later
counts there too, so that a month's steps are of the same merchants.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import connection

from kernel.ids import public_id
from kernel.money import Money

_MONTHS: Final = """
with offered as (
    select date_trunc('month', offered_date)::date as month, count(*) as offers,
           count(delivered_at) as delivered
      from campaigns_offer
     where scene_id = %(scene)s and offered_date >= %(since)s
     group by 1
), applied as (
    select date_trunc('month', a.submitted_date)::date as month, count(*) as applications,
           count(a.approved_amount) as approved,
           count(*) filter (where d.amount is not null) as drawn,
           coalesce(sum(d.amount), 0)::bigint as amount,
           sum(a.human_touch_count) as touches
      from applications_application a
      left join lateral (
          select sum(d.amount) as amount
            from applications_agreement g
            join drawdowns_drawdown d on d.line_id = g.credit_line_id and d.status = 'paid_out'
           where g.application_id = a.id
      ) d on true
     where a.scene_id = %(scene)s and a.submitted_date >= %(since)s
     group by 1
)
select month, coalesce(offers, 0), coalesce(delivered, 0), coalesce(applications, 0), coalesce(approved, 0),
       coalesce(drawn, 0), coalesce(amount, 0)::bigint, coalesce(touches, 0)
  from offered full join applied using (month)
 order by month
"""
_FAILED: Final = """
select id, failure_code, coalesce(finished_at, created_at)
  from drawdowns_drawdown
 where scene_id = %s and status in ('failed', 'expired')
 order by 3 desc, id
 limit %s
"""


@dataclass(frozen=True, slots=True)
class SceneMonth:
    """How many merchants of a month came how far, what they drew, and how often a person had to help."""

    month: date
    offered: int
    delivered: int
    applied: int
    approved: int
    drawn: int
    amount: Money
    human_touches: int


@dataclass(frozen=True, slots=True)
class FailedDraw:
    """A draw that brought no money, and the code of why."""

    public_id: str
    code: str
    at: datetime


def scene_months(*, scene_id: UUID, since: date) -> tuple[SceneMonth, ...]:
    """Return the months from a date on in which something of a scene happened, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"scene": scene_id, "since": since})
        rows = cursor.fetchall()
    return tuple(
        SceneMonth(month, offered, delivered, applied, approved, drawn, Money(amount), int(touches))
        for month, offered, delivered, applied, approved, drawn, amount, touches in rows
    )


def failed_draws(*, scene_id: UUID, limit: int = 10) -> tuple[FailedDraw, ...]:
    """Return a scene's newest draws that failed or waited in vain."""
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, [scene_id, limit])
        rows = cursor.fetchall()
    return tuple(FailedDraw(public_id("drw", key), code or "expired", at) for key, code, at in rows)
