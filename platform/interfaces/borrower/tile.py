"""The offer tile: whose offer (the lender comes first), how much, what it costs in all, until when."""

from datetime import timedelta
from typing import Final

from interfaces.borrower.frame import FrameView
from interfaces.borrower.visit import Screen, Visit
from kernel.ids import public_id
from lending.products.queries import ProductNotFound, current_product
from marketing.campaigns import operations as offers
from marketing.campaigns.queries import OfferView, offers_for
from openbanking.embed_sessions.components import Component

ONE_DAY: Final = timedelta(days=1)


def open_offer(visit: Visit) -> OfferView | None:
    """Return the newest offer this scene may show the borrower today."""
    found = offers_for(
        scene_id=visit.scene.id, enterprise_id=visit.enterprise.id, open_on=visit.business_date, limit=1
    )
    return found[0] if found else None


class OfferTile(FrameView):
    """The tile; looking at it is noted on the offer."""

    component = Component.OFFER_TILE

    def screen(self, visit: Visit, asked: dict[str, str]) -> Screen:
        """Show the offer, or that there is none."""
        offer = open_offer(visit)
        if offer is None or not visit.takes_new_business:
            return Screen(name="no_offer")
        try:
            product = current_product(code=offer.product_code, on_date=visit.business_date)
        except ProductNotFound:
            return Screen(name="no_offer")
        offers.mark_viewed(
            offer_id=offer.id, scene_id=visit.scene.id, business_date=visit.business_date, now=visit.now
        )
        may_apply = Component.APPLICATION in visit.session.components
        return Screen(
            name="tile",
            context={
                "offer": offer,
                "product": product,
                "may_apply": may_apply,
                "last_day": offer.expires_date - ONE_DAY,
            },
            told=(("offer_viewed", public_id("ofr", offer.id)),),
        )
