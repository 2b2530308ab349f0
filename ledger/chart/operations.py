"""Verbs of the chart: seed it, open and close accounts."""

from datetime import date

from kernel.refusals import Kind as RefusalKind
from kernel.refusals import Refusal
from ledger.chart.models import Account, Guard, Kind, NormalSide
from ledger.chart.queries import AccountView, get_account, view_of
from ledger.chart.seed import FIRST_CHART
from plumbing.sql import in_transaction


class AccountExists(Refusal):
    """The code is taken by an account of another nature."""

    code = "ledger.account_exists"
    kind = RefusalKind.CONFLICT
    message = "Account {account} exists already and is another one."


class AccountDatesInvalid(Refusal):
    """An account cannot close before it opened, nor twice."""

    code = "ledger.account_dates_invalid"
    kind = RefusalKind.INVALID
    message = "Account {account} cannot close on {closed_date}."


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
def close_account(*, code: str, closed_date: date) -> AccountView:
    """Close an account: nothing is booked to it on or after the date."""
    account = Account.objects.select_for_update().get(id=get_account(code=code).id)
    if account.closed_date is not None or closed_date < account.opened_date:
        raise AccountDatesInvalid(account=code, closed_date=closed_date)
    account.closed_date = closed_date
    account.save(update_fields=["closed_date"])
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
