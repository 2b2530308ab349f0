"""Quotes: what a draw would cost in all, before anybody commits to anything (P-01)."""

from typing import Any

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
from interfaces.scene.parsing import Body
from interfaces.scene.products import METHODS, TENOR_HELP, day_count_said
from interfaces.scene.resource import Resource, one
from interfaces.scene.shapes import ObjectShape
from kernel.ids import parse_id
from kernel.money import Money
from lending.products.publish_check import CostCapExceeded
from lending.products.queries import ProductNotFound, current_product, quote
from lending.products.quotes import APR_METHODS, AmountNotOffered, Quote, TenorNotOffered
from lending.products.tenors import TenorMissing
from lending.products.terms import Collector, Payer, ProductView
from marketing.campaigns.queries import OfferNotFound, get_offer
from regulation.queries import RuleMissing


class QuoteBody(Body):
    """The draw to reckon; without `tenor_days` where the product has instalments."""

    amount = AmountField()
    tenor_days = WholeField(min_value=1, max_value=3650, example=90, required=False, help_text=TENOR_HELP)


class ProductQuoteBody(QuoteBody):
    """The draw to reckon, and on which product."""

    product = TextField(max_length=40, example="receipts_revolving")


class QuoteRowShape(serializers.Serializer[Any]):
    """One payment; `balance` is the principal left once it is made."""

    number = WholeField(example=1)
    due_date = DayField(example="2027-02-01")
    principal = AmountField()
    interest = AmountField(example="540.00")
    total = AmountField(example="30540.00")
    balance = AmountField(example="0.00")


class QuoteFeeShape(serializers.Serializer[Any]):
    """A fee on the draw, whoever bears it."""

    code = TextField(example="scene_service")
    name = ChosenTextField(example="场景服务费")
    collector = CodeField([party.value for party in Collector], example="scene")
    payer = CodeField([party.value for party in Payer])
    amount = AmountField(example="180.00")


class QuoteShape(ObjectShape):
    """What a draw costs; `all_in_cost` is a year's cost with every fee the borrower bears, said first."""

    object = ConstantField("quote")
    all_in_cost = FractionField(example="0.109500")
    apr_method = CodeField(
        [method.value for method in APR_METHODS],
        help_text="The convention of `all_in_cost`, the one the cap is held against. simple_365: simple "
        "interest on actual days; irr_months: 12 x the monthly internal rate; irr_days: 365 x the daily one.",
    )
    nominal_rate = FractionField(source="nominal_360", example="0.108000")
    nominal_rate_365 = FractionField(source="nominal_365", example="0.109500")
    day_count = TextField(example="actual/360")
    repayment_method = CodeField(METHODS, example="daily_interest")
    amount = AmountField()
    tenor_days = WholeField(example=90)
    days = WholeField(example=90, help_text="To the due date after it was moved to a workday.")
    draw_date = DayField()
    due_date = DayField(example="2027-02-01")
    due_date_is_provisional = FlagField(example=True, help_text="The official calendar is not out yet.")
    schedule = QuoteRowShape(many=True, source="rows")
    interest = AmountField(example="810.00")
    fees = QuoteFeeShape(many=True)
    total_repayable = AmountField(example="30810.00")
    valid_until = DayField(example="2026-11-10")


class _Fee:
    """A fee and its amount, side by side for the shape."""

    def __init__(self, fee: Any, amount: Money) -> None:
        self.code, self.name_en, self.name_zh = fee.code, fee.name_en, fee.name_zh
        self.collector, self.payer, self.amount = fee.collector.value, fee.payer.value, amount


def _quote(context: SceneContext, *, product_code: str, amount: Money, tenor_days: int | None) -> Answer:
    product = current_product(code=product_code, on_date=context.business_date)
    reckoned = quote(
        product=product,
        amount=amount,
        tenor_days=tenor_days,
        draw_date=context.business_date,
    )
    return one(QuoteShape, _Shown(reckoned, product), context)


class _Shown:
    """A quote whose fees carry their amounts, with how its product is repaid."""

    def __init__(self, quote: Quote, product: ProductView) -> None:
        self._quote = quote
        self.repayment_method = product.repayment_method
        self.day_count = day_count_said(product)
        self.fees = [_Fee(fee, amount) for fee, amount in quote.fees]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._quote, name)


REFUSALS = (
    ProductNotFound,
    AmountNotOffered,
    TenorMissing,
    TenorNotOffered,
    CostCapExceeded,
    RuleMissing,
)


class ProductQuotes(Resource):
    """`/v1/quotes`."""

    @call(
        "Quote a draw on a product",
        scope="offers:write",
        request=ProductQuoteBody,
        answer=QuoteShape,
        refusals=REFUSALS,
        description="Nothing is stored and nobody is bound.",
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Reckon a draw on a product of the bank."""
        members = self.members(request)
        return _quote(
            context,
            product_code=members["product"],
            amount=members["amount"],
            tenor_days=members.get("tenor_days"),
        )


class OfferQuotes(Resource):
    """`/v1/offers/{offer_id}/quotes`."""

    @call(
        "Quote a draw on an offer",
        scope="offers:write",
        request=QuoteBody,
        answer=QuoteShape,
        refusals=(OfferNotFound, *REFUSALS),
    )
    def handle_post(self, request: Request, context: SceneContext, offer_id: str) -> Answer:
        """Reckon a draw on the product of an offer."""
        members = self.members(request)
        offer = get_offer(offer_id=parse_id("ofr", offer_id), scene_id=context.scene_id)
        return _quote(
            context,
            product_code=offer.product_code,
            amount=members["amount"],
            tenor_days=members.get("tenor_days"),
        )
