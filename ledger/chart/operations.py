"""Verbs of the chart: seed it, open accounts. The journal closes them: it knows what is booked."""

from datetime import date

from kernel.refusals import Kind as RefusalKind
from kernel.refusals import Refusal
from ledger.chart.models import Account, Guard, Kind, NormalSide
from ledger.chart.queries import AccountView, view_of
from ledger.chart.seed import FIRST_CHART
from plumbing.sql import in_transaction


class AccountExists(Refusal):
    """The code is taken by an account of another nature."""

    code = "ledger.account_exists"
    kind = RefusalKind.CONFLICT
    message = "Account {account} exists already and is another one."


@in_transaction
def open_account(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    kind: Kind,
    normal_side: NormalSide,
    opened_date: date,
    guard: Guard = Guard.NONE,
    currency: str = "CNY",
    owner_reference: str = "",
) -> AccountView:
    """Open an account; the same account again is the account there is, another of that code is refused."""
    nature = {"kind": kind, "normal_side": normal_side, "guard": guard, "currency": currency}
    account, created = Account.objects.get_or_create(
        code=code,
        defaults={
            **nature,
            "name_zh": name_zh,
            "name_en": name_en,
            "owner_reference": owner_reference,
            "opened_date": opened_date,
        },
    )
    if not created and any(getattr(account, name) != value for name, value in nature.items()):
        raise AccountExists(account=code)
    return view_of(account)


@in_transaction
def seed_chart(*, opened_date: date) -> int:
    """Open the first chart's accounts that are not there yet; return how many were opened."""
    before_count = Account.objects.count()
    for seed in FIRST_CHART:
        open_account(
            code=seed.code,
            name_zh=seed.name_zh,
            name_en=seed.name_en,
            kind=seed.kind,
            normal_side=seed.normal_side,
            guard=seed.guard,
            opened_date=opened_date,
        )
    return Account.objects.count() - before_count
