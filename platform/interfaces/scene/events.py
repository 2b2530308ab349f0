"""Events: everything that happened to what a scene may see, in the order it was published."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.event_body import API_VERSION, event_body
from interfaces.scene.answer_fields import BankField, ConstantField, LivemodeField
from interfaces.scene.calls import call
from interfaces.scene.fields import CodeField, FactsField, IdField, InstantField, TextField, WholeField
from interfaces.scene.resource import Resource, envelope
from interfaces.scene.shapes import PageQuery
from kernel.ids import parse_id
from plumbing.outbox import queries


class EventShape(serializers.Serializer[Any]):
    """Something that happened; a webhook carries the same body."""

    id = IdField("evt")
    object = ConstantField("event")
    type = TextField(example="drawdown.paid_out")
    timestamp = InstantField()
    api_version = CodeField([API_VERSION])
    livemode = LivemodeField()
    bank = BankField()
    subject = TextField(example="drw_01JEHV5GYMFSF8MTVWHT7G38DJ", help_text="The object it happened to.")
    sequence = WholeField(example=2, help_text="Counts the events of one subject, without gaps.")
    data = FactsField(  # type: ignore[assignment]  # a member, not the property
        example={
            "object": {"id": "drw_01JEHV5GYMFSF8MTVWHT7G38DJ", "object": "drawdown", "status": "paid_out"},
            "changed": ["status"],
        },
        help_text="The object as it then was, and which of its members changed.",
    )


def _body(event: queries.EventView, context: SceneContext) -> dict[str, Any]:
    return event_body(event, bank_id=context.bank_id, livemode=context.livemode)


class Events(Resource):
    """`/v1/events`."""

    @call(
        "List events",
        scope="events:read",
        query=PageQuery.of("evt", type=TextField(required=False, max_length=60, example="drawdown.paid_out")),
        answer=EventShape,
        many=True,
        refusals=(queries.EventUnknown,),
        description="Oldest first: follow `next_cursor` and nothing is missed, webhooks or not.",
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List this scene's events at the token's bank, oldest first."""
        asked = self.filters(request)
        rows = queries.events_for(
            scene_id=context.scene_id,
            after=asked.get("after"),
            limit=asked["limit"] + 1,
            type=asked.get("type"),
        )
        data = [_body(row, context) for row in rows[: asked["limit"]]]
        return Answer(200, envelope(data, has_more=len(rows) > asked["limit"]))


class Event(Resource):
    """`/v1/events/{event_id}`."""

    @call("Get an event", scope="events:read", answer=EventShape, refusals=(queries.EventUnknown,))
    def handle_get(self, request: Request, context: SceneContext, event_id: str) -> Answer:
        """Return one event of this scene."""
        found = queries.get_event(event_id=parse_id("evt", event_id), scene_id=context.scene_id)
        return Answer(200, _body(found, context))
