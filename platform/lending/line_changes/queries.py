"""Reads: a line's versions and proposals, and the reviews that are due."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from kernel.rates import AnnualRate
from kernel.refusals import Kind, Refusal
from lending.credit_lines.queries import get_line
from lending.line_changes.models import LineProposal, LineVersion, MassCut, ReviewDue
from plumbing.fields import rate_of

REVIEWS_AT_ONCE: Final = 100


class ProposalNotFound(Refusal):
    """No such proposal, or not one this scene may see."""

    code = "line_changes.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no proposal {proposal}."


@dataclass(frozen=True, slots=True, kw_only=True)
class LineVersionView:
    """One version of a line's terms."""

    line_id: UUID
    version: int
    limit: Money
    annual_rate: AnnualRate
    cause: str
    reason_code: str
    decision_id: UUID | None
    effective_date: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """Terms that wait for the borrower; `valid_until` is the last day they can be accepted."""

    id: UUID
    line_id: UUID
    limit: Money
    annual_rate: AnnualRate
    reason_code: str
    status: str
    valid_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MassCutView:
    """What a cut would do: `in_use_above` stays lent above the new limits until it is repaid."""

    id: UUID
    borrower_count: int
    line_count: int
    limit_before: Money
    limit_after: Money
    in_use_above: Money
    applied_at: datetime | None


def version_view(row: LineVersion) -> LineVersionView:
    """Return the frozen view of a version."""
    return LineVersionView(
        line_id=row.line_id,
        version=row.version,
        limit=row.limit,
        annual_rate=rate_of(row.annual_rate, row.day_basis),
        cause=row.cause,
        reason_code=row.reason_code,
        decision_id=row.decision_id,
        effective_date=row.effective_date,
        recorded_at=row.recorded_at,
    )


def proposal_view(row: LineProposal) -> ProposalView:
    """Return the frozen view of a proposal."""
    return ProposalView(
        id=row.id,
        line_id=row.line_id,
        limit=row.limit,
        annual_rate=rate_of(row.annual_rate, row.day_basis),
        reason_code=row.reason_code,
        status=row.status,
        valid_until=row.valid_until,
    )


def mass_cut_view(row: MassCut) -> MassCutView:
    """Return the frozen view of a cut."""
    return MassCutView(
        id=row.id,
        borrower_count=row.borrower_count,
        line_count=len(row.line_ids),
        limit_before=row.limit_before,
        limit_after=row.limit_after,
        in_use_above=row.in_use_above,
        applied_at=row.applied_at,
    )


def versions(*, line_id: UUID) -> tuple[LineVersionView, ...]:
    """Return every version of a line's terms, oldest first; a line that never moved has none written down."""
    return tuple(version_view(row) for row in LineVersion.objects.filter(line_id=line_id))


def open_proposal(*, line_id: UUID) -> ProposalView | None:
    """Return what waits for the borrower's answer, if anything does."""
    row = LineProposal.objects.filter(line_id=line_id, status="open").first()
    return None if row is None else proposal_view(row)


def get_proposal(*, proposal_id: UUID, scene_id: UUID | None) -> ProposalView:
    """Return one proposal; a scene sees only those of the lines opened through it."""
    row = LineProposal.objects.filter(id=proposal_id).first()
    if row is None:
        raise ProposalNotFound(proposal=public_id("lpr", proposal_id))
    get_line(line_id=row.line_id, scene_id=scene_id)
    return proposal_view(row)


def reviews_due(*, from_instant: datetime, to_instant: datetime) -> tuple[UUID, ...]:
    """Return the merchants whose review was asked for in [from, to) and is not done, the oldest first."""
    due = ReviewDue.objects.filter(asked_at__gte=from_instant, asked_at__lt=to_instant)
    return tuple(due.order_by("asked_at").values_list("enterprise_id", flat=True)[:REVIEWS_AT_ONCE])
