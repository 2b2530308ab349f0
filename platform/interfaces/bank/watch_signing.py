"""What two people sign on the watch: an overlay of the cycle, and the policy of the warnings."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from interfaces.bank.frame import actor_of
from interfaces.door import StaffView, now
from interfaces.pages import Form, act
from kernel.ids import public_id
from plumbing.clock.queries import business_date
from risk.overlays.operations import propose_cycle_overlay
from risk.strategies.queries import ProposalView, proposals
from risk.warnings.operations import propose_warning_policy
from risk.warnings.policy import FIRST_POLICY, Level
from risk.warnings.queries import policy_on

PATH: Final = "/monitors"
KINDS: Final = ("cycle_overlay", "warning_policy")
_OFF: Final = Level.NONE.value
_PARTS: Final = ("signal", "measure", "op")


class OverlayProposing(StaffView):
    """An overlay, signed as the first of two."""

    capability = "strategy.sign"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Propose it."""
        form = Form(request)

        def work() -> Mapping[str, Any]:
            proposal_id = propose_cycle_overlay(
                log_odds_shift=form.number("log_odds_shift", signed=True),
                reason=form.text("reason", longest=300),
                effective_from=form.day("effective_from"),
                proposed_by=actor_of(request),
                on_date=business_date(),
                now=now(),
            )
            return {"id": public_id("prp", proposal_id)}

        return act(request, work, to=PATH, status=201)


class PolicyProposing(StaffView):
    """A policy of the warnings, signed as the first of two."""

    capability = "strategy.sign"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Propose it."""
        form = Form(request)

        def work() -> Mapping[str, Any]:
            proposal_id = propose_warning_policy(
                document=policy_in(form, business_date()),
                effective_from=form.day("effective_from"),
                reason=form.text("reason", longest=300),
                proposed_by=actor_of(request),
                on_date=business_date(),
                now=now(),
            )
            return {"id": public_id("prp", proposal_id)}

        return act(request, work, to=PATH, status=201)


def policy_in(form: Form, today: date) -> dict[str, Any]:
    """Return the policy that a form says: each signal with its value and level, one that is off left out."""
    signals = []
    for row in _offered(today):
        level = form.text(f"level.{row['signal']}", row["level"], longest=8)
        if level != _OFF:
            value = format(form.number(f"value.{row['signal']}", row["value"]), "f")
            signals.append({part: row[part] for part in _PARTS} | {"value": value, "level": level})
    _, policy = policy_on(today)
    return {
        "signals": signals,
        "together": {
            level.value: form.count(f"together.{level.value}", str(count))
            for level, count in policy.together.items()
        },
        "actions": {
            level.value: [action.value for action in found] for level, found in policy.actions.items()
        },
        "fresh_days": form.count("fresh_days", str(policy.fresh_days)),
    }


def _offered(today: date) -> list[dict[str, Any]]:
    """Return the signals in force and, off, those of the first policy that are not."""
    _, policy = policy_on(today)
    known = {str(row["signal"]) for row in policy.signals}
    off = [{**row, "level": _OFF} for row in FIRST_POLICY["signals"] if row["signal"] not in known]
    return [*map(dict, policy.signals), *off]


def signing_parts(today: date) -> dict[str, Any]:
    """Return what the page shows: the policy in force, its form, and what waits for a second person."""
    version, policy = policy_on(today)
    return {
        "policy_version": version,
        "policy": policy,
        "policy_together": {level.value: count for level, count in policy.together.items()},
        "signals_offered": _offered(today),
        "signal_levels": [level.value for level in Level],
        "waiting": [(one, tuple(_changes(one, today))) for one in _waiting()],
    }


def signing_body(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same as JSON."""
    return {
        "warning_policy": {
            "version": parts["policy_version"],
            "fresh_days": parts["policy"].fresh_days,
            "together": parts["policy_together"],
            "signals": [
                {part: row[part] for part in (*_PARTS, "value", "level")} for row in parts["policy"].signals
            ],
        },
        "waiting": [
            {
                "id": public_id("prp", one.id),
                "kind": one.kind,
                "reason": one.reason,
                "proposed_by": one.proposed_by,
                **one.payload,
            }
            for one, _ in parts["waiting"]
        ],
    }


def _waiting() -> list[ProposalView]:
    return [one for one in proposals() if one.kind in KINDS]


def _changes(one: ProposalView, today: date) -> Iterator[tuple[str, str, str]]:
    """Yield what a proposed policy changes: a signal's name, how it is judged, and how it would be."""
    if one.kind != "warning_policy":
        return
    _, policy = policy_on(today)
    document = one.payload["document"]
    before = {row["signal"]: row for row in policy.signals}
    after = {row["signal"]: row for row in document["signals"]}
    for name in dict.fromkeys([*before, *after]):
        if _rule(before.get(name)) != _rule(after.get(name)):
            yield name, _rule(before.get(name)), _rule(after.get(name))
    for level, count in policy.together.items():
        if count != document["together"][level.value]:
            yield level.value, str(count), str(document["together"][level.value])
    if policy.fresh_days != document["fresh_days"]:
        yield "fresh_days", str(policy.fresh_days), str(document["fresh_days"])


def _rule(row: Mapping[str, Any] | None) -> str:
    return "–" if row is None else f"{row['op']} {row['value']} → {row['level']}"
