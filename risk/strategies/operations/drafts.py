"""From a draft to a published version and back: drafted, checked, proposed, approved, rolled back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kernel.refusals import Kind, Refusal
from plumbing.audit import operations as audit
from plumbing.sql import in_transaction
from risk.rules.canonical import sha256_of
from risk.scoring.queries import require_usable
from risk.strategies.impact import Impact
from risk.strategies.models import Proposal, ShadowAssignment, ShadowStop, StrategyDraft, StrategyVersion
from risk.strategies.operations.proposals import ProposalInvalid, approve, propose
from risk.strategies.operations.publishing import (
    checked,
    publish_strategy,
    refuse_dear_rates,
    refuse_early,
)
from risk.strategies.queries import (
    DraftView,
    ProposalView,
    ShadowUnknown,
    ShadowView,
    StrategyUnknown,
    StrategyView,
    draft_view,
    get_draft,
    shadow_view,
)


class RollbackPointless(Refusal):
    """The version that decides already is the one asked for."""

    code = "strategies.rollback_pointless"
    kind = Kind.CONFLICT
    message = "Version {version} decides already."


@in_transaction
def draft_strategy(*, document: Mapping[str, Any], note: str, drafted_by: str, now: datetime) -> DraftView:
    """Keep a document as a draft; refuses one with problems, the first named. A draft never changes."""
    if not drafted_by.strip():
        raise ProposalInvalid(field="drafted_by", problem="a draft has an author")
    return draft_view(_draft(document, note=note, by=drafted_by.strip(), now=now))


@in_transaction
def propose_publication(
    *, draft_id: UUID, effective_from: date, reason: str, proposed_by: str, now: datetime
) -> ProposalView:
    """Sign a draft as the first of two, with the day on which it shall take effect.

    Refuses what the second signature would refuse as well: a rate above the cap, a card that may not decide,
    an effect too early. A draft itself may have such a card: it runs in the shadow before it is approved.
    """
    draft = get_draft(draft_id)
    refuse_dear_rates(checked(draft.document), effective_from)
    require_usable(draft.document["pd"]["card"])
    refuse_early(draft.code, effective_from)
    payload = {"draft": str(draft_id), "effective_from": effective_from.isoformat()}
    return propose(
        kind=Proposal.Kind.PUBLICATION,
        code=draft.code,
        payload=payload,
        reason=reason,
        by=proposed_by,
        now=now,
    )


@in_transaction
def propose_rollback(
    *, version_id: UUID, on_date: date, reason: str, proposed_by: str, now: datetime
) -> ProposalView:
    """Sign, as the first of two, a new version equal to an older one, in force as soon as it can be.

    That is the day given, or the day of the newest version when that is yet to come.
    """
    old = StrategyVersion.objects.filter(id=version_id).first()
    if old is None:
        raise StrategyUnknown(strategy_version_id=version_id)
    last = StrategyVersion.objects.filter(code=old.code).order_by("-version").first()
    assert last is not None  # noqa: S101  the old version is one of them
    if last.sha256 == old.sha256:
        raise RollbackPointless(version=last.version)
    draft = _draft(old.document, note=reason, by=proposed_by, now=now, rolls_back_to=old)
    return propose_publication(
        draft_id=draft.id,
        effective_from=max(on_date, last.effective_from),
        reason=reason,
        proposed_by=proposed_by,
        now=now,
    )


@in_transaction
def approve_publication(
    *, proposal_id: UUID, impact: Impact, approved_by: str, now: datetime
) -> StrategyView:
    """Sign as the second of two, and publish; ask `risk.verification`, which measures the impact.

    Refuses the same person, a second decision, and whatever `publish_strategy` refuses.
    """
    row = approve(proposal_id=proposal_id, kind=Proposal.Kind.PUBLICATION, by=approved_by, now=now)
    draft = get_draft(UUID(row.payload["draft"]))
    return publish_strategy(
        document=draft.document,
        signed_by=(row.proposed_by, approved_by.strip()),
        effective_from=date.fromisoformat(row.payload["effective_from"]),
        now=now,
        impact=impact,
        draft_id=draft.id,
    )


@in_transaction
def assign_shadow(
    *, draft_id: UUID, effective_from: date, effective_to: date, assigned_by: str, now: datetime
) -> ShadowView:
    """Run a draft beside every live decision of its strategy over a period; it decides nothing.

    One person is enough: nobody's outcome depends on a shadow. Refuses an empty period.
    """
    draft = get_draft(draft_id)
    if effective_to <= effective_from or not assigned_by.strip():
        raise ProposalInvalid(field="effective_to", problem="a shadow has an author and ends after it begins")
    row = ShadowAssignment.objects.create(
        strategy_code=draft.code,
        draft_id=draft.id,
        effective_from=effective_from,
        effective_to=effective_to,
        assigned_by=assigned_by.strip(),
        assigned_at=now,
    )
    detail: dict[str, object] = {"draft": str(draft_id), "until": effective_to.isoformat()}
    audit.record(actor=assigned_by, action="strategy.shadow", subject=str(row.id), detail=detail, now=now)
    return shadow_view(row)


@in_transaction
def stop_shadow(*, assignment_id: UUID, stopped_by: str, now: datetime) -> None:
    """End a shadow before its day; a second call changes nothing."""
    row = ShadowAssignment.objects.select_for_update().filter(id=assignment_id).first()
    if row is None:
        raise ShadowUnknown(shadow=str(assignment_id))
    _, made = ShadowStop.objects.get_or_create(
        assignment=row, defaults={"stopped_by": stopped_by, "stopped_at": now}
    )
    if made:
        audit.record(
            actor=stopped_by, action="strategy.stop_shadow", subject=str(assignment_id), detail={}, now=now
        )


def _draft(
    document: Mapping[str, Any],
    *,
    note: str,
    by: str,
    now: datetime,
    rolls_back_to: StrategyVersion | None = None,
) -> StrategyDraft:
    return StrategyDraft.objects.create(
        code=checked(document).code,
        document=dict(document),
        sha256=sha256_of(document),
        note=note,
        rolls_back_to=rolls_back_to,
        drafted_by=by,
        drafted_at=now,
    )
