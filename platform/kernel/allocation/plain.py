"""Allocation orders to and from plain JSON: how a product version keeps them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from kernel.allocation.policy import (
    Component,
    DueStatus,
    FutureRule,
    Policy,
    PolicyUnknown,
    Precedence,
    Processing,
    Step,
)
from kernel.allocation.standard import LoanCondition, PolicySet, TransactionType

Choice = TypeVar("Choice", bound=StrEnum)


def policy_as_json(policy: Policy) -> dict[str, Any]:
    """Return an order as plain JSON: `order` lists pairs such as `past_due.cost`."""
    return {
        "order": [f"{status.value}.{component.value}" for status, component in policy.order],
        "processing": policy.processing.value,
        "future": policy.future.value,
        "precedence": policy.precedence.value,
    }


def policy_from_json(plain: object) -> Policy:
    """Return the order; refuses a pair that is unknown, missing or named twice, and an unknown choice."""
    row = _members(plain, {"order", "processing", "future", "precedence"})
    order = row.get("order")
    if not isinstance(order, list):
        raise PolicyUnknown(given=_short(order), wanted="order")
    return Policy(
        order=tuple(_step(text) for text in order),
        processing=_choice(Processing, row.get("processing", Processing.HORIZONTAL.value), "processing"),
        future=_choice(FutureRule, row.get("future", FutureRule.HOLD.value), "future rule"),
        precedence=_choice(Precedence, row.get("precedence", Precedence.OLDEST.value), "precedence"),
    )


def set_as_json(policies: PolicySet) -> dict[str, Any]:
    """Return a set of orders as plain JSON: a list of rows, and the day of the switch."""
    return {
        "long_overdue_after_days": policies.long_overdue_after_days,
        "policies": [
            {"transaction": kind.value, "condition": condition.value, **policy_as_json(policy)}
            for (kind, condition), policy in policies.policies.items()
        ],
    }


def set_from_json(plain: object) -> PolicySet:
    """Return the set; refuses what `policy_from_json` does, a row named twice, and what a set must have."""
    row = _members(plain, {"long_overdue_after_days", "policies"})
    rows, days = row.get("policies"), row.get("long_overdue_after_days", 90)
    if not isinstance(rows, list):
        raise PolicyUnknown(given=_short(rows), wanted="list")
    if type(days) is not int:
        raise PolicyUnknown(given=_short(days), wanted="number of days")
    found: dict[tuple[TransactionType, LoanCondition], Policy] = {}
    for each in rows:
        members = dict(_members(each, None))
        key = (
            _choice(TransactionType, members.pop("transaction", None), "transaction"),
            _choice(LoanCondition, members.pop("condition", None), "condition"),
        )
        if key in found:
            raise PolicyUnknown(given=f"a second {key[0].value} {key[1].value}", wanted="row")
        found[key] = policy_from_json(members)
    return PolicySet(found, days)


def _members(plain: object, known: set[str] | None) -> Mapping[str, Any]:
    if not isinstance(plain, dict):
        raise PolicyUnknown(given=_short(plain), wanted="form")
    for name in plain:
        if known is not None and name not in known:
            raise PolicyUnknown(given=_short(name), wanted="member")
    return plain


def _step(text: object) -> Step:
    status, _, component = text.partition(".") if isinstance(text, str) else (None, "", None)
    return _choice(DueStatus, status, "step", text), _choice(Component, component, "step", text)


def _choice(kind: type[Choice], given: object, wanted: str, whole: object = None) -> Choice:
    for member in kind:
        if member.value == given:
            return member
    raise PolicyUnknown(given=_short(given if whole is None else whole), wanted=wanted)


def _short(given: object) -> str:
    return str(given)[:40]
