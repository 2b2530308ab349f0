"""Consents: who allowed which use of which data, until when, and how it ends (D-01, D-02)."""

from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.sandbox_values import EXPIRES, REJECTS
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.calls import call
from interfaces.scene.fields import CodeField, FactsField, FlagField, IdField, InstantField, TextField
from interfaces.scene.parsing import Body
from interfaces.scene.resource import Resource, envelope, one, shown
from interfaces.scene.shapes import ObjectShape
from kernel.ids import parse_id
from kernel.refusals import Refusal
from openbanking.consents import operations as consents
from openbanking.consents import queries
from openbanking.consents.catalogue import DATA_CLASSES, PURPOSES
from openbanking.consents.states import ConsentStatus
from openbanking.feed import operations as feed
from parties.enterprises.queries import EnterpriseNotFound, get_enterprise, ties_of
from plumbing.crypto import blind_index

_SHA256 = "[0-9a-f]{64}"
_EXAMPLE_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class ConsentRejected(Refusal):
    """Whoever answers that phone in the sandbox says no."""

    code = "consents.rejected"
    message = "The merchant did not give this consent."


class ConsentBody(Body):
    """A consent the scene obtained, with the evidence of it."""

    business = IdField("biz")
    purpose = CodeField(sorted(PURPOSES), example="credit_assessment")
    data_classes = serializers.ListField(
        child=CodeField(sorted(DATA_CLASSES), example="receipts"),
        min_length=1,
        max_length=10,
        help_text="A sensitive class stands alone in a consent of its own.",
    )
    recipient = TextField(example="青澜农商银行", help_text="The bank, as the merchant was told.")
    text_version = TextField(max_length=40, example="receipts-2026-10")
    text_sha256 = TextField(pattern=_SHA256, example=_EXAMPLE_HASH)
    expires_at = InstantField(example="2027-11-03T00:00:00Z")
    evidence = FactsField(example={"channel": "scene_page", "ip": "203.0.113.10", "confirmed": True})


class ConsentShape(ObjectShape):
    """A consent as it stands now."""

    id = IdField("cns")
    object = ConstantField("consent")
    business = IdField("biz", source="enterprise_id")
    purpose = CodeField(sorted(PURPOSES), example="credit_assessment")
    data_classes = serializers.ListField(child=CodeField(sorted(DATA_CLASSES), example="receipts"))
    recipient = TextField(example="青澜农商银行")
    text_version = TextField(example="receipts-2026-10")
    text_sha256 = TextField(example=_EXAMPLE_HASH)
    status = CodeField([status.value for status in ConsentStatus])
    created_at = InstantField(source="authorised_at")
    expires_at = InstantField(example="2027-11-03T00:00:00Z")
    ended_at = InstantField(allow_null=True)


class ConsentQuery(Body):
    """Whose consents."""

    business = IdField("biz")


class RevokeBody(Body):
    """Why, in the merchant's words, and whether the data goes too; nothing is asked for."""

    reason = TextField(required=False, default="")
    erase_data = FlagField(
        required=False,
        default=False,
        example=False,
        help_text="Erase what was sent under the consent and all that was made of it, unless another consent "
        "in force covers it. What a decision was made on stays in that decision's record.",
    )


class Consents(Resource):
    """`/v1/consents`."""

    @call(
        "Record a consent",
        scope="consents:write",
        request=ConsentBody,
        answer=ConsentShape,
        status=201,
        new_business=True,
        refusals=(
            EnterpriseNotFound,
            consents.DataClassNotAllowed,
            consents.BundleRefused,
            consents.TermsInvalid,
            consents.ConsentOverlaps,
            ConsentRejected,
        ),
        description="A newer consent for the same purpose and classes replaces the one before.",
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Record a consent under which data may be sent and used."""
        members = self.members(request)
        business = get_enterprise(enterprise_id=members.pop("business"), scene_id=context.scene_id)
        phone = "" if context.livemode else ties_of(enterprise_id=business.id).phone_index
        if phone and phone == blind_index(REJECTS):
            raise ConsentRejected
        classes = tuple(members.pop("data_classes"))
        consent = consents.grant_consent(
            enterprise_id=business.id,
            scene_id=context.scene_id,
            data_classes=classes,
            **members,
            now=context.now,
        )
        if phone and phone == blind_index(EXPIRES):
            consent = consents.expire_consent(
                consent_id=consent.id, scene_id=context.scene_id, now=context.now
            )
        return one(ConsentShape, consent, context, 201)

    @call(
        "List a business's consents",
        scope="consents:read",
        query=ConsentQuery,
        answer=ConsentShape,
        expand=("business",),
        many=True,
        refusals=(EnterpriseNotFound,),
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List the consents a business gave through this scene, newest first."""
        asked = self.filters(request)
        business = get_enterprise(enterprise_id=asked["business"], scene_id=context.scene_id)
        found = queries.consents_of(enterprise_id=business.id, scene_id=context.scene_id, now=context.now)
        return Answer(200, envelope([shown(ConsentShape, row, context) for row in found], has_more=False))


class Consent(Resource):
    """`/v1/consents/{consent_id}`."""

    @call(
        "Get a consent",
        scope="consents:read",
        answer=ConsentShape,
        refusals=(queries.ConsentNotFound,),
        expand=("business",),
    )
    def handle_get(self, request: Request, context: SceneContext, consent_id: str) -> Answer:
        """Return one consent of this scene."""
        found = queries.get_consent(
            consent_id=parse_id("cns", consent_id), scene_id=context.scene_id, now=context.now
        )
        return one(ConsentShape, found, context)


class ConsentRevocation(Resource):
    """`/v1/consents/{consent_id}/revoke`."""

    @call(
        "Revoke a consent",
        scope="consents:write",
        request=RevokeBody,
        answer=ConsentShape,
        refusals=(queries.ConsentNotFound, consents.ConsentStateConflict),
        description=(
            "One call, at any time; the next use of the data is refused. A debt that exists stays. A second "
            "call changes nothing, but for `erase_data`, which may be asked for afterwards."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext, consent_id: str) -> Answer:
        """Withdraw a consent, and erase its data if asked to."""
        members = self.members(request)
        found = consents.revoke_consent(
            consent_id=parse_id("cns", consent_id),
            scene_id=context.scene_id,
            reason=members["reason"],
            now=context.now,
        )
        if members["erase_data"]:
            feed.erase_data(
                enterprise_id=found.enterprise_id,
                scene_id=found.scene_id,
                data_classes=found.data_classes,
                erased_by=context.client_id,
                now=context.now,
            )
        return one(ConsentShape, found, context)
