"""Onboarding scenes and signing contracts."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from kernel.refusals import Kind, Refusal
from plumbing.sql import in_transaction
from tenants.banks.models import Bank
from tenants.banks.queries import BankUnknown
from tenants.scenes.models import Contract, Scene
from tenants.scenes.origins import is_origin
from tenants.scenes.queries import ContractView, SceneUnknown, SceneView, contract_view, scene_view

FEE_RATE_MAX: Final = Decimal("0.05")
ORIGINS_MAX: Final = 20


class SceneExists(Refusal):
    """A scene with this code is already here."""

    code = "scenes.scene_exists"
    kind = Kind.CONFLICT
    message = "There already is a scene {scene}."


class ContractExists(Refusal):
    """The scene and the bank already have a contract."""

    code = "scenes.contract_exists"
    kind = Kind.CONFLICT
    message = "The scene and the bank already have a contract."


class ContractUnknown(Refusal):
    """There is no such contract."""

    code = "scenes.contract_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no such contract."


class FeeInvalid(Refusal):
    """The fee is out of bounds, or somebody other than the bank would pay it (R-10)."""

    code = "scenes.fee_invalid"
    kind = Kind.UNMET
    message = "The bank pays a scene's fee, between 0 and {maximum}: not {fee_rate} paid by {payer}."


class OriginInvalid(Refusal):
    """A page of the scene has an origin that no browser would name so, or one anybody could pretend to be."""

    code = "scenes.origin_invalid"
    kind = Kind.INVALID
    message = "{origin} is not an origin such as https://shop.example."


class OriginsTooMany(Refusal):
    """The list goes into a header of every frame."""

    code = "scenes.origins_too_many"
    message = "A scene has at most {maximum} origins."


@in_transaction
def onboard_scene(
    *, code: str, name_zh: str, name_en: str, provider_name: str, uscc: str, now: datetime
) -> SceneView:
    """Take a scene in after its due diligence; raises `SceneExists`."""
    if Scene.objects.filter(code=code).exists():
        raise SceneExists(scene=code)
    scene = Scene.objects.create(
        code=code, name_zh=name_zh, name_en=name_en, provider_name=provider_name, uscc=uscc, created_at=now
    )
    return scene_view(scene)


@in_transaction
def sign_contract(
    *,
    scene_id: UUID,
    bank_id: UUID,
    fee_rate: Decimal,
    starts_date: date,
    ends_date: date | None = None,
    fee_payer: str = "bank",
    now: datetime,
) -> ContractView:
    """Sign what the bank pays the scene; raises `FeeInvalid` when anybody else would pay (R-10)."""
    if fee_payer != Contract.FeePayer.BANK or not 0 <= fee_rate <= FEE_RATE_MAX:
        raise FeeInvalid(fee_rate=fee_rate, payer=fee_payer, maximum=FEE_RATE_MAX)
    if not Scene.objects.filter(id=scene_id).exists():
        raise SceneUnknown
    if not Bank.objects.filter(id=bank_id).exists():
        raise BankUnknown
    if Contract.objects.filter(scene_id=scene_id, bank_id=bank_id, status=Contract.Status.ACTIVE).exists():
        raise ContractExists
    contract = Contract.objects.create(
        scene_id=scene_id,
        bank_id=bank_id,
        fee_rate=fee_rate,
        starts_date=starts_date,
        ends_date=ends_date,
        created_at=now,
    )
    return contract_view(contract)


@in_transaction
def end_contract(*, contract_id: UUID) -> ContractView:
    """End a contract: its scene gets no more tokens for the bank."""
    held = Contract.objects.select_for_update(of=("self",)).select_related("scene", "bank")
    contract = held.filter(id=contract_id).first()
    if contract is None:
        raise ContractUnknown
    contract.status = Contract.Status.ENDED
    contract.save(update_fields=["status"])
    return contract_view(contract)


@in_transaction
def set_scene_status(*, scene_id: UUID, status: str) -> SceneView:
    """Make a scene active, read-only or closed."""
    scene = Scene.objects.select_for_update().filter(id=scene_id).first()
    if scene is None:
        raise SceneUnknown
    scene.status = Scene.Status(status)
    scene.save(update_fields=["status"])
    return scene_view(scene)


@in_transaction
def allow_origins(*, scene_id: UUID, origins: Sequence[str]) -> SceneView:
    """Say on which origins the scene's pages may embed a bank's frame; what was allowed before is not.

    Raises `OriginInvalid` and `OriginsTooMany`.
    """
    for origin in origins:
        if not is_origin(origin):
            raise OriginInvalid(origin=origin[:80])
    if len(set(origins)) > ORIGINS_MAX:
        raise OriginsTooMany(maximum=ORIGINS_MAX)
    scene = Scene.objects.select_for_update().filter(id=scene_id).first()
    if scene is None:
        raise SceneUnknown
    scene.allowed_origins = sorted(set(origins))
    scene.save(update_fields=["allowed_origins"])
    return scene_view(scene)
