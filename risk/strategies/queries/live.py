"""What is live for one borrower on one day, read in one statement: every decision asks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson

from kernel.money import Money
from risk.strategies.buckets import bucket_of, is_within
from risk.strategies.queries.declared import DRAFT_DAYS, declared_by
from risk.strategies.queries.versions import (
    RunnableStrategy,
    StrategyMissing,
    runnable,
    strategy_to_run,
)

LIVE: Final = "strategies_live(%(code)s, %(day)s, %(subject)s, %(borrower)s, %(draft_days)s)"


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
    """Who decides for this borrower, under which exceptions, with which shadows beside.

    `declared` are the facts that a decision of the day keeps: those of every document in force or to come,
    of the shadows, and of recent drafts. A bank that wants more recorded keeps a draft that declares it.
    """

    signed: RunnableStrategy
    is_challenger: bool
    assignment: dict[str, Any]
    snoozed: tuple[dict[str, Any], ...]
    exploration: Explored | None
    shadows: tuple[ShadowRun, ...]
    declared: frozenset[str]


def plan_parameters(*, code: str, on_date: date, subject: str, borrower: str) -> dict[str, Any]:
    """Return what `LIVE` is asked with, in a statement of whoever reads more beside it."""
    return {
        "code": code,
        "day": on_date,
        "subject": subject,
        "borrower": borrower,
        "draft_days": DRAFT_DAYS,
    }


def is_shared(row: Sequence[Any]) -> bool:
    """Return whether a row of `LIVE` without snoozes means the same for every borrower: nothing is drawn."""
    return row[3] is None and row[4] is None


def plan_of(row: Sequence[Any] | None, *, code: str, on_date: date, borrower: str) -> LivePlan:
    """Return what is live for a borrower on a day, from its row of `LIVE`; raises `StrategyMissing`.

    A borrower falls into the same bucket every time, so it stays with the same strategy (sticky). A
    challenger that is not in force that day leaves the borrower with the champion.
    """
    if row is None:
        raise StrategyMissing(strategy=code, on_date=on_date)
    split, explored, snoozed, shadows = (None if part is None else orjson.loads(part) for part in row[3:7])
    champion = runnable(row[0], code, row[1], row[2])
    challenger, assignment = _drawn(split, code, on_date, borrower)
    return LivePlan(
        signed=challenger or champion,
        is_challenger=challenger is not None,
        assignment=assignment,
        snoozed=() if challenger is not None else tuple(snoozed or ()),
        exploration=_explored(explored, borrower),
        shadows=tuple(ShadowRun(UUID(one), UUID(draft)) for one, draft in shadows or ()),
        declared=declared_by(row[7]),
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
