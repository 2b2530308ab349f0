"""Running decisions again from their stored documents: 100 % identical is the only good answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from risk.decisions.flow import fact_sheet, run
from risk.decisions.queries.stored import BATCH, StoredDecision, stored_decisions, stored_facts
from risk.decisions.queries.views import DecisionUnknown
from risk.decisions.record import columns, decision_sha256
from risk.rules.canonical import canonical
from risk.strategies.document import Strategy
from risk.strategies.queries import RunnableStrategy, draft_to_run, strategy_to_replay
from risk.strategies.variants import variant_of

MISMATCHES_KEPT: Final = 1_000
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ReplayView:
    """A decision run again from its two stored documents."""

    decision_id: UUID
    identical: bool
    stored_sha256: str
    replayed_sha256: str
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """Every decision run again; of mismatches at most a thousand are kept, all are counted."""

    count: int
    mismatches: tuple[ReplayView, ...]
    mismatch_count: int = 0

    @property
    def identical(self) -> bool:
        """Tell whether every single one came out the same."""
        return self.mismatch_count == 0


class _Strategies:
    """Documents read for a replay, each once."""

    def __init__(self) -> None:
        self.signed: dict[UUID, RunnableStrategy] = {}

    def of(self, row: StoredDecision) -> tuple[RunnableStrategy, Strategy]:
        """Return the document of a decision, and what its exceptions make of it."""
        name = row.strategy_version_id or row.strategy_draft_id
        assert name is not None  # noqa: S101  a constraint of the table
        if name not in self.signed:
            read = draft_to_run if row.strategy_version_id is None else strategy_to_replay
            self.signed[name] = read(name)
        signed = self.signed[name]
        return signed, variant_of(signed.strategy, row.setting.deviations)


def replay(decision_id: UUID) -> ReplayView:
    """Run one decision again and compare it to the byte; raises `DecisionUnknown`."""
    row = next(stored_decisions("d.id = %(wanted)s", wanted=decision_id), None)
    if row is None:
        raise DecisionUnknown(decision_id=decision_id)
    return _replayed(row, *_Strategies().of(row))


def replay_all(*, since: datetime | None = None, progress: Progress = lambda count: None) -> ReplayReport:
    """Run every decision again (since a moment, when given), telling `progress` the count as it grows."""
    rows = stored_decisions() if since is None else stored_decisions("d.decided_at >= %(since)s", since=since)
    strategies = _Strategies()
    count, mismatch_count = 0, 0
    kept: list[ReplayView] = []
    for row in rows:
        view = _replayed(row, *strategies.of(row))
        count += 1
        if not view.identical:
            mismatch_count += 1
            if len(kept) < MISMATCHES_KEPT:
                kept.append(view)
        if count % BATCH == 0:
            progress(count)
    progress(count)
    return ReplayReport(count, tuple(kept), mismatch_count)


def strategy_of(row: StoredDecision) -> Strategy:
    """Return the strategy that made a decision, under its exceptions."""
    return _Strategies().of(row)[1]


def _replayed(row: StoredDecision, signed: RunnableStrategy, strategy: Strategy) -> ReplayView:
    facts = stored_facts(strategy, row.facts)
    result = run(strategy, facts)
    read = canonical({**row.facts, **fact_sheet(facts)})  # what the strategy read is what was stored
    ran, kept = canonical(result), canonical(row.result)
    replayed = decision_sha256(row.setting, facts=read, result=ran)
    differences: tuple[str, ...] = ()
    if ran != kept:
        differences = tuple(
            name for name in result if canonical(result[name]) != canonical(row.result.get(name))
        )
    identical = replayed == row.sha256 and ran == kept and _columns_agree(row, signed)
    return ReplayView(row.id, identical, row.sha256, replayed, differences)


def _columns_agree(row: StoredDecision, signed: RunnableStrategy) -> bool:
    """Return whether the searchable columns still repeat the record."""
    repeated: dict[str, Any] = {
        "verdict": row.verdict,
        "limit": row.limit,
        "annual_rate": row.annual_rate,
        "pd": row.pd,
        "grade": row.grade,
        "reasons": row.reasons,
    }
    return row.setting.strategy_sha256 == signed.sha256 and repeated == columns(row.result)
