"""Which banks there are and where they are reached."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from tenants.banks.models import Bank, BankSetupStep, Domain


class BankUnknown(Refusal):
    """There is no such bank."""

    code = "banks.bank_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no such bank."


@dataclass(frozen=True, slots=True)
class BankView:
    """A bank as doors see it."""

    id: UUID
    schema_name: str
    name_zh: str
    name_en: str
    kind: str
    brand: dict[str, Any]
    area_prefixes: tuple[str, ...]
    tier1_capital: Money
    status: str
    livemode: bool
    owner_scene_id: UUID | None
    created_at: datetime
    ready_at: datetime | None

    def name(self, language: str) -> str:
        """Return the bank's name in a language."""
        return self.name_en if language.startswith("en") else self.name_zh


@dataclass(frozen=True, slots=True)
class SetupStepView:
    """How far one step of a creation is."""

    name: str
    started_at: datetime | None
    finished_at: datetime | None
    milliseconds: int | None
    error: str


def bank_view(bank: Bank) -> BankView:
    """Return the frozen view of a bank."""
    return BankView(
        bank.id,
        bank.schema_name,
        bank.name_zh,
        bank.name_en,
        bank.kind,
        bank.brand,
        tuple(bank.area_prefixes),
        bank.tier1_capital,
        bank.status,
        bank.livemode,
        bank.owner_scene_id,
        bank.created_at,
        bank.ready_at,
    )


def banks(*, ids: Collection[UUID] | None = None) -> tuple[BankView, ...]:
    """Return every bank, or those with these ids, by schema."""
    rows = Bank.objects.all() if ids is None else Bank.objects.filter(id__in=ids)
    return tuple(bank_view(bank) for bank in rows)


def ready_schemas() -> tuple[str, ...]:
    """Return the schemas of the banks whose creation is finished, the suspended ones too."""
    return tuple(
        Bank.objects.filter(ready_at__isnull=False)
        .order_by("schema_name")
        .values_list("schema_name", flat=True)
    )


def get_bank(*, schema_name: str | None = None, bank_id: UUID | None = None) -> BankView:
    """Return the bank with this schema or id; raises `BankUnknown`."""
    rows = Bank.objects.filter(id=bank_id) if bank_id else Bank.objects.filter(schema_name=schema_name)
    bank = rows.first()
    if bank is None:
        raise BankUnknown
    return bank_view(bank)


def bank_at(host: str) -> BankView | None:
    """Return the bank that is reached under a host, or None."""
    domain = Domain.objects.select_related("tenant").filter(domain=host).first()
    return None if domain is None else bank_view(domain.tenant)


def hosts(*, schema_name: str) -> tuple[str, ...]:
    """Return a bank's hosts, the primary one first."""
    rows = Domain.objects.filter(tenant__schema_name=schema_name).order_by("-is_primary", "domain")
    return tuple(rows.values_list("domain", flat=True))


def setup_steps(*, schema_name: str) -> tuple[SetupStepView, ...]:
    """Return the steps of a bank's creation, in order."""
    rows = BankSetupStep.objects.filter(bank__schema_name=schema_name)
    return tuple(
        SetupStepView(row.name, row.started_at, row.finished_at, row.milliseconds, row.error) for row in rows
    )
