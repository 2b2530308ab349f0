"""Roles of a bank's people and what each may do: data, checked by the doors (`journeys.md`, 3.1)."""

from collections.abc import Iterable
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in the bank."""

    PRODUCT_MANAGER = "product_manager", _("Product manager")
    RISK_MANAGER = "risk_manager", _("Risk manager")
    CREDIT_OFFICER = "credit_officer", _("Credit officer")
    ACCOUNTANT = "accountant", _("Accountant")
    AUDITOR = "auditor", _("Auditor")
    IT_ADMIN = "it_admin", _("IT administrator")


_READING: Final = frozenset(
    {
        "home.view",
        "application.view",
        "decision.view",
        "customer.view",
        "line.view",
        "loan.view",
        "product.view",
        "strategy.view",
        "partner.view",
        "campaign.view",
    }
)
_BOOKS: Final = frozenset({"journal.view", "trial_balance.view", "day_end.view", "books.audit", "break.view"})

CAPABILITIES: Final[dict[Role, frozenset[str]]] = {
    Role.PRODUCT_MANAGER: _READING
    | {"product.draft", "product.publish", "campaign.draft", "campaign.launch", "partner.list"},
    Role.RISK_MANAGER: _READING
    | {"product.publish", "strategy.draft", "strategy.sign", "line.freeze", "decision.replay", "rules.adopt"}
    | {"break.view", "break.approve", "rules.view", "case.view", "case.work", "monitor.view", "service.view"}
    | {"monitor.set"},
    Role.CREDIT_OFFICER: _READING
    | {"application.review", "customer.identify", "case.view", "case.work", "service.view", "service.work"},
    Role.ACCOUNTANT: frozenset({"home.view", "loan.view", "line.view", "customer.view"})
    | _BOOKS
    | {"receipt.record", "settlement.fund", "period.close", "entry.reverse", "day_end.run"}
    | {"statement.import", "break.resolve", "break.approve"},
    Role.AUDITOR: _READING
    | _BOOKS
    | {"audit.view", "decision.replay", "rules.view", "case.view", "monitor.view", "service.view"},
    Role.IT_ADMIN: frozenset({"home.view", "staff.view", "staff.manage", "audit.view", "partner.view"}),
}


def capabilities_of(roles: Iterable[str]) -> frozenset[str]:
    """Return everything that people with these roles may do."""
    granted: frozenset[str] = frozenset()
    for role in roles:
        granted |= CAPABILITIES[Role(role)]
    return granted
