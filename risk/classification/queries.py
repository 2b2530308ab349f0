"""Reads of tiers, stages, policies and runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Sum

from kernel.refusals import Kind, Refusal
from regulation import queries as regulation
from risk.classification.loss import EclPolicy, read_policy
from risk.classification.models import (
    ClassificationState,
    DebtorShare,
    EclOverlay,
    EclPolicyVersion,
    EclResult,
    EclRun,
    StageChange,
    TierChange,
)
from risk.classification.policy import RULES, ClassificationPolicy
from risk.classification.tiers import Tier


class EclPolicyMissing(Refusal):
    """The bank has signed no ECL policy for that day."""

    code = "classification.ecl_policy_missing"
    kind = Kind.UNAVAILABLE
    message = "The bank has signed no ECL policy for {on_date}."


class EclRunMissing(Refusal):
    """There was no run as of that day."""

    code = "classification.ecl_run_missing"
    kind = Kind.NOT_FOUND
    message = "There is no ECL run as of {as_of_date}."


@dataclass(frozen=True, slots=True)
class StandingView:
    """Where an exposure stands."""

    exposure_id: UUID
    tier: Tier
    tier_since_date: date
    stage: int
    stage_since_date: date
    oldest_due_date: date | None
    cure_date: date | None
    observation_end_date: date | None
    override_tier: Tier | None
    allowance: int | None


@dataclass(frozen=True, slots=True)
class TierChangeView:
    """A move between tiers, and why."""

    exposure_id: UUID
    business_date: date
    from_tier: Tier
    to_tier: Tier
    days_past_due: int
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    decided_by: str
    checked_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class EclRunView:
    """A reckoning; `totals` by stage ("1", "2", "3") in fen: count, ead, ecl, overlay, commitment."""

    id: UUID
    as_of_date: date
    policy_version: int
    exposure_count: int
    totals: Mapping[str, Mapping[str, int]]

    def allowance(self, stage: int) -> int:
        """Return what 1304.0<stage> has to hold: model and overlay, in fen."""
        found = self.totals[str(stage)]
        return found["ecl"] + found["overlay"]

    @property
    def commitment(self) -> int:
        """What 2801 has to hold for undrawn credit, in fen (E-02)."""
        return sum(found["commitment"] for found in self.totals.values())


@dataclass(frozen=True, slots=True)
class LossSlice:
    """A segment and stage of a run: exposure and expected loss in fen, and the share lost on default."""

    segment: str
    stage: int
    exposure: int
    ecl: int
    loss_given_default: Decimal


@dataclass(frozen=True, slots=True)
class RollForwardRow:
    """One stage's allowance from one run to the next, in fen; the parts lead from opening to closing."""

    stage: int
    opening: int
    originated: int
    derecognised: int
    moved_in: int
    moved_out: int
    remeasured: int
    closing: int


@cache
def statement(name: str) -> str:
    """Return a statement of the room's `sql` folder."""
    return (Path(__file__).parent / "sql" / name).read_text(encoding="utf-8")


def over(name: str, exposures: str) -> str:
    """Return a statement over a caller's exposures: a trusted SELECT of the agreed columns, no parameters."""
    return statement(name).replace("({exposures})", f"({exposures})")


def policy_on(on_date: date) -> tuple[ClassificationPolicy, tuple[str, ...]]:
    """Return the thresholds in force on a day and the texts they are from; raises `RuleMissing`."""
    adopted = {rule.code: rule for rule in regulation.rules(on_date)}
    found = {code: adopted.get(code) or regulation.rule(code, on_date) for code in RULES}
    policy = ClassificationPolicy.of({code: rule.parameters for code, rule in found.items()})
    return policy, tuple(rule.reference for rule in found.values())


def ecl_policy_on(on_date: date) -> tuple[int, EclPolicy]:
    """Return the version and the policy that the bank signed for a day; raises `EclPolicyMissing`."""
    row = EclPolicyVersion.objects.filter(effective_from__lte=on_date).order_by("-version").first()
    if row is None:
        raise EclPolicyMissing(on_date=on_date.isoformat())
    return row.version, read_policy(row.document)


def standing(*, exposure_id: UUID) -> StandingView | None:
    """Return where an exposure stands; None: it never was anything but normal, stage 1."""
    row = ClassificationState.objects.filter(exposure_id=exposure_id).first()
    if row is None:
        return None
    return StandingView(
        row.exposure_id,
        Tier(row.tier),
        row.tier_since_date,
        row.stage,
        row.stage_since_date,
        row.oldest_due_date,
        row.cure_date,
        row.observation_end_date,
        Tier(row.override_tier) if row.override_tier else None,
        row.ecl,
    )


def tier_counts() -> dict[Tier, int]:
    """Return how many exposures stand in each tier below normal."""
    rows = ClassificationState.objects.exclude(tier=Tier.NORMAL.value)
    found = dict(rows.values_list("tier").annotate(count=Count("exposure_id")))
    return {tier: found.get(tier.value, 0) for tier in Tier if tier is not Tier.NORMAL}


def tier_history(*, exposure_id: UUID) -> tuple[TierChangeView, ...]:
    """Return an exposure's moves between tiers, oldest first."""
    rows = TierChange.objects.filter(exposure_id=exposure_id).order_by("business_date", "recorded_at", "id")
    return tuple(
        TierChangeView(
            row.exposure_id,
            row.business_date,
            Tier(row.from_tier),
            Tier(row.to_tier),
            row.days_past_due,
            tuple(row.reasons),
            tuple(row.rules),
            row.decided_by,
            row.checked_by,
            row.recorded_at,
        )
        for row in rows
    )


def stage_history(*, exposure_id: UUID) -> tuple[tuple[date, int, int], ...]:
    """Return an exposure's moves between stages, oldest first: (day, from, to)."""
    rows = StageChange.objects.filter(exposure_id=exposure_id).order_by("business_date", "recorded_at", "id")
    return tuple(rows.values_list("business_date", "from_stage", "to_stage"))


def tier_as_of(*, exposure_id: UUID, on_date: date) -> Tier:
    """Return the tier that an exposure had at the end of a day's classification."""
    rows = TierChange.objects.filter(exposure_id=exposure_id, business_date__lte=on_date)
    found = rows.order_by("-business_date", "-recorded_at", "-id").values_list("to_tier", flat=True).first()
    return Tier(found) if found else Tier.NORMAL


def overlays_on(on_date: date) -> dict[int, int]:
    """Return the management overlay of each stage on a day, in fen."""
    totals = {1: 0, 2: 0, 3: 0}
    for row in EclOverlay.objects.filter(effective_from__lte=on_date, effective_to__gt=on_date):
        totals[row.stage] += row.amount.minor
    return totals


def debtor_share(*, debtor_id: UUID, on_date: date) -> Decimal:
    """Return the share of a debtor's debts in all banks that is overdue over 90 days, last heard (C-03)."""
    rows = DebtorShare.objects.filter(debtor_id=debtor_id, as_of_date__lte=on_date)
    found = rows.order_by("-as_of_date", "-recorded_at").values_list("overdue_share", flat=True).first()
    return Decimal(0) if found is None else found


def find_run(*, as_of_date: date) -> EclRunView | None:
    """Return the run as of a day, if there was one."""
    row = EclRun.objects.filter(as_of_date=as_of_date).first()
    return None if row is None else run_view(row)


def get_run(*, as_of_date: date) -> EclRunView:
    """Return the run as of a day; raises `EclRunMissing`."""
    found = find_run(as_of_date=as_of_date)
    if found is None:
        raise EclRunMissing(as_of_date=as_of_date.isoformat())
    return found


def run_before(as_of_date: date) -> EclRunView | None:
    """Return the last run before a day."""
    row = EclRun.objects.filter(as_of_date__lt=as_of_date).order_by("-as_of_date").first()
    return None if row is None else run_view(row)


def last_run(*, as_of_date: date) -> EclRunView | None:
    """Return the last run as of a day or before it."""
    row = EclRun.objects.filter(as_of_date__lte=as_of_date).order_by("-as_of_date").first()
    return None if row is None else run_view(row)


def run_view(row: EclRun) -> EclRunView:
    """Return the frozen view of a row."""
    return EclRunView(row.id, row.as_of_date, row.policy_version, row.exposure_count, row.totals)


def allowances(*, as_of_date: date, exposure_ids: list[UUID]) -> dict[UUID, int]:
    """Return what some exposures were expected to lose in a run, in fen; one not in it is not there."""
    run = get_run(as_of_date=as_of_date)
    rows = EclResult.objects.filter(run_id=run.id, exposure_id__in=exposure_ids)
    return dict(rows.values_list("exposure_id", "ecl"))


def transfers(*, after: UUID, before: UUID) -> tuple[tuple[int, ...], ...]:
    """Return the allowance that moved with its exposures between two runs: (from stage, to stage, fen)."""
    return tuple(_rows("transfers.sql", {"after": after, "before": before}))


def loss_slices(*, as_of_date: date) -> tuple[LossSlice, ...]:
    """Return a run by segment and stage, with the loss given default of the policy that it used."""
    run = get_run(as_of_date=as_of_date)
    segments = EclPolicyVersion.objects.get(version=run.policy_version).document["segments"]
    rows = EclResult.objects.filter(run_id=run.id).values("segment", "stage").order_by("segment", "stage")
    return tuple(
        LossSlice(row["segment"], row["stage"], row["exposure"], row["loss"], _lgd(segments, row))
        for row in rows.annotate(exposure=Sum("drawn"), loss=Sum("ecl"))
    )


def _lgd(segments: Mapping[str, Any], row: Mapping[str, Any]) -> Decimal:
    if row["stage"] == 3:
        return Decimal(1)
    return Decimal(segments.get(row["segment"], segments["*"])[f"stage_{row['stage']}"]["lgd"])


def roll_forward(*, as_of_date: date) -> tuple[RollForwardRow, ...]:
    """Return the allowance by stage from the run before to this one; overlays and commitments are apart."""
    run = get_run(as_of_date=as_of_date)
    before = run_before(as_of_date)
    parameters: dict[str, Any] = {"after": run.id, "before": None if before is None else before.id}
    return tuple(RollForwardRow(*row) for row in _rows("roll_forward.sql", parameters))


def _rows(name: str, parameters: Mapping[str, Any]) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters)
        return [tuple(int(value) for value in row) for row in cursor.fetchall()]
