"""The bank portal's navigation and what every page of it knows."""

from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from plumbing.clock.queries import business_date

NAVIGATION: Final = (
    ("/", _("Home"), "home", "home.view"),
    ("/applications", _("Applications"), "applications", "application.view"),
    ("/customers", _("Customers"), "customers", "customer.view"),
    ("/lines", _("Credit lines"), "lines", "line.view"),
    ("/loans", _("Loans"), "loans", "loan.view"),
    ("/accounting", _("Accounting"), "accounting", "trial_balance.view"),
    ("/accounting/clearing", _("Reconciliation"), "clearing", "break.view"),
    ("/reports", _("Reports"), "reports", "trial_balance.view"),
    ("/partners", _("Partner scenes"), "partners", "partner.view"),
    ("/campaigns", _("Marketing"), "campaigns", "campaign.view"),
    ("/products", _("Products"), "products", "product.view"),
    ("/prequalification", _("Pre-qualification"), "prequalification", "product.view"),
    ("/decisions", _("Decisions"), "decisions", "decision.view"),
    ("/cases", _("Cases"), "cases", "case.view"),
    ("/service-requests", _("Service requests"), "service", "service.view"),
    ("/strategy", _("Risk strategy"), "strategy", "strategy.view"),
    ("/monitors", _("Risk watch"), "monitors", "monitor.view"),
    ("/calendar", _("Calendar"), "calendar", "rules.view"),
    ("/performance", _("Performance"), "performance", "home.view"),
    ("/audit-log", _("Audit log"), "audit", "audit.view"),
)


def actor_of(request: Any) -> str:
    """Return who acts, as the audit log names them; the door has let somebody of this bank in."""
    return str(request.user.email)


def framed(request: HttpRequest, section: str, **context: Any) -> dict[str, Any]:
    """Return a page's context with the portal's frame around it; links one may not follow are not shown."""
    granted: frozenset[str] = getattr(request.user, "capabilities", frozenset())
    return {
        "navigation": [
            (url, label, name) for url, label, name, capability in NAVIGATION if capability in granted
        ],
        "section": section,
        "home_url": "/",
        "sign_out_url": "/sign-out",
        "business_date": business_date(),
        **context,
    }
