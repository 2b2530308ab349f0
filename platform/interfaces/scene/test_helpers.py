"""Test helpers for a whole sandbox: filling a test clock's bank, emptying it, and the published values.

The bank is the one that the token was issued for, or another test clock's of the same scene.
"""

from types import SimpleNamespace as Row
from typing import Any, Final

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request

from connectors.payment_rails.simulator import published
from interfaces import sandbox_banks
from interfaces.door import Answer, SceneContext
from interfaces.sandbox_acts import SandboxBankOnly
from interfaces.sandbox_values import FIRMS, PHONES
from interfaces.sandbox_worlds import FIRST_DATE, WORLDS, figures
from interfaces.scene.answer_fields import ChosenTextField, ConstantField
from interfaces.scene.calls import call
from interfaces.scene.fields import CodeField, DayField, IdField, TextField, WholeField
from interfaces.scene.parsing import Body
from interfaces.scene.resource import Resource, one
from interfaces.scene.sandbox_clocks import ClockResource, ClockShape, ResetBody, SandboxOnly
from interfaces.scene.shapes import ObjectShape
from kernel.ids import public_id
from plumbing.schemas import public_schema
from tenants.sandboxes import operations as sandboxes
from tenants.sandboxes import queries
from tenants.sandboxes.queries import ClockView

OWN: Final = "Without it, the clock of the bank that the token is for."


class SeedBody(Body):
    """What a bank is to hold."""

    seed = CodeField(list(WORLDS))
    test_clock = IdField("clk", required=False, help_text=OWN)


class EmptyingBody(ResetBody):
    """Whose bank is emptied, and where its calendar begins again."""

    test_clock = IdField("clk", required=False, help_text=OWN)


class Helping(ClockResource):
    """What the helpers for a whole bank share."""

    def asked(self, request: Request, context: SceneContext) -> tuple[ClockView, dict[str, Any]]:
        """Return the clock that is meant and the body's other members; refuses a live bank first."""
        if context.livemode:
            raise SandboxBankOnly
        scene_id, members = self.scene_of(context), self.members(request)
        named = members.pop("test_clock", None)
        with public_schema():
            if named is not None:
                return queries.get_clock(clock_id=named, scene_id=scene_id), members
            own = queries.clock_of_bank(schema=context.bank_schema)
        if own is None or own.scene_id != scene_id:
            raise queries.ClockNotFound(clock=public_id("bnk", context.bank_id))
        return own, members


_SHARED: Final = (SandboxBankOnly, SandboxOnly, queries.ClockNotFound, sandboxes.ClockAdvancing)


class Seeding(Helping):
    """`/v1/test_helpers/seed`."""

    @call(
        "Fill a test clock's bank",
        scope="test:write",
        request=SeedBody,
        answer=ClockShape,
        status=202,
        refusals=_SHARED,
        description=(
            "The bank is made anew and filled by the real operations: firms with their data, decisions by "
            "the bank's strategy, draws, repayments and day-ends. Answered as `advancing`; poll the clock, "
            "whose date moves from the seed's first to its last, or wait for `test_clock.ready`. The same "
            "seed always leaves the same figures."
        ),
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Note what is to be filled in, and hand it to the workers."""
        clock, members = self.asked(request, context)
        return Answer(202, self.shown(sandbox_banks.begin_seed(clock, seed=members["seed"]), request))


class Emptying(Helping):
    """`/v1/test_helpers/reset`."""

    @call(
        "Empty a test clock's bank",
        scope="test:write",
        request=EmptyingBody,
        answer=ClockShape,
        refusals=(*_SHARED, sandboxes.FrozenDateOutOfRange, sandbox_banks.SandboxesUnavailable),
        description="The same as resetting its clock: all in it is gone but your webhook endpoints.",
    )
    def handle_post(self, request: Request, context: SceneContext) -> Answer:
        """Make the bank anew."""
        clock, members = self.asked(request, context)
        emptied = sandbox_banks.reset(clock, frozen_date=members.get("frozen_date"))
        return Answer(200, self.shown(emptied, request))


class FirmValueShape(serializers.Serializer[Any]):
    """A registration number, and what becomes of its application."""

    registration_no = TextField(example=FIRMS[0].registration_no)
    status = CodeField(sorted({firm.outcome for firm in FIRMS}))
    text = ChosenTextField(example="approved as asked, up to 200,000.00")


class AccountValueShape(serializers.Serializer[Any]):
    """The last four digits of an account, and what the rail does."""

    ending = TextField(example="0051")
    drawdown = TextField(example="succeeded")
    repayment = TextField(example="refused: insufficient_funds")


class PhoneValueShape(serializers.Serializer[Any]):
    """A representative's phone, and what its owner answers when asked for a consent."""

    phone = TextField(example=PHONES[1][0])
    text = ChosenTextField(example="its owner says no: `consents.rejected`")


class SeedShape(serializers.Serializer[Any]):
    """A seed: the dates it lives from and to, and what it holds in the end."""

    seed = CodeField(list(WORLDS))
    text = ChosenTextField(example="Shops online that grow, with their orders.")
    first_date = DayField()
    last_date = DayField()
    businesses = WholeField(example=10)
    loans = WholeField(example=14)
    paid_off = WholeField(example=6)
    overdue = WholeField(example=0, help_text="Loans with something due that is not paid.")


_COUNTED: Final = ("businesses", "loans", "paid_off", "overdue")


class ValuesShape(ObjectShape):
    """The values that make a sandbox bank answer in a known way, as the guide publishes them."""

    object = ConstantField("sandbox_values")
    registration_numbers = FirmValueShape(many=True)
    account_endings = AccountValueShape(many=True)
    phones = PhoneValueShape(many=True)
    seeds = SeedShape(many=True)


class Values(Resource):
    """`/v1/test_helpers/values`."""

    @call(
        "List the sandbox's values",
        scope="test:read",
        answer=ValuesShape,
        description="The tables of the sandbox's guide; texts in the language of `Accept-Language`.",
    )
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """Return the tables that sandboxes go by."""
        said = {
            "registration_numbers": [
                Row(
                    text_en=firm.told_en,
                    text_zh=firm.told_zh,
                    registration_no=firm.registration_no,
                    status=firm.outcome,
                )
                for firm in FIRMS
            ],
            "account_endings": [
                Row(ending=ending, drawdown=payout, repayment=collection)
                for ending, payout, collection in published()
            ],
            "phones": [
                Row(text_en=english, text_zh=chinese, phone=phone) for phone, english, chinese in PHONES
            ],
            "seeds": [
                Row(
                    text_en=world.told_en,
                    text_zh=world.told_zh,
                    seed=world.code,
                    first_date=FIRST_DATE,
                    last_date=world.last_date,
                    **{name: figures(world.code)[name] for name in _COUNTED},
                )
                for world in WORLDS.values()
            ],
        }
        return one(ValuesShape, said, context)


paths: Final = (
    path("v1/test_helpers/seed", Seeding.as_view()),
    path("v1/test_helpers/reset", Emptying.as_view()),
    path("v1/test_helpers/values", Values.as_view()),
)
