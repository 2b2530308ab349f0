"""Products the bank has on offer, their terms and their cost."""

import re
from typing import Any, Final

from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.scene.answer_fields import ChosenTextField, ConstantField
from interfaces.scene.calls import call
from interfaces.scene.fields import (
    AmountField,
    CodeField,
    DayField,
    FlagField,
    FractionField,
    TextField,
    WholeField,
)
from interfaces.scene.resource import Resource, envelope, one, shown
from interfaces.scene.shapes import ObjectShape
from lending.products import queries
from lending.products.costs import named_cost_of
from lending.products.methods import DueDateRoll, PeriodUnit, Prepayment, RepaymentMethod
from lending.products.quotes import APR_METHODS
from lending.products.terms import ProductView

METHODS: Final = [method.value for method in RepaymentMethod if method is not RepaymentMethod.FLAT]
TENOR_HELP: Final = "Only for products lent by the day; with instalments it is the product's own."
_CODE: Final = re.compile(r"[a-z0-9_]{1,40}")


def day_count_said(product: ProductView) -> str:
    """Return how the days of interest are counted: by the day, or as the schedule does."""
    return product.day_count if product.is_scheduled else f"actual/{product.annual_rate.basis}"


class InstalmentTermsShape(serializers.Serializer[Any]):
    """How a loan in instalments is repaid: `count` times, every `period_every` `period_unit`s."""

    count = WholeField(source="instalment_count", example=12)
    period_unit = CodeField([unit.value for unit in PeriodUnit], example="month")
    period_every = WholeField(example=1)
    anchor_day = WholeField(
        allow_null=True, example=21, help_text="The day of the month; null: that of the draw."
    )
    day_count = TextField(example="30/360")
    grace_principal_count = WholeField(example=0, help_text="First instalments without principal.")
    grace_interest_count = WholeField(example=0, help_text="First instalments without interest.")
    due_date_roll = CodeField([roll.value for roll in DueDateRoll], example="next_workday")
    prepayment = CodeField(
        [rule.value for rule in Prepayment],
        example="keep_term",
        help_text="What money above what is due does, unless the borrower chooses otherwise.",
    )
    prepayment_fee = FractionField(example="0.000000", help_text="A share of the principal repaid early.")


class ProductShape(ObjectShape):
    """A product as published: the cost first, then the terms (P-01)."""

    id = TextField(source="code", pattern=_CODE.pattern, example="receipts_revolving")
    object = ConstantField("product")
    name = ChosenTextField(example="收单贷")
    version = WholeField()
    all_in_cost = FractionField(
        allow_null=True, example="0.073000", help_text="The most a draw can cost a year."
    )
    apr_method = CodeField(
        [method.value for method in APR_METHODS],
        help_text="simple_365: simple interest on actual days; irr_months: 12 x the monthly internal rate; "
        "irr_days: 365 x the daily one.",
    )
    annual_rate = FractionField(source="annual_rate.fraction")
    overdue_rate = FractionField(source="overdue_rate.fraction", example="0.108000")
    day_basis = WholeField(source="annual_rate.basis", example=360)
    limit_min = AmountField(example="5000.00")
    limit_max = AmountField(example="300000.00")
    draw_min = AmountField(example="1000.00")
    tenor_days_min = WholeField(example=1)
    tenor_days_max = WholeField(example=365)
    compounds = FlagField(example=False, help_text="Overdue interest bears interest at the overdue rate.")
    revolving = FlagField(example=True, help_text="Without it the line is drawn once: a term loan.")
    repayment_method = CodeField(METHODS, example="daily_interest")
    instalments = InstalmentTermsShape(
        allow_null=True, help_text="Null for a product lent by the day; the tenor of the others is theirs."
    )
    purposes = serializers.ListField(child=TextField(example="working_capital"))
    consent_purpose = TextField(example="credit_assessment")
    data_classes = serializers.ListField(child=TextField(example="receipts"))
    effective_date = DayField(allow_null=True)


class _Shown:
    """A product with the name of its cost and, where it has them, its instalments."""

    def __init__(self, product: ProductView) -> None:
        self._product = product
        self.instalments = product if product.is_scheduled else None
        self.apr_method = named_cost_of(product, amount=product.limit_max, days=product.tenor_days_min)[
            1
        ].value

    def __getattr__(self, name: str) -> Any:
        return getattr(self._product, name)


class Products(Resource):
    """`/v1/products`."""

    @call("List products", scope="banks:read", answer=ProductShape, many=True)
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List what the bank has on offer today."""
        rows: Any = queries.products_on_offer(on_date=context.business_date)
        return Answer(
            200, envelope([shown(ProductShape, _Shown(row), context) for row in rows], has_more=False)
        )


class Product(Resource):
    """`/v1/products/{code}`."""

    @call("Get a product", scope="banks:read", answer=ProductShape, refusals=(queries.ProductNotFound,))
    def handle_get(self, request: Request, context: SceneContext, code: str) -> Answer:
        """Return the version of a product in force today."""
        if not _CODE.fullmatch(code):
            raise queries.ProductNotFound(product=code[:40])
        found = queries.current_product(code=code, on_date=context.business_date)
        return one(ProductShape, _Shown(found), context)
