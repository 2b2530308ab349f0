"""Applications and their decisions. A declined credit is an answer, not an error."""

from typing import Any, Final

from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext, enqueue
from interfaces.sandbox_values import LOST
from interfaces.scene.answer_fields import ChosenTextField, ConstantField
from interfaces.scene.calls import call
from interfaces.scene.etags import TaggedShape, require_match, wanted_match
from interfaces.scene.fields import (
    AmountField,
    CodeField,
    DayField,
    FlagField,
    FractionField,
    IdField,
    InstantField,
    MetadataField,
    TextField,
    WholeField,
)
from interfaces.scene.known import require_known
from interfaces.scene.offers import EmptyBody
from interfaces.scene.parsing import Body
from interfaces.scene.products import TENOR_HELP
from interfaces.scene.resource import Resource, one, page, pin
from interfaces.scene.shapes import MadeQuery, ObjectShape, PinnedShape, external_id, window
from kernel.ids import parse_id
from lending.applications import operations as applications
from lending.applications import queries
from lending.applications.states import ApplicationStatus, StateConflict
from lending.applications.views import ApplicationView
from lending.products.publish_check import CostCapExceeded
from lending.products.purposes import PURPOSES
from lending.products.queries import ProductNotFound
from lending.products.tenors import TenorMissing
from marketing.campaigns.operations import OfferExpired, OfferStateConflict
from marketing.campaigns.queries import OfferNotFound
from openbanking.consents.queries import ConsentExpired, ConsentRequired, ConsentRevoked
from parties.enterprises.queries import EnterpriseNotFound, get_enterprise
from regulation.queries import RuleMissing


class ApplicationBody(Body):
    """What a business applies for: submitted at once, or with `submit: false` a draft."""

    business = IdField("biz")
    product = TextField(max_length=40, example="receipts_revolving")
    offer = IdField("ofr", required=False)
    amount = AmountField(example="50000.00")
    tenor_days = WholeField(min_value=1, max_value=3650, example=90, required=False, help_text=TENOR_HELP)
    purpose = TextField(max_length=40, example="working_capital", help_text=", ".join(sorted(PURPOSES)))
    external_id = TextField(max_length=100, required=False, example="credit-7731")
    submit = FlagField(
        required=False, default=True, help_text="`false`: a draft, which nobody at the bank looks at yet."
    )
    metadata = MetadataField(required=False, default=dict)


class ApplicationChanges(Body):
    """What to change of a draft; what is left out stays."""

    product = TextField(max_length=40, required=False, example="receipts_revolving")
    offer = IdField("ofr", required=False)
    amount = AmountField(required=False, example="45000.00")
    tenor_days = WholeField(min_value=1, max_value=3650, required=False, example=60, help_text=TENOR_HELP)
    purpose = TextField(
        max_length=40, required=False, example="working_capital", help_text=", ".join(sorted(PURPOSES))
    )
    external_id = TextField(max_length=100, required=False, example="credit-7731")
    metadata = MetadataField(required=False)


COLUMN_OF: Final = {"product": "product_code", "offer": "offer_id", "amount": "requested_amount"}
STATUSES: Final = ["draft", *(status.value for status in ApplicationStatus)]


class ApplicationShape(TaggedShape, PinnedShape):
    """An application and where it stands; amounts are there once it is approved."""

    id = IdField("app")
    object = ConstantField("application")
    external_id = TextField(allow_null=True, example="credit-7731")
    business = IdField("biz", source="enterprise_id")
    product = TextField(source="product_code", example="receipts_revolving")
    offer = IdField("ofr", source="offer_id", allow_null=True)
    amount = AmountField(source="requested_amount", example="50000.00")
    tenor_days = WholeField(
        allow_null=True, example=90, help_text="Null in a draft whose product sets the term."
    )
    purpose = TextField(example="working_capital")
    status = CodeField(STATUSES, example="submitted")
    approved_amount = AmountField(allow_null=True, example="50000.00")
    annual_rate = FractionField(source="approved_rate.fraction", allow_null=True, default=None)
    valid_until = DayField(allow_null=True, example="2026-12-03")
    created_at = InstantField()
    submitted_at = InstantField(allow_null=True)
    decided_at = InstantField(allow_null=True)
    closed_at = InstantField(allow_null=True)


class ReasonShape(serializers.Serializer[Any]):
    """A reason the merchant may be told, the weightiest first."""

    code = TextField(example="RECEIPTS_TOO_FEW_DAYS")
    rank = WholeField()
    text = ChosenTextField(example="近 90 天有收款的天数不足。")


class DecisionShape(ObjectShape):
    """The outcome of an assessment; no score and no rule of the bank is in it."""

    id = IdField("dec", source="decision_id")
    object = ConstantField("decision")
    application = IdField("app", source="application_id")
    outcome = CodeField(["approved", "declined", "in_review"])
    approved_amount = AmountField(allow_null=True, example="30000.00")
    annual_rate = FractionField(source="annual_rate.fraction", allow_null=True, default=None)
    counter_offer = AmountField(
        allow_null=True, example="30000.00", help_text="Set when it is less than asked."
    )
    reason_codes = ReasonShape(many=True, source="reasons")
    decided_by = CodeField(["auto", "manual"])
    decided_at = InstantField(allow_null=True)
    policy_version = TextField(source="strategy_version", example="1")
    inputs_hash = TextField(example="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    valid_until = DayField(allow_null=True, example="2026-12-03")


class WithdrawBody(Body):
    """Why; nothing is asked for."""

    reason = TextField(required=False, default="withdrawn_by_borrower", max_length=60)


SUBMITTING: Final = (
    ProductNotFound,
    OfferNotFound,
    OfferExpired,
    OfferStateConflict,
    ConsentRequired,
    ConsentRevoked,
    ConsentExpired,
    applications.AmountOutOfRange,
    TenorMissing,
    applications.TermNotOffered,
    applications.PurposeForbidden,
    applications.PurposeNotOffered,
    CostCapExceeded,
    RuleMissing,
    applications.OutOfArea,
    applications.OfferMismatch,
    applications.DuplicateExternalId,
    applications.ApplicationInProgress,
    applications.LineOpen,
)


def have_assessed(found: ApplicationView, context: SceneContext) -> None:
    """Have an application assessed once it is committed.

    Where a sandbox is to have no answer at first, nobody is told: the sweep then makes up for the job.
    """
    if not context.livemode:
        business = get_enterprise(enterprise_id=found.enterprise_id, scene_id=context.scene_id)
        if business.registration_no in LOST:
            return
    enqueue("jobs.assess", schema=context.bank_schema, application_id=str(found.id))


class Applications(Resource):
    """`/v1/applications`."""

    @call(
        "Submit an application",
        scope="applications:write",
        request=ApplicationBody,
        answer=ApplicationShape,
        status=201,
        new_business=True,
        refusals=(EnterpriseNotFound, *SUBMITTING),
        description=(
            "Answered as `submitted`; the assessment runs right after and its outcome is in "
            "`GET /v1/applications/{id}/decision` and in an event, normally within a second. With "
            "`submit: false` answered as `draft`: change it with PATCH, then submit it."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Take in an application and have it assessed once it is committed, or keep it as a draft."""
        members = self.members(request)
        asked = {
            "scene_id": context.scene_id,
            "enterprise_id": members["business"],
            "product_code": members["product"],
            "amount": members["amount"],
            "tenor_days": members.get("tenor_days"),
            "purpose": members["purpose"],
            "offer_id": members.get("offer"),
            "external_id": members.get("external_id"),
            "now": context.now,
            "business_date": context.business_date,
        }
        if not members["submit"]:
            draft = applications.draft_application(**asked)
            pin(draft.public_id, members["metadata"], context)
            return one(ApplicationShape, draft, context, 201)
        found = applications.submit_application(**asked)
        pin(found.public_id, members["metadata"], context)
        have_assessed(found, context)
        return one(ApplicationShape, found, context, 201)

    @call(
        "List applications",
        scope="applications:read",
        query=MadeQuery.of(
            "app",
            external_id=external_id(),
            business=IdField("biz", required=False),
            status=CodeField(STATUSES, required=False),
        ),
        answer=ApplicationShape,
        expand=("business", "offer"),
        many=True,
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List this scene's applications and drafts, newest first."""
        asked = self.filters(request)
        found = queries.applications_and_drafts(
            scene_id=context.scene_id,
            enterprise_id=asked.get("business"),
            status=asked.get("status"),
            after=asked.get("after"),
            external_id=asked.get("external_id"),
            **window(asked),
            limit=asked["limit"] + 1,
        )
        return page(ApplicationShape, found, context, limit=asked["limit"])


class Application(Resource):
    """`/v1/applications/{application_id}`."""

    @call(
        "Get an application",
        scope="applications:read",
        answer=ApplicationShape,
        expand=("business", "offer"),
        refusals=(queries.ApplicationNotFound,),
    )
    def handle_get(self, request: Request, context: SceneContext, application_id: str) -> Answer:
        """Return one application of this scene."""
        found = queries.application_or_draft(
            application_id=parse_id("app", application_id), scene_id=context.scene_id
        )
        return one(ApplicationShape, found, context)

    @call(
        "Change a draft",
        scope="applications:write",
        request=ApplicationChanges,
        answer=ApplicationShape,
        needs_match=True,
        refusals=(
            queries.ApplicationNotFound,
            StateConflict,
            ProductNotFound,
            OfferNotFound,
            applications.DuplicateExternalId,
        ),
        description=(
            "A draft may be changed until it is submitted. `If-Match` says which state of it was read: "
            "412 `etag_mismatch` when it has changed since, and nothing is lost."
        ),
    )
    def handle_patch(self, request: Request, context: SceneContext, application_id: str) -> Answer:
        """Change a draft, if it is still what the caller read."""
        wanted = wanted_match(request)
        members = self.members(request)
        require_known(ApplicationChanges, members, context)  # another's is unknown, whatever else is wrong
        named = {"application_id": parse_id("app", application_id), "scene_id": context.scene_id}
        held = applications.hold_draft(**named)
        require_match(wanted, one(ApplicationShape, held, context).body["etag"])
        metadata = members.pop("metadata", None)
        changes = {COLUMN_OF.get(name, name): value for name, value in members.items()}
        found = applications.change_draft(**named, changes=changes, business_date=context.business_date)
        if metadata is not None:
            pin(found.public_id, metadata, context)
        return one(ApplicationShape, found, context)


class Submission(Resource):
    """`/v1/applications/{application_id}/submit`."""

    @call(
        "Submit a draft",
        scope="applications:write",
        request=EmptyBody,
        answer=ApplicationShape,
        new_business=True,
        refusals=(queries.ApplicationNotFound, StateConflict, *SUBMITTING),
        description="The draft becomes an application of the same id; refused, it stays a draft.",
    )
    def handle_post(self, request: Request, context: SceneContext, application_id: str) -> Answer:
        """Submit a draft and have it assessed once it is committed."""
        self.members(request)
        found = applications.submit_draft(
            application_id=parse_id("app", application_id),
            scene_id=context.scene_id,
            now=context.now,
            business_date=context.business_date,
        )
        have_assessed(found, context)
        return one(ApplicationShape, found, context)


class Decision(Resource):
    """`/v1/applications/{application_id}/decision`."""

    @call(
        "Get an application's decision",
        scope="decisions:read",
        answer=DecisionShape,
        refusals=(queries.ApplicationNotFound, queries.DecisionPending),
        description="A declined credit is 200 with `outcome: declined`; 409 while nothing is decided.",
    )
    def handle_get(self, request: Request, context: SceneContext, application_id: str) -> Answer:
        """Return the outcome with the reasons that may be told."""
        found = queries.get_decision(
            application_id=parse_id("app", application_id), scene_id=context.scene_id
        )
        return one(DecisionShape, found, context)


class Withdrawal(Resource):
    """`/v1/applications/{application_id}/withdraw`."""

    @call(
        "Withdraw an application",
        scope="applications:write",
        request=WithdrawBody,
        answer=ApplicationShape,
        refusals=(queries.ApplicationNotFound, StateConflict),
    )
    def handle_post(self, request: Request, context: SceneContext, application_id: str) -> Answer:
        """Close an application the merchant no longer wants."""
        members = self.members(request)
        named = {"application_id": parse_id("app", application_id), "scene_id": context.scene_id}
        draft = applications.withdraw_draft(**named, now=context.now)
        found = draft or applications.withdraw_application(**named, reason=members["reason"], now=context.now)
        return one(ApplicationShape, found, context)
