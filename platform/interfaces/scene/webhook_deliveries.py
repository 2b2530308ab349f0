"""How events came to a scene's endpoints: every attempt, and sending again what was missed."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext, enqueue
from interfaces.event_types import EVENT_TYPES
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.calls import call
from interfaces.scene.fields import CodeField, FlagField, IdField, InstantField, TextField, WholeField
from interfaces.scene.parsing import Body
from interfaces.scene.resource import Resource, one, page
from interfaces.scene.shapes import ObjectShape, PageQuery
from kernel.ids import parse_id
from kernel.refusals import Kind, Refusal
from plumbing.outbox import operations as outbox
from plumbing.outbox import queries

_STATUSES = ("pending", "delivered", "failed")


class DeliveryShape(ObjectShape):
    """How one event's way to one endpoint went so far."""

    id = IdField("whd")
    object = ConstantField("webhook_delivery")
    endpoint = IdField("whe", source="endpoint_id")
    event = IdField("evt", source="event_id")
    event_type = TextField(example="drawdown.paid_out")
    subject = TextField(example="drw_01JEHV5GYMFSF8MTVWHT7G38DJ")
    sequence = WholeField(example=2, help_text="The event's place among those of its subject.")
    is_replay = FlagField(example=False, help_text="Sent again because it was asked for.")
    status = CodeField(_STATUSES, example="delivered")
    attempt_count = WholeField(example=1)
    next_attempt_at = InstantField(help_text="While it is pending.")
    last_status_code = WholeField(allow_null=True, example=200)
    last_error = TextField(example="")
    created_at = InstantField()
    delivered_at = InstantField(allow_null=True)


class AttemptShape(serializers.Serializer[Any]):
    """One time the event was sent, or could not be."""

    number = WholeField(example=1)
    attempted_at = InstantField()
    duration_ms = WholeField(example=42)
    status_code = WholeField(allow_null=True, example=503)
    error = TextField(example="", help_text="Why there was no answer.")
    response_excerpt = TextField(example="busy", help_text="What the answer began with, masked.")


class DeliveryDetailShape(DeliveryShape):
    """A delivery with every attempt."""

    attempts = AttemptShape(many=True)


class ReplayShape(ObjectShape):
    """What is sent again."""

    object = ConstantField("webhook_replay")
    endpoint = IdField("whe", source="endpoint_id")
    event_count = WholeField(example=12)


class WebhookDeliveries(Resource):
    """`/v1/webhook_deliveries`."""

    @call(
        "List webhook deliveries",
        scope="webhooks:read",
        query=PageQuery.of(
            "whd",
            endpoint=IdField("whe", required=False),
            event=IdField("evt", required=False),
            event_type=CodeField(sorted(EVENT_TYPES), required=False, example="drawdown.paid_out"),
            status=CodeField(_STATUSES, required=False, example="failed"),
        ),
        answer=DeliveryShape,
        many=True,
        refusals=(queries.EndpointUnknown, queries.EventUnknown, queries.DeliveryUnknown),
        description="Newest first.",
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List the newest deliveries to this scene's endpoints."""
        asked = self.filters(request)
        limit = asked.pop("limit")
        named = {name: asked.pop(name, None) for name in ("endpoint", "event")}
        if named["endpoint"] is not None:
            queries.get_endpoint(endpoint_id=named["endpoint"], scene_id=context.scene_id)
        if named["event"] is not None:
            queries.get_event(event_id=named["event"], scene_id=context.scene_id)
        rows = queries.deliveries(
            scene_id=context.scene_id,
            endpoint_id=named["endpoint"],
            event_id=named["event"],
            limit=limit + 1,
            **asked,
        )
        return page(DeliveryShape, rows, context, limit=limit)


class WebhookDelivery(Resource):
    """`/v1/webhook_deliveries/{delivery_id}`."""

    @call(
        "Get a webhook delivery",
        scope="webhooks:read",
        answer=DeliveryDetailShape,
        refusals=(queries.DeliveryUnknown,),
    )
    def handle_get(self, request: Request, context: SceneContext, delivery_id: str) -> Answer:
        """Return one delivery and its attempts."""
        found = queries.get_delivery(delivery_id=parse_id("whd", delivery_id), scene_id=context.scene_id)
        return one(DeliveryDetailShape, found, context)


class ReplayBody(Body):
    """Which events: by their ids, or what happened from one instant to before another."""

    event_ids = serializers.ListField(
        child=IdField("evt"), required=False, min_length=1, max_length=100, help_text="Or `from` and `to`."
    )
    event_types = serializers.ListField(
        child=CodeField(sorted(EVENT_TYPES), example="drawdown.paid_out"),
        required=False,
        default=list,
        max_length=100,
        help_text="With `from` and `to`; empty: those the endpoint listens to.",
    )
    left_out_of_example = ("event_ids",)

    def get_fields(self) -> dict[str, Any]:
        """Add the members whose names Python keeps for itself."""
        span = {"from": InstantField(required=False), "to": InstantField(required=False)}
        return {**super().get_fields(), **span}


class ReplayUnbounded(Refusal):
    """What to replay is named by ids, or by both ends of a span of time."""

    code = "replay_unbounded"
    kind = Kind.INVALID
    message = "Give event_ids, or from and to."


class Replay(Resource):
    """`/v1/webhook_endpoints/{endpoint_id}/replay`."""

    @call(
        "Replay events",
        scope="webhooks:write",
        request=ReplayBody,
        answer=ReplayShape,
        status=202,
        refusals=(
            queries.EndpointUnknown,
            queries.EventUnknown,
            outbox.EndpointDisabled,
            outbox.ReplayTooLarge,
            ReplayUnbounded,
        ),
        description=(
            "Sends events again with their own ids, marked by the header `Sluice-Replay: true` and in the "
            f"log. Up to 100 by id, up to {outbox.REPLAY_MAX} by time."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext, endpoint_id: str) -> Answer:
        """Send again what an endpoint missed or lost."""
        members = self.members(request)
        key = parse_id("whe", endpoint_id)
        if "event_ids" in members:
            count = outbox.replay_events(
                endpoint_id=key,
                scene_id=context.scene_id,
                event_ids=members["event_ids"],
                now=context.now,
            )
        else:
            _require_span(members)
            count = outbox.replay_range(
                endpoint_id=key,
                scene_id=context.scene_id,
                from_at=members["from"],
                to_at=members["to"],
                event_types=members["event_types"],
                now=context.now,
            )
        enqueue("jobs.relay_outbox", schema=context.bank_schema)
        return one(ReplayShape, {"endpoint_id": key, "event_count": count}, context, 202)


def _require_span(members: dict[str, Any]) -> None:
    if "from" not in members or "to" not in members:
        raise ReplayUnbounded
