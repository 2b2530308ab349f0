"""Reads: who is on the bank's published list, and was on a given day (R-09)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from kernel.refusals import Kind, Refusal
from openbanking.partners.models import PartnerListing


class PartnerNotListed(Refusal):
    """The scene is not on the bank's published list that day: no new business; servicing goes on (R-09)."""

    code = "partners.not_listed"
    kind = Kind.FORBIDDEN
    message = "This scene is not on the bank's list of partners on {on_date}."


@dataclass(frozen=True, slots=True)
class PartnerView:
    """One entry of the list; `fee_rate` is the fraction of the drawn amount the bank pays (R-10)."""

    id: UUID
    scene_id: UUID
    scene_name: str
    fee_rate: Decimal
    fee_payer: str
    listed_from: date
    listed_until: date | None
    approved_by: str
    delisted_by: str
    delist_reason: str


def partner_view(listing: PartnerListing) -> PartnerView:
    """Return the entry as a frozen value."""
    return PartnerView(
        id=listing.pk,
        scene_id=listing.scene_id,
        scene_name=listing.scene_name,
        fee_rate=listing.fee_rate,
        fee_payer=listing.fee_payer,
        listed_from=listing.listed_from,
        listed_until=listing.listed_until,
        approved_by=listing.approved_by,
        delisted_by=listing.delisted_by,
        delist_reason=listing.delist_reason,
    )


def listed_on(on_date: date) -> "QuerySet[PartnerListing]":
    """Return the entries that hold on a day; the day of delisting no longer counts."""
    return PartnerListing.objects.filter(listed_from__lte=on_date).filter(
        Q(listed_until=None) | Q(listed_until__gt=on_date)
    )


def require_listed(*, scene_id: UUID, on_date: date) -> PartnerView:
    """Return the scene's entry on a day; refuses with PartnerNotListed. Ask before new business only."""
    listing = listed_on(on_date).filter(scene_id=scene_id).first()
    if listing is None:
        raise PartnerNotListed(on_date=on_date)
    return partner_view(listing)


def partners(*, on_date: date | None = None) -> tuple[PartnerView, ...]:
    """Return the published list: as of a day, or (None) every entry there ever was, newest first."""
    rows = PartnerListing.objects.all() if on_date is None else listed_on(on_date)
    return tuple(partner_view(row) for row in rows.order_by("-listed_from", "-id"))
