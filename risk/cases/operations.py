"""What is done with a case; each act locks it and is written down."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from plumbing.audit import operations as audit
from plumbing.sql import hold_name, in_transaction
from risk.cases.models import Case, CaseEvent
from risk.cases.queries import CaseNotFound, CaseProposal, CaseView, case_view, open_proposal
from risk.cases.states import (
    BY_ACT,
    OUTCOMES,
    RANKS,
    CaseKind,
    CaseStateConflict,
    CaseStatus,
    Priority,
    require_move,
    time_to_answer,
)

MACHINE: Final = "machine"
NOBODY: Final = "–"


class ReasonMissing(Refusal):
    """A person says why."""

    code = "cases.reason_missing"
    kind = Kind.INVALID
    message = "This needs a person and a reason."


class OutcomeUnknown(Refusal):
    """Such a thing does not come out of such a case."""

    code = "cases.outcome_unknown"
    kind = Kind.INVALID
    message = "A case of this kind does not end as {outcome}."


class OutcomeNeedsAct(Refusal):
    """Such an end is brought about by an act of two people, not by saying so."""

    code = "cases.outcome_needs_act"
    message = "A case ends as {outcome} only by the act itself, which two people sign."


class ProposalGone(Refusal):
    """What one was about to sign was replaced, rejected or done."""

    code = "cases.proposal_gone"
    kind = Kind.CONFLICT
    message = "What was proposed for the case {case} is proposed no longer."


class NotAssignee(Refusal):
    """The case is another person's."""

    code = "cases.not_assignee"
    kind = Kind.FORBIDDEN
    message = "The case is with {assigned_to}."


@in_transaction
def open_case(
    *,
    kind: CaseKind,
    subject: str,
    reason: str,
    evidence: Mapping[str, Any],
    priority: Priority = Priority.ACT,
    decision_id: UUID | None = None,
    now: datetime,
) -> CaseView:
    """Open a case, or add to the one that is open: its evidence, and urgency if that has grown.

    `evidence` is {source: plain JSON}; a source named again replaces what it said, the history keeps both.
    """
    hold_name("case", kind, subject)
    row = _unclosed(kind, subject)
    if row is None:
        row = Case.objects.create(
            kind=kind,
            subject=subject,
            reason=reason,
            priority=priority,
            rank=RANKS[priority],
            decision_id=decision_id,
            evidence=dict(evidence),
            opened_at=now,
            due_at=now + time_to_answer(priority),
        )
        _write(row, "opened", MACHINE, reason, {"evidence": dict(evidence)}, now=now)
        return case_view(row)
    row.evidence = {**row.evidence, **evidence}
    row.decision_id = decision_id or row.decision_id
    if RANKS[priority] < row.rank:
        row.priority, row.rank, row.reason = priority, RANKS[priority], reason
        row.due_at = max(min(row.due_at, now + time_to_answer(priority)), row.opened_at)
    row.save()
    _write(row, "added", MACHINE, reason, {"evidence": dict(evidence)}, now=now)
    return case_view(row)


@in_transaction
def assign_case(*, case_id: UUID, assigned_to: str, assigned_by: str, now: datetime) -> CaseView:
    """Give a case to a person, or to another one."""
    if not assigned_to.strip() or not assigned_by.strip():
        raise ReasonMissing
    row = _locked(case_id)
    _move(row, CaseStatus.ASSIGNED)
    row.assigned_to = assigned_to
    row.save(update_fields=["status", "assigned_to"])
    _write(row, "assigned", assigned_by, assigned_to, {}, now=now)
    return case_view(row)


@in_transaction
def note_case(*, case_id: UUID, text: str, written_by: str, now: datetime) -> CaseView:
    """Write a note on a case that is not closed."""
    if not text.strip() or not written_by.strip():
        raise ReasonMissing
    row = _locked(case_id)
    if row.status == CaseStatus.CLOSED:
        require_move(current=row.status, wanted="noted")
    _write(row, "noted", written_by, text, {}, now=now)
    return case_view(row)


@in_transaction
def decide_case(*, case_id: UUID, outcome: str, reason: str, decided_by: str, now: datetime) -> CaseView:
    """Decide a case: by the person who has it, with a reason; what follows is still to be done."""
    if not reason.strip() or not decided_by.strip():
        raise ReasonMissing
    row = _locked(case_id)
    _require_outcome(row, outcome)
    if outcome in BY_ACT.get(CaseKind(row.kind), ()):
        raise OutcomeNeedsAct(outcome=outcome)
    _move(row, CaseStatus.DECIDED)
    if row.assigned_to != decided_by:
        raise NotAssignee(assigned_to=row.assigned_to)
    row.outcome, row.decided_by, row.decided_at = outcome, decided_by, now
    row.save(update_fields=["status", "outcome", "decided_by", "decided_at"])
    _write(row, "decided", decided_by, reason, {"outcome": outcome}, now=now)
    audit.record(
        actor=decided_by,
        action="case.decide",
        subject=public_id("cas", row.id),
        detail={"outcome": outcome, "reason": reason, "subject": row.subject},
        now=now,
    )
    return case_view(row)


@in_transaction
def close_case(*, case_id: UUID, text: str, closed_by: str, now: datetime) -> CaseView:
    """Close a decided case once what was decided is done."""
    row = _locked(case_id)
    if row.status != CaseStatus.DECIDED:
        raise CaseStateConflict(current=row.status, wanted=CaseStatus.CLOSED.value)
    _close(row, text, closed_by, {}, now)
    return case_view(row)


@in_transaction
def propose_act(
    *, case_id: UUID, act: Mapping[str, Any], reason: str, proposed_by: str, now: datetime
) -> CaseView:
    """Write down what the person who has a case proposes to do; it replaces what they proposed before.

    `act` is plain JSON for whoever does it. Another person signs it, see `require_proposal`.
    """
    if not reason.strip() or not proposed_by.strip():
        raise ReasonMissing
    row = _locked(case_id)
    if row.status in (CaseStatus.DECIDED, CaseStatus.CLOSED):
        raise CaseStateConflict(current=row.status, wanted="proposed")
    if row.assigned_to != proposed_by:
        raise NotAssignee(assigned_to=row.assigned_to or NOBODY)
    _write(row, "proposed", proposed_by, reason, dict(act), now=now)
    return case_view(row)


@in_transaction
def require_proposal(*, case_id: UUID, proposal_id: UUID) -> CaseProposal:
    """Return what waits to be signed on a case, kept from changing until the transaction ends.

    Refuses a proposal that is not the newest, that was rejected, or whose case was decided meanwhile.
    """
    kind_and_subject = Case.objects.filter(id=case_id).values_list("kind", "subject").first()
    if kind_and_subject is None:
        raise CaseNotFound(case=public_id("cas", case_id))
    hold_name("case", *kind_and_subject)
    row = _locked(case_id)
    found = open_proposal(case_id=case_id)
    if found is None or found.id != proposal_id or row.status != CaseStatus.ASSIGNED:
        raise ProposalGone(case=public_id("cas", case_id))
    return found


@in_transaction
def reject_act(*, case_id: UUID, proposal_id: UUID, reason: str, rejected_by: str, now: datetime) -> CaseView:
    """Reject what waits to be signed; whoever proposed it may take it back so."""
    if not reason.strip() or not rejected_by.strip():
        raise ReasonMissing
    require_proposal(case_id=case_id, proposal_id=proposal_id)
    row = _locked(case_id)
    _write(row, "rejected", rejected_by, reason, {}, now=now)
    return case_view(row)


@in_transaction
def require_assignee(*, kind: CaseKind, subject: str, person: str) -> None:
    """Refuse all but the person who has a subject's open case, for an act that will settle it.

    Nobody can give the case to another person before the transaction ends.
    """
    hold_name("case", kind, subject)
    row = _unclosed(kind, subject)
    assigned_to = "" if row is None else row.assigned_to
    if not assigned_to or assigned_to != person:
        raise NotAssignee(assigned_to=assigned_to or NOBODY)


@in_transaction
def settle_case(
    *, kind: CaseKind, subject: str, outcome: str, reason: str, settled_by: str, now: datetime
) -> CaseView | None:
    """Close a subject's case because the thing itself was decided elsewhere; None if no case was open."""
    hold_name("case", kind, subject)
    row = _unclosed(kind, subject)
    if row is None:
        return None
    _require_outcome(row, outcome)
    if row.status != CaseStatus.DECIDED:
        row.outcome, row.decided_by, row.decided_at = outcome, settled_by or MACHINE, now
    _close(row, reason, settled_by or MACHINE, {"outcome": outcome}, now)
    return case_view(row)


def _close(row: Case, text: str, actor: str, detail: dict[str, Any], now: datetime) -> None:
    _move(row, CaseStatus.CLOSED)
    row.closed_at = now
    row.save()
    _write(row, "closed", actor, text, detail, now=now)


def _require_outcome(row: Case, outcome: str) -> None:
    if outcome not in OUTCOMES[CaseKind(row.kind)]:
        raise OutcomeUnknown(outcome=outcome[:40])


def _move(row: Case, wanted: CaseStatus) -> None:
    require_move(current=row.status, wanted=wanted)
    row.status = wanted


def _unclosed(kind: CaseKind, subject: str) -> Case | None:
    rows = Case.objects.select_for_update().filter(kind=kind, subject=subject)
    return rows.exclude(status=CaseStatus.CLOSED).first()


def _locked(case_id: UUID) -> Case:
    row = Case.objects.select_for_update().filter(id=case_id).first()
    if row is None:
        raise CaseNotFound(case=public_id("cas", case_id))
    return row


def _write(row: Case, act: str, actor: str, text: str, detail: dict[str, Any], *, now: datetime) -> None:
    CaseEvent.objects.create(case=row, act=act, actor=actor, text=text, detail=detail, recorded_at=now)
