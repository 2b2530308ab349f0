"""Taking over loan prime rates (P-06): one person for the expected, two more for what looks wrong (J8, F)."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Max

from kernel.refusals import Kind, Refusal
from plumbing.audit import operations as audit
from plumbing.sql import hold_name, in_transaction
from regulation.lpr import Bounds, doubts
from regulation.models import LprFixing, LprProposal, LprVerdict
from regulation.packs import FixingDraft
from regulation.queries import RuleMissing, calendar, fixing_before, rule

APPROVERS = 2


class FixingInvalid(Refusal):
    """Not a prime rate: nothing, negative or above any rate there can be."""

    code = "regulation.fixing_invalid"
    kind = Kind.INVALID
    message = "{one_year} and {five_year} are not loan prime rates."


class ProposalNotFound(Refusal):
    """There is no such proposal."""

    code = "regulation.proposal_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no proposed prime rate {proposal}."


class ProposalClosed(Refusal):
    """The proposal is adopted or rejected already."""

    code = "regulation.proposal_closed"
    kind = Kind.CONFLICT
    message = "The proposed prime rate of {published_date} is decided already."


class VerdictRepeated(Refusal):
    """Two people besides the one who keyed it have to look: nobody counts twice."""

    code = "regulation.verdict_repeated"
    message = "{person} has signed this prime rate already: another person has to look at it."


@in_transaction
def record_fixing(
    *, fixing: FixingDraft, recorded_by: str, now: datetime
) -> tuple[LprFixing | None, LprProposal | None]:
    """Take over a prime rate; return the fixing in force, or the proposal that waits for two people.

    It waits when a rate moved by more than the bound of P-06 (50 bp), is not a whole step of 0.05 points,
    or was not published on the month's publication day. The same fixing again changes nothing.
    """
    hold_name("regulation.lpr")
    if not (0 < fixing.one_year < 10 and 0 < fixing.five_year < 10):
        raise FixingInvalid(one_year=str(fixing.one_year), five_year=str(fixing.five_year))
    known = LprFixing.objects.filter(published_date=fixing.published_date).order_by("-revision").first()
    if known is not None and (known.one_year, known.five_year) == (fixing.one_year, fixing.five_year):
        return known, None
    reasons = _doubts(fixing)
    if not reasons:
        return _adopt(fixing, recorded_by, [], now), None
    proposal = LprProposal.objects.create(
        published_date=fixing.published_date,
        one_year=fixing.one_year,
        five_year=fixing.five_year,
        source=fixing.source,
        reasons=reasons,
        proposed_by=recorded_by,
        proposed_at=now,
    )
    _note("propose_fixing", recorded_by, proposal.published_date, {"reasons": reasons}, now)
    return None, proposal


@in_transaction
def decide_fixing(*, proposal_id: UUID, person: str, approves: bool, now: datetime) -> LprFixing | None:
    """Approve or reject a proposed prime rate; return the fixing once the second approver has signed.

    Refuses the person who keyed it, a person who has signed before, and a proposal that is decided.
    """
    hold_name("regulation.lpr")
    proposal = LprProposal.objects.filter(id=proposal_id).first()
    if proposal is None:
        raise ProposalNotFound(proposal=str(proposal_id))
    verdicts = list(proposal.verdicts.order_by("given_at", "id"))
    approvers = [verdict.person for verdict in verdicts if verdict.is_approval]
    if len(approvers) >= APPROVERS or len(approvers) < len(verdicts):
        raise ProposalClosed(published_date=proposal.published_date.isoformat())
    if not person or person in (proposal.proposed_by, *approvers):
        raise VerdictRepeated(person=person or "-")
    LprVerdict.objects.create(proposal=proposal, person=person, is_approval=approves, given_at=now)
    action = "approve_fixing" if approves else "reject_fixing"
    _note(action, person, proposal.published_date, {"proposal": str(proposal.id)}, now)
    if not approves or len(approvers) + 1 < APPROVERS:
        return None
    draft = FixingDraft(proposal.published_date, proposal.one_year, proposal.five_year, proposal.source)
    return _adopt(draft, proposal.proposed_by, [*approvers, person], now)


@in_transaction
def adopt_published_fixings(*, fixings: Sequence[FixingDraft], adopted_by: str, now: datetime) -> list[str]:
    """Take over the published fixings that are not there yet, oldest first; return their dates."""
    present = set(LprFixing.objects.values_list("published_date", "one_year", "five_year"))
    waiting = set(LprProposal.objects.values_list("published_date", "one_year", "five_year"))
    new = [
        fixing
        for fixing in sorted(fixings, key=lambda fixing: fixing.published_date)
        if (fixing.published_date, fixing.one_year, fixing.five_year) not in present | waiting
    ]
    if not present and not waiting:
        return _adopt_first(new, adopted_by, now)
    for fixing in new:
        record_fixing(fixing=fixing, recorded_by=adopted_by, now=now)
    return [fixing.published_date.isoformat() for fixing in new]


def _adopt_first(fixings: Sequence[FixingDraft], adopted_by: str, now: datetime) -> list[str]:
    """Take over the history a new bank begins with, under one signature: nothing was priced on it yet."""
    LprFixing.objects.bulk_create(
        LprFixing(
            published_date=fixing.published_date,
            revision=1,
            one_year=fixing.one_year,
            five_year=fixing.five_year,
            source=fixing.source,
            adopted_by=adopted_by,
            adopted_at=now,
        )
        for fixing in fixings
    )
    return [fixing.published_date.isoformat() for fixing in fixings]


def _doubts(fixing: FixingDraft) -> list[str]:
    before = fixing_before(fixing.published_date)
    try:
        parameters = rule("P-06", fixing.published_date).parameters
    except RuleMissing:
        parameters = {}
    bounds = Bounds(
        step=Decimal(parameters.get("step", "0.000500")),
        largest_change=Decimal(parameters.get("largest_change", "0.005000")),
        published_day=int(parameters.get("published_day", 20)),
    )
    last = None if before is None else (before.one_year, before.five_year)
    return doubts(
        published_date=fixing.published_date,
        rates=(fixing.one_year, fixing.five_year),
        last=last,
        bounds=bounds,
        calendar=calendar(),
    )


def _adopt(fixing: FixingDraft, adopted_by: str, approved_by: list[str], now: datetime) -> LprFixing:
    same_day = LprFixing.objects.filter(published_date=fixing.published_date)
    last = same_day.aggregate(last=Max("revision"))["last"] or 0
    row = LprFixing.objects.create(
        published_date=fixing.published_date,
        revision=last + 1,
        one_year=fixing.one_year,
        five_year=fixing.five_year,
        source=fixing.source,
        adopted_by=adopted_by,
        approved_by=approved_by,
        adopted_at=now,
    )
    detail: dict[str, object] = {"1Y": str(fixing.one_year), "5Y": str(fixing.five_year)}
    _note("record_fixing", adopted_by, fixing.published_date, detail, now)
    return row


def _note(action: str, actor: str, day: date, detail: dict[str, object], now: datetime) -> None:
    audit.record(
        actor=actor, action=f"regulation.{action}", subject=f"lpr:{day.isoformat()}", detail=detail, now=now
    )
