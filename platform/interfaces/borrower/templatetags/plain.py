"""Filters for people who borrow: money with its separators, rates in per cent, the names of codes."""

from decimal import Decimal
from typing import Final
from uuid import UUID

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.ids import public_id
from kernel.money import Money
from kernel.rates import AnnualRate
from lending.products.purposes import PURPOSES
from openbanking.consents.catalogue import DATA_CLASSES
from openbanking.consents.catalogue import PURPOSES as CONSENT_PURPOSES

register = template.Library()
_ASKED: Final = {
    "complaint": _("A complaint"),
    "hardship": _("Trouble with repaying"),
    "reschedule": _("Other payment days"),
    "correction": _("Something known of me is wrong"),
    "consent_copy": _("A copy of a consent"),
}
_STANDS: Final = {
    "received": _("The bank has it"),
    "in_progress": _("Somebody is working on it"),
    "resolved": _("Done"),
    "rejected": _("Not granted"),
}


@register.filter
def yuan(amount: Money) -> str:
    """Return money with thousands separators."""
    return format(amount, ",")


@register.filter
def percent(rate: AnnualRate | Decimal) -> str:
    """Return a yearly fraction in per cent with two decimals."""
    fraction = rate.fraction if isinstance(rate, AnnualRate) else rate
    return f"{fraction * 100:.2f}%"


@register.filter
def pid(key: UUID, prefix: str) -> str:
    """Return a public id."""
    return public_id(prefix, key)


@register.filter
def named(thing: object) -> str:
    """Return the name that something has in the reader's language."""
    return str(getattr(thing, "name_en" if english() else "name_zh"))


@register.filter
def purpose_name(code: str) -> str:
    """Return what a loan is for."""
    return PURPOSES[code][0 if english() else 1] if code in PURPOSES else code


@register.filter
def data_name(code: str) -> str:
    """Return the name of a class of data."""
    return named(DATA_CLASSES[code])


@register.filter
def request_name(kind: str) -> str:
    """Return what a service request is about."""
    return str(_ASKED.get(kind, kind))


@register.filter
def request_state(status: str) -> str:
    """Return where a service request stands."""
    return str(_STANDS.get(status, status))


@register.filter
def use_name(code: str) -> str:
    """Return the name of what data is used for."""
    return named(CONSENT_PURPOSES[code])


def english() -> bool:
    """Return whether the reader reads English."""
    return (get_language() or "").startswith("en")
