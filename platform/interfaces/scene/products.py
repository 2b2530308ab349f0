"""Products the bank has on offer, their terms and their cost."""

import re
from typing import Any, Final

from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.scene.calls import call
from interfaces.scene.fields import (
    AmountField,
    ChosenTextField,
    ConstantField,
    DayField,
    FractionField,
    TextField,
    WholeField,
)
from interfaces.scene.resource import Resource, envelope, one, shown
from interfaces.scene.shapes import ObjectShape
from lending.products import queries

_CODE: Final = re.compile(r"[a-z0-9_]{1,40}")


class ProductShape(ObjectShape):
    """A product as published: the cost first, then the terms (P-01)."""

    id = TextField(source="code", example="receipts_revolving")
    object = ConstantField("product")
    name = ChosenTextField(example="收单贷")
    version = WholeField()
    all_in_cost = FractionField(
        allow_null=True, example="0.073000", help_text="The most a draw can cost a year."
    )
    annual_rate = FractionField(source="annual_rate.fraction")
    overdue_rate = FractionField(source="overdue_rate.fraction", example="0.108000")
    day_basis = WholeField(source="annual_rate.basis", example=360)
    limit_min = AmountField(example="5000.00")
    limit_max = AmountField(example="300000.00")
    draw_min = AmountField(example="1000.00")
    tenor_days_min = WholeField(example=1)
    tenor_days_max = WholeField(example=365)
    repayment_method = TextField(example="daily_interest")
    purposes = serializers.ListField(child=TextField(example="working_capital"))
    consent_purpose = TextField(example="credit_assessment")
    data_classes = serializers.ListField(child=TextField(example="receipts"))
    effective_date = DayField(allow_null=True)


class Products(Resource):
    """`/v1/products`."""

    @call("List products", scope="banks:read", answer=ProductShape, many=True)
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List what the bank has on offer today."""
        rows: Any = queries.products_on_offer(on_date=context.business_date)
        return Answer(200, envelope([shown(ProductShape, row, context) for row in rows], has_more=False))


class Product(Resource):
    """`/v1/products/{code}`."""

    @call("Get a product", scope="banks:read", answer=ProductShape, refusals=(queries.ProductNotFound,))
    def handle_get(self, request: Request, context: SceneContext, code: str) -> Answer:
        """Return the version of a product in force today."""
        if not _CODE.fullmatch(code):
            raise queries.ProductNotFound(product=code[:40])
        found = queries.current_product(code=code, on_date=context.business_date)
        return one(ProductShape, found, context)
