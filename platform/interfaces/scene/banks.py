"""Banks a scene may call, and whether the token's bank takes new business."""

from dataclasses import dataclass
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from interfaces.door import Answer, SceneContext
from interfaces.scene.answer_fields import ChosenTextField, ConstantField, LivemodeField
from interfaces.scene.calls import call
from interfaces.scene.fields import CodeField, DayField, FlagField, IdField
from interfaces.scene.resource import Resource, envelope, one, shown
from interfaces.scene.shapes import ObjectShape
from kernel.ids import parse_id
from openbanking.partners.queries import PartnerNotListed, require_listed
from plumbing.schemas import public_schema
from tenants.banks.models import Bank as BankRow
from tenants.banks.queries import BankUnknown, BankView, get_bank
from tenants.scenes.models import Contract
from tenants.scenes.queries import contracts


class BankShape(serializers.Serializer[object]):
    """A bank this scene has a contract with; ask for a token with `resource=<base>/banks/<id>`."""

    id = IdField("bnk")
    object = ConstantField("bank")
    livemode = LivemodeField()
    name = ChosenTextField(example="青澜农商银行")
    kind = CodeField([kind.value for kind in BankRow.Kind])
    status = CodeField([status.value for status in BankRow.Status], example="active")
    contract_status = CodeField([status.value for status in Contract.Status], example="active")


class BankStatusShape(ObjectShape):
    """Whether the bank takes new business from this scene today; what exists is serviced in any case."""

    object = ConstantField("bank_status")
    status = CodeField([status.value for status in BankRow.Status], example="active")
    business_date = DayField()
    partner_listed = FlagField(help_text="The scene is on the bank's published list today.")
    takes_new_business = FlagField()


@dataclass(frozen=True, slots=True)
class ContractedBank:
    """A bank and where the contract with it stands."""

    bank: BankView
    contract_status: str

    @property
    def id(self) -> UUID:
        """The bank's id."""
        return self.bank.id

    @property
    def livemode(self) -> bool:
        """Whether real money moves there."""
        return self.bank.livemode

    @property
    def name_en(self) -> str:
        """The bank's English name."""
        return self.bank.name_en

    @property
    def name_zh(self) -> str:
        """The bank's Chinese name."""
        return self.bank.name_zh

    @property
    def kind(self) -> str:
        """What sort of bank."""
        return self.bank.kind

    @property
    def status(self) -> str:
        """Whether it takes business."""
        return self.bank.status


class Banks(Resource):
    """`/v1/banks`."""

    @call("List banks", scope="banks:read", answer=BankShape, many=True)
    def handle_get(self, request: Request, context: SceneContext) -> Answer:
        """List the banks this scene has a contract with."""
        with public_schema():
            found = [
                ContractedBank(get_bank(bank_id=contract.bank_id), contract.status)
                for contract in contracts(scene_id=context.scene_id)
            ]
        return Answer(200, envelope([shown(BankShape, row, context) for row in found], has_more=False))


class BankStatus(Resource):
    """`/v1/banks/{bank_id}/status`."""

    @call(
        "Get a bank's status",
        scope="banks:read",
        answer=BankStatusShape,
        refusals=(BankUnknown,),
        description="Of the token's bank; another bank's is asked for with that bank's token.",
    )
    def handle_get(self, request: Request, context: SceneContext, bank_id: str) -> Answer:
        """Return whether the bank takes new business."""
        if parse_id("bnk", bank_id) != context.bank_id:
            raise BankUnknown
        with public_schema():
            bank = get_bank(bank_id=context.bank_id)
        try:
            require_listed(scene_id=context.scene_id, on_date=context.business_date)
            listed = True
        except PartnerNotListed:
            listed = False
        status = {
            "status": bank.status,
            "business_date": context.business_date,
            "partner_listed": listed,
            "takes_new_business": listed and bank.status == BankRow.Status.ACTIVE,
        }
        return one(BankStatusShape, status, context)
