"""Test helpers: what nobody can wait for in a sandbox happens at once, by the real operations (`api.md` 7).

A reviewer decides, a borrower signs, the rail answers or takes money back, a consent runs out.
"""

from typing import Any, ClassVar, Final

from django.urls import path
from rest_framework.request import Request

from connectors.payment_rails.operations import RailContradiction
from interfaces import sandbox_acts
from interfaces.door import Answer, SceneContext
from interfaces.sandbox_acts import NothingOnTheRail, SandboxBankOnly
from interfaces.scene.agreements import AgreementShape, Signable
from interfaces.scene.applications import ApplicationShape
from interfaces.scene.calls import call
from interfaces.scene.consents import ConsentShape
from interfaces.scene.drawdowns import DrawdownShape
from interfaces.scene.fields import TextField
from interfaces.scene.offers import EmptyBody
from interfaces.scene.parsing import Body
from interfaces.scene.repayments import RepaymentShape
from interfaces.scene.resource import Resource, one
from kernel.ids import parse_id
from lending.applications import queries as applications
from lending.applications.document import Lender
from lending.applications.operations import AgreementExpired, ApprovalExpired
from lending.applications.states import StateConflict
from lending.drawdowns import operations as drawdowns
from lending.drawdowns.queries import DrawdownNotFound, get_drawdown
from lending.loans.accrual import AccrualBehind, BusinessDateMoved
from lending.loans.operations import ExcessRefunded, NotAReceipt
from lending.loans.states import LoanStateConflict
from lending.products.publish_check import CostCapExceeded
from lending.repayments import operations as repayments
from lending.repayments.queries import RepaymentNotFound, get_repayment
from openbanking.consents import operations as consents
from openbanking.consents.queries import (
    ConsentExpired,
    ConsentNotFound,
    ConsentRequired,
    ConsentRevoked,
)
from openbanking.partners.queries import PartnerNotListed
from plumbing.schemas import public_schema
from regulation.queries import RuleMissing
from tenants.banks.queries import get_bank

REASONS: Final = r"[a-z][a-z0-9_]{0,59}"


class FailBody(Body):
    """Why the rail refuses."""

    failure_code = TextField(required=False, default=sandbox_acts.REFUSED, pattern=REASONS)


class Acting(Resource):
    """What all helpers share: they act at a sandbox bank only, each in the one transaction of its call."""

    def begin(self, request: Request, context: SceneContext) -> dict[str, Any]:
        """Return the body's members; refuses a live bank before anything is looked up."""
        if context.livemode:
            raise SandboxBankOnly
        return self.members(request)


class Review(Acting):
    """A reviewer's decision on a referred application."""

    approve: ClassVar[bool] = True

    def decided(self, request: Request, context: SceneContext, application_id: str) -> Answer:
        """Decide as the reviewer does."""
        self.begin(request, context)
        application = applications.get_application(
            application_id=parse_id("app", application_id), scene_id=context.scene_id
        )
        found = sandbox_acts.review(
            application, approve=self.approve, now=context.now, today=context.business_date
        )
        return one(ApplicationShape, found, context)


_REVIEWING: Final = (SandboxBankOnly, applications.ApplicationNotFound, StateConflict)


class Approval(Review):
    """`/v1/test_helpers/applications/{application_id}/approve`."""

    @call(
        "Approve a referred application",
        scope="test:write",
        request=EmptyBody,
        answer=ApplicationShape,
        refusals=(*_REVIEWING, CostCapExceeded, RuleMissing),
        description="As the bank's reviewer would, for the amount asked.",
    )
    def handle_post(self, request: Request, context: SceneContext, application_id: str) -> Answer:
        """Approve."""
        return self.decided(request, context, application_id)


class Decline(Review):
    """`/v1/test_helpers/applications/{application_id}/decline`."""

    approve = False

    @call(
        "Decline a referred application",
        scope="test:write",
        request=EmptyBody,
        answer=ApplicationShape,
        refusals=_REVIEWING,
        description="As the bank's reviewer would.",
    )
    def handle_post(self, request: Request, context: SceneContext, application_id: str) -> Answer:
        """Decline."""
        return self.decided(request, context, application_id)


class Signature(Acting):
    """`/v1/test_helpers/applications/{application_id}/sign`."""

    @call(
        "Sign an approved application's agreement",
        scope="test:write",
        request=EmptyBody,
        answer=AgreementShape,
        refusals=(
            *_REVIEWING,
            ApprovalExpired,
            AgreementExpired,
            CostCapExceeded,
            RuleMissing,
            PartnerNotListed,
            ConsentRequired,
            ConsentRevoked,
            ConsentExpired,
        ),
        description="As the borrower would on the bank's page, the costs read: the credit line is open then.",
    )
    def handle_post(self, request: Request, context: SceneContext, application_id: str) -> Answer:
        """Prepare the agreement if need be, and seal it."""
        self.begin(request, context)
        application = applications.get_application(
            application_id=parse_id("app", application_id), scene_id=context.scene_id
        )
        with public_schema():
            bank = get_bank(bank_id=context.bank_id)
        signed = sandbox_acts.sign(
            application.id,
            lender=Lender(name_zh=bank.name_zh, name_en=bank.name_en),
            now=context.now,
            today=context.business_date,
        )
        return one(AgreementShape, Signable(signed, None), context)


_BOOKING: Final = (SandboxBankOnly, AccrualBehind, BusinessDateMoved)
_PAYING: Final = (*_BOOKING, NothingOnTheRail, RailContradiction)


class DrawdownTold(Acting):
    """What the rail says of a drawdown."""

    def told(self, context: SceneContext, drawdown_id: str, failure_code: str) -> Answer:
        """Have the rail say it, and book it."""
        found = get_drawdown(drawdown_id=parse_id("drw", drawdown_id), scene_id=context.scene_id)
        answer = sandbox_acts.answer_of(
            found.instruction_id, failure_code=failure_code, today=context.business_date
        )
        assert found.instruction_id is not None  # noqa: S101  there is an answer
        booked = drawdowns.record_outcome(
            instruction_id=found.instruction_id,
            answer=answer,
            now=context.now,
            business_date=context.business_date,
        )
        return one(DrawdownShape, booked, context)


class DrawdownSettlement(DrawdownTold):
    """`/v1/test_helpers/drawdowns/{drawdown_id}/settle`."""

    @call(
        "Settle a drawdown",
        scope="test:write",
        request=EmptyBody,
        answer=DrawdownShape,
        refusals=(*_PAYING, DrawdownNotFound),
        description="The rail pays out what it left open, today.",
    )
    def handle_post(self, request: Request, context: SceneContext, drawdown_id: str) -> Answer:
        """Settle."""
        self.begin(request, context)
        return self.told(context, drawdown_id, "")


class DrawdownFailure(DrawdownTold):
    """`/v1/test_helpers/drawdowns/{drawdown_id}/fail`."""

    @call(
        "Fail a drawdown",
        scope="test:write",
        request=FailBody,
        answer=DrawdownShape,
        refusals=(*_PAYING, DrawdownNotFound),
        description="The rail refuses what it left open.",
    )
    def handle_post(self, request: Request, context: SceneContext, drawdown_id: str) -> Answer:
        """Refuse."""
        members = self.begin(request, context)
        return self.told(context, drawdown_id, members["failure_code"])


class RepaymentTold(Acting):
    """What the rail says of a repayment."""

    def told(self, context: SceneContext, repayment_id: str, failure_code: str) -> Answer:
        """Have the rail say it, and book it."""
        found = get_repayment(repayment_id=parse_id("rpy", repayment_id), scene_id=context.scene_id)
        answer = sandbox_acts.answer_of(
            found.instruction_id, failure_code=failure_code, today=context.business_date
        )
        assert found.instruction_id is not None  # noqa: S101  there is an answer
        booked = repayments.record_collection(
            instruction_id=found.instruction_id,
            answer=answer,
            now=context.now,
            business_date=context.business_date,
        )
        return one(RepaymentShape, booked, context)


class RepaymentSettlement(RepaymentTold):
    """`/v1/test_helpers/repayments/{repayment_id}/settle`."""

    @call(
        "Settle a repayment",
        scope="test:write",
        request=EmptyBody,
        answer=RepaymentShape,
        refusals=(*_PAYING, RepaymentNotFound),
        description="The rail has collected what it left open, today.",
    )
    def handle_post(self, request: Request, context: SceneContext, repayment_id: str) -> Answer:
        """Settle."""
        self.begin(request, context)
        return self.told(context, repayment_id, "")


class RepaymentFailure(RepaymentTold):
    """`/v1/test_helpers/repayments/{repayment_id}/fail`."""

    @call(
        "Fail a repayment",
        scope="test:write",
        request=FailBody,
        answer=RepaymentShape,
        refusals=(*_PAYING, RepaymentNotFound),
        description="The rail refuses to collect what it left open.",
    )
    def handle_post(self, request: Request, context: SceneContext, repayment_id: str) -> Answer:
        """Refuse."""
        members = self.begin(request, context)
        return self.told(context, repayment_id, members["failure_code"])


class RepaymentReturn(Acting):
    """`/v1/test_helpers/repayments/{repayment_id}/return`."""

    @call(
        "Return a repayment",
        scope="test:write",
        request=EmptyBody,
        answer=RepaymentShape,
        refusals=(*_BOOKING, RepaymentNotFound, NotAReceipt, ExcessRefunded, LoanStateConflict),
        description="The rail takes a collected payment back: the debt stands again.",
    )
    def handle_post(self, request: Request, context: SceneContext, repayment_id: str) -> Answer:
        """Take it back."""
        self.begin(request, context)
        found = get_repayment(repayment_id=parse_id("rpy", repayment_id), scene_id=context.scene_id)
        back = sandbox_acts.returned(found.id, now=context.now, today=context.business_date)
        return one(RepaymentShape, back, context)


class ConsentEnd(Acting):
    """`/v1/test_helpers/consents/{consent_id}/expire`."""

    @call(
        "Expire a consent",
        scope="test:write",
        request=EmptyBody,
        answer=ConsentShape,
        refusals=(SandboxBankOnly, ConsentNotFound, consents.ConsentStateConflict),
        description="Its time runs out now.",
    )
    def handle_post(self, request: Request, context: SceneContext, consent_id: str) -> Answer:
        """Let it run out."""
        self.begin(request, context)
        found = consents.expire_consent(
            consent_id=parse_id("cns", consent_id), scene_id=context.scene_id, now=context.now
        )
        return one(ConsentShape, found, context)


_AT: Final = "v1/test_helpers/"
paths: Final = (
    path(f"{_AT}applications/<str:application_id>/approve", Approval.as_view()),
    path(f"{_AT}applications/<str:application_id>/decline", Decline.as_view()),
    path(f"{_AT}applications/<str:application_id>/sign", Signature.as_view()),
    path(f"{_AT}drawdowns/<str:drawdown_id>/settle", DrawdownSettlement.as_view()),
    path(f"{_AT}drawdowns/<str:drawdown_id>/fail", DrawdownFailure.as_view()),
    path(f"{_AT}repayments/<str:repayment_id>/settle", RepaymentSettlement.as_view()),
    path(f"{_AT}repayments/<str:repayment_id>/fail", RepaymentFailure.as_view()),
    path(f"{_AT}repayments/<str:repayment_id>/return", RepaymentReturn.as_view()),
    path(f"{_AT}consents/<str:consent_id>/expire", ConsentEnd.as_view()),
)
