"""Guarantors, guarantees, and the fee: who may guarantee, what it may cost, when it ends."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F

from kernel.ids import public_id
from kernel.money import Money, Rounding, round_minor
from kernel.rates import is_exact
from kernel.refusals import Kind, Refusal
from lending.credit_lines import operations as lines
from lending.credit_lines.queries import LineView
from lending.guarantees.models import PAYERS, Claim, FeePayment, Guarantee, Guarantor, GuarantorKind
from lending.guarantees.operations.posting import line_reference, paid_out, post
from lending.guarantees.operations.relating import relate_guarantor
from lending.guarantees.queries import GuaranteeNotFound, GuaranteeView, get_guarantor, guarantee_view
from lending.guarantees.states import ClaimStatus
from lending.loans.queries import loans_page
from lending.loans.states import LoanStatus
from lending.products.cost_cap import require_within_cap
from lending.products.costs import cost_of
from lending.products.terms import Payer
from plumbing.audit.operations import record
from plumbing.sql import hold_name, in_transaction


class GuarantorUnlicensed(Refusal):
    """Nobody guarantees without a licence, or with one that has run out (R-13)."""

    code = "guarantees.guarantor_unlicensed"
    message = "{guarantor} has no licence to guarantee on {on_date}."


class GuaranteeInvalid(Refusal):
    """A term that no guarantee can have."""

    code = "guarantees.invalid"
    kind = Kind.INVALID
    message = "The {field} of this guarantee cannot be used."


class AlreadyGuaranteed(Refusal):
    """One guarantor answers for a line at a time."""

    code = "guarantees.already_guaranteed"
    kind = Kind.CONFLICT
    message = "The credit line {line} is guaranteed already."


class SamePerson(Refusal):
    """Maker and checker are two people."""

    code = "guarantees.same_person"
    message = "{person} cannot approve what {person} agreed."


class GuaranteeNeeded(Refusal):
    """A guarantee stays while something is drawn under it, or a claim is open."""

    code = "guarantees.needed"
    message = "{used} is drawn or claimed under this guarantee."


class GuaranteeEnded(Refusal):
    """The guarantee has ended."""

    code = "guarantees.ended"
    kind = Kind.CONFLICT
    message = "The guarantee ended on {ended_date}."


class NoFeeToPay(Refusal):
    """The borrower bears the fee, there is none, nothing is drawn, or the month is not the guarantee's."""

    code = "guarantees.no_fee_to_pay"
    message = "The bank owes the guarantor no fee for {month}."


class FeePaidAlready(Refusal):
    """A month's fee is paid once."""

    code = "guarantees.fee_paid_already"
    kind = Kind.CONFLICT
    message = "The fee for {month} is paid."


@in_transaction
def register_guarantor(
    *,
    kind: str,
    name: str,
    registration_no: str,
    licence_no: str,
    licence_expires_date: date | None,
    recorded_by: str,
    business_date: date,
    now: datetime,
) -> UUID:
    """Write a guarantor down; without a licence number, or with one run out, it is refused (R-13).

    The same registration number again is the same guarantor, with its licence as it is now.
    """
    if kind not in GuarantorKind.values or not name.strip() or not registration_no.strip():
        raise GuaranteeInvalid(field="guarantor")
    expired = licence_expires_date is not None and licence_expires_date <= business_date
    if not licence_no.strip() or expired:
        raise GuarantorUnlicensed(guarantor=name.strip(), on_date=business_date)
    hold_name("guarantor", registration_no.strip())
    row, _ = Guarantor.objects.update_or_create(
        registration_no=registration_no.strip(),
        defaults={
            "kind": kind,
            "name": name.strip(),
            "licence_no": licence_no.strip(),
            "licence_expires_date": licence_expires_date,
            "recorded_by": recorded_by,
            "recorded_at": now,
        },
    )
    detail: dict[str, object] = {"licence_no": row.licence_no}
    record(actor=recorded_by, action="guarantor.registered", subject=str(row.id), detail=detail, now=now)
    return row.id


def _require_terms(
    coverage: Decimal, cap: Money, monthly_fee: Decimal, fee_payer: str, claim_after_days: int
) -> None:
    faults = {
        "coverage": not is_exact(coverage) or not 0 < coverage <= 1,
        "cap": cap.minor <= 0,
        "fee": not is_exact(monthly_fee) or not 0 <= monthly_fee < 1,
        "payer": fee_payer not in dict(PAYERS),
        "days": claim_after_days < 1,
    }
    for field, holds in faults.items():
        if holds:
            raise GuaranteeInvalid(field=field)


@in_transaction
def agree_guarantee(
    *,
    line_id: UUID,
    guarantor_id: UUID,
    coverage: Decimal,
    cap: Money,
    monthly_fee: Decimal,
    fee_payer: str,
    claim_after_days: int,
    agreed_by: str,
    approved_by: str,
    business_date: date,
    now: datetime,
) -> GuaranteeView:
    """Let a guarantor answer for a line from today: `coverage` of what its loans owe, up to `cap`.

    `monthly_fee` is a share of the principal drawn, a month. Borne by the borrower it is part of the all-in
    cost, held to the cap of the day (R-11: 15 % and 450 a month on 100,000 are 24.41 %). Memo 9006 follows.
    """
    _require_terms(coverage, cap, monthly_fee, fee_payer, claim_after_days)
    if agreed_by == approved_by:
        raise SamePerson(person=agreed_by)
    line = lines.lock_line(line_id=line_id)
    guarantor = get_guarantor(guarantor_id=guarantor_id)
    expires = guarantor.licence_expires_date
    if expires is not None and expires <= business_date:
        raise GuarantorUnlicensed(guarantor=guarantor.name, on_date=business_date)
    if Guarantee.objects.filter(line_id=line_id, ended_date=None).exists():
        raise AlreadyGuaranteed(line=line.public_id)
    cost = _cost(line, monthly_fee, fee_payer)
    require_within_cap(cost_exact=cost, on_date=business_date)
    row = Guarantee.objects.create(
        guarantor=guarantor,
        line_id=line_id,
        coverage=coverage,
        cap=cap,
        claimed=Money(0),
        monthly_fee=monthly_fee,
        fee_payer=fee_payer,
        claim_after_days=claim_after_days,
        all_in_cost=cost,
        effective_date=business_date,
        agreed_by=agreed_by,
        approved_by=approved_by,
        agreed_at=now,
    )
    relate_guarantor(guarantor=guarantor, line=line, business_date=business_date, now=now)
    _memo("guarantee.received", row, cap, business_date, now)
    _note(row, "agreed", approved_by, {"coverage": str(coverage), "all_in_cost": str(cost)}, now)
    return guarantee_view(row)


def _cost(line: LineView, monthly_fee: Decimal, fee_payer: str) -> Decimal:
    """Return what the line's dearest draw costs in a year, with the monthly fee if the borrower bears it."""
    return cost_of(
        line.product,
        amount=line.limit,
        days=line.product.tenor_days_min,
        annual_rate=line.annual_rate,
        monthly_fee=monthly_fee if fee_payer == Payer.BORROWER else Decimal(0),
    )


def _memo(event: str, row: Guarantee, amount: Money, business_date: date, now: datetime) -> None:
    post(
        event,
        {"covered": amount},
        key=f"{public_id('gua', row.id)}:{event}",
        reference=line_reference(row.line_id),
        business_date=business_date,
        now=now,
    )


def _note(row: Guarantee, word: str, actor: str, detail: dict[str, object], now: datetime) -> None:
    subject = public_id("gua", row.id)
    record(actor=actor, action=f"guarantee.{word}", subject=subject, detail=detail, now=now)


def locked_guarantee(guarantee_id: UUID) -> Guarantee:
    """Return a guarantee's row, its line locked first."""
    line_id = Guarantee.objects.filter(id=guarantee_id).values_list("line_id", flat=True).first()
    if line_id is None:
        raise GuaranteeNotFound(guarantee=public_id("gua", guarantee_id))
    lines.lock_line(line_id=line_id)
    return Guarantee.objects.select_for_update(of=["self"]).select_related("guarantor").get(id=guarantee_id)


def require_running(row: Guarantee) -> None:
    """Refuse a guarantee that has ended."""
    if row.ended_date is not None:
        raise GuaranteeEnded(ended_date=row.ended_date)


@in_transaction
def end_guarantee(*, guarantee_id: UUID, ended_by: str, business_date: date, now: datetime) -> GuaranteeView:
    """Let a guarantor go; refused while something is drawn or on its way, or a claim is not settled."""
    row = locked_guarantee(guarantee_id)
    require_running(row)
    line = lines.lock_line(line_id=row.line_id)
    used = line.outstanding + line.reserved
    waiting = Claim.objects.filter(guarantee=row, status__in=[ClaimStatus.FILED, ClaimStatus.ACCEPTED])
    shared = Claim.objects.filter(guarantee=row, recovered__gt=F("remitted"))
    open_claims = Money.total((waiting | shared).values_list("amount", flat=True))
    if used or open_claims:
        raise GuaranteeNeeded(used=str(used or open_claims))
    row.ended_date = business_date
    row.save(update_fields=["ended_date"])
    relate_guarantor(guarantor=row.guarantor, line=line, business_date=business_date, now=now)
    paid = Money.total(Claim.objects.filter(guarantee=row, status="paid").values_list("amount", flat=True))
    if row.cap > paid:
        _memo("guarantee.ended", row, row.cap - paid, business_date, now)
    _note(row, "ended", ended_by, {}, now)
    return guarantee_view(row)


@in_transaction
def pay_fee(*, guarantee_id: UUID, month: date, paid_by: str, business_date: date, now: datetime) -> Money:
    """Pay the guarantor a month's fee that the bank bears: Dr 6421 through 3001 out of 1003, once a month.

    The fee is the monthly share of the principal of the loans that run, rounded half up. What the borrower
    bears goes to the guarantor directly and is not the bank's to book. No month before the guarantee, and
    none still to come.
    """
    row = locked_guarantee(guarantee_id)
    require_running(row)
    first = month.replace(day=1)
    shown = f"{first:%Y-%m}"
    if not row.effective_date.replace(day=1) <= first <= business_date:
        raise NoFeeToPay(month=shown)
    if FeePayment.objects.filter(guarantee=row, month=first).exists():
        raise FeePaidAlready(month=shown)
    running = loans_page(line_id=row.line_id, status=LoanStatus.ACTIVE, limit=10_000)
    drawn = Money.total(loan.principal for loan in running)
    amount = Money(round_minor(row.monthly_fee * drawn.minor, Rounding.HALF_UP))
    if row.fee_payer != Payer.BANK or not amount:
        raise NoFeeToPay(month=shown)
    key = f"{public_id('gua', row.id)}:fee:{shown}"
    reference = line_reference(row.line_id)
    entry_id = post(
        "guarantee.fee_paid",
        {"fee": amount},
        key=key,
        reference=reference,
        business_date=business_date,
        now=now,
    )
    paid_out(amount, key=key, reference=reference, business_date=business_date, now=now)
    FeePayment.objects.create(guarantee=row, month=first, amount=amount, entry_id=entry_id, paid_at=now)
    _note(row, "fee_paid", paid_by, {"month": shown, "amount": str(amount)}, now)
    return amount
