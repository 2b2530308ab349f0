"""Registering a bank and recording how far its creation has come.

The steps themselves reach into the bank's own schema; the door `interfaces.ops.bank_setup` takes them one by
one and records each here, so that a creation that died is taken up where it stopped.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from plumbing.sql import in_transaction
from tenants.banks.models import Bank, BankMigration, BankSetupStep, Domain
from tenants.banks.queries import BankUnknown, BankView, bank_view

SCHEMA_PATTERN: Final = re.compile(r"[a-z][a-z0-9_]{1,30}")
RESERVED: Final = frozenset({"public", "information_schema", "postgres", "template", "ops", "api"})


class SchemaNameInvalid(Refusal):
    """A schema is named with small letters, digits and underscores, and not by a reserved word."""

    code = "banks.schema_name_invalid"
    kind = Kind.INVALID
    message = "{schema} cannot be the name of a bank's schema."


class BankDiffers(Refusal):
    """A bank with this schema exists, and it is another one."""

    code = "banks.bank_differs"
    kind = Kind.CONFLICT
    message = "The schema {schema} already belongs to {name}."


class HostTaken(Refusal):
    """The host already leads to another bank."""

    code = "banks.host_taken"
    kind = Kind.CONFLICT
    message = "The host {host} already leads to another bank."


class BankNotReady(Refusal):
    """The bank's creation is not finished."""

    code = "banks.bank_not_ready"
    kind = Kind.CONFLICT
    message = "The bank's creation is not finished."


@in_transaction
def register_bank(
    *,
    schema: str,
    name_zh: str,
    name_en: str,
    kind: str,
    area_prefixes: Sequence[str],
    tier1_capital: Money,
    brand: dict[str, Any],
    hosts: Sequence[str],
    livemode: bool = False,
    owner_scene_id: UUID | None = None,
    now: datetime,
) -> BankView:
    """Register a bank and its hosts; registering the same bank again returns it as it is.

    `owner_scene_id` makes it the sandbox of that scene; a live bank has none.

    Raises `SchemaNameInvalid`, `BankDiffers` or `HostTaken`. Creates no schema.
    """
    if not SCHEMA_PATTERN.fullmatch(schema) or schema in RESERVED or schema.startswith("pg_"):
        raise SchemaNameInvalid(schema=schema[:40])
    bank = Bank.objects.filter(schema_name=schema).first()
    if bank is not None and bank.name_zh != name_zh:
        raise BankDiffers(schema=schema, name=bank.name_zh)
    if bank is None:
        bank = Bank(
            schema_name=schema,
            name_zh=name_zh,
            name_en=name_en,
            kind=kind,
            area_prefixes=list(area_prefixes),
            tier1_capital=tier1_capital,
            brand=brand,
            livemode=livemode,
            owner_scene_id=owner_scene_id,
            created_at=now,
        )
        bank.save()
    for index, host in enumerate(hosts):
        domain = Domain.objects.filter(domain=host).first()
        if domain is not None and domain.tenant_id != bank.id:
            raise HostTaken(host=host)
        if domain is None:
            Domain.objects.create(domain=host, tenant=bank, is_primary=index == 0)
    return bank_view(bank)


@in_transaction
def plan_setup(*, schema: str, names: Sequence[str]) -> frozenset[str]:
    """Write the steps of a creation down; return the names of those that are done already."""
    bank = _locked(schema)
    for position, name in enumerate(names):
        BankSetupStep.objects.get_or_create(bank=bank, name=name, defaults={"position": position})
    done = BankSetupStep.objects.filter(bank=bank, finished_at__isnull=False)
    return frozenset(done.values_list("name", flat=True))


@in_transaction
def begin_step(*, schema: str, name: str, now: datetime) -> None:
    """Note that a step was begun."""
    BankSetupStep.objects.filter(bank__schema_name=schema, name=name).update(started_at=now, error="")


@in_transaction
def finish_step(*, schema: str, name: str, milliseconds: int, now: datetime) -> None:
    """Note that a step is done."""
    BankSetupStep.objects.filter(bank__schema_name=schema, name=name).update(
        finished_at=now, milliseconds=milliseconds, error=""
    )


@in_transaction
def fail_step(*, schema: str, name: str, error: str) -> None:
    """Note why a step failed."""
    BankSetupStep.objects.filter(bank__schema_name=schema, name=name).update(error=error[:300])


@in_transaction
def mark_ready(*, schema: str, now: datetime) -> BankView:
    """Open a bank for business once every step is done; raises `BankNotReady`."""
    bank = _locked(schema)
    if bank.setup_steps.filter(finished_at__isnull=True).exists() or not bank.setup_steps.exists():
        raise BankNotReady
    if bank.ready_at is None:
        bank.ready_at, bank.status = now, Bank.Status.ACTIVE
        bank.save(update_fields=["ready_at", "status"])
    return bank_view(bank)


@in_transaction
def suspend_bank(*, schema: str) -> BankView:
    """Let a bank start nothing new; what it has is serviced on (`journeys.md`, J12)."""
    return _set_status(schema, Bank.Status.SUSPENDED)


@in_transaction
def resume_bank(*, schema: str) -> BankView:
    """Let a suspended bank take business again."""
    return _set_status(schema, Bank.Status.ACTIVE)


@in_transaction
def record_migration(
    *, schema: str, applied_count: int, milliseconds: int, error: str, now: datetime
) -> None:
    """Note how a migration run went for one schema."""
    BankMigration.objects.update_or_create(
        schema_name=schema,
        defaults={
            "applied_count": applied_count,
            "milliseconds": milliseconds,
            "error": error[:300],
            "finished_at": now,
        },
    )


def _set_status(schema: str, status: str) -> BankView:
    bank = _locked(schema)
    if bank.ready_at is None:
        raise BankNotReady
    bank.status = status
    bank.save(update_fields=["status"])
    return bank_view(bank)


def _locked(schema: str) -> Bank:
    bank: Bank | None = Bank.objects.select_for_update().filter(schema_name=schema).first()
    if bank is None:
        raise BankUnknown
    return bank
