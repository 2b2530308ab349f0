"""Verbs: put a scene on the bank's list, take it off."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from kernel.refusals import Kind, Refusal
from openbanking.partners.models import PartnerListing
from openbanking.partners.queries import PartnerNotListed, PartnerView, partner_view
from plumbing.audit.operations import record
from plumbing.sql import hold_name, in_transaction


class ListingInvalid(Refusal):
    """The entry lacks a name or an approver, or its fee is not a fraction with at most six decimals."""

    code = "partners.listing_invalid"
    kind = Kind.INVALID
    message = "The partner's {field} is missing or not valid."


class AlreadyListed(Refusal):
    """The scene is, or on that day was, on the list already."""

    code = "partners.already_listed"
    kind = Kind.CONFLICT
    message = "This scene is already on the list from {listed_from}."


class DelistingTooEarly(Refusal):
    """A scene cannot leave the list before it joined."""

    code = "partners.delisting_too_early"
    kind = Kind.INVALID
    message = "The scene joined the list on {listed_from}, after {listed_until}."


def _checked_fee(fee_rate: Decimal | str) -> Decimal:
    try:
        fee = Decimal(fee_rate)
        sound = fee.is_finite() and 0 <= fee < 1 and fee == fee.quantize(Decimal("0.000001"))
    except InvalidOperation:
        sound = False
    if not sound:
        raise ListingInvalid(field="fee rate")
    return fee


@in_transaction
def list_scene(
    *,
    scene_id: UUID,
    scene_name: str,
    fee_rate: Decimal | str,
    approved_by: str,
    listed_from: date,
    now: datetime,
) -> PartnerView:
    """Put a scene on the bank's published list from a day on; the fee is paid by the bank alone (R-09, R-10).

    The same entry again returns the one there is; another one while listed is refused.
    """
    fee, name, approver = _checked_fee(fee_rate), scene_name.strip(), approved_by.strip()
    if not name or not approver:
        raise ListingInvalid(field="name" if not name else "approver")
    hold_name("partners", scene_id)
    last = PartnerListing.objects.filter(scene_id=scene_id).order_by("-listed_from", "-id").first()
    if last is not None and last.listed_until is None:
        if (last.listed_from, last.fee_rate, last.scene_name) == (listed_from, fee, name):
            return partner_view(last)
        raise AlreadyListed(listed_from=last.listed_from)
    if last is not None and last.listed_until is not None and listed_from < last.listed_until:
        raise AlreadyListed(listed_from=last.listed_from)
    listing = PartnerListing.objects.create(
        scene_id=scene_id,
        scene_name=name,
        fee_rate=fee,
        listed_from=listed_from,
        approved_by=approver,
        created_at=now,
    )
    detail: dict[str, object] = {
        "fee_rate": str(fee),
        "listed_from": listed_from.isoformat(),
        "scene_name": name,
    }
    record(actor=approver, action="partner.listed", subject=str(scene_id), detail=detail, now=now)
    return partner_view(listing)


@in_transaction
def delist_scene(
    *, scene_id: UUID, listed_until: date, reason: str, delisted_by: str, now: datetime
) -> PartnerView:
    """Take a scene off the list: from `listed_until` on no new business; old loans are served (R-09)."""
    if not reason.strip() or not delisted_by.strip():
        raise ListingInvalid(field="reason" if not reason.strip() else "approver")
    hold_name("partners", scene_id)
    listing = PartnerListing.objects.filter(scene_id=scene_id, listed_until=None).first()
    if listing is None:
        raise PartnerNotListed(on_date=listed_until)
    if listed_until < listing.listed_from:
        raise DelistingTooEarly(listed_from=listing.listed_from, listed_until=listed_until)
    listing.listed_until, listing.delisted_by = listed_until, delisted_by.strip()
    listing.delist_reason = reason.strip()[:200]
    listing.save(update_fields=["listed_until", "delisted_by", "delist_reason"])
    detail: dict[str, object] = {"listed_until": listed_until.isoformat(), "reason": listing.delist_reason}
    record(
        actor=listing.delisted_by, action="partner.delisted", subject=str(scene_id), detail=detail, now=now
    )
    return partner_view(listing)
