"""Recoveries (追偿) after a claim was paid: shared by the coverage, the guarantor's part remitted to it."""

from datetime import date, datetime
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.guarantees.models import Claim, ClaimRecovery
from lending.guarantees.operations.claiming import locked_claim
from lending.guarantees.operations.posting import paid_out, post
from lending.guarantees.queries import ClaimView, claim_view, guarantee_view
from lending.guarantees.shares import shared
from lending.guarantees.states import ClaimStateConflict, ClaimStatus
from lending.loans import operations as loans
from lending.loans.queries import get_loan, loan_position
from lending.loans.states import LoanStatus, TransactionKind
from plumbing.audit.operations import record
from plumbing.sql import in_transaction


class RecoveryTooLarge(Refusal):
    """More came in than bank and guarantor are owed: it is not theirs to share."""

    code = "guarantees.recovery_too_large"
    message = "{amount} is more than the {owed} that bank and guarantor are owed."


class RecoveryConflict(Refusal):
    """The reference is that of another recovery."""

    code = "guarantees.recovery_conflict"
    kind = Kind.CONFLICT
    message = "The reference {reference} was used for another amount."


class NothingToRemit(Refusal):
    """The guarantor has its part already, or nothing came in."""

    code = "guarantees.nothing_to_remit"
    message = "Nothing has come in that would be the guarantor's."


@in_transaction
def record_recovery(
    *,
    claim_id: UUID,
    amount: Money,
    received_date: date,
    reference: str,
    business_date: date,
    now: datetime,
) -> ClaimView:
    """Share what the borrower or its security yields after a claim was paid, by the coverage (S2-14).

    The guarantor's part is owed to it (Cr 2241.03), the bank's is received on the loan, or recovered if the
    rest was written off; what one of them is owed no more goes to the other. The same reference again changes
    nothing.
    """
    guarantee, row = locked_claim(claim_id)
    if _is_known(row, amount, received_date, reference):
        return claim_view(row)
    if row.status != ClaimStatus.PAID or row.paid_date is None:
        raise ClaimStateConflict(current=str(row.status), wanted="recovered")
    if amount.minor <= 0:
        raise loans.ReceiptNotPositive(amount=str(amount))
    if not row.paid_date <= received_date <= business_date:
        raise loans.ValueDateInvalid(
            value_date=received_date, first_date=row.paid_date, last_date=business_date
        )
    own, theirs = _shared(row, amount, guarantee_view(guarantee).coverage_ppm, received_date)
    ClaimRecovery.objects.create(
        claim=row,
        amount=amount,
        for_bank=own,
        for_guarantor=theirs,
        received_date=received_date,
        reference=reference,
        recorded_at=now,
    )
    row.recovered = row.recovered + theirs
    row.save(update_fields=["recovered"])
    if own:
        _take(row, own, received_date, reference, business_date=business_date, now=now)
    if theirs:
        _owe(row, theirs, received_date, reference, business_date=business_date, now=now)
    return claim_view(row)


def _take(
    row: Claim, own: Money, received_date: date, reference: str, *, business_date: date, now: datetime
) -> None:
    if get_loan(loan_id=row.loan_id, scene_id=None).status == LoanStatus.WRITTEN_OFF:
        loans.recover(
            loan_id=row.loan_id, amount=own, reference=reference, business_date=business_date, now=now
        )
        return
    loans.receive(
        loan_id=row.loan_id,
        amount=own,
        kind=TransactionKind.COUNTER_RECEIPT,
        value_date=received_date,
        reference=reference,
        business_date=business_date,
        now=now,
    )


def _owe(
    row: Claim, theirs: Money, received_date: date, reference: str, *, business_date: date, now: datetime
) -> None:
    post(
        "subrogation.recovered",
        {"guarantor": theirs},
        key=f"{public_id('gcl', row.id)}:recovered:{reference}",
        reference=public_id("lon", row.loan_id),
        business_date=business_date,
        value_date=received_date,
        now=now,
    )


def _is_known(row: Claim, amount: Money, received_date: date, reference: str) -> bool:
    known = ClaimRecovery.objects.filter(claim=row, reference=reference).first()
    if known is not None and (known.amount, known.received_date) != (amount, received_date):
        raise RecoveryConflict(reference=reference)
    return known is not None


def _shared(row: Claim, amount: Money, coverage_ppm: int, on_date: date) -> tuple[Money, Money]:
    left = row.amount - row.recovered
    owed = loan_position(loan_id=row.loan_id, on_date=on_date).total
    owed = owed + get_loan(loan_id=row.loan_id, scene_id=None).written_off
    if amount > left + owed:
        raise RecoveryTooLarge(amount=str(amount), owed=str(left + owed))
    bank, guarantor = shared(
        amount=amount.minor,
        coverage_ppm=coverage_ppm,
        owed_to_guarantor=left.minor,
        owed_to_bank=owed.minor,
    )
    return Money(bank), Money(guarantor)


@in_transaction
def remit_recoveries(*, claim_id: UUID, remitted_by: str, business_date: date, now: datetime) -> Money:
    """Pay the guarantor its part of what came in: Dr 2241.03 through 3001 out of 1003; return the amount."""
    _, row = locked_claim(claim_id)
    amount: Money = row.recovered - row.remitted
    if not amount:
        raise NothingToRemit()
    row.remitted = row.recovered
    row.save(update_fields=["remitted"])
    key = f"{public_id('gcl', row.id)}:remitted:{row.remitted.minor}"
    reference = public_id("lon", row.loan_id)
    post(
        "subrogation.remitted",
        {"amount": amount},
        key=key,
        reference=reference,
        business_date=business_date,
        now=now,
    )
    paid_out(amount, key=key, reference=reference, business_date=business_date, now=now)
    record(
        actor=remitted_by,
        action="guarantee_claim.remitted",
        subject=public_id("gcl", row.id),
        detail={"amount": str(amount)},
        now=now,
    )
    return amount
