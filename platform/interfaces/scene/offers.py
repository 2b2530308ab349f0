"""Offers: what the bank is ready to lend to a business, and that the scene showed it."""

from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.calls import call
from interfaces.scene.fields import AmountField, CodeField, DayField, IdField, InstantField, TextField
from interfaces.scene.parsing import Body
from interfaces.scene.resource import Resource, one, page
from interfaces.scene.shapes import MadeQuery, ObjectShape, window
from kernel.ids import parse_id
from marketing.campaigns import operations as offers
from marketing.campaigns import queries
from marketing.campaigns.states import OfferStatus


class OfferShape(ObjectShape):
    """An offer. It is not a decision: applying for it is assessed."""

    id = IdField("ofr")
    object = ConstantField("offer")
    business = IdField("biz", source="enterprise_id")
    product = TextField(source="product_code", example="receipts_revolving")
    max_amount = AmountField(example="50000.00")
    status = CodeField([status.value for status in OfferStatus])
    offered_date = DayField()
    expires_date = DayField(example="2026-12-03", help_text="The first day on which it no longer holds.")
    replaces = IdField("ofr", allow_null=True)
    application = IdField("app", source="application_id", allow_null=True)
    created_at = InstantField()
    delivered_at = InstantField(allow_null=True)


class EmptyBody(Body):
    """Nothing."""


class Offers(Resource):
    """`/v1/offers`."""

    @call(
        "List offers",
        scope="offers:read",
        query=MadeQuery.of("ofr", business=IdField("biz", required=False)),
        answer=OfferShape,
        expand=("business", "application"),
        many=True,
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List the offers made through this scene, newest first."""
        asked = self.filters(request)
        found = queries.offers_for(
            scene_id=context.scene_id,
            enterprise_id=asked.get("business"),
            after=asked.get("after"),
            **window(asked),
            limit=asked["limit"] + 1,
        )
        return page(OfferShape, found, context, limit=asked["limit"])


class Offer(Resource):
    """`/v1/offers/{offer_id}`."""

    @call(
        "Get an offer",
        scope="offers:read",
        answer=OfferShape,
        refusals=(queries.OfferNotFound,),
        expand=("business", "application"),
    )
    def handle_get(self, request: Request, context: SceneContext, offer_id: str) -> Answer:
        """Return one offer of this scene."""
        found = queries.get_offer(offer_id=parse_id("ofr", offer_id), scene_id=context.scene_id)
        return one(OfferShape, found, context)


class OfferDelivery(Resource):
    """`/v1/offers/{offer_id}/mark_delivered`."""

    @call(
        "Mark an offer delivered",
        scope="offers:write",
        request=EmptyBody,
        answer=OfferShape,
        refusals=(queries.OfferNotFound, offers.OfferExpired, offers.OfferStateConflict),
    )
    def handle_post(self, request: Request, context: SceneContext, offer_id: str) -> Answer:
        """Note that the merchant was shown the offer; a second note changes nothing."""
        self.members(request)
        found = offers.mark_delivered(
            offer_id=parse_id("ofr", offer_id),
            scene_id=context.scene_id,
            business_date=context.business_date,
            now=context.now,
        )
        return one(OfferShape, found, context)
