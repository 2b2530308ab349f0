"""Noting what was found about a borrower, and renewing a loan by the checklist (R-14, C-07)."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from ledger.chart import operations as chart
from lending.credit_lines.queries import LineView, get_line
from lending.loans import operations as loans
from lending.loans.queries import LoanView
from lending.participations.queries import is_shared
from lending.renewals.models import Finding, FindingKind, Renewal
from lending.renewals.queries import Checklist, RenewalView, checklist, find_renewal, renewal_view
from plumbing.audit.operations import record
from plumbing.sql import in_transaction
from risk.classification import operations as classification
from risk.classification.queries import standing
from risk.classification.tiers import Tier

OPENS_DAYS: Final = 60  # before the loan falls due


class FindingInvalid(Refusal):
    """A kind that there is not, no source, or a day still to come."""

    code = "renewals.finding_invalid"
    kind = Kind.INVALID
    message = "The {field} of this finding cannot be used."


class SamePerson(Refusal):
    """Maker and checker are two people."""

    code = "renewals.same_person"
    message = "{person} cannot approve what {person} proposed."


class RenewalTooEarly(Refusal):
    """Renewals open some weeks before the loan falls due."""

    code = "renewals.too_early"
    message = "The loan falls due on {due_date}; it can be renewed from {days} days before."


class TenorNotOffered(Refusal):
    """The product does not lend for so many days."""

    code = "renewals.tenor_not_offered"
    message = "A renewal runs from {shortest} to {longest} days, not {asked}."


class JointLoan(Refusal):
    """A partner lent its share for the first loan only: the new one would need its own decision (J9)."""

    code = "renewals.joint_loan"
    message = "The loan is shared with another bank; it cannot be renewed by one of them alone."


class NotRenewable(Refusal):
    """A non-performing loan is restructured, not renewed (C-06)."""

    code = "renewals.not_renewable"
    message = "The loan is {tier}; it can only be restructured."


@in_transaction
def note_finding(
    *,
    enterprise_id: UUID,
    kind: str,
    found_date: date,
    source: str,
    recorded_by: str,
    business_date: date,
    now: datetime,
) -> UUID:
    """Write down what was found about a borrower; it counts from its day until it is lifted."""
    faults = {
        "kind": kind not in FindingKind.values,
        "source": not source.strip(),
        "date": found_date > business_date,
    }
    for field, holds in faults.items():
        if holds:
            raise FindingInvalid(field=field)
    row = Finding.objects.create(
        enterprise_id=enterprise_id,
        kind=kind,
        found_date=found_date,
        source=source.strip()[:200],
        recorded_by=recorded_by,
        recorded_at=now,
    )
    record(actor=recorded_by, action="finding.noted", subject=str(row.id), detail={"kind": kind}, now=now)
    return row.id


@in_transaction
def lift_finding(*, finding_id: UUID, lifted_by: str, business_date: date, now: datetime) -> None:
    """End a finding from today; what was decided on it before stands."""
    rows = Finding.objects.select_for_update().filter(id=finding_id, lifted_date=None)
    if not rows.exists():
        raise FindingInvalid(field="id")
    rows.update(lifted_date=business_date)
    record(actor=lifted_by, action="finding.lifted", subject=str(finding_id), detail={}, now=now)


@in_transaction
def renew_loan(
    *,
    loan_id: UUID,
    tenor_days: int,
    proposed_by: str,
    approved_by: str,
    business_date: date,
    now: datetime,
) -> RenewalView:
    """Renew a loan (续贷): a new one on the same line pays its principal the same day, no rail, no money.

    All interest to the day must be paid (`lending.renewal_refused`). With every condition of R-14 met the new
    loan stays normal; otherwise it repays old debt with new and is flagged so: at least special mention at
    the next classification (C-07), whatever is paid later in time. The chain counts on.
    """
    if proposed_by == approved_by:
        raise SamePerson(person=proposed_by)
    old = loans.lock_loan(loan_id=loan_id)
    line = get_line(line_id=old.line_id, scene_id=None)
    _require_renewable(old, line, tenor_days, business_date)
    found = checklist(loan_id=loan_id, on_date=business_date, now=now)
    new = loans.renew(loan_id=loan_id, tenor_days=tenor_days, business_date=business_date, now=now)
    chart.tag_references(products={new.public_id: line.product.code})
    before = find_renewal(loan_id=loan_id)
    row = Renewal.objects.create(
        loan_id=new.id,
        renews_loan_id=loan_id,
        line_id=new.line_id,
        enterprise_id=new.enterprise_id,
        principal=new.principal,
        chain_count=1 if before is None else before.chain_count + 1,
        tier=found.verdict.tier.value,
        failed=list(found.verdict.failed),
        facts=found.facts_json,
        rule=found.rule,
        business_date=business_date,
        proposed_by=proposed_by,
        approved_by=approved_by,
        decided_at=now,
    )
    _flag(row, found, now)
    detail: dict[str, object] = {"renews": public_id("lon", loan_id), "tier": row.tier, "failed": row.failed}
    record(actor=approved_by, action="loan.renewed", subject=new.public_id, detail=detail, now=now)
    return renewal_view(row)


def _require_renewable(old: LoanView, line: LineView, tenor_days: int, business_date: date) -> None:
    product = line.product
    if old.due_date is not None and (old.due_date - business_date).days > OPENS_DAYS:
        raise RenewalTooEarly(due_date=old.due_date, days=OPENS_DAYS)
    if not product.tenor_days_min <= tenor_days <= product.tenor_days_max:
        raise TenorNotOffered(
            asked=tenor_days, shortest=product.tenor_days_min, longest=product.tenor_days_max
        )
    if is_shared(loan_id=old.id):
        raise JointLoan
    stands = standing(exposure_id=old.id)
    if stands is not None and stands.tier.is_non_performing:
        raise NotRenewable(tier=stands.tier.value)


def _flag(row: Renewal, found: Checklist, now: datetime) -> None:
    """Tell the classification that a loan repays another without being a qualified renewal (C-07)."""
    if found.verdict.tier is Tier.NORMAL:
        return
    classification.flag_exposure(
        exposure_id=row.loan_id,
        debtor_id=row.enterprise_id,
        flag="refinances",
        value=True,
        reason=", ".join(found.verdict.failed),
        maker=row.proposed_by,
        checker=row.approved_by,
        on_date=row.business_date,
        now=now,
    )
