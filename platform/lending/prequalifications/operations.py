"""Adopting the policy for facts without evidence, and answering what a bank would lend (S2-27, D-01).

An answer counts for nothing: no bureau is asked, no decision recorded, no case opened, no event told.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from kernel.ids import new_id, public_id
from kernel.money import Money, Rounding, round_minor
from kernel.refusals import Kind, Phrase, Refusal
from lending.applications import area, facts
from lending.applications.gathering import gather_known
from lending.applications.observed import ask_and_observe
from lending.prequalifications.models import (
    PolicyProposal,
    PolicyVerdict,
    Prequalification,
    PrequalificationPolicy,
    Result,
)
from lending.prequalifications.queries import PolicyView, PrequalificationView, policy_on, view_of
from lending.products import queries as products
from lending.products.cost_cap import require_product_within_cap
from lending.products.costs import cost_of
from lending.products.tenors import tenor_of
from lending.products.terms import ProductView
from openbanking.consents import queries as consents
from parties.enterprises import queries as enterprises
from parties.enterprises.views import EnterpriseView
from plumbing.audit.operations import record
from plumbing.sql import hold_name, in_transaction
from risk.decisions.operations import foresee

OUTSIDE_AREA: Final = "outside_area"
TOO_SMALL: Final = "limit_too_small"
NOT_KNOWN: Final = "fact_unknown"
SALES_MAX: Final = Money.parse("1000000000.00")
MULTIPLE_MAX: Final = Decimal(24)  # months: nobody lends more than two years' sales unseen
_STEP_MINOR: Final = 100_00  # whole hundreds of yuan: no more exact than what it rests on
_COST_PLACES: Final = Decimal("0.000001")


class OneSource(Refusal):
    """An answer rests on a business with its consented data or on facts alone, never on both or neither."""

    code = "prequalifications.one_source"
    message = "Name a business, or give facts without one; not both."


class PolicyInvalid(Refusal):
    """Sales and multiple are above zero and below what a policy may say."""

    code = "prequalifications.policy_invalid"
    kind = Kind.INVALID
    message = "The {field} of this pre-qualification policy cannot be used."


class PolicyOrder(Refusal):
    """A policy begins after the one it follows, and never on a day that has passed."""

    code = "prequalifications.policy_order"
    kind = Kind.CONFLICT
    message = "A pre-qualification policy cannot begin on {effective_date}."


class SamePerson(Refusal):
    """Maker and checker are two people."""

    code = "prequalifications.same_person"
    message = "{person} cannot approve what {person} proposed."


class ProposalKnown(Refusal):
    """One proposed policy of a product waits at a time."""

    code = "prequalifications.proposal_waits"
    kind = Kind.CONFLICT
    message = "A policy of {product} waits for its second person already."


class ProposalNotFound(Refusal):
    """There is no such proposal."""

    code = "prequalifications.proposal_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no proposed pre-qualification policy {proposal}."


class ProposalDecided(Refusal):
    """The proposal was adopted, rejected or taken back."""

    code = "prequalifications.proposal_decided"
    kind = Kind.CONFLICT
    message = "This pre-qualification policy is decided already."


@dataclass(frozen=True, slots=True)
class _Found:
    """What an answer comes to, and why."""

    result: Result
    max_amount: Money | None = None
    reasons: tuple[str, ...] = ()


@in_transaction
def adopt_policy(
    *,
    product_code: str,
    effective_date: date,
    monthly_sales_min: Money,
    multiple: Decimal,
    proposed_by: str,
    approved_by: str,
    business_date: date,
    now: datetime,
) -> PolicyView:
    """Adopt what a product says to facts without evidence, from a day on."""
    hold_name("prequalifications", product_code)
    if proposed_by == approved_by:
        raise SamePerson(person=proposed_by)
    _require_sound(product_code, effective_date, monthly_sales_min, multiple, business_date)
    row = PrequalificationPolicy.objects.create(
        product_code=product_code,
        effective_date=effective_date,
        monthly_sales_min=monthly_sales_min,
        multiple=multiple,
        proposed_by=proposed_by,
        approved_by=approved_by,
        adopted_at=now,
    )
    record(
        actor=approved_by,
        action="prequalifications.policy_adopted",
        subject=str(row.id),
        detail={
            "product": product_code,
            "monthly_sales_min": str(monthly_sales_min),
            "multiple": str(multiple),
        },
        now=now,
    )
    return PolicyView(product_code, effective_date, monthly_sales_min, multiple)


def _require_sound(
    product_code: str, effective_date: date, sales: Money, multiple: Decimal, business_date: date
) -> None:
    for field, wrong in (
        (Phrase("monthly sales"), not 0 < sales.minor <= SALES_MAX.minor),
        (Phrase("multiple"), not 0 < multiple <= MULTIPLE_MAX or multiple != multiple.quantize(_COST_PLACES)),
    ):
        if wrong:
            raise PolicyInvalid(field=field)
    last = PrequalificationPolicy.objects.filter(product_code=product_code).first()
    if effective_date < business_date or (last is not None and effective_date <= last.effective_date):
        raise PolicyOrder(effective_date=effective_date)


@in_transaction
def propose_policy(
    *,
    product_code: str,
    effective_date: date,
    monthly_sales_min: Money,
    multiple: Decimal,
    reason: str,
    proposed_by: str,
    business_date: date,
    now: datetime,
) -> UUID:
    """Write a policy down as the first of two; the one in force stays so until another person adopts it.

    Refuses what could not be adopted, and a second proposal for a product while one waits.
    """
    products.current_product(code=product_code, on_date=business_date)
    hold_name("prequalifications", product_code)
    _require_sound(product_code, effective_date, monthly_sales_min, multiple, business_date)
    if PolicyProposal.objects.filter(product_code=product_code, verdict__isnull=True).exists():
        raise ProposalKnown(product=product_code)
    row = PolicyProposal.objects.create(
        product_code=product_code,
        effective_date=effective_date,
        monthly_sales_min=monthly_sales_min,
        multiple=multiple,
        reason=reason,
        proposed_by=proposed_by,
        proposed_at=now,
    )
    _note("policy_proposed", proposed_by, row, now)
    return row.id


@in_transaction
def decide_policy(
    *, proposal_id: UUID, person: str, approves: bool, business_date: date, now: datetime
) -> PolicyView | None:
    """Adopt a proposed policy as the second person, or reject it; whoever proposed it may take it back.

    Refuses a proposal that is decided, its own proposer's approval, and a policy whose day has gone by.
    """
    row = PolicyProposal.objects.filter(id=proposal_id).first()
    if row is None:
        raise ProposalNotFound(proposal=str(proposal_id))
    hold_name("prequalifications", row.product_code)
    if PolicyVerdict.objects.filter(proposal=row).exists():
        raise ProposalDecided
    PolicyVerdict.objects.create(proposal=row, person=person, is_approval=approves, given_at=now)
    if not approves:
        _note("policy_rejected", person, row, now)
        return None
    return adopt_policy(
        product_code=row.product_code,
        effective_date=row.effective_date,
        monthly_sales_min=row.monthly_sales_min,
        multiple=row.multiple,
        proposed_by=row.proposed_by,
        approved_by=person,
        business_date=business_date,
        now=now,
    )


def _note(action: str, person: str, row: PolicyProposal, now: datetime) -> None:
    record(
        actor=person,
        action=f"prequalifications.{action}",
        subject=str(row.id),
        detail={"product": row.product_code, "effective_date": row.effective_date.isoformat()},
        now=now,
    )


@in_transaction
def seed_first_policy(
    *, product_code: str, proposed_by: str, approved_by: str, on_date: date, now: datetime
) -> PolicyView:
    """Adopt a new bank's policy: from 50,000 a month, 1.5 months' sales; a second call finds it."""
    return policy_on(product_code=product_code, on_date=on_date) or adopt_policy(
        product_code=product_code,
        effective_date=on_date,
        monthly_sales_min=Money.parse("50000"),
        multiple=Decimal("1.5"),
        proposed_by=proposed_by,
        approved_by=approved_by,
        business_date=on_date,
        now=now,
    )


@in_transaction
def prequalify(
    *,
    scene_id: UUID,
    product_code: str,
    enterprise_id: UUID | None,
    monthly_sales: Money | None,
    area_code: str | None,
    now: datetime,
    business_date: date,
) -> PrequalificationView:
    """Answer what the bank would lend on a product as things stand, and keep the answer.

    Of a business: what the strategy in force makes of the data it consented to, refused without that consent.
    Of facts alone: what the product's policy says of them. Refuses a product that is not on offer, or costs
    more than the cap of the day (R-11).
    """
    enterprise = None
    if enterprise_id is not None:  # another scene's is unknown
        enterprise = enterprises.get_enterprise(enterprise_id=enterprise_id, scene_id=scene_id)
    if (enterprise_id is None) == (monthly_sales is None) or (enterprise_id is not None and area_code):
        raise OneSource
    product = products.current_product(code=product_code, on_date=business_date)
    require_product_within_cap(product=product, on_date=business_date)
    answer_id = new_id()
    if enterprise is not None:
        found = _of_business(answer_id, scene_id, enterprise, product, now=now, on_date=business_date)
    else:
        found = _of_facts(monthly_sales or Money(0), area_code, product, on_date=business_date)
    if found.max_amount is not None and found.max_amount < product.limit_min:
        found = _Found(Result.INELIGIBLE, reasons=(TOO_SMALL,))
    costs = _costs(product, found.max_amount)
    row = Prequalification.objects.create(
        id=answer_id,
        scene_id=scene_id,
        enterprise_id=enterprise_id,
        product_code=product.code,
        product_version=product.version,
        monthly_sales=monthly_sales,
        area_code=area_code or "",
        result=found.result,
        max_amount=found.max_amount,
        cost_min=costs[0] if costs else None,
        cost_max=costs[-1] if costs else None,
        reasons=list(found.reasons),
        valid_until=business_date + timedelta(days=product.quote_days),
        asked_at=now,
    )
    return view_of(row)


def _of_facts(sales: Money, area_code: str | None, product: ProductView, *, on_date: date) -> _Found:
    """Return what the policy says of a month's sales: what is below its minimum would need data."""
    if area_code is not None and not area.serves(area_code=area_code, on_date=on_date):
        return _Found(Result.INELIGIBLE, reasons=(OUTSIDE_AREA,))
    policy = policy_on(product_code=product.code, on_date=on_date)
    if policy is None or sales < policy.monthly_sales_min:
        return _Found(Result.INSUFFICIENT_DATA, reasons=(NOT_KNOWN,))
    most = Money(round_minor(policy.multiple * sales.minor, Rounding.DOWN))
    return _Found(Result.ELIGIBLE, _rounded(min(most, product.limit_max)))


def _of_business(
    answer_id: UUID,
    scene_id: UUID,
    enterprise: EnterpriseView,
    product: ProductView,
    *,
    now: datetime,
    on_date: date,
) -> _Found:
    """Return what the strategy in force would decide, on the data the business consented to.

    What a person would have to look at is not known yet.
    """
    whose: dict[str, Any] = {
        "enterprise_id": enterprise.id,
        "scene_id": scene_id,
        "purpose": product.consent_purpose,
    }
    for data_class in product.data_classes:
        consents.require_consent(**whose, data_class=data_class, now=now)
    asking, observed = ask_and_observe(
        subject=public_id("pql", answer_id),
        borrower=public_id("biz", enterprise.id),
        **whose,
        as_of_date=on_date,
        now=now,
    )
    gathered = gather_known(
        observed=observed,
        enterprise=enterprise,
        request=_request(product, on_date),
        product=product,
        on_date=on_date,
        now=now,
        wanted=asking.wanted,
    )
    foreseen = foresee(asking=asking, facts=gathered)
    if foreseen.verdict == "approve" and foreseen.limit is not None:
        return _Found(Result.ELIGIBLE, _rounded(min(foreseen.limit, product.limit_max)), foreseen.reasons)
    declined = foreseen.verdict == "decline"
    return _Found(Result.INELIGIBLE if declined else Result.INSUFFICIENT_DATA, reasons=foreseen.reasons)


def _request(product: ProductView, on_date: date) -> facts.Request:
    """Return the most that may be asked for: the limit is what is looked for."""
    longest = None if product.is_scheduled else product.tenor_days_max
    tenor_days = tenor_of(terms=product, tenor_days=longest, start_date=on_date)
    return facts.Request(amount=product.limit_max, tenor_days=tenor_days)


def _rounded(amount: Money) -> Money:
    return Money(amount.minor // _STEP_MINOR * _STEP_MINOR)


def _costs(product: ProductView, amount: Money | None) -> list[Decimal]:
    """Return the least and the most a draw of it costs a year, every fee of every party in it (P-01)."""
    if amount is None:
        return []
    return sorted(
        cost_of(product, amount=amount, days=days).quantize(_COST_PLACES)
        for days in (product.tenor_days_min, product.tenor_days_max)
    )
