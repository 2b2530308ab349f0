"""Drafting, publishing and retiring product versions: two people, and the rules of the day (J1, R-11)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from kernel.allocation import set_from_json
from kernel.day_counts import DayCount
from kernel.ids import public_id
from kernel.money import Money
from kernel.rates import AnnualRate, is_exact
from kernel.refusals import Kind, Refusal
from lending.products.methods import PeriodUnit, Prepayment, RepaymentMethod
from lending.products.models import ProductStatus, ProductVersion
from lending.products.publish_check import PublishRules, require_publishable
from lending.products.queries import ProductNotFound, forbidden_purposes, view_of
from lending.products.terms import ProductTerms, ProductView
from openbanking.partners.queries import partners
from plumbing.audit import operations as audit
from plumbing.outbox import operations as outbox
from plumbing.sql import hold_name, in_transaction
from regulation import queries as regulation

FIRST_PRODUCT: Final = "receipts_revolving"
TERM_PRODUCT: Final = "term_level"


class TermsInvalid(Refusal):
    """The terms contradict themselves."""

    code = "products.terms_invalid"
    kind = Kind.INVALID
    message = "The terms do not hold together: {fault}."


class SamePerson(Refusal):
    """Who drafted a version may not publish it (J1 c)."""

    code = "products.same_person"
    kind = Kind.FORBIDDEN
    message = "{person} drafted this version; somebody else must publish it."


class NotADraft(Refusal):
    """The version is no draft any more."""

    code = "products.not_a_draft"
    kind = Kind.CONFLICT
    message = "This version is {current}."


class FlatRateRefused(Refusal):
    """Interest on the first principal for ever is not what its rate says: 12 % flat costs 21.46 % (2.2 E)."""

    code = "products.flat_rate_refused"
    message = "{product} charges interest on principal that has been repaid; no such product is published."


class NotPublished(Refusal):
    """Only a published version can be retired."""

    code = "products.not_published"
    kind = Kind.CONFLICT
    message = "This version is {current}."


def _fault(terms: ProductTerms) -> str | None:
    """Return what is wrong with the terms, or None; the table repeats these checks."""
    checks = (
        (terms.limit_min.minor > 0 and terms.limit_min <= terms.limit_max, "the limits are not in order"),
        (Money(0) < terms.draw_min <= terms.limit_min, "the smallest draw is above the smallest limit"),
        (1 <= terms.tenor_days_min <= terms.tenor_days_max, "the tenors are not in order"),
        (0 < terms.annual_rate.fraction < 1, "the annual rate is not between 0 and 1"),
        (is_exact(terms.overdue_uplift) and terms.overdue_uplift >= 0, "the overdue uplift is negative"),
        (bool(terms.purposes), "there is no purpose"),
        (bool(terms.data_classes), "no data is consented to"),
        (min(terms.line_days, terms.offer_days, terms.quote_days) > 0, "a validity is not positive"),
        (all(is_exact(fee.rate) and 0 <= fee.rate < 1 for fee in terms.fees), "a fee is not between 0 and 1"),
        (bool(terms.code and terms.name_zh and terms.name_en), "a name is missing"),
        *_schedule_checks(terms),
    )
    return next((fault for holds, fault in checks if not holds), None)


def _schedule_checks(terms: ProductTerms) -> tuple[tuple[bool, str], ...]:
    graces = (terms.grace_principal_count, terms.grace_interest_count)
    return (
        (terms.repayment_method in RepaymentMethod.values, "there is no such repayment method"),
        (terms.period_unit in PeriodUnit.values and terms.period_every > 0, "there is no such period"),
        (terms.prepayment in Prepayment.values, "there is no such prepayment rule"),
        (terms.day_count in list(DayCount), "there is no such day count"),
        (1 <= terms.instalment_count <= 600, "the number of instalments is not in order"),
        (all(0 <= grace < terms.instalment_count for grace in graces), "the grace is as long as the loan"),
        (terms.anchor_day is None or 1 <= terms.anchor_day <= 31, "the day of the month does not exist"),
        (
            is_exact(terms.prepayment_fee) and 0 <= terms.prepayment_fee < 1,
            "the prepayment fee is not between 0 and 1",
        ),
        (not terms.allocation or bool(set_from_json(dict(terms.allocation))), "the order is not one"),
        (not terms.is_scheduled or not terms.revolving, "a line with instalments does not revolve"),
    )


@in_transaction
def draft_product(*, terms: ProductTerms, drafted_by: str, now: datetime) -> ProductView:
    """Write down the terms of the next version of a product; nothing is on offer until it is published."""
    fault = "nobody drafted it" if not drafted_by else _fault(terms)
    if fault is not None:
        raise TermsInvalid(fault=fault)
    hold_name("product", terms.code)
    versions = ProductVersion.objects.select_for_update().filter(code=terms.code)
    row = ProductVersion.objects.create(
        code=terms.code,
        version=max((version.version for version in versions), default=0) + 1,
        name_zh=terms.name_zh,
        name_en=terms.name_en,
        limit_min=terms.limit_min,
        limit_max=terms.limit_max,
        draw_min=terms.draw_min,
        annual_rate=terms.annual_rate.fraction,
        day_basis=terms.annual_rate.basis,
        tenor_days_min=terms.tenor_days_min,
        tenor_days_max=terms.tenor_days_max,
        line_days=terms.line_days,
        offer_days=terms.offer_days,
        quote_days=terms.quote_days,
        overdue_uplift=terms.overdue_uplift,
        repayment_method=terms.repayment_method,
        revolving=terms.revolving,
        instalment_count=terms.instalment_count,
        period_unit=terms.period_unit,
        period_every=terms.period_every,
        anchor_day=terms.anchor_day,
        day_count=terms.day_count,
        grace_principal_count=terms.grace_principal_count,
        grace_interest_count=terms.grace_interest_count,
        compounds=terms.compounds,
        allocation=dict(terms.allocation),
        prepayment=terms.prepayment,
        prepayment_fee=terms.prepayment_fee,
        due_date_roll=terms.due_date_roll,
        rounding=terms.rounding.value,
        purposes=list(terms.purposes),
        consent_purpose=terms.consent_purpose,
        data_classes=list(terms.data_classes),
        fees=[fee.as_json() for fee in terms.fees],
        drafted_by=drafted_by,
        drafted_at=now,
    )
    _audit(row, action="product.draft", actor=drafted_by, now=now)
    return view_of(row)


@in_transaction
def publish_product(
    *, product_version_id: UUID, published_by: str, on_date: date, now: datetime
) -> ProductView:
    """Put a draft on offer from `on_date`, once a second person and the rules of that day allow it.

    The version before it stays what its contracts were made under; it is simply no longer the current one.
    """
    row = _locked(product_version_id)
    if row.status != ProductStatus.DRAFT:
        raise NotADraft(current=str(row.status))
    if not published_by or published_by == row.drafted_by:
        raise SamePerson(person=row.drafted_by)
    if row.repayment_method == RepaymentMethod.FLAT:
        raise FlatRateRefused(product=row.code)
    cost = require_publishable(terms=view_of(row), rules=_rules(on_date), on_date=on_date.isoformat())
    row.status, row.published_by, row.published_at = ProductStatus.PUBLISHED, published_by, now
    row.effective_date, row.all_in_cost = on_date, cost.quantize(Decimal("0.000001"))
    row.save(update_fields=["status", "published_by", "published_at", "effective_date", "all_in_cost"])
    _audit(row, action="product.publish", actor=published_by, now=now)
    _tell(row, on_date=on_date, now=now)
    return view_of(row)


@in_transaction
def retire_product(*, product_version_id: UUID, retired_by: str, on_date: date, now: datetime) -> ProductView:
    """Take a version off offer; its contracts go on."""
    row = _locked(product_version_id)
    if row.status != ProductStatus.PUBLISHED:
        raise NotPublished(current=str(row.status))
    row.status, row.retired_by, row.retired_at = ProductStatus.RETIRED, retired_by, now
    row.save(update_fields=["status", "retired_by", "retired_at"])
    _audit(row, action="product.retire", actor=retired_by, now=now)
    _tell(row, on_date=on_date, now=now)
    return view_of(row)


@in_transaction
def seed_first_product(
    *, drafted_by: str, published_by: str, on_date: date, now: datetime, annual_rate: str = "0.108000"
) -> ProductView:
    """Draft and publish a new bank's receipts product (收单贷); a second call returns the first's.

    5,000 to 300,000, by the day on ACT/360, one day to twelve months, half again when overdue (J1).
    """
    rows = ProductVersion.objects.select_for_update().filter(code=FIRST_PRODUCT)
    row = rows.order_by("-version").first()
    if row is not None and row.status != ProductStatus.DRAFT:
        return view_of(row)
    draft = (
        view_of(row)
        if row is not None
        else draft_product(
            terms=ProductTerms(
                code=FIRST_PRODUCT,
                name_zh="收单贷",
                name_en="Receipts credit line",
                limit_min=Money.parse("5000"),
                limit_max=Money.parse("300000"),
                draw_min=Money.parse("100"),
                annual_rate=AnnualRate.parse(annual_rate, 360),
                overdue_uplift=Decimal("0.500000"),
                purposes=("working_capital", "stock_purchase", "rent_and_wages", "equipment_repair"),
            ),
            drafted_by=drafted_by,
            now=now,
        )
    )
    return publish_product(product_version_id=draft.id, published_by=published_by, on_date=on_date, now=now)


@in_transaction
def seed_term_product(
    *,
    drafted_by: str,
    published_by: str,
    on_date: date,
    now: datetime,
    annual_rate: str = "0.072000",
    months: int = 12,
) -> ProductView:
    """Draft and publish a new bank's term loan (等额本息): one draw, repaid in instalments of a month.

    10,000 to 300,000, level instalments by months of thirty days, half again when overdue, compound interest
    on overdue interest (P-04), no fee for prepaying (J6). Twelve instalments, or another number under a code
    of its own (`term_24`). A second call returns the first's.
    """
    terms = _term_loan(annual_rate, months)
    row = ProductVersion.objects.select_for_update().filter(code=terms.code).order_by("-version").first()
    if row is not None and row.status != ProductStatus.DRAFT:
        return view_of(row)
    draft = view_of(row) if row is not None else draft_product(terms=terms, drafted_by=drafted_by, now=now)
    return publish_product(product_version_id=draft.id, published_by=published_by, on_date=on_date, now=now)


def _term_loan(annual_rate: str, months: int = 12) -> ProductTerms:
    usual = months == 12
    return ProductTerms(
        code=TERM_PRODUCT if usual else f"term_{months}",
        name_zh="等额贷" if usual else f"等额贷（{months} 期）",
        name_en="Term loan in level instalments" if usual else f"Term loan in {months} level instalments",
        limit_min=Money.parse("10000"),
        limit_max=Money.parse("300000"),
        draw_min=Money.parse("10000"),
        annual_rate=AnnualRate.parse(annual_rate, 360),
        overdue_uplift=Decimal("0.500000"),
        tenor_days_min=months * 30,
        tenor_days_max=366 if usual else months * 31,
        repayment_method=RepaymentMethod.LEVEL_INSTALMENT.value,
        revolving=False,
        instalment_count=months,
        day_count=DayCount.THIRTY_360_US.value,
        compounds=True,
        purposes=("working_capital", "stock_purchase", "rent_and_wages", "equipment_repair"),
    )


def _locked(product_version_id: UUID) -> ProductVersion:
    row = ProductVersion.objects.select_for_update().filter(id=product_version_id).first()
    if row is None:
        raise ProductNotFound(product=str(product_version_id))
    return row


def _rules(on_date: date) -> PublishRules:
    penalty = regulation.rule("P-04", on_date).parameters
    return PublishRules(
        annual_cost_cap=regulation.cost_cap(on_date=on_date).fraction,
        overdue_uplift_min=Decimal(penalty["overdue_uplift_min"]),
        overdue_uplift_max=Decimal(penalty["overdue_uplift_max"]),
        online_unsecured_max=Money.parse(
            regulation.rule("S3-07", on_date).parameters["online_unsecured_max"]
        ),
        forbidden_purposes=forbidden_purposes(on_date),
    )


def _tell(row: ProductVersion, *, on_date: date, now: datetime) -> None:
    """Tell every scene on the bank's list that day what it may offer from now on, or no longer."""
    outbox.emit_to_each(
        type="product.changed",
        subject=row.code,
        data={
            "object": {
                "id": row.code,
                "object": "product",
                "status": row.status,
                "version": row.version,
                "effective_date": None if row.effective_date is None else row.effective_date.isoformat(),
            },
            "changed": ["status", "version"],
        },
        scene_ids={partner.scene_id for partner in partners(on_date=on_date)},
        now=now,
    )


def _audit(row: ProductVersion, *, action: str, actor: str, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=public_id("prd", row.id),
        detail={"code": row.code, "version": row.version, "annual_rate": str(row.annual_rate)},
        now=now,
    )
