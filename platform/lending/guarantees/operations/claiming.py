"""Claims (代偿): filed after so many days past due, accepted or declined, paid."""

from datetime import date, datetime
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.chart.queries import account_of
from ledger.chart.roles import Role
from lending.credit_lines import operations as lines
from lending.guarantees.models import Claim, Guarantee
from lending.guarantees.operations.agreeing import locked_guarantee, require_running
from lending.guarantees.operations.posting import post
from lending.guarantees.queries import (
    ClaimNotFound,
    ClaimView,
    GuaranteeNotFound,
    claim_view,
    claimable,
    guarantee_of,
    guarantee_view,
)
from lending.guarantees.states import ClaimStateConflict, ClaimStatus, require_move
from lending.loans import operations as loans
from lending.loans.queries import get_loan
from lending.loans.states import TransactionKind
from plumbing.audit.operations import record
from plumbing.sql import in_transaction

ACTIVE, FROZEN = "active", "frozen"  # states of a line
FROZEN_BY_CLAIM = "guarantee_claim"


class ClaimTooEarly(Refusal):
    """The guarantee says after how many days past due a claim may be filed."""

    code = "guarantees.claim_too_early"
    message = "The loan is {days} days past due; a claim may be filed after {claim_after_days}."


class NothingToClaim(Refusal):
    """Nothing is owed any more, or the cap is used up."""

    code = "guarantees.nothing_to_claim"
    message = "Nothing can be claimed for this loan: {owed} is owed, the cap leaves {room}."


class ReasonMissing(Refusal):
    """A guarantor that declines says why."""

    code = "guarantees.reason_missing"
    kind = Kind.INVALID
    message = "A claim is declined with a reason."


def _note(row: Claim, word: str, actor: str, detail: dict[str, object], now: datetime) -> None:
    subject = public_id("gcl", row.id)
    record(actor=actor, action=f"guarantee_claim.{word}", subject=subject, detail=detail, now=now)


@in_transaction
def file_claim(*, loan_id: UUID, filed_by: str, business_date: date, now: datetime) -> ClaimView:
    """Claim the guarantor's share of a loan's principal and interest, once long enough past due (S2-14).

    Nothing is booked yet. A claim that was declined may be filed again.
    """
    loan = get_loan(loan_id=loan_id, scene_id=None)
    found = guarantee_of(line_id=loan.line_id)
    if found is None:
        raise GuaranteeNotFound(guarantee=public_id("lin", loan.line_id))
    row = locked_guarantee(found.id)
    require_running(row)
    standing = Claim.objects.filter(loan_id=loan_id).exclude(status=ClaimStatus.DECLINED).first()
    if standing is not None:
        raise ClaimStateConflict(current=str(standing.status), wanted=ClaimStatus.FILED.value)
    days = get_loan(loan_id=loan_id, scene_id=None).days_past_due(business_date)
    if days <= row.claim_after_days:
        raise ClaimTooEarly(days=days, claim_after_days=row.claim_after_days)
    made = Claim.objects.create(
        guarantee=row,
        loan_id=loan_id,
        days_past_due=days,
        amount=_claimable(row, loan_id, business_date),
        recovered=Money(0),
        remitted=Money(0),
        filed_date=business_date,
        filed_by=filed_by,
        filed_at=now,
    )
    _note(made, "filed", filed_by, {"amount": str(made.amount), "days_past_due": days}, now)
    return claim_view(made)


def _claimable(row: Guarantee, loan_id: UUID, on_date: date) -> Money:
    view = guarantee_view(row)
    amount = claimable(guarantee=view, loan_id=loan_id, on_date=on_date)
    if not amount:
        owed = get_loan(loan_id=loan_id, scene_id=None).outstanding
        raise NothingToClaim(owed=str(owed), room=str(view.room))
    return amount


def locked_claim(claim_id: UUID) -> tuple[Guarantee, Claim]:
    """Return a claim and its guarantee, locked in order."""
    guarantee_id = Claim.objects.filter(id=claim_id).values_list("guarantee_id", flat=True).first()
    if guarantee_id is None:
        raise ClaimNotFound(claim=public_id("gcl", claim_id))
    guarantee = locked_guarantee(guarantee_id)
    return guarantee, Claim.objects.select_for_update().get(id=claim_id)


@in_transaction
def accept_claim(*, claim_id: UUID, accepted_by: str, business_date: date, now: datetime) -> ClaimView:
    """Record that the guarantor accepts: Dr 1221.02 / Cr what the loan owes, by the loan's own waterfall.

    What was paid since it was filed lowers it; penalty interest goes first only where the waterfall says so.
    The line stays closed for draws until a person opens it: what the guarantor answers for was not repaid.
    """
    guarantee, row = locked_claim(claim_id)
    require_move(current=row.status, wanted=ClaimStatus.ACCEPTED)
    row.amount = min(row.amount, _claimable(guarantee, row.loan_id, business_date))
    _freeze(guarantee.line_id, now)
    used = loans.receive(
        loan_id=row.loan_id,
        amount=row.amount,
        kind=TransactionKind.COUNTER_RECEIPT,
        value_date=business_date,
        reference=public_id("gcl", row.id),
        business_date=business_date,
        now=now,
        cash_account=account_of(Role.GUARANTOR_RECEIVABLE, on_date=business_date),
    )
    row.status, row.decided_date, row.transaction_id = (
        ClaimStatus.ACCEPTED,
        business_date,
        used.transaction.id,
    )
    row.save(update_fields=["status", "decided_date", "transaction_id", "amount"])
    guarantee.claimed = guarantee.claimed + row.amount
    guarantee.save(update_fields=["claimed"])
    _note(row, "accepted", accepted_by, {"amount": str(row.amount)}, now)
    return claim_view(row)


def _freeze(line_id: UUID, now: datetime) -> None:
    """Freeze the line by the claim, also where it froze by itself: paying the rest must not thaw it."""
    line = lines.lock_line(line_id=line_id)
    if line.status == FROZEN and line.frozen_reason == lines.OVERDUE:
        line = lines.unfreeze(line_id=line_id, now=now)
    if line.status == ACTIVE:
        lines.freeze(line_id=line_id, reason=FROZEN_BY_CLAIM, now=now)


@in_transaction
def decline_claim(
    *, claim_id: UUID, reason: str, recorded_by: str, business_date: date, now: datetime
) -> ClaimView:
    """Record that the guarantor declines, and why; the loan is as it was."""
    _, row = locked_claim(claim_id)
    if not reason.strip():
        raise ReasonMissing()
    require_move(current=row.status, wanted=ClaimStatus.DECLINED)
    row.status, row.decided_date, row.reason = ClaimStatus.DECLINED, business_date, reason.strip()[:200]
    row.save(update_fields=["status", "decided_date", "reason"])
    _note(row, "declined", recorded_by, {"reason": row.reason}, now)
    return claim_view(row)


@in_transaction
def record_claim_payment(
    *, claim_id: UUID, received_date: date, recorded_by: str, business_date: date, now: datetime
) -> ClaimView:
    """Record that the guarantor paid what it accepted: Dr 1003 / Cr 1221.02, memo 9006 falls by it.

    From now on its share of the claim on the borrower is the guarantor's (subrogation).
    """
    guarantee, row = locked_claim(claim_id)
    require_move(current=row.status, wanted=ClaimStatus.PAID)
    if row.decided_date is None or not row.decided_date <= received_date <= business_date:
        raise loans.ValueDateInvalid(
            value_date=received_date, first_date=row.decided_date, last_date=business_date
        )
    post(
        "claim.paid",
        {"amount": row.amount},
        key=f"{public_id('gcl', row.id)}:paid",
        reference=public_id("lon", row.loan_id),
        business_date=business_date,
        value_date=received_date,
        now=now,
    )
    row.status, row.paid_date = ClaimStatus.PAID, received_date
    row.save(update_fields=["status", "paid_date"])
    _note(row, "paid", recorded_by, {"guarantor": guarantee.guarantor.name}, now)
    return claim_view(row)
