"""Credit lines: how much may be drawn, until when, at what rate."""

from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.calls import call
from interfaces.scene.fields import (
    AmountField,
    CodeField,
    DayField,
    FlagField,
    FractionField,
    IdField,
    InstantField,
    TextField,
)
from interfaces.scene.resource import Resource, one, page
from interfaces.scene.shapes import MadeQuery, ObjectShape, window
from kernel.ids import parse_id
from lending.credit_lines import queries
from lending.credit_lines.models import LineStatus


class CreditLineShape(ObjectShape):
    """A credit line; on one that revolves, what is repaid of the principal may be drawn again."""

    id = IdField("lin")
    object = ConstantField("credit_line")
    business = IdField("biz", source="enterprise_id")
    application = IdField("app", source="application_id")
    agreement = IdField("agr", source="agreement_id")
    product = TextField(source="product.code", example="receipts_revolving")
    revolving = FlagField(example=True, help_text="Without it the line is drawn once: a term loan.")
    limit = AmountField(example="50000.00")
    drawn = AmountField(example="30000.00")
    outstanding = AmountField(example="30000.00", help_text="What is owed of the principal drawn.")
    reserved = AmountField(example="0.00", help_text="Held for drawdowns on their way.")
    available = AmountField(example="20000.00")
    annual_rate = FractionField(source="annual_rate.fraction")
    status = CodeField([status.value for status in LineStatus])
    effective_date = DayField()
    expires_date = DayField(example="2027-11-03")
    created_at = InstantField(source="granted_at")


class CreditLines(Resource):
    """`/v1/credit_lines`."""

    @call(
        "List credit lines",
        scope="loans:read",
        query=MadeQuery.of("lin", business=IdField("biz", required=False)),
        answer=CreditLineShape,
        expand=("business", "application", "agreement"),
        many=True,
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List the lines opened through this scene, newest first."""
        asked = self.filters(request)
        found = queries.lines_page(
            scene_id=context.scene_id,
            enterprise_id=asked.get("business"),
            after=asked.get("after"),
            **window(asked),
            limit=asked["limit"] + 1,
        )
        return page(CreditLineShape, found, context, limit=asked["limit"])


class CreditLine(Resource):
    """`/v1/credit_lines/{line_id}`."""

    @call(
        "Get a credit line",
        scope="loans:read",
        answer=CreditLineShape,
        refusals=(queries.LineNotFound,),
        expand=("business", "application", "agreement"),
    )
    def handle_get(self, request: Request, context: SceneContext, line_id: str) -> Answer:
        """Return one line of this scene."""
        found = queries.get_line(line_id=parse_id("lin", line_id), scene_id=context.scene_id)
        return one(CreditLineShape, found, context)
