"""Reads of policies, levels, sightings and actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, When

from risk.warnings.models import Sighting, WarningAction, WarningChange, WarningPolicyVersion, WarningState
from risk.warnings.policy import FIRST_POLICY, Level, WarningPolicy, read_policy


@dataclass(frozen=True, slots=True)
class WarningView:
    """Where a subject stands, since when, and why."""

    subject_id: UUID
    level: Level
    signals: tuple[Mapping[str, Any], ...]
    since_date: date


@dataclass(frozen=True, slots=True)
class WarningChangeView:
    """One move between levels."""

    business_date: date
    from_level: Level
    to_level: Level
    signals: tuple[Mapping[str, Any], ...]
    policy_version: int


@dataclass(frozen=True, slots=True)
class WarningActionView:
    """One thing that was done."""

    action: str
    reason: str
    taken_by: str
    checked_by: str
    taken_at: datetime


def policy_on(on_date: date) -> tuple[int, WarningPolicy]:
    """Return the version and policy in force on a day; version 0 is the first policy, which nobody signed."""
    rows = WarningPolicyVersion.objects.filter(effective_from__lte=on_date)
    row = rows.order_by("-effective_from", "-version").first()
    return (0, read_policy(FIRST_POLICY)) if row is None else (row.version, read_policy(row.document))


def standing(*, subject_id: UUID) -> WarningView | None:
    """Return where a subject stands; None if it never gave a signal."""
    row = WarningState.objects.filter(subject_id=subject_id).first()
    return None if row is None else _view(row)


def last_sighting(*, subject_id: UUID, measure: str) -> Decimal | None:
    """Return what was last seen of a measure of a subject, however long ago; None: never."""
    rows = Sighting.objects.filter(subject_id=subject_id, measure=measure)
    return rows.order_by("-as_of_date", "-recorded_at", "-id").values_list("value", flat=True).first()


def warned(*, limit: int = 50) -> tuple[WarningView, ...]:
    """Return the subjects with a warning, gravest first and then by id."""
    gravest = Case(*(When(level=level.value, then=-level.rank) for level in Level))
    rows = WarningState.objects.exclude(level=Level.NONE.value).order_by(gravest, "subject_id")
    return tuple(_view(row) for row in rows[:limit])


def level_counts() -> dict[Level, int]:
    """Return how many subjects stand at each level above none."""
    rows = WarningState.objects.exclude(level=Level.NONE.value)
    found = dict(rows.values_list("level").annotate(count=Count("subject_id")))
    return {level: found.get(level.value, 0) for level in Level if level is not Level.NONE}


def history(*, subject_id: UUID) -> tuple[WarningChangeView, ...]:
    """Return a subject's moves, oldest first."""
    rows = WarningChange.objects.filter(subject_id=subject_id).order_by("business_date", "id")
    return tuple(
        WarningChangeView(
            row.business_date,
            Level(row.from_level),
            Level(row.to_level),
            tuple(row.signals),
            row.policy_version,
        )
        for row in rows
    )


def actions_taken(*, subject_id: UUID) -> tuple[WarningActionView, ...]:
    """Return what was done about a subject, oldest first."""
    rows = WarningAction.objects.filter(subject_id=subject_id).order_by("taken_at", "id")
    return tuple(
        WarningActionView(row.action, row.reason, row.taken_by, row.checked_by, row.taken_at) for row in rows
    )


def _view(row: WarningState) -> WarningView:
    return WarningView(row.subject_id, Level(row.level), tuple(row.signals), row.since_date)
