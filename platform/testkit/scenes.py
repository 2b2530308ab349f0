"""Scenes with a way in, made by the real operations: for tests that call as a scene."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from openbanking.partners import operations as partners
from plumbing.schemas import bank_schema, public_schema
from tenants.access import operations as access
from tenants.access.scopes import SCOPES
from tenants.banks.queries import get_bank
from tenants.scenes import operations as scenes
from testkit.clock import NOON

CONTRACTS_START: Final = date(2020, 1, 1)
FEE_RATE: Final = Decimal("0.006000")


@dataclass(frozen=True, slots=True)
class SceneAccess:
    """A scene and the credentials of its machine."""

    scene_id: UUID
    client_id: str
    secret: str

    def token(self, bank: str, *, now: datetime, scopes: Sequence[str] = ()) -> str:
        """Return a token for one bank."""
        with public_schema(), transaction.atomic():
            bank_id = get_bank(schema_name=bank).id
            return access.issue_token(client=self.client_id, bank=bank_id, scopes=scopes, now=now)


def open_scene(
    code: str,
    *,
    banks: Sequence[str],
    listed: bool = True,
    scopes: Sequence[str] = tuple(SCOPES),
    name_zh: str = "鲜链云",
    name_en: str = "Xianlian Cloud",
    uscc: str = "91330106MA0000T79R",
    origins: Sequence[str] = (),
    now: datetime = NOON,
) -> SceneAccess:
    """Take a scene in: contracts with banks, a place on their lists, credentials, origins that may embed."""
    with public_schema(), transaction.atomic():
        scene = scenes.onboard_scene(
            code=code, name_zh=name_zh, name_en=name_en, provider_name=f"{name_zh}科技", uscc=uscc, now=now
        )
        scenes.allow_origins(scene_id=scene.id, origins=origins)
        for schema in banks:
            scenes.sign_contract(
                scene_id=scene.id,
                bank_id=get_bank(schema_name=schema).id,
                fee_rate=FEE_RATE,
                starts_date=CONTRACTS_START,
                now=now,
            )
        client_id, secret = access.register_client(
            scene_id=scene.id, name="test", scopes=scopes, sandbox=True, now=now
        )
    for schema in banks if listed else ():
        with bank_schema(schema), transaction.atomic():
            partners.list_scene(
                scene_id=scene.id,
                scene_name=name_zh,
                fee_rate=FEE_RATE,
                approved_by=f"product@{schema}.example",
                listed_from=CONTRACTS_START,
                now=now,
            )
    return SceneAccess(scene.id, client_id, secret)
