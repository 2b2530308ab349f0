"""Embed sessions: half an hour in which one business may use the bank's frame in the scene's page (S2-33)."""

from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.scene.addresses import bank_address
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.calls import call
from interfaces.scene.fields import CodeField, IdField, InstantField, TextField
from interfaces.scene.parsing import Body
from interfaces.scene.resource import Resource, one
from interfaces.scene.shapes import ObjectShape
from openbanking.embed_sessions import operations as sessions
from openbanking.embed_sessions.components import Component
from openbanking.embed_sessions.queries import SessionView
from parties.enterprises.queries import EnterpriseNotFound, get_enterprise
from plumbing.schemas import public_schema
from tenants.scenes.queries import ReturnUrlRefused, require_allowed

LOCALES = [code for code, _ in settings.LANGUAGES]
_EXAMPLE = "ecs_3Yq0Vn1mX4bT7cR2kL9pW6sD5fG8hJ0aZ-eU_iOyQtE"


class EmbedSessionBody(Body):
    """Whom the frame is for and what it shows. Where it may be shown is registered, never said in a call."""

    business = IdField("biz")
    components = serializers.ListField(
        child=CodeField(Component.values, example=Component.APPLICATION.value), min_length=1, max_length=3
    )
    locale = CodeField(LOCALES, required=False, default=LOCALES[0])
    return_url = TextField(
        max_length=500,
        required=False,
        default="",
        example="https://pos.example/credit",
        help_text="Where the hosted page leads back to; it must lie on one of the scene's allowed origins.",
    )


class EmbedSessionShape(ObjectShape):
    """A session. Hand `url` and `client_secret` to the merchant's browser, and to nobody else."""

    id = IdField("ems")
    object = ConstantField("embed_session")
    business = IdField("biz", source="enterprise_id")
    components = serializers.ListField(child=CodeField(Component.values, example=Component.APPLICATION.value))
    locale = CodeField(LOCALES)
    return_url = TextField(example="https://pos.example/credit")
    client_secret = TextField(
        allow_null=True,
        example=_EXAMPLE,
        help_text="Exchanged once, by the frame. Null in a replay.",
    )
    url = TextField(
        allow_null=True,
        example=f"https://qinglan.sluice.example/embed/ems_01JZ…#cs={_EXAMPLE}",
        help_text="The frame, and the hosted page: open it top-level where nothing can be embedded.",
    )
    created_at = InstantField()
    expires_at = InstantField(example="2026-11-03T01:30:00Z")


class _Opened:
    """A session with what is told only once."""

    def __init__(self, session: SessionView, secret: str, url: str) -> None:
        self._session, self.client_secret, self.url = session, secret, url

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


class EmbedSessions(Resource):
    """`/v1/embed_sessions`."""

    def remembered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Keep the answer without its secret: no table holds it in clear."""
        return {**body, "client_secret": None, "url": None} if "client_secret" in body else body

    @call(
        "Open an embed session",
        scope="embed:write",
        request=EmbedSessionBody,
        answer=EmbedSessionShape,
        status=201,
        refusals=(
            EnterpriseNotFound,
            ReturnUrlRefused,
            sessions.ComponentUnknown,
            sessions.ScopesInsufficient,
        ),
        description=(
            "Half an hour, one business, and never more than the token itself may do. Call it from your "
            "server when the merchant opens the page, and again when the frame says `session_expired`."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Open a session and tell its secret this once."""
        members = self.members(request)
        get_enterprise(enterprise_id=members["business"], scene_id=context.scene_id)
        if members["return_url"]:
            with public_schema():
                require_allowed(scene_id=context.scene_id, address=members["return_url"])
        session, secret = sessions.open_session(
            scene_id=context.scene_id,
            client_id=context.client_id,
            allowed_scopes=context.scopes,
            enterprise_id=members["business"],
            components=members["components"],
            locale=members["locale"],
            return_url=members["return_url"],
            now=context.now,
        )
        url = bank_address(request, context, f"/embed/{session.public_id}#cs={secret}")
        return one(EmbedSessionShape, _Opened(session, secret, url), context, 201)
