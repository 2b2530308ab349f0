"""What a token may allow (`api.md`, section 2)."""

from typing import Final

SCOPES: Final = frozenset(
    {
        "banks:read",
        "businesses:read",
        "businesses:write",
        "consents:read",
        "consents:write",
        "data:write",
        "offers:read",
        "offers:write",
        "applications:read",
        "applications:write",
        "decisions:read",
        "agreements:read",
        "agreements:write",
        "loans:read",
        "drawdowns:write",
        "repayments:write",
        "service:read",
        "service:write",
        "events:read",
        "webhooks:read",
        "webhooks:write",
        "embed:write",
        "test:read",
        "test:write",
    }
)


def granted(*, asked: frozenset[str], allowed: frozenset[str]) -> frozenset[str]:
    """Return the scopes a token gets: those asked for, or all that are allowed when none is asked for."""
    return asked & allowed if asked else allowed
