"""What two people of the bank sign beside a strategy: snoozes, a challenger, exploration, the policy."""

import secrets
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from kernel.money import Money
from plumbing.sql import in_transaction
from risk.strategies.impact import Impact
from risk.strategies.models import (
    ExplorationBudget,
    Proposal,
    PublishingPolicy,
    RuleSnooze,
    Split,
)
from risk.strategies.operations.proposals import ProposalInvalid, approve, propose
from risk.strategies.operations.publishing import ImpactMissing, refuse_blast
from risk.strategies.queries import (
    ProposalView,
    publishing_policy,
    strategy_to_run,
)
from risk.strategies.variants import variant_of

_KEY_BYTES: Final = 32
_PPM: Final = Decimal("0.000001")


@in_transaction
def propose_snooze(
    *,
    strategy_code: str,
    rule: str,
    subject: str,
    effective_from: date,
    effective_to: date,
    reason: str,
    proposed_by: str,
    now: datetime,
) -> ProposalView:
    """Ask that one rule does not speak against one subject (an application or a borrower) for a while.

    The rule still speaks where what it needs is not known. Refuses a rule that the strategy in force has
    not, and a period longer than the policy's.
    """
    signed = strategy_to_run(effective_from, code=strategy_code)
    if rule not in {one.code for one in signed.strategy.rules}:
        raise ProposalInvalid(field="rule", problem=f"the strategy has no rule {rule[:40]}")
    longest = publishing_policy(effective_from).snooze_days_max
    if not subject.strip() or not 1 <= (effective_to - effective_from).days <= longest:
        raise ProposalInvalid(field="effective_to", problem=f"a snooze has a subject and 1 to {longest} days")
    payload = _period(effective_from, effective_to) | {"rule": rule, "subject": subject.strip()}
    return propose(
        kind=Proposal.Kind.SNOOZE,
        code=strategy_code,
        payload=payload,
        reason=reason,
        by=proposed_by,
        now=now,
    )


@in_transaction
def approve_snooze(*, proposal_id: UUID, approved_by: str, now: datetime) -> UUID:
    """Sign a snooze as the second person."""
    row = approve(proposal_id=proposal_id, kind=Proposal.Kind.SNOOZE, by=approved_by, now=now)
    made = RuleSnooze.objects.create(**_signed(row), rule=row.payload["rule"], subject=row.payload["subject"])
    return made.id


@in_transaction
def propose_split(
    *,
    strategy_code: str,
    challenger_code: str,
    share: Decimal,
    effective_from: date,
    effective_to: date | None,
    reason: str,
    proposed_by: str,
    now: datetime,
) -> ProposalView:
    """Ask that a published challenger decides for 1 to 99 % of the borrowers; a share of 0 ends it.

    Refuses another share, the champion as its own challenger, a challenger that is not in force on the day.
    """
    if share and not Decimal("0.01") <= share <= Decimal("0.99"):
        raise ProposalInvalid(field="share", problem="a challenger gets 1 to 99 %, or 0 to end it")
    if challenger_code == strategy_code:
        raise ProposalInvalid(field="challenger_code", problem="a strategy does not challenge itself")
    strategy_to_run(effective_from, code=strategy_code)
    strategy_to_run(effective_from, code=challenger_code)
    payload = _period(effective_from, effective_to)
    payload |= {"challenger_code": challenger_code, "share": str(share.quantize(_PPM))}
    return propose(
        kind=Proposal.Kind.SPLIT,
        code=strategy_code,
        payload=payload,
        reason=reason,
        by=proposed_by,
        now=now,
    )


@in_transaction
def approve_split(*, proposal_id: UUID, impact: Impact, approved_by: str, now: datetime) -> UUID:
    """Sign a split as the second person; ask `risk.verification`, which measures the challenger's impact.

    A challenger's rules are held to the same bound as a new version's. Who is with the challenger stays with
    it when the share grows: the key of the buckets is kept.
    """
    row = approve(proposal_id=proposal_id, kind=Proposal.Kind.SPLIT, by=approved_by, now=now)
    code, share = row.payload["challenger_code"], Decimal(row.payload["share"])
    effective_from = date.fromisoformat(row.payload["effective_from"])
    if share:
        if impact.document_sha256 != strategy_to_run(effective_from, code=code).sha256:
            raise ImpactMissing
        refuse_blast(impact, on_date=effective_from)
    before = (
        Split.objects.filter(strategy_code=row.strategy_code, challenger_code=code).order_by("-id").first()
    )
    key = secrets.token_bytes(_KEY_BYTES) if before is None else bytes(before.bucket_key)
    return Split.objects.create(**_signed(row), challenger_code=code, share=share, bucket_key=key).id


@in_transaction
def propose_exploration(
    *,
    strategy_code: str,
    share: Decimal,
    pd_up_to: Decimal,
    limit_max: Money,
    month_amount_max: Money,
    effective_from: date,
    effective_to: date | None,
    reason: str,
    proposed_by: str,
    now: datetime,
) -> ProposalView:
    """Ask to approve 2 to 5 % of those just below the cut-off, small and up to an amount a month, to learn.

    Refuses another share, amounts that make no sense, a bound at or below the strategy's own cut-off.
    """
    if share and not Decimal("0.02") <= share <= Decimal("0.05"):
        raise ProposalInvalid(field="share", problem="exploration takes 2 to 5 %, or 0 to end it")
    if limit_max.minor <= 0 or month_amount_max < limit_max:
        raise ProposalInvalid(field="month_amount_max", problem="a month carries at least one limit")
    signed = strategy_to_run(effective_from, code=strategy_code)
    payload = _period(effective_from, effective_to) | {
        "share": str(share.quantize(_PPM)),
        "pd_up_to": str(pd_up_to.quantize(_PPM)),
        "limit_max": limit_max.minor,
        "month_amount_max": month_amount_max.minor,
    }
    if not signed.strategy.grades[-1].pd_up_to < pd_up_to < 1:
        raise ProposalInvalid(field="pd_up_to", problem="the bound lies above the strategy's cut-off")
    variant_of(
        signed.strategy, {"exploration": {"pd_up_to": payload["pd_up_to"], "limit_max": str(limit_max.major)}}
    )
    return propose(
        kind=Proposal.Kind.EXPLORATION,
        code=strategy_code,
        payload=payload,
        reason=reason,
        by=proposed_by,
        now=now,
    )


@in_transaction
def approve_exploration(*, proposal_id: UUID, approved_by: str, now: datetime) -> UUID:
    """Sign an exploration budget as the second person."""
    row = approve(proposal_id=proposal_id, kind=Proposal.Kind.EXPLORATION, by=approved_by, now=now)
    before = ExplorationBudget.objects.filter(strategy_code=row.strategy_code).order_by("-id").first()
    made = ExplorationBudget.objects.create(
        **_signed(row),
        share=Decimal(row.payload["share"]),
        pd_up_to=Decimal(row.payload["pd_up_to"]),
        limit_max=Money(row.payload["limit_max"]),
        month_amount_max=Money(row.payload["month_amount_max"]),
        bucket_key=secrets.token_bytes(_KEY_BYTES) if before is None else bytes(before.bucket_key),
    )
    return made.id


@in_transaction
def propose_policy(
    *,
    hit_share_max: Decimal,
    portfolio_days: int,
    portfolio_count_min: int,
    snooze_days_max: int,
    effective_from: date,
    reason: str,
    proposed_by: str,
    now: datetime,
) -> ProposalView:
    """Ask for another publishing policy from a day on; refuses a share that is none and empty windows."""
    if not 0 < hit_share_max <= 1 or min(portfolio_days, portfolio_count_min, snooze_days_max) < 1:
        raise ProposalInvalid(
            field="hit_share_max", problem="a share is above 0, at most 1; counts are at least 1"
        )
    payload = _period(effective_from, None) | {
        "hit_share_max": str(hit_share_max.quantize(_PPM)),
        "portfolio_days": portfolio_days,
        "portfolio_count_min": portfolio_count_min,
        "snooze_days_max": snooze_days_max,
    }
    return propose(
        kind=Proposal.Kind.POLICY,
        code="",
        payload=payload,
        reason=reason,
        by=proposed_by,
        now=now,
    )


@in_transaction
def approve_policy(*, proposal_id: UUID, approved_by: str, now: datetime) -> UUID:
    """Sign a publishing policy as the second person."""
    row = approve(proposal_id=proposal_id, kind=Proposal.Kind.POLICY, by=approved_by, now=now)
    made = PublishingPolicy.objects.create(
        **_signed(row),
        hit_share_max=Decimal(row.payload["hit_share_max"]),
        portfolio_days=row.payload["portfolio_days"],
        portfolio_count_min=row.payload["portfolio_count_min"],
        snooze_days_max=row.payload["snooze_days_max"],
    )
    return made.id


def _period(effective_from: date, effective_to: date | None) -> dict[str, Any]:
    if effective_to is not None and effective_to <= effective_from:
        raise ProposalInvalid(field="effective_to", problem="a period ends after it begins")
    return {
        "effective_from": effective_from.isoformat(),
        "effective_to": None if effective_to is None else effective_to.isoformat(),
    }


def _signed(row: Proposal) -> dict[str, Any]:
    ends = row.payload["effective_to"]
    return {
        "strategy_code": row.strategy_code,
        "effective_from": date.fromisoformat(row.payload["effective_from"]),
        "effective_to": None if ends is None else date.fromisoformat(ends),
        "proposal": row,
    }
