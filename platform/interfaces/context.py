"""What every page knows: the bank, its brand, and who is signed in."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from interfaces.middleware import bank_of
from interfaces.theme import address


def bank_and_brand(request: HttpRequest) -> dict[str, Any]:
    """Return the bank (None in the ops console), its name its brand, and what one may do."""
    bank = bank_of(request)
    person = getattr(request, "user", None)
    return {
        "bank": bank,
        "bank_name": bank.name(get_language() or "") if bank else "Sluice",
        "brand": bank.brand if bank else {},
        "brand_stylesheet": address(bank.brand) if bank else "",
        "capabilities": getattr(person, "capabilities", frozenset()),
        "request_id": getattr(request, "request_id", ""),
    }
