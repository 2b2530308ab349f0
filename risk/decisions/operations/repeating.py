"""Deciding again what was decided, under another document, on the facts as they were then."""

from datetime import datetime
from uuid import UUID

from plumbing.sql import in_transaction
from risk.decisions.flow import run
from risk.decisions.models import Role
from risk.decisions.operations.writing import write
from risk.decisions.queries import DecisionUnknown, DecisionView, stored_decisions, stored_facts
from risk.decisions.record import Setting
from risk.strategies.queries import draft_to_run, strategy_to_replay


@in_transaction
def decide_again(
    *,
    decision_id: UUID,
    now: datetime,
    strategy_version_id: UUID | None = None,
    draft_id: UUID | None = None,
) -> DecisionView:
    """Record what another version, or a draft, would have decided on a decision's stored facts.

    The record stands beside the decision with the role `replay` and has no consequence. Raises
    `DecisionUnknown`, and what reading the version or the draft raises.
    """
    row = next(stored_decisions("d.id = %(wanted)s", wanted=decision_id), None)
    if row is None:
        raise DecisionUnknown(decision_id=decision_id)
    if draft_id is not None:
        signed = draft_to_run(draft_id)
    else:
        assert strategy_version_id is not None  # noqa: S101  one of the two is given
        signed = strategy_to_replay(strategy_version_id)
    result = run(signed.strategy, stored_facts(signed.strategy, row.facts))
    setting = Setting(
        strategy_sha256=signed.sha256,
        subject=row.setting.subject,
        borrower=row.setting.borrower,
        on_date=row.setting.on_date,
        decided_at=now,
        role=Role.REPLAY.value,
        beside=row.id,
        assignment={},
        deviations={},
    )
    facts = dict(row.facts)
    for name in signed.strategy.types:
        facts.setdefault(name, None)
    return write(setting, signed, facts=facts, result=result)
