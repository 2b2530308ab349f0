"""Agreements: prepared on approval, read and signed on the bank's own page, never on the scene's."""

from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.scene.addresses import bank_address
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.calls import call
from interfaces.scene.fields import CodeField, DayField, IdField, InstantField, TextField
from interfaces.scene.offers import EmptyBody
from interfaces.scene.resource import Resource, one
from interfaces.scene.shapes import ObjectShape
from kernel.ids import parse_id
from lending.applications import operations as applications
from lending.applications import queries
from lending.applications.document import Lender
from lending.applications.states import AgreementStatus, StateConflict
from lending.applications.views import AgreementView
from lending.products.publish_check import CostCapExceeded
from plumbing.schemas import public_schema
from regulation.queries import RuleMissing
from tenants.banks.queries import get_bank

_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class AgreementShape(ObjectShape):
    """An agreement; the borrower reads and signs it at `signing_url`, on the bank's host."""

    id = IdField("agr", source="agreement.id")
    object = ConstantField("agreement")
    application = IdField("app", source="agreement.application_id")
    template_version = TextField(source="agreement.template_version", example="2026-11-1")
    sha256 = TextField(source="agreement.sha256", example=_HASH)
    sm3 = TextField(source="agreement.sm3", example=_HASH)
    status = CodeField([status.value for status in AgreementStatus], source="agreement.status")
    signing_url = TextField(allow_null=True, example="https://qinglan.sluice.example/sign/agr_01J…")
    expires_date = DayField(source="agreement.expires_date", example="2026-12-04")
    signed_at = InstantField(source="agreement.signed_at", allow_null=True)
    credit_line = IdField("lin", source="agreement.credit_line_id", allow_null=True)
    created_at = InstantField(source="agreement.prepared_at")


@dataclass(frozen=True, slots=True)
class Signable:
    """An agreement with the address of its page, while it waits for the signature."""

    agreement: AgreementView
    signing_url: str | None


def _signable(agreement: AgreementView, request: Request, context: SceneContext) -> Signable:
    """Return the agreement with its page on the bank's first host, at the port the caller came to."""
    if agreement.status != AgreementStatus.PENDING:
        return Signable(agreement, None)
    return Signable(agreement, bank_address(request, context, f"/sign/{agreement.signing_token}"))


class Agreements(Resource):
    """`/v1/applications/{application_id}/agreements`."""

    @call(
        "Prepare an agreement",
        scope="agreements:write",
        request=EmptyBody,
        answer=AgreementShape,
        status=201,
        new_business=True,
        refusals=(
            queries.ApplicationNotFound,
            StateConflict,
            applications.ApprovalExpired,
            CostCapExceeded,
            RuleMissing,
        ),
        description="Made on the first call, the same on later ones. Give the borrower the `signing_url`.",
    )
    def handle_post(self, request: Request, context: SceneContext, application_id: str) -> Answer:
        """Prepare the agreement of an approved application."""
        self.members(request)
        application = queries.get_application(
            application_id=parse_id("app", application_id), scene_id=context.scene_id
        )
        with public_schema():
            bank: Any = get_bank(bank_id=context.bank_id)
        agreement = applications.prepare_agreement(
            application_id=application.id,
            lender=Lender(name_zh=bank.name_zh, name_en=bank.name_en),
            now=context.now,
            business_date=context.business_date,
        )
        return one(AgreementShape, _signable(agreement, request, context), context, 201)


class Agreement(Resource):
    """`/v1/agreements/{agreement_id}`."""

    @call(
        "Get an agreement",
        scope="agreements:read",
        answer=AgreementShape,
        expand=("application", "credit_line"),
        refusals=(queries.AgreementNotFound,),
    )
    def handle_get(self, request: Request, context: SceneContext, agreement_id: str) -> Answer:
        """Return one agreement of this scene."""
        found = queries.get_agreement(agreement_id=parse_id("agr", agreement_id), scene_id=context.scene_id)
        return one(AgreementShape, _signable(found, request, context), context)
