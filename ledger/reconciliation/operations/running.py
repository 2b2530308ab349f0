"""Reconciling: the sub-ledger, the books and the files held against each other, in a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Max

from kernel.ids import new_id
from kernel.money import Money
from ledger.balances.queries import account_balance
from ledger.chart.queries import get_account
from ledger.reconciliation.models import (
    Run,
    Statement,
)
from ledger.reconciliation.queries import (
    RunView,
    run_view,
)
from plumbing.sql import hold_name, in_transaction


class ItemState(StrEnum):
    """How far a sub-ledger's movement has come."""

    OPEN = "open"
    SETTLED = "settled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Item:
    """A movement as a sub-ledger knows it: signed, positive when our account is debited (money in).

    `key` is the sub-ledger's own name for it, `entry_id` the entry that books it on the account.
    """

    key: str
    message_id: str
    effect: Money
    item_date: date
    state: ItemState
    entry_id: UUID | None


_TEMPORARY: Final = ("ours", "theirs", "found", "pair")


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parents[1] / "sql" / f"{name}.sql").read_text(encoding="utf-8")


@in_transaction
def reconcile(
    *,
    account: str,
    items: Sequence[Item],
    through_date: date,
    owner: str,
    now: datetime,
    in_transit_account: str | None = None,
) -> RunView:
    """Hold a sub-ledger, the books and the imported files against each other through a day.

    `items` are the sub-ledger's movements that no earlier run matched (passing one again is harmless). What
    agrees is matched for good; what does not is an open break of `owner`; a break that is gone ends. Running
    it again without anything new changes nothing but the list of runs. `in_transit_account` (3001) is held
    against the open payments among the items: the run's figures name both. A file that comes late takes the
    run no further back than an earlier one: breaks of later days do not end because nobody looked at them.
    """
    ledger_account = get_account(code=account)
    hold_name("reconciliation", account)
    furthest = Run.objects.filter(account=account).aggregate(furthest=Max("through_date"))["furthest"]
    through_date = max(through_date, furthest or through_date)
    facts: dict[str, Any] = {
        "account": account,
        "account_id": ledger_account.id,
        "through_date": through_date,
        "run_id": new_id(),
        "owner": owner,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.reconciliation_{name}' for name in _TEMPORARY)}"
        )
        _load(cursor, account, items)
        for name in ("gather", "pair"):
            cursor.execute(_sql(name), facts)
        cursor.execute(_sql("settle"), facts)
        matched, opened, ended = cursor.fetchone()
    row = Run.objects.create(
        id=facts["run_id"],
        account=account,
        through_date=through_date,
        item_count=len(items),
        matched_count=matched,
        opened_count=opened,
        ended_count=ended,
        figures=_figures(account, through_date) | _in_transit(in_transit_account, items),
        ran_at=now,
    )
    return run_view(row)


def _load(cursor: Any, account: str, items: Sequence[Item]) -> None:
    """Put the items that no earlier run took up into this run's table."""
    cursor.execute(
        "CREATE TEMP TABLE reconciliation_ours (key text PRIMARY KEY, message_id text, effect bigint,"
        " item_date date, state text, entry_id uuid, booked bigint NOT NULL DEFAULT 0) ON COMMIT DROP"
    )
    cursor.execute(
        "INSERT INTO reconciliation_ours (key, message_id, effect, item_date, state, entry_id)"
        " SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::date[], %s::text[], %s::uuid[])"
        " AS given (key, message_id, effect, item_date, state, entry_id)"
        " WHERE NOT EXISTS (SELECT 1 FROM reconciliation_match m"
        " WHERE m.account = %s AND m.key = given.key)",
        [
            [item.key for item in items],
            [item.message_id for item in items],
            [item.effect.minor for item in items],
            [item.item_date for item in items],
            [item.state.value for item in items],
            [item.entry_id for item in items],
            account,
        ],
    )
    cursor.execute("ANALYZE reconciliation_ours")


def _figures(account: str, through_date: date) -> dict[str, int]:
    """Return the control totals: their closing balance, ours, and what the open breaks explain."""
    last = (
        Statement.objects.filter(account=account, statement_date__lte=through_date, closing__isnull=False)
        .order_by("-statement_date", "-imported_at")
        .first()
    )
    booked = account_balance(code=account, as_of_date=through_date).minor
    figures = {"booked_minor": booked}
    if last is not None and last.closing is not None:
        figures["theirs_minor"] = last.closing.minor
        figures["difference_minor"] = last.closing.minor - booked
    return figures


def _in_transit(code: str | None, items: Sequence[Item]) -> dict[str, int]:
    """Return what lies with the rail, by the books and by the items, at this moment."""
    if code is None:
        return {}
    open_out = -sum(
        item.effect.minor for item in items if item.state is ItemState.OPEN and item.effect.minor < 0
    )
    booked = account_balance(code=code).minor
    return {"in_transit_booked_minor": booked, "in_transit_items_minor": open_out}
