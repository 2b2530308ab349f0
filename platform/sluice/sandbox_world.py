"""The world of `sluice sandbox up`: one scene with a sandbox client, and one test clock's bank."""

import json
import os
import sys
import time
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import transaction

from interfaces import sandbox_banks
from interfaces.door import now
from interfaces.ops.bank_setup import StepDone
from interfaces.ops.migrations import Migrated, migrate_all
from interfaces.ops.sandbox_template import prepare_template
from kernel.ids import public_id
from plumbing.schemas import public_schema
from plumbing.sql import sole_act
from tenants.access import operations as access
from tenants.sandboxes import operations as sandboxes
from tenants.sandboxes.models import TestClock
from tenants.sandboxes.queries import ClockView, clocks_of
from tenants.scenes import operations as scenes
from tenants.scenes.queries import get_scene

FIRST_DAY: Final = date(2026, 11, 2)  # the same on every machine: a test that passes today passes next year
SCENE: Final = "sandbox"
USCC: Final = "91330106MA0000T79R"
BANK: Final = "main"


def main(arguments: list[str]) -> int:
    """Migrate, make the scene and its bank, and write what calls need into the first file that is named.

    The second file is made as soon as the public schema is there. What was made before is left as it is.
    """
    begun, file = time.monotonic(), Path(arguments[0])
    failed = [one for one in migrate_all(stop_at_error=True, progress=_migrated) if one.error]
    if failed:
        return 1
    Path(arguments[1]).touch()
    if file.exists():
        return 0
    prepare_template(progress=_stepped)
    scene_id = _scene()
    clock = _clock(scene_id)
    with public_schema(), transaction.atomic():
        client_id, secret = access.register_client(
            scene_id=scene_id, name="sandbox up", sandbox=True, now=now()
        )
    made = {
        "scene": public_id("scn", scene_id),
        "client_id": client_id,
        "client_secret": secret,
        "bank": public_id("bnk", clock.bank_id),
        "test_clock": public_id("clk", clock.id),
    }
    write_secretly(file, made)
    _say(f"schemas, one sandbox bank and one scene in {time.monotonic() - begun:.1f} s")
    return 0


def _migrated(one: Migrated) -> None:
    done = one.error or f"{one.applied_count} migrations"
    _say(f"schema {one.schema_name}: {done} in {one.milliseconds / 1000:.1f} s")


def _stepped(step: StepDone) -> None:
    _say(f"template of sandboxes [{step.position}/{step.count}] {step.name} {step.milliseconds / 1000:.1f} s")


def _say(text: str) -> None:
    sys.stderr.write(f"sluice: {text}\n")
    sys.stderr.flush()


def _scene() -> UUID:
    try:
        with public_schema(), transaction.atomic():
            return scenes.onboard_scene(
                code=SCENE,
                name_zh="沙箱场景",
                name_en="Sandbox scene",
                provider_name="沙箱场景",
                uscc=USCC,
                now=now(),
            ).id
    except scenes.SceneExists:
        with public_schema():
            return get_scene(code=SCENE).id


def _clock(scene_id: UUID) -> ClockView:
    """Return the scene's first clock; one whose making was cut short is made anew."""
    with public_schema():
        known = next((clock for clock in clocks_of(scene_id=scene_id) if clock.name == BANK), None)
    if known is not None and known.status == TestClock.Status.READY:
        return known
    if known is not None:
        sandbox_banks.discard(known)
    with public_schema():
        noted, _ = sole_act(
            sandboxes.open_clock,
            scene_id=scene_id,
            name=BANK,
            frozen_date=FIRST_DAY,
            seed="empty",
            idempotency_key="",
            body_sha256="",
            now=now(),
        )
    return sandbox_banks.make(noted)


def write_secretly(file: Path, made: dict[str, str]) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    partial = file.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(made, out)
    partial.replace(file)
