"""Filters that write the house's types: money, rates, public ids, and a badge's tone for a status."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import template
from django.utils.translation import gettext

from interfaces.bank.trace import code_text, fact_name
from interfaces.bank.trace import reason_text as words_of
from kernel.ids import public_id
from kernel.money import Money
from kernel.rates import AnnualRate
from risk.rules.reasons import REASONS

register = template.Library()
CODE: Final = re.compile("[a-z][a-z0-9_]*")
_GOOD: Final = frozenset(
    {"approved", "contracted", "active", "paid_out", "succeeded", "signed", "posted", "hit"}
)
_GOOD_MORE: Final = frozenset(
    {"finished", "done", "authorised", "published", "open", "approve", "paid_off", "paid", "pass", "in_force"}
)
_WARN: Final = frozenset(
    {
        *("submitted", "in_review", "processing", "pending", "running", "refer", "awaiting_funds", "unknown"),
        *("due", "part_paid", "proposed", "scheduled", "act"),
    }
)
_BAD: Final = frozenset(
    {"declined", "failed", "overdue", "frozen", "revoked", "decline", "expired", "miss", "stop"}
)


@register.filter
def yuan(amount: Money | None) -> str:
    """Return money with thousands separators; a dash for none."""
    return "–" if amount is None else format(amount, ",")


@register.filter
def percent(rate: AnnualRate | Decimal | float | None) -> str:
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
    """Return a status or kind in the reader's language; nothing for none."""
    return code_text(str(code)) if code else ""


@register.filter
def list_name(place: str) -> str:
    """Return what a list of a strategy's document holds, in the reader's language."""
    return said(place.rpartition("/")[2])


@register.filter
def as_json(value: Any) -> str:
    """Return a part of a document as indented JSON."""
    return json.dumps(value, ensure_ascii=False, indent=1)


@register.filter
def draft_path(draft_id: str) -> str:
    """Return the address of a draft's page."""
    return f"/strategy/documents/{public_id('stg', UUID(draft_id))}"


@register.filter
def decision_ref(decision_id: str) -> str:
    """Return a decision's public id from the text of its key."""
    return public_id("dec", UUID(decision_id))


@register.filter
def reason_text(code: str) -> str:
    """Return a reason of a decision in the words for staff."""
    return words_of(code)


@register.filter
def case_word(code: Any) -> str:
    """Return what a case says: a code of its own, a reason of a decision, or what somebody wrote."""
    name = str(code or "")
    return said(name) if name not in REASONS and CODE.fullmatch(name) else words_of(name)


@register.filter
def fact_text(name: str) -> str:
    """Return a fact's or a monitor's name in the reader's language."""
    return fact_name(name)


@register.filter
def span(length: timedelta) -> str:
    """Return a length of time in days and hours, or in minutes below an hour."""
    minutes = abs(int(length.total_seconds())) // 60
    days, hours = divmod(minutes // 60, 24)
    if days:
        return gettext("{days} d {hours} h").format(days=days, hours=hours)
    return (
        gettext("{hours} h").format(hours=hours)
        if hours
        else gettext("{minutes} min").format(minutes=minutes)
    )


@register.filter
def as_seconds(milliseconds: int | None) -> str:
    """Return milliseconds as seconds with two decimals; a dash for none."""
    return f"{(milliseconds or 0) / 1000:.2f} s" if milliseconds is not None else "–"


@register.filter
def rows(step: Any) -> str:
    """Return how many rows a day-end's step has done, of how many if that is known."""
    if not step.rows_done and not step.rows_total:
        return "–"
    return f"{step.rows_done:,}" + (f" / {step.rows_total:,}" if step.rows_total is not None else "")


@register.filter
def figures(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return figures with the reader's word for each; a name that ends in `_minor` is money in fen."""
    return [(said(_label(name)), _figure(name, value)) for name, value in found.items()]


def _label(name: str) -> str:
    """Return a figure's code: what the loans come to is the sub-ledger's sum, not a number of loans."""
    return "sub_ledger" if name == "loans_minor" else name.removesuffix("_minor")


def _figure(name: str, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return format(Money(value), ",") if name.endswith("_minor") else f"{value:,}"
    return str(value)


@register.filter
def found(finding: Any) -> str:
    """Return what a proof found, in the reader's language; what is broken also in the proof's own words."""
    known = (
        finding
        if isinstance(finding, Mapping)
        else {"ok": finding.ok, "detail": finding.detail, "figures": finding.figures}
    )
    text = ", ".join(f"{label} {value}" for label, value in figures(known.get("figures") or {}))
    if not text:
        return str(known["detail"])
    return text if known["ok"] else f"{text} · {known['detail']}"
