"""Filters that write the house's types: money, rates, public ids, and a badge's tone for a status."""

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import template
from django.utils.translation import gettext

from kernel.ids import public_id
from kernel.money import Money
from kernel.rates import AnnualRate

register = template.Library()
_GOOD: Final = frozenset(
    {"approved", "contracted", "active", "paid_out", "succeeded", "signed", "posted", "hit"}
)
_GOOD_MORE: Final = frozenset(
    {"finished", "done", "authorised", "published", "open", "approve", "paid_off", "pass"}
)
_WARN: Final = frozenset(
    {"submitted", "in_review", "processing", "pending", "refer", "awaiting_funds", "unknown"}
)
_BAD: Final = frozenset({"declined", "failed", "overdue", "frozen", "revoked", "decline", "expired", "miss"})


@register.filter
def yuan(amount: Money | None) -> str:
    """Return money with thousands separators; a dash for none."""
    return "–" if amount is None else format(amount, ",")


@register.filter
def percent(rate: AnnualRate | Decimal | None) -> str:
    """Return a fraction as per cent with two decimals."""
    if rate is None or rate == "":
        return "–"
    fraction = rate.fraction if isinstance(rate, AnnualRate) else Decimal(rate)
    return f"{fraction * 100:.2f} %"


@register.filter
def seconds(value: Any) -> str:
    """Return seconds with three decimals; a dash for none."""
    return "–" if value is None else f"{Decimal(value):.3f} s"


@register.filter
def ref(key: UUID | None, prefix: str) -> str:
    """Return the public id of a key."""
    return "" if key is None else public_id(prefix, key)


@register.filter
def tone(status: Any) -> str:
    """Return the badge class of a status."""
    name = str(status)
    if name in _GOOD or name in _GOOD_MORE:
        return "good"
    return "warn" if name in _WARN else "bad" if name in _BAD else ""


@register.filter
def said(code: Any) -> str:
    """Return a status or kind in the reader's language; English needs no catalogue, only spaces."""
    name = str(code or "")
    if not name:
        return ""
    text = gettext(name)
    return text.replace("_", " ") if text == name else text
