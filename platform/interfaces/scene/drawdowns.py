"""Drawdowns: money out of a line, to one of the business's own accounts. Moves money: a key is required."""

from rest_framework.request import Request

from interfaces.door import Answer, SceneContext, enqueue
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.calls import call
from interfaces.scene.fields import (
    AmountField,
    CodeField,
    DayField,
    IdField,
    InstantField,
    MetadataField,
    TextField,
    WholeField,
)
from interfaces.scene.parsing import Body
from interfaces.scene.products import TENOR_HELP
from interfaces.scene.resource import Resource, one, page, pin
from interfaces.scene.shapes import MadeQuery, PinnedShape, external_id, window
from kernel.ids import parse_id
from lending.collateral.queries import CoverTooSmall, LienNotRegistered
from lending.credit_lines import operations as lines
from lending.credit_lines.queries import LineNotFound
from lending.drawdowns import checks, queries
from lending.drawdowns import operations as drawdowns
from lending.drawdowns.states import DrawdownStatus
from lending.products.publish_check import CostCapExceeded
from lending.products.tenors import TenorMissing
from marketing.campaigns.queries import OfferNotFound
from openbanking.consents.queries import ConsentExpired, ConsentRevoked
from parties.enterprises.queries import BankAccountNotFound
from regulation.queries import RuleMissing


class DrawdownBody(Body):
    """What to draw, and where it goes."""

    credit_line = IdField("lin")
    amount = AmountField()
    tenor_days = WholeField(min_value=1, max_value=3650, example=90, required=False, help_text=TENOR_HELP)
    bank_account = IdField("acc", help_text="One of the business's own accounts.")
    offer = IdField("ofr", required=False, help_text="The offer that led to it, for the campaign's figures.")
    external_id = TextField(
        max_length=100, required=False, example="O-8841", help_text="One drawdown an order."
    )
    metadata = MetadataField(required=False, default=dict)


class DrawdownShape(PinnedShape):
    """A drawdown and how far its money has come; `loan` is there once it is booked."""

    id = IdField("drw")
    object = ConstantField("drawdown")
    external_id = TextField(allow_null=True, example="O-8841")
    business = IdField("biz", source="enterprise_id")
    credit_line = IdField("lin", source="line_id")
    bank_account = IdField("acc", source="bank_account_id")
    offer = IdField("ofr", source="offer_id", allow_null=True)
    amount = AmountField()
    tenor_days = WholeField(example=90)
    status = CodeField([status.value for status in DrawdownStatus])
    failure_code = TextField(example="", help_text="Why it failed, e.g. account_closed, name_mismatch.")
    loan = IdField("lon", source="loan_id", allow_null=True)
    created_date = DayField()
    created_at = InstantField()
    finished_at = InstantField(allow_null=True)


class Drawdowns(Resource):
    """`/v1/drawdowns`."""

    @call(
        "Draw down",
        scope="drawdowns:write",
        request=DrawdownBody,
        answer=DrawdownShape,
        status=201,
        moves_money=True,
        new_business=True,
        refusals=(
            LineNotFound,
            BankAccountNotFound,
            OfferNotFound,
            ConsentExpired,
            ConsentRevoked,
            checks.DrawTooSmall,
            TenorMissing,
            checks.TenorNotOffered,
            checks.LineDrawnOnce,
            checks.AccountRefused,
            checks.OrderAlreadyFinanced,
            CostCapExceeded,
            RuleMissing,
            LienNotRegistered,
            CoverTooSmall,
            lines.LimitExceeded,
            lines.LineFrozen,
            lines.LineExpired,
            lines.LineNotInForce,
        ),
        description=(
            "Answered as `created`, the limit held; the payment follows at once and its outcome comes as "
            "`drawdown.paid_out` or `drawdown.failed`. An unknown outcome is never sent again. A line that "
            "does not revolve is drawn once."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Hold the limit and have the money paid out once that is committed."""
        members = self.members(request)
        found = drawdowns.draw_down(
            line_id=members["credit_line"],
            scene_id=context.scene_id,
            amount=members["amount"],
            tenor_days=members.get("tenor_days"),
            bank_account_id=members["bank_account"],
            external_id=members.get("external_id"),
            offer_id=members.get("offer"),
            now=context.now,
            business_date=context.business_date,
        )
        pin(found.public_id, members["metadata"], context)
        enqueue("jobs.disburse", schema=context.bank_schema, drawdown_id=str(found.id))
        return one(DrawdownShape, found, context, 201)

    @call(
        "List drawdowns",
        scope="loans:read",
        query=MadeQuery.of(
            "drw",
            external_id=external_id(),
            business=IdField("biz", required=False),
            credit_line=IdField("lin", required=False),
        ),
        answer=DrawdownShape,
        expand=("business", "credit_line", "offer", "loan"),
        many=True,
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List this scene's drawdowns, newest first."""
        asked = self.filters(request)
        found = queries.drawdowns_page(
            scene_id=context.scene_id,
            enterprise_id=asked.get("business"),
            line_id=asked.get("credit_line"),
            after=asked.get("after"),
            external_id=asked.get("external_id"),
            **window(asked),
            limit=asked["limit"] + 1,
        )
        return page(DrawdownShape, found, context, limit=asked["limit"])


class Drawdown(Resource):
    """`/v1/drawdowns/{drawdown_id}`."""

    @call(
        "Get a drawdown",
        scope="loans:read",
        answer=DrawdownShape,
        refusals=(queries.DrawdownNotFound,),
        expand=("business", "credit_line", "offer", "loan"),
    )
    def handle_get(self, request: Request, context: SceneContext, drawdown_id: str) -> Answer:
        """Return one drawdown of this scene."""
        found = queries.get_drawdown(drawdown_id=parse_id("drw", drawdown_id), scene_id=context.scene_id)
        return one(DrawdownShape, found, context)
