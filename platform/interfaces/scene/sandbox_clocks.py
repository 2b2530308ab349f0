"""Test clocks: sandbox banks of a scene's own, whose calendar the scene moves (`api.md` 7).

A clock's bank is a bank like any other: ask for a token with its `resource`, and every call works in its
books and its calendar. The day-ends that move it are the real ones.
"""

from datetime import timedelta
from typing import Any, Final

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request

from interfaces import sandbox_banks
from interfaces.door import Answer, SceneContext
from interfaces.gate import KeyMissing, key_of
from interfaces.sandbox_worlds import WORLDS
from interfaces.scene.answer_fields import ConstantField
from interfaces.scene.calls import call
from interfaces.scene.fields import (
    CodeField,
    DayField,
    FlagField,
    IdField,
    InstantField,
    TextField,
    WholeField,
)
from interfaces.scene.parsing import Body
from interfaces.scene.resource import Resource, envelope
from interfaces.scene.token import base_url
from kernel.ids import parse_id, public_id
from kernel.refusals import Kind, Refusal
from plumbing.idempotency.operations import KeyReused
from plumbing.schemas import public_schema
from plumbing.sql import sole_act
from tenants.access.queries import clients
from tenants.sandboxes import operations as sandboxes
from tenants.sandboxes import queries
from tenants.sandboxes.models import TestClock as ClockRow
from tenants.sandboxes.queries import ClockView

_ONE_DAY: Final = timedelta(days=1)


class SandboxOnly(Refusal):
    """Only a sandbox client has test clocks."""

    code = "sandboxes.sandbox_only"
    kind = Kind.FORBIDDEN
    message = "Only a sandbox client can use test clocks."


class ClockBody(Body):
    """A calendar to begin."""

    name = TextField(max_length=60, example="overdue-story")
    frozen_date = DayField(help_text="The bank's first business date.")
    seed = CodeField(
        [sandboxes.EMPTY], required=False, default=sandboxes.EMPTY, help_text="What the bank holds at first."
    )


class ResetBody(Body):
    """Where to begin again."""

    frozen_date = DayField(required=False, help_text="Without it, the date the clock stands at.")


class AdvanceBody(Body):
    """Where to move the calendar to, and what borrowers do on the way."""

    to_date = DayField(required=False, example="2026-12-03")
    until = CodeField(
        ["next_event", "maturity"],
        required=False,
        help_text="`next_event`: the first day on which the scene hears of something. `maturity`: the day "
        "after the last due date of all active loans.",
    )
    pay_when_due = FlagField(
        required=False,
        default=False,
        help_text="Borrowers pay from the account that was paid out to, on each due date, all that is due.",
    )
    missed_instalments = serializers.ListField(
        child=WholeField(min_value=1, max_value=600, example=5),
        required=False,
        default=list,
        max_length=600,
        help_text="Numbers of instalments that are not paid when due, but together with the next one.",
    )


class ClockShape(serializers.Serializer[Any]):
    """A test clock. Ask for a token with `resource` to work in its bank."""

    id = IdField("clk")
    object = ConstantField("test_clock")
    livemode = FlagField(example=False)
    name = TextField(example="overdue-story")
    bank = IdField("bnk", source="bank_id")
    resource = TextField(example="https://sandbox.sluice.example/banks/bnk_01JEHV5GYMFSF8MTVWHT7G38DJ")
    seed = CodeField([sandboxes.EMPTY, *WORLDS], help_text="What the bank was filled with.")
    status = CodeField([status.value for status in ClockRow.Status], example="ready")
    frozen_date = DayField(help_text="The bank's business date, also while it moves.")
    advance_from_date = DayField(allow_null=True)
    advance_to_date = DayField(allow_null=True, help_text="Where the move under way, or the last one, goes.")
    failure = TextField(example="", help_text="Why a day could not be ended.")
    created_at = InstantField()


class ClockGone(serializers.Serializer[Any]):
    """A clock that is no more."""

    id = IdField("clk")
    object = ConstantField("test_clock")
    deleted = FlagField()


_SHARED: Final = (SandboxOnly, queries.ClockNotFound)


class ClockResource(Resource):
    """What the calls of test clocks share: they work across schemas, in transactions of their own."""

    outside = True

    def scene_of(self, context: SceneContext) -> Any:
        """Return the id of the calling scene, if its client is one of the sandbox."""
        with public_schema():
            known = {client.client_id: client for client in clients(scene_id=context.scene_id)}
        if context.client_id not in known or not known[context.client_id].sandbox:
            raise SandboxOnly
        return context.scene_id

    def found(self, context: SceneContext, clock_id: str) -> ClockView:
        """Return a clock of the calling scene."""
        scene_id = self.scene_of(context)
        with public_schema():
            return queries.get_clock(clock_id=parse_id("clk", clock_id), scene_id=scene_id)

    def shown(self, clock: ClockView, request: Request) -> dict[str, Any]:
        """Return a clock as the API shows it, with its bank's own date."""
        today = sandbox_banks.today_of(clock)
        members = {name: getattr(clock, name) for name in ClockView.__slots__}
        resource = f"{base_url(request._request)}/banks/{public_id('bnk', clock.bank_id)}"
        shape = ClockShape(members | {"livemode": False, "resource": resource, "frozen_date": today})
        return dict(shape.data)


class TestClocks(ClockResource):
    """`/v1/test_clocks`."""

    keeps_keys = True

    @call(
        "Begin a test clock",
        scope="test:write",
        request=ClockBody,
        answer=ClockShape,
        status=201,
        refusals=(
            SandboxOnly,
            sandboxes.TooManyClocks,
            sandboxes.FrozenDateOutOfRange,
            sandbox_banks.SandboxesUnavailable,
            KeyReused,
            KeyMissing,
        ),
        description=(
            "Makes a whole bank of your own, empty, funded, with this scene on its list. Its calendar stands "
            "still until you advance it. Instants are those of the machine; dates are the clock's. With an "
            "`Idempotency-Key` the same call returns the same clock."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Note the clock, make its bank, answer when it is open."""
        scene_id, members = self.scene_of(context), self.members(request)
        key = key_of(request) if "Idempotency-Key" in request.headers else ""
        with public_schema():
            clock, is_new = sole_act(
                sandboxes.open_clock,
                scene_id=scene_id,
                name=members["name"],
                frozen_date=members["frozen_date"],
                seed=members["seed"],
                idempotency_key=key,
                body_sha256=self.body_sha256(request),
                now=context.now,
            )
        made = sandbox_banks.make(clock) if is_new else clock
        return Answer(201, self.shown(made, request), {} if is_new else {"Idempotent-Replayed": "true"})

    @call("List test clocks", scope="test:read", answer=ClockShape, many=True, refusals=(SandboxOnly,))
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List this scene's clocks, oldest first."""
        scene_id = self.scene_of(context)
        with public_schema():
            found = queries.clocks_of(scene_id=scene_id)
        return Answer(200, envelope([self.shown(clock, request) for clock in found], has_more=False))


class TestClock(ClockResource):
    """`/v1/test_clocks/{clock_id}`."""

    @call("Get a test clock", scope="test:read", answer=ClockShape, refusals=_SHARED)
    def handle_get(self, request: Request, context: SceneContext, clock_id: str) -> Answer:
        """Return one clock of this scene."""
        return Answer(200, self.shown(self.found(context, clock_id), request))

    @call(
        "Delete a test clock",
        scope="test:write",
        answer=ClockGone,
        refusals=(*_SHARED, sandboxes.ClockAdvancing),
        description="Its bank goes with it, books and all; tokens for that bank stop working.",
    )
    def handle_delete(self, request: Request, context: SceneContext, clock_id: str) -> Answer:
        """Drop the clock and its bank."""
        clock = self.found(context, clock_id)
        sandbox_banks.discard(clock)
        return Answer(200, {"id": public_id("clk", clock.id), "object": "test_clock", "deleted": True})


class ClockReset(ClockResource):
    """`/v1/test_clocks/{clock_id}/reset`."""

    @call(
        "Reset a test clock",
        scope="test:write",
        request=ResetBody,
        answer=ClockShape,
        refusals=(
            *_SHARED,
            sandboxes.ClockAdvancing,
            sandboxes.FrozenDateOutOfRange,
            sandbox_banks.SandboxesUnavailable,
        ),
        description=(
            "The bank is made anew under its id, empty: its `resource` and your webhook endpoints stay, "
            "everything else in it is gone, idempotency keys too."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext, clock_id: str) -> Answer:
        """Drop the bank's schema and replay the template."""
        clock, members = self.found(context, clock_id), self.members(request)
        return Answer(
            200, self.shown(sandbox_banks.reset(clock, frozen_date=members.get("frozen_date")), request)
        )


class ClockAdvance(ClockResource):
    """`/v1/test_clocks/{clock_id}/advance`."""

    @call(
        "Advance a test clock",
        scope="test:write",
        request=AdvanceBody,
        answer=ClockShape,
        status=202,
        refusals=(
            *_SHARED,
            sandbox_banks.AdvanceUnclear,
            sandbox_banks.NothingToWaitFor,
            sandboxes.ClockAdvancing,
            sandboxes.ClockNotReady,
            sandboxes.TargetOutOfRange,
        ),
        description=(
            "Answered as `advancing`; the workers then end one business day after another, for at most ten "
            "years. Every webhook is emitted in order; the last is `test_clock.ready`. Poll the clock to see "
            "how far it is."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext, clock_id: str) -> Answer:
        """Note the move and hand it to the workers."""
        clock, members = self.found(context, clock_id), self.members(request)
        moving = sandbox_banks.begin_move(
            clock,
            to_date=members.get("to_date"),
            until=members.get("until") or "",
            pays_when_due=members["pay_when_due"],
            missed_instalments=tuple(members["missed_instalments"]),
        )
        return Answer(202, self.shown(moving, request))


paths: Final = (
    path("v1/test_clocks", TestClocks.as_view()),
    path("v1/test_clocks/<str:clock_id>", TestClock.as_view()),
    path("v1/test_clocks/<str:clock_id>/advance", ClockAdvance.as_view()),
    path("v1/test_clocks/<str:clock_id>/reset", ClockReset.as_view()),
)
