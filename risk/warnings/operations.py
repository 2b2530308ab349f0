"""Signing a policy, recording what was seen, judging subjects, and writing down what was done."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import connection

from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from plumbing.audit import operations as audit
from plumbing.sql import hold_name, in_transaction
from risk.cases import operations as cases
from risk.cases.states import CaseKind, Priority
from risk.strategies.operations.proposals import ProposalKind, approve, propose
from risk.strategies.queries import get_proposal
from risk.warnings.models import Sighting, WarningAction, WarningChange, WarningPolicyVersion
from risk.warnings.policy import MEASURES, Action, Level, WarningPolicy, read_policy
from risk.warnings.queries import policy_on

_EVALUATE: Final = (Path(__file__).parent / "sql" / "evaluate.sql").read_text(encoding="utf-8")
NOTHING_MEASURED: Final = (
    "SELECT NULL::uuid AS subject_id, ''::text AS measure, NULL::numeric AS value WHERE false"
)
TWO_PEOPLE: Final = frozenset({Action.FREEZE, Action.CUT, Action.COLLECT})  # only looking needs but one


class MeasureUnknown(Refusal):
    """There is no such measure, or not of such a value."""

    code = "warnings.measure_unknown"
    kind = Kind.INVALID
    message = "There is no measure {measure} with the value {given}."


class WarningSignaturesMissing(Refusal):
    """Two different people must sign or act."""

    code = "warnings.signatures_missing"
    message = "This needs two different people."


class PolicyTooEarly(Refusal):
    """A policy may not take effect before the one that it follows."""

    code = "warnings.policy_too_early"
    message = "A newer policy takes effect on {latest} already; {given} is before that."


class PolicyInPast(Refusal):
    """What was judged by the policy of its day stays so."""

    code = "warnings.policy_in_past"
    kind = Kind.INVALID
    message = "A policy takes effect today or later, not on {given}."


@dataclass(frozen=True, slots=True)
class Moved:
    """A subject whose level moved, and the signals behind it."""

    subject_id: UUID
    from_level: Level
    to_level: Level
    signals: tuple[Mapping[str, Any], ...]

    @property
    def is_rise(self) -> bool:
        """Whether it stands worse than before."""
        return self.to_level.rank > self.from_level.rank


@in_transaction
def sign_warning_policy(
    *,
    document: Mapping[str, Any],
    effective_from: date,
    signed_by: tuple[str, str],
    on_date: date,
    now: datetime,
) -> int:
    """Sign a policy from a day on, `on_date` or later; return its version."""
    first, second = _two(signed_by)
    hold_name("warning_policy")
    last = _require_sound(document, effective_from, on_date)
    version = 1 if last is None else last.version + 1
    WarningPolicyVersion.objects.create(
        version=version,
        effective_from=effective_from,
        document=dict(document),
        signed_by_first=first,
        signed_by_second=second,
        signed_at=now,
    )
    detail: dict[str, object] = {"version": version, "second": second}
    audit.record(actor=first, action="warning_policy.sign", subject="warnings", detail=detail, now=now)
    return version


@in_transaction
def propose_warning_policy(
    *,
    document: Mapping[str, Any],
    effective_from: date,
    reason: str,
    proposed_by: str,
    on_date: date,
    now: datetime,
) -> UUID:
    """Write a policy down as the first of two; the one in force stays so until the second signs."""
    _require_sound(document, effective_from, on_date)
    payload = {"document": dict(document), "effective_from": effective_from.isoformat()}
    kind = ProposalKind.WARNING_POLICY
    return propose(kind=kind, code="", payload=payload, reason=reason, by=proposed_by, now=now).id


@in_transaction
def approve_warning_policy(*, proposal_id: UUID, approved_by: str, on_date: date, now: datetime) -> int:
    """Sign a proposed policy as the second person; refuses one whose day has gone by. Return its version."""
    approve(proposal_id=proposal_id, kind=ProposalKind.WARNING_POLICY, by=approved_by, now=now)
    given = get_proposal(proposal_id)
    return sign_warning_policy(
        document=given.payload["document"],
        effective_from=date.fromisoformat(given.payload["effective_from"]),
        signed_by=(given.proposed_by, approved_by),
        on_date=on_date,
        now=now,
    )


def _require_sound(
    document: Mapping[str, Any], effective_from: date, on_date: date
) -> WarningPolicyVersion | None:
    """Refuse what is no policy or comes too early; return the newest policy that was signed."""
    read_policy(document)
    if effective_from < on_date:
        raise PolicyInPast(given=effective_from)
    last = WarningPolicyVersion.objects.order_by("-version").first()
    if last is not None and effective_from < last.effective_from:
        raise PolicyTooEarly(latest=last.effective_from, given=effective_from)
    return last


@in_transaction
def record_sighting(
    *, subject_id: UUID, measure: str, value: Decimal, as_of_date: date, source: str, now: datetime
) -> None:
    """Write down what somebody measured of a subject; judging comes after, with `judge_subjects`."""
    fits = value.is_finite() and abs(value) < 10**14 and value == round(value, 6)
    if measure not in MEASURES or not fits:
        raise MeasureUnknown(measure=measure[:40], given=str(value)[:40])
    Sighting.objects.create(
        subject_id=subject_id,
        measure=measure,
        value=value,
        as_of_date=as_of_date,
        source=source,
        recorded_at=now,
    )


@in_transaction
def judge_subjects(
    *, measures: str = NOTHING_MEASURED, subject_id: UUID | None = None, on_date: date, now: datetime
) -> tuple[Moved, ...]:
    """Judge every subject that is measured or warned of, or one, in one statement; return whose level moved.

    `measures` is a trusted SELECT of (subject_id uuid, measure text, value numeric) without parameters. Every
    move is kept; a rise opens a case, or adds to the one that is open, with the signals as evidence.
    """
    version, policy = policy_on(on_date)
    hold_name("warnings")
    moved = _evaluate(measures, subject_id, policy, on_date)
    WarningChange.objects.bulk_create(
        [
            WarningChange(
                subject_id=move.subject_id,
                business_date=on_date,
                from_level=move.from_level.value,
                to_level=move.to_level.value,
                signals=list(move.signals),
                policy_version=version,
                recorded_at=now,
            )
            for move in moved
        ],
        batch_size=1000,
    )
    for move in moved:
        if move.is_rise:
            _open(move, policy, on_date, now)
    return moved


def _evaluate(
    measures: str, subject_id: UUID | None, policy: WarningPolicy, on_date: date
) -> tuple[Moved, ...]:
    parameters: dict[str, Any] = {
        "signals": json.dumps([dict(row) for row in policy.signals]),
        "on_date": on_date,
        "fresh_after": on_date - timedelta(days=policy.fresh_days),
        "subject": subject_id,
        "watch_together": policy.together[Level.WATCH],
        "act_together": policy.together[Level.ACT],
    }
    with connection.cursor() as cursor:
        cursor.execute(_EVALUATE.replace("{measures}", measures.replace("%", "%%")), parameters)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return tuple(
        Moved(subject, Level(before), Level(after), tuple(json.loads(signals)))
        for subject, before, after, signals in rows
    )


def _open(move: Moved, policy: WarningPolicy, on_date: date, now: datetime) -> None:
    cases.open_case(
        kind=CaseKind.WARNING,
        subject=public_id("biz", move.subject_id),
        reason=str(move.signals[0]["signal"]),
        priority=Priority(move.to_level.value),
        evidence={
            "warning": {
                "on_date": on_date.isoformat(),
                "level": move.to_level.value,
                "signals": list(move.signals),
                "actions": [action.value for action in policy.actions[move.to_level]],
            }
        },
        now=now,
    )


@in_transaction
def record_action(
    *, subject_id: UUID, action: Action, reason: str, taken_by: str, checked_by: str = "", now: datetime
) -> None:
    """Write down what was done about a warning; everything but a review is done by two people."""
    if action in TWO_PEOPLE:
        _two((taken_by, checked_by))
    if not taken_by.strip() or not reason.strip():
        raise cases.ReasonMissing
    WarningAction.objects.create(
        subject_id=subject_id,
        action=action.value,
        reason=reason[:300],
        taken_by=taken_by,
        checked_by=checked_by,
        taken_at=now,
    )
    audit.record(
        actor=taken_by,
        action=f"warning.{action.value}",
        subject=public_id("biz", subject_id),
        detail={"reason": reason, "checker": checked_by},
        now=now,
    )


def _two(people: tuple[str, str]) -> tuple[str, str]:
    first, second = (name.strip() for name in people)
    if not first or not second or first.casefold() == second.casefold():
        raise WarningSignaturesMissing
    return first, second
