"""Maker and checker: one person of the bank proposes an act with its whole content, another approves it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel.refusals import Kind, Refusal
from plumbing.audit import operations as audit
from plumbing.sql import in_transaction
from risk.strategies.models import Proposal, ProposalVerdict
from risk.strategies.queries import ProposalUnknown, ProposalView, proposal_view

ProposalKind = Proposal.Kind  # for the rooms whose acts are proposed here as well


class ProposalDecided(Refusal):
    """It was approved or rejected already."""

    code = "strategies.proposal_decided"
    kind = Kind.CONFLICT
    message = "The proposal was decided by {decided_by} already."


class ProposalInvalid(Refusal):
    """What is proposed cannot be done."""

    code = "strategies.proposal_invalid"
    kind = Kind.INVALID
    message = "{field}: {problem}"


class SamePerson(Refusal):
    """Two different people of the bank act: one proposes, another approves (R-01)."""

    code = "strategies.same_person"
    kind = Kind.FORBIDDEN
    message = "What one person proposes another approves."


def propose(
    *, kind: Proposal.Kind, code: str, payload: Mapping[str, Any], reason: str, by: str, now: datetime
) -> ProposalView:
    """Write a proposal down; refuses one without a person or a reason."""
    if not by.strip() or not reason.strip():
        raise ProposalInvalid(field="reason", problem="a proposal has a person and a reason")
    row = Proposal.objects.create(
        kind=kind,
        strategy_code=code,
        payload=dict(payload),
        reason=reason.strip(),
        proposed_by=by.strip(),
        proposed_at=now,
    )
    _note(row, action=f"strategy.propose_{kind.value}", by=row.proposed_by, now=now)
    return proposal_view(row)


def approve(*, proposal_id: UUID, kind: Proposal.Kind, by: str, now: datetime) -> Proposal:
    """Approve a proposal of a kind, locked; the caller performs it in the same transaction."""
    row = _decide(proposal_id, is_approval=True, reason="", by=by, now=now, kind=kind)
    _note(row, action=f"strategy.approve_{kind.value}", by=by, now=now)
    return row


@in_transaction
def reject_proposal(*, proposal_id: UUID, reason: str, rejected_by: str, now: datetime) -> ProposalView:
    """Say no to a proposal; nothing of it happens. Whoever proposed may not."""
    row = _decide(proposal_id, is_approval=False, reason=reason, by=rejected_by, now=now, kind=None)
    _note(row, action="strategy.reject", by=rejected_by, now=now)
    return proposal_view(row)


def _decide(
    proposal_id: UUID, *, is_approval: bool, reason: str, by: str, now: datetime, kind: Proposal.Kind | None
) -> Proposal:
    row = Proposal.objects.select_for_update().filter(id=proposal_id).first()
    if row is None or (kind is not None and row.kind != kind):
        raise ProposalUnknown(proposal_id=proposal_id)
    decided = ProposalVerdict.objects.filter(proposal=row).first()
    if decided is not None:
        raise ProposalDecided(decided_by=decided.decided_by)
    if not by.strip() or by.strip().casefold() == row.proposed_by.casefold():
        raise SamePerson
    ProposalVerdict.objects.create(
        proposal=row,
        is_approval=is_approval,
        reason=reason,
        proposed_by=row.proposed_by,
        decided_by=by.strip(),
        decided_at=now,
    )
    return row


def _note(row: Proposal, *, action: str, by: str, now: datetime) -> None:
    detail: dict[str, object] = {"strategy": row.strategy_code, "reason": row.reason}
    audit.record(actor=by.strip(), action=action, subject=str(row.id), detail=detail, now=now)
