"""What other rooms may know of the chart."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kernel.refusals import Kind as RefusalKind
from kernel.refusals import Refusal
from ledger.chart.models import Account


class AccountUnknown(Refusal):
    """There is no such account, or not in that currency."""

    code = "ledger.account_unknown"
    kind = RefusalKind.NOT_FOUND
    message = "There is no account {account} in that currency."


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
