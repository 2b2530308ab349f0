"""Assessing an application: gather the facts, let risk decide, and write down what follows."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.applications import facts
from lending.applications.gathering import gather_known
from lending.applications.models import Application
from lending.applications.observed import ask_and_observe
from lending.applications.operations.ending import withdraw
from lending.applications.operations.moves import locked_application, move_application, tell_application
from lending.applications.queries import AUTO, application_view
from lending.applications.states import ApplicationStatus, StateConflict
from lending.applications.views import ApplicationView
from lending.products import queries as products
from lending.products.cost_cap import is_within_cap, require_product_within_cap
from lending.products.terms import ProductView
from openbanking.consents import queries as consents
from parties.enterprises import queries as enterprises
from plumbing.audit import operations as audit
from plumbing.sql import in_transaction
from risk.cases import operations as cases
from risk.cases.states import CaseKind
from risk.decisions import operations as decisions
from risk.decisions.queries import DecisionView
from risk.features.facts import FactValue

BELOW_MINIMUM: Final = "below_product_minimum"
CONSENT_ENDED: Final = "consent_ended"
COST_ABOVE_CAP: Final = "cost_above_cap"
NOBODY: Final[Mapping[str, Mapping[str, FactValue]]] = {}


class ApprovalOutOfRange(Refusal):
    """A reviewer may approve from the product's smallest limit up to what was asked."""

    code = "applications.approval_out_of_range"
    message = "{approved} is not between {limit_min} and {asked}."


class ReviewerMissing(Refusal):
    """Somebody must answer for a manual decision."""

    code = "applications.reviewer_missing"
    kind = Kind.INVALID
    message = "A manual decision needs a person and a reason."


@in_transaction
def assess_application(
    *,
    application_id: UUID,
    now: datetime,
    business_date: date,
    stand_ins: Mapping[str, Mapping[str, FactValue]] = NOBODY,
) -> ApplicationView:
    """Decide a submitted application by machine; no person touches it unless the strategy refers it (S0-15).

    Approved in full or below what was asked (a counter-offer), referred to review, or declined. If the
    consent to read the data has ended meanwhile, nothing is read and the application is withdrawn (J3).
    `stand_ins` are facts by registration number that stand for what would be observed: a sandbox's.
    """
    row = locked_application(application_id)
    if row.status != ApplicationStatus.SUBMITTED:
        raise StateConflict(current=str(row.status), wanted="assessed", allowed=["submitted"])
    product = products.get_product(product_version_id=row.product_version_id)
    if not _consented(row, product, now):
        withdraw(row, reason=CONSENT_ENDED, now=now)
        return application_view(row)
    decision = _decided(row, product, stand_ins, now=now, business_date=business_date)
    row.decision_id = decision.id
    _follow(row, product, decision, now=now, business_date=business_date)
    row.save()
    tell_application(row, str(row.status), now)
    return application_view(row)


@in_transaction
def resolve_review(
    *,
    application_id: UUID,
    approved_amount: Money | None,
    reason: str,
    resolved_by: str,
    now: datetime,
    business_date: date,
) -> ApplicationView:
    """Decide a referred application by a person: an amount approves it, None declines it; it is audited.

    Only the person who has the application's case decides it (S0-12). Refuses to approve at a cost above the
    cap of the day (R-11).
    """
    row = locked_application(application_id)
    if row.status != ApplicationStatus.IN_REVIEW:
        raise StateConflict(current=str(row.status), wanted="resolved", allowed=["in_review"])
    if not resolved_by or not reason:
        raise ReviewerMissing
    subject = public_id("app", row.id)
    cases.require_assignee(kind=CaseKind.REFERRAL, subject=subject, person=resolved_by)
    product = products.get_product(product_version_id=row.product_version_id)
    if approved_amount is not None and not product.limit_min <= approved_amount <= row.requested_amount:
        raise ApprovalOutOfRange(
            approved=str(approved_amount), limit_min=str(product.limit_min), asked=str(row.requested_amount)
        )
    row.human_touch_count += 1
    row.decided_by, row.decided_at, row.decided_date = resolved_by, now, business_date
    row.outcome_reason = reason[:60]
    if approved_amount is None:
        _decline(row, now=now)
    else:
        require_product_within_cap(product=product, on_date=business_date)
        _approve(row, product, approved_amount, business_date=business_date)
    row.save()
    audit.record(
        actor=resolved_by,
        action="application.resolve",
        subject=subject,
        detail={"approved": None if approved_amount is None else str(approved_amount), "reason": reason},
        now=now,
    )
    tell_application(row, str(row.status), now)
    return application_view(row)


def _consented(row: Application, product: ProductView, now: datetime) -> bool:
    try:
        require_consents(row, product, now=now)
    except (consents.ConsentRequired, consents.ConsentRevoked, consents.ConsentExpired):
        return False
    return True


def require_consents(row: Application, product: ProductView, *, now: datetime) -> None:
    """Refuse, as the consents room does, where a consent the product needs is not in force."""
    for data_class in product.data_classes:
        consents.require_consent(
            enterprise_id=row.enterprise_id,
            scene_id=row.scene_id,
            purpose=product.consent_purpose,
            data_class=data_class,
            now=now,
        )


def _decided(
    row: Application,
    product: ProductView,
    stand_ins: Mapping[str, Mapping[str, FactValue]],
    *,
    now: datetime,
    business_date: date,
) -> DecisionView:
    """Decide on what this scene shows, what the bank has on file, and what the graph knows."""
    subject, borrower = public_id("app", row.id), public_id("biz", row.enterprise_id)
    asking, observed = ask_and_observe(
        subject=subject,
        borrower=borrower,
        enterprise_id=row.enterprise_id,
        scene_id=row.scene_id,
        purpose=product.consent_purpose,
        as_of_date=business_date,
        now=now,
    )
    enterprise = enterprises.get_enterprise(enterprise_id=row.enterprise_id, scene_id=row.scene_id)
    known = gather_known(
        observed=observed,
        enterprise=enterprise,
        request=facts.Request(amount=row.requested_amount, tenor_days=row.tenor_days),
        product=product,
        on_date=business_date,
        now=now,
        wanted=asking.wanted,
    )
    return decisions.decide(
        subject=subject,
        borrower=borrower,
        facts={**known, **stand_ins.get(enterprise.registration_no, {})},
        on_date=business_date,
        now=now,
        asking=asking,
    )


def _follow(
    row: Application, product: ProductView, decision: DecisionView, *, now: datetime, business_date: date
) -> None:
    """Turn a verdict into a status; an approval below the product's smallest limit is no offer at all.

    Nor is one of a product that has become dearer than the cap since it was applied for (R-11).
    """
    if decision.verdict == "refer":
        move_application(row, ApplicationStatus.IN_REVIEW)
        return
    row.decided_by, row.decided_at, row.decided_date = AUTO, now, business_date
    if decision.verdict != "approve" or decision.limit is None:
        row.outcome_reason = decision.reasons[0].code[:60] if decision.reasons else ""
        _decline(row, now=now)
        return
    limit = min(decision.limit, row.requested_amount)
    if limit < product.limit_min:
        row.outcome_reason = BELOW_MINIMUM
        _decline(row, now=now)
        return
    if not is_within_cap(product=product, on_date=business_date):
        row.outcome_reason = COST_ABOVE_CAP
        _decline(row, now=now)
        return
    _approve(row, product, limit, business_date=business_date)


def _approve(row: Application, product: ProductView, limit: Money, *, business_date: date) -> None:
    """Approve at the product's own rate: cost-checked at publishing, weighed by the decision."""
    move_application(row, ApplicationStatus.APPROVED)
    row.approved_amount, row.approved_rate = limit, product.annual_rate.fraction
    row.valid_until = business_date + timedelta(days=product.offer_days)


def _decline(row: Application, *, now: datetime) -> None:
    move_application(row, ApplicationStatus.DECLINED)
    row.closed_at = now
