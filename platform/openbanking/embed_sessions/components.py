"""What a frame can show, and which scopes each needs: a session may never do more than its client."""

from collections.abc import Iterable
from typing import Final

from django.db.models import TextChoices


class Component(TextChoices):
    """What is embedded."""

    OFFER_TILE = "offer_tile", "Offer tile"
    APPLICATION = "application", "Application"
    DASHBOARD = "dashboard", "Dashboard"


SCOPES: Final[dict[str, frozenset[str]]] = {
    Component.OFFER_TILE: frozenset({"offers:read", "offers:write"}),
    Component.APPLICATION: frozenset(
        {
            "businesses:write",
            "consents:write",
            "applications:write",
            "decisions:read",
            "agreements:write",
            "loans:read",
            "drawdowns:write",
        }
    ),
    Component.DASHBOARD: frozenset({"consents:read", "consents:write", "loans:read", "repayments:write"}),
}


def scopes_for(components: Iterable[str]) -> frozenset[str]:
    """Return the scopes that components need together."""
    return frozenset().union(*(SCOPES[component] for component in components))
