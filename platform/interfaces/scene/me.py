"""Who a token speaks for, and the reasons a decision may give."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.scene.answer_fields import ChosenTextField, ConstantField
from interfaces.scene.calls import ANY_SCOPE, call
from interfaces.scene.fields import DayField, IdField, TextField
from interfaces.scene.resource import Resource, envelope, one, shown
from interfaces.scene.shapes import ObjectShape
from risk.rules.reasons import REASONS
from tenants.access.scopes import SCOPES

TOLD = sorted(code for code, reason in REASONS.items() if reason.disclosed and reason.borrower_en)


class MeShape(ObjectShape):
    """The token at hand: whose it is, at which bank, and what it may do."""

    object = ConstantField("me")
    scene = IdField("scn", source="scene_id")
    scene_code = TextField(example="xianlian")
    client = TextField(source="client_id", example="cli_7c0f3b8d9e2a41c6")
    scopes = serializers.ListField(child=TextField(example="loans:read"), help_text=f"Of {len(SCOPES)}.")
    business_date = DayField(help_text="The bank's.")


class ReasonCodeShape(serializers.Serializer[Any]):
    """A reason that a borrower may be told, in the words to tell it in."""

    code = TextField(example="history_short")
    text = ChosenTextField(example="您的收款历史时间较短")


class _Told:
    """A reason with the texts for borrowers under the names a field looks for."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.text_en, self.text_zh = REASONS[code].borrower_en, REASONS[code].borrower_zh


class Me(Resource):
    """`/v1/me`."""

    @call("Describe the token", scope=ANY_SCOPE, answer=MeShape)
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """Say whose the token is, for which bank and with which scopes."""
        said = {
            "scene_id": context.scene_id,
            "scene_code": context.scene_code,
            "client_id": context.client_id,
            "scopes": sorted(context.scopes),
            "business_date": context.business_date,
        }
        return one(MeShape, said, context)


class ReasonCodes(Resource):
    """`/v1/reason_codes`: those that are told; a suspicion is not."""

    @call("List reason codes", scope="banks:read", answer=ReasonCodeShape, many=True)
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List every reason a decision may give, by code; texts are in the language of `Accept-Language`."""
        rows = [shown(ReasonCodeShape, _Told(code), context) for code in TOLD]
        return Answer(200, envelope(rows, has_more=False))
