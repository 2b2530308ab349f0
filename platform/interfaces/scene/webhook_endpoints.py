"""Webhook endpoints: where a scene wants to be told, in which form, and signed how (Standard Webhooks)."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from connectors.webhooks.target import UrlRefused, check_form
from interfaces.door import Answer, SceneContext, enqueue
from interfaces.event_body import API_VERSION
from interfaces.event_types import EVENT_TYPES
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.calls import call
from interfaces.scene.fields import CodeField, IdField, InstantField, MetadataField, TextField
from interfaces.scene.offers import EmptyBody
from interfaces.scene.parsing import Body
from interfaces.scene.resource import Resource, envelope, one, shown
from interfaces.scene.shapes import ObjectShape
from kernel.ids import parse_id
from kernel.refusals import Kind, Refusal
from plumbing.outbox import operations as outbox
from plumbing.outbox import queries

_SECRET_EXAMPLE = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # noqa: S105 - an example


_SIMULATED = (
    "In a sandbox `sluice_fail`, as `500:3`, has the endpoint simulated: each message fails three times with "
    "that status, then arrives, and nothing is sent anywhere."
)


class SimulationLive(Refusal):
    """At a live bank an endpoint is called."""

    code = "outbox.simulation_live"
    kind = Kind.FORBIDDEN
    message = "Only a sandbox bank simulates an endpoint: leave sluice_fail out."


def require_sandbox(members: Mapping[str, Any], context: SceneContext) -> None:
    """Refuse metadata that would have an endpoint of a live bank simulated."""
    if context.livemode and outbox.MARK in members.get("metadata", {}):
        raise SimulationLive


def _types(**kwargs: Any) -> serializers.ListField:
    return serializers.ListField(
        child=CodeField(sorted(EVENT_TYPES), example="drawdown.paid_out"),
        required=False,
        max_length=100,
        help_text="Empty: every type.",
        **kwargs,
    )


class EndpointBody(Body):
    """Where to send events, which, in which form, and signed how."""

    url = TextField(max_length=500, example="https://scene.example/sluice/events")
    event_types = _types(default=list)
    format = CodeField(
        ["standard", "cloudevents"],
        required=False,
        default="standard",
        help_text="`cloudevents`: CloudEvents 1.0, structured JSON.",
    )
    signing = CodeField(
        ["v1", "v1a"],
        required=False,
        default="v1",
        help_text="`v1`: HMAC-SHA256 with a shared secret. `v1a`: Ed25519, checked with a public key.",
    )
    api_version = CodeField(
        [API_VERSION], required=False, default=API_VERSION, help_text="What events are written in, for good."
    )
    metadata = MetadataField(required=False, default=dict, help_text=_SIMULATED)


class EndpointChanges(Body):
    """What to change of an endpoint; what is left out stays."""

    url = TextField(max_length=500, required=False, example="https://scene.example/sluice/events")
    event_types = _types()
    api_version = CodeField([API_VERSION], required=False)
    status = CodeField(["enabled", "disabled"], required=False)
    metadata = MetadataField(required=False, help_text=_SIMULATED)


class EndpointShape(ObjectShape):
    """An endpoint, without its secret."""

    id = IdField("whe")
    object = ConstantField("webhook_endpoint")
    url = TextField(example="https://scene.example/sluice/events")
    event_types = serializers.ListField(child=TextField(example="drawdown.paid_out"))
    format = CodeField(["standard", "cloudevents"])
    signing = CodeField(["v1", "v1a"])
    public_key = TextField(
        allow_null=True,
        source="shown_public_key",
        example="whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        help_text="With `v1a`: the key that signatures are checked with.",
    )
    api_version = CodeField([API_VERSION])
    status = CodeField(["enabled", "disabled"])
    disabled_reason = TextField(example="", help_text="`gone`, `failing`, `asked` or `deleted`.")
    failing_since_at = InstantField(allow_null=True, help_text="Since when no call has succeeded.")
    paused_until_at = InstantField(
        allow_null=True,
        source="open_until_at",
        help_text="After failures in a row nothing is sent before then; one trial follows.",
    )
    metadata = MetadataField()
    created_at = InstantField()


class SecretShape(serializers.Serializer[Any]):
    """The endpoint with its secret: shown this once."""

    id = IdField("whe")
    object = ConstantField("webhook_endpoint_secret")
    secret = TextField(
        example=_SECRET_EXAMPLE,
        allow_null=True,
        help_text="Null with `v1a`, which has a public key instead, and when the call is replayed.",
    )
    endpoint = EndpointShape()


class ShowsSecret(Resource):
    """A call whose answer shows a secret: a replay does not, so that no table holds it in clear."""

    def remembered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Keep the answer without its secret."""
        return {**body, "secret": None} if "secret" in body else body


def _with_secret(
    endpoint: queries.EndpointView, secret: str, context: SceneContext, status: int = 200
) -> Answer:
    shape = {"id": endpoint.id, "secret": secret or None, "endpoint": endpoint}
    return one(SecretShape, shape, context, status)


class WebhookEndpoints(ShowsSecret):
    """`/v1/webhook_endpoints`."""

    @call(
        "Register a webhook endpoint",
        scope="webhooks:write",
        request=EndpointBody,
        answer=SecretShape,
        status=201,
        refusals=(UrlRefused, SimulationLive, outbox.SimulationInvalid),
        description="The secret is answered once. Only public https addresses are called, never redirects.",
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Register an endpoint and answer its secret."""
        members = self.members(request)
        check_form(members["url"])
        require_sandbox(members, context)
        endpoint, secret = outbox.register_endpoint(
            scene_id=context.scene_id,
            url=members["url"],
            event_types=members["event_types"],
            signing=members["signing"],
            format=members["format"],
            api_version=members["api_version"],
            metadata=members["metadata"],
            now=context.now,
        )
        return _with_secret(endpoint, secret, context, 201)

    @call("List webhook endpoints", scope="webhooks:read", answer=EndpointShape, many=True)
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List this scene's endpoints, oldest first."""
        rows = queries.endpoints(scene_id=context.scene_id)
        return Answer(200, envelope([shown(EndpointShape, row, context) for row in rows], has_more=False))


class WebhookEndpoint(Resource):
    """`/v1/webhook_endpoints/{endpoint_id}`."""

    @call(
        "Get a webhook endpoint",
        scope="webhooks:read",
        answer=EndpointShape,
        refusals=(queries.EndpointUnknown,),
    )
    def handle_get(self, request: Request, context: SceneContext, endpoint_id: str) -> Answer:
        """Return one endpoint of this scene."""
        found = queries.get_endpoint(endpoint_id=parse_id("whe", endpoint_id), scene_id=context.scene_id)
        return one(EndpointShape, found, context)

    @call(
        "Change a webhook endpoint",
        scope="webhooks:write",
        request=EndpointChanges,
        answer=EndpointShape,
        refusals=(
            queries.EndpointUnknown,
            UrlRefused,
            outbox.EndpointDeleted,
            SimulationLive,
            outbox.SimulationInvalid,
        ),
        description="Another address, or enabling, begins with a clean record; replay what it missed.",
    )
    def handle_patch(self, request: Request, context: SceneContext, endpoint_id: str) -> Answer:
        """Change the address, the types, the version, or whether anything is sent."""
        members = self.members(request)
        if "url" in members:
            check_form(members["url"])
        require_sandbox(members, context)
        status = members.pop("status", None)
        found = outbox.change_endpoint(
            endpoint_id=parse_id("whe", endpoint_id),
            scene_id=context.scene_id,
            enabled=None if status is None else status == "enabled",
            now=context.now,
            **members,
        )
        return one(EndpointShape, found, context)

    @call(
        "Delete a webhook endpoint",
        scope="webhooks:write",
        answer=EndpointShape,
        refusals=(queries.EndpointUnknown,),
        description="Nothing more is sent; the endpoint stays visible, disabled, beside its deliveries.",
    )
    def handle_delete(self, request: Request, context: SceneContext, endpoint_id: str) -> Answer:
        """Stop sending to an endpoint for good."""
        found = outbox.disable_endpoint(
            endpoint_id=parse_id("whe", endpoint_id),
            scene_id=context.scene_id,
            reason="deleted",
            now=context.now,
        )
        return one(EndpointShape, found, context)


class SecretRotation(ShowsSecret):
    """`/v1/webhook_endpoints/{endpoint_id}/rotate_secret`."""

    @call(
        "Rotate a webhook secret",
        scope="webhooks:write",
        request=EmptyBody,
        answer=SecretShape,
        refusals=(queries.EndpointUnknown, outbox.EndpointDeleted),
        description="The secret or key before signs beside the new one for 24 hours.",
    )
    def handle_post(self, request: Request, context: SceneContext, endpoint_id: str) -> Answer:
        """Give an endpoint a new secret."""
        self.members(request)
        endpoint, secret = outbox.rotate_secret(
            endpoint_id=parse_id("whe", endpoint_id), scene_id=context.scene_id, now=context.now
        )
        return _with_secret(endpoint, secret, context)


class Ping(Resource):
    """`/v1/webhook_endpoints/{endpoint_id}/ping`."""

    @call(
        "Ping a webhook endpoint",
        scope="webhooks:write",
        request=EmptyBody,
        answer=EndpointShape,
        status=202,
        refusals=(queries.EndpointUnknown,),
        description="Emits `webhook_endpoint.ping`, which goes to every endpoint that listens to it.",
    )
    def handle_post(self, request: Request, context: SceneContext, endpoint_id: str) -> Answer:
        """Send a ping through the whole way: outbox, relay, signature."""
        self.members(request)
        found = outbox.ping_endpoint(
            endpoint_id=parse_id("whe", endpoint_id), scene_id=context.scene_id, now=context.now
        )
        enqueue("jobs.relay_outbox", schema=context.bank_schema)
        return one(EndpointShape, found, context, 202)
