"""Reads of products."""

from datetime import date
from uuid import UUID

from kernel.money import Money, Rounding
from kernel.refusals import Kind, Refusal
from lending.products.cost_cap import require_draw_within_cap
from lending.products.models import ProductStatus, ProductVersion
from lending.products.purposes import FORBIDDEN_PURPOSES
from lending.products.quotes import Quote, reckon
from lending.products.terms import Fee, ProductView
from plumbing.fields import rate_of
from regulation import queries as regulation


class ProductNotFound(Refusal):
    """The bank offers no such product on that day."""

    code = "products.not_found"
    kind = Kind.NOT_FOUND
    message = "This bank does not offer the product {product}."


def view_of(row: ProductVersion) -> ProductView:
    """Return the frozen view of a row."""
    return ProductView(
        id=row.id,
        code=row.code,
        version=row.version,
        name_zh=row.name_zh,
        name_en=row.name_en,
        limit_min=row.limit_min,
        limit_max=row.limit_max,
        draw_min=row.draw_min,
        annual_rate=rate_of(row.annual_rate, row.day_basis),
        overdue_uplift=row.overdue_uplift,
        tenor_days_min=row.tenor_days_min,
        tenor_days_max=row.tenor_days_max,
        line_days=row.line_days,
        offer_days=row.offer_days,
        quote_days=row.quote_days,
        repayment_method=row.repayment_method,
        revolving=row.revolving,
        instalment_count=row.instalment_count,
        period_unit=row.period_unit,
        period_every=row.period_every,
        anchor_day=row.anchor_day,
        day_count=row.day_count,
        grace_principal_count=row.grace_principal_count,
        grace_interest_count=row.grace_interest_count,
        compounds=row.compounds,
        allocation=row.allocation,
        prepayment=row.prepayment,
        prepayment_fee=row.prepayment_fee,
        due_date_roll=row.due_date_roll,
        rounding=Rounding(row.rounding),
        purposes=tuple(row.purposes),
        consent_purpose=row.consent_purpose,
        data_classes=tuple(row.data_classes),
        fees=tuple(Fee.from_json(fee) for fee in row.fees),
        status=row.status,
        effective_date=row.effective_date,
        all_in_cost=row.all_in_cost,
        drafted_by=row.drafted_by,
        published_by=row.published_by,
    )


def current_product(*, code: str, on_date: date) -> ProductView:
    """Return the version in force: the last to take effect by `on_date`; refuses none or a retired one."""
    row = (
        ProductVersion.objects.filter(code=code, effective_date__lte=on_date)
        .order_by("-effective_date", "-version")
        .first()
    )
    if row is None or row.status != ProductStatus.PUBLISHED:
        raise ProductNotFound(product=code)
    return view_of(row)


def get_product(*, product_version_id: UUID) -> ProductView:
    """Return one version, in whatever state."""
    row = ProductVersion.objects.filter(id=product_version_id).first()
    if row is None:
        raise ProductNotFound(product=str(product_version_id))
    return view_of(row)


def products() -> tuple[ProductView, ...]:
    """Return every version the bank has, by code and version."""
    return tuple(view_of(row) for row in ProductVersion.objects.order_by("code", "version"))


def products_on_offer(*, on_date: date) -> tuple[ProductView, ...]:
    """Return the versions in force on a day, one a code."""
    rows = (
        ProductVersion.objects.filter(effective_date__lte=on_date)
        .order_by("code", "-effective_date", "-version")
        .distinct("code")
    )
    return tuple(view_of(row) for row in rows if row.status == ProductStatus.PUBLISHED)


def quote(*, product: ProductView, amount: Money, tenor_days: int | None, draw_date: date) -> Quote:
    """Return what a draw would cost in all, on the bank's calendar.

    Refuses what is not on offer, and a cost above the cap of the day (R-11): so does every agreement.
    """
    quoted = reckon(
        product=product,
        amount=amount,
        tenor_days=tenor_days,
        draw_date=draw_date,
        calendar=regulation.calendar(),
    )
    require_draw_within_cap(product=product, amount=amount, days=quoted.days, on_date=draw_date)
    return quoted


def forbidden_purposes(on_date: date) -> frozenset[str]:
    """Return what may not be lent for on a day: the law's floor and what the bank's own rule R-08 adds."""
    if not regulation.in_force("R-08", on_date):
        return FORBIDDEN_PURPOSES
    return FORBIDDEN_PURPOSES | frozenset(regulation.rule("R-08", on_date).parameters["forbidden_purposes"])
