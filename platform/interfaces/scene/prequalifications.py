"""What the bank would lend, before anybody applies: no inquiry, no decision, no promise."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.applications import ReasonShape
from interfaces.scene.calls import call
from interfaces.scene.fields import (
    AmountField,
    CodeField,
    DayField,
    FractionField,
    IdField,
    InstantField,
    TextField,
    WholeField,
)
from interfaces.scene.parsing import Body
from interfaces.scene.resource import Resource, one, page
from interfaces.scene.shapes import MadeQuery, ObjectShape, window
from kernel.ids import parse_id
from lending.applications.views import ReasonLine
from lending.prequalifications import operations as prequalifications
from lending.prequalifications import queries
from lending.prequalifications.models import Result
from lending.prequalifications.queries import PrequalificationView
from lending.products.publish_check import CostCapExceeded
from lending.products.queries import ProductNotFound
from openbanking.consents.queries import ConsentExpired, ConsentRequired, ConsentRevoked
from parties.enterprises.queries import EnterpriseNotFound
from regulation.queries import RuleMissing
from risk.decisions.queries import reason_views
from risk.strategies.queries import StrategyMissing


class StatedFactsBody(Body):
    """What a business says of itself before anybody knows who it is; nothing is looked up."""

    monthly_sales = AmountField(example="60000.00")
    area_code = TextField(max_length=6, required=False, example="331002", help_text="GB/T 2260.")


class PrequalificationBody(Body):
    """A business with its consented data, or facts alone: one of the two."""

    left_out_of_example = ("business",)

    product = TextField(max_length=40, example="receipts_revolving")
    business = IdField("biz", required=False, help_text="Needs the consents that the product asks for.")
    facts = StatedFactsBody(required=False)


class CostRangeShape(serializers.Serializer[Any]):
    """What a draw costs a year, every fee of every party in it, as fractions."""

    min = FractionField(source="cost_min", example="0.109500")
    max = FractionField(source="cost_max", example="0.109500")


class PrequalificationShape(ObjectShape):
    """An answer as it was given; it binds nobody, and no bureau was asked."""

    id = IdField("pql")
    object = ConstantField("prequalification")
    business = IdField("biz", source="enterprise_id", allow_null=True)
    product = TextField(source="product_code", example="receipts_revolving")
    product_version = WholeField()
    monthly_sales = AmountField(allow_null=True, example="60000.00", help_text="As stated.")
    result = CodeField([result.value for result in Result])
    max_amount = AmountField(allow_null=True, example="90000.00")
    cost_range = CostRangeShape(allow_null=True, help_text="The all-in annual cost; null unless eligible.")
    reason_codes = ReasonShape(many=True, source="told", help_text="The weightiest first.")
    valid_until = DayField(example="2026-11-10")
    created_at = InstantField(source="asked_at")


class _Shown:
    """An answer with the reasons that may be told; a suspicion is not."""

    def __init__(self, view: PrequalificationView) -> None:
        self._view = view
        self.cost_range = None if view.cost_min is None else view
        told = [reason for reason in reason_views(view.reasons) if reason.borrower_safe]
        self.told = [
            ReasonLine(code=reason.code, rank=rank, text_en=reason.borrower_en, text_zh=reason.borrower_zh)
            for rank, reason in enumerate(told, start=1)
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)


class Prequalifications(Resource):
    """`/v1/prequalifications`."""

    @call(
        "Prequalify",
        scope="offers:read",
        request=PrequalificationBody,
        answer=PrequalificationShape,
        status=201,
        new_business=True,
        refusals=(
            prequalifications.OneSource,
            EnterpriseNotFound,
            ProductNotFound,
            CostCapExceeded,
            RuleMissing,
            StrategyMissing,
            ConsentRequired,
            ConsentRevoked,
            ConsentExpired,
        ),
        description=(
            "What the bank would lend as things stand: never a bureau inquiry, never a decision, and no mark "
            "on anybody. Of a business, by the strategy in force on the data it consented to; of `facts` "
            "alone, by the product's policy (sandbox: monthly sales from 50,000 on, 1.5 times; less is "
            "`insufficient_data`)."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Answer what the bank would lend."""
        members = self.members(request)
        stated = members.get("facts", {})
        found = prequalifications.prequalify(
            scene_id=context.scene_id,
            product_code=members["product"],
            enterprise_id=members.get("business"),
            monthly_sales=stated.get("monthly_sales"),
            area_code=stated.get("area_code"),
            now=context.now,
            business_date=context.business_date,
        )
        return one(PrequalificationShape, _Shown(found), context, 201)

    @call(
        "List prequalifications",
        scope="offers:read",
        query=MadeQuery.of("pql", business=IdField("biz", required=False)),
        answer=PrequalificationShape,
        expand=("business",),
        many=True,
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List the answers this scene was given, newest first."""
        asked = self.filters(request)
        found = queries.prequalifications_page(
            scene_id=context.scene_id,
            enterprise_id=asked.get("business"),
            after=asked.get("after"),
            **window(asked),
            limit=asked["limit"] + 1,
        )
        return page(PrequalificationShape, map(_Shown, found), context, limit=asked["limit"])


class Prequalification(Resource):
    """`/v1/prequalifications/{prequalification_id}`."""

    @call(
        "Get a prequalification",
        scope="offers:read",
        answer=PrequalificationShape,
        expand=("business",),
        refusals=(queries.PrequalificationNotFound,),
    )
    def handle_get(self, request: Request, context: SceneContext, prequalification_id: str) -> Answer:
        """Return one answer this scene was given."""
        found = queries.get_prequalification(
            prequalification_id=parse_id("pql", prequalification_id), scene_id=context.scene_id
        )
        return one(PrequalificationShape, _Shown(found), context)
