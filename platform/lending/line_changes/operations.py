"""Verbs: move a line, answer a proposal, cut many lines at once (S0-21, J8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money, Rounding, round_minor
from kernel.rates import AnnualRate, is_exact
from kernel.refusals import Kind, Refusal
from lending.credit_lines import operations as lines
from lending.credit_lines.queries import LineView, get_line
from lending.guarantees.queries import borrowers_monthly_fee
from lending.line_changes.models import Cause, LineProposal, LineVersion, MassCut, ProposalStatus
from lending.line_changes.moves import LineTerms, divided
from lending.line_changes.queries import (
    LineVersionView,
    MassCutView,
    ProposalNotFound,
    ProposalView,
    mass_cut_view,
    proposal_view,
    version_view,
)
from lending.products.cost_cap import require_draw_within_cap
from plumbing.audit.operations import record
from plumbing.outbox import operations as outbox
from plumbing.sql import in_transaction

PROPOSAL_DAYS: Final = 30
CLOSED: Final = "closed"  # the state of a line that has ended
MASS_CUT_BORROWERS: Final = 50  # J8: a cut that hits more needs its impact worked out and a second approver


class ProposalClosed(Refusal):
    """The proposal was answered, replaced, or its last day has passed."""

    code = "line_changes.proposal_closed"
    kind = Kind.CONFLICT
    message = "This proposal is {status}."


class LimitAboveProduct(Refusal):
    """The limit lies outside what the line's product is offered for."""

    code = "line_changes.limit_out_of_range"
    message = "{asked} is not within the product's limits up to {limit_max}."


class MoveUnexplained(Refusal):
    """A move has its reason: the borrower is told it."""

    code = "line_changes.reason_missing"
    kind = Kind.INVALID
    message = "A change of a line needs a reason code."


class CutInvalid(Refusal):
    """A cut takes a share of at least one open line."""

    code = "line_changes.cut_invalid"
    kind = Kind.INVALID
    message = "A cut by the factor {factor} of {line_count} lines is not possible."


class ApprovalMissing(Refusal):
    """The cut needs other people's approval than it has."""

    code = "line_changes.approval_missing"
    kind = Kind.FORBIDDEN
    message = (
        "{borrower_count} borrowers would be cut: {needed} different approvers besides its author are needed."
    )


class CutOutdated(Refusal):
    """The lines have moved since the impact was worked out, or the cut was applied before."""

    code = "line_changes.cut_outdated"
    kind = Kind.CONFLICT
    message = "This cut was applied, or its lines have changed since: work it out anew."


@dataclass(frozen=True, slots=True)
class Why:
    """What made a version: its cause, the code the borrower is told, the decision behind it."""

    cause: Cause
    code: str
    decision_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did: the version now in force if it changed, and what waits for the borrower."""

    version: LineVersionView | None
    proposal: ProposalView | None


def _terms(line: LineView) -> LineTerms:
    return LineTerms(line.target_limit or line.limit, line.annual_rate)


def _row(line: LineView, terms: LineTerms, version: int, why: Why, on: date, *, now: datetime) -> LineVersion:
    return LineVersion.objects.create(
        line_id=line.id,
        version=version,
        limit=terms.limit,
        annual_rate=terms.rate.fraction,
        day_basis=terms.rate.basis,
        cause=why.cause,
        reason_code=why.code,
        decision_id=why.decision_id,
        effective_date=on,
        recorded_at=now,
    )


def _apply(
    line: LineView, terms: LineTerms, why: Why, *, business_date: date, now: datetime
) -> LineVersionView:
    """Put terms in force for draws to come, as the next version; the line's own event is the notice.

    The first move also writes down what was granted.
    """
    last = LineVersion.objects.filter(line_id=line.id).order_by("-version").first()
    if last is None:
        granted = Why(Cause.GRANT, "granted")
        last = _row(line, _terms(line), 1, granted, line.effective_date, now=line.granted_at)
    version = _row(line, terms, last.version + 1, why, business_date, now=now)
    lines.change_terms(line_id=line.id, limit=terms.limit, annual_rate=terms.rate, now=now)
    return version_view(version)


@in_transaction
def move_line(
    *,
    line_id: UUID,
    limit: Money | None = None,
    annual_rate: AnnualRate | None = None,
    reason_code: str,
    decision_id: UUID | None = None,
    now: datetime,
    business_date: date,
) -> Moved:
    """Move a line to another limit or price; what is left out stays.

    Cuts and lower prices apply at once, to draws to come only; a rise waits for the borrower and replaces
    what waited before. What is drawn keeps its rate and its dates whatever happens here. Refuses a line that
    is closed, and a rate at which a draw would cost more than the cap of the day (R-11).
    """
    if not reason_code.strip():
        raise MoveUnexplained
    line = lines.lock_line(line_id=line_id)
    if line.status == CLOSED:
        raise lines.LineStateConflict(status=line.status, wanted="changed")
    current = _terms(line)
    wanted = LineTerms(
        current.limit if limit is None else limit, current.rate if annual_rate is None else annual_rate
    )
    if wanted.limit.minor <= 0 or wanted.limit > line.product.limit_max:
        raise LimitAboveProduct(asked=str(wanted.limit), limit_max=str(line.product.limit_max))
    if wanted.rate != current.rate:
        _require_rate_within_cap(line, wanted, business_date)
    move = divided(current, wanted)
    version = None
    why = Why(Cause.REVIEW, reason_code, decision_id)
    if move.now is not None:
        version = _apply(line, move.now, why, business_date=business_date, now=now)
    _replace_proposals([line_id], now)
    proposal = None
    if move.proposed is not None:
        proposal = _propose(line, move.proposed, why, business_date=business_date, now=now)
    return Moved(version, proposal)


def _require_rate_within_cap(line: LineView, terms: LineTerms, on_date: date) -> None:
    """Refuse a rate at which the line's dearest draw would cost more than the cap of a day."""
    require_draw_within_cap(
        product=line.product,
        amount=terms.limit,
        days=line.product.tenor_days_min,
        on_date=on_date,
        annual_rate=terms.rate,
        monthly_fee=borrowers_monthly_fee(line_id=line.id),
    )


def _replace_proposals(line_ids: Iterable[UUID], now: datetime) -> None:
    """End what waits for the borrower on lines that have moved: it was worked out on what no longer holds."""
    LineProposal.objects.filter(line_id__in=line_ids, status=ProposalStatus.OPEN).update(
        status=ProposalStatus.REPLACED, answered_at=now
    )


def _propose(
    line: LineView, terms: LineTerms, why: Why, *, business_date: date, now: datetime
) -> ProposalView:
    row = LineProposal.objects.create(
        line_id=line.id,
        limit=terms.limit,
        annual_rate=terms.rate.fraction,
        day_basis=terms.rate.basis,
        reason_code=why.code,
        decision_id=why.decision_id,
        valid_until=business_date + timedelta(days=PROPOSAL_DAYS),
        proposed_at=now,
    )
    _tell(row, line, now)
    return proposal_view(row)


def _tell(row: LineProposal, line: LineView, now: datetime) -> None:
    """Tell the scene that a proposal waits, or how it was answered; never the borrower's figures (D-03)."""
    event = {"open": "made", "accepted": "accepted", "declined": "declined"}[str(row.status)]
    outbox.emit(
        type=f"line_proposal.{event}",
        subject=public_id("lpr", row.id),
        data={
            "object": {
                "id": public_id("lpr", row.id),
                "object": "line_proposal",
                "status": str(row.status),
                "credit_line": public_id("lin", row.line_id),
            },
            "changed": ["status"],
        },
        scene_id=line.scene_id,
        now=now,
    )


@in_transaction
def answer_proposal(
    *, proposal_id: UUID, scene_id: UUID | None, accepted: bool, now: datetime, business_date: date
) -> ProposalView:
    """Take the borrower's answer; only an acceptance changes the line, and only now (S0-21)."""
    line_id = LineProposal.objects.filter(id=proposal_id).values_list("line_id", flat=True).first()
    if line_id is None:
        raise ProposalNotFound(proposal=public_id("lpr", proposal_id))
    get_line(line_id=line_id, scene_id=scene_id)
    line = lines.lock_line(line_id=line_id)
    row = LineProposal.objects.get(id=proposal_id)
    if row.status != ProposalStatus.OPEN or business_date > row.valid_until:
        raise ProposalClosed(status=str(row.status) if row.status != ProposalStatus.OPEN else "expired")
    terms = LineTerms(row.limit, AnnualRate.parse(row.annual_rate, row.day_basis))
    if accepted and terms.rate != line.annual_rate:
        _require_rate_within_cap(line, terms, business_date)
    row.status = ProposalStatus.ACCEPTED if accepted else ProposalStatus.DECLINED
    row.answered_at = now
    row.save(update_fields=["status", "answered_at"])
    if accepted:
        why = Why(Cause.CONSENT, row.reason_code, row.decision_id)
        _apply(line, terms, why, business_date=business_date, now=now)
    _tell(row, line, now)
    return proposal_view(row)


def _cut(limit: Money, factor: Decimal) -> Money:
    return Money(max(1, round_minor(factor * limit.minor, Rounding.DOWN)), limit.currency)


def _impact(found: Sequence[LineView], factor: Decimal) -> tuple[Money, Money, Money]:
    """Return the limits before and after, and what stays lent above the new ones."""
    before = [_terms(line).limit for line in found]
    after = [_cut(limit, factor) for limit in before]
    above = [
        max(Money(0), line.outstanding + line.reserved - limit)
        for line, limit in zip(found, after, strict=True)
    ]
    return Money.total(before), Money.total(after), Money.total(above)


@in_transaction
def simulate_cut(
    *, line_ids: Sequence[UUID], factor: Decimal, reason_code: str, simulated_by: str, now: datetime
) -> MassCutView:
    """Work out what cutting lines to `factor` of their limits would do, and keep it; nothing changes yet.

    Lines that are closed have nothing to cut and are left out.
    """
    found = [get_line(line_id=line_id, scene_id=None) for line_id in sorted(set(line_ids))]
    found = [line for line in found if line.status != CLOSED]
    if not found or not is_exact(factor) or not 0 < factor < 1 or not reason_code.strip():
        raise CutInvalid(factor=str(factor), line_count=len(found))
    before, after, above = _impact(found, factor)
    row = MassCut.objects.create(
        line_ids=[line.id for line in found],
        factor=factor,
        reason_code=reason_code,
        borrower_count=len({line.enterprise_id for line in found}),
        limit_before=before,
        limit_after=after,
        in_use_above=above,
        simulated_by=simulated_by,
        simulated_at=now,
    )
    return mass_cut_view(row)


@in_transaction
def apply_cut(
    *, cut_id: UUID, approved_by: str, second_approver: str = "", now: datetime, business_date: date
) -> MassCutView:
    """Cut the lines as worked out: another person approves, and for more than 50 borrowers a third (J8).

    Refused if a line has moved since: the approvers would have approved something else.
    """
    row = MassCut.objects.select_for_update().filter(id=cut_id).first()
    if row is None or row.applied_at is not None:
        raise CutOutdated
    approvers = {approved_by, second_approver} - {"", row.simulated_by}
    needed = 2 if row.borrower_count > MASS_CUT_BORROWERS else 1
    if len(approvers) < needed or approved_by not in approvers or second_approver == row.simulated_by:
        raise ApprovalMissing(borrower_count=row.borrower_count, needed=needed)
    lines.lock_lines(line_ids=row.line_ids)
    found = [get_line(line_id=line_id, scene_id=None) for line_id in row.line_ids]
    closed = any(line.status == CLOSED for line in found)
    if closed or _impact(found, row.factor) != (row.limit_before, row.limit_after, row.in_use_above):
        raise CutOutdated
    for line in found:
        terms = LineTerms(_cut(_terms(line).limit, row.factor), line.annual_rate)
        _apply(line, terms, Why(Cause.MASS_CUT, row.reason_code), business_date=business_date, now=now)
    _replace_proposals(row.line_ids, now)
    row.approved_by, row.second_approver, row.applied_at = approved_by, second_approver, now
    row.save(update_fields=["approved_by", "second_approver", "applied_at"])
    record(
        actor=approved_by,
        action="mass_cut.applied",
        subject=public_id("cut", row.id),
        detail={"borrowers": row.borrower_count, "second_approver": second_approver},
        now=now,
    )
    return mass_cut_view(row)
