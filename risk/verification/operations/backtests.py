"""Backtesting: two documents on the same history, and the report kept."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from kernel.refusals import Kind, Refusal
from plumbing.sql import in_transaction
from risk.decisions.queries import history, history_count
from risk.rules.canonical import sha256_of
from risk.strategies.queries import DraftView, StrategyView, compile_strategy, get_document
from risk.verification.models import BacktestReport
from risk.verification.parallel import Rows, tally_of
from risk.verification.queries import BacktestView, backtest_view
from risk.verification.report import figures

DECISIONS_MOST: Final = 200_000


class HistoryEmpty(Refusal):
    """There is nothing to test on."""

    code = "verification.history_empty"
    message = "There are no decisions of {strategy} from {from_date} to {to_date}."


class DocumentsSame(Refusal):
    """A document is compared with another one."""

    code = "verification.documents_same"
    kind = Kind.INVALID
    message = "The two documents are the same."


@in_transaction
def run_backtest(
    *, old_id: UUID, new_id: UUID, from_date: date, to_date: date, asked_by: str, now: datetime
) -> BacktestView:
    """Run two documents (versions or drafts) on the stored facts of a history and keep the report.

    The history is that of the old document's strategy: its live decisions from a day up to, but without,
    another, oldest first, at most 200,000, with the facts as they were then. Refuses an empty history and
    the same document twice.
    """
    old, new = get_document(old_id), get_document(new_id)
    if old.sha256 == new.sha256:
        raise DocumentsSame
    compile_strategy(old)
    compile_strategy(new)
    count = min(history_count(code=old.code, from_date=from_date, to_date=to_date), DECISIONS_MOST)
    if not count:
        raise HistoryEmpty(strategy=old.code, from_date=from_date, to_date=to_date)
    tally = tally_of(old.document, new.document, _portions(old, from_date, to_date), count=count)
    report = figures(tally)
    return backtest_view(
        BacktestReport.objects.create(
            **_documents(old, new),
            population={
                "from_date": from_date.isoformat(),
                "to_date": to_date.isoformat(),
                "most": DECISIONS_MOST,
            },
            count=report["count"],
            figures=report,
            sha256=sha256_of(report),
            asked_by=asked_by,
            made_at=now,
        )
    )


def _portions(old: StrategyView | DraftView, from_date: date, to_date: date) -> Iterator[Rows]:
    taken = 0
    for rows in history(code=old.code, from_date=from_date, to_date=to_date):
        yield [(str(decision_id), facts) for decision_id, facts in rows[: DECISIONS_MOST - taken]]
        taken += len(rows)
        if taken >= DECISIONS_MOST:
            return


def _documents(old: StrategyView | DraftView, new: StrategyView | DraftView) -> dict[str, Any]:
    return {
        "strategy_code": old.code,
        "old_id": old.id,
        "old_sha256": old.sha256,
        "new_id": new.id,
        "new_sha256": new.sha256,
    }
