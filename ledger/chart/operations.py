"""Verbs of the chart: seed it, open accounts, give them roles, tag references. The journal closes them."""

from collections.abc import Mapping
from datetime import date

from kernel.refusals import Kind as RefusalKind
from kernel.refusals import Refusal
from ledger.chart.first_rules import FIRST_RULES
from ledger.chart.memory import forget
from ledger.chart.models import Account, AccountRole, Guard, Kind, NormalSide, PostingRule, ReferenceProduct
from ledger.chart.posting_rules import adopt_rules
from ledger.chart.queries import ROLES, AccountUnknown, AccountView, RoleView, get_account, view_of
from ledger.chart.roles import DEFAULT_MAP, Role, kinds_of
from ledger.chart.seed import FIRST_CHART
from plumbing.sql import in_transaction


class AccountExists(Refusal):
    """The code is taken by an account of another nature."""

    code = "ledger.account_exists"
    kind = RefusalKind.CONFLICT
    message = "Account {account} exists already and is another one."


class RoleNature(Refusal):
    """An account of that nature cannot play the role."""

    code = "ledger.role_nature"
    kind = RefusalKind.INVALID
    message = "Account {account} is of kind {kind} and cannot play the role {role}."


class RoleOrder(Refusal):
    """A role changes hands from a date after its last change: what has been posted stays explained."""

    code = "ledger.role_order"
    kind = RefusalKind.CONFLICT
    message = "The role {role} cannot change on {effective_date}: it last changed on {since}."


class ReferenceTagged(Refusal):
    """The reference belongs to another product."""

    code = "ledger.reference_tagged"
    kind = RefusalKind.CONFLICT
    message = "{reference} belongs to the product {product} already."


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
    """Open the first chart's accounts that are not there yet, with their roles and the first posting rules.

    Returns how many accounts were opened; what a bank has mapped or adopted itself stays as it is.
    """
    there = set(Account.objects.values_list("code", flat=True))
    missing = [seed for seed in FIRST_CHART if seed.code not in there]
    Account.objects.bulk_create(
        Account(
            code=seed.code,
            name_zh=seed.name_zh,
            name_en=seed.name_en,
            kind=seed.kind,
            normal_side=seed.normal_side,
            guard=seed.guard,
            opened_date=opened_date,
        )
        for seed in missing
    )
    ids = dict(Account.objects.values_list("code", "id"))
    mapped = set(AccountRole.objects.values_list("role", flat=True))
    AccountRole.objects.bulk_create(
        AccountRole(role=role, account_id=ids[code], effective_date=opened_date)
        for role, code in DEFAULT_MAP.items()
        if role not in mapped
    )
    forget(ROLES)
    adopted = set(PostingRule.objects.values_list("event", flat=True))
    first = [rules for rules in FIRST_RULES if rules.event not in adopted]
    adopt_rules(rule_sets=first, effective_date=opened_date, adopted_by="first rules")
    return len(missing)


@in_transaction
def map_role(*, role: Role, account: str, effective_date: date) -> RoleView:
    """Give a role to an account from a date on; entries made before keep the account they have.

    Refuses an unknown or closed account, one of the wrong nature, and a date at or before the last change's.
    """
    view = get_account(code=account)
    if view.closed_date is not None:
        raise AccountUnknown(account=account)
    if view.kind not in kinds_of(role):
        raise RoleNature(role=role, account=account, kind=view.kind)
    last = AccountRole.objects.filter(role=role).order_by("-effective_date").first()
    if last is not None and last.account_id == view.id and last.effective_date == effective_date:
        return RoleView(role, account, effective_date)
    if last is not None and last.effective_date >= effective_date:
        raise RoleOrder(role=role, effective_date=effective_date, since=last.effective_date)
    AccountRole.objects.create(role=role, account_id=view.id, effective_date=effective_date)
    forget(ROLES)
    return RoleView(role, account, effective_date)


@in_transaction
def tag_references(*, products: Mapping[str, str]) -> int:
    """Say which product each reference belongs to; return how many were new. A tag never changes.

    Income of an entry without a known reference is shown as not assigned to a product.
    """
    known = dict(ReferenceProduct.objects.filter(reference__in=products).values_list("reference", "product"))
    for reference, product in known.items():
        if products[reference] != product:
            raise ReferenceTagged(reference=reference, product=product)
    fresh = [
        ReferenceProduct(reference=ref, product=product)
        for ref, product in products.items()
        if ref not in known
    ]
    ReferenceProduct.objects.bulk_create(fresh)
    return len(fresh)
