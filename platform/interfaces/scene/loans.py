"""Loans: what was drawn, what is owed on a day, what happened, what settles it."""

from dataclasses import dataclass
from datetime import date
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
    FractionField,
    IdField,
    InstantField,
    TextField,
    WholeField,
)
from interfaces.scene.parsing import Body
from interfaces.scene.products import METHODS, day_count_said
from interfaces.scene.resource import Resource, envelope, one, page, shown
from interfaces.scene.shapes import MadeQuery, ObjectShape, window
from kernel.ids import parse_id
from lending.loans import queries
from lending.loans.queries import LoanView, PositionView
from lending.loans.queries.payments import InstalmentStatus, NextPayment, next_payment, payments
from lending.loans.states import BOOKS_ONLY, LoanStatus, TransactionKind
from lending.products.queries import get_product

OVERDUE = "overdue"
STATUSES = [*(status.value for status in LoanStatus), OVERDUE]


class OutstandingShape(serializers.Serializer[Any]):
    """What is owed at the start of the bank's business date."""

    as_of_date = DayField(source="on_date", example="2026-11-13")
    principal = AmountField()
    interest = AmountField(example="60.00")
    penalty = AmountField(example="0.00", help_text="Penalty and compound interest.")
    compound = AmountField(example="0.00", help_text="The compound interest in `penalty`.")
    fees = AmountField(source="fee", example="0.00", help_text="What repaying it early costs.")
    total = AmountField(example="30060.00", help_text="What settles the loan.")


class NextPaymentShape(serializers.Serializer[Any]):
    """What to pay next: all that is due with its penalty, else the instalment that falls due first."""

    number = WholeField(example=1)
    due_date = DayField(example="2027-02-01")
    amount = AmountField(example="30540.00")


class LoanShape(ObjectShape):
    """A loan (借据): one drawdown makes one loan."""

    id = IdField("lon", source="loan.id")
    object = ConstantField("loan")
    business = IdField("biz", source="loan.enterprise_id")
    credit_line = IdField("lin", source="loan.line_id")
    drawdown = IdField("drw", source="loan.drawdown_id")
    status = CodeField(STATUSES, example="active")
    repayment_method = CodeField(METHODS, source="loan.method", example="daily_interest")
    principal = AmountField(source="loan.principal")
    outstanding = OutstandingShape(source="position")
    next_payment = NextPaymentShape(allow_null=True, help_text="Null once nothing is to be paid.")
    credit_balance = AmountField(
        source="loan.credit_balance", example="0.00", help_text="Paid too much: the borrower's own money."
    )
    annual_rate = FractionField(source="loan.annual_rate.fraction")
    day_count = TextField(example="actual/360")
    overdue_rate = FractionField(source="loan.penalty_rate.fraction", example="0.108000")
    tenor_days = WholeField(source="loan.tenor_days", example=90)
    value_date = DayField(source="loan.value_date", allow_null=True)
    due_date = DayField(
        source="loan.due_date", allow_null=True, example="2027-02-01", help_text="Of the last payment."
    )
    instalment_count = WholeField(source="loan.instalment_count", example=1)
    schedule_version = WholeField(
        source="loan.schedule_version", example=0, help_text="Counts up when instalments are drawn anew."
    )
    days_past_due = WholeField(source="position.days_past_due", example=0)
    closed_date = DayField(source="loan.closed_date", allow_null=True, example="2026-11-30")
    created_at = InstantField(source="loan.booked_at")


@dataclass(frozen=True, slots=True)
class LoanOnDay:
    """A loan and what it owes on a day."""

    loan: LoanView
    position: PositionView
    next_payment: NextPayment | None

    @property
    def status(self) -> str:
        """The loan's state; overdue is not a state in the books, it follows from the day."""
        late = self.loan.status == LoanStatus.ACTIVE and self.position.days_past_due > 0
        return OVERDUE if late else self.loan.status

    @property
    def day_count(self) -> str:
        """How the days of interest are counted: by the day, or as the product's schedule does."""
        if self.loan.schedule_version == 0 or self.loan.product_version_id is None:
            return f"actual/{self.loan.annual_rate.basis}"
        return day_count_said(get_product(product_version_id=self.loan.product_version_id))


def on_day(loan: LoanView, day: date) -> LoanOnDay:
    """Return a loan with what it owes on a day."""
    return LoanOnDay(
        loan,
        queries.loan_position(loan_id=loan.id, on_date=day),
        next_payment(loan=loan, on_date=day),
    )


class ScheduleRowShape(serializers.Serializer[Any]):
    """One instalment, paid or to come; of a loan lent by the day the one payment still to come.

    `penalty` is penalty and compound interest to date, on the oldest instalment past due. `remaining` is
    `total` less what is paid.
    """

    number = WholeField(example=1)
    due_date = DayField(example="2027-02-01")
    status = CodeField([status.value for status in InstalmentStatus], example="future")
    principal = AmountField()
    interest = AmountField(example="540.00")
    fees = AmountField(example="0.00")
    penalty = AmountField(example="0.00")
    total = AmountField(example="30540.00")
    principal_paid = AmountField(example="0.00")
    interest_paid = AmountField(example="0.00")
    fees_paid = AmountField(example="0.00")
    remaining = AmountField(example="30540.00")


class TransactionShape(serializers.Serializer[Any]):
    """One row of the loan's log; what was wrong is reversed by a later row, never changed."""

    sequence = WholeField(example=2)
    kind = CodeField([kind.value for kind in TransactionKind if kind not in BOOKS_ONLY], example="repayment")
    booking_date = DayField(example="2026-11-13")
    value_date = DayField(example="2026-11-13")
    total = AmountField(example="10060.00")
    principal_change = AmountField(example="-10000.00", help_text="What it adds to the debt.")
    interest_paid = AmountField(example="60.00")
    penalty_paid = AmountField(example="0.00")
    compound_paid = AmountField(example="0.00")
    fee_paid = AmountField(example="0.00")
    excess = AmountField(example="0.00")
    created_at = InstantField(source="recorded_at")


class PayoffBody(Body):
    """On which day; without one, the bank's business date."""

    on_date = DayField(required=False, example="2026-11-30")


class PayoffShape(ObjectShape):
    """What a full repayment on a day takes."""

    object = ConstantField("payoff_quote")
    loan = IdField("lon", source="loan_id")
    on_date = DayField(example="2026-11-30")
    principal = AmountField(example="20000.00")
    interest = AmountField(example="68.00")
    penalty = AmountField(example="0.00", help_text="Penalty and compound interest.")
    fees = AmountField(source="fee", example="0.00", help_text="The product's prepayment fee.")
    total = AmountField(example="20068.00")


class Loans(Resource):
    """`/v1/loans`."""

    @call(
        "List loans",
        scope="loans:read",
        query=MadeQuery.of(
            "lon", business=IdField("biz", required=False), credit_line=IdField("lin", required=False)
        ),
        answer=LoanShape,
        expand=("business", "credit_line", "drawdown"),
        many=True,
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List the loans drawn through this scene, newest first."""
        asked = self.filters(request)
        found = queries.loans_page(
            scene_id=context.scene_id,
            enterprise_id=asked.get("business"),
            line_id=asked.get("credit_line"),
            after=asked.get("after"),
            **window(asked),
            limit=asked["limit"] + 1,
        )
        rows = [on_day(loan, context.business_date) for loan in found]
        return page(LoanShape, rows, context, limit=asked["limit"])


class Loan(Resource):
    """`/v1/loans/{loan_id}`."""

    @call(
        "Get a loan",
        scope="loans:read",
        answer=LoanShape,
        refusals=(queries.LoanNotFound,),
        expand=("business", "credit_line", "drawdown"),
    )
    def handle_get(self, request: Request, context: SceneContext, loan_id: str) -> Answer:
        """Return one loan with what it owes today."""
        found = queries.get_loan(loan_id=parse_id("lon", loan_id), scene_id=context.scene_id)
        return one(LoanShape, on_day(found, context.business_date), context)


class LoanSchedule(Resource):
    """`/v1/loans/{loan_id}/schedule`."""

    @call(
        "Get a loan's schedule",
        scope="loans:read",
        answer=ScheduleRowShape,
        many=True,
        refusals=(queries.LoanNotFound,),
    )
    def handle_get(self, request: Request, context: SceneContext, loan_id: str) -> Answer:
        """List every instalment with its state today; of a loan lent by the day what is still to be paid."""
        found = queries.get_loan(loan_id=parse_id("lon", loan_id), scene_id=context.scene_id)
        rows = payments(loan=found, on_date=context.business_date)
        return Answer(200, envelope([shown(ScheduleRowShape, row, context) for row in rows], has_more=False))


class LoanTransactions(Resource):
    """`/v1/loans/{loan_id}/transactions`."""

    @call(
        "List a loan's transactions",
        scope="loans:read",
        answer=TransactionShape,
        many=True,
        refusals=(queries.LoanNotFound,),
    )
    def handle_get(self, request: Request, context: SceneContext, loan_id: str) -> Answer:
        """List the loan's log in the order it was written; how the bank accrues is not in it."""
        found = queries.get_loan(loan_id=parse_id("lon", loan_id), scene_id=context.scene_id)
        rows = [row for row in queries.transactions(loan_id=found.id) if row.kind not in BOOKS_ONLY]
        return Answer(200, envelope([shown(TransactionShape, row, context) for row in rows], has_more=False))


class PayoffQuotes(Resource):
    """`/v1/loans/{loan_id}/payoff_quotes`."""

    @call(
        "Quote a full repayment",
        scope="loans:read",
        request=PayoffBody,
        answer=PayoffShape,
        refusals=(queries.LoanNotFound, queries.LoanNotActive),
        description="Nothing is stored: repaying in full on that day takes exactly this.",
    )
    def handle_post(self, request: Request, context: SceneContext, loan_id: str) -> Answer:
        """Reckon what settles a loan on a day."""
        members = self.members(request)
        found = queries.payoff_quote(
            loan_id=parse_id("lon", loan_id),
            on_date=members.get("on_date", context.business_date),
            scene_id=context.scene_id,
        )
        return one(PayoffShape, found, context)
