"""Repayments: any amount, any day, collected from the business's account. Moves money: a key is required."""

from typing import Any

from rest_framework import serializers
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
)
from interfaces.scene.parsing import Body
from interfaces.scene.resource import Resource, one, page, pin
from interfaces.scene.shapes import MadeQuery, PinnedShape, external_id, window
from kernel.ids import parse_id
from lending.loans.operations import ReceiptNotPositive
from lending.loans.queries import LoanNotActive, LoanNotFound
from lending.products.methods import Prepayment
from lending.repayments import operations as repayments
from lending.repayments import queries
from lending.repayments.models import RepaymentKind, RepaymentStatus
from parties.enterprises.queries import BankAccountNotFound

CHOICES = (Prepayment.KEEP_TERM, Prepayment.KEEP_INSTALMENT)
ASKED = (RepaymentKind.SCHEDULED, RepaymentKind.PARTIAL_PREPAY, RepaymentKind.FULL_PREPAY)


class RepaymentBody(Body):
    """What to collect: a sum, or a principal (its interest to date is added), or all that is owed.

    `scheduled` without a sum collects what is due today with its penalty, or the next instalment where
    nothing is; `full_prepay` collects the payoff quote.
    """

    loan = IdField("lon")
    type = CodeField([kind.value for kind in ASKED], example="partial_prepay")
    amount = AmountField(required=False, example="10060.00")
    principal = AmountField(required=False, example="10000.00", help_text="Instead of `amount`.")
    prepayment = CodeField(
        [choice.value for choice in CHOICES],
        required=False,
        help_text="Of a partial prepayment on instalments: smaller ones, or fewer of them. Without it, as "
        "the product says.",
    )
    bank_account = IdField("acc")
    external_id = TextField(max_length=100, required=False, example="rep-5521")
    metadata = MetadataField(required=False, default=dict)
    left_out_of_example = ("amount", "prepayment")


class AllocationShape(serializers.Serializer[Any]):
    """How the money was used, in this order; `excess` is the borrower's."""

    penalty = AmountField(example="0.00")
    compound = AmountField(example="0.00", help_text="Compound interest on overdue interest.")
    fee = AmountField(example="0.00")
    interest = AmountField(example="60.00")
    principal = AmountField(example="10000.00")
    excess = AmountField(example="0.00")


class RepaymentShape(PinnedShape):
    """A repayment, what was asked for and, once it succeeded, how it was used."""

    id = IdField("rpy")
    object = ConstantField("repayment")
    external_id = TextField(allow_null=True, example="rep-5521")
    loan = IdField("lon", source="loan_id")
    type = CodeField([kind.value for kind in RepaymentKind], source="kind", example="partial_prepay")
    amount = AmountField(example="10060.00")
    prepayment = TextField(
        example="", help_text="On instalments: what money above what is due does, where the borrower chose."
    )
    bank_account = IdField("acc", source="bank_account_id", allow_null=True)
    status = CodeField([status.value for status in RepaymentStatus], example="succeeded")
    failure_code = TextField(example="")
    allocation = AllocationShape(source="*")
    value_date = DayField(allow_null=True, example="2026-11-13")
    booking_date = DayField(allow_null=True, example="2026-11-13")
    created_at = InstantField()
    finished_at = InstantField(allow_null=True)


class Repayments(Resource):
    """`/v1/repayments`."""

    @call(
        "Collect a repayment",
        scope="repayments:write",
        request=RepaymentBody,
        answer=RepaymentShape,
        status=201,
        moves_money=True,
        refusals=(
            LoanNotFound,
            LoanNotActive,
            BankAccountNotFound,
            ReceiptNotPositive,
            repayments.RepaymentUnclear,
            repayments.PrincipalExceeded,
            repayments.RepaymentInProgress,
            repayments.RepaymentAlreadyRequested,
        ),
        description="Answered as `processing`; the outcome comes as `repayment.succeeded` or `.failed`.",
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Write the collection down and have it sent once that is committed."""
        members = self.members(request)
        found = repayments.request_repayment(
            loan_id=members["loan"],
            scene_id=context.scene_id,
            kind=members["type"],
            amount=members.get("amount"),
            principal=members.get("principal"),
            bank_account_id=members["bank_account"],
            external_id=members.get("external_id"),
            now=context.now,
            business_date=context.business_date,
            prepayment=members.get("prepayment", ""),
        )
        pin(found.public_id, members["metadata"], context)
        enqueue("jobs.collect", schema=context.bank_schema, repayment_id=str(found.id))
        return one(RepaymentShape, found, context, 201)

    @call(
        "List repayments",
        scope="loans:read",
        query=MadeQuery.of("rpy", external_id=external_id(), loan=IdField("lon", required=False)),
        answer=RepaymentShape,
        expand=("loan",),
        many=True,
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List the repayments of this scene's loans, newest first."""
        asked = self.filters(request)
        found = queries.repayments_page(
            scene_id=context.scene_id,
            loan_id=asked.get("loan"),
            after=asked.get("after"),
            external_id=asked.get("external_id"),
            **window(asked),
            limit=asked["limit"] + 1,
        )
        return page(RepaymentShape, found, context, limit=asked["limit"])


class Repayment(Resource):
    """`/v1/repayments/{repayment_id}`."""

    @call(
        "Get a repayment",
        scope="loans:read",
        answer=RepaymentShape,
        refusals=(queries.RepaymentNotFound,),
        expand=("loan",),
    )
    def handle_get(self, request: Request, context: SceneContext, repayment_id: str) -> Answer:
        """Return one repayment of this scene."""
        found = queries.get_repayment(repayment_id=parse_id("rpy", repayment_id), scene_id=context.scene_id)
        return one(RepaymentShape, found, context)
