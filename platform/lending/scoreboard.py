"""How the bank's lending does, from its own tables (S1-01, S1-03): funnel, times, human touches, unit cost.

Nothing here is counted twice or kept: meters are derived from the rows that the work itself left behind
and priced by the tariff that the bank adopted (rule S1-01): cost = metered usage x tariff by construction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from kernel.money import Money
from regulation.queries import rule

TARIFF_RULE: Final = "S1-01"

_FUNNEL: Final = """
select count(*),
       count(*) filter (where status in ('approved', 'contracted')),
       count(*) filter (where status = 'declined'),
       count(*) filter (where status = 'in_review'),
       count(*) filter (where approved_amount < requested_amount),
       count(*) filter (where status = 'contracted'),
       coalesce(sum(human_touch_count), 0),
       percentile_disc(0.5) within group (order by extract(epoch from decided_at - submitted_at)),
       percentile_disc(0.99) within group (order by extract(epoch from decided_at - submitted_at))
  from applications_application
"""
_DRAWS: Final = """
select count(*),
       count(*) filter (where d.status = 'paid_out'),
       count(*) filter (where d.status = 'failed'),
       count(*) filter (where i.enquiry_count > 0 and d.status = 'paid_out'),
       coalesce(sum(d.amount) filter (where d.status = 'paid_out'), 0)::bigint,
       percentile_disc(0.5) within group (order by extract(epoch from i.created_at - d.created_at)),
       percentile_disc(0.99) within group (order by extract(epoch from i.created_at - d.created_at)),
       percentile_disc(0.5) within group (order by extract(epoch from i.finished_at - d.created_at))
         filter (where d.status = 'paid_out')
  from drawdowns_drawdown d
  left join payment_rails_paymentinstruction i on i.id = d.instruction_id
"""
_PRODUCTS: Final = """
select p.code, p.name_en, p.name_zh, count(*), sum(l.principal)::bigint,
       coalesce(sum(l.outstanding) filter (where l.status = 'active'), 0)::bigint,
       coalesce(sum(l.interest_paid + l.penalty_paid + l.compound_paid), 0)::bigint,
       count(*) filter (where l.status = 'active' and l.oldest_due_date < %(day)s)
  from loans_loan l
  join products_productversion p on p.id = l.product_version_id
 where l.value_date is not null
 group by p.code, p.name_en, p.name_zh
 order by p.code
"""
_METERS: Final = {
    "decision": "select count(*) from decisions_decision where role in ('champion', 'challenger')",
    "e_signature": "select count(*) from applications_agreement where status = 'signed'",
    "rail_instruction": "select count(*) from payment_rails_paymentinstruction where attempt_count > 0",
    "data_row": "select coalesce(sum(rows_accepted), 0) from batches_databatch",
    "event": "select count(*) from outbox_event",
    "day_end": "select count(*) from day_end_dayendrun where finished_at is not null",
}
METER_NAMES: Final = tuple(_METERS)


@dataclass(frozen=True, slots=True)
class Funnel:
    """Applications by outcome; seconds from submission to decision (None while there is none)."""

    applications: int
    approved: int
    declined: int
    in_review: int
    counter_offers: int
    contracted: int
    human_touches: int
    decision_seconds_median: Decimal | None
    decision_seconds_p99: Decimal | None


@dataclass(frozen=True, slots=True)
class Draws:
    """Drawdowns by outcome; seconds from the draw to the rail, and to the money."""

    drawdowns: int
    paid_out: int
    failed: int
    found_after_unknown: int
    disbursed: Money
    rail_seconds_median: Decimal | None
    rail_seconds_p99: Decimal | None
    paid_seconds_median: Decimal | None


@dataclass(frozen=True, slots=True)
class Meter:
    """One kind of work: how often, at what price (yuan), and the product of the two."""

    name: str
    quantity: int
    price: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class ProductFigures:
    """What one product has lent: loans, principal, what is owed of it, interest collected, loans overdue."""

    code: str
    name_en: str
    name_zh: str
    loans: int
    lent: Money
    outstanding: Money
    interest: Money
    overdue: int


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """All of it, and the cost of one loan that was paid out."""

    funnel: Funnel
    draws: Draws
    products: tuple[ProductFigures, ...]
    meters: tuple[Meter, ...]
    cost: Decimal
    cost_per_loan: Decimal | None


def scoreboard(*, on_date: date) -> Scoreboard:
    """Return the figures of this bank since it went live, priced by the tariff in force on a day.

    Raises `regulation.rule_missing` when the bank has adopted no tariff.
    """
    prices = rule(TARIFF_RULE, on_date).parameters["prices"]
    with connection.cursor() as cursor:
        cursor.execute(_FUNNEL)
        funnel = Funnel(*cursor.fetchone())
        cursor.execute(_DRAWS)
        count, paid, failed, found, fen, *seconds = cursor.fetchone()
        draws = Draws(count, paid, failed, found, Money(fen), *seconds)
        cursor.execute(_PRODUCTS, {"day": on_date})
        lent = tuple(_product(row) for row in cursor.fetchall())
        meters = []
        for name, query in _METERS.items():
            cursor.execute(query)
            quantity, price = int(cursor.fetchone()[0]), Decimal(prices[name])
            meters.append(Meter(name, quantity, price, quantity * price))
    cost = sum((meter.cost for meter in meters), Decimal(0))
    return Scoreboard(funnel, draws, lent, tuple(meters), cost, cost / paid if paid else None)


def _product(row: Sequence[Any]) -> ProductFigures:
    code, name_en, name_zh, loans, lent, outstanding, interest, overdue = row
    return ProductFigures(
        code, name_en, name_zh, loans, Money(lent), Money(outstanding), Money(interest), overdue
    )
