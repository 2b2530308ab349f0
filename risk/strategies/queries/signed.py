"""What two people of the bank signed beside the documents, and the list of versions with their status."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from risk.strategies.models import (
    ExplorationBudget,
    Proposal,
    ProposalVerdict,
    PublishingPolicy,
    RuleSnooze,
    ShadowAssignment,
    ShadowStop,
    Signed,
    Split,
    StrategyDraft,
    StrategyVersion,
)

ROWS: Final = 200


class ProposalUnknown(Refusal):
    """There is no such proposal of this kind."""

    code = "strategies.proposal_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no proposal {proposal_id}."


class ShadowUnknown(Refusal):
    """There is no such shadow."""

    code = "strategies.shadow_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no shadow {shadow}."


@dataclass(frozen=True, slots=True)
class PolicyView:
    """What a new rule may do to the recent portfolio: a share of the decisions of so many days."""

    hit_share_max: Decimal = Decimal("0.50")
    portfolio_days: int = 90
    portfolio_count_min: int = 30
    snooze_days_max: int = 90


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal; `is_approved` is None while it waits for the second person."""

    id: UUID
    kind: str
    strategy_code: str
    payload: Mapping[str, Any]
    reason: str
    proposed_by: str
    proposed_at: datetime
    is_approved: bool | None
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignedView:
    """A snooze, a split or an exploration budget: `terms` are its own figures, amounts as `Money`."""

    id: UUID
    strategy_code: str
    effective_from: date
    effective_to: date | None
    reason: str
    signed_by: tuple[str, str]
    terms: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShadowView:
    """A draft that runs beside; `stopped_at` when it was ended before its day."""

    id: UUID
    strategy_code: str
    draft_id: UUID
    effective_from: date
    effective_to: date
    assigned_by: str
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One line of the list: a draft, a proposal of it, or a version; `status` says where it stands.

    draft, proposed, rejected; then scheduled, in_force, superseded.
    """

    id: UUID
    code: str
    version: int | None
    status: str
    sha256: str
    title_en: str
    title_zh: str
    effective_from: date | None
    by: tuple[str, ...]
    at: datetime
    proposal_id: UUID | None = None
    rolls_back_to_id: UUID | None = None


def publishing_policy(on_date: date) -> PolicyView:
    """Return the bank's publishing policy of a day; the house's own where it has signed none."""
    row = (
        PublishingPolicy.objects.filter(effective_from__lte=on_date)
        .order_by("-effective_from", "-id")
        .first()
    )
    if row is None:
        return PolicyView()
    return PolicyView(
        Decimal(str(row.hit_share_max)), row.portfolio_days, row.portfolio_count_min, row.snooze_days_max
    )


def proposal_view(row: Proposal) -> ProposalView:
    """Return the frozen view of a proposal."""
    verdict: ProposalVerdict | None = getattr(row, "verdict", None)
    return ProposalView(
        id=row.id,
        kind=row.kind,
        strategy_code=row.strategy_code,
        payload=row.payload,
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        is_approved=None if verdict is None else verdict.is_approval,
        decided_by="" if verdict is None else verdict.decided_by,
        decided_at=None if verdict is None else verdict.decided_at,
    )


def get_proposal(proposal_id: UUID) -> ProposalView:
    """Return one proposal; raises `ProposalUnknown`."""
    row = Proposal.objects.select_related("verdict").filter(id=proposal_id).first()
    if row is None:
        raise ProposalUnknown(proposal_id=proposal_id)
    return proposal_view(row)


def proposals(*, open_only: bool = True, limit: int = ROWS) -> tuple[ProposalView, ...]:
    """Return proposals, newest first; those that wait for a second person unless asked otherwise."""
    rows = Proposal.objects.select_related("verdict").order_by("-id")
    if open_only:
        rows = rows.filter(verdict=None)
    return tuple(proposal_view(row) for row in rows[:limit])


def snoozes(*, on_date: date) -> tuple[SignedView, ...]:
    """Return the snoozes in force on a day."""
    rows = RuleSnooze.objects.filter(_on(on_date)).select_related("proposal__verdict").order_by("-id")
    return tuple(_signed(row, {"rule": row.rule, "subject": row.subject}) for row in rows)


def splits() -> tuple[SignedView, ...]:
    """Return every split between champion and challenger ever signed, newest first."""
    rows = Split.objects.select_related("proposal__verdict").order_by("-id")[:ROWS]
    return tuple(
        _signed(row, {"challenger_code": row.challenger_code, "share": Decimal(str(row.share))})
        for row in rows
    )


def exploration_budgets() -> tuple[SignedView, ...]:
    """Return every exploration budget ever signed, newest first."""
    rows = ExplorationBudget.objects.select_related("proposal__verdict").order_by("-id")[:ROWS]
    return tuple(_signed(row, _budget(row)) for row in rows)


def shadows(*, on_date: date | None = None) -> tuple[ShadowView, ...]:
    """Return the shadows assigned, newest first; on a day, those that run on it."""
    rows = ShadowAssignment.objects.select_related("stop").order_by("-id")
    if on_date is not None:
        rows = rows.filter(effective_from__lte=on_date, effective_to__gt=on_date, stop=None)
    return tuple(shadow_view(row) for row in rows[:ROWS])


def get_shadow(shadow_id: UUID) -> ShadowView:
    """Return one shadow. Raises `ShadowUnknown`."""
    row = ShadowAssignment.objects.select_related("stop").filter(pk=shadow_id).first()
    if row is None:
        raise ShadowUnknown(shadow=str(shadow_id))
    return shadow_view(row)


def shadow_view(row: ShadowAssignment) -> ShadowView:
    """Return the frozen view of a shadow."""
    stop: ShadowStop | None = getattr(row, "stop", None)
    return ShadowView(
        row.id,
        row.strategy_code,
        row.draft_id,
        row.effective_from,
        row.effective_to,
        row.assigned_by,
        None if stop is None else stop.stopped_at,
    )


def version_rows(*, on_date: date, code: str | None = None) -> tuple[VersionRow, ...]:
    """Return every version and every draft not yet published, newest first, each with where it stands."""
    versions = StrategyVersion.objects.order_by("code", "-version")
    drafts = StrategyDraft.objects.filter(version=None).order_by("-id")
    if code is not None:
        versions, drafts = versions.filter(code=code), drafts.filter(code=code)
    in_force: dict[str, tuple[date, int]] = {}
    listed = list(versions[:ROWS])
    for row in listed:
        if row.effective_from <= on_date:
            in_force[row.code] = max(in_force.get(row.code, (date.min, 0)), (row.effective_from, row.version))
    waiting = {
        row.payload["draft"]: row
        for row in Proposal.objects.filter(kind=Proposal.Kind.PUBLICATION)
        .select_related("verdict")
        .order_by("id")
    }
    rows = [_version_row(row, on_date, in_force) for row in listed]
    return (*(_draft_row(row, waiting.get(str(row.id))) for row in drafts[:ROWS]), *rows)


def _version_row(row: StrategyVersion, on_date: date, in_force: Mapping[str, tuple[date, int]]) -> VersionRow:
    status = "superseded"
    if row.effective_from > on_date:
        status = "scheduled"
    elif in_force.get(row.code) == (row.effective_from, row.version):
        status = "in_force"
    return VersionRow(
        id=row.id,
        code=row.code,
        version=row.version,
        status=status,
        sha256=row.sha256,
        title_en=row.document.get("title_en", ""),
        title_zh=row.document.get("title_zh", ""),
        effective_from=row.effective_from,
        by=(row.signed_by_first, row.signed_by_second),
        at=row.published_at,
        rolls_back_to_id=row.rolls_back_to_id,
    )


def _draft_row(row: StrategyDraft, proposal: Proposal | None) -> VersionRow:
    status = "draft"
    if proposal is not None:
        status = "rejected" if hasattr(proposal, "verdict") else "proposed"
    return VersionRow(
        id=row.id,
        code=row.code,
        version=None,
        status=status,
        sha256=row.sha256,
        title_en=row.document.get("title_en", ""),
        title_zh=row.document.get("title_zh", ""),
        effective_from=None if proposal is None else date.fromisoformat(proposal.payload["effective_from"]),
        by=(row.drafted_by,) if proposal is None else (row.drafted_by, proposal.proposed_by),
        at=row.drafted_at,
        proposal_id=None if proposal is None else proposal.id,
        rolls_back_to_id=row.rolls_back_to_id,
    )


def _on(on_date: date) -> Q:
    return Q(effective_from__lte=on_date) & (Q(effective_to=None) | Q(effective_to__gt=on_date))


def _budget(row: ExplorationBudget) -> dict[str, Any]:
    amounts: dict[str, Money] = {"limit_max": row.limit_max, "month_amount_max": row.month_amount_max}
    return {"share": Decimal(str(row.share)), "pd_up_to": Decimal(str(row.pd_up_to)), **amounts}


def _signed(row: Signed, terms: Mapping[str, Any]) -> SignedView:
    proposal = row.proposal
    return SignedView(
        row.id,
        row.strategy_code,
        row.effective_from,
        row.effective_to,
        proposal.reason,
        (proposal.proposed_by, proposal.verdict.decided_by),
        terms,
    )
