"""Webhook endpoints: where a scene wants to be told, and how the telling went (Standard Webhooks, v1)."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from connectors.webhooks.target import UrlRefused, check_form
from interfaces.door import Answer, SceneContext, enqueue
from interfaces.event_body import EVENT_TYPES
from interfaces.scene.calls import call
from interfaces.scene.fields import (
    CodeField,
    ConstantField,
    IdField,
    InstantField,
    QueryWholeField,
    TextField,
    WholeField,
)
from interfaces.scene.offers import EmptyBody
from interfaces.scene.parsing import Body
from interfaces.scene.resource import Resource, envelope, one, shown
from interfaces.scene.shapes import DEFAULT_LIMIT, MAX_LIMIT, ObjectShape
from kernel.ids import parse_id, public_id
from plumbing.outbox import operations as outbox
from plumbing.outbox import queries

_SECRET_EXAMPLE = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # noqa: S105 - an example


class EndpointBody(Body):
    """Where to send events, and which."""

    url = TextField(max_length=500, example="https://scene.example/sluice/events")
    event_types = serializers.ListField(
        child=CodeField(sorted(EVENT_TYPES), example="drawdown.paid_out"),
        required=False,
        default=list,
        max_length=100,
        help_text="Empty: every type.",
    )


class EndpointShape(ObjectShape):
    """An endpoint, without its secret."""

    id = IdField("whe")
    object = ConstantField("webhook_endpoint")
    url = TextField(example="https://scene.example/sluice/events")
    event_types = serializers.ListField(child=TextField(example="drawdown.paid_out"))
    format = ConstantField("standard")
    signing = ConstantField("v1")
    status = CodeField(["enabled", "disabled"])
    disabled_reason = TextField(example="", help_text="`gone`, `failing` or `deleted`.")
    created_at = InstantField()


class SecretShape(serializers.Serializer[Any]):
    """The endpoint with its secret: shown this once."""

    id = IdField("whe")
    object = ConstantField("webhook_endpoint_secret")
    secret = TextField(example=_SECRET_EXAMPLE, allow_null=True, help_text="Null when the call is replayed.")
    endpoint = EndpointShape()


class DeliveryShape(ObjectShape):
    """How one event's way to one endpoint went so far."""

    id = IdField("whd")
    object = ConstantField("webhook_delivery")
    endpoint = IdField("whe", source="endpoint_id")
    event = IdField("evt", source="event_id")
    subject = TextField(example="drw_01JEHV5GYMFSF8MTVWHT7G38DJ")
    status = CodeField(["pending", "delivered", "failed"], example="delivered")
    attempt_count = WholeField(example=1)
    next_attempt_at = InstantField()
    last_status_code = WholeField(allow_null=True, example=200)
    last_error = TextField(example="")
    delivered_at = InstantField(allow_null=True)


class DeliveryQuery(Body):
    """Which deliveries: the newest, of one endpoint if asked."""

    endpoint = IdField("whe", required=False)
    limit = QueryWholeField(required=False, default=DEFAULT_LIMIT, min_value=1, max_value=MAX_LIMIT)


class ShowsSecret(Resource):
    """A call whose answer shows a secret: a replay does not, so that no table holds it in clear."""

    def remembered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Keep the answer without its secret."""
        return {**body, "secret": None} if "secret" in body else body


class WebhookEndpoints(ShowsSecret):
    """`/v1/webhook_endpoints`."""

    @call(
        "Register a webhook endpoint",
        scope="webhooks:write",
        request=EndpointBody,
        answer=SecretShape,
        status=201,
        refusals=(UrlRefused,),
        description="The secret is answered once. Only public https addresses are called, never redirects.",
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Register an endpoint and answer its secret."""
        members = self.members(request)
        check_form(members["url"])
        endpoint, secret = outbox.register_endpoint(
            scene_id=context.scene_id,
            url=members["url"],
            event_types=members["event_types"],
            now=context.now,
        )
        shape = {"id": endpoint.id, "secret": secret, "endpoint": endpoint}
        return one(SecretShape, shape, context, 201)

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
        refusals=(queries.EndpointUnknown,),
        description="The secret before signs beside the new one for 24 hours.",
    )
    def handle_post(self, request: Request, context: SceneContext, endpoint_id: str) -> Answer:
        """Give an endpoint a new secret."""
        self.members(request)
        key = parse_id("whe", endpoint_id)
        secret = outbox.rotate_secret(endpoint_id=key, scene_id=context.scene_id, now=context.now)
        endpoint = queries.get_endpoint(endpoint_id=key, scene_id=context.scene_id)
        return one(SecretShape, {"id": key, "secret": secret, "endpoint": endpoint}, context)


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
        found = queries.get_endpoint(endpoint_id=parse_id("whe", endpoint_id), scene_id=context.scene_id)
        subject = public_id("whe", found.id)
        outbox.emit(
            type="webhook_endpoint.ping",
            subject=subject,
            data={"id": subject, "object": "webhook_endpoint", "status": found.status},
            scene_id=context.scene_id,
            now=context.now,
        )
        enqueue("jobs.relay_outbox", schema=context.bank_schema)
        return one(EndpointShape, found, context, 202)


class WebhookDeliveries(Resource):
    """`/v1/webhook_deliveries`."""

    @call(
        "List webhook deliveries",
        scope="webhooks:read",
        query=DeliveryQuery,
        answer=DeliveryShape,
        many=True,
        refusals=(queries.EndpointUnknown,),
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List the newest deliveries to this scene's endpoints."""
        asked = self.filters(request)
        if "endpoint" in asked:
            queries.get_endpoint(endpoint_id=asked["endpoint"], scene_id=context.scene_id)
        rows = queries.deliveries(
            scene_id=context.scene_id, endpoint_id=asked.get("endpoint"), limit=asked["limit"]
        )
        return Answer(200, envelope([shown(DeliveryShape, row, context) for row in rows], has_more=False))
