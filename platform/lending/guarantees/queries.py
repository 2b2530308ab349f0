"""Reads of guarantees: who answers for a line, for how much, what a claim would be."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from kernel.rates import PPM
from kernel.refusals import Kind, Refusal
from lending.guarantees.models import Claim, Guarantee, Guarantor
from lending.guarantees.shares import covered
from lending.loans.queries import loan_position
from lending.products.terms import Payer


class GuarantorNotFound(Refusal):
    """No such guarantor at this bank."""

    code = "guarantees.guarantor_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no guarantor {guarantor}."


class GuaranteeNotFound(Refusal):
    """No such guarantee at this bank, or none for this loan's line."""

    code = "guarantees.guarantee_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no guarantee {guarantee}."


class ClaimNotFound(Refusal):
    """No such claim at this bank."""

    code = "guarantees.claim_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no claim {claim}."


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeView:
    """A guarantee; `coverage` and `monthly_fee` are fractions, `all_in_cost` a fraction a year."""

    id: UUID
    guarantor_id: UUID
    guarantor: str
    line_id: UUID
    coverage: Decimal
    cap: Money
    claimed: Money
    monthly_fee: Decimal
    fee_payer: str
    claim_after_days: int
    all_in_cost: Decimal
    effective_date: date
    ended_date: date | None

    @property
    def coverage_ppm(self) -> int:
        """The coverage in millionths."""
        return int(self.coverage * PPM)

    @property
    def room(self) -> Money:
        """What the cap leaves."""
        return self.cap - self.claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """A claim; `recovered` is the guarantor's part of what came in since it paid."""

    id: UUID
    guarantee_id: UUID
    loan_id: UUID
    status: str
    days_past_due: int
    amount: Money
    recovered: Money
    remitted: Money
    reason: str
    filed_date: date
    decided_date: date | None
    paid_date: date | None
    transaction_id: UUID | None


def guarantee_view(row: Guarantee) -> GuaranteeView:
    """Return the frozen view of a row."""
    return GuaranteeView(
        id=row.id,
        guarantor_id=row.guarantor_id,
        guarantor=row.guarantor.name,
        line_id=row.line_id,
        coverage=row.coverage,
        cap=row.cap,
        claimed=row.claimed,
        monthly_fee=row.monthly_fee,
        fee_payer=row.fee_payer,
        claim_after_days=row.claim_after_days,
        all_in_cost=row.all_in_cost,
        effective_date=row.effective_date,
        ended_date=row.ended_date,
    )


def claim_view(row: Claim) -> ClaimView:
    """Return the frozen view of a row."""
    return ClaimView(
        id=row.id,
        guarantee_id=row.guarantee_id,
        loan_id=row.loan_id,
        status=row.status,
        days_past_due=row.days_past_due,
        amount=row.amount,
        recovered=row.recovered,
        remitted=row.remitted,
        reason=row.reason,
        filed_date=row.filed_date,
        decided_date=row.decided_date,
        paid_date=row.paid_date,
        transaction_id=row.transaction_id,
    )


def get_guarantor(*, guarantor_id: UUID) -> Guarantor:
    """Return a guarantor's row, for this room."""
    row = Guarantor.objects.filter(id=guarantor_id).first()
    if row is None:
        raise GuarantorNotFound(guarantor=public_id("gtr", guarantor_id))
    return row


def guarantee_of(*, line_id: UUID) -> GuaranteeView | None:
    """Return who answers for a line now; None: nobody does."""
    row = Guarantee.objects.select_related("guarantor").filter(line_id=line_id, ended_date=None).first()
    return None if row is None else guarantee_view(row)


def get_claim(*, claim_id: UUID) -> ClaimView:
    """Return one claim."""
    row = Claim.objects.filter(id=claim_id).first()
    if row is None:
        raise ClaimNotFound(claim=public_id("gcl", claim_id))
    return claim_view(row)


def claims_of(*, line_id: UUID) -> tuple[ClaimView, ...]:
    """Return every claim made for a line's loans, oldest first."""
    return tuple(claim_view(row) for row in Claim.objects.filter(guarantee__line_id=line_id))


def claimable(*, guarantee: GuaranteeView, loan_id: UUID, on_date: date) -> Money:
    """Return what could be claimed for a loan on a day: of principal and interest, penalty is the bank's."""
    owed = loan_position(loan_id=loan_id, on_date=on_date)
    minor = covered(
        owed=(owed.principal + owed.interest).minor,
        coverage_ppm=guarantee.coverage_ppm,
        room=guarantee.room.minor,
    )
    return Money(minor)


def borrowers_monthly_fee(*, line_id: UUID) -> Decimal:
    """Return what a guarantee costs the borrower a month, as a share of the principal drawn."""
    found = guarantee_of(line_id=line_id)
    return found.monthly_fee if found is not None and found.fee_payer == Payer.BORROWER else Decimal(0)
