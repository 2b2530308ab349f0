"""Businesses: the enterprises a scene introduces, and their accounts (`api.md`, section 2)."""

from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.calls import call
from interfaces.scene.etags import TaggedShape, require_match, wanted_match
from interfaces.scene.fields import CodeField, DayField, IdField, InstantField, TextField
from interfaces.scene.parsing import Body
from interfaces.scene.resource import Resource, envelope, one, page, shown
from interfaces.scene.shapes import MadeQuery, ObjectShape, external_id, window
from kernel.ids import parse_id
from parties.enterprises import identifiers, queries
from parties.enterprises import operations as enterprises
from parties.enterprises.views import PersonDraft


class PersonBody(Body):
    """The legal representative; the numbers are sealed in the bank's schema and only ever shown masked."""

    name = TextField(max_length=100, example="示例经营者")
    id_number = TextField(max_length=18, example="331002199507220004")
    phone = TextField(max_length=14, example="13800001234")


class BusinessBody(Body):
    """An enterprise to introduce."""

    external_id = TextField(
        max_length=100, example="shop-204", help_text="The scene's own id of the merchant."
    )
    legal_name = TextField(max_length=200, example="示例拉面馆")
    registration_no = TextField(max_length=18, example="92331002MA00000QX0", help_text="统一社会信用代码")
    industry = TextField(max_length=10, example="H6210", help_text="GB/T 4754.")
    area_code = TextField(max_length=6, example="331002", help_text="GB/T 2260.")
    opened_date = DayField(example="2021-04-01")
    representative = PersonBody(required=False)


class BusinessChanges(Body):
    """What to correct of a business; what is left out stays."""

    external_id = TextField(max_length=100, required=False, example="shop-204")
    legal_name = TextField(max_length=200, required=False, example="示例拉面馆")
    industry = TextField(max_length=10, required=False, example="H6210", help_text="GB/T 4754.")
    area_code = TextField(max_length=6, required=False, example="331002", help_text="GB/T 2260.")
    opened_date = DayField(required=False, example="2021-04-01")


class PersonShape(serializers.Serializer[object]):
    """A representative, masked."""

    name = TextField(example="示例经营者")
    id_number = TextField(source="id_number_masked", example="331002********0004")
    phone = TextField(source="phone_masked", example="138****1234")
    warnings = serializers.ListField(child=TextField(example="area_code_younger_than_birth"))


class BusinessShape(TaggedShape):
    """An enterprise as this scene introduced it."""

    id = IdField("biz")
    object = ConstantField("business")
    external_id = TextField(example="shop-204")
    legal_name = TextField(example="示例拉面馆")
    registration_no = TextField(example="92331002MA00000QX0")
    kind = CodeField(["firm", "individual", "cooperative", "other"], example="individual")
    industry = TextField(example="H6210")
    area_code = TextField(example="331002")
    opened_date = DayField(example="2021-04-01")
    representative = PersonShape(allow_null=True)
    created_at = InstantField()


class BankAccountBody(Body):
    """An account of the business, to be paid out to and collected from."""

    account_number = TextField(max_length=32, example="6222000000000009")
    bank_name = TextField(max_length=100, example="示例银行")
    holder_name = TextField(max_length=200, example="示例拉面馆")
    kind = CodeField([kind.value for kind in identifiers.AccountKind], required=False)


class BankAccountShape(ObjectShape):
    """An account, masked to its last four digits."""

    id = IdField("acc")
    object = ConstantField("bank_account")
    business = IdField("biz", source="enterprise_id")
    kind = CodeField([kind.value for kind in identifiers.AccountKind])
    account_number = TextField(source="account_number_masked", example="****0009")
    bank_name = TextField(example="示例银行")
    holder_name = TextField(example="示例拉面馆")
    created_at = InstantField()


PARTICULARS = (
    identifiers.RegistrationNumberInvalid,
    identifiers.IdNumberInvalid,
    identifiers.PhoneInvalid,
    identifiers.AreaCodeInvalid,
    identifiers.IndustryInvalid,
    enterprises.OpenedInFuture,
    enterprises.IdentityConflict,
    enterprises.DuplicateExternalId,
    enterprises.AlreadyIntroduced,
)


class Businesses(Resource):
    """`/v1/businesses`."""

    @call(
        "Introduce a business",
        scope="businesses:write",
        request=BusinessBody,
        answer=BusinessShape,
        status=201,
        new_business=True,
        refusals=PARTICULARS,
        description="The same business twice is the same object; other particulars for it are refused.",
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Introduce a business."""
        members = self.members(request)
        person = members.pop("representative", None)
        business = enterprises.register_enterprise(
            scene_id=context.scene_id,
            **members,
            representative=PersonDraft(**person) if person else None,
            now=context.now,
        )
        return one(BusinessShape, business, context, 201)

    @call(
        "List businesses",
        scope="businesses:read",
        query=MadeQuery.of("biz", external_id=external_id()),
        answer=BusinessShape,
        many=True,
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List the businesses this scene introduced."""
        asked = self.filters(request)
        found = queries.enterprises_page(
            scene_id=context.scene_id,
            after=asked.get("after"),
            external_id=asked.get("external_id"),
            **window(asked),
            limit=asked["limit"] + 1,
        )
        return page(BusinessShape, found.rows, context, limit=asked["limit"])


class Business(Resource):
    """`/v1/businesses/{business_id}`."""

    @call(
        "Get a business",
        scope="businesses:read",
        answer=BusinessShape,
        refusals=(queries.EnterpriseNotFound,),
    )
    def handle_get(self, request: Request, context: SceneContext, business_id: str) -> Answer:
        """Return one business of this scene."""
        found = queries.get_enterprise(enterprise_id=parse_id("biz", business_id), scene_id=context.scene_id)
        return one(BusinessShape, found, context)

    @call(
        "Correct a business",
        scope="businesses:write",
        request=BusinessChanges,
        answer=BusinessShape,
        needs_match=True,
        refusals=(
            queries.EnterpriseNotFound,
            identifiers.AreaCodeInvalid,
            identifiers.IndustryInvalid,
            enterprises.OpenedInFuture,
            enterprises.DuplicateExternalId,
            enterprises.SharedEnterprise,
        ),
        description=(
            "For what was typed wrong: never the credit code or the representative, and of a business that "
            "another scene introduced too only your own `external_id`. `If-Match` says which state was read."
        ),
    )
    def handle_patch(self, request: Request, context: SceneContext, business_id: str) -> Answer:
        """Correct a business, if it is still what the caller read."""
        wanted = wanted_match(request)
        members = self.members(request)
        named = {"enterprise_id": parse_id("biz", business_id), "scene_id": context.scene_id}
        held = enterprises.hold_enterprise(**named)
        require_match(wanted, one(BusinessShape, held, context).body["etag"])
        found = enterprises.correct_enterprise(
            **named, changes=members, corrected_by=f"scene {context.scene_code}", now=context.now
        )
        return one(BusinessShape, found, context)


class BankAccounts(Resource):
    """`/v1/businesses/{business_id}/bank_accounts`."""

    @call(
        "Add a bank account",
        scope="businesses:write",
        request=BankAccountBody,
        answer=BankAccountShape,
        status=201,
        refusals=(
            queries.EnterpriseNotFound,
            identifiers.AccountNumberInvalid,
            enterprises.IdentityConflict,
        ),
    )
    def handle_post(self, request: Request, context: SceneContext, business_id: str) -> Answer:
        """Add an account; the number is answered masked."""
        members = self.members(request)
        business = queries.get_enterprise(
            enterprise_id=parse_id("biz", business_id), scene_id=context.scene_id
        )
        account = enterprises.add_bank_account(enterprise_id=business.id, **members, now=context.now)
        return one(BankAccountShape, account, context, 201)

    @call(
        "List bank accounts",
        scope="businesses:read",
        answer=BankAccountShape,
        many=True,
        refusals=(queries.EnterpriseNotFound,),
    )
    def handle_get(self, request: Request, context: SceneContext, business_id: str) -> Answer:
        """List a business's accounts, oldest first."""
        business = queries.get_enterprise(
            enterprise_id=parse_id("biz", business_id), scene_id=context.scene_id
        )
        accounts = queries.bank_accounts(enterprise_id=business.id)
        return Answer(
            200, envelope([shown(BankAccountShape, row, context) for row in accounts], has_more=False)
        )
