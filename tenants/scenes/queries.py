"""Which scenes there are and which banks they work with."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from kernel.refusals import Kind, Refusal
from tenants.scenes.models import Contract, Scene
from tenants.scenes.origins import origin_of


class SceneUnknown(Refusal):
    """There is no such scene."""

    code = "scenes.scene_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no such scene."


class ReturnUrlRefused(Refusal):
    """The merchant would be led to a place that is not the scene's."""

    code = "scenes.return_url_refused"
    kind = Kind.INVALID
    message = "{address} does not lie on an allowed origin of the scene."


@dataclass(frozen=True, slots=True)
class SceneView:
    """A scene."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    provider_name: str
    uscc: str
    status: str
    allowed_origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContractView:
    """A contract between a scene and a bank."""

    id: UUID
    scene_id: UUID
    scene_code: str
    bank_id: UUID
    bank_schema: str
    fee_rate: Decimal
    fee_payer: str
    starts_date: date
    ends_date: date | None
    status: str


def scene_view(scene: Scene) -> SceneView:
    """Return the frozen view of a scene."""
    return SceneView(
        scene.id,
        scene.code,
        scene.name_zh,
        scene.name_en,
        scene.provider_name,
        scene.uscc,
        scene.status,
        tuple(scene.allowed_origins),
    )


def contract_view(contract: Contract) -> ContractView:
    """Return the frozen view of a contract."""
    return ContractView(
        contract.id,
        contract.scene_id,
        contract.scene.code,
        contract.bank_id,
        contract.bank.schema_name,
        contract.fee_rate,
        contract.fee_payer,
        contract.starts_date,
        contract.ends_date,
        contract.status,
    )


def scenes() -> tuple[SceneView, ...]:
    """Return every scene, by code."""
    return tuple(scene_view(scene) for scene in Scene.objects.all())


def get_scene(*, code: str | None = None, scene_id: UUID | None = None) -> SceneView:
    """Return the scene with this code or id; raises `SceneUnknown`."""
    rows = Scene.objects.filter(id=scene_id) if scene_id else Scene.objects.filter(code=code)
    scene = rows.first()
    if scene is None:
        raise SceneUnknown
    return scene_view(scene)


def require_allowed(*, scene_id: UUID, address: str) -> None:
    """Refuse an address that lies on none of the scene's allowed origins (`ReturnUrlRefused`)."""
    if origin_of(address) not in get_scene(scene_id=scene_id).allowed_origins:
        raise ReturnUrlRefused(address=address[:80])


def contracts(*, bank_id: UUID | None = None, scene_id: UUID | None = None) -> tuple[ContractView, ...]:
    """Return contracts, of one bank or one scene if asked."""
    rows = Contract.objects.select_related("scene", "bank").order_by("bank__schema_name", "scene__code", "id")
    if bank_id is not None:
        rows = rows.filter(bank_id=bank_id)
    if scene_id is not None:
        rows = rows.filter(scene_id=scene_id)
    return tuple(contract_view(row) for row in rows)


def active_contract(*, bank_id: UUID, scene_id: UUID, on_date: date) -> ContractView | None:
    """Return the contract that holds between a scene and a bank on a day, or None."""
    row = (
        Contract.objects.filter(
            Q(ends_date__isnull=True) | Q(ends_date__gt=on_date),
            bank_id=bank_id,
            scene_id=scene_id,
            status=Contract.Status.ACTIVE,
            starts_date__lte=on_date,
        )
        .select_related("scene", "bank")
        .first()
    )
    return None if row is None else contract_view(row)
