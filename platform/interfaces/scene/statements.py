"""Statements of a credit line: one a month, as it was issued (S2-46)."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.calls import call
from interfaces.scene.fields import (
    AmountField,
    CodeField,
    DayField,
    IdField,
    InstantField,
    TextField,
    WholeField,
)
from interfaces.scene.resource import Resource, one, page
from interfaces.scene.shapes import ObjectShape, PageQuery
from kernel.ids import parse_id
from lending.credit_lines.queries import LineNotFound
from lending.loans.states import BOOKS_ONLY, TransactionKind
from lending.statements import queries

HASH = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


class StatementShape(ObjectShape):
    """A line's month: `closing` is `opening` and what was drawn and charged, less what was paid.

    The days run from `from_date` up to, not including, `to_date`.
    """

    id = IdField("stm")
    object = ConstantField("statement")
    credit_line = IdField("lin", source="line_id")
    from_date = DayField(example="2026-11-07")
    to_date = DayField(example="2026-12-07")
    opening = AmountField(example="27516.50")
    drawn = AmountField(example="0.00")
    interest = AmountField(example="165.00")
    penalty = AmountField(example="0.00")
    fees = AmountField(example="0.00")
    paid = AmountField(example="3000.00")
    adjusted = AmountField(example="0.00", help_text="What moved without money, a waiver for instance.")
    closing = AmountField(example="24681.50")
    principal = AmountField(example="24500.00", help_text="Of the closing balance.")
    credit_limit = AmountField(example="50000.00")
    minimum_payment = AmountField(example="2631.50", help_text="The least to pay until `payment_due_date`.")
    payment_due_date = DayField(example="2026-12-20")
    previous_minimum = AmountField(example="2766.50")
    paid_in_time = AmountField(source="in_time", example="3000.00")
    short = AmountField(example="0.00", help_text="What is still missing of the minimum before.")
    past_due = AmountField(example="0.00", help_text="What the loans themselves have overdue.")
    days_past_due = WholeField(example=0)
    draw_count = WholeField(example=0)
    sha256 = TextField(example=HASH)
    sm3 = TextField(example=HASH, help_text="The same document by GM/T 0004.")
    issued_at = InstantField()


class MovementShape(serializers.Serializer[Any]):
    """A row of a loan's log on the statement."""

    loan = IdField("lon", source="loan_id")
    kind = CodeField([kind.value for kind in TransactionKind if kind not in BOOKS_ONLY], example="repayment")
    booking_date = DayField(example="2026-11-20")
    value_date = DayField(example="2026-11-20")
    principal_change = AmountField(example="-2900.00", help_text="What it adds to the debt.")
    interest_paid = AmountField(example="100.00")
    penalty_paid = AmountField(example="0.00")
    fee_paid = AmountField(example="0.00")


class WholeStatementShape(StatementShape):
    """A statement with its movements and the document that was hashed."""

    movements = MovementShape(many=True)
    document = TextField(example="{}", help_text="The JSON text whose hashes `sha256` and `sm3` are.")


class Statements(Resource):
    """`/v1/credit_lines/{line_id}/statements`."""

    @call(
        "List a credit line's statements",
        scope="loans:read",
        query=PageQuery.of("stm"),
        answer=StatementShape,
        many=True,
        refusals=(LineNotFound, queries.StatementNotFound),
    )
    def handle_get(self, request: Request, context: SceneContext, line_id: str) -> Answer:
        """List the statements of one line of this scene, newest first."""
        asked = self.filters(request)
        line = parse_id("lin", line_id)
        if "after" in asked:
            queries.get_statement(statement_id=asked["after"], line_id=line, scene_id=context.scene_id)
        found = queries.statements_page(
            line_id=line,
            scene_id=context.scene_id,
            after=asked.get("after"),
            limit=asked["limit"] + 1,
        )
        return page(StatementShape, found, context, limit=asked["limit"])


class Statement(Resource):
    """`/v1/credit_lines/{line_id}/statements/{statement_id}`."""

    @call(
        "Get a statement",
        scope="loans:read",
        answer=WholeStatementShape,
        refusals=(LineNotFound, queries.StatementNotFound),
    )
    def handle_get(self, request: Request, context: SceneContext, line_id: str, statement_id: str) -> Answer:
        """Return one statement as it was issued, with the document that was hashed."""
        found = queries.get_statement(
            statement_id=parse_id("stm", statement_id),
            line_id=parse_id("lin", line_id),
            scene_id=context.scene_id,
        )
        return one(WholeStatementShape, found, context)
