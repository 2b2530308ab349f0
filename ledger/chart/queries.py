"""What other rooms may know of the chart."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from kernel.refusals import Kind as RefusalKind
from kernel.refusals import Refusal
from ledger.chart.memory import once_a_transaction
from ledger.chart.models import Account, AccountRole
from ledger.chart.roles import Role

ROLES: Final = "ledger.chart.roles"


class AccountUnknown(Refusal):
    """There is no such account, or not in that currency."""

    code = "ledger.account_unknown"
    kind = RefusalKind.NOT_FOUND
    message = "There is no account {account} in that currency."


class RoleUnmapped(Refusal):
    """The bank has given the role to no account, or not yet on that date."""

    code = "ledger.role_unmapped"
    kind = RefusalKind.UNMET
    message = "No account plays the role {role} on {on_date}."


@dataclass(frozen=True, slots=True)
class RoleView:
    """Which account plays a role, since when."""

    role: str
    account: str
    effective_date: date


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account, as it stands in the chart."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    kind: str
    normal_side: str
    currency: str
    guard: str
    owner_reference: str
    opened_date: date
    closed_date: date | None


def view_of(account: Account) -> AccountView:
    """Return the frozen view of a row."""
    return AccountView(
        id=account.id,
        code=account.code,
        name_zh=account.name_zh,
        name_en=account.name_en,
        kind=account.kind,
        normal_side=account.normal_side,
        currency=account.currency,
        guard=account.guard,
        owner_reference=account.owner_reference,
        opened_date=account.opened_date,
        closed_date=account.closed_date,
    )


def accounts() -> tuple[AccountView, ...]:
    """Return the whole chart by code."""
    return tuple(view_of(account) for account in Account.objects.order_by("code"))


def get_account(*, code: str) -> AccountView:
    """Return one account; refuses an unknown code."""
    account = Account.objects.filter(code=code).first()
    if account is None:
        raise AccountUnknown(account=code[:32])
    return view_of(account)


def accounts_by_code(*, codes: Collection[str]) -> dict[str, AccountView]:
    """Return several accounts by their codes; refuses an unknown one."""
    found = {row.code: view_of(row) for row in Account.objects.filter(code__in=codes)}
    unknown = sorted(set(codes) - found.keys())
    if unknown:
        raise AccountUnknown(account=unknown[0][:32])
    return found


def _read_roles() -> tuple[RoleView, ...]:
    rows = AccountRole.objects.order_by("effective_date", "role")
    return tuple(RoleView(*row) for row in rows.values_list("role", "account__code", "effective_date"))


def roles() -> tuple[RoleView, ...]:
    """Return the bank's map of roles to accounts with its history, oldest first."""
    return once_a_transaction(ROLES, _read_roles)


def role_map(*, on_date: date) -> Mapping[str, str]:
    """Return the code that plays each role on a date."""
    return {row.role: row.account for row in roles() if row.effective_date <= on_date}


def account_of(role: Role, *, on_date: date) -> str:
    """Return the code of the account that plays a role; refuses a role that nobody plays on that date.

    The map is read once a transaction.
    """
    code = role_map(on_date=on_date).get(role)
    if code is None:
        raise RoleUnmapped(role=str(role)[:16], on_date=on_date)
    return code


def accounts_of(*wanted: Role) -> tuple[str, ...]:
    """Return every code that plays, or ever played, one of these roles: what a report adds up."""
    return tuple(sorted({row.account for row in roles() if row.role in wanted}))
