"""Submitting an application: everything that can be refused before anybody looks at data."""

from datetime import date, datetime
from uuid import UUID

from kernel.ids import new_id, public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.applications import area
from lending.applications.models import Application, Draft
from lending.applications.operations.moves import tell_application
from lending.applications.queries import application_view
from lending.applications.relations import relate_applicant
from lending.applications.states import OPEN
from lending.applications.views import ApplicationView, DraftView
from lending.credit_lines import queries as credit_lines
from lending.products import queries as products
from lending.products.cost_cap import require_product_within_cap
from lending.products.tenors import tenor_of
from lending.products.terms import ProductView
from marketing.campaigns import operations as campaigns
from marketing.campaigns import queries as offers
from openbanking.consents import queries as consents
from openbanking.partners import queries as partners
from parties.enterprises import queries as enterprises
from plumbing.sql import hold_name, in_transaction


class AmountOutOfRange(Refusal):
    """The amount is not one the product is offered for."""

    code = "applications.amount_out_of_range"
    message = "{asked} is not between {limit_min} and {limit_max}."


class TermNotOffered(Refusal):
    """The tenor is not one the product is offered for."""

    code = "applications.term_not_offered"
    message = "{tenor_days} days is not between {tenor_days_min} and {tenor_days_max}."


class PurposeForbidden(Refusal):
    """No bank lends for this (R-08)."""

    code = "applications.purpose_forbidden"
    message = "No loan may be made for {purpose}."


class PurposeNotOffered(Refusal):
    """The product is not meant for this."""

    code = "applications.purpose_not_offered"
    message = "This product is not offered for {purpose}."


class OutOfArea(Refusal):
    """The enterprise is not in the area the bank may serve (R-05, J3)."""

    code = "applications.out_of_area"
    message = "The enterprise is outside the area this bank serves."


class OfferMismatch(Refusal):
    """The offer was made to somebody else or for another product."""

    code = "applications.offer_mismatch"
    message = "The offer was not made for this application."


class DuplicateExternalId(Refusal):
    """The scene has used this id for another application."""

    code = "applications.duplicate_external_id"
    kind = Kind.CONFLICT
    message = "There is already an application {external_id}."


class ApplicationInProgress(Refusal):
    """One application at a time for an enterprise and a product."""

    code = "applications.application_in_progress"
    kind = Kind.CONFLICT
    message = "There is already an application in progress."


class LineOpen(Refusal):
    """The enterprise has this line; a second one would double what was assessed once."""

    code = "applications.line_open"
    kind = Kind.CONFLICT
    message = "There is already an open credit line of this product."


@in_transaction
def submit_application(
    *,
    scene_id: UUID,
    enterprise_id: UUID,
    product_code: str,
    amount: Money,
    tenor_days: int | None,
    purpose: str,
    offer_id: UUID | None,
    external_id: str | None,
    now: datetime,
    business_date: date,
    draft: DraftView | None = None,
) -> ApplicationView:
    """Take in an application: a listed scene (R-09), consents in force (D-01), the cap of the day (R-11).

    With instalments the tenor is the product's; `tenor_days` is for products lent by the day. What was a
    `draft` keeps its id and the instant it was made.
    """
    enterprise = enterprises.get_enterprise(enterprise_id=enterprise_id, scene_id=scene_id)
    if offer_id is not None:
        offers.get_offer(offer_id=offer_id, scene_id=scene_id)  # another's is unknown, whatever else is wrong
    partners.require_listed(scene_id=scene_id, on_date=business_date)
    product = products.current_product(code=product_code, on_date=business_date)
    tenor_days = tenor_of(terms=product, tenor_days=tenor_days, start_date=business_date)
    _require_on_offer(product, amount=amount, tenor_days=tenor_days, purpose=purpose, on_date=business_date)
    if not area.serves(area_code=enterprise.area_code, on_date=business_date):
        raise OutOfArea(area_code=enterprise.area_code)
    _require_first(scene_id, enterprise_id, product_code, external_id if draft is None else None)
    row = Application.objects.create(
        id=new_id() if draft is None else draft.id,
        scene_id=scene_id,
        enterprise_id=enterprise_id,
        external_id=external_id,
        product_version_id=product.id,
        product_code=product.code,
        offer_id=offer_id,
        requested_amount=amount,
        tenor_days=tenor_days,
        purpose=purpose,
        consent_ids=_consents(scene_id, enterprise_id, product, now=now),
        created_at=now if draft is None else draft.created_at,
        submitted_at=now,
        submitted_date=business_date,
    )
    if offer_id is not None:
        _take_offer(row, business_date=business_date, now=now)
    relate_applicant(enterprise_id=enterprise_id, business_date=business_date, now=now)
    tell_application(row, "submitted", now)
    return application_view(row)


def _consents(scene_id: UUID, enterprise_id: UUID, product: ProductView, *, now: datetime) -> list[str]:
    """Return the consents that cover the product's data, each in force now (D-01)."""
    found = {
        consents.require_consent(
            enterprise_id=enterprise_id,
            scene_id=scene_id,
            purpose=product.consent_purpose,
            data_class=data_class,
            now=now,
        ).id
        for data_class in product.data_classes
    }
    return sorted(public_id("cns", consent_id) for consent_id in found)


def _require_on_offer(
    product: ProductView, *, amount: Money, tenor_days: int, purpose: str, on_date: date
) -> None:
    if not product.limit_min <= amount <= product.limit_max:
        raise AmountOutOfRange(
            asked=str(amount), limit_min=str(product.limit_min), limit_max=str(product.limit_max)
        )
    if not product.tenor_days_min <= tenor_days <= product.tenor_days_max:
        raise TermNotOffered(
            tenor_days=tenor_days,
            tenor_days_min=product.tenor_days_min,
            tenor_days_max=product.tenor_days_max,
        )
    if purpose in products.forbidden_purposes(on_date):
        raise PurposeForbidden(purpose=purpose)
    if purpose not in product.purposes:
        raise PurposeNotOffered(purpose=purpose)
    require_product_within_cap(product=product, on_date=on_date)


def require_free(scene_id: UUID, external_id: str | None) -> None:
    """Refuse an external id that an application or a draft of the scene has; two calls at once take turns."""
    if external_id is None:
        return
    hold_name("application of order", scene_id, external_id)
    for model in (Application, Draft):
        if model._default_manager.filter(scene_id=scene_id, external_id=external_id).exists():
            raise DuplicateExternalId(external_id=external_id)


def _require_first(scene_id: UUID, enterprise_id: UUID, product_code: str, external_id: str | None) -> None:
    """Refuse a second application or line; of two calls at once the second waits here and is told why."""
    hold_name("application", enterprise_id, product_code)
    require_free(scene_id, external_id)
    mine = Application.objects.filter(enterprise_id=enterprise_id, product_code=product_code)
    if mine.filter(status__in=OPEN).exists():
        raise ApplicationInProgress
    if credit_lines.has_open_line(enterprise_id=enterprise_id, product_code=product_code):
        raise LineOpen


def _take_offer(row: Application, *, business_date: date, now: datetime) -> None:
    assert row.offer_id is not None  # noqa: S101  the caller asked
    offer = offers.get_offer(offer_id=row.offer_id, scene_id=row.scene_id)
    if offer.product_code != row.product_code or offer.enterprise_id != row.enterprise_id:
        raise OfferMismatch
    campaigns.mark_applied(
        offer_id=offer.id,
        enterprise_id=row.enterprise_id,
        application_id=row.id,
        business_date=business_date,
        now=now,
    )
