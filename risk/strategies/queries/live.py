"""What is live for one borrower on one day, read in one statement: every decision asks it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection

from kernel.money import Money
from risk.strategies.buckets import bucket_of, is_within
from risk.strategies.queries.versions import (
    RunnableStrategy,
    StrategyMissing,
    runnable,
    strategy_to_run,
)

# Newest row for the day counts, also when it says 0. Keys are hexadecimal: JSON has no bytes.
_IN_FORCE: Final = (
    "t.strategy_code = v.code AND t.effective_from <= %(day)s "
    "AND (t.effective_to IS NULL OR t.effective_to > %(day)s)"
)
_PLAN: Final = f"""
    SELECT v.id, v.version, v.sha256,
           (SELECT jsonb_build_array(t.id, t.challenger_code, t.share::text, encode(t.bucket_key, 'hex'))
              FROM strategies_split t WHERE {_IN_FORCE}
             ORDER BY t.effective_from DESC, t.id DESC LIMIT 1),
           (SELECT jsonb_build_array(t.id, t.share::text, t.pd_up_to::text, t.limit_max, t.month_amount_max,
                                     encode(t.bucket_key, 'hex'))
              FROM strategies_explorationbudget t WHERE {_IN_FORCE}
             ORDER BY t.effective_from DESC, t.id DESC LIMIT 1),
           (SELECT jsonb_agg(jsonb_build_object('rule', t.rule, 'snooze', t.id, 'until', t.effective_to)
                             ORDER BY t.id)
              FROM strategies_rulesnooze t WHERE t.subject IN (%(subject)s, %(borrower)s) AND {_IN_FORCE}),
           (SELECT jsonb_agg(jsonb_build_array(t.id, t.draft_id) ORDER BY t.id)
              FROM strategies_shadowassignment t
             WHERE {_IN_FORCE}
               AND NOT EXISTS (SELECT FROM strategies_shadowstop o WHERE o.assignment_id = t.id))
      FROM strategies_strategyversion v
     WHERE v.code = %(code)s AND v.effective_from <= %(day)s
     ORDER BY v.effective_from DESC, v.version DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Explored:
    """The exploration budget in force, for a borrower whose bucket it covers."""

    id: UUID
    pd_up_to: Decimal
    limit_max: Money
    month_amount_max: Money


@dataclass(frozen=True, slots=True)
class ShadowRun:
    """A draft to run beside."""

    assignment_id: UUID
    draft_id: UUID


@dataclass(frozen=True, slots=True)
class LivePlan:
    """Who decides for this borrower, under which exceptions, with which shadows beside."""

    signed: RunnableStrategy
    is_challenger: bool
    assignment: dict[str, Any]
    snoozed: tuple[dict[str, Any], ...]
    exploration: Explored | None
    shadows: tuple[ShadowRun, ...]


def live_plan(*, code: str, on_date: date, subject: str, borrower: str) -> LivePlan:
    """Return what is live for a borrower on a day; raises `StrategyMissing`.

    A borrower falls into the same bucket every time, so it stays with the same strategy (sticky). A
    challenger that is not in force that day leaves the borrower with the champion.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PLAN, {"code": code, "day": on_date, "subject": subject, "borrower": borrower})
        row = cursor.fetchone()
    if row is None:
        raise StrategyMissing(strategy=code, on_date=on_date)
    split, explored, snoozed, shadows = (None if part is None else orjson.loads(part) for part in row[3:])
    champion = runnable(row[0], code, row[1], row[2])
    challenger, assignment = _drawn(split, code, on_date, borrower)
    return LivePlan(
        signed=challenger or champion,
        is_challenger=challenger is not None,
        assignment=assignment,
        snoozed=() if challenger is not None else tuple(snoozed or ()),
        exploration=_explored(explored, borrower),
        shadows=tuple(ShadowRun(UUID(one), UUID(draft)) for one, draft in shadows or ()),
    )


def _drawn(
    split: list[Any] | None, code: str, on_date: date, borrower: str
) -> tuple[RunnableStrategy | None, dict[str, Any]]:
    if split is None or not Decimal(split[2]):
        return None, {}
    split_id, challenger_code, share, key = split
    bucket = bucket_of(bytes.fromhex(key), borrower)
    assignment = {"split": split_id, "bucket": bucket, "share": share, "champion": code}
    if not is_within(bucket, Decimal(share)):
        return None, assignment
    try:
        return strategy_to_run(on_date, code=challenger_code), assignment
    except StrategyMissing:
        return None, assignment


def _explored(row: list[Any] | None, borrower: str) -> Explored | None:
    if row is None:
        return None
    budget_id, share, pd_up_to, limit_max, month_amount_max, key = row
    if not is_within(bucket_of(bytes.fromhex(key), borrower), Decimal(share)):
        return None
    return Explored(UUID(budget_id), Decimal(pd_up_to), Money(limit_max), Money(month_amount_max))
